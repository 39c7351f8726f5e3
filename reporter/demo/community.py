"""The inside of one community of a demo district: grids, buildings, neighbourhoods, and the 小区 that grids refer to.

In 华锦 (ladder ``huajin``) 网 = grid, 格 = building, 里 = neighbourhood, five 格 to a 网 and four 里 to a 格. The 里 of
the article has 25 households; here it keeps to the 10–20 of all other neighbourhoods, so that the totals of the
district hold. The 邻 (``household_group``) below it is an extra tier without patch and seat that no total counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from reporter.demo.compounds import compounds_in, gate_of
from reporter.demo.partition import Point, Ring, centroid, hilbert, shrunk, split, to_the_decimetre, towards
from reporter.demo.plan import BuildingPlan, CommunityPlan, GridPlan, draw, even_runs
from reporter.demo.rows import AreaRow, District, Notes
from reporter.demo.spec import DistrictSpec, Division
from reporter.domain.areas import Level

GENERATOR_VERSION = "1"  # to be raised with every change that moves or renames a row of an unchanged spec

_OFFICE_SUFFIXES = ("居民委员会", "居委会")  # belong to the office, not to the place
_FOOTPRINT = 0.6  # of its plot, seen from the centre: what of a building's patch the house covers

Plan = TypeVar("Plan", GridPlan, BuildingPlan)


@dataclass(frozen=True, slots=True)
class Ground:
    """What all parts of a district share. ``box`` is west, south, east, north; ``stretch`` as in ``partition.py``."""

    spec: DistrictSpec
    plan: dict[str, CommunityPlan]
    box: tuple[float, float, float, float]
    stretch: float

    def official(self, place: Division, level: Level, ring: Ring, households: int | None, serial: int) -> AreaRow:
        """Row of a place that has an official name and code; only its patch and its size are generated."""
        return AreaRow(
            code=place.code,
            name=display_name(place.name),
            level=level.value,
            parent_code=place.parent_code,
            ring=_closed(ring),
            households=households,
            ladder=self.spec.ladder_of(place.code).code,
            synthetic=True,
            seed=self.spec.seed,
            generator_version=GENERATOR_VERSION,
            attributes={"official_name": place.name, "serial": serial},
        )

    def cut(self, ring: Ring, plans: Sequence[Plan]) -> list[tuple[Plan, Ring]]:
        """The plans with patches by households, in the order in which a space-filling curve meets them."""
        patches = split(ring, [float(plan.households) for plan in plans], self.stretch)
        return sorted(zip(plans, patches, strict=True), key=lambda pair: hilbert(centroid(pair[1]), self.box))


def display_name(official: str) -> str:
    """华锦社区居委会 → 华锦社区: the place without the office."""
    for suffix in _OFFICE_SUFFIXES:
        official = official.removesuffix(suffix)
    return official


def divide(ground: Ground, place: Division, ring: Ring, serial: int) -> District:
    """The community and everything in it. Raises ValueError for a fixed gate that is in none of its neighbourhoods."""
    community = _Community(ground, place)
    plan = community.plan
    areas = [ground.official(place, Level.COMMUNITY, ring, plan.households, serial)]
    for number, (grid, patch) in enumerate(ground.cut(ring, plan.grids), 1):
        areas.extend(community.grid(number, grid, patch))
    compounds = compounds_in(ground.spec, areas, plan.compounds)
    fixed = {given.name for given in ground.spec.fixed_compounds}
    gates = {compound.name: gate_of(areas, compound) for compound in compounds if compound.name in fixed}
    building, point = community.hole or (None, None)
    notes = Notes(building_without_patch=building, point_without_patch=point, gates=gates)
    return District(tuple(areas), tuple(compounds), notes)


@dataclass(slots=True)
class _Community:
    """Makes the rows; the two counters run through the community in the order of the codes."""

    ground: Ground
    place: Division
    buildings: int = 0
    neighbourhoods: int = 0
    hole: tuple[str, Point] | None = None  # the building without a patch

    @property
    def plan(self) -> CommunityPlan:
        return self.ground.plan[self.place.code]

    def grid(self, number: int, grid: GridPlan, patch: Ring) -> Iterator[AreaRow]:
        words = {"community": display_name(self.place.name), "grid": number}
        attributes = {"serial": self.plan.grids_before + number, "number": number}
        row = self._row(Level.GRID, self.place.code, number, words, patch, grid.households, attributes)
        yield row
        for order, (building, plot) in enumerate(self.ground.cut(patch, grid.buildings), 1):
            yield from self._building(row.code, order, words, building, plot)

    def _building(
        self, grid: str, order: int, words: dict[str, Any], building: BuildingPlan, plot: Ring
    ) -> Iterator[AreaRow]:
        self.buildings += 1
        words = words | {"building": self.buildings}
        homes = sorted(
            zip(building.runs, split(plot, [float(run) for run in building.runs], self.ground.stretch), strict=True),
            key=lambda home: hilbert(centroid(home[1]), self.ground.box),
        )
        attributes = self._house(building, plot, [home for _, home in homes])
        row = self._row(Level.BUILDING, grid, order, words, plot, building.households, attributes)
        without_patch = row.code == self.ground.spec.building_without_patch
        if without_patch:
            self.hole = row.code, to_the_decimetre(centroid(plot))
        yield _unplaced(row) if without_patch else row
        for number, (households, home) in enumerate(homes, 1):
            self.neighbourhoods += 1
            words = words | {"neighbourhood": number}
            attributes = {"serial": self.plan.neighbourhoods_before + self.neighbourhoods, "number": number}
            below = self._row(Level.NEIGHBOURHOOD, row.code, number, words, home, households, attributes)
            yield _unplaced(below) if without_patch else below
            yield from self._groups(below.code, households, words)

    def _house(self, building: BuildingPlan, plot: Ring, homes: Sequence[Ring]) -> dict[str, Any]:
        """Attributes of a building: one entrance a neighbourhood, and as many floors as the largest of them needs."""
        spec, middle = self.ground.spec, centroid(plot)
        points = [to_the_decimetre(towards(middle, centroid(home), _FOOTPRINT)) for home in homes]
        on_a_floor = spec.households_per_floor[
            int(draw(spec.seed, building.key, "floors") * len(spec.households_per_floor))
        ]
        return {
            "serial": self.plan.buildings_before + self.buildings,
            "number": self.buildings,
            "footprint": _closed(shrunk(plot, _FOOTPRINT)),  # rounded it might not stay convex
            "entrances": [{"name": spec.entrance_name.format(n=n), "point": p} for n, p in enumerate(points, 1)],
            "floors": -(-max(building.runs) // on_a_floor),
        }

    def _groups(self, home: str, households: int, words: dict[str, Any]) -> Iterator[AreaRow]:
        size = self.ground.spec.ladder_of(self.place.code).households_per_group
        if size:
            for number, run in enumerate(even_runs(households, max(1, (2 * households + size) // (2 * size))), 1):
                words = words | {"group": number}
                yield self._row(Level.HOUSEHOLD_GROUP, home, number, words, None, run, {"number": number})

    def _row(
        self,
        level: Level,
        parent: str,
        number: int,
        words: dict[str, Any],
        ring: Ring | None,
        households: int,
        attributes: dict[str, Any],
    ) -> AreaRow:
        spec, ladder = self.ground.spec, self.ground.spec.ladder_of(self.place.code)
        return AreaRow(
            code=f"{parent}{number:0{spec.code_digits[level.value]}d}",
            name=ladder.rungs[level.value].name.format(**words),
            level=level.value,
            parent_code=parent,
            ring=_closed(ring) if ring else None,
            households=households,
            ladder=ladder.code,
            synthetic=True,
            seed=spec.seed,
            generator_version=GENERATOR_VERSION,
            attributes=attributes,
        )


def _unplaced(row: AreaRow) -> AreaRow:
    """The row as if nobody had drawn it: no patch, no footprint, entrances without points."""
    attributes = dict(row.attributes)
    if "footprint" in attributes:
        attributes["footprint"] = None
        attributes["entrances"] = [{"name": entrance["name"], "point": None} for entrance in attributes["entrances"]]
    return replace(row, ring=None, attributes=attributes)


def _closed(ring: Ring) -> Ring:
    return (*ring, ring[0])
