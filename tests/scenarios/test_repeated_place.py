"""五连问: the five answers of a ticket, and the place where the same thing happens again and again."""

from typing import Any

from sqlalchemy import select

from reporter.models.tickets import Ticket
from tests.service import Caller, Service
from tests.services.inside import one
from tests.world import AT_HOME, AT_NEXT_DOOR, GRID_A, HOME

LAMP, COVER, OTHER_COVER = "LL0107", "BJ0123", "BJ0101"
ENOUGH = 5  # the shipped policy, this one included


def before(resident: Caller, how_many: int, point: tuple[float, float] = AT_HOME, category: str = LAMP) -> None:
    for _ in range(how_many):
        resident.report(point, category=category)


def fields(ticket: dict[str, Any], action: str) -> dict[str, bool]:
    (offered,) = [one_of for one_of in ticket["actions"] if one_of["action"] == action]
    return {field["name"]: field["required"] for field in offered["fields"]}


def test_the_answers_come_from_the_steps(service: Service) -> None:
    resident, grid = service.as_("resident"), service.seat(GRID_A)
    number = resident.report(AT_HOME, category=COVER, text="井盖没了，13812345678")["number"]
    asked = grid.ticket(number)["five"]
    assert asked == {
        "demand": "井盖没了，138****5678",
        "cause": None,
        "plan": None,
        "progress": "已派遣，现由网格长办理",
        "effect": None,
    }
    grid.did(number, "take", plan="先围挡")
    grid.did(number, "note", text="等水务", plan="明早更换")
    resident.did(number, "note", text="快点")
    grid.did(number, "solve", photo_ids=[grid.photo()], cause="被盗", effect="换了防盗井盖")
    told = resident.ticket(number)["five"]
    assert (told["cause"], told["plan"], told["effect"]) == ("被盗", "明早更换", "换了防盗井盖"), "the last answer"
    assert told["progress"].startswith("已反馈待核实")
    assert told["demand"] == "井盖没了，13812345678", "the own words"


def test_a_note_answers_no_response_limit(service: Service) -> None:
    resident, grid = service.as_("resident"), service.seat(GRID_A)
    number = resident.report(AT_HOME, category=COVER)["number"]
    assert grid.did(number, "note", text="看到了", plan="下午去")["responded_at"] is None


def test_only_the_holder_plans(service: Service) -> None:
    resident, grid = service.as_("resident"), service.seat(GRID_A)
    number = resident.report(AT_HOME, category=COVER)["number"]
    assert "plan" not in fields(resident.ticket(number), "note")
    resident.did(number, "note", text="快点", plan="我来修")
    assert grid.ticket(number)["five"]["plan"] is None


def test_a_repeated_place_is_not_closed_without_cause_and_effect(service: Service) -> None:
    resident, home = service.as_("resident"), service.seat(HOME)
    before(resident, ENOUGH - 1)
    number = resident.report(AT_HOME, category=LAMP, photo_ids=[resident.photo()])["number"]
    asked = fields(home.ticket(number), "solve")
    assert (asked["cause"], asked["effect"], asked["note"]) == (True, True, False)

    photo = home.photo("white")
    for given, missing in (
        ({}, {"cause", "effect"}),
        ({"cause": "线路老化"}, {"effect"}),
        ({"cause": "线路老化", "effect": "  "}, {"effect"}),
    ):
        refused = home.step(number, "solve", photo_ids=[photo], **given)
        assert (refused.status_code, refused.json["error"]["code"]) == (422, "repeat_place_unanswered")
        assert set(refused.json["error"]["fields"]) == missing
    assert one(service, select(Ticket.status, Ticket.cause).where(Ticket.number == number)) == ("dispatched", None)
    closed = home.did(number, "solve", photo_ids=[photo], cause="线路老化", effect="换了整条线")
    assert (closed["status"], closed["five"]["cause"]) == ("closed", "线路老化")


def test_what_was_solved_before_it_repeated_is_asked_by_verification(service: Service) -> None:
    resident, grid, community = service.as_("resident"), service.seat(GRID_A), None
    number = resident.report(AT_HOME, category=COVER)["number"]
    solved = grid.did(number, "solve", photo_ids=[grid.photo()])
    before(resident, ENOUGH - 1, category=COVER)
    community = service.seat(solved["holder"]["area_code"])
    assert fields(community.ticket(number), "verify")["cause"] is True
    refused = community.step(number, "verify", passed=True)
    assert refused.json["error"]["code"] == "repeat_place_unanswered"
    back = community.did(number, "verify", passed=False, note="又坏了")
    assert back["status"] == "handling", "sending it back ends nothing"
    grid.did(number, "solve", photo_ids=[grid.photo()], cause="车压", effect="加固")
    assert fields(community.ticket(number), "verify")["cause"] is False, "answered already"
    assert community.did(number, "verify", passed=True)["status"] == "closed"


def test_what_counts_as_the_same_place(service: Service) -> None:
    resident, home, grid = service.as_("resident"), service.seat(HOME), service.seat(GRID_A)
    before(resident, ENOUGH, point=AT_NEXT_DOOR)  # 140 m away
    number = resident.report(AT_HOME, category=LAMP)["number"]
    assert "cause" in fields(home.ticket(number), "solve")
    assert fields(home.ticket(number), "solve")["cause"] is False, "another place"

    before(resident, ENOUGH - 2, category=COVER)
    withdrawn = resident.report(AT_HOME, category=COVER)["number"]
    resident.did(withdrawn, "withdraw")
    cover = resident.report(AT_HOME, category=COVER)["number"]
    assert fields(grid.ticket(cover), "solve")["cause"] is False, "another kind of matter, and one that was nothing"
    resident.report(AT_HOME, category=OTHER_COVER)
    assert fields(grid.ticket(cover), "solve")["cause"] is True, "covers look alike"

    service.at("2026-12-06 09:01")  # ninety days and a minute
    late = service.as_("resident").report(AT_HOME, category=COVER)["number"]
    assert fields(service.seat(GRID_A).ticket(late), "solve")["cause"] is False, "long ago"


def test_a_reopened_ticket_has_no_effect_yet(service: Service) -> None:
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP, photo_ids=[resident.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo("white")], cause="灯泡坏", effect="换了灯泡")
    again = resident.did(number, "reopen", reason="又坏了")["five"]
    assert (again["cause"], again["effect"]) == ("灯泡坏", None)


def test_looking_at_it_costs_no_further_statement(service: Service) -> None:
    resident, home, rider = service.as_("resident"), service.seat(HOME), service.as_("rider")
    before(resident, ENOUGH - 1)
    number = rider.report(AT_HOME, category=LAMP)["number"]
    with service.statements() as mine:
        home.ticket(number)
    with service.statements() as theirs:
        rider.ticket(number)
    assert len(mine) == len(theirs) <= 6
