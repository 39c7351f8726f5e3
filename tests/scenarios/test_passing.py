"""Back and forth: returns between a pair, the street's decision, taking back, and giving to another."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.clocks import Clock
from reporter.models.tickets import Ticket
from reporter.queries import returns
from tests.service import Caller, Service
from tests.services.inside import count, one, rows
from tests.world import (
    AT_HOME,
    BUILDING,
    CENTRAL,
    GRID_A,
    GRID_B,
    HOME,
    IN_GRID_A_ONLY,
    NANHU,
    NEXT_DOOR,
    OTHER_BUILDING,
)

COVER, LAMP = "BJ0123", "LL0107"


def error(answer: Any) -> tuple[int, str, set[str]]:
    """Status, code and the fields that are wrong."""
    return answer.status_code, answer.json["error"]["code"], set(answer.json["error"]["fields"])


def held_by(shown: dict[str, Any]) -> str | None:
    """The area or the department that has the ball."""
    holder = shown["holder"]
    return holder and (holder["area_code"] or holder["department_code"])


def with_water(service: Service) -> tuple[str, Caller, Caller]:
    """A cover that the 网格长 sent to the waterworks."""
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid, water = service.seat(GRID_A), service.as_("department")
    grid.did(number, "dispatch", to="department:water")
    return number, grid, water


def test_after_two_returns_the_street_assigns_finally_and_the_metric_shows_it(service: Service) -> None:
    """Scenario 6 of ``domain.md`` 12.3."""
    number, grid, water = with_water(service)
    street, power = service.as_("street"), service.as_("power")

    back = water.did(number, "return", reason_code="not_my_duty", note="不是我们的井")
    assert (back["status"], held_by(back)) == ("accepted", GRID_A)
    grid.did(number, "dispatch", to="department:water", note="图纸上是污水井")
    back = water.did(number, "return", reason_code="not_my_duty", note="仍不是")
    assert (back["status"], held_by(back)) == ("accepted", GRID_A), "the second may still go back"
    grid.did(number, "dispatch", to="department:water", note="附上权属图")

    back = water.did(number, "return", reason_code="other")
    assert (back["status"], held_by(back)) == ("accepted", NANHU), "the third goes to the street"
    assert back["hops"][-1]["reasons"][0]["code"] == "street_decides"

    given = street.did(number, "dispatch", to="department:power")
    assert (given["status"], held_by(given)) == ("dispatched", "power")
    assert "结案前不再退回" in given["reason"]
    power.did(number, "take")
    assert "return" not in [action["action"] for action in power.ticket(number)["actions"]]
    assert error(power.step(number, "return", reason_code="not_my_duty")) == (409, "assigned_finally", set())

    power.did(number, "solve", note="换了井盖", photo_ids=[power.photo()])
    grid.did(number, "verify", passed=False, note="没盖严")
    assert error(power.step(number, "return", reason_code="other"))[1] == "assigned_finally", "until closing"

    wrong = rows(service, select(Ticket.number).where(returns.wrongly_dispatched()))
    assert wrong == [number]
    operations = count(service, Ticket, returns.returned())
    assert (operations, one(service, returns.operations())) == (1, 3)


def test_the_street_that_is_asked_may_give_it_back_to_the_returner_without_an_answer(service: Service) -> None:
    number, grid, water = with_water(service)
    for note in ("一", "二"):
        water.did(number, "return", reason_code="not_my_duty")
        grid.did(number, "dispatch", to="department:water", note=note)
    water.did(number, "return", reason_code="not_my_duty")

    given = service.as_("street").did(number, "dispatch", to="department:water")
    assert held_by(given) == "water"
    assert error(water.step(number, "return", reason_code="not_my_duty"))[1] == "assigned_finally"


def test_a_ticket_that_was_reopened_may_be_returned_again(service: Service) -> None:
    number, grid, water = with_water(service)
    for note in ("一", "二"):
        water.did(number, "return", reason_code="not_my_duty")
        grid.did(number, "dispatch", to="department:water", note=note)
    water.did(number, "return", reason_code="not_my_duty")
    service.as_("street").did(number, "dispatch", to="department:water")
    water.did(number, "solve", note="好了", photo_ids=[water.photo()])
    grid.did(number, "verify", passed=True)
    service.as_("rider").did(number, "reopen", reason="又坏了")

    grid.did(number, "dispatch", to="department:water")
    assert held_by(water.did(number, "return", reason_code="not_my_duty")) == GRID_A


def test_what_was_returned_is_not_sent_on_unchanged(service: Service) -> None:
    number, grid, water = with_water(service)
    water.did(number, "return", reason_code="wrong_category", category="BJ0109", note="像是别的井")
    before = grid.ticket(number)["version"]

    unchanged = (422, "returned_unchanged", {"to"})
    assert error(grid.step(number, "dispatch", to="department:water")) == unchanged
    assert error(grid.step(number, "dispatch", to="department:water", note="  ")) == unchanged
    assert grid.ticket(number)["version"] == before
    grid.did(number, "dispatch", to="department:water", note="现场确认是污水井")
    water.did(number, "return", reason_code="not_my_duty")
    again = grid.step(number, "dispatch", to="department:water", note="现场确认是污水井")
    assert error(again) == unchanged, "an answer is good once"
    assert held_by(grid.did(number, "dispatch", to="department:power")) == "power", "another needs none"


def test_whoever_gets_a_return_sees_the_category_that_was_proposed(service: Service) -> None:
    number, grid, water = with_water(service)
    assert error(water.step(number, "return", reason_code="other", category="BJ0109")) == (
        422, "invalid", {"category"},
    )  # fmt: skip
    assert error(water.step(number, "return", reason_code="wrong_category", category="XX9999")) == (
        422, "unknown_category", {"category"},
    )  # fmt: skip
    water.did(number, "return", reason_code="wrong_category", category="BJ0109")
    (returned,) = [
        event for event in grid.get(f"/tickets/{number}/events").json["items"] if event["kind"] == "returned"
    ]
    assert returned["data"]["category"] == "BJ0109"


# ---------------------------------------------------------------- taking back


def test_who_sent_it_takes_it_back_before_the_receiver_answers(service: Service) -> None:
    number, grid, water = with_water(service)
    assert "revoke" in [action["action"] for action in grid.ticket(number)["actions"]]

    back = grid.did(number, "revoke", note="派错了")
    assert (back["status"], held_by(back)) == ("accepted", GRID_A)
    assert water.told()[-1] == f"工单{number}已被网格长撤回"
    assert error(water.step(number, "take"))[:2] == (403, "forbidden")
    assert held_by(grid.did(number, "dispatch", to="department:power")) == "power"


def test_what_was_taken_or_answered_is_not_taken_back(service: Service) -> None:
    number, grid, water = with_water(service)
    water.did(number, "respond", note="已围护", photo_ids=[water.photo()])
    assert error(grid.step(number, "revoke"))[:2] == (409, "step_not_possible"), "they are on the spot"
    water.did(number, "take")
    assert error(grid.step(number, "revoke"))[:2] == (409, "step_not_possible")


def test_only_who_sent_it_takes_it_back_and_never_what_the_system_sent(service: Service) -> None:
    number, _, water = with_water(service)
    for stranger in (service.seat(CENTRAL), service.as_("street"), water, service.as_("rider")):
        assert error(stranger.step(number, "revoke"))[:2] == (403, "forbidden")
    filed = service.as_("rider").report(AT_HOME, category=LAMP)["number"]
    assert service.seat(BUILDING).step(filed, "revoke").status_code in (403, 409), "routed by the system"
    service.seat(HOME).did(filed, "escalate", reason="太高")
    assert error(service.seat(HOME).step(filed, "revoke"))[:2] == (409, "step_not_possible"), "passed up"


# ---------------------------------------------------------------- giving to another


def test_somebody_above_gives_it_to_another_and_the_resolve_clock_goes_on(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    home, building, grid = service.seat(HOME), service.seat(BUILDING), service.seat(GRID_A)
    home.did(number, "take")
    due_at = grid.ticket(number)["due_at"]

    service.at("2026-09-07 11:00")
    given = grid.did(number, "reassign", to=f"seat:{OTHER_BUILDING}", reason="本楼无人", note="请代办")
    assert (given["status"], held_by(given), given["due_at"]) == ("dispatched", OTHER_BUILDING, due_at)
    assert [hop["holder"]["area_code"] for hop in given["hops"][-2:]] == [GRID_A, OTHER_BUILDING]
    assert {hop["via"] for hop in given["hops"][-2:]} == {"reassign"}
    running = rows(service, select(Clock.kind, Clock.started_at).where(Clock.stopped_at.is_(None)))
    assert [kind for kind, at in sorted(running) if at == service.clock()] == ["response"]
    assert home.told()[-1] == f"工单{number}已改派给楼栋长"
    assert service.seat(OTHER_BUILDING).told()[-1] == f"新派工单{number}：楼道灯不亮"

    back = service.seat(OTHER_BUILDING).did(number, "return", reason_code="not_my_area")
    assert held_by(back) == GRID_A, "to whoever gave it, not to whoever lost it"
    assert building.step(number, "reassign", to=f"seat:{HOME}", reason="x").status_code == 403


def test_who_gave_it_away_so_takes_it_back(service: Service) -> None:
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    community = service.seat(CENTRAL)
    community.did(number, "reassign", to=f"seat:{GRID_B}", reason="甲网格忙")
    assert error(service.seat(HOME).step(number, "revoke"))[:2] == (403, "forbidden")
    assert held_by(community.did(number, "revoke")) == CENTRAL


REASSIGN = [
    ("street", {"to": "department:power"}, 200),  # what a department has: the street
    ("street", {"to": f"seat:{GRID_A}"}, 200),
    ("district", {"to": "department:power"}, 200),
    (f"seat:{CENTRAL}", {"to": "department:power"}, 403),  # the community is not above a department
    (f"seat:{GRID_A}", {"to": "department:power"}, 403),
    (f"seat:{GRID_B}", {"to": "department:power"}, 404),  # not its ticket
    ("department", {"to": "department:power"}, 403),  # who has it returns it
    ("rider", {"to": "department:power"}, 403),
    ("auditor", {"to": "department:power"}, 403),
    ("street", {"to": "department:water"}, 422),  # has it already
    ("street", {"to": f"seat:{NANHU}"}, 422),  # below, not to oneself
    ("street", {"to": "seat:420102007002001"}, 422),  # a foreign street's
    ("street", {"to": "department:moon"}, 422),
    ("street", {"to": "water"}, 422),
]


@pytest.mark.parametrize(("who", "given", "status"), REASSIGN)
def test_who_may_take_it_from_a_department(service: Service, who: str, given: dict[str, str], status: int) -> None:
    number, grid, water = with_water(service)
    water.did(number, "take")
    before = grid.ticket(number)["version"]

    answer = service.as_(who).step(number, "reassign", reason="无人办理", **given)
    assert answer.status_code == status, answer.text
    assert (grid.ticket(number)["version"] == before) == (status != 200), "a refusal changes nothing"


def test_a_reason_is_owed_and_the_form_offers_what_is_below(service: Service) -> None:
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    grid = service.seat(GRID_A)
    assert error(grid.step(number, "reassign", to=f"seat:{NEXT_DOOR}")) == (422, "missing_input", {"reason"})
    assert error(grid.step(number, "reassign", reason="x")) == (422, "missing_input", {"to"})
    (form,) = [action for action in grid.ticket(number)["actions"] if action["action"] == "reassign"]
    choices = {field["name"]: field["choices"] for field in form["fields"]}
    assert [choice["value"] for choice in choices["to"]] == [f"seat:{BUILDING}"], "all below but who has it"


def test_what_ran_out_before_it_was_taken_away_is_still_charged(service: Service) -> None:
    """Nobody escapes a deadline because somebody above was faster than the worker."""
    service.at("2026-09-07 09:00")
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    service.at("2026-09-07 09:31")  # half an hour to answer
    given = service.seat(CENTRAL).did(number, "reassign", to=f"seat:{GRID_B}", reason="没有回音")
    assert [hop["response_missed"] for hop in given["hops"]] == [True, False, False]
    assert service.seat(CENTRAL).events(number) == ["filed", "response_missed", "reassigned"]
