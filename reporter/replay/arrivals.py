"""When requests come, and from where they say they come: waits and points of a file of real requests."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reporter.replay import tables
from reporter.replay.places import Spot, number


@dataclass(frozen=True, slots=True)
class Arrivals:
    """``gaps_s``: seconds between neighbours of one extract. ``spots``: the points of every row, dirty as they are."""

    extract: str
    gaps_s: tuple[float, ...]
    spots: tuple[Spot, ...]


def read(path: Path, extract: str | None = None) -> Arrivals:
    """The waits of ``extract``, by default of the one whose requests are closest together.

    A file may mix extracts of consecutive requests with random samples of many years; only the former
    have true waits, and they are by far the denser. Raises UnusableFile.
    """
    rows = tables.rows(path, ("extract", "created", "lat", "lon"))
    moments: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        if row["created"]:
            moments[row["extract"]].append(_moment(row["created"]))
    gaps = {name: _gaps_s(found) for name, found in moments.items() if len(found) > 1}
    if extract is None:
        extract = min(gaps, key=lambda name: sum(gaps[name]) / len(gaps[name]), default="")
    if extract not in gaps:
        raise tables.UnusableFile(f"{path.name} has no waits of an extract “{extract}”")
    spots = tuple(Spot(number(row["lon"]), number(row["lat"]), "wgs84") for row in rows)
    return Arrivals(extract, gaps[extract], spots)


def schedule(gaps_s: Sequence[float], count: int, speed: float) -> list[float]:
    """When each of ``count`` requests is due, in seconds after the first; ``speed`` divides the waits, inf ends them.

    When there are more requests than waits, the waits begin again.
    """
    waits = itertools.islice(itertools.cycle(gaps_s), max(0, count - 1))
    return list(itertools.accumulate((wait / speed for wait in waits), initial=0.0))[:count]


def _moment(text: str) -> datetime:
    """Only differences count, so a local time without a zone may pass for UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _gaps_s(moments: Sequence[datetime]) -> tuple[float, ...]:
    ordered = sorted(moments)
    return tuple((later - earlier).total_seconds() for earlier, later in itertools.pairwise(ordered))
