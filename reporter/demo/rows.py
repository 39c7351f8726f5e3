"""The rows a demo district is handed over in; how they are made is in ``district.py`` and ``community.py``."""

from dataclasses import dataclass
from typing import Any, TypedDict

from reporter.demo.partition import Point, Ring


@dataclass(frozen=True, slots=True)
class AreaRow:
    """``ring``: closed, convex, counter-clockwise, (lng, lat) in WGS-84; None = an area without a patch.

    ``attributes``: ``serial`` (running number of its level in the district; groups have none), ``number`` (within the
    community for grids and buildings, within the parent below), ``official_name`` down to the community, and for a
    building ``footprint`` (a closed convex ring, None without a patch), ``entrances`` ([{"name", "point"}], in the
    order of its neighbourhoods) and ``floors``. Everything in it can be written as JSON.
    """

    code: str
    name: str
    level: str
    parent_code: str | None
    ring: Ring | None
    households: int | None
    ladder: str
    synthetic: bool
    seed: str
    generator_version: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompoundRow:
    """A 小区: a place that grids refer to, no level of the tree. ``gate`` is (lng, lat) in WGS-84."""

    code: str
    name: str
    community_code: str
    grid_codes: tuple[str, ...]
    gate: Point
    synthetic: bool


@dataclass(frozen=True, slots=True)
class StationRow:
    """A riders' station (骑手驿站). ``point`` is (lng, lat) in WGS-84, inside a neighbourhood of the community."""

    code: str
    name: str
    community_code: str
    point: Point
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of a 小区 that the stories name, with the codes of the areas around it."""

    compound: str
    point: Point
    grid: str
    building: str
    neighbourhood: str


class Notes(TypedDict):
    """What a story needs to find. Empty or None when its street was not asked for.

    ``building_without_patch`` is a code and ``point_without_patch`` lies in the hole that the building leaves in its
    grid; ``gates`` go by the name of the 小区.
    """

    building_without_patch: str | None
    point_without_patch: Point | None
    gates: dict[str, Gate]


@dataclass(frozen=True, slots=True)
class District:
    """``areas`` widest level first, by code within a level; so parents come before children. ``stations`` by code."""

    areas: tuple[AreaRow, ...]
    compounds: tuple[CompoundRow, ...]
    notes: Notes
    stations: tuple[StationRow, ...] = ()
