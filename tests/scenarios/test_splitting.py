"""One matter, several units: each has a part with a number and a deadline of its own, and the whole closes last."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.clocks import Clock
from reporter.models.points import OpenPoint
from reporter.models.tickets import Event, Hop, Report, Ticket
from tests.service import Caller, Service
from tests.services.inside import count, one, rows
from tests.world import CENTRAL, GRID_A, GRID_B, HOME, IN_GRID_A_ONLY, NANHU, XIMA_GRID

COVER, BENCH = "BJ0123", "LL0107"
TWO = [{"to": "department:water", "note": "修井"}, {"to": "department:power", "note": "移走电箱"}]


def error(answer: Any) -> tuple[int, str, set[str]]:
    """Status, code and the fields that are wrong."""
    return answer.status_code, answer.json["error"]["code"], set(answer.json["error"]["fields"])


def with_the_street(service: Service) -> tuple[str, Caller, Caller]:
    """A cover that two departments must see to, passed up to the street."""
    rider, street = service.as_("rider"), service.as_("street")
    report = {"category": COVER, "text": "井盖压住了电箱13812345678", "photo_ids": [rider.photo()]}
    number = rider.report(IN_GRID_A_ONLY, **report)["number"]
    service.work()  # the photo is developed
    service.seat(GRID_A).did(number, "escalate", reason="两家的事")
    service.seat(CENTRAL).did(number, "escalate", reason="要街道协调")
    return number, rider, street


def split(service: Service, parts: list[dict[str, Any]] = TWO) -> tuple[str, list[str]]:
    """The number of a matter that was split, and those of its parts."""
    number, _, street = with_the_street(service)
    shown = street.did(number, "split", parts=parts)
    return number, [part["number"] for part in shown["parts"]]


def finish(service: Service, part: str, who: str) -> None:
    """Solved by its holder and verified by the 网格长."""
    holder, grid = service.as_(who), service.seat(GRID_A)
    holder.did(part, "take")
    holder.did(part, "solve", note="办好了", photo_ids=[holder.photo()])
    grid.did(part, "verify", passed=True)


def test_each_part_is_done_by_its_unit_and_the_whole_closes_last(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number, rider, street = with_the_street(service)
    due_at = street.ticket(number)["due_at"]
    service.at("2026-09-07 09:20")

    whole = street.did(number, "split", parts=TWO)
    assert (whole["status"], whole["holder"]["area_code"], whole["due_at"]) == ("handling", NANHU, due_at)
    assert [(part["holder"]["department_code"], part["status"]) for part in whole["parts"]] == [
        ("water", "dispatched"), ("power", "dispatched"),
    ]  # fmt: skip
    first, second = (part["number"] for part in whole["parts"])
    assert len({number, first, second}) == 3

    water, power = service.as_("department"), service.as_("power")
    assert water.told()[-1].startswith(f"新派工单{first}")
    part = water.ticket(first)
    assert part["parent"] == {"number": number, "status": "handling", "status_name": "处理中"}
    assert part["source"] == "split"
    assert part["reports"][0]["text"] == "井盖压住了电箱138****5678", "it shows what the whole was told, masked"
    assert part["received_at"] == "2026-09-07T01:20:00Z", "its limits run from now"
    assert part["due_at"] == "2026-09-07T03:20:00Z"
    assert [hop["holder"]["area_code"] for hop in part["hops"]] == [NANHU, None]
    assert water.get(part["reports"][0]["photos"][0]["url"].removeprefix("/api/v1")).status_code == 200
    assert water.get(f"/tickets/{number}").status_code == 404, "the whole itself is not theirs"
    assert power.get(f"/tickets/{first}").status_code == 404, "nor is the other's part"

    assert error(street.step(number, "solve", photo_ids=[street.photo()])) == (409, "parts_open", set())
    refused = street.step(number, "solve", photo_ids=[street.photo()]).json["error"]
    assert refused["present"]["parts"] == [first, second]
    assert first in refused["message"] and second in refused["message"]
    finish(service, first, "department")
    assert street.told()[-1] == f"{number}的子工单{first}已结束"
    assert street.step(number, "solve", photo_ids=[street.photo()]).json["error"]["present"]["parts"] == [second]
    finish(service, second, "power")

    street.did(number, "solve", note="两家都办好了", photo_ids=[street.photo()])
    service.seat(GRID_A).did(number, "verify", passed=True)
    service.work()
    heard = rider.told()
    assert heard[-1] == f"{number}已修好并核实结案，请评价"
    assert not [text for text in heard if first in text or second in text], "followers hear only how the whole ends"
    assert rider.post(f"/tickets/{number}/rating", {"grade": 5}).status_code == 201


def test_a_submitter_sees_one_matter_and_no_parts(service: Service) -> None:
    number, (first, _) = split(service)
    rider = service.as_("rider")
    shown = rider.ticket(number)
    assert (shown["parts"], shown["parent"]) == ([], None)
    assert "split" not in rider.events(number)
    for path in (f"/tickets/{first}", f"/tickets/{first}/events"):
        assert rider.get(path).status_code == 404
    assert [item["number"] for item in rider.get("/reports").json["items"]] == [number]
    assert error(service.as_("resident").post(f"/tickets/{first}/join"))[:2] == (404, "not_found")
    near = service.as_("resident").get(
        "/tickets/nearby", lng=IN_GRID_A_ONLY[0], lat=IN_GRID_A_ONLY[1], coord_type="wgs84"
    )
    assert [item["number"] for item in near.json["items"]] == [number]


def test_a_lead_who_reported_the_whole_is_not_the_submitter_of_its_parts(service: Service) -> None:
    grid, street = service.seat(GRID_A), service.as_("street")
    number = grid.report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid.did(number, "escalate", reason="x")
    service.seat(CENTRAL).did(number, "escalate", reason="x")
    first = street.did(number, "split", parts=TWO)["parts"][0]["number"]
    assert error(grid.step(first, "withdraw"))[:2] == (403, "forbidden")
    assert grid.ticket(first)["may_rate"] is False


def test_lists_show_parts_with_the_words_of_the_whole_and_figures_count_one_matter(service: Service) -> None:
    number, parts = split(service)
    street, water = service.as_("street"), service.as_("department")
    listed = {item["number"]: item for item in street.get("/tickets").json["items"]}
    assert set(listed) == {number, *parts}
    assert {item["text"] for item in listed.values()} == {"井盖压住了电箱138****5678"}
    assert [listed[part]["parent_number"] for part in parts] == [number, number]
    assert listed[number]["parent_number"] is None
    (thumbnail,) = {item["thumbnail_url"] for item in listed.values()}
    assert water.request("GET", thumbnail.removeprefix("/api/v1")).status_code == 200
    assert [item["number"] for item in water.get("/tickets", holder="me").json["items"]] == parts[:1]

    counts = street.get("/dashboard/summary").json["counts"]
    assert (counts["received"]["value"], counts["open"]["value"]) == (1, 1)
    behind = street.request("GET", counts["received"]["tickets_url"].removeprefix("/api/v1")).json["items"]
    assert [item["number"] for item in behind] == [number], "the list behind the number is as long as the number"
    finish(service, parts[0], "department")
    service.work()
    counts = street.get("/dashboard/summary").json["counts"]
    assert (counts["received"]["value"], counts["closed"]["value"]) == (1, 0), "settled, and still not counted"


def test_a_part_that_is_returned_or_taken_back_comes_to_who_split_it(service: Service) -> None:
    _, (first, second) = split(service)
    street, water = service.as_("street"), service.as_("department")
    back = water.did(first, "return", reason_code="not_my_duty")
    assert (back["status"], back["holder"]["area_code"]) == ("accepted", NANHU)
    assert street.did(first, "dispatch", to=f"seat:{GRID_A}")["holder"]["area_code"] == GRID_A
    assert street.did(second, "revoke")["holder"]["area_code"] == NANHU
    assert street.did(second, "reject", reason_code="not_found_on_site")["status"] == "not_accepted"


def test_the_whole_ends_in_no_way_while_a_part_is_open(service: Service) -> None:
    number, (first, second) = split(service)
    street = service.as_("street")
    street.did(number, "escalate", reason="请区里定")  # dispatched again: could be rejected
    district = service.as_("district")
    assert error(district.step(number, "reject", reason_code="not_in_scope"))[:2] == (409, "parts_open")
    assert error(service.as_("rider").step(number, "withdraw"))[:2] == (409, "step_not_possible")
    for part in (first, second):
        street.did(part, "revoke")
        street.did(part, "reject", reason_code="not_in_scope")
    assert district.did(number, "reject", reason_code="not_in_scope")["status"] == "not_accepted"


def test_a_part_is_not_split_again(service: Service) -> None:
    _, (first, _) = split(service, [{"to": f"seat:{CENTRAL}", "note": "协调"}, TWO[0]])
    community = service.seat(CENTRAL)
    assert "split" not in [action["action"] for action in community.ticket(first)["actions"]]
    assert error(community.step(first, "split", parts=TWO))[:2] == (409, "step_not_possible")


def test_each_part_is_late_by_itself(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number, (first, second) = split(service)
    service.at("2026-09-07 11:30")
    while sum(service.work().values()):
        continue
    late = rows(service, select(Event.ticket_id).where(Event.kind == "became_overdue"))
    numbers = rows(service, select(Ticket.number).where(Ticket.id.in_(late)).order_by(Ticket.id))
    assert numbers == [number, first, second]
    assert {part["overdue"] for part in service.as_("street").ticket(number)["parts"]} == {True}


def test_who_calls_back_finds_the_submitter_of_the_whole(service: Service) -> None:
    _, (first, _) = split(service)
    revealed = service.seat(GRID_A).post(f"/tickets/{first}/reveal", {"reason": "回电"})
    assert (revealed.status_code, revealed.json["name"]) == (200, "骑手一")


WHO = [
    ("street", 200),
    (f"seat:{CENTRAL}", 403),  # had it, has it not
    (f"seat:{GRID_A}", 403),
    ("district", 403),  # above it, but does not hold it
    ("rider", 403),
    ("department", 404),
    (f"seat:{XIMA_GRID}", 404),
]


@pytest.mark.parametrize(("who", "status"), WHO)
def test_only_a_wide_enough_holder_splits(service: Service, who: str, status: int) -> None:
    number, _, _ = with_the_street(service)
    assert service.as_(who).step(number, "split", parts=TWO).status_code == status


def test_a_grid_and_a_department_may_not(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    assert error(service.seat(GRID_A).step(number, "split", parts=TWO))[:2] == (403, "forbidden")
    service.seat(GRID_A).did(number, "dispatch", to="department:water")
    assert error(service.as_("department").step(number, "split", parts=TWO))[:2] == (403, "forbidden")


def part(**changes: Any) -> dict[str, Any]:
    return {**TWO[1], **changes}


BAD: list[tuple[Any, tuple[int, str, set[str]]]] = [
    (None, (422, "missing_input", {"parts"})),
    ([], (422, "invalid", {"parts"})),
    ([TWO[0]], (422, "invalid", {"parts"})),  # one is no split
    ([TWO[0]] * 11, (422, "invalid", {"parts"})),
    ("parts", (422, "invalid", {"parts"})),
    ([TWO[0], "department:power"], (422, "invalid", {"parts.1"})),
    ([TWO[0], {"to": "department:power"}], (422, "invalid", {"parts.1.note"})),
    ([TWO[0], part(note=" ")], (422, "invalid", {"parts.1.note"})),
    ([TWO[0], part(note="长" * 1001)], (422, "invalid", {"parts.1.note"})),
    ([TWO[0], {"note": "n"}], (422, "invalid", {"parts.1.to"})),
    ([TWO[0], part(until="x")], (422, "invalid", {"parts.1.until"})),
    ([TWO[0], part(condition="1")], (422, "invalid", {"parts.1.condition"})),
    ([TWO[0], part(condition=99)], (422, "unknown_condition", {"parts.1.condition"})),
    ([TWO[0], part(category="XX9999")], (422, "unknown_category", {"parts.1.category"})),
    ([TWO[0], part(category=BENCH)], (422, "unknown_receiver", {"parts.1.to"})),  # no department's matter
    ([TWO[0], part(to="department:moon")], (422, "unknown_receiver", {"parts.1.to"})),
    ([TWO[0], part(to=f"seat:{NANHU}")], (422, "unknown_receiver", {"parts.1.to"})),  # not below
    ([TWO[0], part(to=f"seat:{XIMA_GRID}")], (422, "unknown_receiver", {"parts.1.to"})),  # a foreign area
    ([TWO[0], part(to="department:water")], (422, "unknown_receiver", {"parts.1.to"})),  # the same unit twice
    ([part(to="x"), TWO[0]], (422, "unknown_receiver", {"parts.0.to"})),
]


def test_a_wrong_part_is_named_by_its_place_and_nothing_is_stored(service: Service) -> None:
    number, _, street = with_the_street(service)
    tables = (Ticket, Hop, Clock, Event, Report, OpenPoint)
    before = [count(service, table) for table in tables], street.ticket(number)["version"]
    for parts, expected in BAD:
        assert error(street.step(number, "split", parts=parts)) == expected, parts
        assert ([count(service, table) for table in tables], street.ticket(number)["version"]) == before, parts


def test_more_may_be_added_up_to_ten(service: Service) -> None:
    number, _ = split(service)
    street = service.as_("street")
    own = [{"to": f"seat:{code}", "note": "协助", "category": BENCH} for code in (GRID_A, GRID_B, HOME)]
    assert len(street.did(number, "split", parts=own)["parts"]) == 5
    five = [{"to": f"department:{code}", "note": "n"} for code in ("water", "power", "police", "urban", "housing", "x")]
    assert error(street.step(number, "split", parts=five)) == (422, "invalid", {"parts"})
    assert one(service, select(Ticket.parts).where(Ticket.number == number)) == 5
