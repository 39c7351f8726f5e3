"""Clocks derived from their events: the vectors of ``domain.md`` 5.4, pauses, extensions, marks."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter.domain import sla
from reporter.domain.areas import Level
from reporter.domain.lifecycle import ClockKind
from reporter.domain.sla import ClockEvent, Mark, Terms, Tick
from reporter.domain.working_time import Limit, Unit, WorkdayMode, advance, elapsed
from tests.domain.calendars import beijing, calendar, policy

WORK_HOURS_4 = Terms(Limit(4, Unit.WORK_HOUR))


def events(*told: tuple[str, str] | tuple[str, str, Limit]) -> list[ClockEvent]:
    """``("started", "2026-09-07 09:00")`` and so on."""
    return [ClockEvent(Tick(one[0]), beijing(one[1]), one[2] if len(one) == 3 else None) for one in told]


@pytest.mark.parametrize(
    ("terms", "told", "due"),
    [
        # domain.md 5.4: paused an hour in, resumed the next day at ten, three hours left
        (WORK_HOURS_4, [("started", "2026-09-07 09:00"), ("paused", "2026-09-07 10:00"),
                        ("resumed", "2026-09-08 10:00")], "2026-09-08 15:00"),
        # domain.md 12.3 no. 7: over a weekend, the remaining time is exact in working clock
        (WORK_HOURS_4, [("started", "2026-09-11 16:00"), ("paused", "2026-09-11 17:00"),
                        ("resumed", "2026-09-14 09:30")], "2026-09-14 14:30"),
        # two pauses
        (WORK_HOURS_4, [("started", "2026-09-07 08:00"), ("paused", "2026-09-07 09:00"),
                        ("resumed", "2026-09-07 10:00"), ("paused", "2026-09-07 11:00"),
                        ("resumed", "2026-09-07 15:00")], "2026-09-07 17:00"),
        # an extension adds its own length
        (WORK_HOURS_4, [("started", "2026-09-07 09:00"), ("extended", "2026-09-07 10:00", Limit(4, Unit.WORK_HOUR))],
         "2026-09-08 09:00"),
        # the peers' fault: an extension must survive a later pause
        (WORK_HOURS_4, [("started", "2026-09-07 09:00"), ("extended", "2026-09-07 10:00", Limit(4, Unit.WORK_HOUR)),
                        ("paused", "2026-09-07 11:00"), ("resumed", "2026-09-08 09:00")], "2026-09-08 17:00"),
        # the peers' other fault: sixteen hours of night in a pause are not sixteen working hours
        (Terms(Limit(2, Unit.WORK_DAY)), [("started", "2026-09-07 17:00"), ("paused", "2026-09-07 18:00"),
                                          ("resumed", "2026-09-08 10:00")], "2026-09-10 09:00"),
        # late before the pause is late after it
        (WORK_HOURS_4, [("started", "2026-09-07 08:00"), ("paused", "2026-09-07 15:00"),
                        ("resumed", "2026-09-08 15:00")], "2026-09-07 12:00"),
        # continuous time does not know weekends
        (Terms(Limit(2, Unit.URGENT_HOUR)), [("started", "2026-10-03 21:40")], "2026-10-03 23:40"),
        # volunteers are not timed at night: fifteen minutes before nine, the rest from eight
        (Terms(Limit(30, Unit.URGENT_MINUTE), daytime_only=True), [("started", "2026-09-07 20:45")],
         "2026-09-08 08:15"),
    ],
)  # fmt: skip
def test_the_deadline_follows_from_the_events(terms: Terms, told: list[tuple[str, str]], due: str) -> None:
    reading = sla.replay(terms, events(*told), calendar())

    assert reading.due_at == beijing(due)


def test_a_paused_clock_has_no_deadline_and_keeps_what_is_left() -> None:
    reading = sla.replay(
        WORK_HOURS_4, events(("started", "2026-09-07 09:00"), ("paused", "2026-09-07 10:00")), calendar()
    )

    assert reading.due_at is None
    assert not reading.running
    assert reading.left == timedelta(hours=3)


def test_new_year_is_provisional_and_no_crash() -> None:
    reading = sla.replay(WORK_HOURS_4, events(("started", "2026-12-31 17:00")), calendar())

    assert reading.provisional
    assert reading.due_at == beijing("2027-01-01 11:00")  # Monday to Friday, until somebody knows better


def test_a_whole_day_limit_ends_with_the_last_session() -> None:
    reading = sla.replay(
        Terms(Limit(2, Unit.WORK_DAY)), events(("started", "2026-09-11 15:00")), calendar(WorkdayMode.WHOLE_DAY)
    )

    assert reading.due_at == beijing("2026-09-15 18:00")


@pytest.mark.parametrize(
    ("kind", "terms", "start", "expected"),
    [
        # four working hours over the lunch break: half after two, eighty percent after 3 h 12 min
        (ClockKind.RESOLVE, WORK_HOURS_4, "2026-09-07 10:00",
         {"reminder": "2026-09-07 12:00", "at_risk": "2026-09-07 15:12", "overdue": "2026-09-07 16:00"}),
        # over National Day the reminder waits for the next working hour
        (ClockKind.RESOLVE, Terms(Limit(2, Unit.WORK_DAY)), "2026-09-30 16:00",
         {"reminder": "2026-10-08 16:00", "at_risk": "2026-10-09 10:48", "overdue": "2026-10-09 16:00"}),
        # two hours by night
        (ClockKind.RESOLVE, Terms(Limit(2, Unit.URGENT_HOUR)), "2026-10-03 21:40",
         {"reminder": "2026-10-03 22:40", "at_risk": "2026-10-03 23:16", "overdue": "2026-10-03 23:40"}),
        # only the resolve clock reminds
        (ClockKind.RESPONSE, Terms(Limit(30, Unit.URGENT_MINUTE)), "2026-10-03 21:40", {"overdue": "2026-10-03 22:10"}),
    ],
)  # fmt: skip
def test_marks_fall_in_the_clocks_own_time(kind: ClockKind, terms: Terms, start: str, expected: dict[str, str]) -> None:
    reading = sla.replay(terms, events(("started", start)), calendar())

    found = sla.marks(kind, terms, reading, policy(), calendar())

    assert found == {Mark(name): beijing(at) for name, at in expected.items()}
    assert list(found) == [mark for mark in Mark if mark in found], "in their order"


@pytest.mark.parametrize(
    ("kind", "level", "severity", "daytime_only"),
    [
        (ClockKind.RESPONSE, Level.NEIGHBOURHOOD, 3, True),  # a volunteer, not critical
        (ClockKind.RESPONSE, Level.BUILDING, 1, True),
        (ClockKind.RESPONSE, Level.NEIGHBOURHOOD, 4, False),  # critical breaks the night
        (ClockKind.RESPONSE, Level.GRID, 3, False),  # staff
        (ClockKind.RESPONSE, None, 3, False),  # a department
        (ClockKind.DISPATCH, Level.BUILDING, 2, True),  # a 楼栋长 got it back in the evening
        (ClockKind.DISPATCH, Level.GRID, 2, False),
        (ClockKind.ACCEPT, Level.GRID, 1, False),
        (ClockKind.VERIFY, Level.BUILDING, 1, False),  # asks nobody for an answer
        (ClockKind.RESOLVE, Level.NEIGHBOURHOOD, 3, False),  # the work itself is timed day and night
    ],
)
def test_whose_clock_sleeps_at_night(kind: ClockKind, level: Level | None, severity: int, daytime_only: bool) -> None:
    terms = sla.terms_for(kind, Limit(1, Unit.URGENT_HOUR), level, severity, policy())

    assert terms.daytime_only is daytime_only


@pytest.mark.parametrize(
    ("value", "half"),
    [(4, 2), (1, 1), (5, 3), (30, 15)],  # rounded up to a whole unit, at least one
)
def test_rework_has_half_the_limit(value: int, half: int) -> None:
    assert sla.rework_limit(Limit(value, Unit.WORK_DAY), policy()) == Limit(half, Unit.WORK_DAY)


moments = st.datetimes(datetime(2025, 2, 1), datetime(2026, 11, 1)).map(
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=policy().time_zone)
)
limits = st.builds(Limit, st.integers(1, 10), st.sampled_from(Unit))


@settings(deadline=None)
@given(moments, limits, st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), max_size=4))
def test_pauses_never_take_or_give_time(start: datetime, limit: Limit, pauses: list[tuple[int, int]]) -> None:
    terms, told, at = Terms(limit), [ClockEvent(Tick.STARTED, start)], start
    used = timedelta(0)
    for run, rest in pauses:
        paused_at = at + timedelta(minutes=run)
        used += elapsed(at, paused_at, terms.counting, calendar())
        at = paused_at + timedelta(minutes=rest)
        told += [ClockEvent(Tick.PAUSED, paused_at), ClockEvent(Tick.RESUMED, at)]

    reading = sla.replay(terms, told, calendar())

    assert reading.left == reading.total - used
    if reading.left > timedelta(0):
        assert reading.due_at == advance(at, reading.left, terms.counting, calendar()).at
    else:
        assert reading.due_at is not None
        assert reading.due_at <= at, "what was late stays late"


@settings(deadline=None)
@given(moments, limits, st.integers(0, 2000), st.integers(1, 2000))
def test_an_extension_survives_a_pause_in_either_order(start: datetime, limit: Limit, run: int, rest: int) -> None:
    terms, paused_at = Terms(limit), start + timedelta(minutes=run)
    resumed = ClockEvent(Tick.RESUMED, paused_at + timedelta(minutes=rest))
    begun, paused = ClockEvent(Tick.STARTED, start), ClockEvent(Tick.PAUSED, paused_at)
    before = ClockEvent(Tick.EXTENDED, paused_at, limit)
    after = ClockEvent(Tick.EXTENDED, resumed.at, limit)

    first = sla.replay(terms, [begun, before, paused, resumed], calendar())
    last = sla.replay(terms, [begun, paused, resumed, after], calendar())

    assert first.left == last.left
    assert first.due_at == last.due_at or first.left <= timedelta(0)
