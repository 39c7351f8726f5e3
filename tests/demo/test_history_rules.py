"""The parts of a history that need no database: look-up of working time, the curve, points in patches, columns."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from reporter.demo.history import curve
from reporter.demo.history.filings import inside
from reporter.demo.history.layouts import LAYOUTS, Layout
from reporter.demo.history.timetable import Timetable, length_of, micros, moment_of
from reporter.demo.history.writer import copy_lines
from reporter.domain import working_time
from reporter.domain.working_time import Counting, Limit, Unit, WorkdayMode
from reporter.replay.tables import UnusableFile
from reporter.services import seeding
from tests.domain.calendars import beijing, calendar

NOW = beijing("2026-10-12 15:30")
FIRST = date(2026, 9, 1)
HABITS = seeding.read("history.json")

# from the makeup days before the holidays of 2025 into 2027, which nobody has published
moments = st.datetimes(datetime(2025, 1, 2), datetime(2027, 3, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
limits = st.builds(Limit, st.integers(1, 20), st.sampled_from(Unit))


@pytest.fixture(scope="module", params=WorkdayMode)
def mode(request: pytest.FixtureRequest) -> WorkdayMode:
    return WorkdayMode(request.param)


@pytest.fixture(scope="module")
def table() -> Timetable:
    return Timetable(calendar(), date(2025, 1, 1), date(2027, 12, 31))


@given(start=moments, limit=limits, daytime_only=st.booleans())
def test_a_looked_up_deadline_is_the_computed_one(
    table: Timetable, mode: WorkdayMode, start: datetime, limit: Limit, daytime_only: bool
) -> None:
    due, provisional = table.deadline(micros(start), limit, mode, daytime_only=daytime_only)
    found = working_time.deadline(start, limit, calendar(mode), daytime_only)
    assert (moment_of(due), provisional) == (found.at, found.provisional)


@given(start=moments, minutes=st.integers(0, 20_000), counting=st.sampled_from(Counting))
def test_looked_up_lengths_are_the_computed_ones(
    table: Timetable, start: datetime, minutes: int, counting: Counting
) -> None:
    length = timedelta(minutes=minutes)
    moment = working_time.advance(start, length, counting, calendar())
    assert table.advance(micros(start), length_of(length), counting) == (micros(moment.at), moment.provisional)
    counted = working_time.elapsed(start, start + length, counting, calendar())
    assert table.elapsed(micros(start), micros(start + length), counting) == length_of(counted)


def planned(tickets: int, seed: int = 1) -> list[curve.Day]:
    shape = curve.default(HABITS)
    return curve.plan(shape, calendar(), FIRST, NOW, tickets, HABITS, lambda chance: [1, 2], seed)


@pytest.mark.parametrize("tickets", [1, 40, 12_345])
def test_every_ticket_has_its_day_and_none_comes_after_the_end(tickets: int) -> None:
    days = planned(tickets)
    assert (len(days), sum(day.count for day in days)) == (42, tickets)
    assert [day.first for day in days] == [sum(day.count for day in days[:index]) for index in range(42)]
    last = curve.arrivals(days[-1], 10, 0.8, 1)
    assert len(last) == days[-1].count
    assert all(beijing("2026-10-12 00:00") <= moment_of(arrival.at) < NOW for arrival in last)


def test_reports_follow_the_hours_and_a_storm_stands_out() -> None:
    days = planned(42_000)
    calm = [day for day in days[:-1] if day.storm is None]
    (stormy,) = [day for day in days if day.storm]
    assert stormy.count > 3 * max(day.count for day in calm)
    assert stormy.storm is not None
    wet = [arrival for arrival in curve.arrivals(stormy, 100, 0.8, 1) if arrival.in_storm]
    assert {arrival.spot for arrival in wet} == {1, 2}
    assert all(stormy.storm.start <= arrival.at <= stormy.storm.end for arrival in wet)
    hours: Counter[int] = Counter()
    for day in calm:
        hours.update(moment_of(arrival.at).astimezone(NOW.tzinfo).hour for arrival in curve.arrivals(day, 10, 0.8, 1))
    assert hours[9] > 10 * hours[3] and hours[9] > hours[12] > hours[22]


def test_the_same_seed_makes_the_same_days_and_another_makes_others() -> None:
    assert planned(500) == planned(500)
    assert planned(500, seed=2) != planned(500)


@pytest.mark.parametrize("wanted", [0, 100, 2_000, 9_000])
def test_about_as_many_stay_open_as_were_asked_for(wanted: int) -> None:
    days = planned(12_000)
    openness = curve.openness(days, micros(NOW), wanted, HABITS)
    ages = [micros(NOW) - arrival.at for day in days for arrival in curve.arrivals(day, 10, 0.8, 1)]
    expected = sum(map(openness.at, ages))
    fresh = sum(age < openness.always for age in ages)
    assert abs(expected - max(wanted, fresh)) <= 0.05 * wanted + 20
    assert openness.at(micros(NOW) - ages[0]) >= 0 and openness.at(0) == 1.0


def test_a_curve_can_be_counted_from_a_file_of_real_arrivals(tmp_path: Path) -> None:
    rows = ["extract,created", "few,2026-06-01 03:00:00"]
    rows += [f"wide,2026-06-0{day} {hour:02}:10:00" for day in range(1, 8) for hour in range(8, 20)]
    rows += [f"all_utc,2026-06-0{day} {hour:02}:10:00" for day in range(1, 8) for hour in range(24)]
    (tmp_path / "arrivals.csv").write_text("\n".join(rows), encoding="utf-8")
    found = curve.counted(tmp_path / "arrivals.csv")
    assert [found.workday[0][hour] for hour in (3, 8, 19, 20)] == [1, 2, 2, 1]
    (tmp_path / "other.csv").write_text("created\n", encoding="utf-8")
    with pytest.raises(UnusableFile):
        curve.counted(tmp_path / "other.csv")


def test_points_lie_inside_a_patch_and_off_its_edge() -> None:
    ring = ((0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (0.0, 3.0), (0.0, 0.0))
    chance = random.Random(1)
    for _ in range(500):
        x, y = inside(ring, chance)
        assert 0 < x < 4 and 0 < y < 3 - x / 2


def test_a_column_with_a_default_is_filled_and_one_without_is_refused() -> None:
    class Later(DeclarativeBase):
        metadata = MetaData()

    class Made(Later):
        __tablename__ = "made"
        id: Mapped[int] = mapped_column(primary_key=True)
        told: Mapped[bool] = mapped_column(default=False)
        tags: Mapped[list[str]] = mapped_column(JSON, default=list)
        note: Mapped[str | None]

    layout = Layout(Made, ("id",))  # type: ignore[arg-type]
    assert (layout.columns, layout.constants) == (("id", "told", "tags"), (0, "[]"))

    class Needed(Later):
        __tablename__ = "needed"
        id: Mapped[int] = mapped_column(primary_key=True)
        weight: Mapped[int]

    with pytest.raises(TypeError, match=r"needed\.weight"):
        Layout(Needed, ("id",))  # type: ignore[arg-type]


def test_copy_keeps_what_would_end_a_field() -> None:
    row = (1, 2, "a\tb", "c\\d\ne", None, "2026-01-01")
    width = len(LAYOUTS["rating"].columns)
    assert copy_lines("rating", [row][:1]) == b"1\t2\ta\\tb\tc\\\\d\\ne\t\\N\t2026-01-01\n"
    assert width == len(row)
