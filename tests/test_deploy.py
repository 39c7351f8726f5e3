"""What is deployed is what was built: programs, settings and locks name the same things as the code."""

import json
import re
import runpy
import socket
import sys
import tarfile
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import grimp
import pytest
from sqlalchemy import Engine, text

from reporter import cli

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(DEPLOY))  # programs of their own, which import each other by their bare names

import backup  # noqa: E402 - after the line above
import run  # noqa: E402
from steps import Missing  # noqa: E402

THROUGH_FLASK = {
    "jinja2",
    "markupsafe",
    "webargs",
    "werkzeug",
}  # parts of what we ask for, made to be used by its users
STARTS = ["reporter-web.service", "reporter-worker.service", "compose.yaml", "Dockerfile"]


def gunicorn_settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name in ("HOST", "PORT", "WEB_WORKERS", "WEB_THREADS", "DATABASE_URL", "ACCESS_LOG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("environment", "bind", "workers", "threads"),
    [
        ({}, "127.0.0.1:8000", 1, 4),  # nothing said: this machine only, SpatiaLite
        ({"DATABASE_URL": "sqlite:///var/reporter.db"}, "127.0.0.1:8000", 1, 4),  # one writer at a time
        ({"DATABASE_URL": "postgresql://db/reporter"}, "127.0.0.1:8000", 2, 4),
        ({"DATABASE_URL": "postgresql+psycopg://db/reporter", "WEB_WORKERS": "6"}, "127.0.0.1:8000", 6, 4),
        ({"HOST": "0.0.0.0", "PORT": "8080", "WEB_THREADS": "2"}, "0.0.0.0:8080", 1, 2),  # noqa: S104
        ({"HOST": "::1"}, "[::1]:8000", 1, 4),
    ],
)
def test_gunicorn_follows_the_database(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], bind: str, workers: int, threads: int
) -> None:
    found = gunicorn_settings(monkeypatch, **environment)
    assert (found["bind"], found["workers"], found["threads"]) == (bind, workers, threads)
    assert found["reuse_port"]
    assert found["worker_class"] == "gthread"


def test_every_command_that_is_started_exists() -> None:
    sources = "\n".join((DEPLOY / name).read_text() for name in (*STARTS, "run.py"))
    started = re.findall(r'(?:bin/reporter|"reporter",|REPORTER,) "?([a-z][a-z-]+)', sources)
    assert set(started) >= {"migrate", "worker", "standin-wechat", "demo"}
    assert set(started) <= set(cli.main.commands)


@pytest.mark.parametrize(
    ("program", "files"),
    [
        ("gunicorn -c deploy/gunicorn.conf.py wsgi:app", ["reporter-web.service", "compose.yaml", "Dockerfile"]),
        ("reporter worker", ["reporter-worker.service", "compose.yaml"]),
        ("reporter migrate", ["reporter-web.service", "compose.yaml"]),  # before the pages are served
    ],
)
def test_every_way_to_deploy_starts_the_same_programs(program: str, files: list[str]) -> None:
    said = {name: re.sub(r'[",\[\]]', "", (DEPLOY / name).read_text()) for name in files}
    assert [name for name, text in said.items() if program not in text] == []


def test_the_example_names_every_setting_and_no_other() -> None:
    read = {
        name
        for source in (ROOT / "reporter" / "config.py", DEPLOY / "gunicorn.conf.py")
        for name in re.findall(r'env(?:iron)?\.get\("([A-Z_]+)"', source.read_text())
    }
    offered = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert offered == read


def test_what_is_imported_is_asked_for() -> None:
    graph = grimp.build_graph("reporter", "schemas", include_external_packages=True, cache_dir=None)
    outside = {module for module in graph.modules if graph.is_module_squashed(module)}
    words = {module.split(".")[0] for module in outside} - sys.stdlib_module_names - THROUGH_FLASK
    known = packages_distributions()
    asked = {re.split(r"[\[~;]", line)[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()}
    assert {word for word in words if not {_normal(name) for name in known.get(word, [])} & asked} == set()
    assert "sqlalchemy" in words


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_version_and_a_hash(name: str) -> None:
    lines = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    packages = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert len(packages) > 30
    assert [line for line in packages if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_the_larger_lock_holds_the_smaller_one() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]


def test_front_end_packages_are_exact_and_have_a_hash_and_no_address() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, entry in locked.items() if name and "integrity" not in entry] == []
    assert [name for name, entry in locked.items() if "resolved" in entry] == []


# ---------------------------------------------------------------- make run


def test_make_run_chooses_safe_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    settings = run.settings_from({})
    again = run.settings_from({})
    assert (settings.address, settings.environment["DATABASE_URL"]) == (
        "http://127.0.0.1:8000",
        "sqlite:///var/reporter.db",
    )
    assert settings.environment["WECHAT_API_BASE"] == "http://127.0.0.1:8001"
    assert len(settings.environment["SECRET_KEY"]) >= 32
    assert again.environment["SECRET_KEY"] == settings.environment["SECRET_KEY"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_make_run_starts_no_stand_in_where_wechat_is_somebody_elses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    assert set(run.commands(run.settings_from({}))) == {"web", "worker", "wechat"}
    assert set(run.commands(run.settings_from({"WECHAT_API_BASE": "https://wechat.example"}))) == {"web", "worker"}


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "http"}, "PORT is “http”, which is no port"),
        ({"PORT": "70000"}, "PORT is “70000”, which is no port"),
        ({"WECHAT_PORT": "-1"}, "WECHAT_PORT is “-1”, which is no port"),
    ],
)
def test_a_port_that_is_none_is_refused(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(Missing, match=sentence):
        run.settings_from(environment)


def test_a_taken_port_is_refused_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Missing, match=rf"Port {port} is taken.*`PORT={port + 10} make run`"):
            run.free_port("127.0.0.1", port, "PORT")
    run.free_port("127.0.0.1", port, "PORT")


# ---------------------------------------------------------------- backup and restore

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def stores(database_url: str, tmp_path: Path) -> backup.Stores:
    photos = tmp_path / "photos"
    (photos / "ab").mkdir(parents=True)
    (photos / "ab" / "1.jpg").write_bytes(b"a photo")
    return backup.Stores(database_url, photos)


def contents(engine: Engine) -> dict[str, int]:
    """How many rows each table of ours has."""
    with engine.connect() as connection:
        names = [name for name in ("area", "person", "ticket") if engine.dialect.has_table(connection, name)]
        return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in names}  # noqa: S608


def test_what_was_saved_comes_back(stores: backup.Stores, engine: Engine, tmp_path: Path) -> None:
    before = contents(engine)
    archive = backup.make(stores, tmp_path / "archives", NOW)
    assert archive.name == "reporter-20261122T050000Z.tar"
    assert archive.stat().st_mode & 0o777 == 0o600
    with engine.begin() as connection:
        connection.execute(text("create table since (x integer)"))
    assert stores.photos is not None
    (stores.photos / "ab" / "1.jpg").write_bytes(b"changed since")
    engine.dispose()
    backup.restore(stores, archive, replace=True)
    assert contents(engine) == before
    assert sum(before.values()) > 0
    assert (stores.photos / "ab" / "1.jpg").read_bytes() == b"a photo"


def test_a_database_is_not_overwritten_by_accident(stores: backup.Stores, tmp_path: Path) -> None:
    archive = backup.make(stores, tmp_path / "archives", NOW)
    with pytest.raises(Missing, match="There is a database already"):
        backup.restore(stores, archive, replace=False)


def test_an_archive_goes_into_an_empty_database(stores: backup.Stores, empty_database_url: str, tmp_path: Path) -> None:
    archive = backup.make(stores, tmp_path / "archives", NOW)
    elsewhere = backup.Stores(empty_database_url, tmp_path / "elsewhere")
    backup.restore(elsewhere, archive, replace=False)
    assert (tmp_path / "elsewhere" / "ab" / "1.jpg").read_bytes() == b"a photo"
    with pytest.raises(Missing, match="There is a database already"):
        backup.restore(elsewhere, archive, replace=False)


def test_a_damaged_archive_is_refused_and_changes_nothing(stores: backup.Stores, tmp_path: Path) -> None:
    archive = backup.make(stores, tmp_path / "archives", NOW)
    whole = archive.read_bytes()
    position = whole.index(b"SQLite format 3" if stores.kind == "sqlite" else b"PGDMP")
    archive.write_bytes(whole[:position] + b"x" + whole[position + 1 :])
    with pytest.raises(Missing, match="is damaged"):
        backup.restore(stores, archive, replace=True)
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Missing, match="is damaged"):
        backup.restore(stores, archive, replace=True)


def test_an_archive_cannot_write_outside_of_its_folder(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(__file__, "../outside")
    with pytest.raises(Missing, match="is damaged"):
        backup.restore(backup.Stores(f"sqlite:///{tmp_path / 'x.db'}", None), tmp_path / "evil.tar", replace=False)
    assert not (tmp_path.parent / "outside").exists()


def test_only_the_newest_archives_are_kept(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / backup.NAME.format(NOW.replace(day=day))).touch()
    backup.forget_old(tmp_path, keep=2)
    assert sorted(path.name[9:17] for path in tmp_path.iterdir()) == ["20261104", "20261105"]


def test_a_password_is_not_put_on_a_command_line() -> None:
    assert backup.server_settings("postgresql+psycopg://me:p%40ss@db:5433/reporter?sslmode=require") == {
        "PGHOST": "db",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "reporter",
        "PGSSLMODE": "require",
    }
