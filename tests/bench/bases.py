"""Databases to measure on: built once by the product's own commands, kept, and copied for what writes.

A base is named by its size, by the newest migration and by what generates it, so it is built anew when one of these
changes. Beside the tickets it holds synthetic submitters, so many that none meets its rate limit.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import func, insert, select, text

from reporter.db import continue_numbering, make_engine, session_for
from reporter.domain.permissions import Role
from reporter.models.people import LoginSession, Person
from reporter.services.sessions import hash_of
from tests.bench.programs import BIN, ROOT, Programs
from tests.bench.server import Server

Environment = Callable[[str], Mapping[str, str]]
DAYS = 365


class Shelf(Protocol):
    """Where databases of one kind lie, by name."""

    def has(self, name: str) -> bool: ...
    def url(self, name: str) -> str: ...
    def name_of(self, url: str) -> str: ...
    def create(self, name: str) -> None: ...
    def copy(self, name: str, new: str) -> None: ...
    def rename(self, name: str, new: str) -> None: ...
    def drop(self, name: str) -> None: ...
    def settle(self, name: str) -> None:
        """After much was written: leave nothing to be done behind the back of a measurement."""


class Files:
    """SpatiaLite: a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def has(self, name: str) -> bool:
        return self._file(name).exists()

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def name_of(self, url: str) -> str:
        return Path(url).stem

    def create(self, name: str) -> None:
        self.drop(name)

    def copy(self, name: str, new: str) -> None:
        self.drop(new)
        shutil.copyfile(self._file(name), self._file(new))

    def rename(self, name: str, new: str) -> None:
        self._file(name).rename(self._file(new))

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file(name)}{suffix}").unlink(missing_ok=True)

    def settle(self, name: str) -> None:
        engine = make_engine(self.url(name))
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


class Cluster:
    """PostGIS: a database each of the bench's own server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def _do(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def has(self, name: str) -> bool:
        with psycopg.connect(self._server.url("postgres")) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [name])
            return found.fetchone() is not None

    def url(self, name: str) -> str:
        return self._server.url(name)

    def name_of(self, url: str) -> str:
        return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])

    def create(self, name: str) -> None:
        self.drop(name)
        self._do("create database {}", name)

    def copy(self, name: str, new: str) -> None:
        self.drop(new)
        self._do("create database {} template {} strategy file_copy", new, name)

    def rename(self, name: str, new: str) -> None:
        self._do("alter database {} rename to {}", name, new)

    def drop(self, name: str) -> None:
        self._do("drop database if exists {} with (force)", name)

    def settle(self, name: str) -> None:
        with psycopg.connect(self._server.url(name), autocommit=True) as connection:
            connection.execute("vacuum (analyze)")
            connection.execute("checkpoint")


class Bases:
    """The bases of one kind of database. ``say`` is told what takes long."""

    def __init__(
        self, shelf: Shelf, submitters: int, programs: Programs, env: Environment, say: Callable[[str], None]
    ) -> None:
        self._shelf, self._submitters = shelf, submitters
        self._programs, self._env, self._say = programs, env, say
        self._made_by = f"{submitters}_{newest_migration()}_{generator()}"

    def base(self, tickets: int) -> str:
        """The URL of the base of that size, to be read only (a login is the one thing that may be written)."""
        return self._shelf.url(self._built(tickets))

    @contextmanager
    def copied(self, tickets: int, copy: str = "copy") -> Iterator[str]:
        """The URL of a copy that may be written to, removed at the end. ``copy`` names it beside others."""
        base = self._built(tickets)
        self._shelf.copy(base, copy)
        try:
            yield self._shelf.url(copy)
        finally:
            self._shelf.drop(copy)

    def settle(self, url: str) -> None:
        """A copy, after much was written into it."""
        self._shelf.settle(self._shelf.name_of(url))

    def _built(self, tickets: int) -> str:
        name = f"base_{tickets}_{self._made_by}"
        if self._shelf.has(name):
            return name
        started, half = time.monotonic(), f"half_{tickets}"
        if tickets:
            self._shelf.copy(self._built(0), half)
            self._reporter(half, "demo", "history", "--tickets", str(tickets), "--days", str(DAYS))
        else:
            self._shelf.create(half)
            self._reporter(half, "migrate")
            self._reporter(half, "demo", "load")
            add_submitters(self._shelf.url(half), self._submitters)
        self._shelf.settle(half)
        self._shelf.rename(half, name)
        self._say(f"built {name} in {time.monotonic() - started:.0f} s")
        return name

    def _reporter(self, name: str, *command: str) -> None:
        self._say(f"reporter {' '.join(command)} …")
        self._programs.run(f"reporter-{command[0]}", [BIN / "reporter", *command], self._env(self._shelf.url(name)))


def newest_migration() -> str:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return str(ScriptDirectory.from_config(config).get_current_head())


def generator() -> str:
    """A short hash over the programs and data that make the demo and its history."""
    files = sorted(
        path
        for folder in ("reporter/demo", "reporter/seeds")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".json", ".csv")
    )
    whole = hashlib.sha256(b"\0".join(path.read_bytes() for path in files))
    return whole.hexdigest()[:8]


# ---------------------------------------------------------------- who sends, and from where


def token_of(number: int) -> str:
    """The token of a synthetic submitter: the same in every base, good for nothing anywhere else."""
    return hashlib.sha256(f"bench submitter {number}".encode()).hexdigest()


def tokens(how_many: int) -> list[str]:
    return [token_of(number) for number in range(how_many)]


def add_submitters(url: str, how_many: int) -> None:
    """Riders who are logged in for ten years, as a base is kept."""
    engine, now = make_engine(url), datetime.now(UTC)
    with session_for(engine, writes=True) as session:
        first = (session.scalar(select(func.max(Person.id))) or 0) + 1
        people = [
            {"id": first + number, "name": f"示例·骑手{number:05}", "role": Role.RIDER.value, "synthetic": True}
            for number in range(how_many)
        ]
        session.execute(insert(Person), [{**person, "created_at": now} for person in people])
        continue_numbering(session, Person)
        logins = [
            {"token_hash": hash_of(token), "person_id": first + number} for number, token in enumerate(tokens(how_many))
        ]
        ends = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(days=3650)}
        session.execute(insert(LoginSession), [{**login, **ends} for login in logins])
    engine.dispose()


def points_of(url: str) -> list[tuple[float, float]]:
    """A point (lng, lat) inside every neighbourhood."""
    inside = text(
        "select ST_X(ST_PointOnSurface(geom)), ST_Y(ST_PointOnSurface(geom)) from area_shape"
        " where level = 'neighbourhood' order by area_id"
    )
    engine = make_engine(url)
    with session_for(engine, writes=False) as session:
        found = [(float(lng), float(lat)) for lng, lat in session.execute(inside)]
    engine.dispose()
    return found
