"""Lists of tickets: filters, order and a cursor, in one statement a page."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from reporter.db import LARGEST_KEY, UTCDateTime
from reporter.domain.errors import Invalid, sentence
from reporter.domain.metrics import Figure
from reporter.domain.permissions import Actor
from reporter.domain.statuses import ENDED, OPEN
from reporter.models.areas import Area, Seat
from reporter.models.people import Person
from reporter.models.tickets import Report, Ticket, TicketPoint
from reporter.queries import figures
from reporter.queries.figures import Period
from reporter.queries.spatial import in_box, number
from reporter.queries.tickets import visible_to, within

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
    severity: int | None = None
    q: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    submitter_id: int | None = None
    figure: Figure | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """``rows`` have the attributes of ``COLUMNS``; ``next_cursor`` is None on the last page."""

    rows: Sequence[Any]
    next_cursor: str | None


_due = func.coalesce(Ticket.due_at, literal(FAR, UTCDateTime))
_late_first = case(
    (and_(Ticket.due_at.is_not(None), Ticket.solved_at.is_(None)), _due), else_=literal(FAR, UTCDateTime)
)

SORTS: dict[str, tuple[Any, bool]] = {
    "-received_at": (Ticket.received_at, False),
    "received_at": (Ticket.received_at, True),
    "due_at": (_late_first, True),
    "-due_at": (_late_first, False),
    "severity": (Ticket.severity, True),
    "-severity": (Ticket.severity, False),
}

_place, _desk = aliased(Area), aliased(Area)
_holder, _deputy = aliased(Person), aliased(Person)
COLUMNS = (
    Ticket,
    _place.code.label("area_code"),
    _place.name.label("area_name"),
    _desk.code.label("desk_code"),
    _desk.name.label("desk_name"),
    _desk.ladder.label("desk_ladder"),
    func.coalesce(_holder.name, _deputy.name).label("desk_person"),
    Report.text.label("text"),
    Report.address.label("address"),
)


def page(
    session: Session, actor: Actor, filters: Filters, sort: str, cursor: str | None, limit: int, now: datetime
) -> Page:
    """One page of what the caller may see. Raises Invalid for an unreadable cursor."""
    key, ascending = SORTS[sort]
    found = select(Ticket.id.label("ticket_id"), key.label("sort_key")).where(
        visible_to(actor), *_conditions(filters, now)
    )
    if cursor is not None:
        found = found.where(_after(key, ascending, _opened(cursor, sort)))
    chosen = found.order_by(*_order(key, Ticket.id, ascending)).limit(limit + 1).subquery("chosen")
    # Which tickets first, then what is shown of each: PostgreSQL orders no more than eight tables by itself.
    query = (
        select(*COLUMNS, chosen.c.sort_key)
        .select_from(chosen)
        .join(Ticket, Ticket.id == chosen.c.ticket_id)
        .join(_place, _place.id == Ticket.area_id)
        .join(Report, and_(Report.ticket_id == Ticket.id, ~Report.joined))
        .outerjoin(_desk, _desk.id == Ticket.holder_area_id)
        .outerjoin(Seat, Seat.area_id == Ticket.holder_area_id)
        .outerjoin(_holder, _holder.id == Seat.holder_id)
        .outerjoin(_deputy, _deputy.id == Seat.deputy_id)
        .order_by(*_order(chosen.c.sort_key, chosen.c.ticket_id, ascending))
    )
    rows = session.execute(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _sealed(rows[-1].sort_key, rows[-1].Ticket.id, sort) if more else None)


def _order(key: Any, ticket_id: Any, ascending: bool) -> tuple[Any, Any]:
    """Tickets of one moment in the order of their ids, so that a cursor never skips one."""
    return (key.asc(), ticket_id.asc()) if ascending else (key.desc(), ticket_id.desc())


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area is not None:
        found.append(within(filters.area.level, filters.area.id))
        if filters.directly:
            found.append(Ticket.area_id == filters.area.id)
    if filters.statuses:
        found.append(Ticket.status.in_(filters.statuses))
    if filters.category:
        found.append(Ticket.category_code == filters.category)
    if filters.holder_areas is not None:
        found.append(Ticket.holder_area_id.in_(filters.holder_areas))
    if filters.holder_department is not None:
        found.append(Ticket.holder_department_id == filters.holder_department)
    if filters.overdue is not None:
        late = figures.counts(Figure.OVERDUE, now)
        found.append(late if filters.overdue else ~func.coalesce(late, False))
    if filters.severity is not None:
        found.append(Ticket.severity == filters.severity)
    if filters.q:
        found.append(_said(filters.q))
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
    if filters.figure is not None:
        found.append(figures.counts(filters.figure, now))
        if filters.period is not None:
            found.append(figures.in_period(filters.figure, filters.period))
    return found


def _said(q: str) -> ColumnElement[bool]:
    """The number begins so, or a report's words or address contain it."""
    words = select(Report.ticket_id).where(
        or_(Report.text.contains(q, autoescape=True), Report.address.contains(q, autoescape=True))
    )
    return or_(Ticket.number.startswith(q, autoescape=True), Ticket.id.in_(words))


def _after(key: Any, ascending: bool, position: tuple[Any, int]) -> ColumnElement[bool]:
    value, ticket_id = position
    if ascending:
        return or_(key > value, and_(key == value, Ticket.id > ticket_id))
    return or_(key < value, and_(key == value, Ticket.id < ticket_id))


def _sealed(value: Any, ticket_id: int, sort: str) -> str:
    shown = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, shown, ticket_id]).encode()).decode().rstrip("=")


def _opened(cursor: str, sort: str) -> tuple[Any, int]:
    try:
        made_for, value, ticket_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != sort or not 0 < ticket_id <= LARGEST_KEY:
            raise ValueError(cursor)
        if sort.endswith("severity"):
            return (1, 2, 3, 4).index(value) + 1, int(ticket_id)
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(cursor)
        return at.astimezone(UTC), int(ticket_id)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")}) from error


STATUS_GROUPS = {"open": tuple(sorted(OPEN)), "ended": tuple(sorted(ENDED))}
