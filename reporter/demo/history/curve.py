"""When people report: weights of hour × weekday, a plan of days with storms, the arrivals of a day. Pure, by seed.

The default weights are our own (``seeds/history.json``); ``counted`` takes them from a file of real arrivals.
"""

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import exp
from pathlib import Path
from typing import Any

from reporter.demo.history.timetable import SECOND, micros
from reporter.domain.working_time import Calendar
from reporter.replay import tables

Habits = Mapping[str, Any]
"""The numbers of ``seeds/history.json``."""

_HOURS = range(24)
_HOUR = 3600 * SECOND
_DAY_TO_DAY = 0.1  # spread of one ordinary day against the next


@dataclass(frozen=True, slots=True)
class Curve:
    """``workday[weekday][hour]`` and ``restday[weekday][hour]``, Monday first, local hours."""

    workday: Sequence[Sequence[float]]
    restday: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Storm:
    """A burst from ``start`` to ``end`` (microseconds) that many times a day's reports fall into, at ``spots``."""

    times: float
    start: int
    end: int
    spots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """``cells``: (start, length, weight) of its hours, up to the end of the history; ``first``: tickets before it."""

    day: date
    cells: tuple[tuple[int, int, float], ...]
    count: int
    first: int
    storm: Storm | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """``spot``: an index into the world's spots."""

    at: int
    spot: int
    in_storm: bool


def default(habits: Habits) -> Curve:
    shape = habits["curve"]
    return Curve(
        *(
            [[weight * hour / sum(hours) for hour in hours] for weight in shape["weekdays"]]
            for hours in (shape["workday_hours"], shape["restday_hours"])
        )
    )


def counted(path: Path) -> Curve:
    """The weights of a file of real arrivals (columns ``extract``, ``created``, local time).

    Of several extracts the one that fills most hours of the week counts, UTC ones (``…_utc``) last. One is added to
    every hour, so that none is impossible. Raises UnusableFile.
    """
    cells: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
    for row in tables.rows(path, ("extract", "created")):
        if row["created"]:
            moment = datetime.fromisoformat(row["created"])
            cells[row["extract"]][moment.weekday(), moment.hour] += 1
    best = max(cells.items(), key=lambda item: (not item[0].endswith("_utc"), len(item[1]), item[1].total()))[1]
    weights = [[best[weekday, hour] + 1 for hour in _HOURS] for weekday in range(7)]
    return Curve(weights, weights)


def plan(
    curve: Curve,
    calendar: Calendar,
    first: date,
    now: datetime,
    tickets: int,
    habits: Habits,
    storm_spots: Callable[[random.Random], Sequence[int]],
    seed: int,
) -> list[Day]:
    """The local days from ``first`` to ``now`` with how many tickets each gets; they sum to ``tickets``."""
    chance = random.Random(f"{seed}/days")
    last = now.astimezone(calendar.zone).date()
    dates = [first + timedelta(days=index) for index in range((last - first).days + 1)]
    stormy = set(
        chance.sample(dates[:-1], min(len(dates) - 1, max(1, round(len(dates) * habits["storms"]["share_of_days"]))))
    )
    cells = [_cells(curve, calendar, day, micros(now)) for day in dates]
    storms = [_storm(day, calendar, habits, storm_spots, chance) if day in stormy else None for day in dates]
    weights = [
        sum(weight for _, _, weight in row) * (storm.times if storm else chance.lognormvariate(0, _DAY_TO_DAY))
        for row, storm in zip(cells, storms, strict=True)
    ]
    counts = _shared_out(tickets, weights)
    before = [0, *accumulate(counts)]
    return [Day(*given) for given in zip(dates, map(tuple, cells), counts, before, storms, strict=False)]


def arrivals(day: Day, spots: int, in_burst: float, seed: int) -> list[Arrival]:
    """The first reports of a day in order of time, on whole seconds."""
    chance = random.Random(f"{seed}/{day.day}")
    storm = day.storm
    bursting = round(day.count * (1 - 1 / storm.times)) if storm else 0
    found = []
    sums = list(accumulate(weight for _, _, weight in day.cells))
    for index in range(day.count):
        if storm is not None and index < bursting:
            at = int(chance.triangular(storm.start, storm.end, storm.start + (storm.end - storm.start) / 4))
            wet = chance.random() < in_burst
            spot = chance.choice(storm.spots) if wet else chance.randrange(spots)
        else:
            start, length, _ = day.cells[bisect_left(sums, chance.random() * sums[-1])]
            at, spot, wet = start + int(chance.random() * length), chance.randrange(spots), False
        found.append(Arrival(at - at % SECOND, spot, wet))
    return sorted(found, key=lambda arrival: arrival.at)


@dataclass(frozen=True, slots=True)
class Openness:
    """How likely a ticket of an age (microseconds) is still open."""

    share: float
    fades: float
    always: int

    def at(self, age: int) -> float:
        return 1.0 if age < self.always else min(1.0, self.share * exp(-age / self.fades))


def openness(days: Sequence[Day], now: int, wanted: int, habits: Habits) -> Openness:
    """So that about ``wanted`` of the planned tickets stay open, mostly recent ones."""
    given = habits["open"]
    always, fades = int(given["always_hours"] * _HOUR), given["fades_days"] * 24.0 * _HOUR
    ages = [
        (now - start - length / 2, day.count * weight / whole)
        for day in days
        if (whole := sum(weight for _, _, weight in day.cells))
        for start, length, weight in day.cells
    ]

    def expected(share: float, fades: float) -> float:
        return sum(count * Openness(share, fades, always).at(int(age)) for age, count in ages)

    if expected(1.0, fades) < wanted:  # even with all recent ones open: older ones too
        low, high = fades, fades * 1e6
        for _ in range(60):
            fades = (low * high) ** 0.5
            low, high = (fades, high) if expected(1.0, fades) < wanted else (low, fades)
        return Openness(1.0, fades, always)
    low_share, share = 0.0, 1.0
    for _ in range(40):
        middle = (low_share + share) / 2
        low_share, share = (middle, share) if expected(middle, fades) < wanted else (low_share, middle)
    return Openness(share, fades, always)


def _cells(curve: Curve, calendar: Calendar, day: date, now: int) -> list[tuple[int, int, float]]:
    works, _ = calendar.workday(day)
    weights = (curve.workday if works else curve.restday)[day.weekday()]
    midnight = micros(datetime.combine(day, time.min, tzinfo=calendar.zone))
    found = []
    for hour in _HOURS:
        start = midnight + hour * _HOUR
        length = min(_HOUR, now - start)
        if length >= SECOND:
            found.append((start, length, weights[hour] * length / _HOUR))
    return found


def _storm(
    day: date,
    calendar: Calendar,
    habits: Habits,
    storm_spots: Callable[[random.Random], Sequence[int]],
    chance: random.Random,
) -> Storm:
    shape = habits["storms"]
    start = micros(datetime.combine(day, time(chance.randint(*shape["first_hour"])), tzinfo=calendar.zone))
    end = start + chance.randint(*shape["hours"]) * _HOUR
    return Storm(chance.uniform(*shape["times"]), start, end, tuple(storm_spots(chance)))


def _shared_out(count: int, weights: Sequence[float]) -> list[int]:
    """``count`` in whole parts as the weights say; what rounding leaves goes to the largest fractions."""
    whole = sum(weights)
    shares = [count * weight / whole for weight in weights]
    parts = [int(share) for share in shares]
    by_fraction = sorted(range(len(shares)), key=lambda index: parts[index] - shares[index])
    for index in by_fraction[: count - sum(parts)]:
        parts[index] += 1
    return parts
