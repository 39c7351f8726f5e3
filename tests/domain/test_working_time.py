"""Every vector of domain.md 5.4, days nobody has published yet, the daytime window, and what must always hold.

Local times are Asia/Shanghai. The days are the published ones of 2004–2026; 2027 is not known.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.domain.working_time import (
    Calendar,
    Counting,
    Limit,
    Moment,
    Unit,
    WorkdayMode,
    advance,
    amount,
    counting_of,
    deadline,
    elapsed,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAYS = Path(__file__).parents[2] / ".." / "shared" / "data" / "calendar" / "cn_holidays_2004_2026.csv"


def published_days() -> dict[date, bool]:
    """Monday to Friday of every year covered, changed by the rows of the file."""
    first, beyond = date(2004, 1, 1), date(2027, 1, 1)
    every = (first + timedelta(days=n) for n in range((beyond - first).days))
    days = {day: day.weekday() < 5 for day in every}
    with HOLIDAYS.open(encoding="utf-8", newline="") as rows:
        days |= {date.fromisoformat(row["date"]): row["kind"] == "makeup_workday" for row in csv.DictReader(rows)}
    return days


OFFICE = Calendar(
    days=published_days(),
    version="2026",
    sessions=((time(8), time(12)), (time(14), time(18))),
    daytime=(time(8), time(21)),
    workday_mode=WorkdayMode.ROLLING,
    zone=SHANGHAI,
)
WHOLE_DAY = replace(OFFICE, workday_mode=WorkdayMode.WHOLE_DAY)
ONE_SESSION = replace(OFFICE, sessions=((time(9, 30), time(17)),), daytime=(time(7), time(22, 30)))
ADJOINING = replace(OFFICE, sessions=((time(8), time(12)), (time(12), time(16)), (time(20), time(23))))
BERLIN = replace(OFFICE, zone=ZoneInfo("Europe/Berlin"))  # the clock changes twice a year
NIGHT_SHIFT = replace(BERLIN, sessions=((time(1), time(2, 30)), (time(3), time(5))))  # and loses an hour of work
HONOLULU = replace(OFFICE, zone=ZoneInfo("Pacific/Honolulu"))  # in the afternoon UTC has tomorrow's date
EVERY_CALENDAR = [OFFICE, WHOLE_DAY, ONE_SESSION, ADJOINING, BERLIN, NIGHT_SHIFT, HONOLULU]


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)


def sure(local: str) -> Moment:
    return Moment(at(local).astimezone(UTC), provisional=False)


def guessed(local: str) -> Moment:
    return Moment(at(local).astimezone(UTC), provisional=True)


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_calendar_of_these_tests_is_the_published_one(year: int, working_days: int) -> None:
    assert sum(works for day, works in OFFICE.days.items() if day.year == year) == working_days


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-09-07 09:00", 4, "2026-09-07 15:00"),  # Mon: lunch break
        ("2026-09-07 10:30", 4, "2026-09-07 16:30"),  # Mon: lunch break
        ("2026-09-07 12:30", 2, "2026-09-07 16:00"),  # Mon: start in the break
        ("2026-09-07 17:00", 4, "2026-09-08 11:00"),  # Mon → Tue: overnight
        ("2026-09-07 23:15", 4, "2026-09-08 12:00"),  # start at night; ends exactly at session end
        ("2026-09-07 12:00", 1, "2026-09-07 15:00"),  # start at session end
        ("2026-09-07 18:00", 1, "2026-09-08 09:00"),  # start at day end
        ("2026-09-11 18:00", 1, "2026-09-14 09:00"),  # Fri → Mon: weekend
        ("2026-09-12 10:00", 2, "2026-09-14 10:00"),  # Sat: start on a rest day
        ("2026-09-20 09:00", 4, "2026-09-20 15:00"),  # make-up Sunday works
        ("2026-09-30 17:00", 4, "2026-10-08 11:00"),  # Wed → Thu: National Day
        ("2026-10-03 11:00", 4, "2026-10-08 12:00"),  # Sat: start in the holiday
        ("2026-02-13 17:30", 4, "2026-02-14 11:30"),  # Fri → make-up Saturday
        ("2026-02-14 16:00", 4, "2026-02-24 10:00"),  # make-up Saturday → Spring Festival → Tue
        ("2026-05-08 17:00", 8, "2026-05-09 17:00"),  # Fri → make-up Saturday
        ("2026-01-04 08:00", 8, "2026-01-04 18:00"),  # full make-up Sunday
    ],
)
def test_work_hours_run_in_sessions_only(start: str, hours: int, due: str) -> None:
    assert deadline(at(start), Limit(hours, Unit.WORK_HOUR), OFFICE) == sure(due)


@pytest.mark.parametrize(
    ("start", "days", "rolling", "whole_day"),
    [
        ("2026-09-07 09:00", 1, "2026-09-08 09:00", "2026-09-08 18:00"),  # Mon
        ("2026-09-07 15:00", 1, "2026-09-08 15:00", "2026-09-08 18:00"),  # Mon, afternoon
        ("2026-09-11 15:00", 2, "2026-09-15 15:00", "2026-09-15 18:00"),  # Fri: weekend
        ("2026-09-30 15:00", 2, "2026-10-09 15:00", "2026-10-09 18:00"),  # Wed: National Day
        ("2026-10-08 10:00", 3, "2026-10-12 10:00", "2026-10-12 18:00"),  # Thu: Fri, make-up Saturday, Mon
        ("2026-02-13 15:00", 2, "2026-02-24 15:00", "2026-02-24 18:00"),  # Fri: make-up Saturday, Spring Festival
        ("2026-09-24 16:00", 1, "2026-09-28 16:00", "2026-09-28 18:00"),  # Thu: Mid-autumn
        ("2026-04-03 09:00", 5, "2026-04-13 09:00", "2026-04-13 18:00"),  # Fri: Tomb-sweeping
    ],
)
def test_work_days_roll_or_end_with_the_day(start: str, days: int, rolling: str, whole_day: str) -> None:
    assert deadline(at(start), Limit(days, Unit.WORK_DAY), OFFICE) == sure(rolling)
    assert deadline(at(start), Limit(days, Unit.WORK_DAY), WHOLE_DAY) == sure(whole_day)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-11 23:59", 1, "2026-09-14 18:00"),  # Fri night: the start day is not counted, Mon is
        ("2026-09-12 10:00", 1, "2026-09-14 18:00"),  # Sat: a rest day as start day
        ("2026-09-07 00:00", 1, "2026-09-08 18:00"),  # midnight belongs to the day that begins
        ("2026-09-07 18:00", 1, "2026-09-08 18:00"),  # a start at session end stays a start on that day
    ],
)
def test_whole_days_leave_out_the_start_day(start: str, days: int, due: str) -> None:
    assert deadline(at(start), Limit(days, Unit.WORK_DAY), WHOLE_DAY) == sure(due)


def test_whole_days_change_no_other_unit() -> None:
    assert deadline(at("2026-09-07 09:00"), Limit(4, Unit.WORK_HOUR), WHOLE_DAY) == sure("2026-09-07 15:00")


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-10-03 23:30", Limit(2, Unit.URGENT_HOUR), "2026-10-04 01:30"),  # holiday night
        ("2026-10-03 21:40", Limit(30, Unit.URGENT_MINUTE), "2026-10-03 22:10"),  # the missing cover: response
        ("2026-10-03 21:40", Limit(2, Unit.URGENT_HOUR), "2026-10-03 23:40"),  # the missing cover: resolve
        ("2026-09-11 18:00", Limit(3, Unit.NATURAL_DAY), "2026-09-14 18:00"),  # over a weekend
        ("2026-12-31 23:00", Limit(15, Unit.NATURAL_DAY), "2027-01-15 23:00"),  # into a year nobody has published
    ],
)
def test_urgent_and_natural_units_run_without_a_break(start: str, limit: Limit, due: str) -> None:
    assert deadline(at(start), limit, OFFICE) == sure(due)


@pytest.mark.parametrize(
    ("start", "end", "counting", "length"),
    [
        ("2026-09-30 17:00", "2026-10-08 09:00", Counting.WORKING, timedelta(hours=2)),  # over National Day
        ("2026-09-11 17:00", "2026-09-14 09:30", Counting.WORKING, timedelta(hours=2.5)),  # over a weekend
        ("2026-09-07 12:10", "2026-09-07 13:50", Counting.WORKING, timedelta()),  # inside the break
        ("2026-09-07 11:00", "2026-09-07 15:00", Counting.WORKING, timedelta(hours=2)),  # across the break
        ("2026-09-12 08:00", "2026-09-13 18:00", Counting.WORKING, timedelta()),  # a weekend
        ("2026-01-01 00:00", "2027-01-01 00:00", Counting.WORKING, timedelta(hours=248 * 8)),  # 248 working days
        ("2026-09-07 15:00", "2026-09-07 09:00", Counting.WORKING, timedelta()),  # end before start
        ("2026-09-07 09:00", "2026-09-07 09:00", Counting.WORKING, timedelta()),  # no time at all
        ("2026-09-07 20:00", "2026-09-08 09:00", Counting.DAYTIME, timedelta(hours=2)),  # over the night
        ("2026-10-01 00:00", "2026-10-08 00:00", Counting.DAYTIME, timedelta(hours=7 * 13)),  # rest days count
        ("2026-09-08 09:00", "2026-09-07 20:00", Counting.DAYTIME, timedelta()),  # end before start
        ("2026-09-11 17:00", "2026-09-14 09:30", Counting.CONTINUOUS, timedelta(hours=64.5)),  # all of it
        ("2026-09-14 09:30", "2026-09-11 17:00", Counting.CONTINUOUS, timedelta()),  # end before start
    ],
)
def test_elapsed_counts_what_the_clock_counts(start: str, end: str, counting: Counting, length: timedelta) -> None:
    assert elapsed(at(start), at(end), counting, OFFICE) == length


@pytest.mark.parametrize(
    ("start", "limit", "paused", "resumed", "left", "due"),
    [
        # 1 h used of 4
        ("2026-09-07 09:00", 4, "2026-09-07 10:00", "2026-09-08 10:00", 3, "2026-09-08 15:00"),
        # over a weekend, Friday 17:00 to Monday 09:30: wall-clock seconds would leave less than nothing
        ("2026-09-11 16:00", 4, "2026-09-11 17:00", "2026-09-14 09:30", 3, "2026-09-14 14:30"),
        # paused in the break: the morning is used
        ("2026-09-07 09:00", 4, "2026-09-07 13:00", "2026-09-07 14:00", 1, "2026-09-07 15:00"),
        # paused at the very deadline: nothing is left, due at once
        ("2026-09-07 09:00", 4, "2026-09-07 15:00", "2026-09-08 10:00", 0, "2026-09-08 10:00"),
    ],
)
def test_a_pause_is_kept_in_the_same_clock(
    start: str, limit: int, paused: str, resumed: str, left: int, due: str
) -> None:
    total = amount(Limit(limit, Unit.WORK_HOUR), OFFICE)
    used = elapsed(at(start), at(paused), Counting.WORKING, OFFICE)
    assert total - used == timedelta(hours=left)
    assert advance(at(resumed), total - used, Counting.WORKING, OFFICE) == sure(due)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-12-31 17:00", Limit(4, Unit.WORK_HOUR), guessed("2027-01-01 11:00")),  # Fri 1 Jan is taken to work
        ("2026-12-31 17:00", Limit(1, Unit.WORK_HOUR), sure("2026-12-31 18:00")),  # ends while days are known
        ("2026-12-31 18:00", Limit(1, Unit.WORK_HOUR), guessed("2027-01-01 09:00")),  # begins where they end
        ("2026-12-30 18:00", Limit(8, Unit.WORK_HOUR), sure("2026-12-31 18:00")),  # the last known day, whole
        ("2027-01-02 10:00", Limit(1, Unit.WORK_HOUR), guessed("2027-01-04 09:00")),  # Sat may become a make-up day
        ("2026-12-31 09:00", Limit(15, Unit.WORK_DAY), guessed("2027-01-21 09:00")),  # three guessed weeks
        ("2031-05-05 09:00", Limit(1, Unit.WORK_DAY), guessed("2031-05-06 09:00")),  # any later year
        ("1999-12-31 17:00", Limit(4, Unit.WORK_HOUR), guessed("2000-01-03 11:00")),  # any earlier year
        ("2026-12-31 20:50", Limit(15, Unit.URGENT_MINUTE), sure("2026-12-31 21:05")),  # needs no calendar
    ],
)
def test_a_year_nobody_has_published_is_guessed_and_says_so(start: str, limit: Limit, due: Moment) -> None:
    assert deadline(at(start), limit, OFFICE) == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-12-30 09:00", 1, sure("2026-12-31 18:00")),
        ("2026-12-31 09:00", 1, guessed("2027-01-01 18:00")),
        ("2027-01-01 09:00", 2, guessed("2027-01-05 18:00")),  # Fri: Mon, Tue
    ],
)
def test_whole_days_are_guessed_in_the_same_way(start: str, days: int, due: Moment) -> None:
    assert deadline(at(start), Limit(days, Unit.WORK_DAY), WHOLE_DAY) == due


@pytest.mark.parametrize(
    ("start", "limit", "mode", "due"),
    [
        # the clock runs through the unknown day, or tries to
        ("2026-09-08 17:00", Limit(10, Unit.WORK_HOUR), WorkdayMode.ROLLING, guessed("2026-09-10 09:00")),
        ("2026-09-09 17:59", Limit(1, Unit.WORK_HOUR), WorkdayMode.ROLLING, guessed("2026-09-10 08:59")),
        # the hours of the unknown day are over, so nothing depends on it
        ("2026-09-09 18:00", Limit(1, Unit.WORK_HOUR), WorkdayMode.ROLLING, sure("2026-09-10 09:00")),
        ("2026-09-09 22:00", Limit(1, Unit.WORK_HOUR), WorkdayMode.ROLLING, sure("2026-09-10 09:00")),
        # as a counted day, and as a start day, which is not counted anyway
        ("2026-09-08 09:00", Limit(2, Unit.WORK_DAY), WorkdayMode.WHOLE_DAY, guessed("2026-09-10 18:00")),
        ("2026-09-09 09:00", Limit(1, Unit.WORK_DAY), WorkdayMode.WHOLE_DAY, sure("2026-09-10 18:00")),
    ],
)
def test_only_a_result_that_rests_on_an_unknown_day_is_provisional(
    start: str, limit: Limit, mode: WorkdayMode, due: Moment
) -> None:
    known = {day: works for day, works in OFFICE.days.items() if day != date(2026, 9, 9)}
    assert deadline(at(start), limit, replace(OFFICE, days=known, workday_mode=mode)) == due


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2026, 9, 18), (True, False)),  # a Friday
        (date(2026, 9, 19), (False, False)),  # a Saturday
        (date(2026, 9, 20), (True, False)),  # a make-up Sunday
        (date(2026, 10, 1), (False, False)),  # National Day, a Thursday
        (date(2027, 1, 1), (True, True)),  # an unknown Friday
        (date(2027, 1, 2), (False, True)),  # an unknown Saturday
    ],
)
def test_a_day_works_as_published_else_monday_to_friday(day: date, answer: tuple[bool, bool]) -> None:
    assert OFFICE.workday(day) == answer


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-09-07 20:45", Limit(30, Unit.URGENT_MINUTE), "2026-09-08 08:15"),  # over the night
        ("2026-09-07 20:30", Limit(30, Unit.URGENT_MINUTE), "2026-09-07 21:00"),  # ends exactly with the window
        ("2026-09-07 21:00", Limit(30, Unit.URGENT_MINUTE), "2026-09-08 08:30"),  # start at the window's end
        ("2026-09-07 02:00", Limit(30, Unit.URGENT_MINUTE), "2026-09-07 08:30"),  # before the window
        ("2026-09-07 12:30", Limit(30, Unit.URGENT_MINUTE), "2026-09-07 13:00"),  # no lunch break here
        ("2026-09-11 20:45", Limit(30, Unit.URGENT_MINUTE), "2026-09-12 08:15"),  # Fri → Sat: rest days count
        ("2026-10-03 21:40", Limit(30, Unit.URGENT_MINUTE), "2026-10-04 08:30"),  # in the holiday
        ("2026-09-07 20:00", Limit(2, Unit.URGENT_HOUR), "2026-09-08 09:00"),  # an hour on either side
        ("2026-09-07 09:00", Limit(1, Unit.NATURAL_DAY), "2026-09-08 20:00"),  # 24 h: 12 today, 12 tomorrow
        ("2026-12-31 20:50", Limit(15, Unit.URGENT_MINUTE), "2027-01-01 08:05"),  # New Year: nothing to guess
        ("2026-09-07 17:00", Limit(4, Unit.WORK_HOUR), "2026-09-08 11:00"),  # work units keep their sessions
    ],
)
def test_a_daytime_clock_sleeps_at_night_but_not_on_rest_days(start: str, limit: Limit, due: str) -> None:
    assert deadline(at(start), limit, OFFICE, daytime_only=True) == sure(due)


@pytest.mark.parametrize(
    ("unit", "by_day", "around_the_clock"),
    [
        (Unit.URGENT_MINUTE, Counting.DAYTIME, Counting.CONTINUOUS),
        (Unit.URGENT_HOUR, Counting.DAYTIME, Counting.CONTINUOUS),
        (Unit.WORK_HOUR, Counting.WORKING, Counting.WORKING),
        (Unit.WORK_DAY, Counting.WORKING, Counting.WORKING),
        (Unit.NATURAL_DAY, Counting.DAYTIME, Counting.CONTINUOUS),
    ],
)
def test_the_unit_says_which_time_counts(unit: Unit, by_day: Counting, around_the_clock: Counting) -> None:
    assert counting_of(unit, daytime_only=True) is by_day
    assert counting_of(unit, daytime_only=False) is around_the_clock


@pytest.mark.parametrize(
    ("limit", "calendar", "length"),
    [
        (Limit(30, Unit.URGENT_MINUTE), OFFICE, timedelta(minutes=30)),
        (Limit(2, Unit.URGENT_HOUR), OFFICE, timedelta(hours=2)),
        (Limit(4, Unit.WORK_HOUR), OFFICE, timedelta(hours=4)),
        (Limit(1, Unit.WORK_DAY), OFFICE, timedelta(hours=8)),  # two sessions of four hours
        (Limit(2, Unit.WORK_DAY), ONE_SESSION, timedelta(hours=15)),  # another city's day has 7.5 hours
        (Limit(1, Unit.WORK_DAY), ADJOINING, timedelta(hours=11)),
        (Limit(3, Unit.NATURAL_DAY), OFFICE, timedelta(hours=72)),
    ],
)
def test_amount_is_the_clock_time_of_a_limit(limit: Limit, calendar: Calendar, length: timedelta) -> None:
    assert amount(limit, calendar) == length


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        # Shanghai put the clock forward on 1986-05-04 at 02:00 and back on 1986-09-14
        ("1986-05-03T23:00+08:00", Limit(6, Unit.URGENT_HOUR), "1986-05-04T06:00+09:00"),  # six real hours
        ("1986-05-02T17:00+08:00", Limit(2, Unit.WORK_HOUR), "1986-05-05T09:00+09:00"),  # sessions in local time
        ("1986-09-12T17:00+09:00", Limit(2, Unit.WORK_HOUR), "1986-09-15T09:00+08:00"),
        ("1986-05-02T15:00+08:00", Limit(1, Unit.WORK_DAY), "1986-05-05T15:00+09:00"),
    ],
)
def test_the_summer_time_of_1986_moves_sessions_not_hours(start: str, limit: Limit, due: str) -> None:
    assert deadline(datetime.fromisoformat(start), limit, OFFICE).at == datetime.fromisoformat(due)


def test_an_hour_that_the_clock_skips_is_not_counted_twice() -> None:
    # Berlin, 2026-03-29: 02:00 becomes 03:00, so the shifts 01:00–02:30 and 03:00–05:00 are three hours in all
    night = replace(NIGHT_SHIFT, days={date(2026, 3, 29): True})
    begin, end = datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC)
    assert elapsed(begin, end, Counting.WORKING, night) == timedelta(hours=3)
    assert advance(begin, timedelta(hours=3), Counting.WORKING, night).at == end


def test_west_of_greenwich_the_day_is_the_local_one() -> None:
    asked = datetime.fromisoformat("2026-09-07T15:00-10:00")
    assert deadline(asked, Limit(1, Unit.WORK_HOUR), HONOLULU).at == asked + timedelta(hours=1)


def test_local_ends_across_a_change_of_the_clock_are_real_hours_apart() -> None:
    before, after = at("1986-05-03 23:00"), at("1986-05-04 06:00")
    assert elapsed(before, after, Counting.CONTINUOUS, OFFICE) == timedelta(hours=6)


def test_the_answer_is_in_utc_whatever_the_question_was_in() -> None:
    asked = datetime.fromisoformat("2026-09-07T03:00+02:00")  # 09:00 in Shanghai
    for counting in Counting:
        assert advance(asked, timedelta(hours=1), counting, OFFICE) == sure("2026-09-07 10:00")
        assert advance(asked, timedelta(hours=1), counting, OFFICE).at.tzinfo is UTC
        assert advance(asked, timedelta(), counting, OFFICE).at.tzinfo is UTC


@pytest.mark.parametrize("start", ["2026-09-07 12:30", "2026-09-12 10:00", "2027-01-02 03:00"])  # break, rest, guess
@pytest.mark.parametrize("counting", list(Counting))
def test_no_length_is_the_start_itself(start: str, counting: Counting) -> None:
    assert advance(at(start), timedelta(), counting, OFFICE) == sure(start)


@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_is_longer_than_nothing(value: int) -> None:
    with pytest.raises(ValueError):
        Limit(value, Unit.WORK_HOUR)


@pytest.mark.parametrize("counting", list(Counting))
def test_a_negative_length_is_a_fault_of_the_caller(counting: Counting) -> None:
    with pytest.raises(ValueError):
        advance(at("2026-09-07 09:00"), timedelta(microseconds=-1), counting, OFFICE)


def test_a_time_without_its_zone_is_a_fault_of_the_caller() -> None:
    naive, aware = datetime(2026, 9, 7, 9), at("2026-09-07 09:00")
    with pytest.raises(ValueError):
        advance(naive, timedelta(hours=1), Counting.CONTINUOUS, OFFICE)
    with pytest.raises(ValueError):
        elapsed(aware, naive, Counting.CONTINUOUS, OFFICE)
    with pytest.raises(ValueError):
        deadline(naive, Limit(1, Unit.WORK_DAY), WHOLE_DAY)


@pytest.mark.parametrize(
    "sessions",
    [
        (),  # no hour ever counts
        ((time(8), time(8)),),  # nor here
        ((time(18), time(8)),),  # over midnight
        ((time(14), time(18)), (time(8), time(12))),  # not in order
        ((time(8), time(12)), (time(11), time(18))),  # an hour twice
    ],
)
def test_sessions_that_would_never_end_a_clock_are_refused(sessions: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError):
        replace(OFFICE, sessions=sessions)


def test_a_daytime_over_midnight_is_refused() -> None:
    with pytest.raises(ValueError):
        replace(OFFICE, daytime=(time(21), time(8)))


# What must always hold. Any year from 1950 on, lengths up to 120 hours, seven kinds of hours.
calendars = st.sampled_from(EVERY_CALENDAR)
countings = st.sampled_from(Counting)
starts = st.one_of(
    st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 3, 1), timezones=st.just(SHANGHAI)),
    # on the hour, where sessions begin and end
    st.integers(0, 10_000).map(lambda hour: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)),
)
lengths = st.one_of(
    st.timedeltas(timedelta(), timedelta(hours=120)),
    st.integers(0, 120).map(lambda hours: timedelta(hours=hours)),
)
limits = st.builds(Limit, st.integers(1, 15), st.sampled_from(Unit))
many = settings(deadline=None, max_examples=200)


@many
@given(starts, lengths, countings, calendars)
def test_what_was_added_has_elapsed(start: datetime, length: timedelta, counting: Counting, hours: Calendar) -> None:
    assert elapsed(start, advance(start, length, counting, hours).at, counting, hours) == length


@many
@given(starts, lengths, lengths, countings, calendars)
def test_in_two_steps_is_as_in_one(
    start: datetime, first: timedelta, second: timedelta, counting: Counting, hours: Calendar
) -> None:
    half = advance(start, first, counting, hours)
    whole = advance(half.at, second, counting, hours)
    direct = advance(start, first + second, counting, hours)
    assert whole.at == direct.at
    assert (half.provisional or whole.provisional) == direct.provisional


@many
@given(starts, lengths, lengths, countings, calendars)
def test_a_longer_limit_is_due_later(
    start: datetime, one: timedelta, other: timedelta, counting: Counting, hours: Calendar
) -> None:
    shorter, longer = sorted([one, other])
    early, late = (advance(start, length, counting, hours) for length in (shorter, longer))
    assert start <= early.at <= late.at
    assert late.at - early.at >= longer - shorter


@many
@given(starts, st.timedeltas(timedelta(), timedelta(days=40)), lengths, countings, calendars)
def test_a_later_start_is_not_due_earlier(
    start: datetime, later: timedelta, length: timedelta, counting: Counting, hours: Calendar
) -> None:
    assert advance(start, length, counting, hours).at <= advance(start + later, length, counting, hours).at


@many
@given(st.lists(starts, min_size=3, max_size=3), countings, calendars)
def test_elapsed_adds_up_at_any_cut(moments: list[datetime], counting: Counting, hours: Calendar) -> None:
    first, cut, last = sorted(near(moments))
    parts = sum((elapsed(a, b, counting, hours) for a, b in pairwise((first, cut, last))), timedelta())
    assert parts == elapsed(first, last, counting, hours)
    assert elapsed(last, first, counting, hours) == timedelta()


def near(moments: list[datetime]) -> Iterator[datetime]:
    """The same hours of day, all within a few weeks of the first."""
    for moment in moments:
        yield moments[0] + (moment - moments[0]) % timedelta(days=40)


@many
@given(starts, st.timedeltas(timedelta(), timedelta(days=40)), calendars)
def test_no_clock_runs_faster_than_time(start: datetime, length: timedelta, hours: Calendar) -> None:
    counted = [elapsed(start, start + length, counting, hours) for counting in Counting]
    assert all(timedelta() <= one <= length for one in counted)


@many
@given(starts, limits, st.booleans(), calendars)
def test_any_limit_in_any_year_has_a_deadline_after_its_start(
    start: datetime, limit: Limit, daytime_only: bool, hours: Calendar
) -> None:
    due = deadline(start, limit, hours, daytime_only)
    assert due.at > start
    assert due.at.tzinfo is UTC
    assert due.at - start < timedelta(days=60)


@many
@given(starts, st.integers(1, 120))
def test_a_work_deadline_falls_into_a_session_of_a_working_day(start: datetime, hours: int) -> None:
    local = deadline(start, Limit(hours, Unit.WORK_HOUR), OFFICE).at.astimezone(SHANGHAI)
    assert OFFICE.workday(local.date())[0]
    assert any(begin < local.time() <= end for begin, end in OFFICE.sessions)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 600_000), st.integers(0, 4_000), st.sampled_from([OFFICE, ONE_SESSION, ADJOINING]))
def test_elapsed_is_what_counting_minute_by_minute_gives(start: int, length: int, hours: Calendar) -> None:
    minutes = [datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=start + n) for n in range(length + 1)]
    counted = [
        minute
        for minute in minutes[:-1]
        if hours.workday(minute.date())[0] and any(a <= minute.time() < b for a, b in hours.sessions)
    ]
    assert elapsed(minutes[0], minutes[-1], Counting.WORKING, hours) == timedelta(minutes=len(counted))
