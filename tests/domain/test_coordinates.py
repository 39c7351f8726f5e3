"""Datums against published vectors, the points that are refused, and distances."""

import json
import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.domain.coordinates import (
    Datum,
    Point,
    box_around,
    check,
    from_wgs84,
    is_inside,
    metres_a_degree,
    metres_between,
    to_wgs84,
)
from reporter.domain.errors import BadLocation, Invalid, LocationSwapped, LocationTooCoarse

SHARED = Path(__file__).parents[2] / ".." / "shared"
VECTORS = json.loads((SHARED / "reference" / "gcj02_vectors.json").read_text(encoding="utf-8"))["gcj02"]

# domain.md 11.3: GCJ-02 → BD-09 of the first three rows, here from their WGS-84; (lat, lng) as printed there.
BD09_ROWS = [
    ((30.4982, 114.3260), (30.5018262, 114.3379754)),  # Nanhu
    ((30.5447, 114.3024), (30.5479528, 114.3144183)),  # Yellow Crane Tower
    ((30.5292, 114.3172), (30.5326637, 114.3292034)),  # Wuchang railway station
]

# The box of the transform, less the 0.02° strip whose points are moved out of it (domain.md 11.2).
WEST, EAST, SOUTH, NORTH, STRIP = 72.004, 137.8347, 0.8293, 55.8271, 0.02

in_box = st.builds(Point, lng=st.floats(WEST, EAST - STRIP), lat=st.floats(SOUTH, NORTH - STRIP))
on_earth = st.builds(Point, lng=st.floats(-180, 180), lat=st.floats(-90, 90))
datums = st.sampled_from(Datum)
many = settings(deadline=None, max_examples=300)


def furthest_degree(a: Point, b: Point) -> float:
    return max(abs(a.lng - b.lng), abs(a.lat - b.lat))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_wgs84_becomes_gcj02_as_published(vector: dict[str, Any]) -> None:
    (lat, lng), (gcj_lat, gcj_lng) = vector["wgs"], vector["gcj"]
    assert from_wgs84(Point(lng, lat), Datum.GCJ02) == pytest.approx((gcj_lng, gcj_lat), abs=1e-6, rel=0)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_gcj02_becomes_wgs84_as_published(vector: dict[str, Any]) -> None:
    (lat, lng), (gcj_lat, gcj_lng) = vector["wgs"], vector["gcj"]
    assert furthest_degree(to_wgs84(gcj_lng, gcj_lat, Datum.GCJ02), Point(lng, lat)) < 1e-6


def test_every_published_vector_is_used() -> None:
    assert len(VECTORS) == 26


@pytest.mark.parametrize(("wgs", "bd09"), BD09_ROWS)
def test_bd09_is_as_published_to_a_tenth_of_a_metre(wgs: tuple[float, float], bd09: tuple[float, float]) -> None:
    here = Point(wgs[1], wgs[0])
    lng, lat = from_wgs84(here, Datum.BD09)
    assert metres_between(Point(lng, lat), Point(bd09[1], bd09[0])) < 0.1
    assert metres_between(to_wgs84(bd09[1], bd09[0], Datum.BD09), here) < 0.1


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.CGCS2000])
def test_gps_and_survey_points_stay_as_they_are(datum: Datum) -> None:
    assert to_wgs84(114.326, 30.4982, datum) == Point(114.326, 30.4982)
    assert from_wgs84(Point(114.326, 30.4982), datum) == (114.326, 30.4982)


def lattice(step: float) -> Iterator[Point]:
    for column in range(math.ceil((EAST - STRIP - WEST) / step)):
        for row in range(math.ceil((NORTH - STRIP - SOUTH) / step)):
            yield Point(WEST + column * step, SOUTH + row * step)


def test_gcj02_there_and_back_is_exact_on_the_whole_lattice() -> None:
    worst = max(furthest_degree(p, to_wgs84(*from_wgs84(p, Datum.GCJ02), Datum.GCJ02)) for p in lattice(0.25))
    assert worst < 1e-9


@many
@given(in_box)
def test_gcj02_there_and_back_is_exact_anywhere_in_the_box(point: Point) -> None:
    assert furthest_degree(point, to_wgs84(*from_wgs84(point, Datum.GCJ02), Datum.GCJ02)) < 1e-9


@many
@given(in_box)
def test_bd09_there_and_back_is_within_a_tenth_of_a_metre(point: Point) -> None:
    assert metres_between(point, to_wgs84(*from_wgs84(point, Datum.BD09), Datum.BD09)) < 0.1


@many
@given(in_box)
def test_gcj02_taken_for_gps_is_a_fault_of_some_hundred_metres(point: Point) -> None:
    mistaken = Point(*from_wgs84(point, Datum.GCJ02))
    assert 0 < metres_between(point, mistaken) < 1500


@many
@given(on_earth, datums)
def test_every_point_on_earth_converts_without_a_crash(point: Point, datum: Datum) -> None:
    back = to_wgs84(*from_wgs84(point, datum), datum)
    assert math.isfinite(back.lng) and math.isfinite(back.lat)


NAN, INFINITE = math.nan, math.inf
REFUSED = [
    # lng, lat, refusal, fields named
    (NAN, 30.4982, BadLocation, {"location.lng"}),  # not a number
    (114.326, NAN, BadLocation, {"location.lat"}),
    (NAN, NAN, BadLocation, {"location.lng", "location.lat"}),
    (INFINITE, 30.4982, BadLocation, {"location.lng"}),  # infinite
    (114.326, -INFINITE, BadLocation, {"location.lat"}),
    (180.0001, 30.4982, BadLocation, {"location.lng"}),  # just off the globe; 30° is no longitude to swap with
    (-180.0001, 30.4982, BadLocation, {"location.lng"}),
    (114.326, 90.0001, BadLocation, {"location.lat"}),  # swapped it would be off the globe too
    (114.326, -90.0001, BadLocation, {"location.lat"}),
    (11432600.0, 3049820.0, BadLocation, {"location.lng", "location.lat"}),  # metres instead of degrees
    (30.4982, 304.982, BadLocation, {"location.lat"}),  # no longitude either, so not a swap
    (0.0, 0.0, BadLocation, {"location"}),  # the phone had no fix
    (-0.0, 0.0, BadLocation, {"location"}),  # the same with a sign
    (30.4982, 114.326, LocationSwapped, {"location"}),  # Wuhan, swapped: latitude off the globe
    (45.8038, 126.5349, LocationSwapped, {"location"}),  # Harbin, swapped
    (62.0278, 129.7042, LocationSwapped, {"location"}),  # Yakutsk, swapped: beyond 60° but off the globe as sent
    (39.4704, 75.9895, LocationSwapped, {"location"}),  # Kashgar, swapped: both in range all the same
    (40.1234, 89.9999, LocationSwapped, {"location"}),  # both in range, the last such longitude
    (30.5, 114.32, LocationSwapped, {"location"}),  # swapped and coarse: the swap is said first
    (30.4982, -114.326, LocationSwapped, {"location"}),  # with a wrong sign as well
    (114.32, 30.49, LocationTooCoarse, {"location"}),  # whole hundredths, both
    (114.3, 30.5, LocationTooCoarse, {"location"}),
    (114, 30, LocationTooCoarse, {"location"}),  # whole degrees, as JSON integers
    (0.1 + 0.2 + 114, 30.29, LocationTooCoarse, {"location"}),  # 114.30000000000001: float noise
    (114.29999999999998, 30.49, LocationTooCoarse, {"location"}),
    (-114.32, -30.49, LocationTooCoarse, {"location"}),  # on any quarter of the globe
    (0.0, 0.01, LocationTooCoarse, {"location"}),  # beside (0, 0)
]


@pytest.mark.parametrize(("lng", "lat", "refusal", "fields"), REFUSED)
def test_a_point_nobody_meant_is_refused_by_name(
    lng: float, lat: float, refusal: type[BadLocation], fields: set[str]
) -> None:
    with pytest.raises(BadLocation) as caught:
        check(lng, lat)
    assert type(caught.value) is refusal
    assert set(caught.value.fields) == fields
    assert isinstance(caught.value, Invalid)


ALLOWED = [
    (114.326, 30.4982),  # three and four decimals
    (114.32, 30.4982),  # one whole hundredth happens by chance
    (114.326, 30.49),
    (114.326, 30.0),
    (114.320001, 30.49),  # a tenth of a metre off the hundredth: measured
    (75.9895, 39.4704),  # Kashgar, the west end
    (126.5349, 45.8038),  # Harbin
    (123.1234, 53.5601),  # the north end
    (-74.0060, 40.7128),  # New York: outside the area, which is not asked here
    (151.2093, -33.8688),  # Sydney
    (-149.9003, 61.2181),  # Anchorage: a far north that is no swap
    (-68.5197, 63.7467),  # Iqaluit: nor is this, west of Greenwich
    (-0.1278, 51.5074),  # London: beside the meridian
    (180.0, -12.3456),  # the very edges
    (-180.0, 12.3456),
    (114.326, 90.0),
    (0.0, 51.4779),  # one zero is a place
]


@pytest.mark.parametrize(("lng", "lat"), ALLOWED)
def test_a_measured_point_is_let_through(lng: float, lat: float) -> None:
    check(lng, lat)


@many
@given(st.floats(73.5, 135.1), st.floats(3.8, 53.6))
def test_any_swapped_point_of_china_is_called_a_swap(lng: float, lat: float) -> None:
    with pytest.raises(LocationSwapped):
        check(lat, lng)


@many
@given(st.integers(7350, 13510), st.integers(380, 5360))
def test_whole_hundredths_are_refused_however_they_were_computed(lng: int, lat: int) -> None:
    with pytest.raises(LocationTooCoarse):
        check(lng / 100, lat * 0.01)


@many
@given(st.integers(7350, 13510), st.integers(1, 9999), st.floats(3.8, 53.6))
def test_a_point_of_china_with_more_decimals_is_let_through(hundredths: int, rest: int, lat: float) -> None:
    check(hundredths / 100 + rest / 1_000_000, lat)


@many
@given(st.floats(), st.floats())
def test_any_two_floats_are_on_the_globe_or_refused_by_name(lng: float, lat: float) -> None:
    with suppress(BadLocation):
        check(lng, lat)
        assert abs(lng) <= 180 and abs(lat) <= 90


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Point(114.326, 30.4982), Point(114.326, 30.4982), 0),  # the same place
        (Point(0, 0), Point(0, 1), 111_195.1),  # one degree of a great circle: 2π × 6,371,008.8 / 360
        (Point(0, 0), Point(1, 0), 111_195.1),
        (Point(114, 60), Point(115, 60), 55_597.0),  # half as long at 60°: 2 R asin(½ sin ½°)
        (Point(179.5, 0), Point(-179.5, 0), 111_195.1),  # over the date line
        (Point(0, 90), Point(123, 90), 0),  # a pole has every longitude
        (Point(0, 0), Point(180, 0), 20_015_114.4),  # the far side
    ],
)
def test_metres_between(a: Point, b: Point, metres: float) -> None:
    assert metres_between(a, b) == pytest.approx(metres, abs=0.5)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_shift_in_metres_is_as_published(vector: dict[str, Any]) -> None:
    (lat, lng), (gcj_lat, gcj_lng) = vector["wgs"], vector["gcj"]
    assert metres_between(Point(lng, lat), Point(gcj_lng, gcj_lat)) == pytest.approx(vector["shift_m"], abs=0.1)


@many
@given(on_earth, on_earth, on_earth)
def test_distance_is_the_same_both_ways_and_no_detour_is_shorter(a: Point, b: Point, c: Point) -> None:
    assert metres_between(a, b) == pytest.approx(metres_between(b, a), abs=1e-6)
    assert (
        metres_between(a, c) <= metres_between(a, b) + metres_between(b, c) + 1
    )  # near the far side haversine is exact to 0.2 m


@pytest.mark.parametrize(
    ("lat", "east", "north"),
    [
        (0, 111_319.5, 110_574.3),  # a / 57.2958, and a (1 - e²) / 57.2958
        (30.5, 95_998.9, 110_860.9),  # the meridian from 30° to 31° measures 110,861 m
        (60, 55_800.0, 111_412.3),  # north: 111,132.95 - 559.82 cos 2φ + 1.18 cos 4φ
        (-60, 55_800.0, 111_412.3),
    ],
)
def test_metres_a_degree(lat: float, east: float, north: float) -> None:
    assert metres_a_degree(lat) == pytest.approx((east, north), abs=0.1)


def test_a_box_around_a_point_is_about_the_circle() -> None:
    min_lng, min_lat, max_lng, max_lat = box_around(Point(114.326, 30.4982), 200)
    assert (min_lat, max_lat) == pytest.approx((30.4964, 30.5000), abs=3e-5)  # 200 m ≈ 0.0018° north
    assert (min_lng, max_lng) == pytest.approx((114.3239, 114.3281), abs=3e-5)  # ≈ 0.0021° east at 30° N


@pytest.mark.parametrize("lat", [0, 30, 60, 85, -85])  # meridians converge: near a pole the circle bulges
def test_a_box_holds_the_whole_rim_of_its_circle(lat: float) -> None:
    min_lng, min_lat, max_lng, max_lat = box_around(Point(114, lat), 400_000)
    rim = [destination(Point(114, lat), 400_000, math.radians(bearing)) for bearing in range(360)]
    assert all(min_lng <= lng <= max_lng and min_lat <= lat <= max_lat for lng, lat in rim)


def test_a_box_is_wide_enough_for_the_ellipsoid_too() -> None:
    # From 30° to 31° N the meridian of WGS-84 measures 110,861 m, less than a degree of the mean sphere.
    assert box_around(Point(114, 30), 110_861)[3] >= 31


@pytest.mark.parametrize(
    ("point", "metres", "box"),
    [
        (Point(114, 89.9999), 200, (-180, 89.998, 180, 90)),  # over the north pole
        (Point(114, -89.9999), 200, (-180, -90, 180, -89.998)),  # over the south pole
        (Point(179.9999, 0), 200, (-180, -0.0018, 180, 0.0018)),  # over the date line, eastward
        (Point(-179.9999, 0), 200, (-180, -0.0018, 180, 0.0018)),  # and westward
        (Point(114, 30), 0, (114, 30, 114, 30)),  # no radius: the point
    ],
)
def test_a_box_over_a_pole_or_the_date_line_takes_all_longitudes(
    point: Point, metres: float, box: tuple[float, ...]
) -> None:
    assert box_around(point, metres) == pytest.approx(box, abs=2e-4)


@many
@given(on_earth, st.floats(1, 500_000), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_a_box_holds_every_point_within_its_radius(centre: Point, radius: float, bearing: float, part: float) -> None:
    point = Point(*destination(centre, radius * part, bearing))
    min_lng, min_lat, max_lng, max_lat = box_around(centre, radius)
    assert min_lng <= point.lng <= max_lng
    assert min_lat <= point.lat <= max_lat


def destination(start: Point, metres: float, bearing: float) -> tuple[float, float]:
    """(lng, lat) after going ``metres`` along a great circle (the direct formula of the sphere)."""
    angle, phi = metres / 6_371_008.8, math.radians(start.lat)
    sin_lat = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    east = math.atan2(math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * sin_lat)
    lng = (start.lng + math.degrees(east) + 180) % 360 - 180
    return lng, math.degrees(math.asin(max(-1.0, min(1.0, sin_lat))))


@pytest.mark.parametrize(
    ("lng", "lat", "inside"),
    [(114.315, 30.505, True), (114.305, 30.515, False), (114.33, 30.51, False), (114.31, 30.53, False)],
)
def test_a_point_is_inside_a_building_or_not(lng: float, lat: float, inside: bool) -> None:
    ring = [(114.30, 30.50), (114.32, 30.50), (114.32, 30.52)]  # a triangle, closed by itself

    assert is_inside(Point(lng, lat), ring) is inside
