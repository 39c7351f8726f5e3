"""How long handling took, in the time its own clock counts: nights, rest days and pauses are not used.

Percentiles are exact values of tickets (nearest rank), not estimates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from reporter.domain.sla import ClockEvent, Terms, Tick
from reporter.domain.working_time import Calendar, elapsed

MEDIAN, NINETIETH = Fraction(1, 2), Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Summary:
    """Whole seconds, halves up."""

    mean_s: int
    median_s: int
    p90_s: int


def used(terms: Terms, events: Iterable[ClockEvent], calendar: Calendar) -> timedelta:
    """The clock time between start, pauses and stop; what still runs has used nothing yet."""
    total = timedelta()
    since: datetime | None = None
    for event in events:
        if event.tick in (Tick.STARTED, Tick.RESUMED):
            since = event.at
        elif event.tick in (Tick.PAUSED, Tick.STOPPED) and since is not None:
            total += elapsed(since, event.at, terms.counting, calendar)
            since = None
    return total


def summarised(lengths: Sequence[timedelta]) -> Summary | None:
    """None when there is none."""
    if not lengths:
        return None
    ordered = sorted(lengths)
    return Summary(
        _seconds(sum(ordered, timedelta()) / len(ordered)),
        *(_seconds(ordered[ceil(share * len(ordered)) - 1]) for share in (MEDIAN, NINETIETH)),
    )


def _seconds(length: timedelta) -> int:
    return (length + timedelta(milliseconds=500)) // timedelta(seconds=1)
