"""Overdue appeals: asked by whoever was charged, reviewed by the street and then by the district."""

from typing import Any

from reporter.domain import overdue_appeals, permissions, waiting
from reporter.domain.areas import Level
from reporter.domain.errors import Forbidden
from reporter.domain.events import EventKind
from reporter.domain.overdue_appeals import AppealedBefore, NoOpenAppeal, NotClosed
from reporter.domain.permissions import Actor, Permission, Role
from reporter.domain.rulebook import Lineage
from reporter.domain.statuses import Status
from reporter.models.tickets import Hop, Ticket
from reporter.models.waiting import OverdueAppeal
from reporter.queries import areas, tickets
from reporter.services import ball, clocks, messages, settling
from reporter.services.unit_of_work import UnitOfWork


def appeal(uow: UnitOfWork, number: str, reason: str) -> tuple[Ticket, OverdueAppeal]:
    """Ask not to be judged by a delay. Raises NotFound, Forbidden (not charged), NotClosed, AppealedBefore."""
    permissions.require(uow.caller, Permission.STEP)
    ticket = tickets.locked(uow.session, number, uow.caller)
    charged = next((hop for hop in ball.hops_of(uow, ticket) if hop.overdue_here and _is(uow.caller, hop)), None)
    if charged is None:
        raise Forbidden()
    if ticket.status != Status.CLOSED:
        raise NotClosed()
    if uow.session.get(OverdueAppeal, ticket.id) is not None:
        raise AppealedBefore()
    row = OverdueAppeal(
        ticket_id=ticket.id,
        hop_seq=charged.seq,
        state="open",
        waits_for=waiting.first_decision_of(Level(charged.level) if charged.level else None).value,
        reason=reason,
        asked_by=uow.caller.person_id,
        asked_at=uow.now,
    )
    uow.session.add(row)
    ticket.asides = True
    ticket.version += 1
    _record(uow, ticket, charged, EventKind.OVERDUE_APPEALED, reason=reason)
    return ticket, row


def review(uow: UnitOfWork, number: str, upheld: bool, note: str) -> tuple[Ticket, OverdueAppeal]:
    """Decide once: a yes is passed on to a second person of the district, whose yes exempts; a no ends it.

    Raises NotFound, Forbidden (not of the level, or asked or decided before), NoOpenAppeal.
    """
    permissions.require(uow.caller, Permission.STEP)
    ticket = tickets.locked(uow.session, number, uow.caller)
    row = uow.session.get(OverdueAppeal, ticket.id)
    level = _level_over(uow.caller, clocks.lineage(ticket))
    if level is None or not level.reaches(Level.STREET):
        raise Forbidden()
    if row is None or row.waits_for is None:
        raise NoOpenAppeal()
    others = frozenset(person for person in (row.asked_by, row.first_by) if person is not None)
    if not overdue_appeals.may_review(Level(row.waits_for), level, uow.caller.person_id, others):
        raise Forbidden()
    charged = uow.session.get_one(Hop, (ticket.id, row.hop_seq))
    kind = _decide(uow, row, upheld, note)
    if kind is EventKind.OVERDUE_APPEAL_UPHELD:
        settling.unsettle(uow, ticket)
        ticket.exempt = True
    ticket.version += 1
    _record(uow, ticket, charged, kind, note=note)
    return ticket, row


def _decide(uow: UnitOfWork, row: OverdueAppeal, upheld: bool, note: str) -> EventKind:
    first = row.first_by is None
    if first:
        row.first_by, row.first_at, row.first_note = uow.caller.person_id, uow.now, note
    else:
        row.last_by, row.last_note = uow.caller.person_id, note
    if upheld and first:
        row.waits_for = Level.DISTRICT.value
        return EventKind.OVERDUE_APPEAL_ENDORSED
    row.state, row.waits_for, row.ended_at = "upheld" if upheld else "dismissed", None, uow.now
    return EventKind.OVERDUE_APPEAL_UPHELD if upheld else EventKind.OVERDUE_APPEAL_DISMISSED


def _is(actor: Actor, hop: Hop) -> bool:
    if hop.department_id is not None:
        return actor.department_id == hop.department_id
    return any(seat.area_id == hop.area_id for seat in actor.seats)


def _level_over(actor: Actor, here: Lineage) -> Level | None:
    """The widest level from which somebody looks over a place."""
    if actor.role is Role.DISTRICT and actor.home_area_id in here:
        return Level.DISTRICT
    levels = [seat.level for seat in actor.seats if seat.area_id in here]
    return min(levels, key=lambda level: level.rank, default=None)


def _record(uow: UnitOfWork, ticket: Ticket, charged: Hop, kind: EventKind, **data: Any) -> None:
    """Told to whoever was charged, as the holder it was, and to who decides next."""
    event = uow.record(ticket, kind, hop_seq=charged.seq, **data)
    uow.session.flush()  # messages refer to the event
    chain = areas.seats_by_id(uow.session, clocks.lineage(ticket), uow.book, uow.now)
    conflicted = frozenset({ticket.about_person_id}) if ticket.about_person_id else frozenset()
    messages.tell(uow, ticket, event, charged, chain, conflicted=conflicted)
