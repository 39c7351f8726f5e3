"""The 小区 of a demo community: names, the grids that refer to them, and gates.

A 小区 is a place and no level of the tree: a large one covers several grids, and several small ones share a grid.
"""

from collections.abc import Sequence

from reporter.demo.partition import Point, centroid, covers, to_the_decimetre
from reporter.demo.rows import AreaRow, CompoundRow, Gate
from reporter.demo.spec import DistrictSpec, FixedCompound
from reporter.domain.areas import Level


def compounds_in(spec: DistrictSpec, areas: Sequence[AreaRow], count: int) -> list[CompoundRow]:
    """``count`` 小区 of the community whose rows are given, in the order of its grids, each with at least one grid.

    Gates lie inside a neighbourhood of the first grid, or where ``spec.fixed_compounds`` says: such a one takes name
    and gate of the generated 小区 around it. Raises ValueError when no grid holds the fixed gate.
    """
    community = areas[0]
    grids = [row for row in areas if row.level == Level.GRID]
    fixed = [given for given in spec.fixed_compounds if given.community_code == community.code]
    owner = {given.name: _grid_around(grids, given) for given in fixed}
    made: list[CompoundRow] = []
    for i in range(count):
        first = i * len(grids) // count
        own = tuple(grid.code for grid in grids[first : max(first + 1, (i + 1) * len(grids) // count)])
        given = next((f for f in fixed if owner[f.name] in own and f.name not in {m.name for m in made}), None)
        name = spec.compound_name.format(stem=community.name.removesuffix("社区"), n=i + 1)
        code = f"{community.code}C{i + 1:02d}"
        if given:
            made.append(CompoundRow(code, given.name, community.code, own, given.gate, True))
        else:
            made.append(CompoundRow(code, name, community.code, own, _some_gate(areas, own[0], i), True))
    return made


def gate_of(areas: Sequence[AreaRow], compound: CompoundRow) -> Gate:
    """A gate with the codes of the areas it lies in. Raises ValueError unless it lies in a neighbourhood."""
    inside = {row.level: row.code for row in areas if row.ring and covers(row.ring[:-1], compound.gate)}
    if Level.NEIGHBOURHOOD not in inside:
        raise ValueError(f"the gate of {compound.name} is in no neighbourhood")
    return Gate(compound.code, compound.gate, inside[Level.GRID], inside[Level.BUILDING], inside[Level.NEIGHBOURHOOD])


def _grid_around(grids: Sequence[AreaRow], given: FixedCompound) -> str:
    for grid in grids:
        if grid.ring and covers(grid.ring[:-1], given.gate):
            return grid.code
    raise ValueError(f"the gate of {given.name} is not in {given.community_code}")


def _some_gate(areas: Sequence[AreaRow], grid: str, i: int) -> Point:
    """The middle of one of the grid's neighbourhoods, another one for each ``i``."""
    homes = [row.ring for row in areas if row.ring and row.level == Level.NEIGHBOURHOOD and row.code.startswith(grid)]
    return to_the_decimetre(centroid(homes[i % len(homes)][:-1]))
