"""Is it the same thing? Which known tickets a report, or another ticket, may belong to (``domain.md`` 7).

Only an answer to a person: nothing is ever merged here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reporter.domain.coordinates import Point, metres_between

WEIGHTS = {"distance": 0.5, "category": 0.3, "time": 0.2}
"""How much each part says, proposed by us (PR): where it is says most."""

LOOKS_ALIKE = 0.5
"""The part of the category when it is another one of the same set (PR)."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What is compared: a report or ticket of a category. ``kinds``: its category and the look-alike sets it belongs
    to. ``building_id``: the building it lies in, None when that is not known."""

    point: Point
    accuracy_m: float
    category: str
    kinds: frozenset[str]
    building_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket near a new report."""

    number: str
    category: str
    kinds: frozenset[str]
    point: Point
    accuracy_m: float
    received_at: datetime
    status: str
    joins: int = 0
    building_id: int | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """``parts``: how alike by distance, category and time, each 0..1; ``score`` is their weighted sum."""

    known: Known
    metres: float
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return round(sum(WEIGHTS[name] * part for name, part in self.parts.items()), 2)


def reach(radius_m: float, accuracy_m: float, other_accuracy_m: float) -> float:
    """How far apart two reports of one thing may be: the radius and both accuracies, at most twice it."""
    return min(radius_m + accuracy_m + other_accuracy_m, 2 * radius_m)


def alike(one: frozenset[str], other: frozenset[str], indoors: frozenset[str], *, same_building: bool) -> bool:
    """Whether two things may be of one kind. ``indoors``: sets that only count within one building."""
    shared = one & other
    return bool(shared if same_building else shared - indoors)


def similar(
    thing: Thing,
    radius_m: float,
    window: timedelta,
    now: datetime,
    known: Iterable[Known],
    indoors: frozenset[str] = frozenset(),
) -> list[Similar]:
    """Those of ``known`` that may be the same as ``thing``, nearest first.

    ``radius_m`` and ``window`` are those of its category, ``now`` is when it came in.
    """
    found = []
    for other in known:
        same_building = thing.building_id is not None and thing.building_id == other.building_id
        age = abs(now - other.received_at)
        if age > window or not alike(thing.kinds, other.kinds, indoors, same_building=same_building):
            continue
        metres, far = metres_between(thing.point, other.point), reach(radius_m, thing.accuracy_m, other.accuracy_m)
        if metres <= far:
            parts = {
                "distance": round(1 - metres / far, 2) if far else 1.0,
                "category": 1.0 if other.category == thing.category else LOOKS_ALIKE,
                "time": round(1 - age / window, 2) if window else 1.0,
            }
            found.append(Similar(other, metres, parts))
    return sorted(found, key=lambda item: (item.metres, item.known.number))
