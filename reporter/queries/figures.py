"""The figures of an area and period, whole and broken down, in one statement each.

Who reaches all of an area reads its settled days (``queries/settled.py``), takes the corrections off and counts the
few tickets that are not settled; all others, and small areas, count tickets. Both are exact at the moment of asking,
because one statement sees one state of the database. Which tickets a figure counts is ``queries/counting.py``.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from operator import add
from typing import Any

from sqlalchemy import (
    Cast,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from reporter.db import Key as AreaKey
from reporter.db import UTCDateTime
from reporter.domain.areas import Level
from reporter.domain.figures import BY_CLOSING, Figure
from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.figures import FigureCorrection, FigureDay, FigureDayCategory
from reporter.models.tickets import Ticket
from reporter.queries import settled
from reporter.queries.counting import counts
from reporter.queries.portable import seconds_between
from reporter.queries.tickets import reaches, visible_to

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


class By(Enum):
    """What the figures are broken down by; the value is the number of key columns."""

    NOTHING = "nothing", 0
    CHILD = "child", 1
    CATEGORY = "category", 1
    HOLDER = "holder", 2
    DAY = "day", 2


def in_period(figure: Figure, start: Any, end: Any) -> ColumnElement[bool]:
    """The figure's own time: closing for what is about closing, else receiving."""
    at = Ticket.closed_at if figure in BY_CLOSING else Ticket.received_at
    return and_(at >= start, at < end)


def summary(session: Session, actor: Actor, area: Area, period: Period, now: datetime) -> Counts:
    """All figures of an area and period."""
    return _named(_ask(session, actor, area, period, now, By.NOTHING).get((), [0] * len(Figure)))


def by_child(
    session: Session, actor: Actor, area: Area, child: Level, period: Period, now: datetime
) -> dict[int | None, Counts]:
    """The figures of each child area; None: of what lies in the area but in none of its children."""
    found = _ask(session, actor, area, period, now, By.CHILD, child=child)
    return {key: _named(sums) for (key,), sums in found.items() if key is not None or any(sums)}


def by_category(session: Session, actor: Actor, area: Area, period: Period, now: datetime) -> dict[str, Counts]:
    """The figures of each category that occurs."""
    found = _ask(session, actor, area, period, now, By.CATEGORY)
    return {key: _named(sums) for (key,), sums in found.items() if any(sums)}


def by_holder(
    session: Session, actor: Actor, area: Area, period: Period, now: datetime, most: int
) -> dict[tuple[int | None, int | None], Counts]:
    """The figures of the ``most`` who have the ball most often now: (area of the seat, None) or (None, department)."""
    found = _ask(session, actor, area, period, now, By.HOLDER, most=most)
    return {(key[0], key[1]): _named(sums) for key, sums in found.items()}


def by_day(
    session: Session, actor: Actor, area: Area, days: Sequence[tuple[date, Period]], now: datetime
) -> dict[date, Counts]:
    """The figures of each local day. SQL knows no time zone: it counts by lengths that every zone's days are made
    of, and the days come out of that here."""
    period = Period(days[0][1].start, days[-1][1].end, days[0][0], days[-1][0])
    even = all(one.end - one.start == timedelta(seconds=DAY_S) for _, one in days)
    step = DAY_S if even else QUARTER_S
    starts = [one.start for _, one in days]
    found = {day: [0] * len(Figure) for day, _ in days}
    for (day, steps), sums in _ask(session, actor, area, period, now, By.DAY, step=step).items():
        if day is None:
            at = period.start + timedelta(seconds=steps * step)
            day = days[bisect_right(starts, at) - 1][0]
        found[day] = list(map(add, found[day], sums))
    return {day: _named(sums) for day, sums in found.items()}


def _ask(
    session: Session,
    actor: Actor,
    area: Area,
    period: Period,
    now: datetime,
    by: By,
    *,
    child: Level | None = None,
    **more: int,
) -> dict[Key, list[int]]:
    """Run the statement that answers this caller, and add up what belongs to one key, in the order of ``Figure``."""
    level = Level(area.level)
    kept = settled.CATEGORY_LEVELS if by is By.CATEGORY else settled.LEVELS
    summed_up = reaches(actor, area) and level in kept and (child is None or child in kept)
    statement = _of_days(by, level, child) if summed_up else _of_tickets(by, level, child, visible_to(actor))
    given = {
        "area_id": area.id,
        "start": period.start,
        "end": period.end,
        "first": period.first,
        "last": period.last,
        "now": now,
        "me": actor.person_id,
        **more,
    }
    keys = by.value[1]
    found: dict[Key, list[int]] = {}
    for row in session.execute(statement, given):
        key, sums = row[:keys], [int(value or 0) for value in row[keys:]]
        found[key] = list(map(add, found[key], sums)) if key in found else sums
    return found


def _named(sums: Sequence[int]) -> Counts:
    return dict(zip(Figure, sums, strict=True))


# ---------------------------------------------------------------- the statements, each built once

_AREA, _ME = bindparam("area_id", type_=AreaKey), bindparam("me", type_=AreaKey)
_START, _END, _NOW = (bindparam(name, type_=UTCDateTime) for name in ("start", "end", "now"))
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_STEP, _MOST = bindparam("step", type_=Integer), bindparam("most", type_=Integer)
# written out, not bound: three hundred values of no news would have to be sent with every question
_ZERO, _ONE = literal_column("0", Integer), literal_column("1", Integer)
_NO_AREA, _NO_DAY, _NO_STEP = cast(null(), AreaKey), cast(null(), Date), cast(null(), Integer)
_NOT_ABOUT_ME = or_(Ticket.about_person_id.is_(None), Ticket.about_person_id != _ME)

_CLOSED = tuple(figure for figure in Figure if figure in BY_CLOSING)
_RECEIVED = tuple(figure for figure in Figure if figure not in BY_CLOSING)
_SUMS = {figure: func.sum(case((counts(figure, _NOW), _ONE), else_=_ZERO)) for figure in Figure}


@cache
def _of_days(by: By, level: Level, child: Level | None) -> CompoundSelect[Any] | Select[Any]:
    """Settled days, less the corrections, and the tickets that are not settled."""
    tickets = _tickets(by, level, child, and_(~Ticket.settled, _NOT_ABOUT_ME), unsettled=True)
    if by is By.HOLDER:
        return _largest(tickets[0])  # who has the ball has it of open tickets, and those are never settled
    here = FigureDay.area_id == _AREA
    if by is By.CHILD and child is not None:
        children = FigureDay.area_id.in_(select(Area.id).where(Area.parent_id == _AREA, Area.level == child.value))
        corrected = [getattr(FigureCorrection, f"{child.value}_id")]
        parts = [
            _days(FigureDay, children, [FigureDay.area_id]),
            # in no child: the days of the area itself without those of its children
            _days(FigureDay, here, [_NO_AREA]),
            _days(FigureDay, children, [_NO_AREA], sign=-1),
            *_corrections(level, corrected, corrected),
        ]
    elif by is By.CATEGORY:
        code, corrected = [FigureDayCategory.category_code], [FigureCorrection.category_code]
        parts = [
            _days(FigureDayCategory, FigureDayCategory.area_id == _AREA, code),
            *_corrections(level, corrected, corrected),
        ]
    elif by is By.DAY:
        received, closed = FigureCorrection.received_day, FigureCorrection.closed_day
        parts = [
            _days(FigureDay, here, [FigureDay.day, _NO_STEP]),
            *_corrections(level, [received, _NO_STEP], [closed, _NO_STEP]),
        ]
    else:
        parts = [_days(FigureDay, here, []), *_corrections(level, [], [])]
    return union_all(*parts, *tickets)


def _of_tickets(
    by: By, level: Level, child: Level | None, seen: ColumnElement[bool]
) -> CompoundSelect[Any] | Select[Any]:
    """Tickets only."""
    tickets = _tickets(by, level, child, seen)
    return _largest(tickets[0].where(~Ticket.settled)) if by is By.HOLDER else union_all(*tickets)


def _largest(holders: Select[Any]) -> Select[Any]:
    open_now = _SUMS[Figure.OPEN].desc()
    keys = Ticket.holder_area_id, Ticket.holder_department_id
    return holders.where(Ticket.ended_at.is_(None)).order_by(open_now, *keys).limit(_MOST)


def _tickets(
    by: By, level: Level, child: Level | None, seen: ColumnElement[bool], *, unsettled: bool = False
) -> list[Select[Any]]:
    """Count tickets, by when they were received and by when they were closed."""
    found = []
    for figures, at in ((_RECEIVED, Ticket.received_at), (_CLOSED, Ticket.closed_at)):
        keys: dict[By, list[Any]] = {
            By.NOTHING: [],
            By.CHILD: [getattr(Ticket, f"{child.value}_id")] if child else [],
            By.CATEGORY: [Ticket.category_code],
            By.HOLDER: [Ticket.holder_area_id, Ticket.holder_department_id],
            By.DAY: [_NO_DAY, seconds_between(_START, at) // _STEP],
        }
        columns = [(_SUMS[figure] if figure in figures else _ZERO).label(figure.value) for figure in Figure]
        here = getattr(Ticket, f"{level.value}_id") == _AREA
        query = select(*keys[by], *columns).where(seen, here, in_period(figures[0], _START, _END))
        if unsettled and figures is _CLOSED:
            query = query.where(Ticket.ended_at.is_not(None))  # the condition of an index of what waits to be settled
        found.append(_grouped(query, keys[by]))
    return found


def _days(
    model: type[FigureDay] | type[FigureDayCategory], where: Any, keys: Sequence[Any], sign: int = 1
) -> Select[Any]:
    """Settled days, added or taken off."""
    sums = []
    for figure in Figure:
        total = func.sum(getattr(model, figure.value)) if figure in settled.FIGURES else _ZERO
        sums.append((-total if sign < 0 else total).label(figure.value))
    return _grouped(select(*keys, *sums).where(where, model.day.between(_FIRST, _LAST)), keys)


def _grouped(query: Select[Any], keys: Sequence[Any]) -> Select[Any]:
    """By the keys that are not constants."""
    return query.group_by(*[key for key in keys if not isinstance(key, Cast)])


def _corrections(level: Level, keys: Sequence[Any], closing_keys: Sequence[Any]) -> list[Select[Any]]:
    """What tickets had been counted with before they changed, taken off."""
    found = []
    for figures, group, day in (
        (_RECEIVED, keys, FigureCorrection.received_day),
        (_CLOSED, closing_keys, FigureCorrection.closed_day),
    ):
        kept = [figure for figure in figures if figure in settled.FIGURES]
        columns = [
            (-getattr(FigureCorrection, figure.value) if figure in kept else _ZERO).label(figure.value)
            for figure in Figure
        ]
        mine = getattr(FigureCorrection, f"{level.value}_id") == _AREA
        found.append(select(*group, *columns).where(mine, day.between(_FIRST, _LAST)))
    return found
