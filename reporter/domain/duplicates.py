"""Is it the same thing? Which open tickets a new report may belong to (``domain.md`` 7).

Only an answer to the submitter: nothing is ever merged here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporter.domain.coordinates import Point, metres_between


@dataclass(frozen=True, slots=True)
class Known:
    """An open ticket near the new report."""

    number: str
    category: str
    look_alike: str | None
    point: Point
    accuracy_m: float
    received_at: datetime
    status: str
    joins: int = 0


@dataclass(frozen=True, slots=True)
class Similar:
    known: Known
    metres: float


def reach(radius_m: float, accuracy_m: float, other_accuracy_m: float) -> float:
    """How far apart two reports of one thing may be: the radius and both accuracies, at most twice it."""
    return min(radius_m + accuracy_m + other_accuracy_m, 2 * radius_m)


def similar(
    point: Point,
    category: str,
    look_alike: str | None,
    accuracy_m: float,
    radius_m: float,
    window: timedelta,
    now: datetime,
    known: Iterable[Known],
) -> list[Similar]:
    """Those of ``known`` that may be the same thing, nearest first."""
    found = []
    for other in known:
        alike = other.category == category or (look_alike is not None and other.look_alike == look_alike)
        if not alike or now - other.received_at > window:
            continue
        metres = metres_between(point, other.point)
        if metres <= reach(radius_m, accuracy_m, other.accuracy_m):
            found.append(Similar(other, metres))
    return sorted(found, key=lambda item: (item.metres, item.known.number))
