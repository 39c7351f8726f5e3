"""Statements that are asked with every report: written out once, then sent by the driver's own cursor.

SQLAlchemy still writes the SQL and converts the values; what is saved is the way there and back, which costs as much
of our processor as the database needs to answer (tech.md 5). Everything else goes the ordinary way.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, Select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one database wants it; ``order``: of the values, where they have places instead of names."""

    sql: str
    constants: dict[str, Any]
    order: Sequence[str] | None
    bind: dict[str, Processor]
    result: dict[int, Processor]


class Prepared:
    """A select of named columns whose text never changes: no lists of varying length in it."""

    def __init__(self, statement: Select[*tuple[Any, ...]]):
        self._statement = statement
        self._row: Any = _row_of([column.name for column in statement.selected_columns])
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, given: Mapping[str, Any]) -> list[Any]:
        """All rows, as named tuples. ``given`` has a value for each of the statement's parameters."""
        connection = session.connection()
        form = self._forms.get(connection.dialect.name)
        if form is None:
            form = self._forms[connection.dialect.name] = _form(self._statement, connection.dialect)
        values = {**form.constants, **given}
        for name, convert in form.bind.items():
            values[name] = convert(values[name])
        found = send(connection, form.sql, values if form.order is None else tuple(values[name] for name in form.order))
        if not form.result:
            return [self._row._make(row) for row in found]
        rows = []
        for row in found:
            columns = list(row)
            for place, convert in form.result.items():
                columns[place] = convert(columns[place])
            rows.append(self._row._make(columns))
        return rows


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names)


def send(connection: Connection, sql: str, values: Any) -> list[tuple[Any, ...]]:
    """Run a text on the driver's cursor of a connection; whoever listens to the engine hears of it all the same.

    Raises IntegrityError as SQLAlchemy would.
    """
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, values, None, False)
    try:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise IntegrityError(sql, values, error) from error
    finally:
        cursor.close()


def _form(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> _Form:
    compiled: Any = statement.compile(dialect=dialect)
    bind = {}
    for parameter, name in compiled.bind_names.items():
        convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            bind[name] = convert
    result = {}
    for place, column in enumerate(statement.selected_columns):
        if isinstance(column.type, Float):
            continue  # both drivers give a float
        back: Processor | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if back is not None:
            result[place] = back
    order = compiled.positiontup if compiled.positional else None
    return _Form(compiled.string, dict(compiled.params), order, bind, result)
