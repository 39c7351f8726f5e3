"""Working time by look-up: exactly what ``domain/working_time.py`` gives, fast enough for a million lives.

Moments and lengths are whole microseconds, moments since 1970 in UTC. A calendar's days are laid out once over a
horizon; every question is then a search in sorted lists. ``tests/demo/test_history_rules.py`` compares the two.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from reporter.domain.working_time import Calendar, Counting, Limit, Unit, WorkdayMode, amount, counting_of

SECOND = 1_000_000
_ONE_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def length_of(length: timedelta) -> int:
    return length // _MICROSECOND


class _Stretches:
    """Stretches that count, in order: where each ends, on which day, and how much was counted by then."""

    def __init__(self, spans: list[tuple[int, int, int]]):
        self.starts = [start for start, _, _ in spans]
        self.ends = [end for _, end, _ in spans]
        self.days = [day for _, _, day in spans]
        self.counted = list(accumulate(end - start for start, end, _ in spans))

    def at(self, moment: int) -> int:
        """What has been counted from the horizon's beginning until ``moment``."""
        index = bisect_right(self.ends, moment)
        if index == len(self.ends):
            return self.counted[-1]
        before = self.counted[index] - (self.ends[index] - self.starts[index])
        return before + max(0, moment - self.starts[index])


class Timetable:
    """A calendar from ``first`` to ``last``, local days. Asked beyond them it raises IndexError."""

    def __init__(self, calendar: Calendar, first: date, last: date):
        self.calendar = calendar
        self._midnights: list[int] = []
        self._day_ends: list[int] = []
        guessed: list[int] = []
        self._workdays: list[int] = []
        working: list[tuple[int, int, int]] = []
        daytime: list[tuple[int, int, int]] = []
        for index in range((last - first).days + 1):
            day = first + index * _ONE_DAY
            works, unknown = calendar.workday(day)
            guessed.append(int(unknown))
            self._midnights.append(self._at(day, time.min))
            self._day_ends.append(self._at(day, calendar.sessions[-1][1]))
            daytime.append((self._at(day, calendar.daytime[0]), self._at(day, calendar.daytime[1]), index))
            if works:
                self._workdays.append(index)
                working += [(self._at(day, start), self._at(day, end), index) for start, end in calendar.sessions]
        self._guesses = [0, *accumulate(guessed)]
        self._stretches = {Counting.WORKING: _Stretches(working), Counting.DAYTIME: _Stretches(daytime)}
        self._amounts: dict[Limit, int] = {}

    def deadline(self, start: int, limit: Limit, mode: WorkdayMode, *, daytime_only: bool) -> tuple[int, bool]:
        """``(due, provisional)``, see ``working_time.deadline``."""
        if limit.unit is Unit.WORK_DAY and mode is WorkdayMode.WHOLE_DAY:
            day = bisect_right(self._midnights, start) - 1
            last = self._workdays[bisect_right(self._workdays, day) + limit.value - 1]
            return self._day_ends[last], self._guesses[last + 1] > self._guesses[day + 1]
        return self.advance(start, self.amount(limit), counting_of(limit.unit, daytime_only))

    def amount(self, limit: Limit) -> int:
        """See ``working_time.amount``."""
        if limit not in self._amounts:
            self._amounts[limit] = length_of(amount(limit, self.calendar))
        return self._amounts[limit]

    def advance(self, start: int, length: int, counting: Counting) -> tuple[int, bool]:
        """See ``working_time.advance``."""
        if counting is Counting.CONTINUOUS or not length:
            return start + length, False
        stretches = self._stretches[counting]
        wanted = stretches.at(start) + length
        found = bisect_left(stretches.counted, wanted)
        at = stretches.ends[found] - (stretches.counted[found] - wanted)
        if counting is Counting.DAYTIME:
            return at, False
        first = bisect_right(self._day_ends, start)  # a day whose hours are over is not asked about
        return at, self._guesses[stretches.days[found] + 1] > self._guesses[first]

    def elapsed(self, start: int, end: int, counting: Counting) -> int:
        """See ``working_time.elapsed``."""
        if end <= start or counting is Counting.CONTINUOUS:
            return max(0, end - start)
        stretches = self._stretches[counting]
        return stretches.at(end) - stretches.at(start)

    def _at(self, day: date, local: time) -> int:
        return micros(datetime.combine(day, local, tzinfo=self.calendar.zone))
