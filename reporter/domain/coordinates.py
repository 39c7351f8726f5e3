"""Where a point is: the four datums a client may send, which points are refused, and metres on the ground.

Inside the service every point is WGS-84, longitude before latitude, in degrees. Which area contains a
point is asked in ``queries/areas.py``. No city is known here: the one box below belongs to the transform.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reporter.domain.errors import BadLocation, LocationSwapped, LocationTooCoarse, sentence


class Datum(StrEnum):
    """What the two numbers mean; clients must say so (``coord_type``), there is no default."""

    WGS84 = "wgs84"  # GPS
    GCJ02 = "gcj02"  # WeChat, Tencent and Amap maps: shifted by some hundred metres
    BD09 = "bd09"  # Baidu maps: a second shift over GCJ-02
    CGCS2000 = "cgcs2000"  # surveys; less than 1 m from WGS-84, so taken as WGS-84


@dataclass(frozen=True, slots=True)
class Point:
    """A WGS-84 point in degrees."""

    lng: float
    lat: float


# GCJ-02 as published: Krasovsky 1940 ellipsoid, and the box outside which nothing is shifted. The box is
# crude (Seoul lies inside), but it is the one every map library uses.
_KRASOVSKY_A_M = 6378245.0
_KRASOVSKY_EE = 0.00669342162296594323
_BOX_LNG = (72.004, 137.8347)
_BOX_LAT = (0.8293, 55.8271)

# The fixed point of the inverse: worst error in the box is 7e-10° after three steps, 3e-12° after four.
_INVERSE_STEPS = 6
_INVERSE_STOP_DEG = 1e-10

_BD09_PI = math.pi * 3000 / 180

_WGS84_A_M = 6378137.0
_WGS84_EE = 0.00669437999014  # first eccentricity squared

_EARTH_MEAN_M = 6371008.8  # IUGG mean radius
# The sharpest curve of the WGS-84 ellipsoid (the meridian at the equator). A degree is nowhere shorter
# than on a sphere of this radius, so a box made with it loses no point, by haversine or by geodesic.
_EARTH_SHARPEST_M = 6335439.3

_COARSE_DEG = 0.01
_FLOAT_NOISE_DEG = 1e-9


def to_wgs84(lng: float, lat: float, datum: Datum) -> Point:
    """The WGS-84 point meant by two finite numbers in ``datum`` (degrees).

    Exact to 1e-9° for GCJ-02, except within 0.02° of the north and east borders of the box: a point
    shifted over the border cannot be told from one that was never shifted, and is left as it is.
    """
    match datum:
        case Datum.WGS84 | Datum.CGCS2000:
            return Point(lng, lat)
        case Datum.GCJ02:
            return Point(*_from_gcj02(lng, lat))
        case Datum.BD09:
            return Point(*_from_gcj02(*_inverse(_gcj02_to_bd09, lng, lat)))


def from_wgs84(point: Point, datum: Datum) -> tuple[float, float]:
    """``(lng, lat)`` in degrees of ``point`` as ``datum`` writes it."""
    match datum:
        case Datum.WGS84 | Datum.CGCS2000:
            return point.lng, point.lat
        case Datum.GCJ02:
            return _to_gcj02(point.lng, point.lat)
        case Datum.BD09:
            return _gcj02_to_bd09(*_to_gcj02(point.lng, point.lat))


def check(lng: float, lat: float) -> None:
    """Refuse two numbers that cannot be the place somebody meant; asked of the numbers as they were sent.

    Raises ``BadLocation`` (not finite, out of range, exactly 0, 0), ``LocationSwapped``, and
    ``LocationTooCoarse`` when both numbers are whole hundredths of a degree (about 1 km: typed or
    rounded, not measured; one alone happens by chance). A swap is never repaired silently.
    """
    _refuse_if(
        lng=None if math.isfinite(lng) else sentence("经度必须是一个数"),
        lat=None if math.isfinite(lat) else sentence("纬度必须是一个数"),
    )
    # Before the range: 纬度 114.3 is out of range, but "swapped" tells the client what to do.
    if _looks_swapped(lng, lat):
        raise LocationSwapped(fields={"location": sentence("lng 应是经度，lat 应是纬度，请对调后再试")})
    _refuse_if(
        lng=None if abs(lng) <= 180 else sentence("经度应在 -180 到 180 之间"),
        lat=None if abs(lat) <= 90 else sentence("纬度应在 -90 到 90 之间"),
    )
    if lng == 0 and lat == 0:
        raise BadLocation(fields={"location": sentence("(0, 0) 不是真实位置，请重新定位")})
    if _is_coarse(lng) and _is_coarse(lat):
        raise LocationTooCoarse(fields={"location": sentence("经度和纬度只精确到约一公里，请移动图钉再试")})


def is_inside(point: Point, ring: Sequence[Sequence[float]]) -> bool:
    """Whether a point lies in a ring of (lng, lat) corners; for hints, so edges are not decided."""
    inside = False
    for (lng, lat), (next_lng, next_lat) in zip(ring, [*ring[1:], ring[0]], strict=True):
        crosses = (lat > point.lat) != (next_lat > point.lat)
        if crosses and point.lng < lng + (point.lat - lat) * (next_lng - lng) / (next_lat - lat):
            inside = not inside
    return inside


def metres_between(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine; within 0.6 % of the ellipsoid)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lng = math.radians(b.lng - a.lng) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lng) ** 2
    return 2 * _EARTH_MEAN_M * math.asin(math.sqrt(min(1.0, chord)))


def metres_a_degree(lat: float) -> tuple[float, float]:
    """How many metres a degree of longitude and one of latitude are at a latitude, on the WGS-84 ellipsoid.

    A plane in these units is true to a centimetre for a few hundred metres around a point, and is the same plane in
    whatever does the sum.
    """
    phi = math.radians(lat)
    flatness = 1 - _WGS84_EE * math.sin(phi) ** 2
    along_parallel_m = _WGS84_A_M / math.sqrt(flatness) * math.cos(phi)
    along_meridian_m = _WGS84_A_M * (1 - _WGS84_EE) / flatness**1.5
    return math.radians(along_parallel_m), math.radians(along_meridian_m)


def box_around(point: Point, metres: float) -> tuple[float, float, float, float]:
    """``(min_lng, min_lat, max_lng, max_lat)`` holding every point within ``metres`` (≥ 0) of ``point``.

    For an index to narrow a search; the corners lie farther away. Over a pole or the date line the box
    takes all longitudes.
    """
    angle = metres / _EARTH_SHARPEST_M
    half_lat = math.degrees(angle)
    min_lat, max_lat = max(-90.0, point.lat - half_lat), min(90.0, point.lat + half_lat)
    if min_lat == -90 or max_lat == 90:
        return -180.0, min_lat, 180.0, max_lat
    # Meridians converge, so the widest point of the circle lies poleward of its centre.
    half_lng = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(point.lat)))))
    min_lng, max_lng = point.lng - half_lng, point.lng + half_lng
    if min_lng < -180 or max_lng > 180:
        return -180.0, min_lat, 180.0, max_lat
    return min_lng, min_lat, max_lng, max_lat


def _refuse_if(**wrong: str | None) -> None:
    fields = {f"location.{name}": text for name, text in wrong.items() if text is not None}
    if fields:
        raise BadLocation(fields=fields)


def _looks_swapped(lng: float, lat: float) -> bool:
    """In China latitudes end at 54° and longitudes begin at 73°, so 60° tells them apart on either side."""
    swapped_is_in_range = abs(lat) <= 180 and abs(lng) <= 90
    return swapped_is_in_range and (abs(lat) > 90 or abs(lat) > 60 > abs(lng))


def _is_coarse(degrees: float) -> bool:
    steps = round(degrees / _COARSE_DEG)
    return abs(degrees - steps * _COARSE_DEG) < _FLOAT_NOISE_DEG


def _in_box(lng: float, lat: float) -> bool:
    return _BOX_LNG[0] <= lng <= _BOX_LNG[1] and _BOX_LAT[0] <= lat <= _BOX_LAT[1]


def _to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    return _shift_gcj02(lng, lat) if _in_box(lng, lat) else (lng, lat)


def _from_gcj02(lng: float, lat: float) -> tuple[float, float]:
    # The shift without its box: a step that leaves the box for a moment must not make the shift jump.
    return _inverse(_shift_gcj02, lng, lat) if _in_box(lng, lat) else (lng, lat)


def _shift_gcj02(lng: float, lat: float) -> tuple[float, float]:
    x, y = lng - 105.0, lat - 35.0
    root, both = math.sqrt(abs(x)), 20 * math.sin(6 * math.pi * x) + 20 * math.sin(2 * math.pi * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (both + 20 * math.sin(math.pi * y) + 40 * math.sin(math.pi * y / 3)) * 2 / 3
    north_m += (160 * math.sin(math.pi * y / 12) + 320 * math.sin(math.pi * y / 30)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (both + 20 * math.sin(math.pi * x) + 40 * math.sin(math.pi * x / 3)) * 2 / 3
    east_m += (150 * math.sin(math.pi * x / 12) + 300 * math.sin(math.pi * x / 30)) * 2 / 3

    phi = math.radians(lat)
    flatness = 1 - _KRASOVSKY_EE * math.sin(phi) ** 2
    along_meridian_m = _KRASOVSKY_A_M * (1 - _KRASOVSKY_EE) / flatness**1.5
    along_parallel_m = _KRASOVSKY_A_M / math.sqrt(flatness) * math.cos(phi)
    return lng + math.degrees(east_m / along_parallel_m), lat + math.degrees(north_m / along_meridian_m)


def _gcj02_to_bd09(lng: float, lat: float) -> tuple[float, float]:
    radius = math.hypot(lng, lat) + 0.00002 * math.sin(lat * _BD09_PI)
    angle = math.atan2(lat, lng) + 0.000003 * math.cos(lng * _BD09_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _inverse(forward: Callable[[float, float], tuple[float, float]], lng: float, lat: float) -> tuple[float, float]:
    """The point that ``forward`` moves to (lng, lat): w ← w + (goal − forward(w)), from w = goal."""
    guess_lng, guess_lat = lng, lat
    for _ in range(_INVERSE_STEPS):
        moved_lng, moved_lat = forward(guess_lng, guess_lat)
        step_lng, step_lat = lng - moved_lng, lat - moved_lat
        guess_lng, guess_lat = guess_lng + step_lng, guess_lat + step_lat
        if abs(step_lng) < _INVERSE_STOP_DEG and abs(step_lat) < _INVERSE_STOP_DEG:
            break
    return guess_lng, guess_lat
