"""What a moved deadline means for a ticket: late now, late no more, or neither."""

import pytest

from reporter.domain.lifecycle import ClockKind
from reporter.domain.recomputing import Shift, is_rework
from reporter.domain.working_time import Limit, Unit
from tests.domain.calendars import beijing

NOW = beijing("2026-09-07 12:00")
LIMIT = Limit(4, Unit.WORK_HOUR)


@pytest.mark.parametrize(
    ("before", "after", "stopped", "becomes", "ceases"),
    [
        ("11:00", "13:00", None, False, True),
        ("13:00", "11:00", None, True, False),
        ("13:00", "12:00", None, False, False),  # equality is on time
        ("10:00", "11:00", None, False, False),  # late as before
        ("13:00", "14:00", None, False, False),
        ("10:00", "11:00", "10:30", False, True),  # was done at half past ten
        ("11:00", "10:00", "10:30", True, False),
        (None, None, None, False, False),  # paused
    ],
)
def test_a_shift_says_who_becomes_late(
    before: str | None, after: str | None, stopped: str | None, becomes: bool, ceases: bool
) -> None:
    at = [beijing(f"2026-09-07 {moment}") if moment else None for moment in (before, after, stopped)]
    shift = Shift(ClockKind.RESOLVE, LIMIT, LIMIT, *at)
    assert (shift.becomes_overdue(NOW), shift.ceases_overdue(NOW), shift.moves) == (becomes, ceases, before != after)


def test_another_limit_is_a_difference_also_while_the_clock_is_paused() -> None:
    assert Shift(ClockKind.RESOLVE, LIMIT, Limit(5, Unit.WORK_HOUR), None, None, None).moves


@pytest.mark.parametrize(
    ("kind", "started", "rework"),
    [
        (ClockKind.RESOLVE, "09:00", False),  # counts from the report
        (ClockKind.RESOLVE, "15:00", True),  # not verified, or reopened
        (ClockKind.RESPONSE, "15:00", False),  # the next holder's, with the whole limit
    ],
)
def test_what_began_later_than_the_report_is_rework(kind: ClockKind, started: str, rework: bool) -> None:
    assert is_rework(kind, beijing(f"2026-09-07 {started}"), beijing("2026-09-07 09:00")) is rework
