"""A city caps what a volunteer may hold: the lamp that is too much goes to the next one up, and says why."""

from sqlalchemy import update

from reporter.db import session_for
from reporter.models.catalogue import PolicyValue
from reporter.services import seeding
from tests.service import Service
from tests.world import AT_HOME, BUILDING, GRID_A, HOME

LAMP = "LL0107"


def capped(service: Service, most: int) -> None:
    with session_for(service.engine, writes=True) as session:
        session.execute(update(PolicyValue).where(PolicyValue.key == "open_cap").values(value=most))
        seeding.touch(session, "policy")


def test_what_is_too_much_for_a_volunteer_goes_up_and_comes_back_when_there_is_room(service: Service) -> None:
    resident, home = service.as_("resident"), service.seat(HOME)
    uncapped = [resident.report(AT_HOME, category=LAMP)["number"] for _ in range(2)]
    capped(service, 2)

    ticket = resident.report(AT_HOME, category=LAMP)
    assert ticket["holder"]["area_code"] == BUILDING
    assert "overloaded" in [reason["code"] for reason in ticket["hops"][-1]["reasons"]]
    assert ticket["reason"].startswith("1栋1单元的邻里长手上的工单已满")
    considered = service.seat(GRID_A).ticket(ticket["number"])["hops"][-1]["considered"]
    assert considered[0]["seats"][HOME] == "overloaded"

    home.did(uncapped[0], "escalate", reason="我换不了")
    assert resident.report(AT_HOME, category=LAMP)["holder"]["area_code"] == HOME, "there is room again"


def test_accepting_counts_too(service: Service) -> None:
    resident = service.as_("resident")
    resident.report(AT_HOME, category=LAMP)
    capped(service, 1)
    number = resident.report(AT_HOME, text="楼道灯不亮")["number"]
    assert service.seat(GRID_A).did(number, "accept", category=LAMP)["holder"]["area_code"] == BUILDING


def test_without_a_cap_nobody_is_counted(service: Service) -> None:
    resident = service.as_("resident")
    assert {resident.report(AT_HOME, category=LAMP)["holder"]["area_code"] for _ in range(4)} == {HOME}
