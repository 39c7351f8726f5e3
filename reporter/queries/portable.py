"""Functions that both databases have and write differently; what is spatial is in ``spatial.py``."""

from typing import Any

from sqlalchemy import JSON, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement


class rows_as_json(FunctionElement[Any]):  # named like an SQL function
    """``rows_as_json(column, …)``: all rows as one JSON list of lists, empty when there are none."""

    type = JSON()
    name = "rows_as_json"
    inherit_cache = True


class seconds_between(FunctionElement[int]):
    """``seconds_between(earlier, later)``: whole seconds, rounded down; ``earlier`` is on a whole second."""

    type = Integer()
    name = "seconds_between"
    inherit_cache = True


def parts(element: FunctionElement[Any], compiler: SQLCompiler, kw: dict[str, Any]) -> list[str]:
    """The arguments of a function as SQL."""
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(rows_as_json, "postgresql")
def _rows_pg(element: rows_as_json, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce(json_agg(json_build_array({', '.join(parts(element, compiler, kw))})), '[]')"


@compiles(rows_as_json, "sqlite")
def _rows_sqlite(element: rows_as_json, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_group_array(json_array({', '.join(parts(element, compiler, kw))}))"


@compiles(seconds_between, "postgresql")
def _seconds_pg(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = parts(element, compiler, kw)
    return f"floor(extract(epoch FROM {later} - {earlier}))::int"


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = parts(element, compiler, kw)
    return f"(CAST(strftime('%s', {later}) AS INTEGER) - CAST(strftime('%s', {earlier}) AS INTEGER))"
