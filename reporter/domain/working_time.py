"""When a time limit ends, and how much of it has run, over sessions, rest days and 调休.

Moments go in and come out as aware datetimes (out: UTC); local time exists only inside this module.
Who has which limit, and when a clock pauses, is in ``sla.py``. A pause is kept in the same clock:
``used = elapsed(start, pause)``, and the new deadline is ``advance(resume, total - used)``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)
_MONDAY_TO_FRIDAY = range(5)


class Unit(StrEnum):
    """In what a limit is written (domain.md 5.1)."""

    URGENT_MINUTE = "urgent_minute"  # 紧急分钟: nights, weekends and holidays count
    URGENT_HOUR = "urgent_hour"  # 紧急工作时: the same
    WORK_HOUR = "work_hour"  # 工作时: only inside sessions on working days
    WORK_DAY = "work_day"  # 工作日: one day's sessions, see WorkdayMode
    NATURAL_DAY = "natural_day"  # 自然日: 24 hours, all of them count


class WorkdayMode(StrEnum):
    """What a work day means; a city chooses."""

    ROLLING = "rolling"  # as many working hours as a day has, from now
    WHOLE_DAY = "whole_day"  # to the last session's end of the n-th working day after the start day


class Counting(StrEnum):
    """Which time a clock counts."""

    CONTINUOUS = "continuous"  # all of it
    WORKING = "working"  # sessions on working days
    DAYTIME = "daytime"  # one window on every day, rest days too


@dataclass(frozen=True, slots=True)
class Limit:
    value: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise ValueError(f"a limit is longer than nothing: {self.value} {self.unit}")


@dataclass(frozen=True)
class Calendar:
    """The days and hours of one place; all numbers come from its data.

    ``days``: True = working day. ``sessions``: local, in order, each ``(start, end)`` within one day.
    ``daytime``: the local window in which the accept clock of volunteer levels counts. ``version`` names
    the state of the data, to be stored beside each deadline.
    """

    days: Mapping[date, bool]
    version: str
    sessions: tuple[tuple[time, time], ...]
    daytime: tuple[time, time]
    workday_mode: WorkdayMode
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Without a session no working clock would ever end, so bad hours are a ``ValueError`` here."""
        edges = [edge for session in self.sessions for edge in session]
        in_order = all(start < end for start, end in (*self.sessions, self.daytime))
        if not edges or not in_order or any(later < earlier for earlier, later in pairwise(edges)):
            raise ValueError(f"sessions and daytime must be in order: {self.sessions} {self.daytime}")

    def workday(self, day: date) -> tuple[bool, bool]:
        """``(works, provisional)``: a day nobody has published yet is guessed from Monday to Friday."""
        known = self.days.get(day)
        if known is None:
            return day.weekday() in _MONDAY_TO_FRIDAY, True
        return known, False


@dataclass(frozen=True, slots=True)
class Moment:
    """A UTC time; ``provisional`` when it rests on a day that the calendar did not know."""

    at: datetime
    provisional: bool


def counting_of(unit: Unit, daytime_only: bool) -> Counting:
    """Work units count sessions; the others every minute, or the daytime window if ``daytime_only``."""
    if unit in (Unit.WORK_HOUR, Unit.WORK_DAY):
        return Counting.WORKING
    return Counting.DAYTIME if daytime_only else Counting.CONTINUOUS


def amount(limit: Limit, calendar: Calendar) -> timedelta:
    """The clock time that ``limit`` stands for; a work day is the sum of the sessions."""
    one = {
        Unit.URGENT_MINUTE: timedelta(minutes=1),
        Unit.URGENT_HOUR: timedelta(hours=1),
        Unit.WORK_HOUR: timedelta(hours=1),
        Unit.WORK_DAY: sum((_length(start, end) for start, end in calendar.sessions), timedelta()),
        Unit.NATURAL_DAY: timedelta(hours=24),
    }
    return limit.value * one[limit.unit]


def deadline(start: datetime, limit: Limit, calendar: Calendar, daytime_only: bool = False) -> Moment:
    """When ``limit`` is used up if its clock starts at ``start`` (aware) and never pauses."""
    if limit.unit is Unit.WORK_DAY and calendar.workday_mode is WorkdayMode.WHOLE_DAY:
        return _end_of_workday(start, limit.value, calendar)
    return advance(start, amount(limit, calendar), counting_of(limit.unit, daytime_only), calendar)


def advance(start: datetime, length: timedelta, counting: Counting, calendar: Calendar) -> Moment:
    """The first moment at which ``length`` of counted time has passed since ``start`` (aware).

    Intervals are half-open (domain.md 5.2): a start at a session's end is a start of the next session,
    a deadline at a session's end stays there. No length: ``start`` itself. A negative length is a
    ``ValueError``: time that is used up cannot be given a new deadline.
    """
    if length < timedelta():
        raise ValueError(f"a clock does not run backwards: {length}")
    start_at = _utc(start)
    if counting is Counting.CONTINUOUS or not length:
        return Moment(start_at + length, provisional=False)
    provisional = False
    left = length
    for stretches, guessed in _days_from(start_at, counting, calendar):
        provisional = provisional or guessed
        for begin_at, end_at in stretches:
            if left <= end_at - begin_at:
                return Moment(begin_at + left, provisional)
            left -= end_at - begin_at
    raise AssertionError("unreachable: days do not end")


def elapsed(start: datetime, end: datetime, counting: Counting, calendar: Calendar) -> timedelta:
    """The clock time counted between two aware moments; nothing when ``end`` is not after ``start``."""
    start_at, until_at = _utc(start), _utc(end)
    total = timedelta()
    if until_at <= start_at:
        return total
    if counting is Counting.CONTINUOUS:
        return until_at - start_at
    for stretches, _ in _days_from(start_at, counting, calendar):
        for begin_at, end_at in stretches:
            if until_at <= begin_at:
                return total
            total += min(end_at, until_at) - begin_at
    raise AssertionError("unreachable: days do not end")


def _days_from(
    start_at: datetime, counting: Counting, calendar: Calendar
) -> Iterator[tuple[list[tuple[datetime, datetime]], bool]]:
    """Day by day and without end: the stretches (UTC, in order, apart) that count, and whether guessed.

    A day whose hours are over at ``start_at`` is not asked about, so it cannot make a result provisional.
    """
    hours = calendar.sessions if counting is Counting.WORKING else (calendar.daytime,)
    day = start_at.astimezone(calendar.zone).date()
    from_at = start_at
    while True:
        stretches = []
        for start, end in hours:
            begin_at, end_at = max(from_at, _at(day, start, calendar)), _at(day, end, calendar)
            if begin_at < end_at:
                stretches.append((begin_at, end_at))
                from_at = end_at
        works, guessed = True, False
        if stretches and counting is Counting.WORKING:
            works, guessed = calendar.workday(day)
        yield (stretches if works else []), guessed
        day += _ONE_DAY


def _end_of_workday(start: datetime, count: int, calendar: Calendar) -> Moment:
    """The start day itself is not counted, whatever the hour."""
    day = _utc(start).astimezone(calendar.zone).date()
    provisional = False
    left = count
    while left:
        day += _ONE_DAY
        works, guessed = calendar.workday(day)
        provisional = provisional or guessed
        left -= works
    _, last_end = calendar.sessions[-1]
    return Moment(_at(day, last_end, calendar), provisional)


def _at(day: date, local: time, calendar: Calendar) -> datetime:
    return datetime.combine(day, local, tzinfo=calendar.zone).astimezone(UTC)


def _length(start: time, end: time) -> timedelta:
    return datetime.combine(date.min, end) - datetime.combine(date.min, start)


def _utc(moment: datetime) -> datetime:
    """Differences are taken in UTC: between two local times Python ignores a change of the clock."""
    if moment.utcoffset() is None:
        raise ValueError(f"a time without its zone: {moment}")
    return moment.astimezone(UTC)


# Working time fills about a third of the clock round; only used to say which of two limits is stricter.
_WALL_SECONDS = {
    Unit.URGENT_MINUTE: 60,
    Unit.URGENT_HOUR: 3600,
    Unit.WORK_HOUR: 3 * 3600,
    Unit.WORK_DAY: 24 * 3600,
    Unit.NATURAL_DAY: 24 * 3600,
}


def wall_seconds(limit: Limit) -> int:
    """A rough length by the wall clock, for comparing limits of different units."""
    return limit.value * _WALL_SECONDS[limit.unit]
