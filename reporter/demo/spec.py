"""What a demo district is made from: the division table and the numbers of ``seeds/demo.json``, as frozen values.

The numbers and where they come from stand in that file; what is made of them is in ``plan.py`` and ``district.py``.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporter.demo.partition import Point, Ring, counter_clockwise

SEEDS = Path(__file__).parents[1] / "seeds"


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the official table; ``parent_code`` is None at the top of what was cut from it."""

    code: str
    name: str
    level: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a ladder: ``name`` is a template for the area, ``post`` the title of its leader ("" = no seat)."""

    name: str
    post: str
    digits: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """Words of one way to divide a community, and counts that it fixes (0 = not fixed, 0 households_per_group = no such
    tier)."""

    code: str
    title: str
    rungs: Mapping[str, Rung]
    buildings_per_grid: int
    neighbourhoods_per_building: int
    households_per_group: int


@dataclass(frozen=True, slots=True)
class Totals:
    compounds: int
    grids: int
    buildings: int
    neighbourhoods: int
    households: int


@dataclass(frozen=True, slots=True)
class NeighbourhoodSize:
    """Households of a neighbourhood: ``least`` and ``most`` are kept, ``usual`` decides how many a building has."""

    least: int
    usual: int
    most: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Sigma of the lognormal weights: how unequal communities, grids and buildings are."""

    community: float
    grid: float
    building: float


@dataclass(frozen=True, slots=True)
class SeatShares:
    """Shares between 0 and 1. The deputy's is that of filled, of vacant and of absent holders' seats."""

    vacant: float
    on_leave: float
    deputy: float
    deputy_of_vacant: float
    deputy_of_absent: float
    two_neighbourhoods: float
    building_and_neighbourhood: float


@dataclass(frozen=True, slots=True)
class FixedCompound:
    """A 小区 that the stories name: in which community, and where its gate is (WGS-84)."""

    name: str
    community_code: str
    gate: Point


@dataclass(frozen=True, slots=True)
class DistrictSpec:
    """Everything about one district that is not in the division table.

    ``street_outlines`` empty: the streets tile ``outline``. Otherwise only the streets named there exist, each with its
    own outline. ``anchors`` are points (WGS-84) that must fall into the street or community of that code;
    ``pinned_*`` are counts known from elsewhere, by community. ``person_prefix`` keeps role names of districts apart.
    ``station_name`` is a template for the riders' station of each street, None where there is none.
    """

    code: str
    seed: str
    city_code: str
    city_outline: Ring
    outline: Ring
    number_prefix: str
    person_prefix: str
    street_outlines: Mapping[str, Ring]
    anchors: Mapping[str, Sequence[Point]]
    totals: Totals
    pinned_grids: Mapping[str, int]
    pinned_compounds: Mapping[str, int]
    community_ladder: Mapping[str, str]
    ladders: Mapping[str, Ladder]
    code_digits: Mapping[str, int]
    size: NeighbourhoodSize
    spread: Spread
    entrance_name: str
    households_per_floor: Sequence[int]
    compound_name: str
    fixed_compounds: Sequence[FixedCompound]
    building_without_patch: str | None
    station_name: str | None
    seats: SeatShares
    role_name: str
    deputy_name: str
    showcase_street: str | None

    def ladder_of(self, community_code: str) -> Ladder:
        return self.ladders[self.community_ladder.get(community_code, "standard")]


def read_divisions(path: Path = SEEDS / "divisions.csv") -> list[Division]:
    """Rows of the table, names and order untouched. A parent that was not cut along is no parent."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["code"] for row in rows}
    return [
        Division(row["code"], row["name"], row["level"], row["parent_code"] if row["parent_code"] in known else None)
        for row in rows
    ]


def read_specs(path: Path = SEEDS / "demo.json") -> dict[str, DistrictSpec]:
    """Specs by district code, in the order of the file. A missing key raises KeyError."""
    everything = json.loads(path.read_text(encoding="utf-8"))
    return {row["code"]: _district(row, everything) for row in everything["districts"]}


def _district(row: Mapping[str, Any], everything: Mapping[str, Any]) -> DistrictSpec:
    communities: Mapping[str, Mapping[str, Any]] = row["communities"]
    return DistrictSpec(
        code=row["code"],
        seed=everything["seed"],
        city_code=everything["city"]["code"],
        city_outline=_ring(everything["city"]["outline"]),
        outline=_ring(row["outline"]),
        number_prefix=row["number_prefix"],
        person_prefix=row["person_prefix"],
        street_outlines={code: _ring(s["outline"]) for code, s in row["streets"].items() if "outline" in s},
        anchors=dict(_anchors(row["streets"])) | dict(_anchors(communities)),
        totals=Totals(**row["totals"]),
        pinned_grids={code: c["grids"] for code, c in communities.items() if "grids" in c},
        pinned_compounds={code: c["compounds"] for code, c in communities.items() if "compounds" in c},
        community_ladder={code: c["ladder"] for code, c in communities.items() if "ladder" in c},
        ladders={code: _ladder(code, given) for code, given in everything["ladders"].items()},
        code_digits=everything["code_digits"],
        size=NeighbourhoodSize(**everything["households_per_neighbourhood"]),
        spread=Spread(**everything["spread"]),
        entrance_name=everything["entrance_name"],
        households_per_floor=tuple(everything["households_per_floor"]),
        compound_name=everything["compound_name"],
        fixed_compounds=tuple(
            FixedCompound(c["name"], c["community"], _point(c["gate"])) for c in row["fixed_compounds"]
        ),
        building_without_patch=row["building_without_patch"],
        station_name=row["station_name"],
        seats=SeatShares(**everything["seats"]),
        role_name=everything["role_name"],
        deputy_name=everything["deputy_name"],
        showcase_street=row["showcase_street"],
    )


def _ladder(code: str, given: Mapping[str, Any]) -> Ladder:
    return Ladder(
        code=code,
        title=given["title"],
        rungs={level: Rung(rung["name"], rung["post"], rung["digits"]) for level, rung in given["levels"].items()},
        buildings_per_grid=given["buildings_per_grid"],
        neighbourhoods_per_building=given["neighbourhoods_per_building"],
        households_per_group=given["households_per_group"],
    )


def _anchors(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, tuple[Point, ...]]]:
    for code, row in rows.items():
        if "anchors" in row:
            yield code, tuple(_point(pair) for pair in row["anchors"])


def _ring(pairs: Sequence[Sequence[float]]) -> Ring:
    return counter_clockwise(tuple(_point(pair) for pair in pairs))


def _point(pair: Sequence[float]) -> Point:
    return float(pair[0]), float(pair[1])
