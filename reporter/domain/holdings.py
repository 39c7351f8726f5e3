"""Who had the ball when, and for how long: holdings of a ticket partition its open time.

Wall time throughout (``decisions.md`` “Clocks”). A holding begins at its start and ends just before its end, so that
every moment of an open ticket belongs to exactly one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

_SECOND = timedelta(seconds=1)


class Holding(Protocol):
    """``ended_at`` None: has it still."""

    @property
    def started_at(self) -> datetime: ...

    @property
    def ended_at(self) -> datetime | None: ...


H = TypeVar("H", bound=Holding)


def held_at(holdings: Sequence[H], moment: datetime) -> H | None:
    """The holding that a moment belongs to; None when nobody had the ball (before, after, or while it was closed)."""
    for one in holdings:
        if one.started_at <= moment and (one.ended_at is None or one.ended_at > moment):
            return one
    return None


def seconds_each(holdings: Sequence[Holding], now: datetime) -> list[int]:
    """Whole seconds of each holding. They add up to the whole seconds of the open time: what one rounding leaves
    over falls to the next, and the time between an end and a reopening belongs to nobody."""
    found = []
    counted, passed = timedelta(), 0
    for one in holdings:
        counted += (one.ended_at or now) - one.started_at
        found.append(counted // _SECOND - passed)
        passed = counted // _SECOND
    return found
