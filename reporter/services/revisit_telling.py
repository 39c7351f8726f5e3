"""What happened to a revisit is written once, and whoever must hear of it gets a message in the same transaction."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import insert

from reporter.domain import revisits
from reporter.domain.areas import Level, Seat
from reporter.domain.revisit_events import NOTICES, RESULT_NOTICE, Audience, Kind
from reporter.domain.revisits import Outcome, State
from reporter.models.messages import Message
from reporter.models.revisits import Revisit, RevisitEvent
from reporter.models.tickets import Ticket
from reporter.queries import areas
from reporter.queries import revisits as queries
from reporter.services import clocks
from reporter.services.unit_of_work import UnitOfWork


def record(
    uow: UnitOfWork,
    revisit: Revisit,
    ticket: Ticket,
    kind: Kind,
    *,
    actor_area_id: int | None = None,
    by_system: bool = False,
    **data: Any,
) -> RevisitEvent:
    """Append an event and write its messages; ``data`` must be JSON, ``by_system``: nobody did it."""
    revisit.last_event += 1
    event = RevisitEvent(
        revisit_id=revisit.id,
        seq=revisit.last_event,
        kind=kind.value,
        at=uow.now,
        actor_id=uow.actor.person_id if uow.actor and not by_system else None,
        actor_area_id=actor_area_id,
        state=revisit.state,
        data=data,
    )
    uow.session.add(event)
    _tell(uow, revisit, ticket, event, str(data.get("due", "")))
    return event


def chain_of(uow: UnitOfWork, ticket: Ticket) -> list[Seat]:
    """The seats of the areas the ticket lies in, widest first, as they are filled now."""
    return areas.seats_by_id(uow.session, clocks.lineage(ticket), uow.book, uow.now)


def conflicted(ticket: Ticket) -> frozenset[int]:
    return frozenset({ticket.about_person_id}) if ticket.about_person_id else frozenset()


def _tell(uow: UnitOfWork, revisit: Revisit, ticket: Ticket, event: RevisitEvent, due: str) -> None:
    waiting: dict[int, dict[str, Any]] = {}
    for person_id, text in _told(uow, revisit, ticket, event):
        if person_id == event.actor_id and person_id != revisit.rater_id:
            continue
        waiting.setdefault(
            person_id,
            {
                "ticket_id": ticket.id,
                "topic": f"revisit:{revisit.id}",
                "event_seq": event.seq,
                "person_id": person_id,
                "text": text,
                "data": {"due": due, "outcome": _outcome(revisit)},
                "created_at": uow.now,
                "run_at": uow.now,
            },
        )
    if waiting:
        uow.session.execute(insert(Message), list(waiting.values()))


def _told(uow: UnitOfWork, revisit: Revisit, ticket: Ticket, event: RevisitEvent) -> Iterator[tuple[int, str]]:
    if revisit.state == State.DONE:  # whichever step ended it; a grade changed afterwards is nobody's task
        if event.kind != Kind.WITHDRAWN:
            yield revisit.rater_id, RESULT_NOTICE
        return
    notices = NOTICES.get(Kind(event.kind), ())
    if not notices:
        return
    chain, handlers = chain_of(uow, ticket), queries.handlers_of(uow.session, revisit.id)
    for audience, text in notices:
        for person_id in _people(uow, revisit, ticket, chain, handlers, audience):
            yield person_id, text


def _people(
    uow: UnitOfWork,
    revisit: Revisit,
    ticket: Ticket,
    chain: Sequence[Seat],
    handlers: Collection[int],
    audience: Audience,
) -> list[int]:
    if audience is Audience.RATER:
        return [revisit.rater_id]
    excluded = {*handlers, revisit.rater_id}
    if audience is Audience.ABOVE:
        above = revisits.assign(chain, Level(revisit.seat_level), excluded, conflicted(ticket))
        return [above.person.person_id] if above and above.person else []
    if revisit.seat_area_id is None:
        return [person for person in queries.desk_of(uow.session, revisit.district_id) if person not in excluded]
    seat = next((seat for seat in chain if seat.area_id == revisit.seat_area_id), None)
    acting = seat.acting(conflicted(ticket)) if seat else None
    return [acting.person_id] if acting and acting.person_id not in excluded else []


def _outcome(revisit: Revisit) -> str:
    return revisits.OUTCOME_NAMES[Outcome(revisit.outcome)] if revisit.outcome else ""
