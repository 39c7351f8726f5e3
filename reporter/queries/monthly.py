"""What a month's report asks beyond the figures: hot spots, coverage, who let limits run out, what came back later.

All of it is counted from tickets, of one area and a period of a month or so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from reporter.domain.areas import Level
from reporter.domain.events import EventKind
from reporter.domain.figures import Figure
from reporter.domain.lifecycle import ClockKind
from reporter.domain.permissions import Actor
from reporter.domain.statuses import Status
from reporter.models.areas import Area
from reporter.models.clocks import Clock, ClockTick
from reporter.models.tickets import Event, Hop, Ticket
from reporter.queries.counting import counts
from reporter.queries.figures import DAY_S, Period, in_period
from reporter.queries.portable import seconds_between
from reporter.queries.tickets import not_about, reaches, visible_to, within

CLOSINGS = (EventKind.VERIFIED.value, EventKind.CLOSED_AT_ONCE.value)
_NOT_VALID = tuple(status.value for status in (Status.NOT_ACCEPTED, Status.VOIDED, Status.WITHDRAWN))


def charged_to(area_id: int | None, department_id: int | None) -> ColumnElement[bool]:
    """Tickets whose limit ran out while this seat or department had the ball."""
    holder = Hop.department_id == department_id if area_id is None else Hop.area_id == area_id
    return Ticket.id.in_(select(Hop.ticket_id).where(holder, Hop.overdue_here))


def charges(
    session: Session, actor: Actor, area: Area, period: Period, now: datetime, most: int
) -> Sequence[tuple[int | None, int | None, int]]:
    """Who had the ball when limits of tickets that went overdue ran out: (area of the seat, department, tickets),
    most first. A ticket that ran out twice counts for both."""
    many = func.count(Hop.ticket_id.distinct())
    query = (
        select(Hop.area_id, Hop.department_id, many)
        .join(Ticket, Ticket.id == Hop.ticket_id)
        .where(*_here(actor, area, period, Figure.WENT_OVERDUE, now), Hop.overdue_here)
        .group_by(Hop.area_id, Hop.department_id)
        .order_by(many.desc(), Hop.area_id, Hop.department_id)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def coverage(session: Session, actor: Actor, area: Area, period: Period, now: datetime) -> tuple[int, int]:
    """How many grids of an area have a valid report, and how many there are. Valid is what was not refused, voided
    or withdrawn."""
    covered = (
        select(func.count(Ticket.grid_id.distinct()))
        .where(*_here(actor, area, period, Figure.RECEIVED, now), Ticket.status.not_in(_NOT_VALID))
        .scalar_subquery()
    )
    inside = getattr(Area, f"{area.level}_id") == area.id
    # an area that has been replaced counts no more, unless it still has tickets of the period
    standing = or_(Area.valid_to.is_(None), Area.valid_to > period.first)
    grids = select(func.count()).where(Area.level == Level.GRID.value, inside, standing).scalar_subquery()
    row = session.execute(select(covered, grids)).one()
    return row[0], row[1]


def hot_spots(
    session: Session, actor: Actor, area: Area, period: Period, now: datetime, least: int, days: int, most: int
) -> Sequence[Any]:
    """Grids in which one category came at least ``least`` times within ``days`` days, as rows (code, name,
    category_code, tickets): the tickets of the whole period, most first."""
    day = seconds_between(period.start, Ticket.received_at) // DAY_S
    before = func.lag(day, least - 1).over(
        partition_by=(Ticket.grid_id, Ticket.category_code), order_by=(Ticket.received_at, Ticket.id)
    )
    each = (
        select(Ticket.grid_id, Ticket.category_code, day.label("day"), before.label("before"))
        .where(*_here(actor, area, period, Figure.RECEIVED, now), Ticket.grid_id.is_not(None))
        .subquery()
    )
    many = func.count().label("tickets")
    cells = (
        select(each.c.grid_id, each.c.category_code, many)
        .group_by(each.c.grid_id, each.c.category_code)
        .having(func.min(each.c.day - each.c.before) < days)
        .subquery()
    )
    query = (
        select(Area.code, Area.name, cells.c.category_code, cells.c.tickets)
        .join(cells, cells.c.grid_id == Area.id)
        .order_by(cells.c.tickets.desc(), Area.code, cells.c.category_code)
        .limit(most)
    )
    return session.execute(query).all()


def reopened_later(session: Session, actor: Actor, area: Area, period: Period, most: int) -> tuple[int, Sequence[Any]]:
    """Tickets that were closed in a period and reopened after it: how many, and the first of them as rows
    (number, closed_at, reopened_at). Events say so whatever happened to the ticket since."""
    again, closing, between = aliased(Event), aliased(Event), aliased(Event)
    closed_before = and_(
        closing.ticket_id == Ticket.id,
        closing.kind.in_(CLOSINGS),
        closing.at >= period.start,
        closing.at < period.end,
        closing.seq < again.seq,
    )
    reopened = and_(again.ticket_id == Ticket.id, again.kind == EventKind.REOPENED.value, again.at >= period.end)
    sooner = select(between.seq).where(
        between.ticket_id == Ticket.id,
        between.kind == EventKind.REOPENED.value,
        between.seq > closing.seq,
        between.seq < again.seq,
    )
    found = (
        select(
            Ticket.number,
            closing.at.label("closed_at"),
            again.at.label("reopened_at"),
            func.count().over().label("total"),
        )
        .join(again, reopened)
        .join(closing, closed_before)
        .where(
            _seen(actor, area),
            within(area.level, area.id),
            Ticket.reopened > literal_column("0"),  # written out: the condition of an index
            Ticket.received_at < period.end,
            ~sooner.exists(),
        )
        .order_by(again.at, Ticket.id)
        .limit(most)
    )
    rows = session.execute(found).all()
    return (rows[0].total if rows else 0), rows


def handling_clocks(
    session: Session, actor: Actor, area: Area, period: Period, now: datetime
) -> Sequence[tuple[Ticket, Clock, ClockTick]]:
    """The resolve clocks of what was handled, with all that happened to them, in order."""
    query = (
        select(Ticket, Clock, ClockTick)
        .join(Clock, and_(Clock.ticket_id == Ticket.id, Clock.kind == ClockKind.RESOLVE.value))
        .join(ClockTick, and_(ClockTick.ticket_id == Clock.ticket_id, ClockTick.clock_seq == Clock.seq))
        .where(*_here(actor, area, period, Figure.HANDLED, now))
        .order_by(Ticket.id, Clock.seq, ClockTick.seq)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def _here(actor: Actor, area: Area, period: Period, figure: Figure, now: datetime) -> list[ColumnElement[bool]]:
    return [
        _seen(actor, area),
        within(area.level, area.id),
        in_period(figure, period.start, period.end),
        counts(figure, now),
    ]


def _seen(actor: Actor, area: Area) -> ColumnElement[bool]:
    return not_about(actor) if reaches(actor, area) else visible_to(actor)
