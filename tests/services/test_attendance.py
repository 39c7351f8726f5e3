"""The job that records who did not come: once, whatever becomes of the worker; and what a slow worker cannot hide."""

from collections import Counter

from sqlalchemy import select, update
from structlog.testing import capture_logs

from reporter.db import session_for
from reporter.models.messages import Message
from reporter.models.whistles import Whistle, WhistleCall, WhistleEvent
from reporter.services import attendance
from tests.service import Service
from tests.services import mortal
from tests.services.inside import count, later, one, rows
from tests.services.mortal import Death
from tests.whistles.callers import HERE, blown, call, did, kinds, seen, step
from tests.world import CENTRAL

DEATHS = (
    Death("after commit", 1),  # both calls leased, neither looked at
    Death("before INSERT INTO message", 1),  # the first no-show is in the transaction, nobody is told
    Death("before commit", 2),  # everything written, not committed
    Death("after commit", 2),  # committed: the second call's turn finds nothing left to do
)


def happened(service: Service, number: str) -> Counter[str]:
    mine = select(WhistleEvent.kind).join(Whistle, Whistle.id == WhistleEvent.whistle_id)
    return Counter(rows(service, mine.where(Whistle.number == number)))


def test_a_killed_worker_records_each_no_show_once_and_tells_it_once(service: Service) -> None:
    street = service.as_("street")
    for day, death in enumerate(DEATHS, start=1):
        service.at(f"2026-10-0{day} 21:40")
        number = blown(street, kind="emergency")["number"]
        service.work()
        later(service, minutes=31)
        mortal.die(service, mortal.attend, death)
        later(service, seconds=31)
        service.work()
        service.work()  # messages come before attendance in a round

        assert happened(service, number) == {"blown": 1, "no_show": 2}, death
        mine = select(WhistleEvent.id).join(Whistle, Whistle.id == WhistleEvent.whistle_id)
        told = select(Message.whistle_event_id, Message.person_id, Message.state)
        found = rows(service, told.where(Message.whistle_event_id.in_(mine.where(Whistle.number == number))))
        assert Counter(found) == dict.fromkeys(found, 1), death
        assert {state for _, _, state in found} == {"sent"}, death
        assert len(found) == 2 + 2 * 3, "two units called; for each its people, the whistler and the district"
        assert count(service, WhistleCall, WhistleCall.run_at.is_not(None)) == 0, death


def test_two_workers_at_once_record_each_no_show_once(service: Service) -> None:
    street = service.as_("street")
    numbers = [blown(street, kind="emergency")["number"] for _ in range(20)]
    later(service, minutes=31)
    together = mortal.barrier(2)
    workers = [mortal.start(service, mortal.attend, together=together) for _ in range(2)]
    assert [mortal.ended(worker) for worker in workers] == [0, 0]
    assert {number: happened(service, number) for number in numbers} == {
        number: {"blown": 1, "no_show": 2} for number in numbers
    }


def test_who_comes_late_is_late_although_nobody_swept(service: Service) -> None:
    street, water = service.as_("street"), service.as_("department")
    number = blown(street, kind="emergency", helpers=[])["number"]
    service.at("2026-09-07 09:31")  # the worker was down all the time
    came = did(water, number, "sign_in", location=HERE)
    assert call(came, "water")["no_show_at"] == "2026-09-07T01:30:00Z"
    assert kinds(street, number) == ["blown", "no_show", "signed_in"], "before the step, and once"
    service.work()
    assert kinds(street, number) == ["blown", "no_show", "signed_in"]


def test_a_refused_step_records_nothing_of_what_it_met(service: Service) -> None:
    street, power = service.as_("street"), service.as_("power")
    number = blown(street, kind="emergency", helpers=[])["number"]
    service.at("2026-09-07 09:31")
    assert step(street, number, "close").status_code == 422
    assert step(power, number, "sign_in", location=HERE).status_code == 404, "was not called"
    assert happened(service, number) == {"blown": 1}
    assert one(service, select(WhistleCall.status)) == "called"


def test_an_ended_whistle_is_left_alone(service: Service) -> None:
    street, water = service.as_("street"), service.as_("department")
    number = blown(street, kind="emergency")["number"]
    did(street, number, "withdraw", reason="误报")
    later(service, minutes=31)
    service.work()
    assert happened(service, number) == {"blown": 1, "withdrawn": 1}
    assert water.told()[-1] == f"哨单{number}已撤回，不必再到场"
    assert seen(water, number)["turn"] == "nobody"
    figures = street.get("/whistles/figures").json["items"]
    assert [row["counts"]["called"]["value"] for row in figures] == [0, 0], "what was withdrawn is nobody's failure"


def test_a_whistle_that_cannot_be_read_does_not_stop_the_others(service: Service) -> None:
    street = service.as_("street")
    first, second = (blown(street, kind="emergency", helpers=[])["number"] for _ in range(2))
    with session_for(service.engine, writes=True) as session:
        session.execute(update(Whistle).where(Whistle.number == first).values(last_event=0))  # its next seq is taken
    later(service, minutes=31)
    with capture_logs() as logs:
        attendance.sweep(service.workshop.works)
    assert [line["event"] for line in logs] == ["call_not_looked_at"]
    assert (happened(service, first), happened(service, second)) == ({"blown": 1}, {"blown": 1, "no_show": 1})
    assert "IntegrityError" in one(
        service,
        select(WhistleCall.last_error)
        .join(Whistle, Whistle.id == WhistleCall.whistle_id)
        .where(Whistle.number == first),
    )


def test_where_they_meet_later_nobody_is_late_before(service: Service) -> None:
    community = service.seat(CENTRAL)
    number = blown(community, kind="emergency", helpers=[], meet_at="2026-09-08T09:00:00+08:00")["number"]
    assert call(seen(community, number), "water")["sign_in_due_at"] == "2026-09-08T01:00:00Z"
    service.at("2026-09-08 09:00").work()
    assert happened(service, number)["no_show"] == 0
    service.at("2026-09-08 09:01").work()
    assert happened(service, number)["no_show"] == 1
