"""Engines for PostGIS and SpatiaLite, and the column types that make both behave alike."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from select import select as select_readable
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

SRID = 4326  # WGS-84; see domain/coordinates.py

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; SQLite would give back a naive one (tech.md 2)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime must not be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LARGEST_KEY = 2**63 - 1
Key = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER keys by itself


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine for ``postgresql://…`` (psycopg 3) or ``sqlite:///…`` (SpatiaLite)."""
    if make_url(url).get_backend_name() == "sqlite":
        return _spatialite(url, pool_size)
    # compiling a statement anew (jit) takes ten times as long as our longest takes to run
    options = make_url(url).query.get("options", "")
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=4, connect_args={"options": f"{options} -c jit=off".strip()}
    )

    @event.listens_for(engine, "checkout")
    def _alive(dbapi: Any, _record: Any, _proxy: Any) -> None:
        """A server that has gone has closed the socket, which can be seen without asking it anything; the pool then
        makes a new connection. A ping would cost every request a round trip."""
        if select_readable([dbapi.pgconn.socket], [], [], 0)[0]:
            raise DisconnectionError()

    return engine


def _sqlite_module() -> ModuleType:
    """The interpreter's own sqlite3 where it can load extensions, else pysqlite3."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    import pysqlite3  # only where needed: it has no wheel for every platform

    module: ModuleType = pysqlite3.dbapi2
    return module


def _spatialite(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, module=_sqlite_module(), pool_size=pool_size, max_overflow=4)

    @event.listens_for(engine, "connect")
    def _prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # SQLAlchemy, not the driver, says BEGIN
        dbapi.enable_load_extension(True)
        dbapi.load_extension("mod_spatialite")
        dbapi.enable_load_extension(False)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an accepted report survives a power cut, not only a crash
            "busy_timeout=10000",
            "foreign_keys=ON",
            "cache_size=-4096",  # for each thread; the system keeps the rest of the file in its own memory
            "temp_store=MEMORY",
        ):
            dbapi.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "IMMEDIATE"))

    return engine


Model = TypeVar("Model", bound=Base)


def plain(model: type[Model], **values: Any) -> Model:
    """A new row with these values, without the book of changes that a session keeps while attributes are set: what
    is written at once needs none, and it costs as much as all our rules together. It may still be added to a session.
    """
    made: Model = model.__mapper__.class_manager.new_instance()
    made.__dict__.update(values)
    return made


def continue_numbering(session: Session, *tables: type[Base]) -> None:
    """After rows were written with ids of our own: let PostgreSQL's counters go on behind them."""
    if session.get_bind().dialect.name != "postgresql":
        return  # SQLite counts from the greatest key by itself
    for table in tables:
        key = inspect(table).primary_key[0]
        counter = func.pg_get_serial_sequence(table.__tablename__, key.name)
        session.execute(select(func.setval(counter, select(func.max(key)).scalar_subquery())))


# One writer at a time inside a process: waiting here is cheaper than SQLite's busy back-off (tech.md 5).
_sqlite_writer = threading.Lock()


@contextmanager
def session_for(engine: Engine, *, writes: bool, at_once: bool = False) -> Iterator[Session]:
    """A session in one transaction: committed at the end, rolled back on any exception.

    ``writes=False`` promises to only read; on SQLite it then never waits for a writer. ``at_once`` promises to write
    with one statement at the most: on PostgreSQL that statement is the transaction, so that what it locks is free
    again without a word from us, which under load comes late.
    """
    on_sqlite = engine.dialect.name == "sqlite"
    bound = engine
    if on_sqlite and not writes:
        bound = engine.execution_options(sqlite_begin="DEFERRED")
    elif at_once and not on_sqlite:
        bound = engine.execution_options(isolation_level="AUTOCOMMIT")
    if writes and on_sqlite:
        with _sqlite_writer, Session(bound, expire_on_commit=False) as session, session.begin():
            yield session
    else:
        with Session(bound, expire_on_commit=False) as session, session.begin():
            yield session
