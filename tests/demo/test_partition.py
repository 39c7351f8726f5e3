"""Cutting a convex polygon: shares, tiling, anchors, and the curve that the codes follow."""

from itertools import pairwise
from math import cos, fsum, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.demo.partition import (
    Ring,
    area,
    centroid,
    counter_clockwise,
    covers,
    hilbert,
    shrunk,
    split,
    split_around,
)

SQUARE: Ring = ((114.30, 30.50), (114.32, 30.50), (114.32, 30.52), (114.30, 30.52))
STRETCH = 0.861


@st.composite
def convex_rings(draw: st.DrawFn) -> Ring:
    """Corners on an ellipse of 100 m to 10 km somewhere in Wuhan, so no three are in line."""
    turns = draw(st.lists(st.integers(0, 59), min_size=3, max_size=12, unique=True))
    wide, high = draw(st.floats(0.001, 0.1)), draw(st.floats(0.001, 0.1))
    x, y = draw(st.floats(114.0, 114.6)), draw(st.floats(30.2, 30.9))
    return tuple((x + wide * cos(t * pi / 30), y + high * sin(t * pi / 30)) for t in sorted(turns))


weights = st.lists(st.integers(10, 200), min_size=1, max_size=12)


@given(convex_rings(), weights)
def test_pieces_have_their_shares_and_together_the_whole(ring: Ring, sizes: list[int]) -> None:
    pieces = split(ring, [float(size) for size in sizes], STRETCH)
    whole = area(ring)
    assert [area(piece) / whole for piece in pieces] == pytest.approx([s / sum(sizes) for s in sizes], rel=1e-6)
    assert fsum(area(piece) for piece in pieces) == pytest.approx(whole, rel=1e-9)


@given(convex_rings(), weights)
def test_pieces_stay_inside_and_convex(ring: Ring, sizes: list[int]) -> None:
    for piece in split(ring, [float(size) for size in sizes], STRETCH):
        assert all(covers(ring, corner, 1e-11) for corner in piece)
        assert all(covers(piece, corner, 1e-11) for corner in piece)
        assert area(piece) > 0


@given(st.lists(st.tuples(st.integers(1, 19), st.integers(1, 19)), min_size=2, max_size=8, unique_by=lambda p: p[0]))
def test_every_anchor_is_in_its_own_piece_only(places: list[tuple[int, int]]) -> None:
    anchors = [[(114.30 + x / 1000, 30.50 + y / 1000)] for x, y in places]
    pieces = split_around(SQUARE, [1.0] * len(anchors), anchors, STRETCH)
    inside = [[i for i, piece in enumerate(pieces) if covers(piece, anchor)] for (anchor,) in anchors]
    assert inside == [[i] for i in range(len(anchors))]
    assert fsum(area(piece) for piece in pieces) == pytest.approx(area(SQUARE), rel=1e-9)


def test_all_anchors_of_a_piece_stay_together() -> None:
    west, east = [(114.302, 30.502), (114.304, 30.518)], [(114.311, 30.510)]
    first, second = split_around(SQUARE, [1.0, 9.0], [west, east], STRETCH)
    assert all(covers(first, anchor) for anchor in west)
    assert covers(second, east[0])


def test_anchors_in_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="separates"):
        split_around(SQUARE, [1.0, 1.0], [[(114.31, 30.51)], [(114.31, 30.51)]], STRETCH)


@pytest.mark.parametrize(
    ("point", "tolerance", "expected"),
    [
        ((114.31, 30.51), 0.0, True),  # the middle
        ((114.30, 30.51), 0.0, True),  # on an edge
        ((114.2999, 30.51), 0.0, False),  # 0.0001° outside
        ((114.2999, 30.51), 0.0002, True),  # but within the tolerance
    ],
)
def test_covers(point: tuple[float, float], tolerance: float, expected: bool) -> None:
    assert covers(SQUARE, point, tolerance) is expected


def test_a_ring_is_measured_turned_and_shrunk() -> None:
    clockwise = SQUARE[::-1]
    assert area(clockwise) == pytest.approx(-0.0004)
    assert counter_clockwise(clockwise) == SQUARE
    assert centroid(SQUARE) == pytest.approx((114.31, 30.51))
    assert area(shrunk(SQUARE, 0.5)) == pytest.approx(0.0001)


def test_the_curve_visits_each_cell_once_and_steps_to_a_neighbour() -> None:
    cells = [(x, y) for x in range(16) for y in range(16)]
    order = {hilbert((x + 0.5, y + 0.5), (0.0, 0.0, 16.0, 16.0), order=4): (x, y) for x, y in cells}
    walk = [order[i] for i in range(256)]
    assert {abs(a - c) + abs(b - d) for (a, b), (c, d) in pairwise(walk)} == {1}


def test_a_point_on_the_far_edge_of_the_box_is_still_on_the_curve() -> None:
    assert 0 <= hilbert((16.0, 16.0), (0.0, 0.0, 16.0, 16.0), order=4) < 256
