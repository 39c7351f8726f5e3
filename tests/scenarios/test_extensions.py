"""延期: asked for late enough, decided by two people, at most twice; a refusal does not count, overdue is too late."""

import pytest
from sqlalchemy import select

from reporter.models.clocks import Clock, ClockTick
from reporter.models.waiting import Extension
from tests.service import Service
from tests.services.inside import count, kinds, rows
from tests.world import AT_HOME, CENTRAL, HOME, NANHU, WUCHANG

LAMP = "LL0107"  # two rolling work days: 16 h of sessions


def taken(service: Service) -> str:
    """Received on Monday 9:00, due on Wednesday 9:00; four fifths, 12 h 48 min, are used on Tuesday 15:48."""
    service.at("2026-09-07 09:00")
    number = str(service.as_("resident").report(AT_HOME, category=LAMP)["number"])
    service.seat(HOME).did(number, "take")
    return number


def granted(service: Service, number: str) -> None:
    service.seat(HOME).did(number, "request_extension", reason="灯箱缺货")
    service.seat(NANHU).did(number, "approve_extension", granted=True)
    service.seat(WUCHANG).did(number, "approve_extension", granted=True)


def states(service: Service, number: str) -> list[str]:
    return [one["state"] for one in service.seat(HOME).ticket(number)["extensions"]]


def test_two_are_granted_a_refusal_does_not_count_and_the_third_is_refused_by_rule(service: Service) -> None:
    number = taken(service)
    home, street, district = service.seat(HOME), service.seat(NANHU), service.seat(WUCHANG)
    service.at("2026-09-08 16:00")
    asked = home.did(number, "request_extension", reason="灯箱缺货")
    assert asked["due_at"] == "2026-09-09T01:00:00Z", "asking moves nothing"
    assert street.told()[-1] == f"工单{number}申请延期，请审批"
    assert (
        street.did(number, "approve_extension", granted=False, note="库里有货")["extensions"][0]["state"] == "refused"
    )
    assert home.told()[-1] == f"工单{number}的延期申请没有同意"

    home.did(number, "request_extension", reason="型号不对")
    assert street.did(number, "approve_extension", granted=True)["due_at"] == "2026-09-09T01:00:00Z", "half a yes"
    assert district.told()[-1] == f"工单{number}申请延期，请审批"
    longer = district.did(number, "approve_extension", granted=True)
    assert longer["due_at"] == "2026-09-11T01:00:00Z", "two work days more, in the unit of the limit"
    assert home.told()[-1] == f"工单{number}已同意延期"
    assert street.told()[-1] == f"工单{number}已同意延期"

    service.at("2026-09-10 17:00")  # 30 of 32 h
    granted(service, number)
    assert service.seat(HOME).ticket(number)["due_at"] == "2026-09-15T01:00:00Z"  # over the weekend
    service.at("2026-09-14 17:00")
    third = service.seat(HOME).step(number, "request_extension", reason="还差一点")
    assert (third.status_code, third.json["error"]["code"]) == (409, "step_not_possible")
    assert states(service, number) == ["refused", "granted", "granted"]
    assert kinds(service, number)["extension_granted"] == 2
    ticks = select(ClockTick.tick, ClockTick.extra_value, ClockTick.extra_unit).join(
        Clock, (Clock.ticket_id == ClockTick.ticket_id) & (Clock.seq == ClockTick.clock_seq)
    )
    assert rows(service, ticks.where(Clock.kind == "resolve").order_by(ClockTick.seq)) == [
        ("started", None, None),
        ("extended", 2, "work_day"),
        ("extended", 2, "work_day"),
    ]
    assert "extension_granted" not in service.as_("resident").events(number), "among staff"
    assert service.as_("resident").ticket(number)["extensions"] == []


def test_marks_that_are_ahead_again_are_told_again(service: Service) -> None:
    number = taken(service)
    service.at("2026-09-08 16:00")
    service.work()
    assert kinds(service, number)["became_at_risk"] == 1
    granted(service, number)
    (item,) = service.seat(HOME).get("/tickets", holder="me").json["items"]
    assert item["at_risk"] is False
    service.at("2026-09-10 17:00")
    service.work()
    assert kinds(service, number)["became_at_risk"] == 2


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        ("2026-09-08 15:47", 409, "extension_too_early"),  # 12 h 47 min of 16 h: a hint, nothing more
        ("2026-09-08 15:48", 200, None),  # four fifths
        ("2026-09-09 09:00", 200, None),  # on time to the end
        ("2026-09-09 09:01", 409, "step_not_possible"),  # overdue
    ],
)
def test_it_is_asked_for_when_most_is_used_and_not_when_it_is_late(
    service: Service, at: str, status: int, code: str | None
) -> None:
    number = taken(service)
    service.at(at)
    answer = service.seat(HOME).step(number, "request_extension", reason="灯箱缺货")
    assert (answer.status_code, answer.json.get("error", {}).get("code")) == (status, code)
    assert count(service, Extension) == (status == 200)
    if code == "extension_too_early":
        assert answer.json["error"]["message"] == "时限才用了79%，用到80%以后再申请延期"


def test_who_may_not_ask_and_who_may_not_decide(service: Service) -> None:
    number = taken(service)
    service.at("2026-09-08 16:00")
    home, community, street = service.seat(HOME), service.seat(CENTRAL), service.seat(NANHU)
    district = service.seat(WUCHANG)
    for caller, action, given, status in (
        (community, "request_extension", {"reason": "r"}, 403),  # does not hold it
        (home, "request_extension", {}, 422),  # why
        (street, "approve_extension", {"granted": True}, 409),  # nobody asked
    ):
        assert caller.step(number, action, **given).status_code == status, (action, given)
    assert count(service, Extension) == 0
    home.did(number, "request_extension", reason="灯箱缺货")
    for caller, given, status in (
        (home, {"granted": True}, 403),
        (community, {"granted": True}, 403),
        (street, {}, 422),
        (street, {"granted": False}, 422),  # why not
    ):
        assert caller.step(number, "approve_extension", **given).status_code == status, given
    assert home.step(number, "request_extension", reason="r").status_code == 409, "one at a time"

    district.did(number, "approve_extension", granted=True)  # first, in the place of the street
    assert district.step(number, "approve_extension", granted=True).status_code == 409, "one person is not two"
    assert "approve_extension" not in [one["action"] for one in district.ticket(number)["actions"]]
    assert street.step(number, "approve_extension", granted=True).status_code == 409, "now it is the district's turn"
    assert states(service, number) == ["open"]


def test_what_was_not_decided_in_time_is_not_granted_and_lapses_with_the_clock(service: Service) -> None:
    number = taken(service)
    service.at("2026-09-08 16:00")
    home = service.seat(HOME)
    home.did(number, "request_extension", reason="灯箱缺货")
    service.at("2026-09-09 09:01")
    assert service.seat(NANHU).step(number, "approve_extension", granted=True).status_code == 409
    home = service.seat(HOME)
    home.did(number, "solve", photo_ids=[home.photo()])
    assert states(service, number) == ["lapsed"]
