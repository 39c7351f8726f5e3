"""Seats of a demo district and the role names on them: who holds, who deputises, who is away, what is vacant.

No real person and no phone number: a name says what the person is for (示例·网格长0007). Everything is drawn from
hashes of the area's code, so a street has the same people alone and in the whole district. The shares are data
(``seeds/demo.json``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reporter.demo.partition import Point, centroid, covers, to_the_decimetre
from reporter.demo.plan import draw
from reporter.demo.rows import AreaRow, District
from reporter.demo.spec import DistrictSpec
from reporter.domain.areas import FINE_LEVELS, Level


@dataclass(frozen=True, slots=True)
class SeatRow:
    """``holder`` and ``deputy`` are keys of persons; ``on_leave`` is the holder's. ``title``: the ladder's word."""

    area_code: str
    holder: str | None
    deputy: str | None
    on_leave: bool
    title: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """Something to try: an area, a point (lng, lat, WGS-84) in it, and the other area where two belong together."""

    area_code: str
    point: Point
    other_code: str | None = None


def seats_for(areas: Sequence[AreaRow], spec: DistrictSpec, seed: str) -> list[SeatRow]:
    """One seat for each area whose ladder has a post for it, in the order of ``areas`` (parents first).

    Seats down to the community are always filled, and so are those around the gates of ``spec.fixed_compounds``.
    """
    gates = [fixed.gate for fixed in spec.fixed_compounds]
    needed = {row.code for row in areas if row.ring and any(covers(row.ring[:-1], gate) for gate in gates)}
    seats: dict[str, SeatRow] = {}
    for row in areas:
        title = _post(spec, row)
        if title:
            certain = row.code in needed or Level(row.level) not in FINE_LEVELS
            shared = None if certain else _leader_next_door(row, seats, spec, seed)
            seats[row.code] = _seat(row, title, certain, shared, spec, seed)
    return list(seats.values())


def people_for(seats: Sequence[SeatRow], areas: Iterable[AreaRow], spec: DistrictSpec) -> list[PersonRow]:
    """Everybody who is on a seat, once each, in the order of the seats."""
    by_code = {row.code: row for row in areas}
    keys = dict.fromkeys(key for seat in seats for key in (seat.holder, seat.deputy) if key)
    return [PersonRow(key, _name(spec, by_code[key.partition(":")[0]], key.endswith(_DEPUTY))) for key in keys]


def showcase(district: District, seats: Sequence[SeatRow], spec: DistrictSpec) -> dict[str, Example]:
    """What a user may try in ``spec.showcase_street``; empty without one. Where it can, from the standard ladder.

    ``vacant_neighbourhood`` and ``on_leave_without_deputy`` (the building's leader is there to take the ball),
    ``vacant_with_deputy``, ``on_leave_with_deputy``, ``two_seats`` (one leader; ``other_code`` is the second area) and
    ``building_without_patch`` (``other_code`` is the grid that the point falls into), and each fixed gate by its name.
    LookupError when the street has no example of one of them.
    """
    street = spec.showcase_street
    if not street or all(row.code != street for row in district.areas):
        return {}
    by_area = {seat.area_code: seat for seat in seats}
    homes = [
        row
        for row in district.areas
        if row.level == Level.NEIGHBOURHOOD and row.ring and row.ladder == "standard" and row.code.startswith(street)
    ]
    found = {name: _first(name, homes, by_area) for name in _WANTED}
    building, point = district.notes["building_without_patch"], district.notes["point_without_patch"]
    if building and point:
        grid = next(row.parent_code for row in district.areas if row.code == building)
        found["building_without_patch"] = Example(building, point, grid)
    for name, gate in district.notes["gates"].items():
        found[name] = Example(gate.neighbourhood, gate.point, gate.compound)
    return found


_HOLDER, _DEPUTY = ":holder", ":deputy"
_WANTED = (
    "vacant_neighbourhood",
    "vacant_with_deputy",
    "on_leave_with_deputy",
    "on_leave_without_deputy",
    "two_seats",
)


def _post(spec: DistrictSpec, row: AreaRow) -> str:
    return spec.ladders[row.ladder].rungs[row.level].post


def _name(spec: DistrictSpec, row: AreaRow, deputy: bool) -> str:
    rung = spec.ladders[row.ladder].rungs[row.level]
    place = "" if row.level == Level.CITY else spec.person_prefix  # one city for all districts
    serial = f"{row.attributes['serial']:0{rung.digits}d}"
    return (spec.deputy_name if deputy else spec.role_name).format(place=place, post=rung.post, serial=serial)


def _seat(row: AreaRow, title: str, certain: bool, shared: SeatRow | None, spec: DistrictSpec, seed: str) -> SeatRow:
    """``certain``: neither vacant nor away. ``shared``: the seat whose holder has this one too."""
    shares = spec.seats
    vacant = not certain and shared is None and draw(seed, row.code, "vacant") < shares.vacant
    away = shared.on_leave if shared else not (certain or vacant) and draw(seed, row.code, "away") < shares.on_leave
    share = shares.deputy_of_vacant if vacant else shares.deputy_of_absent if away else shares.deputy
    deputy = row.code + _DEPUTY if draw(seed, row.code, "deputy") < share else None
    holder = None if vacant else shared.holder if shared else row.code + _HOLDER
    return SeatRow(row.code, holder, deputy, away, title)


def _leader_next_door(row: AreaRow, seats: Mapping[str, SeatRow], spec: DistrictSpec, seed: str) -> SeatRow | None:
    """The seat whose holder takes this neighbourhood as well: the one before it in the building, or the building's own
    for the first; None for most. Nobody gets more than two seats."""
    number = row.attributes["number"]
    if row.level != Level.NEIGHBOURHOOD or row.parent_code is None:
        return None
    first = number == 1
    share = spec.seats.building_and_neighbourhood if first else spec.seats.two_neighbourhoods
    if draw(seed, row.code, "shared") >= share:
        return None
    before = seats[row.parent_code if first else f"{int(row.code) - 1}"]
    return before if before.holder == before.area_code + _HOLDER else None


def _first(name: str, homes: Sequence[AreaRow], seats: Mapping[str, SeatRow]) -> Example:
    for row in homes:
        seat, above = seats[row.code], seats[row.parent_code or ""]
        if not row.ring or name not in _remarkable(seat, above):
            continue
        point = to_the_decimetre(centroid(row.ring[:-1]))
        other = seat.holder.partition(":")[0] if seat.holder and name == "two_seats" else None
        return Example(row.code, point, other)
    raise LookupError(f"no {name} to show")


def _remarkable(seat: SeatRow, above: SeatRow) -> Iterator[str]:
    """Which of the examples a neighbourhood's seat is, given the seat of its building."""
    somebody_above = above.holder is not None and not above.on_leave
    if seat.holder is None:
        if seat.deputy:
            yield "vacant_with_deputy"
        elif somebody_above:
            yield "vacant_neighbourhood"
    elif seat.on_leave:
        if seat.deputy:
            yield "on_leave_with_deputy"
        elif somebody_above:
            yield "on_leave_without_deputy"
    elif seat.holder != seat.area_code + _HOLDER:
        yield "two_seats"
