"""The figures of an area and period, whole and broken down, in one statement each.

Who reaches all of an area reads its settled days (``queries/settled.py``), takes the corrections off and counts the
few tickets that are not settled; all others, and small areas, count tickets. Both are exact at the moment of asking,
because one statement sees one state of the database. Which tickets a figure counts is ``queries/counting.py``.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Cast,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from reporter.db import Key as AreaKey
from reporter.db import UTCDateTime
from reporter.domain.areas import Level
from reporter.domain.metrics import Figure
from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.figures import FigureCorrection, FigureDay, FigureDayCategory
from reporter.models.tickets import Ticket
from reporter.queries import settled
from reporter.queries.counting import BY_CLOSING, counts
from reporter.queries.portable import seconds_between
from reporter.queries.tickets import not_about, reaches, visible_to, within

DAY_S = 24 * 3600
QUARTER_S = 15 * 60  # every offset of every time zone is a multiple of this


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``first`` to ``last``, both included; half-open in UTC from ``start`` until before ``end``."""

    start: datetime
    end: datetime
    first: date
    last: date


Key = tuple[Any, ...]
Counts = dict[Figure, int]


def in_period(figure: Figure, period: Period) -> ColumnElement[bool]:
    """The figure's own time: closing for what is about closing, else receiving."""
    at = Ticket.closed_at if figure in BY_CLOSING else Ticket.received_at
    return and_(at >= period.start, at < period.end)


def summary(session: Session, actor: Actor, area: Area, period: Period, now: datetime) -> Counts:
    """All figures of an area and period."""
    summed_up = _summed_up(actor, area)
    tickets = _tickets(actor, area, period, now, [], unsettled=summed_up)
    if not summed_up:
        return _ask(session, tickets, 0).get((), _nothing())
    days = [_days(FigureDay, FigureDay.area_id == area.id, period, [])]
    return _ask(session, [*days, *_corrections(area, period, [], []), *tickets], 0).get((), _nothing())


def by_child(
    session: Session, actor: Actor, area: Area, child: Level, period: Period, now: datetime
) -> dict[int | None, Counts]:
    """The figures of each child area; None: of what lies in the area but in none of its children."""
    column = getattr(Ticket, f"{child.value}_id")
    summed_up = _summed_up(actor, area, settled.LEVELS, child)
    tickets = _tickets(actor, area, period, now, [column], unsettled=summed_up)
    if not summed_up:
        return {key: counted for (key,), counted in _ask(session, tickets, 1).items()}
    children = FigureDay.area_id.in_(select(Area.id).where(Area.parent_id == area.id, Area.level == child.value))
    none, corrected = cast(null(), AreaKey), getattr(FigureCorrection, f"{child.value}_id")
    found = _ask(
        session,
        [
            _days(FigureDay, children, period, [FigureDay.area_id]),
            # in no child: the days of the area itself without those of its children
            _days(FigureDay, FigureDay.area_id == area.id, period, [none]),
            _days(FigureDay, children, period, [none], sign=-1),
            *_corrections(area, period, [corrected], [corrected]),
            *tickets,
        ],
        1,
    )
    return {key: counted for (key,), counted in found.items() if key is not None or any(counted.values())}


def by_category(session: Session, actor: Actor, area: Area, period: Period, now: datetime) -> dict[str, Counts]:
    """The figures of each category that occurs."""
    summed_up = _summed_up(actor, area, settled.CATEGORY_LEVELS)
    statement = tickets = _tickets(actor, area, period, now, [Ticket.category_code], unsettled=summed_up)
    if summed_up:
        code = [FigureDayCategory.category_code]
        days = _days(FigureDayCategory, FigureDayCategory.area_id == area.id, period, code)
        corrected = [FigureCorrection.category_code]
        statement = [days, *_corrections(area, period, corrected, corrected), *tickets]
    return {key: counted for (key,), counted in _ask(session, statement, 1).items()}


def by_holder(
    session: Session, actor: Actor, area: Area, period: Period, now: datetime
) -> dict[tuple[int | None, int | None], Counts]:
    """The figures of whoever has the ball now: (area of the seat, None) or (None, department)."""
    held = and_(~Ticket.settled, Ticket.ended_at.is_(None))
    keys = [Ticket.holder_area_id, Ticket.holder_department_id]
    tickets = [query.where(held) for query in _tickets(actor, area, period, now, keys, unsettled=False)]
    return {(key[0], key[1]): counted for key, counted in _ask(session, tickets, 2).items()}


def by_day(session: Session, actor: Actor, area: Area, days: Sequence[tuple[date, Period]], now: datetime) -> Any:
    """The figures of each local day. SQL knows no time zone: it counts by lengths that every zone's days are made
    of, and the days come out of that here."""
    period = Period(days[0][1].start, days[-1][1].end, days[0][0], days[-1][0])
    even = all(one.end - one.start == timedelta(seconds=DAY_S) for _, one in days)
    step = DAY_S if even else QUARTER_S

    def since_start(at: Any) -> Any:
        return seconds_between(literal(period.start, UTCDateTime), at) // literal(step, Integer)

    no_day, no_step = cast(null(), Date), cast(null(), Integer)
    received, closed = Ticket.received_at, Ticket.closed_at
    summed_up = _summed_up(actor, area)
    keys, closing_keys = [no_day, since_start(received)], [no_day, since_start(closed)]
    statement = tickets = _tickets(actor, area, period, now, keys, closing_keys, unsettled=summed_up)
    if summed_up:
        statement = [
            _days(FigureDay, FigureDay.area_id == area.id, period, [FigureDay.day, no_step]),
            *_corrections(
                area, period, [FigureCorrection.received_day, no_step], [FigureCorrection.closed_day, no_step]
            ),
            *tickets,
        ]
    starts = [one.start for _, one in days]
    found = {day: _nothing() for day, _ in days}
    for (day, steps), counted in _ask(session, statement, 2).items():
        if day is None:
            at = period.start + timedelta(seconds=steps * step)
            day = days[bisect_right(starts, at) - 1][0]
        for figure, value in counted.items():
            found[day][figure] += value
    return found


def _summed_up(actor: Actor, area: Area, kept: Sequence[Level] = settled.LEVELS, child: Level | None = None) -> bool:
    """Whether settled days answer: the caller reaches all of the area, and days of these levels are kept."""
    return reaches(actor, area) and Level(area.level) in kept and (child is None or child in kept)


# ---------------------------------------------------------------- the parts of the statement


def _ask(session: Session, parts: Sequence[Select[Any]], keys: int) -> dict[Key, Counts]:
    """Run the parts as one statement and add up what belongs to one key."""
    found: dict[Key, Counts] = {}
    for row in session.execute(union_all(*parts)):
        into = found.setdefault(tuple(row[:keys]), _nothing())
        for figure, value in zip(Figure, row[keys:], strict=True):
            into[figure] += int(value or 0)
    return found


def _nothing() -> Counts:
    return dict.fromkeys(Figure, 0)


def _tickets(
    actor: Actor,
    area: Area,
    period: Period,
    now: datetime,
    keys: Sequence[Any],
    closing_keys: Sequence[Any] = (),
    *,
    unsettled: bool,
) -> list[Select[Any]]:
    """Count tickets, all that are visible or only what is not settled: by when they were received, and by when they
    were closed."""
    seen = and_(~Ticket.settled, not_about(actor)) if unsettled else visible_to(actor)
    found = []
    for figures, group in ((_RECEIVED, keys), (_CLOSED, closing_keys or keys)):
        columns = [
            func.sum(case((counts(figure, now), literal(1)), else_=literal(0))) if figure in figures else literal(0)
            for figure in Figure
        ]
        query = select(*group, *columns).where(seen, within(area.level, area.id), in_period(figures[0], period))
        found.append(_grouped(query, group))
    return found


def _days(
    model: type[FigureDay] | type[FigureDayCategory], where: Any, period: Period, keys: Sequence[Any], sign: int = 1
) -> Select[Any]:
    """Settled days, added or taken off."""
    sums = [
        sign * func.sum(getattr(model, figure.value)) if figure in settled.FIGURES else literal(0) for figure in Figure
    ]
    return _grouped(select(*keys, *sums).where(where, model.day.between(period.first, period.last)), keys)


def _grouped(query: Select[Any], keys: Sequence[Any]) -> Select[Any]:
    """By the keys that are not constants."""
    return query.group_by(*[key for key in keys if not isinstance(key, Cast)])


def _corrections(area: Area, period: Period, keys: Sequence[Any], closing_keys: Sequence[Any]) -> list[Select[Any]]:
    """What tickets had been counted with before they changed, taken off."""
    found = []
    for figures, group, day in (
        (_RECEIVED, keys, FigureCorrection.received_day),
        (_CLOSED, closing_keys, FigureCorrection.closed_day),
    ):
        columns = [
            -getattr(FigureCorrection, figure.value) if figure in figures and figure in settled.FIGURES else literal(0)
            for figure in Figure
        ]
        mine = getattr(FigureCorrection, f"{area.level}_id") == area.id
        found.append(select(*group, *columns).where(mine, day.between(period.first, period.last)))
    return found


_CLOSED = tuple(figure for figure in Figure if figure in BY_CLOSING)
_RECEIVED = tuple(figure for figure in Figure if figure not in BY_CLOSING)
