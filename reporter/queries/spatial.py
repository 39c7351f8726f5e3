"""The only module that knows two spatial dialects: index look-ups by box, containment, point distance.

PostGIS answers from a GiST index, SpatiaLite from its R*Tree tables. A custom element that returns
Boolean would be rendered ``(…) = 1`` on SQLite and hide the index (tech.md 2, trap 1), hence
``self_group``.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from reporter.queries.portable import parts


class _Predicate(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        return self


class covers(_Predicate):  # named like the SQL function it stands for
    """``covers(shape, lng, lat)``: the polygon holds the point, its edge included."""

    name = "covers"
    inherit_cache = True


class in_box(_Predicate):
    """``in_box(key, geom, min_lng, min_lat, max_lng, max_lat)``: by the index, boxes may overlap."""

    name = "in_box"
    inherit_cache = True


class metres_from(FunctionElement[float]):
    """``metres_from(geom, lng, lat, east, north)``: metres to the nearest part of a shape, on the plane in which a
    degree is ``east`` and ``north`` metres (``coordinates.metres_a_degree``).

    The databases' own metres differ by as much as one in a hundred: SpatiaLite looks for the nearest part in degrees.
    """

    type = Float()
    name = "metres_from"
    inherit_cache = True


@compiles(covers, "postgresql")
def _covers_pg(element: covers, compiler: SQLCompiler, **kw: Any) -> str:
    geom, lng, lat = parts(element, compiler, kw)
    return f"ST_Covers({geom}, ST_SetSRID(ST_MakePoint({lng}, {lat}), 4326))"


@compiles(covers, "sqlite")
def _covers_sqlite(element: covers, compiler: SQLCompiler, **kw: Any) -> str:
    geom, lng, lat = parts(element, compiler, kw)
    table = geom.split(".")[0]
    box = f"xmin <= {lng} AND xmax >= {lng} AND ymin <= {lat} AND ymax >= {lat}"
    rowid = f"SELECT pkid FROM idx_{table}_geom WHERE {box}"  # noqa: S608 — our own table, bound values
    return f"({table}.rowid IN ({rowid}) AND ST_Covers({geom}, MakePoint({lng}, {lat}, 4326)) = 1)"


@compiles(in_box, "postgresql")
def _in_box_pg(element: in_box, compiler: SQLCompiler, **kw: Any) -> str:
    geom, *box = parts(element, compiler, kw)
    return f"({geom} && ST_MakeEnvelope({', '.join(box)}, 4326))"


@compiles(in_box, "sqlite")
def _in_box_sqlite(element: in_box, compiler: SQLCompiler, **kw: Any) -> str:
    geom, min_lng, min_lat, max_lng, max_lat = parts(element, compiler, kw)
    table = geom.split(".")[0]
    box = f"xmin <= {max_lng} AND xmax >= {min_lng} AND ymin <= {max_lat} AND ymax >= {min_lat}"
    return f"({table}.rowid IN (SELECT pkid FROM idx_{table}_geom WHERE {box}))"  # noqa: S608 — as above


@compiles(metres_from, "postgresql")
def _metres_pg(element: metres_from, compiler: SQLCompiler, **kw: Any) -> str:
    geom, lng, lat, east, north = parts(element, compiler, kw)
    point = f"ST_SetSRID(ST_MakePoint({lng} * {east}, {lat} * {north}), 4326)"
    return f"ST_Distance(ST_Scale({geom}, {east}, {north}), {point})"


@compiles(metres_from, "sqlite")
def _metres_sqlite(element: metres_from, compiler: SQLCompiler, **kw: Any) -> str:
    geom, lng, lat, east, north = parts(element, compiler, kw)
    point = f"MakePoint({lng} * {east}, {lat} * {north}, 4326)"
    return f"ST_Distance(ScaleCoords({geom}, {east}, {north}), {point})"


def number(value: float) -> ColumnElement[float]:
    """A bound float with a type both drivers take as double precision."""
    return literal(value, Float(53))
