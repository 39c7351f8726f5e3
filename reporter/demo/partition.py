"""Cutting a convex polygon into convex pieces of given sizes that tile it, and walking the pieces in a near order.

Everything here is geometry of plain pairs (lng, lat) in degrees; what the pieces stand for is in ``district.py``.
A *ring* is open (the first point is not repeated), convex and counter-clockwise. ``stretch`` is the length of a
degree of longitude in degrees of latitude; only directions and lengths need it, shares of an area do not.

The same input gives the same bytes on any machine and Python: arithmetic and square roots are exact by IEEE 754, sums
are ``fsum`` (``sum`` adds floats differently since 3.12), and the directions of ``split_around`` are a table, not
sines.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import fsum, log, sqrt

Point = tuple[float, float]
Ring = tuple[Point, ...]

_ON_THE_LINE = 1e-12  # degrees (0.1 micrometre): a corner this near to a cut belongs to both pieces
_DIRECTIONS: tuple[Point, ...] = (  # unit vectors of 0°, 15°, … 165°: normals of the cuts that are tried
    (1.0, 0.0), (0.965926, 0.258819), (0.866025, 0.5), (0.707107, 0.707107), (0.5, 0.866025), (0.258819, 0.965926),
    (0.0, 1.0), (-0.258819, 0.965926), (-0.5, 0.866025), (-0.707107, 0.707107), (-0.866025, 0.5), (-0.965926, 0.258819),
)  # fmt: skip
_KEEP_CLEAR = 0.2  # of the gap between two anchors: so near to an anchor no cut may come
_COMPACT = 1.0  # how much compact pieces are worth against exact shares


def area(ring: Ring) -> float:
    """Signed area in square degrees; positive for a counter-clockwise ring. Measured from the first corner, which keeps
    the digits that numbers like 114.3 would eat."""
    x0, y0 = ring[0]
    local = [(x - x0, y - y0) for x, y in ring]
    return fsum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*local, local[0]])) / 2


def centroid(ring: Ring) -> Point:
    """Centre of gravity of the area."""
    x0, y0 = ring[0]
    local = [(x - x0, y - y0) for x, y in ring]
    twice, cx, cy = 0.0, 0.0, 0.0
    for (ax, ay), (bx, by) in pairwise([*local, local[0]]):
        cross = ax * by - bx * ay
        twice += cross
        cx += (ax + bx) * cross
        cy += (ay + by) * cross
    return x0 + cx / (3 * twice), y0 + cy / (3 * twice)


def covers(ring: Ring, point: Point, tolerance: float = 0.0) -> bool:
    """True when the point is inside, on the edge, or less than ``tolerance`` degrees outside an edge."""
    x, y = point
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        ex, ey = bx - ax, by - ay
        if ex * (y - ay) - ey * (x - ax) < -tolerance * sqrt(ex * ex + ey * ey):
            return False
    return True


def counter_clockwise(ring: Ring) -> Ring:
    """The same corners in the direction this module expects."""
    return ring if area(ring) > 0 else ring[::-1]


def shrunk(ring: Ring, factor: float) -> Ring:
    """The ring drawn towards its centroid."""
    middle = centroid(ring)
    return tuple(towards(middle, corner, factor) for corner in ring)


def towards(start: Point, end: Point, factor: float) -> Point:
    """The point that is ``factor`` of the way from ``start`` to ``end``."""
    return start[0] + factor * (end[0] - start[0]), start[1] + factor * (end[1] - start[1])


def split(ring: Ring, weights: Sequence[float], stretch: float) -> list[Ring]:
    """Pieces in the order of ``weights``, their areas in the same proportion; always across the long side."""
    if len(weights) == 1:
        return [ring]
    sums = list(accumulate(weights))
    at = min(range(1, len(weights)), key=lambda i: abs(2 * sums[i - 1] - sums[-1]))
    axis = _long_axis(ring, stretch)
    normal = (axis[0] * stretch, axis[1])
    below, above = _cut(ring, normal, _offset(ring, normal, sums[at - 1] / sums[-1]))
    return split(below, weights[:at], stretch) + split(above, weights[at:], stretch)


def split_around(
    ring: Ring, weights: Sequence[float], anchors: Sequence[Sequence[Point]], stretch: float
) -> list[Ring]:
    """Like ``split``, but the piece of each weight holds its own anchor points (at least one each).

    Each cut keeps clear of the anchors on both sides; within that it comes as near to the wanted shares as it can, so
    areas are only roughly proportional. Anchors that no straight cut can separate raise ValueError.
    """
    pieces: dict[int, Ring] = {}

    def place(part: Ring, items: list[int]) -> None:
        if len(items) == 1:
            pieces[items[0]] = part
            return
        (below, above), first, rest = _best_cut(part, items, weights, anchors, stretch)
        place(below, first)
        place(above, rest)

    place(ring, list(range(len(weights))))
    return [pieces[i] for i in range(len(weights))]


def to_the_decimetre(point: Point) -> Point:
    """Rounded to 1e-6°: for points that people read, not for corners of a tiling."""
    return round(point[0], 6), round(point[1], 6)


def hilbert(point: Point, box: tuple[float, float, float, float], order: int = 16) -> int:
    """How far along the Hilbert curve of ``box`` (west, south, east, north) the point lies; near points, near numbers.
    The box has 2 ** ``order`` steps a side."""
    west, south, east, north = box
    side = 1 << order
    x = min(side - 1, max(0, int((point[0] - west) / (east - west) * side)))
    y = min(side - 1, max(0, int((point[1] - south) / (north - south) * side)))
    distance, step = 0, side >> 1
    while step:
        right, up = int(x & step > 0), int(y & step > 0)
        distance += step * step * ((3 * right) ^ up)
        if not up:  # turn the quadrant so that the curve enters and leaves it where its neighbours do
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return distance


Halves = tuple[tuple[Ring, Ring], list[int], list[int]]


def _best_cut(
    ring: Ring, items: list[int], weights: Sequence[float], anchors: Sequence[Sequence[Point]], stretch: float
) -> Halves:
    """Both pieces with the items of each: least distortion of the shares, then the shortest cut."""
    best: tuple[float, Halves] | None = None
    total, whole = fsum(weights[i] for i in items), area(ring)
    for x, y in _DIRECTIONS:
        normal = (x * stretch, y)
        reach = {i: [_height(normal, point) for point in anchors[i]] for i in items}
        order = sorted(items, key=lambda i: (min(reach[i]), i))
        for at in range(1, len(order)):
            low = max(max(reach[i]) for i in order[:at])
            high = min(reach[order[at]])
            if high <= low:
                continue
            share = fsum(weights[i] for i in order[:at]) / total
            margin = (high - low) * _KEEP_CLEAR
            offset = min(max(_offset(ring, normal, share), low + margin), high - margin)
            below, above = _cut(ring, normal, offset)
            if len(below) < 3 or len(above) < 3:
                continue  # an anchor outside the ring would leave one side empty
            real = area(below) / whole
            distortion = abs(log(real / share)) + abs(log((1 - real) / (1 - share)))
            # rounded, so that the last bit of a logarithm cannot decide
            score = round(distortion + _COMPACT * (_length(below, stretch) + _length(above, stretch)), 9)
            if best is None or score < best[0]:
                best = score, ((below, above), order[:at], order[at:])
    if best is None:
        raise ValueError("no straight cut separates the anchors")
    return best[1]


def _height(normal: Point, point: Point) -> float:
    return normal[0] * point[0] + normal[1] * point[1]


def _length(ring: Ring, stretch: float) -> float:
    """Perimeter by the root of the area: 3.5 for a disc, 4 for a square, more for what is long and thin."""
    sides = zip(ring, ring[1:] + ring[:1], strict=True)
    perimeter = fsum(sqrt(((bx - ax) * stretch) ** 2 + (by - ay) ** 2) for (ax, ay), (bx, by) in sides)
    return perimeter / sqrt(area(ring) * stretch)


def _cut(ring: Ring, normal: Point, offset: float) -> tuple[Ring, Ring]:
    """The parts with ``normal · point`` up to and from ``offset``; both get the ends of the cut to the last bit."""
    below: list[Point] = []
    above: list[Point] = []
    sides = [_height(normal, point) - offset for point in ring]
    for i, (point, side) in enumerate(zip(ring, sides, strict=True)):
        following, other = ring[i + 1 - len(ring)], sides[i + 1 - len(ring)]
        if side <= _ON_THE_LINE:
            below.append(point)
        if side >= -_ON_THE_LINE:
            above.append(point)
        if min(side, other) < -_ON_THE_LINE and max(side, other) > _ON_THE_LINE:
            crossing = towards(point, following, side / (side - other))
            below.append(crossing)
            above.append(crossing)
    return tuple(below), tuple(above)


def _offset(ring: Ring, normal: Point, share: float) -> float:
    """Where to cut so that ``share`` of the area lies below. From corner to corner the width is linear and the area
    quadratic, so the place is computed, not searched."""
    base = _height(normal, ring[0])
    corners = [(_height(normal, p) - base, normal[0] * p[1] - normal[1] * p[0]) for p in ring]
    heights = sorted({h for h, _ in corners})
    widths = [_width(corners, h) for h in heights]
    slabs = [(b - a) * (v + w) / 2 for (a, b), (v, w) in zip(pairwise(heights), pairwise(widths), strict=True)]
    wanted, i = share * fsum(slabs), 0
    while i < len(slabs) - 1 and wanted > slabs[i]:
        wanted -= slabs[i]
        i += 1
    growth = (widths[i + 1] - widths[i]) / (heights[i + 1] - heights[i])
    root = sqrt(max(0.0, widths[i] ** 2 + 2 * growth * wanted))
    return base + heights[i] + min(2 * wanted / (widths[i] + root), heights[i + 1] - heights[i])


def _width(corners: Sequence[Point], height: float) -> float:
    """Extent along the cut at a height; ``corners`` are (height, place along the cut)."""
    places: list[float] = []
    for (h, v), (g, w) in pairwise([*corners, corners[0]]):
        if h == height:
            places.append(v)
        elif min(h, g) < height < max(h, g):
            places.append(v + (w - v) * (height - h) / (g - h))
    return max(places) - min(places)


def _long_axis(ring: Ring, stretch: float) -> Point:
    """Unit vector of the direction in which the area extends most (of its second moments, in stretched degrees)."""
    cx, cy = centroid(ring)
    local = [((x - cx) * stretch, y - cy) for x, y in ring]
    xx = xy = yy = 0.0
    for (ax, ay), (bx, by) in pairwise([*local, local[0]]):
        cross = ax * by - bx * ay
        xx += cross * (ax * ax + ax * bx + bx * bx)
        yy += cross * (ay * ay + ay * by + by * by)
        xy += cross * (2 * ax * ay + ax * by + bx * ay + 2 * bx * by) / 2
    half = (xx - yy) / 2
    root = sqrt(half * half + xy * xy)
    x, y = (half + root, xy) if half >= 0 else (xy, root - half)
    length = sqrt(x * x + y * y)
    return (x / length, y / length) if length > 0 else (1.0, 0.0)
