"""Writes batches into the database in one transaction: COPY on PostgreSQL, executemany on SQLite.

Triggers stay on. When more is written than is there, indexes and foreign keys are taken away first and made again
from their own definitions at the end, which checks every row; whoever adds an index need not know of this module.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from psycopg import sql
from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection, Dialect

from reporter.demo.history.layouts import LAYOUTS, Row

_CACHE_KIB = 262_144  # for SQLite while it loads: keys in no order touch the whole of an index
_SORT_MEMORY = "256MB"  # for PostgreSQL while it makes indexes


class Writer(Protocol):
    def begin(self, *, many: bool) -> None:
        """``many``: more rows come than are there."""

    def write(self, table: str, part: Any) -> None: ...

    def finish(self) -> None:
        """Indexes and foreign keys are there again, and the planner knows what is in the tables."""


def writer_for(connection: Connection) -> Writer:
    return _PostgreSQL(connection) if connection.dialect.name == "postgresql" else _SQLite(connection)


# ---------------------------------------------------------------- PostgreSQL


def copy_lines(table: str, rows: Sequence[Row]) -> bytes:
    """Rows in the text form of COPY."""
    constants = LAYOUTS[table].constants
    tail = "".join("\t" + _field(value) for value in constants) + "\n"
    return "".join(["\t".join(map(_field, row)) + tail for row in rows]).encode()


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is not str:
        return repr(value)
    if "\\" in value or not value.isprintable():
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


class _PostgreSQL:
    def __init__(self, connection: Connection):
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._again: list[str] = []
        self._copies = {
            name: sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, layout.columns))
            )
            for name, layout in LAYOUTS.items()
        }

    def begin(self, *, many: bool) -> None:
        self._run("SET LOCAL TIME ZONE 'UTC'", f"SET LOCAL maintenance_work_mem = '{_SORT_MEMORY}'")
        if not many:
            return
        for name in LAYOUTS:
            rows = self._connection.execute(_CONSTRAINTS, {"name": name}).all()
            for constraint, _, definition in sorted(rows, key=lambda row: row.contype == "f"):
                self._run(f'ALTER TABLE "{name}" DROP CONSTRAINT "{constraint}"')
                self._again.append(f'ALTER TABLE "{name}" ADD CONSTRAINT "{constraint}" {definition}')
            for index, definition in self._connection.execute(_INDEXES, {"name": name}).all():
                self._run(f'DROP INDEX "{index}"')
                self._again.append(definition)

    def write(self, table: str, part: bytes) -> None:
        with self._driver.cursor() as cursor, cursor.copy(self._copies[table]) as copy:
            copy.write(part)

    def finish(self) -> None:
        self._run(*self._again, *(f'ANALYZE "{name}"' for name in LAYOUTS))

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self._connection.exec_driver_sql(statement)


_CONSTRAINTS = text(
    "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conrelid = CAST(:name AS regclass) AND contype IN ('f', 'u') ORDER BY conname"
)
_INDEXES = text(
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
    " WHERE indrelid = CAST(:name AS regclass) AND NOT EXISTS"
    " (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1"
)


# ---------------------------------------------------------------- SQLite


def with_constants(table: str, rows: Sequence[Row]) -> list[Row]:
    """Rows as executemany takes them."""
    constants = LAYOUTS[table].constants
    return [row + constants for row in rows] if constants else list(rows)


class _SQLite:
    def __init__(self, connection: Connection):
        self._connection = connection
        self._again: list[str] = []
        self._inserts = {name: _insert(name, connection.dialect) for name in LAYOUTS}
        self._cache = 0

    def begin(self, *, many: bool) -> None:
        self._cache = int(self._run("PRAGMA cache_size").scalar_one())
        self._run(f"PRAGMA cache_size=-{_CACHE_KIB}")
        if not many:
            return
        for name in LAYOUTS:
            for index, definition in self._connection.execute(_SQLITE_INDEXES, {"name": name}).all():
                self._run(f'DROP INDEX "{index}"')
                self._again.append(definition)

    def write(self, table: str, part: list[Row]) -> None:
        self._connection.exec_driver_sql(self._inserts[table], part)

    def finish(self) -> None:
        for statement in (*self._again, *(f'ANALYZE "{name}"' for name in LAYOUTS)):
            self._run(statement)
        self._run(f"PRAGMA cache_size={self._cache}")

    def _run(self, statement: str) -> Any:
        return self._connection.exec_driver_sql(statement)


_SQLITE_INDEXES = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL ORDER BY name"
)


def _insert(name: str, dialect: Dialect) -> str:
    """An INSERT with a place for each column, as its type wants to be bound (a point: from its text)."""
    layout = LAYOUTS[name]
    places = [
        str(bindparam("value", type_=layout.table.columns[column].type).compile(dialect=dialect))
        for column in layout.columns
    ]
    return f'INSERT INTO "{name}" ({", ".join(layout.columns)}) VALUES ({", ".join(places)})'  # noqa: S608
