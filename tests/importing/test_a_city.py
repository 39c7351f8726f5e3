"""A city from five files: the examples that are shipped, whole or not at all, and only where they are asked for."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select

from reporter.models.areas import Area, Seat
from reporter.models.imports import ImportBatch
from tests.importing.desk import Desk
from tests.service import Service

EXAMPLES = Path(__file__).parents[2] / "reporter" / "seeds" / "examples"
FILES = (
    ("areas", "areas.geojson", "--datum", "gcj02"),
    ("seats", "seats.csv"),
    ("catalogue", "catalogue.csv", "--code-system", "GB/T 30428.2"),
    ("calendar", "calendar.csv"),
    ("rules", "rules.csv"),
)
AT_THE_DOOR = (113.00261, 29.00361)  # in 1栋1单元, as the file is drawn: GCJ-02


def commands() -> list[list[str]]:
    return [[kind, str(EXAMPLES / file), *more] for kind, file, *more in FILES]


def test_the_examples_make_a_city_that_takes_a_report(
    empty_desk: Desk, empty_database_url: str, tmp_path: Path
) -> None:
    for command in commands():
        said = empty_desk.run(*command, "--apply")
        assert (said.code, said.lines[-1]) == (0, "Applied."), said.text
    whole = empty_desk.contents()
    for command in commands():
        assert empty_desk.run(*command, "--apply").lines[-1] == "Nothing to change."
    assert empty_desk.contents() == whole
    assert empty_desk.rows(select(ImportBatch.kind).order_by(ImportBatch.id)) == [kind for kind, *_ in FILES]
    service = Service(empty_database_url, str(tmp_path))
    service.at("2026-06-01 10:00")
    ticket = service.as_("qian").report(AT_THE_DOOR, datum="gcj02", category="BJ9101")
    assert (ticket["number"][:2], ticket["area_code"]) == ("SL", "99010100100100100101")
    assert [hop["holder"]["area_code"] for hop in ticket["hops"]] == ["990101001001001"]
    service.close()
    assert ticket["due_at"] == "2026-06-01T04:00:00Z"  # 2 hours round the clock: the strictest condition


@pytest.mark.parametrize("command", commands(), ids=[kind for kind, *_ in FILES])
def test_a_failure_in_the_middle_leaves_nothing_behind(empty_desk: Desk, command: list[str]) -> None:
    """Whatever breaks, the process or the database: there is one transaction, and it never ended."""
    if command[0] in ("seats", "rules"):
        assert empty_desk.run(*commands()[0], "--apply").code == 0
    before = empty_desk.contents()
    with pytest.raises(RuntimeError), _breaking_at_the_record(empty_desk.engine):
        empty_desk.run(*command, "--apply")
    assert empty_desk.contents() == before


class _breaking_at_the_record:
    """The last row of a batch is its record: everything else is written by then."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._break)

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._break)

    @staticmethod
    def _break(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO import_batch"):
            raise RuntimeError("the machine stops here")


def test_a_problem_in_the_last_line_writes_nothing(empty_desk: Desk) -> None:
    before = empty_desk.contents()
    lines = [f"{code},某区{code},district" for code in range(420102, 420118)]
    path = empty_desk.csv("areas.csv", "code,name,level", "420100,武汉市,city", *lines, "430100,长沙市,district")
    assert empty_desk.run("areas", path, "--apply").code == 1
    assert empty_desk.contents() == before
    assert empty_desk.rows(select(func.count()).select_from(Area)) == [0]
    assert empty_desk.rows(select(func.count()).select_from(Seat)) == [0]


@pytest.mark.parametrize("module", ["reporter.app", "reporter.cli", "reporter.worker"])
def test_what_serves_people_never_loads_the_readers_of_files(module: str) -> None:
    ask = f"import sys, {module}; print(sorted({{'shapely', 'numpy', 'openpyxl'}} & sys.modules.keys()))"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
