"""Writes many rows at once: ``COPY`` on PostgreSQL, one statement with many rows on SQLite.

Rows are plain dictionaries of columns, so no object is made for each of tens of thousands of them. Keys come from the
caller (``db.continue_numbering`` lets the counters go on behind them); nothing is committed here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.orm import Session

from reporter.db import Base

Row = Mapping[str, Any]


def write(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert ``rows``, which all name the same columns. Polygons are texts in EWKT, times aware. Defaults of the model
    do not count on PostgreSQL: what must not be empty is named.

    Raises KeyError for a column that the first row has and another lacks, and what the database raises for rows it
    refuses; then the transaction is lost.
    """
    if not rows:
        return
    session.flush()  # rows may refer to what the session still holds
    connection = session.connection()
    table = Base.metadata.tables[model.__tablename__]
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), list(rows))


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    names = list(rows[0])
    written = [_writer(connection, table, name) for name in names]
    quote = connection.dialect.identifier_preparer.quote
    cursor: Any = connection.connection.cursor()  # psycopg's own
    with cursor.copy(f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([write(row[name]) for name, write in zip(names, written, strict=True)])
    cursor.close()


def _writer(connection: Connection, table: Table, name: str) -> Callable[[Any], Any]:
    """What turns a value into one the driver can send, as the column's type has it."""
    kind = table.columns[name].type.dialect_impl(connection.dialect)
    return kind.bind_processor(connection.dialect) or (lambda value: value)
