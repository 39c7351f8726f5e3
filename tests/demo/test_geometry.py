"""Where the areas of a demo district lie: inside their parents, side by side, each point in one chain."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from math import cos, dist, fsum, radians
from random import Random

import pytest

from reporter.demo.partition import Point, Ring, area, centroid, covers
from reporter.demo.rows import AreaRow
from tests.demo.conftest import Made

SQUARE_METRE = 1 / (111_195.0**2 * cos(radians(30.55)))  # in square degrees, at Wuhan's latitude, on a sphere
TINY = 1e-11  # degrees: a micrometre
HOLE = "420106015007002003"  # the building without a patch


def ring_of(row: AreaRow) -> Ring:
    assert row.ring is not None
    return row.ring[:-1]


def clipped(ring: Ring, by: Ring) -> Ring:
    """The part of a convex ring inside another one (Sutherland and Hodgman)."""
    for (ax, ay), (bx, by_) in zip(by, by[1:] + by[:1], strict=True):
        sides = [(bx - ax) * (y - ay) - (by_ - ay) * (x - ax) for x, y in ring]
        kept: list[Point] = []
        for i, (x, y) in enumerate(ring):
            (u, v), s, t = ring[i - 1], sides[i], sides[i - 1]
            if (s > 0) != (t > 0):
                kept.append((x + (u - x) * s / (s - t), y + (v - y) * s / (s - t)))
            if s > 0:
                kept.append((x, y))
        ring = tuple(kept)
    return ring


def apart(a: Ring, b: Ring) -> bool:
    """True when not even the boxes overlap."""
    return any(
        max(p[i] for p in a) <= min(p[i] for p in b) or max(p[i] for p in b) <= min(p[i] for p in a) for i in (0, 1)
    )


def overlap(a: Ring, b: Ring) -> float:
    """Square metres."""
    common = () if apart(a, b) else clipped(a, b)
    return area(common) / SQUARE_METRE if len(common) > 2 else 0.0


def points_in(ring: Ring, count: int, seed: str) -> Iterator[Point]:
    dice, (xs, ys) = Random(seed), zip(*ring, strict=True)
    while count:
        point = dice.uniform(min(xs), max(xs)), dice.uniform(min(ys), max(ys))
        if covers(ring, point):
            count -= 1
            yield point


def chains(made: Made, start: str, point: Point) -> list[list[str]]:
    """All ways down from an area to the smallest areas that hold the point."""
    below = [row for row in made.children.get(start, []) if row.ring and covers(ring_of(row), point)]
    return [[row.code, *rest] for row in below for rest in chains(made, row.code, point)] or [[]]


def test_rings_are_closed_convex_and_counter_clockwise(made: Made) -> None:
    for row in made.district.areas:
        if row.ring:
            ring = ring_of(row)
            assert row.ring[0] == row.ring[-1]
            assert len(set(ring)) == len(ring) >= 3
            assert area(ring) > 0
            assert all(covers(ring, corner, TINY) for corner in ring)


def test_every_child_is_inside_its_parent(made: Made) -> None:
    for row in made.district.areas:
        if row.parent_code and row.ring:
            parent = ring_of(made.by_code[row.parent_code])
            assert [corner for corner in ring_of(row) if not covers(parent, corner, TINY)] == []


def test_areas_of_siblings_add_up_to_the_parent(made: Made) -> None:
    for parent, below in made.tiled():
        if parent.code != HOLE[:15]:  # one child of this grid has no patch
            assert fsum(area(ring_of(row)) for row in below) == pytest.approx(area(ring_of(parent)), rel=1e-9)


def test_siblings_do_not_overlap(made: Made) -> None:
    for _, below in made.tiled():
        rings = [ring_of(row) for row in below if row.ring]
        assert [pair for pair in combinations(rings, 2) if overlap(*pair) > 0.001] == []  # 1 would do


def test_every_point_has_exactly_one_chain_down_to_a_neighbourhood(made: Made) -> None:
    top = made.at("district")[0] if len(made.at("street")) > 1 else made.at("street")[0]
    ways = [chains(made, top.code, point) for point in points_in(ring_of(top), 3000, top.code)]
    assert {len(way) for way in ways} == {1}
    ends = {made.by_code[way[0][-1]].level for way in ways if way[0][-1] != HOLE[:15]}
    assert ends == {"neighbourhood"}


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ((114.3260, 30.4982), "420106015007"),  # 都市桃源社区
        ((114.3024, 30.5447), "420106007"),  # 黄鹤楼
        ((114.3172, 30.5292), "420106"),
        ((114.3098, 30.5557), "420106"),
        ((114.3443, 30.5543), "420106"),
    ],
)
def test_known_places_of_wuchang_are_at_home(wuchang: Made, point: Point, code: str) -> None:
    assert code in ["420106", *chains(wuchang, "420106", point)[0]]


def test_a_known_place_of_jiangan_is_at_home(xima: Made) -> None:
    assert chains(xima, "420102", (114.2830, 30.6024))[0][:2] == ["420102007", "420102007002"]


def test_every_anchor_is_in_its_area(made: Made) -> None:
    anchors = [(code, point) for code, points in made.spec.anchors.items() for point in points if code in made.by_code]
    assert anchors
    assert [code for code, point in anchors if not covers(ring_of(made.by_code[code]), point)] == []


def test_the_districts_lie_apart_in_the_city_with_the_river_between(wuchang: Made, xima: Made) -> None:
    city, (east, west) = wuchang.at("city")[0], (wuchang.at("district")[0], xima.at("district")[0])
    assert city == xima.at("city")[0]
    assert overlap(ring_of(east), ring_of(west)) == 0
    assert all(covers(ring_of(city), corner) for row in (east, west) for corner in ring_of(row))


def test_outlines_are_coarse_guesses(wuchang: Made, xima: Made) -> None:
    rows = [wuchang.at("city")[0], wuchang.at("district")[0], xima.at("district")[0], xima.at("street")[0]]
    corners = [number for row in rows for corner in ring_of(row) for number in corner]
    assert corners == [round(number, 3) for number in corners]


def test_the_gate_of_the_story_is_in_one_neighbourhood_of_the_second_community(nanhu: Made) -> None:
    gate = nanhu.district.notes["gates"]["大华公园世家"]
    assert gate.point == (114.32436, 30.48978)
    assert chains(nanhu, "420106015", gate.point) == [["420106015002", gate.grid, gate.building, gate.neighbourhood]]
    compound = next(row for row in nanhu.district.compounds if row.name == "大华公园世家")
    assert (compound.code, compound.gate) == (gate.compound, gate.point)
    assert gate.grid in compound.grid_codes


def test_a_few_steps_from_the_gate_are_still_the_same_neighbourhood(nanhu: Made) -> None:
    gate = nanhu.district.notes["gates"]["大华公园世家"]
    steps = 0.0002  # about 20 m: the accuracy of a good phone
    around = [(gate.point[0] + x, gate.point[1] + y) for x in (-steps, steps) for y in (-steps, steps)]
    assert {chains(nanhu, "420106015", point)[0][-1] for point in around} == {gate.neighbourhood}


def test_one_building_has_no_patch_and_its_place_belongs_to_the_grid_only(nanhu: Made, wuchang: Made) -> None:
    without = [row for row in wuchang.district.areas if row.ring is None and row.level != "household_group"]
    assert without == [wuchang.by_code[HOLE], *wuchang.children[HOLE]]
    assert nanhu.district.notes["building_without_patch"] == HOLE
    assert chains(nanhu, "420106015", nanhu.district.notes["point_without_patch"]) == [[HOLE[:12], HOLE[:15]]]
    assert nanhu.by_code[HOLE].attributes["footprint"] is None


def test_a_house_stands_on_its_plot_with_one_entrance_a_neighbourhood(made: Made) -> None:
    decimetre = 2e-6
    for row in made.at("building"):
        entrances = row.attributes["entrances"]
        assert [entrance["name"] for entrance in entrances] == [f"{n + 1}单元" for n in range(len(entrances))]
        assert len(entrances) == len(made.children[row.code])
        assert 3 <= row.attributes["floors"] <= 20
    for row in (row for row in made.at("building") if row.ring):
        footprint = row.attributes["footprint"]
        assert footprint[0] == footprint[-1]
        assert all(covers(ring_of(row), corner) for corner in footprint)
        assert all(covers(footprint[:-1], corner, TINY) for corner in footprint)
        assert all(covers(footprint[:-1], entrance["point"], decimetre) for entrance in row.attributes["entrances"])


def test_neighbours_have_near_codes(wuchang: Made) -> None:
    """Two grids that follow each other in a community are nearer than two of its grids usually are."""
    near, any_two = [], []
    for community in wuchang.at("community"):
        middles = [centroid(ring_of(grid)) for grid in wuchang.children[community.code]]
        near += [dist(a, b) for a, b in pairwise(middles)]
        any_two += [dist(a, b) for a, b in combinations(middles, 2)]
    assert sum(near) / len(near) < 0.65 * sum(any_two) / len(any_two)
