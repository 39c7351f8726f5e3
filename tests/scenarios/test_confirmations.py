"""A closing nobody can fake alone: the solver does not verify; of what neighbours share two of them may say so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from reporter.db import session_for
from reporter.models.areas import Area, Seat
from reporter.models.evidence import Confirmation
from reporter.models.people import Account
from tests.service import Service
from tests.services.inside import count, kinds
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, HOME, IN_GRID_A_ONLY

LAMP, COVER, NOISE = "LL0107", "BJ0123", "LL0302"


def refused(answer: Any) -> tuple[int, str, set[str]]:
    error = answer.json["error"]
    return answer.status_code, error["code"], set(error["fields"])


def solved(service: Service, category: str = LAMP) -> str:
    """Reported by a resident, joined by two others, solved without being closed at once, waiting to be verified."""
    service.at("2026-09-07 09:00")
    number = str(service.as_("resident").report(AT_HOME, category=category)["number"])
    for name in ("resident2", "rider"):
        service.as_(name).post(f"/tickets/{number}/join")
    holder = service.seat(GRID_A if category == COVER else HOME)
    assert holder.did(number, "solve", note="换了灯泡", photo_ids=[holder.photo()])["status"] == "feedback"
    return number


def put_on_seat(service: Service, area_code: str, username: str) -> None:
    """The person of this account has a seat from now on."""
    with session_for(service.engine, writes=True) as session:
        area_id = session.scalar(select(Area.id).where(Area.code == area_code))
        person_id = session.scalar(select(Account.person_id).where(Account.username == username))
        session.execute(update(Seat).where(Seat.area_id == area_id).values(holder_id=person_id, deputy_id=None))


def test_two_neighbours_close_it(service: Service) -> None:
    number = solved(service)
    first, second = service.as_("resident"), service.as_("resident2")
    assert "confirm" in {action["action"] for action in first.ticket(number)["actions"]}

    answer = first.post(f"/tickets/{number}/confirmations", {"fixed": True})
    assert (answer.status_code, answer.json["status"]) == (200, "feedback")
    assert refused(first.post(f"/tickets/{number}/confirmations", {"fixed": True})) == (409, "already_confirmed", set())
    assert count(service, Confirmation) == 1
    closed = second.post(f"/tickets/{number}/confirmations", {"fixed": True}).json
    assert (closed["status"], closed["holder"]) == ("closed", None)
    assert first.events(number)[-2:] == ["confirmed", "confirmed_by_neighbours"]
    for name in ("resident", "resident2", "rider"):
        assert sum("已由邻居确认" in text for text in service.as_(name).told()) == 1, name
    assert any("已由邻居确认" in text for text in service.seat(GRID_A).told()), "the accountable seat hears it"
    assert refused(service.as_("rider").post(f"/tickets/{number}/confirmations", {"fixed": True}))[0] == 409
    assert service.as_("rider").post(f"/tickets/{number}/rating", {"grade": 5}).status_code == 201


def test_one_no_with_a_photo_sends_it_one_level_up(service: Service) -> None:
    number = solved(service)
    service.as_("resident").post(f"/tickets/{number}/confirmations", {"fixed": True})
    rider = service.as_("rider")
    assert refused(rider.post(f"/tickets/{number}/confirmations", {"fixed": False})) == (
        422, "missing_input", {"photo_ids"},
    )  # fmt: skip
    photo = rider.photo("black")
    again = rider.post(f"/tickets/{number}/confirmations", {"fixed": False, "note": "还是黑的", "photo_ids": [photo]})

    assert (again.status_code, again.json["status"], again.json["reworks"]) == (200, "dispatched", 1)
    assert again.json["holder"]["area_code"] == BUILDING, "above whoever solved"
    assert kinds(service, number)["verification_failed"] == 1
    building = service.seat(BUILDING)
    building.did(number, "solve", note="换了灯座", photo_ids=[building.photo("white")])
    once_more = rider.post(f"/tickets/{number}/confirmations", {"fixed": True})
    assert once_more.json["status"] == "feedback", "another solution: everybody may speak again, nobody has yet"


def test_the_lead_may_still_verify_alone(service: Service) -> None:
    number = solved(service)
    service.as_("resident").post(f"/tickets/{number}/confirmations", {"fixed": True})
    assert service.seat(GRID_A).did(number, "verify", passed=True)["status"] == "closed"


def test_who_is_not_asked(service: Service) -> None:
    number = solved(service)
    yes = {"fixed": True}
    assert service.as_("rider2").post(f"/tickets/{number}/confirmations", yes).status_code == 404, "no neighbour of it"
    for seat in (HOME, GRID_A, CENTRAL):
        assert service.seat(seat).post(f"/tickets/{number}/confirmations", yes).status_code == 403, seat
    cover = solved(service, COVER)
    assert refused(service.as_("resident").post(f"/tickets/{cover}/confirmations", yes)) == (
        409, "step_not_possible", set(),
    )  # fmt: skip
    early = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    assert service.as_("resident").post(f"/tickets/{early}/confirmations", yes).status_code == 409
    for body, field in (({}, "fixed"), ({"fixed": 1}, "fixed"), ({"fixed": True, "why": ""}, "why")):
        answer = service.as_("resident").post(f"/tickets/{number}/confirmations", body)
        assert refused(answer) == (422, "invalid", {field})
    assert count(service, Confirmation) == 0


def test_a_deputy_of_two_seats_does_not_verify_the_own_work(service: Service) -> None:
    """Solved for the building by who is deputy of the grid: the ball goes to the grid's holder, who verifies."""
    put_on_seat(service, HOME, "deputy-a")
    service.at("2026-09-07 09:00")
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    both = service.as_("deputy-a")
    solved_ = both.did(number, "solve", note="好了", photo_ids=[both.photo()])

    assert solved_["holder"]["area_code"] == GRID_A
    assert "verify" not in {action["action"] for action in solved_["actions"]}
    for passed in (True, False):
        assert refused(both.step(number, "verify", passed=passed, note="看过了")) == (403, "own_work", set())
    assert service.seat(GRID_A).did(number, "verify", passed=True)["status"] == "closed"


def test_who_leads_home_and_grid_is_passed_over(service: Service) -> None:
    put_on_seat(service, GRID_A, "deputy-a")
    put_on_seat(service, HOME, "deputy-a")
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    both = service.as_("deputy-a")
    assert both.did(number, "solve", note="好", photo_ids=[both.photo()])["holder"]["area_code"] == CENTRAL


def test_when_the_verifying_seat_gets_the_solver_the_community_verifies_instead(service: Service) -> None:
    service.at("2026-09-07 09:00")
    put_on_seat(service, HOME, "deputy-alone")
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    solver = service.as_("deputy-alone")
    assert solver.did(number, "solve", note="好", photo_ids=[solver.photo()])["holder"]["area_code"] == GRID_A
    community = service.seat(CENTRAL)
    assert community.step(number, "verify", passed=True).status_code == 409, "the grid has it, and can"
    put_on_seat(service, GRID_A, "deputy-alone")

    assert refused(solver.step(number, "verify", passed=True)) == (403, "own_work", set())
    assert "verify" in {action["action"] for action in community.ticket(number)["actions"]}
    assert community.did(number, "verify", passed=True)["status"] == "closed"


def test_the_holder_who_solved_is_not_the_one_who_verifies_although_the_ball_was_sent_there(service: Service) -> None:
    service.at("2026-09-07 09:00")
    grid = service.seat(GRID_A)
    number = service.as_("resident").report(IN_GRID_A_ONLY, category=COVER)["number"]
    assert grid.did(number, "solve", note="好", photo_ids=[grid.photo()])["holder"]["area_code"] == CENTRAL
    assert grid.step(number, "verify", passed=True).status_code == 403
    service.clock.present += timedelta(minutes=5)
    assert service.seat(CENTRAL).did(number, "verify", passed=True)["status"] == "closed"
