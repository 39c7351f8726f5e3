"""The days a city publishes: what each wrong row is told, what other days become, and that the past stays."""

from datetime import date

import pytest
from sqlalchemy import func, select

from reporter.db import session_for
from reporter.models.catalogue import CalendarDay
from reporter.queries.rulebook import load
from tests.importing.desk import Desk, Said

HEAD = "date,kind,festival,in_lieu"
GOOD = "2027-01-01,holiday,New Year's Day,0"


def told(desk: Desk, *lines: str, apply: bool = False) -> Said:
    return desk.run("calendar", desk.csv("days.csv", HEAD, *lines), *(["--apply"] if apply else []))


@pytest.mark.parametrize(
    ("row", "field", "sentence"),
    [
        ("2027-02-30,holiday,,0", "date", "“2027-02-30”不是日期"),
        ("1.1.2027,holiday,,0", "date", "不是日期"),  # day or month first?
        ("2207-01-02,holiday,,0", "date", "不是日期"),  # a slip of the pen would fill a whole year
        ("2027-01-02,feast,,0", "kind", "不认识“feast”"),
        (",holiday,,0", "date", "不能为空"),
        ("2027-01-01,makeup_workday,,0", "date", "2027-01-01 在第 2 行已经有了"),
        ("2026-01-01,makeup_workday,,0", "date", "过去的日子不能改"),  # deadlines were counted with it
    ],
)
def test_a_wrong_row_is_named_with_line_field_and_reason_and_the_good_ones_are_not_written(
    desk: Desk, row: str, field: str, sentence: str
) -> None:
    before = desk.contents()
    said = told(desk, GOOD, row, apply=True)
    assert said.code == 1
    assert [line for line in said.problems if line.startswith(f"line 3 ! {field}: ") and sentence in line], said.text
    assert desk.contents() == before


def test_a_published_year_is_known_to_its_last_day_and_no_longer_provisional(desk: Desk) -> None:
    before = desk.contents()
    lines = (GOOD, "2027/01/02,makeup_workday,New Year's Day,0")
    said = told(desk, *lines)
    assert said.about("+") == [
        "file + 2027 其余 363 天，按周一至周五",
        "line 2 + 2027-01-01 restday New Year's Day",
        "line 3 + 2027-01-02 workday New Year's Day",
    ]
    assert desk.contents() == before, "a dry run"
    told(desk, *lines, apply=True)
    with session_for(desk.engine, writes=False) as session:
        book = load(session)
    calendar = book.calendar(book.policy((), date(2026, 6, 1)))
    answers = {day: calendar.workday(date(2027, 1, day)) for day in (1, 2, 3, 4)}
    assert answers == {1: (False, False), 2: (True, False), 3: (False, False), 4: (True, False)}
    after = desk.contents()
    assert told(desk, *lines, apply=True).lines[-1] == "Nothing to change."
    assert desk.contents() == after


def test_a_day_to_come_is_corrected_and_every_process_is_told(desk: Desk) -> None:
    with session_for(desk.engine, writes=False) as session:
        version = load(session).version
    said = told(desk, "2026-12-31,holiday,,0", apply=True)
    assert said.about("~") == ["line 2 ~ 2026-12-31 workday → restday"]
    with session_for(desk.engine, writes=False) as session:
        assert load(session).version != version
    days = select(CalendarDay.kind, CalendarDay.source).where(CalendarDay.day == date(2026, 12, 31))
    assert desk.rows(days) == [("restday", "days.csv")]


def test_excel_dates_are_dates(desk: Desk) -> None:
    rows = [HEAD.split(","), [date(2027, 1, 1), "holiday", "New Year's Day", 0]]
    assert desk.run("calendar", desk.xlsx("days.xlsx", rows)).text == told(desk, GOOD).text


def test_days_that_the_file_does_not_name_are_kept(desk: Desk) -> None:
    before = desk.rows(select(func.count()).select_from(CalendarDay))
    told(desk, "2026-12-31,holiday,,0", apply=True)
    assert desk.rows(select(func.count()).select_from(CalendarDay)) == before
