"""Which tickets each figure counts: one condition, used by the dashboard's counts and by the lists behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, column, exists, func, literal, or_, select, true, values
from sqlalchemy.orm import Session

from reporter.db import UTCDateTime
from reporter.domain.metrics import Figure
from reporter.domain.permissions import Actor
from reporter.domain.ratings import SATISFIED_FROM
from reporter.domain.statuses import OPEN, Status
from reporter.models.areas import Area
from reporter.models.tickets import Clock, Rating, Ticket
from reporter.queries.tickets import visible_to, within


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open: from ``start`` until before ``end``, aware UTC."""

    start: datetime
    end: datetime


BY_CLOSING = frozenset({Figure.CLOSED_IN_PERIOD, Figure.RATED, Figure.SATISFIED})
"""Figures of tickets closed in the period; all others are of tickets received in it."""

_open = Ticket.status.in_(sorted(OPEN))


def counts(figure: Figure, now: datetime) -> ColumnElement[bool]:
    """The condition of a figure, without its period."""
    solved = Ticket.solved_at.is_not(None)
    late = and_(_open, ~solved, Ticket.due_at < now)
    rated = exists().where(Rating.ticket_id == Ticket.id)
    conditions: dict[Figure, ColumnElement[bool]] = {
        Figure.RECEIVED: Ticket.status != Status.WITHDRAWN.value,
        Figure.OPEN: _open,
        Figure.CLOSED: Ticket.status == Status.CLOSED.value,
        Figure.OVERDUE: late,
        Figure.AT_RISK: and_(
            _open,
            ~solved,
            Ticket.due_at >= now,
            exists().where(
                Clock.ticket_id == Ticket.id,
                Clock.kind == "resolve",
                Clock.stopped_at.is_(None),
                Clock.at_risk_at.is_not(None),
            ),
        ),
        Figure.RESPONSE_DUE: and_(
            Ticket.response_due_at.is_not(None),
            Ticket.status != Status.WITHDRAWN.value,
            or_(Ticket.responded_at.is_not(None), Ticket.response_due_at < now),
        ),
        Figure.RESPONDED_ON_TIME: and_(
            Ticket.response_due_at.is_not(None),
            Ticket.status != Status.WITHDRAWN.value,
            Ticket.responded_at <= Ticket.response_due_at,
        ),
        Figure.HANDLING_DUE: or_(solved, late),
        Figure.HANDLED_ON_TIME: and_(solved, Ticket.solved_on_time == true()),
        Figure.HANDLED: solved,
        Figure.REWORKED: and_(solved, Ticket.reworks > 0),
        Figure.CLOSED_IN_PERIOD: Ticket.status == Status.CLOSED.value,
        Figure.RATED: and_(Ticket.status == Status.CLOSED.value, rated),
        Figure.SATISFIED: and_(
            Ticket.status == Status.CLOSED.value,
            rated,
            ~exists().where(Rating.ticket_id == Ticket.id, Rating.grade < SATISFIED_FROM),
        ),
        Figure.CLOSED_AT_ONCE: Ticket.closed_at_once == true(),
        Figure.NOT_ACCEPTED: Ticket.status == Status.NOT_ACCEPTED.value,
    }
    return conditions[figure]


def in_period(figure: Figure, period: Period) -> ColumnElement[bool]:
    """The figure's own time: closing for what is about closing, else receiving."""
    at = Ticket.closed_at if figure in BY_CLOSING else Ticket.received_at
    return and_(at >= period.start, at < period.end)


def summary(session: Session, actor: Actor, area: Area, period: Period, now: datetime) -> dict[Figure, int]:
    """All figures of an area and period, in two statements."""
    where = [visible_to(actor), within(area.level, area.id)]
    found: dict[Figure, int] = {}
    for figures in (_RECEIVED_FIGURES, _CLOSED_FIGURES):
        row = session.execute(
            select(*[_count(figure, now) for figure in figures]).where(*where, in_period(figures[0], period))
        ).one()
        found.update({figure: int(value or 0) for figure, value in zip(figures, row, strict=True)})
    return found


def breakdown(
    session: Session, actor: Actor, area: Area, group: Sequence[Any], period: Period, now: datetime, *joined: Any
) -> Mapping[tuple[Any, ...], dict[Figure, int]]:
    """The same figures for each value of ``group`` (columns), in two statements."""
    found: dict[tuple[Any, ...], dict[Figure, int]] = {}
    for figures in (_RECEIVED_FIGURES, _CLOSED_FIGURES):
        query = (
            select(*group, *[_count(figure, now) for figure in figures])
            .where(visible_to(actor), within(area.level, area.id), in_period(figures[0], period))
            .group_by(*group)
        )
        for target, on in joined:
            query = query.join(target, on)
        for row in session.execute(query):
            key, counted = tuple(row[: len(group)]), row[len(group) :]
            found.setdefault(key, dict.fromkeys(Figure, 0)).update(
                {figure: int(value or 0) for figure, value in zip(figures, counted, strict=True)}
            )
    return found


def by_day(
    session: Session, actor: Actor, area: Area, days: Sequence[tuple[date, Period]], now: datetime
) -> dict[date, dict[Figure, int]]:
    """The figures of each local day, in two statements: the days come along with their UTC bounds, so that SQL
    needs to know no time zone."""
    bounds = (
        values(column("day", String), column("start", UTCDateTime), column("end", UTCDateTime), name="bounds")
        .data([(day.isoformat(), period.start, period.end) for day, period in days])
        .cte("days")
    )
    found = {day: dict.fromkeys(Figure, 0) for day, _ in days}
    for figures in (_RECEIVED_FIGURES, _CLOSED_FIGURES):
        at = Ticket.closed_at if figures[0] in BY_CLOSING else Ticket.received_at
        rows = session.execute(
            select(bounds.c.day, *[_count(figure, now) for figure in figures])
            .join(Ticket, and_(at >= bounds.c.start, at < bounds.c.end))
            .where(visible_to(actor), within(area.level, area.id))
            .group_by(bounds.c.day)
        )
        for day, *counted in rows:
            found[date.fromisoformat(day)].update(
                {figure: int(value or 0) for figure, value in zip(figures, counted, strict=True)}
            )
    return found


_CLOSED_FIGURES = tuple(figure for figure in Figure if figure in BY_CLOSING)
_RECEIVED_FIGURES = tuple(figure for figure in Figure if figure not in BY_CLOSING)


def _count(figure: Figure, now: datetime) -> ColumnElement[int]:
    return func.sum(case((counts(figure, now), literal(1)), else_=literal(0))).label(figure.value)
