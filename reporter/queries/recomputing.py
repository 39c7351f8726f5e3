"""Tickets with their clocks, page by page, for comparing and recomputing deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.calendars import ClockRecompute
from reporter.models.catalogue import ReferenceVersion
from reporter.models.clocks import Clock, ClockTick
from reporter.models.points import OpenPoint
from reporter.models.tickets import Hop, Ticket
from reporter.queries.tickets import visible_to, within


@dataclass(slots=True)
class Timed:
    """A ticket with all its clocks in order, what happened to each by its seq, and its hops in order."""

    ticket: Ticket
    clocks: list[Clock] = field(default_factory=list)
    ticks: dict[int, list[ClockTick]] = field(default_factory=dict)
    hops: list[Hop] = field(default_factory=list)


Position = tuple[datetime, int]  # when it was received, and the id of a ticket


def received_since(
    session: Session, since: datetime, area: Area | None, actor: Actor | None, after: Position | None, size: int
) -> list[Timed]:
    """The next tickets received since a moment that ``actor`` sees (None: the system), oldest first, behind
    ``after``: a page in four statements."""
    page = select(Ticket).where(Ticket.received_at >= since, *_in(area))
    if actor is not None:
        page = page.where(visible_to(actor))
    if after is not None:
        page = page.where(tuple_(Ticket.received_at, Ticket.id) > after)
    return _with_clocks(session, session.scalars(page.order_by(Ticket.received_at, Ticket.id).limit(size)).all())


def open_behind(session: Session, ticket_id: int, area: Area | None, size: int) -> list[Timed]:
    """The next open tickets by their ids, locked until the end of the transaction: a page in four statements."""
    page = (
        select(Ticket)
        .join(OpenPoint, OpenPoint.ticket_id == Ticket.id)  # what is open, whatever else there is
        .where(OpenPoint.ticket_id > ticket_id, Ticket.ended_at.is_(None), *_in(area))
        .order_by(OpenPoint.ticket_id)
        .limit(size)
        .with_for_update(of=Ticket)
    )
    return _with_clocks(session, session.scalars(page).all())


def unfinished(session: Session, area_id: int | None) -> ClockRecompute | None:
    """The recompute of a place that was begun and not finished. One command after the other looks and begins: the
    calendar's row is locked until the end of the transaction."""
    session.execute(select(ReferenceVersion).where(ReferenceVersion.name == "calendar").with_for_update())
    same = ClockRecompute.area_id.is_(None) if area_id is None else ClockRecompute.area_id == area_id
    return session.scalar(
        select(ClockRecompute).where(ClockRecompute.finished_at.is_(None), same).order_by(ClockRecompute.id).limit(1)
    )


def _in(area: Area | None) -> list[ColumnElement[bool]]:
    return [within(area.level, area.id)] if area is not None else []


def _with_clocks(session: Session, tickets: Sequence[Ticket]) -> list[Timed]:
    found = {ticket.id: Timed(ticket) for ticket in tickets}
    if not found:
        return []
    for clock in session.scalars(select(Clock).where(Clock.ticket_id.in_(found)).order_by(Clock.ticket_id, Clock.seq)):
        found[clock.ticket_id].clocks.append(clock)
    ticks = select(ClockTick).where(ClockTick.ticket_id.in_(found))
    for tick in session.scalars(ticks.order_by(ClockTick.ticket_id, ClockTick.clock_seq, ClockTick.seq)):
        found[tick.ticket_id].ticks.setdefault(tick.clock_seq, []).append(tick)
    for hop in session.scalars(select(Hop).where(Hop.ticket_id.in_(found)).order_by(Hop.ticket_id, Hop.seq)):
        found[hop.ticket_id].hops.append(hop)
    return list(found.values())
