"""Whether polygons make a map: each valid, no two siblings over each other, none outside its parent, no gaps.

Shapes are shapely's, in degrees of WGS-84; sizes are told in square metres (a sphere, within 1 %). Only imports load
this module and with it shapely: web processes never do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from reporter.domain.importing.polygons import Polygon, square_metres

SAME_DEG = 1e-9  # a corner that moved less than this (0.1 mm) has not moved


@dataclass(frozen=True)
class Patch:
    """An area as drawn. ``line`` 0: it is in the database and not in the file."""

    code: str
    line: int
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Overlap:
    first: Patch
    second: Patch
    metres2: float


@dataclass(frozen=True, slots=True)
class Gap:
    """``lng``, ``lat``: a point in it."""

    metres2: float
    lng: float
    lat: float


def drawn(polygons: Sequence[Polygon]) -> BaseGeometry:
    """One shape of several parts, not yet judged."""
    parts = [shapely.Polygon(outside, holes) for outside, *holes in polygons]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def what_is_wrong(shape: BaseGeometry) -> str | None:
    """Why a shape is no area, in the words of the library; None when it is one."""
    return None if shape.is_valid else str(shapely.is_valid_reason(shape))


def repaired(shape: BaseGeometry) -> BaseGeometry:
    """The nearest valid shape: crossings are cut, lines and points left over are dropped."""
    made = shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(made) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts)


def parts_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """The parts of a shape, largest first."""
    return sorted(shapely.get_parts(shape).tolist(), key=lambda part: -part.area)


def is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.equals_exact(one.normalize(), other.normalize(), SAME_DEG))


def size_m2(shape: BaseGeometry) -> float:
    return square_metres(shape.area, shape.centroid.y) if shape.area else 0.0


def overlaps(patches: Sequence[Patch], tolerance_m2: float) -> list[Overlap]:
    """Pairs that share more than the tolerance."""
    shapes = [patch.shape for patch in patches]
    tree = shapely.STRtree(shapes)
    found = []
    for left, right in tree.query(shapes, predicate="intersects").T.tolist():
        if left < right:
            shared = size_m2(shapes[left].intersection(shapes[right]))
            if shared > tolerance_m2:
                found.append(Overlap(patches[left], patches[right], shared))
    return sorted(found, key=lambda overlap: (overlap.first.line, overlap.second.line))


def outside(patch: Patch, parent: BaseGeometry) -> float:
    """Square metres of a patch that lie outside its parent."""
    return size_m2(patch.shape.difference(parent))


def gaps(parent: BaseGeometry | None, patches: Iterable[Patch], tolerance_m2: float) -> list[Gap]:
    """Stretches of the parent that no patch covers; without a parent's shape, holes between the patches."""
    covered = shapely.union_all([patch.shape for patch in patches])
    if parent is None:
        holes = [ring for part in shapely.get_parts(covered) for ring in part.interiors]
        pieces = [shapely.Polygon(ring) for ring in holes]
    else:
        pieces = [one for one in shapely.get_parts(parent.difference(covered)) if one.geom_type == "Polygon"]
    found = [(size_m2(piece), piece.representative_point()) for piece in pieces]
    wide = [Gap(size, point.x, point.y) for size, point in found if size > tolerance_m2]
    return sorted(wide, key=lambda gap: -gap.metres2)


def from_database(wkb: bytes, exclaves: Sequence[Sequence[Sequence[Sequence[float]]]]) -> BaseGeometry:
    """The shape that the database keeps as one polygon and the rings of further parts."""
    first = shapely.from_wkb(wkb)
    others = [shapely.Polygon(rings[0], rings[1:]) for rings in exclaves]
    return shapely.MultiPolygon([first, *others]) if others else first


def rings(polygon: BaseGeometry) -> list[list[tuple[float, float]]]:
    """Outside first, then the holes; closed, (lng, lat)."""
    return [[(x, y) for x, y, *_ in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]


def wkt(polygon: BaseGeometry) -> str:
    """With every digit, as the database takes it."""
    written = ", ".join("(" + ", ".join(f"{x!r} {y!r}" for x, y in ring) + ")" for ring in rings(polygon))
    return f"SRID=4326;POLYGON({written})"
