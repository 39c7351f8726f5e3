"""What was closed at once is looked at again: drawn by the number, found true or false (``decisions.md`` “Ending”)."""

from sqlalchemy import select, update

from reporter.db import session_for
from reporter.models.tickets import Hop, Ticket
from tests.service import Service
from tests.services.inside import rows
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, HOME

LAMP = "LL0107"


def closed_at_once(service: Service, *, drawn: bool = True) -> str:
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP, photo_ids=[resident.photo("black")])["number"]
    home.did(number, "solve", photo_ids=[home.photo("white")])
    with session_for(service.engine, writes=True) as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(recheck=drawn))
    return str(number)


def test_found_true_it_leaves_the_list_and_stays_closed(service: Service) -> None:
    drawn, _other = closed_at_once(service), closed_at_once(service, drawn=False)
    community = service.seat(CENTRAL)
    assert [item["number"] for item in community.get("/tickets", recheck="true").json["items"]] == [drawn]

    assert "check" in {action["action"] for action in community.ticket(drawn)["actions"]}
    checked = community.did(drawn, "check", found=True, note="灯亮着")
    assert checked["status"] == "closed"
    assert community.events(drawn)[-1] == "rechecked"
    assert community.get("/tickets", recheck="true").json["items"] == []
    assert community.step(drawn, "check", found=True).status_code == 409, "once"


def test_found_false_it_is_done_again_one_level_up_and_counts_against_the_seat(service: Service) -> None:
    number = closed_at_once(service)
    community = service.seat(CENTRAL)
    assert community.step(number, "check", found=False).json["error"]["fields"].keys() == {"note"}
    again = community.did(number, "check", found=False, note="还是黑的", photo_ids=[community.photo()])

    assert (again["status"], again["holder"]["area_code"], again["closed_at"]) == ("dispatched", BUILDING, None)
    assert [(hop["holder"]["area_code"], hop["false_closing"]) for hop in again["hops"]] == [
        (GRID_A, False), (BUILDING, False), (HOME, True), (BUILDING, False),
    ]  # fmt: skip
    assert {clock["kind"] for clock in again["clocks"] if clock["state"] == "running"} == {"response", "resolve"}
    resident = service.as_("resident")
    assert resident.events(number)[-1] == "recheck_failed"
    assert any("没有办好" in text for text in resident.told())
    assert any("复核不属实" in text for text in service.seat(BUILDING).told())


def test_who_may_not_check_and_what_may_not_be_checked(service: Service) -> None:
    number, plain = closed_at_once(service), closed_at_once(service, drawn=False)
    assert service.seat(GRID_A).step(number, "check", found=False, note="黑").status_code == 403
    assert service.as_("resident").step(number, "check", found=True).status_code == 403
    assert service.seat(CENTRAL).step(plain, "check", found=True).status_code == 409, "it was not drawn"
    assert service.seat(CENTRAL).step(number, "check").json["error"]["fields"].keys() == {"found"}
    assert rows(service, select(Hop.false_closing).where(Hop.false_closing)) == []
