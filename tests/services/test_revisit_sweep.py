"""The limits of revisits under a worker that dies, and under two at once: each is late exactly once."""

from collections import Counter

from sqlalchemy import select

from reporter.models.messages import Message
from reporter.models.revisits import RevisitClock, RevisitEvent
from tests.service import Service
from tests.services import mortal
from tests.services.inside import count, later, rows
from tests.services.mortal import Death
from tests.world import AT_HOME, HOME

LATE = RevisitEvent.kind == "became_late"
DEATHS = (
    Death("after commit", 1),  # both leased, neither looked at
    Death("before INSERT INTO message", 1),  # late in the transaction, nobody told
    Death("before commit", 2),  # everything of the first written, not committed
    Death("after commit", 2),  # the first done, the second only leased
    Death("before commit", 3),  # the second written, not committed
)


def rated_badly(service: Service) -> None:
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, category="LL0107", photo_ids=[resident.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo("white")], cause="灯老了", effect="换了")
    assert resident.post(f"/tickets/{number}/rating", {"grade": 1}).status_code == 201


def test_on_time_to_the_second(service: Service) -> None:
    rated_badly(service)
    service.at("2026-09-08 09:00")
    service.work()
    assert count(service, RevisitEvent, LATE) == 0, "the moment itself is on time"
    later(service, seconds=1)
    service.work()
    assert count(service, RevisitEvent, LATE) == 1


def test_a_killed_sweep_says_each_limit_exactly_once(service: Service) -> None:
    for day, death in enumerate(DEATHS, start=7):
        service.at(f"2026-09-{day:02} 09:00")
        rated_badly(service)
        rated_badly(service)
        service.at(f"2026-09-{day + 1:02} 09:00" if day < 11 else "2026-09-14 09:00")
        service.work()  # whatever else is due; the contacts are due this very moment, and not late yet
        before = count(service, RevisitEvent, LATE)
        later(service, seconds=1)
        mortal.die(service, mortal.sweep_revisits, death)
        later(service, seconds=31)
        service.work()
        # on the 14th the findings of the first two are late as well
        assert count(service, RevisitEvent, LATE) - before == (2 if day < 11 else 4), death
    assert count(service, RevisitClock, RevisitClock.late_at.is_not(None)) == count(service, RevisitEvent, LATE)
    told = rows(service, select(Message.topic, Message.event_seq, Message.person_id).where(Message.topic != "ticket"))
    assert set(Counter(told).values()) == {1}


def test_two_sweeping_at_once_say_each_limit_once(service: Service) -> None:
    for _ in range(6):
        rated_badly(service)
    service.at("2026-10-31 09:00")
    together = mortal.barrier(2)
    both = [mortal.start(service, mortal.sweep_revisits, together=together) for _ in range(2)]
    assert [mortal.ended(sweeper) for sweeper in both] == [0, 0]
    happened = Counter(rows(service, select(RevisitEvent.revisit_id, RevisitEvent.kind)))
    assert Counter(happened.values()) == {1: 6, 3: 6}, "opened once, and three limits late"
    assert count(service, RevisitClock, RevisitClock.run_at.is_not(None)) == 0
