"""Where requests come from: points drawn inside the served area, which is found by asking the service."""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporter.replay import tables

Box = tuple[float, float, float, float]  # west, south, east, north

LATTICE = 32  # cells per side: under a kilometre where a city is the box, so a street is not missed
MOST_DRAWS = 1000
# What phones send: the map of WeChat, and GPS.
DATUMS = ("gcj02", "wgs84")


@dataclass(frozen=True, slots=True)
class Spot:
    """Two numbers and what they mean. None stands for what is missing or no number in the source."""

    lng: float | None
    lat: float | None
    datum: str

    def as_location(self) -> dict[str, Any]:
        return {"lng": self.lng, "lat": self.lat, "coord_type": self.datum}


Served = Callable[[Spot], bool]
Mapper = Callable[[Served, Sequence[Spot]], Iterable[bool]]


class NothingServed(ValueError):
    """Nowhere in the box does the service know a place."""


def number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def discover(box: Box, served: Served, ask_all: Mapper, per_side: int = LATTICE) -> list[Box]:
    """The cells of a lattice over ``box`` whose middle is served, and their neighbours, where its edge may run.

    ``ask_all`` is ``map``, or one that asks several at a time. Raises NothingServed.
    """
    west, south, east, north = box
    width, height = (east - west) / per_side, (north - south) / per_side
    at = [(column, row) for row in range(per_side) for column in range(per_side)]
    # an odd share of a cell: middles on whole hundredths of a degree would be refused as too coarse
    middles = [
        Spot(round(west + (column + 0.4987) * width, 6), round(south + (row + 0.5013) * height, 6), "wgs84")
        for column, row in at
    ]
    hits = {cell for cell, hit in zip(at, ask_all(served, middles), strict=True) if hit}
    if not hits:
        raise NothingServed("The service knows no place there: give the box around its area with --box W,S,E,N")
    kept = [(column, row) for column, row in at if any(abs(column - c) <= 1 and abs(row - r) <= 1 for c, r in hits)]
    return [
        (west + column * width, south + row * height, west + (column + 1) * width, south + (row + 1) * height)
        for column, row in kept
    ]


def draw(cells: Sequence[Box], served: Served, rng: random.Random) -> Spot:
    """A point anywhere in the served part of the cells, in one of the datums of phones. Raises NothingServed."""
    datum = rng.choice(DATUMS)
    for _ in range(MOST_DRAWS):
        west, south, east, north = rng.choice(cells)
        spot = Spot(round(rng.uniform(west, east), 6), round(rng.uniform(south, north), 6), datum)
        if served(spot):
            return spot
    raise NothingServed("The service no longer knows a place where it did")


def of_file(path: Path) -> list[Spot]:
    """Points with columns ``lng`` or ``lon``, and ``lat``; the datum is the end of the file's name.

    Raises UnusableFile, also for a name that does not say the datum: a guess would be 500 m wrong.
    """
    datum = next((datum for datum in ("gcj02", "wgs84", "bd09", "cgcs2000") if f"_{datum}." in path.name), None)
    if datum is None:
        raise tables.UnusableFile(f"the name of {path.name} must end with its datum, e.g. _gcj02.csv")
    rows = tables.rows(path, ("lat",))
    return [Spot(number(row.get("lng", "") or row.get("lon", "")), number(row["lat"]), datum) for row in rows]
