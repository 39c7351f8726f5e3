"""Makes the tickets of a plan in slices, ready to be written; by as many processes as there are cores.

A slice is the same whoever makes it and whenever: its chance is seeded by its day and its place in it.
"""

import os
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from typing import Any

from reporter.demo.history.curve import Arrival, Day, Habits, Openness, arrivals
from reporter.demo.history.filings import Filer
from reporter.demo.history.layouts import LAYOUTS, Row
from reporter.demo.history.lives import Life
from reporter.demo.history.rows import Rower
from reporter.demo.history.world import World

SLICE = 2000  # tickets: some forty thousand rows, a few megabytes between two processes
AHEAD = 2  # slices that each process may be ahead of the writer, so that memory stays bounded

Part = tuple[str, Any]
Encode = Callable[[str, Sequence[Row]], Any]
Numbers = dict[tuple[str, date], int]


@dataclass(frozen=True)
class Job:
    """All that the slices have in common. ``tells``: open tickets have their messages; ``first_id``: of the tickets."""

    world: World
    habits: Habits
    days: Sequence[Day]
    openness: Openness
    seed: int
    now: int
    first_id: int
    tells: bool
    encode: Encode


@dataclass(frozen=True, slots=True)
class Slice:
    """Tickets ``start`` until before ``stop`` of a day."""

    day: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Batch:
    """``parts``: rows as the writer takes them, by table. ``numbers``: the last number of each prefix and day."""

    tickets: int
    still_open: int
    parts: Sequence[Part]
    numbers: Numbers = field(default_factory=dict)


def slices(days: Sequence[Day]) -> list[Slice]:
    return [
        Slice(index, start, min(start + SLICE, day.count))
        for index, day in enumerate(days)
        for start in range(0, day.count, SLICE)
    ]


class Producer:
    def __init__(self, job: Job):
        self._job = job
        self._filer = Filer(job.world, job.habits)
        self._rower = Rower(job.now)
        self._day: tuple[int, list[tuple[Arrival, str]], Numbers] | None = None

    def make(self, part: Slice) -> Batch:
        job, day = self._job, self._job.days[part.day]
        reports, numbers = self._reports_of(part.day)
        chance = random.Random(f"{job.seed}/{day.day}/{part.start}")
        stages = job.habits["open"]["stages"]
        rows: dict[str, list[Row]] = {name: [] for name in LAYOUTS}
        still_open = 0
        for ordinal, (arrival, number) in enumerate(reports[part.start : part.stop], part.start):
            stays = chance.random() < job.openness.at(job.now - arrival.at)
            stage = chance.choices(list(stages), list(stages.values()))[0] if stays else None
            filing, area_id = self._filer.draw(arrival, number, chance)
            life = Life(job.world, self._filer, job.habits, job.now, chance, stage, job.tells and stays)
            ledger = life.live(filing, area_id, in_storm=arrival.in_storm)
            still_open += ledger.ended is None
            for name, found in self._rower.rows(job.first_id + day.first + ordinal, ledger):
                rows[name] += found
        parts = [(name, job.encode(name, found)) for name, found in rows.items() if found]
        return Batch(part.stop - part.start, still_open, parts, numbers)

    def _reports_of(self, index: int) -> tuple[list[tuple[Arrival, str]], Numbers]:
        """The arrivals of a day with their numbers: prefix, local day and a running number in order of arrival."""
        if self._day is None or self._day[0] != index:
            job, day = self._job, self._job.days[index]
            given: Counter[str] = Counter()
            reports = []
            for arrival in arrivals(day, len(job.world.spots), job.habits["storms"]["in_burst"], job.seed):
                place = job.world.place(job.world.spots[arrival.spot].area_id)
                given[place.prefix] += 1
                digits = place.policy.number_digits
                reports.append((arrival, f"{place.prefix}{day.day:%Y%m%d}{given[place.prefix]:0{digits}d}"))
            self._day = (index, reports, {(prefix, day.day): last for prefix, last in given.items()})
        return self._day[1], self._day[2]


_producer: Producer | None = None  # of a process of the pool


def _begin(job: Job) -> None:
    global _producer
    _producer = Producer(job)


def _make(part: Slice) -> Batch:
    assert _producer is not None
    return _producer.make(part)


def produce(job: Job, processes: int) -> Iterator[Batch]:
    """All batches in order. With one process they are made here."""
    todo = slices(job.days)
    if processes <= 1 or len(todo) == 1:
        yield from map(Producer(job).make, todo)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (job,)) as pool:
        running: deque[Future[Batch]] = deque()
        for part in todo:
            running.append(pool.submit(_make, part))
            if len(running) > processes * AHEAD:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def cores() -> int:
    return len(os.sched_getaffinity(0))
