"""Lists of tickets: filters, order and a cursor, in one statement a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import Session, aliased

from reporter.db import Key, UTCDateTime
from reporter.domain.figures import Figure
from reporter.domain.lifecycle import ClockKind
from reporter.domain.permissions import Actor
from reporter.domain.statuses import ENDED, OPEN
from reporter.models.areas import Area, Seat
from reporter.models.clocks import Clock
from reporter.models.people import Person
from reporter.models.photos import Photo
from reporter.models.points import TicketPoint
from reporter.models.tickets import Rating, Report, Ticket
from reporter.queries import counting, figures, monthly, splits
from reporter.queries.cursors import SEVERITIES, opened, sealed
from reporter.queries.figures import Period
from reporter.queries.merging import main_in_words
from reporter.queries.spatial import in_box, number
from reporter.queries.tickets import not_about, reaches, said, ways, within

FAR = datetime.fromisoformat("9999-01-01T00:00:00+00:00")  # sorts what has no deadline last


@dataclass(frozen=True, slots=True)
class Filters:
    """All optional; ``bbox`` is WGS-84 (min_lng, min_lat, max_lng, max_lat)."""

    area: Area | None = None
    directly: bool = False  # in the area itself, in none of its children
    statuses: tuple[str, ...] = ()
    category: str | None = None
    holder_areas: tuple[int, ...] | None = None
    holder_department: int | None = None
    overdue: bool | None = None
    owes_reply: bool | None = None
    severity: int | None = None
    q: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    submitter_id: int | None = None
    charged: tuple[int | None, int | None] | None = None  # the seat or department where a limit ran out
    recheck: bool | None = None
    figure: Figure | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """``rows`` have the attributes of ``_columns``; ``next_cursor`` is None on the last page."""

    rows: Sequence[Any]
    next_cursor: str | None


_waits = and_(Ticket.due_at.is_not(None), Ticket.solved_at.is_(None), Ticket.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an order that one index can give: tickets of a condition by a column, or all alike as they came in."""

    condition: ColumnElement[bool]
    key: Any
    all_alike: Any = None  # the key's one value


# What waits for its deadline is little and sorted; the rest comes behind it as it came in.
_BY_DEADLINE = (
    Part(_waits, Ticket.due_at),
    Part(~_waits, literal(FAR, UTCDateTime), all_alike=FAR),
)
_BY_TIME = (Part(true(), Ticket.received_at),)
_BY_SEVERITY = tuple(
    Part(Ticket.severity == severity, literal(severity, Integer), all_alike=severity) for severity in SEVERITIES
)

SORTS: dict[str, tuple[Sequence[Part], bool]] = {
    "-received_at": (_BY_TIME, False),
    "received_at": (_BY_TIME, True),
    "due_at": (_BY_DEADLINE, True),
    "-due_at": (_BY_DEADLINE, False),
    "severity": (_BY_SEVERITY, True),
    "-severity": (_BY_SEVERITY, False),
}

_place, _desk = aliased(Area), aliased(Area)
_last = aliased(Ticket)  # of the page before
_holder, _deputy = aliased(Person), aliased(Person)


def _columns(actor: Actor) -> tuple[Any, ...]:
    """What a row of a list shows; what hangs on the ticket is looked up for the rows of the page only."""
    mine = and_(Report.ticket_id == Ticket.id, Report.submitter_id == actor.person_id)
    picture = (
        select(Photo.id)
        .where(Photo.ticket_id == splits.TOLD, Photo.state == "ready", Photo.report_id.is_not(None))
        .order_by(Photo.created_at)
        .limit(1)
    )
    at_risk = exists().where(
        Clock.ticket_id == Ticket.id,
        Clock.kind == ClockKind.RESOLVE.value,
        Clock.stopped_at.is_(None),
        Clock.at_risk_at.is_not(None),
        Clock.due_at.is_not(None),  # not while it is held
    )
    return (
        *splits.ITSELF,
        _place.code.label("area_code"),
        _place.name.label("area_name"),
        _desk.code.label("desk_code"),
        _desk.name.label("desk_name"),
        _desk.ladder.label("desk_ladder"),
        func.coalesce(_holder.name, _deputy.name).label("desk_person"),
        _first.text.label("text"),
        _first.address.label("address"),
        picture.scalar_subquery().label("picture"),
        at_risk.label("at_risk"),
        main_in_words().label("main"),
        exists().where(mine).label("reported"),
        exists().where(mine, ~Report.joined).label("own"),
        Rating,
    )


_first = aliased(Report)


def page(
    session: Session, actor: Actor, filters: Filters, sort: str, cursor: str | None, limit: int, now: datetime
) -> Page:
    """One page of what the caller may see, in one statement. Raises Invalid for an unreadable cursor."""
    parts, ascending = SORTS[sort]
    position = opened(cursor, sort) if cursor is not None else None
    conditions = [not_about(actor), *_conditions(filters, now)]
    # Each way to a ticket, and each part of the order, is read from its own index as far as the page needs.
    pieces = [
        _piece(part, ascending, position).where(way, *conditions).limit(limit + 1)
        for way in _ways(actor, filters)
        for part in parts
    ]
    found = (union(*[select(piece.subquery()) for piece in pieces]) if len(pieces) > 1 else pieces[0]).subquery("found")
    chosen = (
        select(found.c.ticket_id, found.c.sort_key, found.c.came_in)
        .order_by(*_order(ascending, found.c.sort_key, found.c.came_in, found.c.ticket_id))
        .limit(limit + 1)
        .subquery("chosen")
    )
    # Which tickets first, then what is shown of each: PostgreSQL orders no more than eight tables by itself.
    query = (
        select(*_columns(actor), chosen.c.sort_key)
        .select_from(chosen)
        .join(Ticket, Ticket.id == chosen.c.ticket_id)
        .join(_place, _place.id == Ticket.area_id)
        .join(_first, and_(_first.ticket_id == splits.TOLD, ~_first.joined))
        .outerjoin(_desk, _desk.id == Ticket.holder_area_id)
        .outerjoin(Seat, Seat.area_id == Ticket.holder_area_id)
        .outerjoin(_holder, _holder.id == Seat.holder_id)
        .outerjoin(_deputy, _deputy.id == Seat.deputy_id)
        .outerjoin(Rating, and_(Rating.ticket_id == Ticket.id, Rating.person_id == actor.person_id))
        .order_by(*_order(ascending, chosen.c.sort_key, chosen.c.came_in, chosen.c.ticket_id))
    )
    rows = session.execute(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, sealed(rows[-1].sort_key, rows[-1].Ticket.id, sort) if more else None)


def _ways(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The ways to look along; one without a condition where the filters let through only what the caller sees."""
    own_seats = {seat.area_id for seat in actor.seats}
    held_by_me = filters.holder_areas is not None and own_seats.issuperset(filters.holder_areas)
    held_by_us = filters.holder_department is not None and filters.holder_department == actor.department_id
    within_reach = filters.area is not None and reaches(actor, filters.area)
    if held_by_me or held_by_us or within_reach or filters.submitter_id == actor.person_id:
        return [true()]
    return ways(actor)


def _piece(part: Part, ascending: bool, position: tuple[Any, int] | None) -> Select[Any, Any]:
    """The tickets of one part of an order behind a position, in that order.

    What is alike comes as it came in, because every level of areas has an index of that order.
    """
    alike = part.all_alike is not None
    came_in = Ticket.received_at if alike else literal(FAR, UTCDateTime)
    query = select(Ticket.id.label("ticket_id"), part.key.label("sort_key"), came_in.label("came_in"))
    query = query.where(part.condition)
    if position is not None:
        query = query.where(_after(part, ascending, *position))
    return query.order_by(*_order(ascending, Ticket.received_at if alike else part.key, Ticket.id))


def _order(ascending: bool, *keys: Any) -> list[Any]:
    """The ticket's id is the last key, so that a cursor never skips one of several of one moment."""
    return [key.asc() if ascending else key.desc() for key in keys]


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area is not None:
        found.append(within(filters.area.level, filters.area.id))
        if filters.directly:
            found.append(Ticket.area_id == filters.area.id)
    if filters.statuses:
        found.append(Ticket.status.in_(filters.statuses))
        if OPEN.issuperset(filters.statuses):
            found.append(~Ticket.settled)  # true of all that is open, and the condition of a small index
    if filters.category:
        found.append(Ticket.category_code == filters.category)
    if filters.holder_areas is not None:
        found.append(Ticket.holder_area_id.in_(filters.holder_areas))
    if filters.holder_department is not None:
        found.append(Ticket.holder_department_id == filters.holder_department)
    if filters.overdue is not None:
        late = counting.counts(Figure.OVERDUE, now)
        found.append(and_(late, ~Ticket.settled) if filters.overdue else ~func.coalesce(late, False))
    if filters.owes_reply is not None:
        owed = Ticket.reply_due_at.is_not(None)
        found.append(owed if filters.owes_reply else ~owed)
    if filters.severity is not None:
        found.append(Ticket.severity == filters.severity)
    if filters.q:
        found.append(said(filters.q))
    if filters.submitter_id is not None:
        mine = select(Report.ticket_id).where(Report.submitter_id == filters.submitter_id)
        found.append(Ticket.id.in_(mine))
    if filters.created_from is not None:
        found.append(Ticket.received_at >= filters.created_from)
    if filters.created_to is not None:
        found.append(Ticket.received_at < filters.created_to)
    if filters.bbox is not None:
        inside = select(TicketPoint.ticket_id).where(in_box(TicketPoint.geom, *map(number, filters.bbox)))
        found.append(Ticket.id.in_(inside))
    if filters.charged is not None:
        found.append(monthly.charged_to(*filters.charged))
    if filters.recheck is not None:
        found.append(Ticket.recheck.is_(filters.recheck))
    if filters.figure is not None:
        found.append(counting.counts(filters.figure, now))
        if filters.period is not None:
            found.append(figures.in_period(filters.figure, filters.period.start, filters.period.end))
    return found


def _after(part: Part, ascending: bool, value: Any, ticket_id: int) -> ColumnElement[bool]:
    """Behind a position: compared as a pair, so that an index finds it at once however deep it lies."""
    there: tuple[Any, Any]
    if part.all_alike is None:
        here, there = (part.key, Ticket.id), (literal(value, part.key.type), literal(ticket_id, Key))
    elif part.all_alike == value:
        came_in = select(_last.received_at).where(_last.id == ticket_id).scalar_subquery()
        here, there = (Ticket.received_at, Ticket.id), (came_in, literal(ticket_id, Key))
    else:
        return true() if (part.all_alike > value) == ascending else false()
    return tuple_(*here) > tuple_(*there) if ascending else tuple_(*here) < tuple_(*there)


STATUS_GROUPS = {"open": tuple(sorted(OPEN)), "ended": tuple(sorted(ENDED))}
