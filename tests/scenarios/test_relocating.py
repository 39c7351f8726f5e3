"""回格: “not in my grid”, one tap to the neighbour, and what three equal corrections ask the district."""

from typing import Any

import pytest

from tests.service import Service
from tests.world import (
    CENTRAL,
    GRID_A,
    GRID_B,
    IN_GRID_A_ONLY,
    JIANGAN,
    NANHU,
    NET,
    OTHER_BUILDING,
    WUCHANG,
    XIMA_GRID,
)

COVER, SUGGESTED = "BJ0123", "suggested_area"


def gave_back(reason_code: str, to: str) -> dict[str, Any]:
    return {"action": "return", "reason_code": reason_code, "suggested_area": to}


def returned(service: Service, to: str = GRID_B) -> str:
    """A cover in the first grid that its lead gave back, saying where it belongs."""
    number = str(service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"])
    service.seat(GRID_A).did(number, "return", reason_code="not_my_area", suggested_area=to)
    return number


def proposals(service: Service, who: str = "district", **query: Any) -> list[dict[str, Any]]:
    answer = service.as_(who).get("/routing/proposals", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def test_not_in_my_grid_takes_one_tap_and_the_parent_moves_it_with_another(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid = service.seat(GRID_A)
    choices = grid.get(f"/tickets/{number}/neighbours").json["items"]
    assert GRID_B in [one["area_code"] for one in choices]
    assert GRID_A not in [one["area_code"] for one in choices]
    back = grid.did(number, "return", reason_code="not_my_area", suggested_area=GRID_B)
    assert (back["status"], back["holder"]["area_code"]) == ("accepted", CENTRAL)

    moved = service.seat(CENTRAL).did(number, "relocate")
    assert (moved["status"], moved["holder"]["area_code"], moved["area_code"]) == ("dispatched", GRID_B, GRID_B)
    assert moved["accountable"]["area_code"] == GRID_B
    assert [link["area_code"] for link in moved["chain"]][-1] == GRID_B
    assert moved["flags"] == ["corrected"]
    assert [hop["holder"]["area_code"] for hop in moved["hops"]] == [GRID_A, CENTRAL, GRID_B]
    running = [clock for clock in moved["clocks"] if clock["stopped_at"] is None]
    assert sorted(clock["kind"] for clock in running) == ["resolve", "response"]

    other = service.seat(GRID_B)
    assert [item["number"] for item in other.get("/tickets", area=GRID_B).json["items"]] == [number]
    assert service.as_("street").get("/tickets", area=GRID_A).json["items"] == []
    assert grid.ticket(number)["holder"]["area_code"] == GRID_B, "whoever held it once still sees it"
    event = service.as_("street").get(f"/tickets/{number}/events").json["items"][-1]
    assert (event["kind"], event["data"]) == ("relocated", {"from_area": GRID_A, "to_area": GRID_B})
    other.did(number, "take")
    service.work()
    assert any("改划" in text for text in other.told())


def test_it_is_routed_anew_from_the_accountable_seat_down(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category="LL0107")["number"]
    moved = service.as_("street").did(number, "relocate", area=f"{NET}00101")
    assert [hop["holder"]["area_code"] for hop in moved["hops"]] == [GRID_A, NET, f"{NET}001", f"{NET}00101"]
    assert moved["accountable"]["area_code"] == NET


def test_what_has_no_category_yet_moves_to_the_other_grid_and_is_still_reported(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, text="不知道是什么")["number"]
    moved = service.seat(CENTRAL).did(number, "relocate", area=GRID_B)
    assert (moved["status"], moved["holder"]["area_code"]) == ("reported", GRID_B)
    assert service.seat(GRID_B).did(number, "accept", category=COVER)["status"] == "dispatched"


@pytest.mark.parametrize(
    ("who", "step", "status", "code", "field"),
    [
        (GRID_A, gave_back("other", GRID_B), 422, "invalid", SUGGESTED),
        (GRID_A, gave_back("not_my_area", "420199"), 422, "invalid", SUGGESTED),
        (GRID_A, gave_back("not_my_area", GRID_A), 422, "invalid", SUGGESTED),
        (GRID_A, gave_back("not_my_area", XIMA_GRID), 422, "invalid", SUGGESTED),
        (GRID_A, gave_back("not_my_area", NANHU), 422, "invalid", SUGGESTED),
        (GRID_A, {"action": "relocate"}, 422, "missing_input", "area"),  # nobody has suggested anything
        (GRID_A, {"action": "relocate", "area": GRID_B}, 403, "forbidden", None),  # the holder does not lead that grid
        (CENTRAL, {"action": "relocate", "area": NET}, 403, "forbidden", None),  # of another community
        (CENTRAL, {"action": "relocate", "area": XIMA_GRID}, 422, "invalid", "area"),  # of another district
        (CENTRAL, {"action": "relocate", "area": "nowhere"}, 422, "invalid", "area"),
        ("rider", {"action": "relocate", "area": GRID_B}, 403, "forbidden", None),
    ],
)
def test_a_refused_correction_leaves_the_ticket_as_it_was(
    service: Service, who: str, step: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    caller = service.as_("rider") if who == "rider" else service.seat(who)
    street = service.as_("street")
    before, events = street.ticket(number), street.events(number)
    answer = caller.post(f"/tickets/{number}/steps", step)
    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert (list(error["fields"]) == [field]) if field else not error["fields"]
    assert (street.ticket(number), street.events(number)) == (before, events)
    assert proposals(service) == []


def test_within_the_grid_its_lead_moves_it_alone(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    moved = service.seat(GRID_A).did(number, "relocate", area=OTHER_BUILDING)
    assert (moved["area_code"], moved["holder"]["area_code"]) == (OTHER_BUILDING, GRID_A)


def test_three_equal_corrections_propose_a_fix_that_the_district_decides(service: Service) -> None:
    numbers = [returned(service) for _ in range(3)]
    for number in numbers[:2]:
        service.seat(CENTRAL).did(number, "relocate")
    assert proposals(service) == []
    service.seat(CENTRAL).did(numbers[2], "relocate", area=GRID_B)
    (made,) = proposals(service)
    assert (made["from"]["area_code"], made["to"]["area_code"], made["state"]) == (GRID_A, GRID_B, "open")
    assert (made["corrections"], sorted(made["tickets"])) == (3, sorted(numbers))

    fourth = returned(service)
    service.seat(CENTRAL).did(fourth, "relocate")
    assert [one["corrections"] for one in proposals(service)] == [4], "the next stands behind the same"

    path = f"/routing/proposals/{made['id']}/decision"
    assert service.seat(JIANGAN).post(path, {"accepted": True}).status_code == 404, "another district's"
    assert proposals(service, f"seat:{JIANGAN}") == []
    assert service.seat(CENTRAL).post(path, {"accepted": True}).status_code == 403
    decided = service.seat(WUCHANG).post(path, {"accepted": False, "note": "边界没有错"})
    assert (decided.json["state"], decided.json["note"]) == ("dismissed", "边界没有错")
    again = service.seat(WUCHANG).post(path, {"accepted": True})
    assert (again.status_code, again.json["error"]["present"]) == (409, {"state": "dismissed"})
    assert proposals(service, state="open") == []

    for number in [returned(service) for _ in range(2)]:
        service.seat(CENTRAL).did(number, "relocate")
    assert len(proposals(service)) == 1, "equal corrections count anew"
    service.seat(CENTRAL).did(returned(service), "relocate")
    assert [one["state"] for one in proposals(service)] == ["open", "dismissed"]


def test_a_lead_whom_the_matter_is_about_learns_nothing_by_these_doors_either(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER, about=f"seat:{GRID_A}")["number"]
    subject, street = service.seat(GRID_A), service.as_("street")
    assert subject.get(f"/tickets/{number}/neighbours").status_code == 404
    assert subject.step(number, "relocate", area=GRID_B).status_code == 404
    assert street.get(f"/tickets/{number}/neighbours").status_code == 200
    street.did(number, "relocate", area=GRID_B)
    back = street.did(number, "relocate", area=GRID_A)
    assert back["holder"]["area_code"] == CENTRAL, "moved to the subject's own grid it goes past the subject"
    assert subject.get(f"/tickets/{number}").status_code == 404


def test_a_suggestion_that_the_parent_does_not_follow_is_no_correction_of_that_pair(service: Service) -> None:
    for _ in range(3):
        service.as_("street").did(returned(service, to=GRID_B), "relocate", area=NET)
    (made,) = proposals(service)
    assert (made["from"]["area_code"], made["to"]["area_code"]) == (GRID_A, NET)
