"""A demo district: official names and codes above, generated patches, grids, buildings and neighbourhoods below.

Nothing here is a real boundary, and every row says so (``synthetic``, seed, version). Counts come from ``plan.py``,
cutting from ``partition.py``, the inside of a community from ``community.py``, who sits where from ``people.py``; the
database is not known here. Rules: ``demo_district.md``. There is no clock and no random number: the same spec gives the
same rows to the last bit, and a few streets alone give exactly the rows that they have in the whole district.
"""

from collections.abc import Callable, Collection, Sequence
from math import cos, radians

from reporter.demo.community import Ground, divide
from reporter.demo.partition import Ring, split, split_around
from reporter.demo.plan import plan_district
from reporter.demo.rows import AreaRow, District, Notes, StationRow
from reporter.demo.spec import DistrictSpec, Division
from reporter.demo.stations import station_of
from reporter.domain.areas import Level


def _silent(name: str) -> None:
    pass


def generate(
    spec: DistrictSpec,
    divisions: Sequence[Division],
    *,
    streets: Collection[str] | None = None,
    told: Callable[[str], None] = _silent,
) -> District:
    """All rows of the district, or city, district and only the wanted ``streets`` (other districts' are ignored).

    ``told`` hears the name of each street before it is made: the whole district takes a second or two.
    Raises ValueError for a wanted street of this district that the table does not have, for totals that cannot be dealt
    out, and for a fixed gate or a building without patch that is not where ``spec`` says.
    """
    by_code = {division.code: division for division in divisions}
    all_streets = _children(divisions, spec.code)
    communities = {street.code: _children(divisions, street.code) for street in all_streets}
    wanted = _wanted(spec.code, communities, streets)
    ground = _ground(spec, [community.code for children in communities.values() for community in children])
    plan, rings = ground.plan, _street_rings(ground, communities)

    whole = sum(community.households for community in plan.values())
    areas: list[AreaRow] = [
        ground.official(by_code[spec.city_code], Level.CITY, spec.city_outline, None, 1),
        ground.official(by_code[spec.code], Level.DISTRICT, spec.outline, whole, 1),
    ]
    insides: list[District] = []
    stations: list[StationRow] = []
    communities_before = 0
    for serial, street in enumerate(all_streets, 1):
        children = communities[street.code]
        if street.code in wanted:
            told(street.name)
            households = sum(plan[child.code].households for child in children)
            areas.append(ground.official(street, Level.STREET, rings[street.code], households, serial))
            patches = _community_rings(ground, children, rings[street.code])
            numbered = enumerate(zip(children, patches, strict=True), communities_before + 1)
            made = [divide(ground, child, patch, number) for number, (child, patch) in numbered]
            insides.extend(made)
            if spec.station_name:
                rows = [row for inside in made for row in inside.areas]
                stations.append(station_of(street, rows, spec.station_name, spec.seed))
        communities_before += len(children)

    areas.extend(row for inside in insides for row in inside.areas)
    areas.sort(key=lambda area: (Level(area.level).rank, area.code))
    compounds = tuple(compound for inside in insides for compound in inside.compounds)
    return District(tuple(areas), compounds, _notes(spec, wanted, insides), tuple(stations))


def _notes(spec: DistrictSpec, wanted: Collection[str], insides: Sequence[District]) -> Notes:
    notes = Notes(building_without_patch=None, point_without_patch=None, gates={})
    for inside in insides:
        notes["gates"].update(inside.notes["gates"])
        if inside.notes["building_without_patch"]:
            notes["building_without_patch"] = inside.notes["building_without_patch"]
            notes["point_without_patch"] = inside.notes["point_without_patch"]
    building = spec.building_without_patch
    if building and building.startswith(tuple(wanted)) and building != notes["building_without_patch"]:
        raise ValueError(f"there is no building {building}")
    return notes


def _children(divisions: Sequence[Division], parent: str) -> list[Division]:
    return sorted((d for d in divisions if d.parent_code == parent), key=lambda d: d.code)


def _wanted(district: str, known: Collection[str], streets: Collection[str] | None) -> set[str]:
    """Streets of this district that are to be made; None means all."""
    if streets is None:
        return set(known)
    ours = {code for code in streets if code.startswith(district)}
    if unknown := ours - set(known):
        raise ValueError(f"not a street of {district}: {', '.join(sorted(unknown))}")
    return ours


def _ground(spec: DistrictSpec, communities: Sequence[str]) -> Ground:
    west, south = (min(corner[i] for corner in spec.outline) for i in (0, 1))
    east, north = (max(corner[i] for corner in spec.outline) for i in (0, 1))
    stretch = round(cos(radians((south + north) / 2)), 6)  # rounded, so that every machine's cosine will do
    return Ground(spec, plan_district(spec, communities), (west, south, east, north), stretch)


def _street_rings(ground: Ground, communities: dict[str, list[Division]]) -> dict[str, Ring]:
    """Outlines of their own, or the district cut around the streets' anchors by numbers of communities."""
    spec = ground.spec
    if spec.street_outlines:
        return dict(spec.street_outlines)
    weights = [float(len(children)) for children in communities.values()]
    anchors = [spec.anchors[code] for code in communities]
    return dict(zip(communities, split_around(spec.outline, weights, anchors, ground.stretch), strict=True))


def _community_rings(ground: Ground, communities: Sequence[Division], ring: Ring) -> list[Ring]:
    """The street cut by households; around anchors where every community of the street has one."""
    weights = [float(ground.plan[community.code].households) for community in communities]
    anchors = [ground.spec.anchors.get(community.code, ()) for community in communities]
    if all(anchors):
        return split_around(ring, weights, anchors, ground.stretch)
    return split(ring, weights, ground.stretch)
