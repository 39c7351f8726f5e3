"""What a GeoJSON geometry means: polygons in WGS-84, from whichever datum the file was drawn in.

Only the numbers are judged here (finite, in range, not swapped, rings closed); the shape as a shape is
``services/importing/topology.py``. RFC 7946: rings are closed, the first is the outside, longitude first.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from reporter.domain.coordinates import Datum, check, to_wgs84
from reporter.domain.errors import LocationTooCoarse, Refusal

Ring = tuple[tuple[float, float], ...]
Polygon = tuple[Ring, ...]  # the outside, then the holes; (lng, lat) in degrees, WGS-84

LEAST_CORNERS = 4  # of a closed ring: a triangle
_EARTH_MEAN_M = 6371008.8  # IUGG mean radius
_DEGREE_M = math.radians(1) * _EARTH_MEAN_M


class BadShape(ValueError):
    """The only argument is a sentence about the geometry."""


def polygons(geometry: Mapping[str, Any], datum: Datum) -> tuple[Polygon, ...]:
    """The parts of a Polygon or MultiPolygon. Raises BadShape."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else None
    if not isinstance(parts, list) or not parts:
        raise BadShape(f"只读 Polygon 和 MultiPolygon，这里是 {kind}")
    if not all(isinstance(part, list) and part for part in parts):
        raise BadShape("有一块没有边界")
    return tuple(tuple(_ring(ring, datum) for ring in part) for part in parts)


def square_metres(square_degrees: float, lat: float) -> float:
    """An area at a latitude (degrees), on a sphere: within 1 % for what is smaller than a district."""
    return square_degrees * _DEGREE_M**2 * math.cos(math.radians(lat))


def _ring(ring: Any, datum: Datum) -> Ring:
    if not isinstance(ring, list) or len(ring) < LEAST_CORNERS:
        raise BadShape(f"一圈至少要有 {LEAST_CORNERS} 个点")
    if ring[0] != ring[-1]:
        raise BadShape("一圈的首尾两点不同，没有闭合")
    return tuple(_corner(corner, datum) for corner in ring)


def _corner(corner: Sequence[Any], datum: Datum) -> tuple[float, float]:
    if not isinstance(corner, list) or len(corner) < 2 or not all(type(one) in (int, float) for one in corner[:2]):
        raise BadShape(f"“{corner}”不是一个点")
    lng, lat = float(corner[0]), float(corner[1])
    try:
        check(lng, lat)
    except LocationTooCoarse:
        pass  # a corner of a drawn line may stand on a whole hundredth; nobody typed it as a place
    except Refusal as refusal:
        why = next(iter(refusal.fields.values()), str(refusal))
        raise BadShape(f"点 {lng}, {lat} 不能用：{why}") from refusal
    point = to_wgs84(lng, lat, datum)
    return point.lng, point.lat
