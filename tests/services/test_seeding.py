"""The seed files: loading twice is loading once, and every number in them can be read."""

from collections import Counter
from datetime import date, datetime, timedelta

import chinese_calendar
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from reporter.db import session_for
from reporter.domain.lifecycle import ClockKind
from reporter.domain.rulebook import Rulebook
from reporter.domain.working_time import Limit, Unit, deadline
from reporter.models import catalogue as tables
from reporter.models.areas import Area, CodeRule, DepartmentDuty, LadderStep
from reporter.queries.rulebook import load
from reporter.services import seeding
from tests.service import BEIJING, beijing
from tests.world import SINCE, XIMA

TODAY = date(2026, 6, 1)
TIMED = (ClockKind.RESPONSE, ClockKind.RESOLVE)
SEEDED = (
    tables.Category,
    tables.Condition,
    tables.ConditionLimit,
    tables.EmergencyWord,
    tables.EmergencyPrompt,
    tables.PolicyValue,
    tables.CalendarDay,
    CodeRule,
    LadderStep,
    DepartmentDuty,
)


def contents(session: Session) -> dict[str, Counter[str]]:
    """Every row of every seeded table, as text."""
    session.flush()
    return {
        table.__tablename__: Counter(str(tuple(row)) for row in session.execute(select(*table.__table__.c)))
        for table in SEEDED
    }


def book_of(engine: Engine) -> Rulebook:
    with session_for(engine, writes=False) as session:
        return load(session)


def test_loading_twice_changes_nothing(engine: Engine) -> None:
    policy = seeding.read("policy.json")
    with session_for(engine, writes=True) as session:
        before = contents(session)
        seeding.seed_rules(session, TODAY)
        seeding.load_policies(session, policy["policies"], SINCE)
        seeding.load_local_limits(session, policy["limits"], SINCE)
        assert contents(session) == before


def test_loading_in_another_year_changes_nothing_that_is_there(engine: Engine) -> None:
    with session_for(engine, writes=True) as session:
        before = contents(session)
        seeding.seed_rules(session, TODAY.replace(year=2028))
        after = contents(session)
    assert after == before


def test_what_an_administrator_changed_survives_the_next_loading(engine: Engine) -> None:
    with session_for(engine, writes=True) as session:
        key = tables.PolicyValue.key == "snap_m"
        session.scalars(select(tables.PolicyValue).where(key)).one().value = 123
        seeding.seed_rules(session, TODAY)
        assert session.scalars(select(tables.PolicyValue.value).where(key)).all() == [123]


def test_every_condition_has_readable_limits_with_a_source_and_their_deadlines_can_be_counted(engine: Engine) -> None:
    book = book_of(engine)
    calendar = book.calendar(book.policy((), TODAY))
    conditions = [(category, condition) for category in book.categories for condition in category.conditions]
    assert len(conditions) > 200
    for category, condition in conditions:
        for kind in TIMED:
            row = book.limit(condition, kind, (), TODAY)
            assert row.source, (category.code, condition.no, kind)
            end = deadline(beijing("2026-09-11 15:00"), row.limit, calendar).at
            assert end > beijing("2026-09-11 15:00"), (category.code, condition.no, kind)


def test_a_condition_of_severity_four_is_answered_and_solved_without_waiting_for_office_hours(engine: Engine) -> None:
    waiting = {Unit.WORK_HOUR, Unit.WORK_DAY}
    book = book_of(engine)
    for category in book.categories:
        for condition in category.conditions:
            units = {book.limit(condition, kind, (), TODAY).limit.unit for kind in TIMED}
            assert condition.severity < 4 or not units & waiting, (category.code, condition.no)


def test_the_calendar_is_that_of_chinesecalendar_day_by_day(engine: Engine) -> None:
    with session_for(engine, writes=False) as session:
        stored = {row.day: row.kind for row in session.scalars(select(tables.CalendarDay))}
    days = [SINCE + timedelta(days=count) for count in range((date(2026, 12, 31) - SINCE).days + 1)]
    assert sorted(stored) == days
    for day in days:
        assert (stored[day] == "workday") is chinese_calendar.is_workday(day), day


def test_a_year_nobody_has_published_counts_monday_to_friday_and_says_so(engine: Engine) -> None:
    book = book_of(engine)
    calendar = book.calendar(book.policy((), TODAY))
    table = [
        (date(2026, 12, 31), (True, False)),  # Thursday, published
        (date(2027, 1, 1), (True, True)),  # New Year's Day will be free, but nobody said so yet
        (date(2027, 1, 2), (False, True)),  # Saturday
    ]
    for day, expected in table:
        assert calendar.workday(day) == expected, day
    over_new_year = deadline(datetime(2026, 12, 31, 17, tzinfo=BEIJING), Limit(2, Unit.WORK_HOUR), calendar)
    assert over_new_year.provisional


def test_the_street_with_other_limits_has_them_and_nobody_else(engine: Engine) -> None:
    with session_for(engine, writes=False) as session:
        book = load(session)
        here = [session.scalars(select(Area.id).where(Area.code == XIMA)).one()]
    lamp = book.category("LL0107", TODAY).conditions[0]
    assert book.limit(lamp, ClockKind.RESOLVE, here, TODAY).limit == Limit(1, Unit.WORK_DAY)
    assert book.limit(lamp, ClockKind.RESOLVE, (), TODAY).limit == Limit(2, Unit.WORK_DAY)


def test_loading_tells_every_process_that_its_rulebook_is_old(engine: Engine) -> None:
    before = book_of(engine).version
    with session_for(engine, writes=True) as session:
        seeding.touch(session, "policy")
    assert book_of(engine).version != before
