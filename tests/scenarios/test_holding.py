"""挂起: asked for, granted, held once, resumed by hand and by itself; what remains is exact in the working clock."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.clocks import Clock, ClockTick
from reporter.models.tickets import Ticket
from reporter.models.waiting import Hold
from reporter.services import clocks
from tests.service import Service, beijing
from tests.services.inside import count, kinds, rows
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, HOME, NANHU

LAMP = "LL0107"  # two rolling work days


def taken(service: Service, at: str) -> str:
    service.at(at)
    number = str(service.as_("resident").report(AT_HOME, text="楼道灯不亮", category=LAMP)["number"])
    service.seat(HOME).did(number, "take")
    return number


def replayed(service: Service) -> list[Any]:
    """What the stored events of each running clock give."""
    with service.house.works.open(writes=False) as uow:
        found = uow.session.execute(
            select(Ticket, Clock).join(Clock, Clock.ticket_id == Ticket.id).where(Clock.stopped_at.is_(None))
        ).all()
        return [(clocks.read(uow, ticket, clock).due_at, clock.due_at) for ticket, clock in found]


@pytest.mark.parametrize(
    ("received", "held", "resumed", "due"),
    [
        # 16 h from Friday 9:00; 6 h used until 17:00; 10 h left from Monday 9:30: 6.5 h there, 3.5 h on Tuesday
        ("2026-09-11 09:00", "2026-09-11 17:00", "2026-09-14 09:30", "2026-09-15 11:30"),
        # Sunday the 20th is a 调休 work day: held from Friday 17:00 to that Sunday 9:30, the week goes on at once
        ("2026-09-18 09:00", "2026-09-18 17:00", "2026-09-20 09:30", "2026-09-21 11:30"),
        # resumed on a rest day: nothing is used before Monday's first session, 8 h there, 2 h on Tuesday
        ("2026-09-11 09:00", "2026-09-11 17:00", "2026-09-12 11:00", "2026-09-15 10:00"),
        # held in the lunch break and over National Day: 3 h used, 13 h left from the 8th at 9:00: 7 h there
        ("2026-09-30 09:00", "2026-09-30 13:00", "2026-10-08 09:00", "2026-10-09 16:00"),
    ],
)
def test_what_was_left_when_it_was_held_is_left_when_it_resumes(
    service: Service, received: str, held: str, resumed: str, due: str
) -> None:
    number = taken(service, received)
    service.at(held)
    ticket = service.seat(CENTRAL).did(number, "hold", until="2026-12-31", reason_code="awaiting_owner")
    assert (ticket["status"], ticket["due_at"], ticket["overdue"]) == ("on_hold", None, False)
    assert [clock["state"] for clock in ticket["clocks"] if clock["kind"] == "resolve"] == ["paused"]
    assert all(derived == stored for derived, stored in replayed(service))

    service.at(resumed)
    ticket = service.seat(HOME).did(number, "resume")
    assert (ticket["status"], ticket["holder"]["area_code"]) == ("handling", HOME)
    with service.house.works.open(writes=False) as uow:
        assert uow.session.scalar(select(Ticket.due_at)) == beijing(due)
    assert all(derived == stored for derived, stored in replayed(service))
    ticks = select(ClockTick.tick).join(Clock, ClockTick.ticket_id == Clock.ticket_id)
    of_resolve = ticks.where(ClockTick.clock_seq == Clock.seq, Clock.kind == "resolve").order_by(ClockTick.seq)
    assert rows(service, of_resolve) == ["started", "paused", "resumed"]


def test_a_hold_is_asked_for_by_a_smaller_holder_and_granted_from_above(service: Service) -> None:
    number = taken(service, "2026-09-07 09:00")
    home, community, resident = service.seat(HOME), service.seat(CENTRAL), service.as_("resident")
    asked = home.did(number, "hold", until="2026-09-30", reason_code="needs_budget", note="换灯箱")
    assert (asked["status"], asked["due_at"]) == ("handling", "2026-09-09T01:00:00Z"), "asking stops no clock"
    assert resident.ticket(number)["holds"] == []
    assert "hold" not in [one["action"] for one in home.ticket(number)["actions"]], "one request at a time"
    assert home.step(number, "hold", until="2026-09-30", reason_code="season").status_code == 409
    assert community.told()[-1] == f"工单{number}申请挂起，请审批"
    assert "approve_hold" not in [one["action"] for one in service.seat(GRID_A).ticket(number)["actions"]]

    assert community.did(number, "approve_hold", granted=False, note="先用备件")["status"] == "handling"
    assert home.told()[-1] == f"工单{number}的挂起申请没有同意"
    home.did(number, "hold", until="2026-09-30", reason_code="needs_budget")
    held = community.did(number, "approve_hold", granted=True)
    assert (held["status"], held["hold_until"]) == ("on_hold", "2026-09-30T16:00:00Z"), "that day is still held"
    assert resident.told()[-1] == f"您的报事{number}暂时挂起，预计2026-10-01 00:00恢复办理：需要经费"
    assert [hold["reason"] for hold in resident.ticket(number)["holds"]] == ["需要经费"]
    (item,) = [one for one in home.get("/tickets", holder="me").json["items"] if one["number"] == number]
    assert (item["status"], item["hold_until"], item["overdue"], item["at_risk"]) == (
        "on_hold", "2026-09-30T16:00:00Z", False, False,
    )  # fmt: skip
    for action, given in (("solve", {}), ("escalate", {"reason": "r"}), ("return", {"reason_code": "other"})):
        assert home.step(number, action, **given).json["error"]["code"] == "step_not_possible", action
    home.did(number, "note", text="灯箱已订")
    home.did(number, "resume")
    refused = home.step(number, "hold", until="2026-10-30", reason_code="season")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "step_not_possible"), "only once"
    assert "挂起过" in refused.json["error"]["message"]
    assert service.seat(CENTRAL).step(number, "hold", until="2026-10-30", reason_code="season").status_code == 409
    assert resident.events(number).count("hold_requested") == 0, "among staff"
    assert kinds(service, number)["hold_requested"] == 2


def test_it_resumes_by_itself_on_its_day_and_both_hear_of_it(service: Service) -> None:
    number = taken(service, "2026-09-11 09:00")
    service.at("2026-09-11 17:00")
    service.seat(CENTRAL).did(number, "hold", until="2026-09-14T09:30:00+08:00", reason_code="season")
    service.at("2026-09-14 09:29")
    service.work()
    assert service.seat(HOME).ticket(number)["status"] == "on_hold"
    assert kinds(service, number)["reminded"] == 0, "nothing is counted meanwhile"
    service.at("2026-09-14 09:30")
    service.work()
    ticket = service.seat(HOME).ticket(number)
    assert (ticket["status"], ticket["hold_until"], ticket["due_at"]) == ("handling", None, "2026-09-15T03:30:00Z")
    service.work()
    assert kinds(service, number)["resumed"] == 1
    assert service.as_("resident").told()[-1] == f"您的报事{number}已恢复办理"
    assert f"工单{number}已恢复办理" in service.seat(HOME).told()


def test_what_was_not_taken_yet_returns_there_with_its_answer_still_owed(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = str(service.as_("resident").report(AT_HOME, category=LAMP)["number"])
    before = service.seat(HOME).ticket(number)
    service.at("2026-09-07 09:10")
    held = service.seat(NANHU).did(number, "hold", until="2026-09-08T09:00:00+08:00", reason_code="season")
    assert {clock["kind"]: clock["state"] for clock in held["clocks"]} == {"response": "paused", "resolve": "paused"}
    service.at("2026-09-08 09:00")
    service.work()
    ticket = service.seat(HOME).ticket(number)
    assert ticket["status"] == "dispatched"
    started = {clock["kind"]: clock["due_at"] for clock in before["clocks"]}
    due = {clock["kind"]: clock["due_at"] for clock in ticket["clocks"]}
    assert due["response"] > started["response"]
    assert (held["response_due_at"], ticket["response_due_at"]) == (None, due["response"]), "what figures judge by"
    assert all(derived == stored for derived, stored in replayed(service))
    assert kinds(service, number).get("climbed", 0) == 0


def test_a_deadline_that_had_passed_is_charged_before_it_is_held(service: Service) -> None:
    number = taken(service, "2026-09-07 09:00")
    service.at("2026-09-10 09:00")  # a day late, and nobody has swept
    ticket = service.seat(CENTRAL).did(number, "hold", until="2026-12-31", reason_code="litigation")
    assert [hop["overdue_here"] for hop in ticket["hops"]] == [False, False, True]
    service.at("2026-11-10 09:00")
    ticket = service.seat(CENTRAL).did(number, "resume")
    assert (ticket["due_at"], ticket["overdue"]) == ("2026-09-09T01:00:00Z", True), "it was late and still is"


REFUSED = [
    ({"until": "2026-09-06", "reason_code": "season"}, 422, "invalid", {"until"}),  # past
    ({"until": "2027-09-08T09:00:01+08:00", "reason_code": "season"}, 422, "invalid", {"until"}),  # beyond a year
    ({"until": "soon", "reason_code": "season"}, 422, "invalid", {"until"}),
    ({"until": 5, "reason_code": "season"}, 422, "invalid", {"until"}),
    ({"until": "2026-12-31", "reason_code": "lazy"}, 422, "invalid", {"reason_code"}),
    ({"until": "2026-12-31"}, 422, "missing_input", {"reason_code"}),
    ({"reason_code": "season"}, 422, "missing_input", {"until"}),
]


def test_a_wrong_hold_is_refused_by_its_field_and_stores_nothing(service: Service) -> None:
    number = taken(service, "2026-09-07 09:00")
    seats = [service.seat(HOME), service.seat(CENTRAL)]
    before = seats[0].ticket(number)["version"]
    for given, status, code, wrong in REFUSED:
        for seat in seats:
            error = seat.step(number, "hold", **given)
            body = error.json["error"]
            assert (error.status_code, body["code"], set(body["fields"])) == (status, code, wrong), given
    assert service.seat(BUILDING).step(number, "hold", until="2026-12-31", reason_code="season").status_code == 403
    assert service.seat(HOME).step(number, "approve_hold", granted=True).status_code == 403
    assert seats[1].step(number, "approve_hold", granted=True).status_code == 409
    assert seats[1].step(number, "resume").status_code == 409
    assert (count(service, Hold), seats[0].ticket(number)["version"]) == (0, before)


def test_a_request_whose_day_has_come_is_not_granted_any_more(service: Service) -> None:
    number = taken(service, "2026-09-07 09:00")
    service.seat(HOME).did(number, "hold", until="2026-09-07", reason_code="season")
    service.at("2026-09-08 08:00")
    refused = service.seat(CENTRAL).step(number, "approve_hold", granted=True)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "too_late")
    assert service.seat(CENTRAL).did(number, "approve_hold", granted=False, note="过期")["status"] == "handling"


def test_a_held_ticket_that_ends_does_not_wake_again(service: Service) -> None:
    number = taken(service, "2026-09-07 09:00")
    service.seat(CENTRAL).did(number, "hold", until="2026-09-08", reason_code="season")
    assert service.seat(NANHU).did(number, "void", reason="重复录入")["status"] == "voided"
    service.at("2026-09-10 09:00")
    service.work()
    assert service.seat(CENTRAL).ticket(number)["status"] == "voided"
    assert "resumed" not in kinds(service, number)
