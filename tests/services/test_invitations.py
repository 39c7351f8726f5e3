"""Who has not rated is reminded once, three days after closing; a killed worker neither doubles nor forgets it."""

from collections import Counter

from sqlalchemy import select

from reporter.models.messages import Message
from reporter.models.revisits import Invitation
from tests.naming import brief
from tests.service import Caller, Service
from tests.services import mortal
from tests.services.inside import count, later, one, rows
from tests.services.mortal import Death
from tests.world import AT_HOME, HOME

LAMP = "LL0107"


def closed(service: Service, resident: Caller) -> str:
    home = service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP, photo_ids=[resident.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo("white")], cause="灯老了", effect="换了")
    return str(number)


def reminders(caller: Caller) -> list[str]:
    return [text for text in caller.told() if "还没有您的评价" in text]


def test_on_the_third_day_and_once(service: Service) -> None:
    resident = service.as_("resident")
    number = closed(service, resident)
    service.at("2026-09-10 08:59")
    service.work()
    assert reminders(resident) == []
    for moment in ("2026-09-10 09:00", "2026-09-11 09:00", "2026-09-21 09:00"):
        service.at(moment)
        service.work()
    assert reminders(resident) == [f"{number}已办结，还没有您的评价，2026-09-22前都可以评"]
    assert one(service, select(Invitation.run_at)) is None


def test_not_who_rated_nor_who_cannot(service: Service) -> None:
    rider, resident, hotline, home = (service.as_(name) for name in ("rider", "resident", "integrator", f"seat:{HOME}"))
    number = rider.report(AT_HOME, category=LAMP)["number"]
    resident.post(f"/tickets/{number}/join")
    called_in = hotline.report(AT_HOME, category=LAMP, photo_ids=[hotline.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo()])
    grid = service.seat(number and rider.ticket(number)["accountable"]["area_code"])
    grid.did(number, "verify", passed=True)
    home.did(called_in, "solve", photo_ids=[home.photo("white")])
    rider.post(f"/tickets/{number}/rating", {"grade": 5})
    service.at("2026-09-10 09:00")
    service.work()
    assert (len(reminders(rider)), len(reminders(resident)), len(reminders(hotline))) == (0, 1, 0)


def test_not_while_it_is_open_again_but_after_it_is_closed_again(service: Service) -> None:
    resident = service.as_("resident")
    number = closed(service, resident)
    service.at("2026-09-08 09:00")
    resident.did(number, "reopen", reason="又不亮了")
    service.at("2026-09-10 09:00")
    service.work()
    assert reminders(resident) == []
    lead = service.seat(resident.ticket(number)["holder"]["area_code"])  # it has climbed, nobody answered
    lead.did(number, "solve", photo_ids=[lead.photo()])
    service.at("2026-09-13 09:00")
    service.work()
    assert len(reminders(resident)) == 1


def test_a_worker_that_comes_after_the_window_invites_nobody(service: Service) -> None:
    resident = service.as_("resident")
    closed(service, resident)
    service.at("2026-09-22 09:01")
    service.work()
    assert (reminders(resident), one(service, select(Invitation.run_at))) == ([], None)


DEATHS = (
    Death("after commit", 1),  # leased, nobody told
    Death("before INSERT INTO message", 1),  # the day is crossed out in the transaction, nobody told
    Death("before commit", 2),  # everything of the first written, not committed
    Death("after commit", 2),  # the first done, the second only leased
)


def test_a_killed_worker_reminds_each_exactly_once(service: Service) -> None:
    for day, death in enumerate(DEATHS, start=7):
        service.at(f"2026-09-{day:02} 09:00")
        resident = service.as_("resident")
        closed(service, resident)
        closed(service, resident)
        service.work()
        service.at(f"2026-09-{day + 3:02} 09:00")
        mortal.die(service, mortal.remind, death)
        later(service, seconds=31)
        service.work()
        told = rows(service, select(Message.ticket_id, Message.person_id).where(Message.topic == "invitation"))
        assert Counter(told) == dict.fromkeys(told, 1), brief(death)
        waiting = Invitation.run_at.is_not(None) & (Invitation.run_at <= service.clock())
        assert count(service, Invitation, waiting) == 0, brief(death)
    assert len(told) == 2 * len(DEATHS)
