"""The databases that the tests themselves stand on: fresh each time, on both, and gone afterwards."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tests.cluster import Cluster, NoCluster, binaries, new_folder
from tests.databases import CLUSTER, PostgisCluster, SpatiaLiteFolder

ROOT = Path(__file__).parents[1]
OWNS_A_CLUSTER = """
import os, sys, time
from pathlib import Path
from tests.cluster import Cluster
Cluster(Path(sys.argv[1]), os.getpid()).start()
print("up", flush=True)
time.sleep(600)
"""


class Owned(NamedTuple):
    owner: "subprocess.Popen[str]"
    folder: Path
    watchdog_pid: int
    server_pid: int


@pytest.fixture
def owned() -> Iterator[Owned]:
    """A running cluster and the process it belongs to."""
    folder = new_folder()
    command = [sys.executable, "-c", OWNS_A_CLUSTER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        yield Owned(owner, folder, **json.loads((folder / "cluster.json").read_text()))
        owner.kill()
    Cluster(folder, owner.pid).stop()


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


def eventually(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


def test_a_cluster_goes_when_its_owner_is_killed(owned: Owned) -> None:
    owned.owner.kill()
    assert eventually(lambda: not owned.folder.exists())
    assert not is_running(owned.server_pid)


def test_a_server_goes_when_even_its_watchdog_is_killed(owned: Owned) -> None:
    os.kill(owned.watchdog_pid, signal.SIGKILL)
    assert eventually(lambda: not is_running(owned.server_pid))


def test_a_cluster_is_shared_by_those_who_name_the_same_folder(owned: Owned) -> None:
    same = Cluster(owned.folder, owned.owner.pid).start()
    with psycopg.connect(same.url("postgres")) as connection:
        assert connection.execute("show data_directory").fetchone() == (f"{owned.folder}/pg/data",)
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    same.stop()
    assert not owned.folder.exists()
    assert not is_running(owned.server_pid)


def test_a_cluster_that_cannot_start_says_why() -> None:
    cluster = Cluster(new_folder(), os.getpid())
    (cluster.folder / "pg").mkdir()  # in the way
    with pytest.raises(NoCluster, match=r"did not start:\n(?s:.*)File exists"):
        cluster.start()
    cluster.stop()
    assert not cluster.folder.exists()


@pytest.mark.parametrize(
    "has",
    [
        [],  # nothing at all
        ["share/postgresql/15/extension/postgis.control"],  # PostGIS of a server that was removed
        ["lib/postgresql/15/bin/initdb"],  # a server without PostGIS
        ["lib/postgresql/15/bin/initdb", "share/postgresql/17/extension/postgis.control"],  # not of the same version
    ],
)
def test_a_machine_without_postgis_is_told_what_to_do(tmp_path: Path, has: list[str]) -> None:
    for name in has:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    with pytest.raises(NoCluster, match="make test"):
        binaries(tmp_path)


def test_a_copied_file_has_what_stood_only_in_the_log_of_its_template(tmp_path: Path) -> None:
    place = SpatiaLiteFolder(tmp_path)
    template = place.create()
    writer = sqlite3.connect(template.removeprefix("sqlite:///"))
    writer.executescript("pragma journal_mode=wal; create table t (x); insert into t values (7);")
    place.seal(template)
    copy = place.clone(template)
    reader = sqlite3.connect(copy.removeprefix("sqlite:///"))
    assert reader.execute("select x from t").fetchall() == [(7,)]
    reader.close()
    writer.close()
    place.drop(copy)
    assert [path.name for path in tmp_path.iterdir()] == ["1.db"]


def test_a_clone_is_apart_from_its_template_and_from_the_next(request: pytest.FixtureRequest) -> None:
    place = PostgisCluster(request.config.stash[CLUSTER], f"apart_{os.getpid()}")
    template = place.create()
    with psycopg.connect(template) as connection:
        connection.execute("create table t (x int)")
    place.seal(template)
    first, second = place.clone(template), place.clone(template)
    with psycopg.connect(first) as connection:
        connection.execute("insert into t values (1)")
    with psycopg.connect(second) as connection:
        assert connection.execute("select count(*) from t").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(template)
    for url in (first, second, template):
        place.drop(url)
    place.close()
