"""Who is told what: messages are written with the event, and sent afterwards by the worker."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import insert, select, update

from reporter.domain import routing
from reporter.domain.areas import Level, Seat
from reporter.domain.errors import NoLevelAbove, NotFound
from reporter.domain.events import EventKind
from reporter.domain.notifications import NOTICES, Audience
from reporter.models.messages import Delivery, Message
from reporter.models.people import Person
from reporter.models.tickets import Event, Hop, Report, Ticket
from reporter.queries import leases
from reporter.queries.tickets import family
from reporter.services.unit_of_work import UnitOfWork, Works

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
_ABOVE = {
    Audience.COMMUNITY_UP: Level.GRID,
    Audience.STREET_UP: Level.COMMUNITY,
    Audience.DISTRICT_UP: Level.STREET,
}
MOST_ATTEMPTS = 12  # about three hours; then somebody has to look


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel sees it. ``key`` is the same however often it is tried."""

    key: str
    person_id: int
    text: str
    data: dict[str, Any]


class Channel(Protocol):
    """A way to reach a person; called outside any transaction. Raises when it did not arrive."""

    name: str

    def deliver(self, message: Outgoing) -> None: ...


def tell(
    uow: UnitOfWork,
    ticket: Ticket,
    event: Event,
    hop: Hop | None,
    chain: Sequence[Seat],
    *,
    submitters: Iterable[int] | None = None,
    conflicted: frozenset[int] = frozenset(),
    before: Hop | None = None,
    **filling: str,
) -> None:
    """Write the messages an event calls for, in its own transaction; ``before``: the hop that had the ball."""
    waiting = called_for(
        uow, ticket, event, hop, chain, submitters=submitters, conflicted=conflicted, before=before, **filling
    )
    if waiting:
        uow.session.execute(
            insert(Message), [{"ticket_id": ticket.id, "event_seq": event.seq, **row} for row in waiting]
        )


def called_for(
    uow: UnitOfWork,
    ticket: Ticket,
    event: Event,
    hop: Hop | None,
    chain: Sequence[Seat],
    *,
    submitters: Iterable[int] | None = None,
    conflicted: frozenset[int] = frozenset(),
    before: Hop | None = None,
    **filling: str,
) -> list[dict[str, Any]]:
    """The messages an event calls for, one per person, not written yet."""
    told: set[int] = set()
    waiting: list[dict[str, Any]] = []
    for template in NOTICES.get(EventKind(event.kind), ()):
        about = before if template.audience is Audience.BEFORE else hop
        for person_id in _people(uow, ticket, event, about, chain, template.audience, submitters, conflicted):
            own_doing = person_id == event.actor_id and template.audience is not Audience.SUBMITTERS
            if person_id in told or own_doing or person_id in conflicted:
                continue
            told.add(person_id)
            waiting.append(waiting_for(uow, person_id, template.text, filling))
    return waiting


def waiting_for(uow: UnitOfWork, person_id: int, text: str, filling: Mapping[str, str]) -> dict[str, Any]:
    """A message to one person that waits for the worker from now on, not written yet."""
    return {"person_id": person_id, "text": text, "data": filling, "created_at": uow.now, "run_at": uow.now}


def _people(
    uow: UnitOfWork,
    ticket: Ticket,
    event: Event,
    hop: Hop | None,
    chain: Sequence[Seat],
    audience: Audience,
    submitters: Iterable[int] | None,
    conflicted: frozenset[int],
) -> list[int]:
    if audience is Audience.SUBMITTERS:
        if submitters is not None:
            return list(submitters)
        return list(
            uow.session.scalars(select(Report.submitter_id).where(Report.ticket_id.in_(family(ticket.id))).distinct())
        )
    if audience in (Audience.HOLDER, Audience.BEFORE):
        if hop is None:
            return []
        if hop.department_id is not None:
            return list(uow.session.scalars(select(Person.id).where(Person.department_id == hop.department_id)))
        return [hop.person_id] if hop.person_id else []
    if audience is Audience.ACCOUNTABLE:
        return _acting(chain, lambda seat: seat.area_id == ticket.accountable_area_id, conflicted)
    if audience is Audience.COPIED:
        copied = {Level.COMMUNITY, Level.STREET} if ticket.emergency else {Level.COMMUNITY}
        by_rule = hop.decisions[-1]["copied"] if hop and hop.decisions else None
        grave = ticket.severity == 4
        return _acting(chain, lambda seat: seat.area_code == by_rule or (grave and seat.level in copied), conflicted)
    try:
        if audience in _ABOVE:
            level = _ABOVE[audience]
        elif audience is Audience.ABOVE_ACTOR:
            level = next((seat.level for seat in chain if seat.area_id == event.actor_area_id), Level.DISTRICT)
        else:
            level = Level(hop.level) if hop and hop.level else Level.BUILDING  # above a department stands the grid
        above = routing.climb(chain, level, "climbed", conflicted=conflicted)
    except NoLevelAbove:
        return []
    return [above.person.person_id] if above.person else []


def _acting(chain: Sequence[Seat], which: Callable[[Seat], bool], conflicted: frozenset[int]) -> list[int]:
    people = [seat.acting(conflicted) for seat in chain if which(seat)]
    return [person.person_id for person in people if person]


def send_waiting(works: Works, channels: Sequence[Channel], batch: int = 50) -> int:
    """Send what waits; returns how many were tried.

    A message is leased in one transaction, delivered outside any, and its arrival written in another.
    A worker killed in between leaves the lease to run out; the next one goes on, and the key of
    ``delivery`` tells it which channels were used already.
    """
    with works.open() as uow:
        taken = leases.claim(uow.session, Message, uow.now, LEASE, batch)
        leased_until = uow.now + LEASE
    for tried, (message_id,) in enumerate(taken):
        if works.now() >= leased_until:  # a slow channel: the rest is another worker's by now
            return tried
        _send(works, message_id, channels)
    return len(taken)


def _send(works: Works, message_id: int, channels: Sequence[Channel]) -> None:
    with works.open(writes=False) as uow:
        message = uow.session.get(Message, message_id)
        if message is None or message.state != "waiting":
            return
        arrived = set(uow.session.scalars(select(Delivery.channel).where(Delivery.message_id == message_id)))
        about = select(Ticket.number).where(Ticket.id == message.ticket_id)
        number = uow.session.scalar(about) if message.ticket_id is not None else None
        outgoing = Outgoing(
            f"message:{message.id}", message.person_id, message.text, {"number": number, **message.data}
        )
    reached: list[str] = []
    for channel in channels:
        if channel.name in arrived:
            continue
        try:
            channel.deliver(outgoing)
        except Exception as error:  # any failure of an outside channel: kept on the row, tried again, in the log
            log.warning("message_not_sent", message=message_id, channel=channel.name, error=repr(error))
            with works.open() as uow:
                _arrived(uow, message_id, reached)
                _failed(uow, message_id, repr(error))
            return
        reached.append(channel.name)
    with works.open() as uow:
        message = uow.session.get_one(Message, message_id, with_for_update=True)
        _arrived(uow, message_id, reached)
        message.state, message.run_at, message.last_error = "sent", None, None


def _arrived(uow: UnitOfWork, message_id: int, channels: Sequence[str]) -> None:
    known = set(uow.session.scalars(select(Delivery.channel).where(Delivery.message_id == message_id)))
    uow.session.add_all(
        Delivery(message_id=message_id, channel=name, at=uow.now) for name in channels if name not in known
    )


def _failed(uow: UnitOfWork, message_id: int, error: str) -> None:
    message = uow.session.get_one(Message, message_id, with_for_update=True)
    message.last_error = error[:300]
    if message.attempts >= MOST_ATTEMPTS:
        message.state, message.run_at = "dead", None
    else:
        message.run_at = uow.now + backoff(message.attempts)


def backoff(attempts: int) -> timedelta:
    """Twice as long each time, at most an hour, with jitter so that a herd does not come back together."""
    seconds = min(3600.0, 5.0 * 2**attempts)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 — not a secret


def mark_read(uow: UnitOfWork, message_id: int) -> Message:
    """Mark one of the caller's messages as read. Raises NotFound."""
    message = uow.session.get(Message, message_id)
    if message is None or message.person_id != uow.caller.person_id:
        raise NotFound()
    if message.read_at is None:
        uow.session.execute(
            update(Message).where(Message.id == message_id, Message.read_at.is_(None)).values(read_at=uow.now)
        )
        message.read_at = uow.now
    return message
