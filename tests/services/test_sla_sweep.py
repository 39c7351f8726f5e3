"""The sweep at exact times: who is told, who is charged, where the ball climbs, and that nothing comes twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from reporter.db import session_for
from reporter.models.clocks import Clock
from reporter.models.tickets import Event, Hop, Ticket
from reporter.services import sla
from tests.service import Service, beijing
from tests.services.inside import kinds, later, multiply, one, rows
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, HOME, IN_GRID_A_ONLY, NANHU, WUCHANG

AFTER = timedelta(milliseconds=1)
QUIET = {"filed": 1, "taken": 1}


def settle(service: Service) -> None:
    """Everything that is due now, and what became due by that."""
    while sum(service.work().values()):
        continue


def moment(service: Service, text: str, after: timedelta = timedelta(0)) -> None:
    service.clock.present = beijing(text) + after
    settle(service)


def told(service: Service, seat: str, number: str) -> list[str]:
    return [text for text in service.seat(seat).told() if number in text]


def taken_on_friday_afternoon(service: Service) -> str:
    """Two work days from Friday 15:00: half is used on Monday 15:00, four fifths on Tuesday 9:48, all at 15:00."""
    service.at("2026-09-11 15:00")
    number = str(service.as_("rider").report(AT_HOME, category="LL0107")["number"])
    service.seat(HOME).did(number, "take")
    settle(service)
    return number


def test_the_marks_of_a_limit_over_a_weekend_fall_just_after_their_times(service: Service) -> None:
    number = taken_on_friday_afternoon(service)
    due = rows(service, select(Clock.due_at).where(Clock.kind == "resolve"))
    assert due == [beijing("2026-09-15 15:00")]
    expected: dict[str, int] = dict(QUIET)
    for text, kind in (
        ("2026-09-14 15:00", "reminded"),  # Monday: 3 h on Friday and 5 h of 16
        ("2026-09-15 09:48", "became_at_risk"),  # Tuesday: 12 h 48 min of 16 h
        ("2026-09-15 15:00", "became_overdue"),
    ):
        moment(service, text)
        assert kinds(service, number) == expected, f"{text} itself is on time"
        moment(service, text, AFTER)
        expected[kind] = 1
        assert kinds(service, number) == expected, text
    moment(service, "2026-10-01 12:00")
    assert kinds(service, number) == expected, "nothing comes twice"


def test_holder_and_the_level_above_hear_of_it_and_nobody_else(service: Service) -> None:
    number = taken_on_friday_afternoon(service)
    moment(service, "2026-09-16 09:00")
    assert told(service, HOME, number) == [f"新工单{number}：楼道灯不亮", f"工单{number}已超期"]
    assert told(service, BUILDING, number) == [f"下级工单{number}已超期"]
    assert told(service, GRID_A, number) == []
    assert not [text for text in service.as_("rider").told() if "超期" in text]


def test_a_worker_that_was_down_over_the_weekend_tells_only_the_latest(service: Service) -> None:
    number = taken_on_friday_afternoon(service)
    moment(service, "2026-09-15 10:00")  # reminder and risk both passed
    assert kinds(service, number) == {**QUIET, "became_at_risk": 1}
    moment(service, "2026-09-15 15:01")
    settle(service)
    assert kinds(service, number) == {**QUIET, "became_at_risk": 1, "became_overdue": 1}
    marks = one(service, select(Clock.reminded_at, Clock.at_risk_at).where(Clock.kind == "resolve"))
    assert marks == (beijing("2026-09-14 15:00"), beijing("2026-09-15 09:48")), "when it fell, not when it was seen"


def test_the_delay_is_charged_to_whoever_had_the_ball_at_the_deadline(service: Service) -> None:
    number = taken_on_friday_afternoon(service)
    service.at("2026-09-15 15:30")  # nobody swept meanwhile
    service.seat(HOME).did(number, "escalate", reason="灯箱锁着")
    settle(service)
    hops = rows(service, select(Hop.seq, Hop.overdue_here).order_by(Hop.seq))
    assert hops == [(1, False), (2, False), (3, True), (4, False)]
    assert f"下级工单{number}已超期" in told(service, BUILDING, number), "who gets it hears that it is late already"
    assert one(service, select(Ticket.overdue_at)) == beijing("2026-09-15 15:00")


@pytest.mark.parametrize(
    ("text", "after", "on_time"),
    [
        ("2026-09-15 15:00", timedelta(0), True),  # equality is on time
        ("2026-09-15 15:00", AFTER, False),
    ],
)
def test_solving_at_the_deadline_itself_is_on_time(
    service: Service, text: str, after: timedelta, on_time: bool
) -> None:
    number = taken_on_friday_afternoon(service)
    service.clock.present = beijing(text) + after
    home = service.seat(HOME)
    home.did(number, "solve", note="换了灯泡", photo_ids=[home.photo()])
    settle(service)
    assert one(service, select(Ticket.solved_on_time)) is on_time


def test_an_unanswered_ticket_climbs_to_the_street_and_stays_there(service: Service) -> None:
    service.at("2026-10-03 21:40")
    number = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    settle(service)
    for text, seats in (
        ("2026-10-03 22:10", [GRID_A]),  # thirty minutes are on time
        ("2026-10-03 22:11", [GRID_A, CENTRAL]),
        ("2026-10-03 22:41", [GRID_A, CENTRAL]),  # thirty more from when it climbed
        ("2026-10-03 22:42", [GRID_A, CENTRAL, NANHU]),
        ("2026-10-03 23:13", [GRID_A, CENTRAL, NANHU]),  # the street is the ceiling
        ("2026-10-05 12:00", [GRID_A, CENTRAL, NANHU]),
    ):
        moment(service, text)
        hops = service.as_("street").ticket(number)["hops"]
        assert [hop["holder"]["area_code"] for hop in hops] == seats, text
    assert kinds(service, number) == {
        "filed": 1, "climbed": 2, "response_missed": 1, "reminded": 1, "became_overdue": 1,
    }  # fmt: skip
    assert [hop["response_missed"] for hop in hops] == [True, True, True]
    assert told(service, WUCHANG, number) == [f"下级工单{number}响应超时", f"下级工单{number}已超期"]
    assert service.seat(NANHU).ticket(number)["holder"]["area_code"] == NANHU
    assert one(service, select(Ticket.response_due_at)) == beijing("2026-10-03 22:10"), "the first limit is kept"


def test_a_cover_that_is_taken_but_not_guarded_does_not_climb_but_the_community_hears(service: Service) -> None:
    service.at("2026-10-03 21:40")
    number = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    service.seat(GRID_A).did(number, "take")
    moment(service, "2026-10-03 22:10", AFTER)
    assert kinds(service, number) == {**QUIET, "response_missed": 1}
    assert service.seat(GRID_A).ticket(number)["holder"]["area_code"] == GRID_A
    assert f"下级工单{number}响应超时" in told(service, CENTRAL, number)
    settle(service)
    assert kinds(service, number)["response_missed"] == 1


NIGHTS = (
    ("2026-09-07 20:30", AT_HOME, "LL0102", 1, "2026-09-08 08:30"),  # 邻里长: the night is not counted
    ("2026-09-07 23:00", AT_HOME, "LL0102", 1, "2026-09-08 09:00"),  # begins at eight
    ("2026-09-07 20:00", AT_HOME, "LL0102", 1, "2026-09-07 21:00"),  # ends with the day itself
    ("2026-09-12 20:30", AT_HOME, "LL0102", 1, "2026-09-13 08:30"),  # on Sunday too
    ("2026-09-07 23:00", AT_HOME, "LL0401", 1, "2026-09-07 23:30"),  # severity 4 never sleeps
    ("2026-09-07 20:30", IN_GRID_A_ONLY, "SJ0120", 1, "2026-09-07 21:30"),  # 网格长 are employed
)


def test_the_answer_clock_of_volunteers_sleeps_at_night(service: Service) -> None:
    for at, point, category, condition, due in NIGHTS:
        number = service.at(at).as_("rider").report(point, category=category, condition=condition)["number"]
        assert one(service, select(Ticket.response_due_at).where(Ticket.number == number)) == beijing(due), at


def test_a_volunteers_night_is_not_swept_either(service: Service) -> None:
    service.at("2026-09-07 20:30")
    number = service.as_("rider").report(AT_HOME, category="LL0102", condition=1)["number"]
    for text in ("2026-09-07 22:00", "2026-09-08 08:30"):
        moment(service, text)
        assert kinds(service, number)["climbed"] == 0, text
    moment(service, "2026-09-08 08:30", AFTER)
    assert kinds(service, number)["climbed"] == 1


def test_a_late_verification_is_told_once_to_the_level_above(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    grid = service.seat(GRID_A)
    grid.did(number, "respond", note="围上了", photo_ids=[grid.photo()])
    grid.did(number, "dispatch", to="department:water")
    water = service.as_("department")
    water.did(number, "take")
    water.did(number, "solve", note="换了", photo_ids=[water.photo()])
    for text, late in (("2026-09-07 15:00", 0), ("2026-09-07 15:01", 1), ("2026-09-09 15:01", 1)):
        moment(service, text)
        assert kinds(service, number)["verification_late"] == late, text
    assert told(service, CENTRAL, number)[-1] == f"工单{number}核实超时"


def test_one_clock_that_cannot_be_read_does_not_stop_the_others(service: Service) -> None:
    service.at("2026-10-03 21:40")
    first = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    multiply(service, first, 4)
    ids = rows(service, select(Ticket.id).order_by(Ticket.id))
    broken: dict[str, Any] = {"ticket_id": ids[0], "kind": "response"}
    with session_for(service.engine, writes=True) as session:
        session.execute(update(Clock).filter_by(**broken).values(limit_unit="moons"))
    later(service, minutes=31)
    with capture_logs() as logs:
        sla.sweep(service.workshop.works)
    assert [line["event"] for line in logs] == ["clock_not_looked_at"]
    climbed = rows(service, select(Event.ticket_id).where(Event.kind == "climbed").order_by(Event.ticket_id))
    assert climbed == ids[1:]
    assert "moons" in one(service, select(Clock.last_error).filter_by(**broken))


def test_a_step_after_the_deadline_is_charged_although_nobody_swept(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider, grid = service.as_("rider"), service.seat(GRID_A)
    number = rider.report(AT_HOME, category="BJ0123")["number"]  # half an hour to respond, two to resolve

    service.at("2026-09-07 12:00")  # the worker was down all the time
    shown = grid.did(number, "solve", photo_ids=[grid.photo()])

    assert [hop["overdue_here"] for hop in shown["hops"]] == [True, False]
    assert shown["hops"][0]["response_missed"] is True
    service.work()
    kinds = grid.events(number)
    assert kinds == ["filed", "response_missed", "became_overdue", "solved"], "each once, before the step"


def test_a_note_does_not_keep_an_untaken_ticket_from_climbing(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider = service.as_("rider")
    number = rider.report(AT_HOME, category="BJ0123")["number"]

    service.at("2026-09-07 09:31")
    rider.did(number, "note", text="还没有人来")
    service.work()

    assert service.seat(GRID_A).ticket(number)["holder"]["area_code"] == CENTRAL
