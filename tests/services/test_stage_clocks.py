"""Clocks of acceptance and dispatch: when they run, whom they name, and how long each level had the ball."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.clocks import Clock
from reporter.models.tickets import Hop, Ticket
from tests.service import Service, beijing
from tests.services.inside import kinds, one, rows
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, HOME, IN_GRID_A_ONLY, NANHU


def settle(service: Service) -> None:
    while sum(service.work().values()):
        continue


def unsorted_report(service: Service) -> str:
    """Without a category: the 网格长 has to say what it is. Monday nine o'clock."""
    service.at("2026-09-07 09:00")
    return str(service.as_("rider").report(IN_GRID_A_ONLY)["number"])


def returned_to_the_grid(service: Service, at: str = "2026-09-07 10:00") -> str:
    service.at("2026-09-07 09:00")
    number = str(service.as_("rider").report(AT_HOME, category="LL0107")["number"])
    service.at(at)
    service.seat(HOME).did(number, "return", reason_code="not_my_duty", note="不归我管")
    return number


def clock_of(service: Service, number: str, kind: str) -> dict[str, Any]:
    found = [one for one in service.seat(GRID_A).ticket(number)["clocks"] if one["kind"] == kind]
    return dict(found[-1])


def running(service: Service, number: str) -> list[str]:
    mine = select(Clock.kind).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.number == number)
    return sorted(rows(service, mine.where(Clock.stopped_at.is_(None))))


def test_a_clock_says_its_limit_its_source_and_the_calendar_it_counts_with(service: Service) -> None:
    number = unsorted_report(service)
    shown = clock_of(service, number, "accept")
    assert shown | {"calendar_version": ""} == {
        "kind": "accept", "hop": 1, "state": "running", "limit": {"value": 15, "unit": "urgent_minute"},
        "source": "policy accept_limit", "daytime_only": False, "calendar_version": "", "provisional": False,
        "recomputed_at": None, "started_at": "2026-09-07T01:00:00Z", "due_at": "2026-09-07T01:15:00Z",
        "stopped_at": None, "reminded_at": None, "at_risk_at": None, "overdue_at": None,
    }  # fmt: skip
    stored = select(Clock.limit_value, Clock.limit_unit, Clock.calendar_version).where(Clock.kind == "accept")
    assert one(service, stored) == (15, "urgent_minute", shown["calendar_version"])
    assert shown["calendar_version"].startswith("calendar:")


def test_a_report_nobody_accepts_is_told_to_the_community_once_and_stays(service: Service) -> None:
    number = unsorted_report(service)
    for text, late in (("09:15", 0), ("09:16", 1), ("12:00", 1)):
        service.at(f"2026-09-07 {text}")
        settle(service)
        assert kinds(service, number)["acceptance_late"] == late, text
    assert f"下级工单{number}立案超时" in service.seat(CENTRAL).told()
    assert service.seat(GRID_A).ticket(number)["holder"]["area_code"] == GRID_A
    assert "acceptance_late" not in service.as_("rider").events(number), "who was slow is said among staff"


@pytest.mark.parametrize(
    ("action", "given"),
    [("accept", {"category": "SJ0120"}), ("reject", {"reason_code": "private_matter", "note": "私事"})],
)
def test_deciding_in_time_ends_the_clock_of_acceptance(service: Service, action: str, given: dict[str, str]) -> None:
    number = unsorted_report(service)
    service.at("2026-09-07 09:15")
    service.seat(GRID_A).did(number, action, **given)
    assert "accept" not in running(service, number)
    service.at("2026-09-07 09:40")
    settle(service)
    assert kinds(service, number)["acceptance_late"] == 0


def test_each_level_that_gets_an_unaccepted_report_has_its_own_time_for_it(service: Service) -> None:
    number = unsorted_report(service)
    service.at("2026-09-08 09:01")  # one work day without an answer: it climbs
    settle(service)
    assert service.seat(CENTRAL).ticket(number)["status"] == "reported"
    hops = rows(service, select(Clock.hop_seq, Clock.overdue_at.is_not(None)).where(Clock.kind == "accept"))
    assert hops == [(1, True), (2, False)]
    service.at("2026-09-08 09:17")
    settle(service)
    assert kinds(service, number)["acceptance_late"] == 2
    assert f"下级工单{number}立案超时" in service.seat(NANHU).told()


def test_what_came_back_must_be_sent_on_and_the_level_above_hears_if_not(service: Service) -> None:
    number = returned_to_the_grid(service)
    assert clock_of(service, number, "dispatch")["due_at"] == "2026-09-07T02:15:00Z"
    service.at("2026-09-07 10:16")
    settle(service)
    assert kinds(service, number)["dispatch_late"] == 1
    assert f"下级工单{number}派遣超时" in service.seat(CENTRAL).told()
    assert service.seat(GRID_A).ticket(number)["status"] == "accepted", "it stays with whoever got it back"


@pytest.mark.parametrize(
    ("action", "given"),
    [("dispatch", {"to": f"seat:{BUILDING}"}), ("escalate", {"reason": "超出能力"}), ("solve", {"note": "好了"})],
)
def test_sending_on_ends_the_clock_of_dispatch_and_a_late_one_is_charged_unswept(
    service: Service, action: str, given: dict[str, Any]
) -> None:
    number = returned_to_the_grid(service)
    service.at("2026-09-07 10:20")  # the worker was down
    grid = service.seat(GRID_A)
    photos = {"photo_ids": [grid.photo()]} if action == "solve" else {}
    grid.did(number, action, **given, **photos)
    assert "dispatch" not in running(service, number)
    assert list(kinds(service, number)) == ["filed", "returned", "dispatch_late", grid.events(number)[-1]]


def test_a_volunteer_who_gets_it_back_at_night_has_time_until_the_morning(service: Service) -> None:
    number = returned_to_the_grid(service)
    service.seat(GRID_A).did(number, "dispatch", to=f"seat:{BUILDING}")
    service.seat(BUILDING).did(number, "dispatch", to=f"seat:{HOME}")
    service.at("2026-09-07 20:50")
    service.seat(HOME).did(number, "return", reason_code="cannot_reach", note="不在家")
    shown = clock_of(service, number, "dispatch")
    assert (shown["due_at"], shown["daytime_only"]) == ("2026-09-08T00:05:00Z", True)


def test_climbing_sends_on_what_was_returned(service: Service) -> None:
    number = returned_to_the_grid(service)
    service.at("2026-09-15 10:00")
    settle(service)
    shown = service.seat(CENTRAL).ticket(number)
    assert shown["status"] == "dispatched"
    assert "dispatch" not in running(service, number)


def test_a_withdrawal_does_not_hide_that_nobody_had_answered(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider = service.as_("rider")
    number = rider.report(AT_HOME, category="BJ0123")["number"]
    service.at("2026-09-07 09:31")  # half an hour to respond; the worker was down
    shown = rider.did(number, "withdraw")
    assert [hop["response_missed"] for hop in shown["hops"]] == [True]
    assert kinds(service, number) == {"filed": 1, "response_missed": 1, "withdrawn": 1}


# two work days from Friday 15:00 end on Tuesday 15:00
RETURNS = (
    ("2026-09-15 14:59", [GRID_A]),  # in time: whoever got it back has it when it runs out
    ("2026-09-15 15:00", [GRID_A]),  # the moment itself is on time
    ("2026-09-15 15:01", [HOME]),  # too late: who returns does not pass the delay on
)


@pytest.mark.parametrize(("at", "charged"), RETURNS)
def test_a_delay_stays_with_whoever_had_the_ball_though_it_was_returned_and_swept_late(
    service: Service, at: str, charged: list[str]
) -> None:
    service.at("2026-09-11 15:00")
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    home = service.seat(HOME)
    home.did(number, "take")
    service.at(at)
    home.did(number, "return", reason_code="not_my_duty", note="不归我管")
    service.at("2026-09-15 16:00")
    settle(service)
    assert kinds(service, number)["became_overdue"] == 1
    hops = service.seat(GRID_A).ticket(number)["hops"]
    assert [hop["holder"]["area_code"] for hop in hops if hop["overdue_here"]] == charged
    assert one(service, select(Ticket.overdue_at)) == beijing("2026-09-15 15:00")


def test_the_seconds_of_the_levels_are_the_whole_open_time(service: Service) -> None:
    number = returned_to_the_grid(service)
    service.at("2026-09-07 10:10").seat(GRID_A).did(number, "dispatch", to=f"seat:{BUILDING}")
    service.at("2026-09-07 12:10")
    shown = service.seat(BUILDING).ticket(number)
    assert shown["level_seconds"] == [
        {"level": "grid", "seconds": 600},
        {"level": "building", "seconds": 7200},
        {"level": "neighbourhood", "seconds": 3600},
    ]
    assert sum(hop["seconds"] for hop in shown["hops"]) == 3 * 3600 + 600
    assert one(service, select(Hop.level).where(Hop.ended_at.is_(None))) == "building"
