"""Deadlines move by command only: what counts until then, what the command writes, and that it does so once."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from reporter.db import session_for
from reporter.domain.areas import Level
from reporter.models.calendars import CalendarChange, ClockRecompute
from reporter.models.catalogue import PolicyValue
from reporter.models.clocks import Clock
from reporter.models.tickets import Hop, Ticket
from reporter.services import clocks as reading
from reporter.services import seeding
from tests.service import Service, beijing
from tests.services import mortal
from tests.services.almanac import NEW_YEAR, clocks, publish, shorten
from tests.services.inside import count, kinds, multiply, one, rows
from tests.services.mortal import Death
from tests.world import AT_HOME, AT_XIMA_HOME, HOME, JIANGAN, NANHU, XIMA_HOME

AT_ELEVEN = "2027-01-01T03:00:00Z"  # as Monday to Friday would have it
ON_MONDAY = "2027-01-04T03:00:00Z"


def over_new_year(service: Service) -> str:
    """Taken on New Year's Eve at five, with four working hours."""
    service.at("2026-12-31 17:00")
    number = str(service.as_("rider").report(AT_HOME, category="LL0305", condition=1)["number"])
    service.seat(HOME).did(number, "take")
    return number


def settle(service: Service) -> None:
    while sum(service.work().values()):
        continue


def test_a_published_holiday_does_not_keep_a_ticket_from_its_promised_deadline(
    service: Service, tmp_path: Path
) -> None:
    number = over_new_year(service)
    service.at("2026-12-31 19:00")
    publish(service, tmp_path, *NEW_YEAR)
    service.at("2027-01-01 11:00")
    settle(service)
    assert kinds(service, number)["became_overdue"] == 0, "eleven itself is on time"
    service.at("2027-01-01 11:01")
    settle(service)
    assert kinds(service, number)["became_overdue"] == 1
    assert one(service, select(Ticket.overdue_at)) == beijing("2027-01-01 11:00")


def test_a_stored_deadline_is_what_its_events_and_its_calendar_give(service: Service, tmp_path: Path) -> None:
    over_new_year(service)
    service.at("2026-12-31 19:00")
    publish(service, tmp_path, *NEW_YEAR)
    over_new_year(service)  # another, with the new calendar
    publish(service, tmp_path, "2027-01-04,holiday,one more")
    with service.house.works.open(writes=False) as uow:
        for ticket in uow.session.scalars(select(Ticket)).all():
            for clock in uow.session.scalars(select(Clock).where(Clock.ticket_id == ticket.id)).all():
                found = reading.read(uow, ticket, clock)
                assert (found.due_at, found.provisional) == (clock.due_at, clock.provisional)
    assert len(set(rows(service, select(Clock.calendar_version)))) == 2
    assert count(service, CalendarChange, CalendarChange.before.is_not(None)) == 1


def test_a_clock_that_is_older_than_the_rules_is_read_with_the_first_of_them(service: Service) -> None:
    number = over_new_year(service)
    with session_for(service.engine, writes=True) as session:
        session.execute(update(PolicyValue).values(valid_from=date(2027, 1, 1)))
        seeding.touch(session, "policy")
    service.at("2027-01-01 11:01")
    settle(service)
    assert kinds(service, number)["became_overdue"] == 1
    assert rows(service, select(Clock.last_error).where(Clock.last_error.is_not(None))) == []


def test_what_was_late_only_by_the_old_calendar_is_late_no_more_and_may_be_again(
    service: Service, tmp_path: Path
) -> None:
    number = over_new_year(service)
    service.at("2027-01-01 12:00")
    settle(service)
    charged = select(Hop.level).where(Hop.overdue_here)
    assert rows(service, charged) == [Level.NEIGHBOURHOOD]
    publish(service, tmp_path, *NEW_YEAR)

    said = clocks(service, "replay")
    assert f"{number}  resolve  2027-01-01 11:00:00 → 2027-01-04 11:00:00  ceases to be overdue" in said
    clocks(service, "recompute", "--why", "the plan came late")
    shown = service.seat(HOME).ticket(number)
    assert (shown["due_at"], shown["overdue"]) == (ON_MONDAY, False)
    assert rows(service, charged) == []
    assert one(service, select(Ticket.overdue_at)) is None
    assert kinds(service, number)["became_overdue"] == 1, "what happened stays written"

    service.at("2027-01-04 11:01")
    settle(service)
    assert kinds(service, number)["became_overdue"] == 2
    assert rows(service, charged) == [Level.NEIGHBOURHOOD]


def test_a_shorter_limit_is_charged_to_whoever_had_the_ball_when_it_ran_out(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = service.as_("rider").report(AT_HOME, category="LL0305", condition=1)["number"]
    service.at("2026-09-07 11:00")
    service.seat(HOME).did(number, "escalate", reason="调解不了")
    shorten(service, "LL0305", NANHU, 1, "work_hour")
    service.at("2026-09-07 11:30")
    settle(service)
    assert kinds(service, number)["became_overdue"] == 0, "nothing moves by itself"

    said = clocks(service, "replay", "--area", NANHU)
    moves = f"{number}  resolve  2026-09-07 15:00:00 → 2026-09-07 10:00:00  4 work_hour → 1 work_hour  becomes overdue"
    assert moves in said
    clocks(service, "recompute", "--why", "a shorter limit", "--area", NANHU)
    settle(service)
    assert kinds(service, number)["became_overdue"] == 1
    assert rows(service, select(Hop.level).where(Hop.overdue_here)) == [Level.NEIGHBOURHOOD]
    assert one(service, select(Ticket.overdue_at)) == beijing("2026-09-07 10:00")


def test_the_replay_looks_at_ended_tickets_and_the_command_leaves_them_alone(service: Service) -> None:
    number = over_new_year(service)
    home = service.seat(HOME)
    home.did(number, "solve", note="调解好了", photo_ids=[home.photo()])
    before = home.ticket(number)
    shorten(service, "LL0305", NANHU, 8, "work_hour")
    said = clocks(service, "replay")
    assert [line for line in said if line.startswith(f"{number}  resolve") and line.endswith("(stopped)")]
    clocks(service, "recompute", "--why", "a longer limit")
    assert home.ticket(number) == before


def test_only_the_area_that_was_named_is_moved(service: Service, tmp_path: Path) -> None:
    number = over_new_year(service)
    other = service.as_("rider").report(AT_XIMA_HOME, category="LL0305", condition=1)
    publish(service, tmp_path, *NEW_YEAR)
    clocks(service, "recompute", "--why", "only there", "--area", JIANGAN)
    assert service.seat(HOME).ticket(number)["due_at"] == AT_ELEVEN
    assert service.seat(XIMA_HOME).ticket(other["number"])["due_at"] == ON_MONDAY
    clocks(service, "recompute", "--why", "everywhere")
    assert service.seat(HOME).ticket(number)["due_at"] == ON_MONDAY
    assert kinds(service, other["number"])["clock_recomputed"] == 1


def test_an_area_that_is_not_there_is_refused_and_nothing_is_begun(service: Service) -> None:
    over_new_year(service)
    for words in (["replay", "--area", "999"], ["recompute", "--why", "x", "--area", "999"]):
        with pytest.raises(AssertionError, match="There is no area 999"):
            clocks(service, *words)
    assert count(service, ClockRecompute) == 0


def test_a_second_command_finds_nothing_to_move(service: Service, tmp_path: Path) -> None:
    number = over_new_year(service)
    publish(service, tmp_path, *NEW_YEAR)
    clocks(service, "recompute", "--why", "first")
    shown = service.seat(HOME).ticket(number)
    said = clocks(service, "recompute", "--why", "second")
    assert "0 of them change: 0 clocks move" in said[-1]
    assert service.seat(HOME).ticket(number) == shown
    assert rows(service, select(ClockRecompute.why).order_by(ClockRecompute.id)) == ["first", "second"]


DEATHS = (
    Death("after commit", 1),  # begun, nothing moved
    Death("before INSERT INTO event", 2),  # the first batch half written
    Death("before commit", 2),  # the first batch written, not committed
    Death("after commit", 2),  # two tickets moved
    Death("before commit", 3),  # the next two written, not committed
)


def test_a_killed_command_goes_on_and_has_moved_each_ticket_once(service: Service, tmp_path: Path) -> None:
    number = over_new_year(service)
    multiply(service, number, 9)
    publish(service, tmp_path, *NEW_YEAR)
    for death in DEATHS:
        mortal.die(service, mortal.recompute, death)
    clocks(service, "recompute", "--why", "the rest")

    for copy in ("", *(f"/{n}" for n in range(1, 10))):
        assert kinds(service, f"{number}{copy}")["clock_recomputed"] == 1, copy
    assert set(rows(service, select(Ticket.due_at))) == {beijing("2027-01-04 11:00")}
    (run,) = rows(service, select(ClockRecompute.why, ClockRecompute.finished_at, ClockRecompute.counts))
    assert run[0] == "killed", "one row, that of the command which began"
    assert run[1] is not None
    assert run[2] == {"tickets": 10, "changed": 10, "clocks_moved": 10, "became_overdue": 0, "ceased_overdue": 0}


def test_two_commands_at_once_share_the_work(service: Service, tmp_path: Path) -> None:
    number = over_new_year(service)
    multiply(service, number, 19)
    publish(service, tmp_path, *NEW_YEAR)
    together = mortal.barrier(2)
    both = [mortal.start(service, mortal.recompute, together=together) for _ in range(2)]
    assert [mortal.ended(each) for each in both] == [0, 0]
    moved = rows(service, select(ClockRecompute.counts))
    assert sum(counts["changed"] for counts in moved) == 20
    assert kinds(service, number)["clock_recomputed"] == 1
