"""A worker killed by SIGKILL at any line: afterwards nothing is lost and nothing is done twice."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from reporter.adapters.darkroom import Darkroom
from reporter.config import ROOT
from reporter.models.clocks import Clock
from reporter.models.counters import TicketCounter
from reporter.models.figures import FigureDay, FigureDayCategory
from reporter.models.messages import Message
from reporter.models.photos import Photo
from reporter.models.points import OpenPoint, TicketPoint
from reporter.models.tickets import Event, Hop, Report, Ticket
from reporter.services import messages, photos
from tests.naming import brief
from tests.service import BEIJING, Caller, Service
from tests.services import mortal
from tests.services.inside import count, deliveries, kinds, later, multiply, one, put_waiting, rows
from tests.services.mortal import Death, Fate, Postbox
from tests.world import AT_HOME, GRID_A, IN_GRID_A_ONLY

BATCH = 50


def _channels(service: Service) -> list[messages.Channel]:
    return [service.workshop.channels[0], Postbox(mortal.postbox_of(service.workshop), Fate(None))]


@pytest.mark.parametrize(
    ("death", "left_twice"),
    [
        (Death("after commit", 1), 0),  # the batch was leased, nothing sent
        (Death("after delivery", 25), 1),  # it left the house and nobody wrote it down: that one may come twice
        (Death("before INSERT INTO delivery", 25), 1),  # the same, inside the transaction that writes it down
        (Death("before commit", 51), 1),  # the same, all written but not committed (claim, then two a message)
        (Death("after commit", 51), 0),  # written down
    ],
    ids=brief,
)
def test_messages_of_a_killed_worker_arrive_once_by_every_channel(
    service: Service, death: Death, left_twice: int
) -> None:
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    service.work()
    waiting = put_waiting(service, number, "rider", BATCH + 10)
    mortal.die(service, mortal.send, death)

    while messages.send_waiting(service.workshop.works, _channels(service)):
        continue  # a second worker, at once: it gets what the first had not leased
    assert count(service, Message, Message.state == "waiting") > 0, "the lease holds while it may still be alive"
    later(service, seconds=31)
    while messages.send_waiting(service.workshop.works, _channels(service)):
        continue

    assert set(rows(service, select(Message.state))) == {"sent"}
    assert all(times == 1 for times in deliveries(service).values())
    assert set(deliveries(service)) >= {(key, channel) for key in waiting for channel in ("inbox", "postbox")}
    left = Counter(mortal.postbox_of(service.workshop).read_text().split())
    assert set(left) == {f"message:{key}" for key in waiting}
    assert sum(left.values()) - len(left) == left_twice, "the key lets the receiver drop the second"


PHOTO_DEATHS = (
    Death("after commit", 1),  # leased
    Death("after put", 1),  # the large one stored, the small one not
    Death("after put", 2),  # both stored, the row says processing
    Death("before commit", 2),  # the row written, not committed
)


def test_a_photo_of_a_killed_worker_is_ready_once_with_the_right_files(service: Service) -> None:
    rider = service.as_("rider")
    for death in PHOTO_DEATHS:
        photo_id = rider.photo("green")
        mortal.die(service, mortal.develop, death)
        later(service, seconds=61)
        service.work()

        row = select(Photo.state, Photo.run_at, Photo.last_error, Photo.attempts).where(Photo.id == photo_id)
        assert one(service, row) == ("ready", None, None, 2), death
        original = service.workshop.store.get(photos.original_key(photo_id))
        expected = Darkroom(BEIJING).develop(original)
        assert rider.get(f"/photos/{photo_id}").data == expected.shown, death
        assert rider.get(f"/photos/{photo_id}/thumbnail").data == expected.thumbnail, death


SWEEP_DEATHS = (
    Death("after commit", 1),  # both clocks leased, neither looked at
    Death("before INSERT INTO message", 1),  # the ball has moved in the transaction, nobody is told
    Death("before commit", 2),  # everything of the first clock written, not committed
    Death("after commit", 2),  # the first done, the second only leased
    Death("before commit", 3),  # the second written, not committed
)


def test_a_killed_sweep_climbs_and_charges_exactly_once(service: Service) -> None:
    rider = service.as_("rider")
    for day, death in enumerate(SWEEP_DEATHS, start=1):
        service.at(f"2026-10-0{day} 21:40")
        number = rider.report(IN_GRID_A_ONLY, category="BJ0123")["number"]
        service.work()
        later(service, minutes=121)  # the answer was due after 30 minutes, the end after two hours
        mortal.die(service, mortal.sweep, death)
        later(service, seconds=31)
        service.work()
        service.work()  # messages come before clocks in a round

        assert kinds(service, number) == {"filed": 1, "climbed": 1, "became_overdue": 1}, death
        mine = one(service, select(Ticket.id).where(Ticket.number == number))
        hops = select(Hop.seq, Hop.via, Hop.response_missed, Hop.overdue_here).where(Hop.ticket_id == mine)
        assert rows(service, hops.order_by(Hop.seq)) == [(1, "filed", True, True), (2, "climbed", False, False)], death
        running = select(Clock.kind).where(Clock.ticket_id == mine, Clock.stopped_at.is_(None))
        assert sorted(rows(service, running)) == ["resolve", "response"], death
        told = rows(
            service, select(Message.event_seq, Message.person_id, Message.state).where(Message.ticket_id == mine)
        )
        assert Counter(told) == dict.fromkeys(told, 1), death
        assert {state for _, _, state in told} == {"sent"}, death
        rider.post(f"/tickets/{number}/steps", {"action": "withdraw"})  # so that its clocks do not mix with the next


SETTLING_DEATHS = (
    Death("before INSERT INTO figure_day_category", 1),  # the days are written, the categories are not
    Death("before commit", 1),  # everything of two tickets written, not committed
    Death("after commit", 1),  # two tickets are in, the others wait
    Death("before commit", 2),  # the next two written, not committed
)


def test_a_killed_settling_has_counted_each_ticket_once(service: Service) -> None:
    rider = service.as_("rider")
    for day, death in enumerate(SETTLING_DEATHS, start=1):
        service.at(f"2026-10-0{day} 21:40")
        for _ in range(5):
            _refused(service, rider)
        mortal.die(service, mortal.settle, death)
        service.work()
        assert _settled(service) == 5 * day, death


def test_two_settling_at_once_count_each_ticket_once(service: Service) -> None:
    rider = service.as_("rider")
    for _ in range(20):
        _refused(service, rider)
    together = mortal.barrier(2)
    both = [mortal.start(service, mortal.settle, together=together) for _ in range(2)]
    assert [mortal.ended(one_of_them) for one_of_them in both] == [0, 0]
    service.work()
    assert _settled(service) == 20


def test_two_sweepers_at_once_tell_each_of_two_hundred_clocks_once(service: Service) -> None:
    service.at("2026-10-03 21:40")
    first = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    multiply(service, first, 99)
    later(service, minutes=121)
    together = mortal.barrier(2)
    sweepers = [mortal.start(service, mortal.sweep, together=together) for _ in range(2)]
    assert [mortal.ended(sweeper) for sweeper in sweepers] == [0, 0]

    happened = Counter(rows(service, select(Ticket.id, Event.kind).join(Ticket, Ticket.id == Event.ticket_id)))
    tickets = rows(service, select(Ticket.id))
    assert len(tickets) == 100
    assert happened == {(key, kind): 1 for key in tickets for kind in ("filed", "climbed", "became_overdue")}
    assert count(service, Hop, Hop.ended_at.is_(None)) == len(tickets)
    assert count(service, Clock, Clock.run_at <= service.clock()) == 0


@pytest.mark.parametrize("death", [Death("after commit", 1), Death("before commit", 9)], ids=brief)
def test_of_two_sweepers_one_is_killed_and_each_breach_is_recorded_once(service: Service, death: Death) -> None:
    """With twenty leased and none looked at, or in the middle of the eighth; the other goes on meanwhile."""
    service.at("2026-10-03 21:40")
    first = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    multiply(service, first, 39)
    later(service, minutes=121)
    together = mortal.barrier(2)
    killed, other = [mortal.start(service, mortal.sweep, death=one, together=together) for one in (death, None)]
    assert [mortal.ended(killed), mortal.ended(other)] == [-signal.SIGKILL, 0]
    later(service, seconds=31)  # the dead one's lease is over
    service.work()

    happened = Counter(rows(service, select(Ticket.id, Event.kind).join(Ticket, Ticket.id == Event.ticket_id)))
    tickets = rows(service, select(Ticket.id))
    assert happened == {(key, kind): 1 for key in tickets for kind in ("filed", "climbed", "became_overdue")}
    charged = select(Hop.ticket_id, Hop.seq).where(Hop.overdue_here).order_by(Hop.ticket_id)
    assert rows(service, charged) == [(key, 1) for key in sorted(tickets)], "whoever had it when it ran out"


def test_two_senders_at_once_let_each_message_leave_once(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    service.work()
    waiting = put_waiting(service, number, "rider", 150)
    together = mortal.barrier(2)
    senders = [mortal.start(service, mortal.send_all, together=together) for _ in range(2)]
    assert [mortal.ended(sender) for sender in senders] == [0, 0]
    left = Counter(mortal.postbox_of(service.workshop).read_text().split())
    assert left == {f"message:{key}": 1 for key in waiting}


def _worker(service: Service) -> "subprocess.Popen[bytes]":
    """``reporter worker`` as an operator starts it, on this database."""
    environment = {
        "DATABASE_URL": service.settings.database_url,
        "PHOTO_STORE": service.settings.photo_store,
        "SECRET_KEY": service.settings.secret_key,
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-c", "from reporter.cli import main; main()", "worker"]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


def test_of_two_real_workers_one_is_killed_in_the_middle_and_nothing_is_missing(service: Service) -> None:
    service.clock.present = datetime.now(UTC) - timedelta(seconds=1)  # real workers live now
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    waiting = put_waiting(service, number, "rider", 300)
    workers = [_worker(service), _worker(service)]
    _until(service, lambda: count(service, Message, Message.state == "sent") > 20)
    workers[0].kill()
    sent_when_killed = count(service, Message, Message.state == "sent")
    # what the dead one had leased waits for its lease; the other sends all the rest
    _until(service, lambda: count(service, Message, Message.run_at <= datetime.now(UTC)) == 0)
    workers[1].terminate()
    assert [worker.wait(mortal.PATIENCE_S) for worker in workers] == [-signal.SIGKILL, 0]
    assert sent_when_killed < len(waiting), "killed in the middle"

    service.clock.present = datetime.now(UTC) + messages.LEASE
    service.work()
    assert set(rows(service, select(Message.state))) == {"sent"}
    arrived = deliveries(service)
    assert set(arrived.values()) == {1}
    assert set(arrived) >= {(key, channel) for key in waiting for channel in ("inbox", "console")}


def _until(service: Service, condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + mortal.PATIENCE_S
    while not condition():
        assert time.monotonic() < ends, "the workers did not get on"
        time.sleep(0.01)


BEFORE_IT_IS_WRITTEN = {
    "postgis": ["before WITH given AS"],  # the one statement is the transaction
    "spatialite": [
        "before INSERT INTO ticket_point",  # numbered, half written
        "before commit",  # the answer is ready, nothing is promised yet
    ],
}


def test_a_report_killed_before_its_commit_leaves_nothing_and_takes_no_number(
    service: Service, database_kind: str
) -> None:
    rider, key = service.as_("rider"), str(uuid.uuid4())
    for moment in BEFORE_IT_IS_WRITTEN[database_kind]:
        mortal.die(service, mortal.Submit(rider.token, key, AT_HOME), Death(moment))
        for table in (Ticket, TicketPoint, OpenPoint, TicketCounter, Report, Hop, Clock, Event, Message):
            assert count(service, table) == 0, (moment, table.__tablename__)

    again = rider.send(AT_HOME, key=key, category="LL0107")
    assert (again.status_code, again.json["number"]) == (201, "WC2026090700001")


def test_a_report_whose_answer_was_lost_after_the_commit_is_answered_again(service: Service) -> None:
    rider, key = service.as_("rider"), str(uuid.uuid4())
    mortal.die(service, mortal.Submit(rider.token, key, AT_HOME), Death("after commit"))
    again = rider.send(AT_HOME, key=key, category="LL0107")
    assert (again.status_code, again.json["number"]) == (200, "WC2026090700001")
    assert rider.report(AT_HOME, category="LL0107")["number"] == "WC2026090700002"
    assert kinds(service, "WC2026090700001") == {"filed": 1}


def _refused(service: Service, rider: Caller) -> None:
    number = rider.report(IN_GRID_A_ONLY)["number"]
    service.seat(GRID_A).did(number, "reject", reason_code="private_matter", note="私事")


def _settled(service: Service) -> int:
    """How many tickets are settled: as they say themselves, and as the city's days and categories say."""
    said = count(service, Ticket, Ticket.settled)
    city = select(Ticket.city_id).limit(1).scalar_subquery()
    for table in (FigureDay, FigureDayCategory):
        days = select(func.sum(table.received), func.sum(table.not_accepted)).where(table.area_id == city)
        assert one(service, days) == (said, said)
    return said
