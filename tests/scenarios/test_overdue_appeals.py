"""申诉: the charged department asks once after closing; two people decide; the delay itself stays written."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.tickets import Hop, Ticket
from reporter.models.waiting import OverdueAppeal
from tests.service import Caller, Service
from tests.services.inside import count, kinds, one, rows
from tests.world import AT_HOME, CENTRAL, GRID_A, HOME, JIANGAN, NANHU, WUCHANG

COVER = "BJ0123"


def late(service: Service) -> str:
    """A cover that the water department solved a day late; not closed yet."""
    service.at("2026-09-07 09:00")
    number = str(service.as_("rider").report(AT_HOME, category=COVER)["number"])
    service.seat(GRID_A).did(number, "dispatch", to="department:water")
    service.as_("department").did(number, "take")  # so that the ball does not climb
    service.at("2026-09-08 15:00")
    service.work()
    water = service.as_("department")
    water.did(number, "solve", note="新井盖", photo_ids=[water.photo()])
    return number


def closed(service: Service) -> str:
    number = late(service)
    service.seat(GRID_A).did(number, "verify", passed=True)
    return number


def appeal(caller: Caller, number: str, **given: Any) -> Any:
    return caller.post(f"/tickets/{number}/overdue-appeal", given or {"reason": "厂家停产"})


def review(caller: Caller, number: str, **given: Any) -> Any:
    return caller.post(f"/tickets/{number}/overdue-appeal/review", given or {"upheld": True, "note": "属实"})


def waiting(caller: Caller) -> list[str]:
    return [item["number"] for item in caller.get("/overdue-appeals").json["items"]]


def test_two_people_exempt_it_and_the_raw_delay_stays(service: Service) -> None:
    number = closed(service)
    service.work()  # its figures are added up
    assert one(service, select(Ticket.settled)) is True
    water, street, district = service.as_("department"), service.seat(NANHU), service.seat(WUCHANG)
    asked = appeal(water, number)
    assert (asked.status_code, asked.json["state"], asked.json["waits_for"]) == (201, "open", "street")
    assert street.told()[-1] == f"工单{number}有超期申诉，请审查"
    assert (waiting(street), waiting(district), waiting(service.seat(JIANGAN))) == ([number], [number], [])
    assert waiting(water) == waiting(service.seat(CENTRAL)) == []

    assert review(street, number).json["waits_for"] == "district"
    assert (waiting(street), waiting(district)) == ([], [number])
    assert one(service, select(Ticket.exempt)) is False, "half a yes"
    assert review(street, number).status_code == 403, "one person is not two"
    assert review(district, number).json["state"] == "upheld"
    assert water.told()[-1] == f"工单{number}的超期申诉成立"
    ticket = water.ticket(number)
    assert (ticket["exempt"], ticket["overdue_appeal"]["last_note"]) == (True, "属实")
    charged = rows(service, select(Hop.department_id.is_not(None), Hop.overdue_here).order_by(Hop.seq))
    assert (True, True) in charged
    assert one(service, select(Ticket.overdue_at.is_not(None), Ticket.solved_on_time)) == (True, False)
    assert one(service, select(Ticket.settled)) is False, "its figures are taken apart before it changes"
    service.work()
    assert one(service, select(Ticket.settled)) is True
    rider = service.as_("rider")
    assert not [kind for kind in rider.events(number) if "appeal" in kind], "among staff"
    assert rider.ticket(number)["overdue_appeal"] is None


@pytest.mark.parametrize("who_refuses", ["street", "district"])
def test_a_no_at_either_step_ends_it(service: Service, who_refuses: str) -> None:
    number = closed(service)
    water, street, district = service.as_("department"), service.seat(NANHU), service.seat(WUCHANG)
    appeal(water, number)
    if who_refuses == "district":
        review(street, number)
    decider = street if who_refuses == "street" else district
    assert review(decider, number, upheld=False, note="早就知道").json["state"] == "dismissed"
    assert kinds(service, number)["overdue_appeal_dismissed"] == 1
    assert one(service, select(Ticket.exempt)) is False
    again = appeal(water, number)
    assert (again.status_code, again.json["error"]["code"]) == (409, "appealed_before")
    assert review(district, number).json["error"]["code"] == "no_open_appeal"
    assert water.told()[-1] == f"工单{number}的超期申诉不成立"


def test_who_may_not_and_what_is_wrong_leaves_no_row(service: Service) -> None:
    number = late(service)
    water = service.as_("department")
    assert appeal(water, number).json["error"]["code"] == "not_closed_yet"
    service.seat(GRID_A).did(number, "verify", passed=True)
    for caller, given, status in (
        (service.seat(GRID_A), {"reason": "r"}, 403),  # was not charged
        (service.as_("power"), {"reason": "r"}, 404),  # never had it
        (service.as_("auditor"), {"reason": "r"}, 403),  # changes nothing
        (service.nobody(), {"reason": "r"}, 401),
        (water, {"reason": " "}, 422),
        (water, {"reason": "长" * 501}, 422),
        (water, {"reason": "r", "urgent": True}, 422),
    ):
        assert appeal(caller, number, **given).status_code == status, (caller.username, given)
    assert count(service, OverdueAppeal) == 0
    street = service.seat(NANHU)
    assert review(street, number).json["error"]["code"] == "no_open_appeal"
    appeal(water, number)
    for caller, given, status in (
        (water, {"upheld": True, "note": "n"}, 403),
        (service.seat(CENTRAL), {"upheld": True, "note": "n"}, 403),
        (service.seat(JIANGAN), {"upheld": True, "note": "n"}, 404),
        (street, {"upheld": "yes", "note": "n"}, 422),
        (street, {"upheld": True}, 422),
        (street, {"upheld": True, "note": ""}, 422),
    ):
        assert review(caller, number, **given).status_code == status, (caller.username, given)
    assert one(service, select(OverdueAppeal.first_by)) is None


def test_a_seat_that_was_charged_may_ask_too(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = service.as_("resident").report(AT_HOME, category="LL0107")["number"]
    service.seat(HOME).did(number, "take")
    service.at("2026-09-10 09:00")
    service.work()
    home = service.seat(HOME)
    home.did(number, "solve", photo_ids=[home.photo()])
    service.seat(GRID_A).did(number, "verify", passed=True)
    assert appeal(home, number).status_code == 201


def test_the_list_is_paged(service: Service) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(closed(service))
        appeal(service.as_("department"), numbers[-1])
    street, found, cursor = service.seat(NANHU), [], None
    while True:
        page = street.get("/overdue-appeals", limit=1, **({"cursor": cursor} if cursor else {})).json
        found += [item["number"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == sorted(numbers)
    for cursor in ("x", "-1", "9" * 30):
        assert street.get("/overdue-appeals", cursor=cursor).json["error"]["fields"].keys() == {"cursor"}
