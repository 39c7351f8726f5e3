"""A fresh database for each test, on SpatiaLite and on PostGIS.

What a test asks for:

    database_url         a migrated database holding the small district of tests/world.py
    empty_database_url   a database with nothing in it, for tests of the migrations
    engine               an engine on ``database_url``, disposed of afterwards
    database_kind        "spatialite" or "postgis", for the few tests that must know
    databases            the maker behind these, for a server that serves many tests

Each test that uses one of the first four runs once per database; ``--database spatialite`` leaves one out. The
template is built once per process and cloned for each test: a copied file here, ``create database … template`` there.
PostGIS is a throw-away cluster of the run, shared by its processes and started by the first that needs it.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine

from tests.cluster import Cluster, new_folder, without_server_settings

KINDS = ("spatialite", "postgis")
CLUSTER = pytest.StashKey[Cluster]()


class Place(Protocol):
    """Where databases of one kind are made."""

    def create(self) -> str:
        """Make an empty database and return its URL."""

    def seal(self, url: str) -> None:
        """Make the database at ``url`` fit to be cloned; nobody connects to it afterwards."""

    def clone(self, url: str) -> str:
        """Copy a sealed database and return the URL of the copy."""

    def drop(self, url: str) -> None:
        """Remove the database, also when somebody is still connected."""


class SpatiaLiteFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def create(self) -> str:
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    def seal(self, url: str) -> None:
        connection = sqlite3.connect(self._file(url))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.close()

    def clone(self, url: str) -> str:
        copy = self.create()
        shutil.copyfile(self._file(url), self._file(copy))
        return copy

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file(url)}{suffix}").unlink(missing_ok=True)

    @staticmethod
    def _file(url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))


class PostgisCluster:
    def __init__(self, cluster: Cluster, prefix: str) -> None:
        self._cluster = cluster.start()
        self._names = (f"{prefix}_{number}" for number in itertools.count(1))
        self._connection = psycopg.connect(cluster.url("postgres"), autocommit=True)

    def create(self) -> str:
        return self._named("create database {}")

    def seal(self, url: str) -> None:
        self._connection.execute(sql.SQL("alter database {} allow_connections false").format(self._name(url)))

    def clone(self, url: str) -> str:
        return self._named("create database {} template {}", self._name(url))

    def drop(self, url: str) -> None:
        self._connection.execute(sql.SQL("drop database if exists {} with (force)").format(self._name(url)))

    def close(self) -> None:
        self._connection.close()

    def _named(self, statement: str, *identifiers: sql.Identifier) -> str:
        name = next(self._names)
        self._connection.execute(sql.SQL(statement).format(sql.Identifier(name), *identifiers))
        return self._cluster.url(name)

    @staticmethod
    def _name(url: str) -> sql.Identifier:
        return sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(url)["dbname"]))


class Databases:
    """Makes databases of either kind; the template of a kind is built when it is first asked for."""

    def __init__(self, places: dict[str, Callable[[], Place]]) -> None:
        self._makers = places
        self._places: dict[str, Place] = {}
        self._templates: dict[str, str] = {}

    @contextmanager
    def empty(self, kind: str) -> Iterator[str]:
        """Yield the URL of a database without tables."""
        place = self._place(kind)
        url = place.create()
        try:
            yield url
        finally:
            place.drop(url)

    @contextmanager
    def cloned(self, kind: str) -> Iterator[str]:
        """Yield the URL of a database holding the small district of tests/world.py."""
        place = self._place(kind)
        url = place.clone(self._template(kind))
        try:
            yield url
        finally:
            place.drop(url)

    def _place(self, kind: str) -> Place:
        if kind not in self._places:
            self._places[kind] = self._makers[kind]()
        return self._places[kind]

    def _template(self, kind: str) -> str:
        if kind not in self._templates:
            from tests import world  # the tests of rules and of the frame run without the application

            url = self._place(kind).create()
            world.build(url)
            self._place(kind).seal(url)
            self._templates[kind] = url
        return self._templates[kind]


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    opened: list[PostgisCluster] = []

    def postgis() -> PostgisCluster:
        opened.append(PostgisCluster(request.config.stash[CLUSTER], f"p{os.getpid()}"))
        return opened[0]

    yield Databases({"spatialite": lambda: SpatiaLiteFolder(tmp_path_factory.mktemp("spatialite")), "postgis": postgis})
    for place in opened:
        place.close()


@pytest.fixture
def database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    with databases.cloned(database_kind) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    with databases.empty(database_kind) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    from reporter.db import make_engine  # see above

    engine = make_engine(database_url)
    yield engine
    engine.dispose()


# ---------------------------------------------------------------- pytest's side


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=KINDS, help="run the tests that use a database on this one only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        only = metafunc.config.getoption("--database")
        metafunc.parametrize("database_kind", [only] if only else KINDS)


def pytest_configure(config: pytest.Config) -> None:
    for name in os.environ.keys() - without_server_settings(os.environ).keys():
        del os.environ[name]  # no test may reach a database that somebody cares for
    from_controller = getattr(config, "workerinput", None)
    if from_controller is None:
        config.stash[CLUSTER] = Cluster(new_folder(), os.getpid())
    else:
        config.stash[CLUSTER] = Cluster(Path(from_controller["cluster_folder"]), from_controller["controller_pid"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """xdist: tell a worker process where the cluster of this run is, or will be."""
    cluster = node.config.stash[CLUSTER]  # type: ignore[attr-defined]
    node.workerinput |= {"cluster_folder": str(cluster.folder), "controller_pid": cluster.owner_pid}  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash and not hasattr(config, "workerinput"):
        config.stash[CLUSTER].stop()
