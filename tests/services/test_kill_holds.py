"""A worker killed while it resumes what was held, and two that do so at once: it happens exactly once."""

from sqlalchemy import select

from reporter.models.clocks import Clock, ClockTick
from reporter.models.tickets import Ticket
from reporter.models.waiting import Hold
from tests.service import Service
from tests.services import mortal
from tests.services.inside import kinds, later, one, rows
from tests.services.mortal import Death
from tests.world import AT_HOME, CENTRAL, HOME

DEATHS = (
    Death("after commit", 1),  # both holds leased, neither looked at
    Death("before INSERT INTO event", 1),  # the clocks go on in the transaction, nobody knows
    Death("before INSERT INTO message", 1),  # it has resumed in the transaction, nobody is told
    Death("before commit", 2),  # everything of the first written, not committed
    Death("after commit", 2),  # the first done, the second only leased
    Death("before commit", 3),  # the second written, not committed
)


def held(service: Service, day: int) -> list[str]:
    """Two tickets, held from nine until noon."""
    service.at(f"2026-09-{day:02} 09:00")
    resident, home = service.as_("resident"), service.seat(HOME)
    numbers = [str(resident.report(AT_HOME, category="LL0107")["number"]) for _ in range(2)]
    for number in numbers:
        home.did(number, "take")
        until = f"2026-09-{day:02}T12:00:00+08:00"
        service.seat(CENTRAL).did(number, "hold", until=until, reason_code="season")
    service.work()
    service.at(f"2026-09-{day:02} 12:00")
    return numbers


def resumed_once(service: Service, number: str) -> None:
    assert (kinds(service, number)["held"], kinds(service, number)["resumed"]) == (1, 1)
    mine = one(service, select(Ticket.id).where(Ticket.number == number))
    assert one(service, select(Ticket.status, Ticket.hold_until).where(Ticket.id == mine)) == ("handling", None)
    row = select(Hold.run_at, Hold.resumed_at.is_not(None), Hold.last_error).where(Hold.ticket_id == mine)
    assert one(service, row) == (None, True, None)
    resolve = (Clock.ticket_id == ClockTick.ticket_id) & (Clock.seq == ClockTick.clock_seq) & (Clock.kind == "resolve")
    ticks = select(ClockTick.tick).join(Clock, resolve).where(ClockTick.ticket_id == mine).order_by(ClockTick.seq)
    assert rows(service, ticks) == ["started", "paused", "resumed"]
    told = [text for text in service.as_("resident").told() if number in text and "恢复办理" in text]
    assert len(told) == 2, "when it was held, and when it resumed"


def test_a_killed_worker_resumes_each_exactly_once(service: Service) -> None:
    days = (7, 8, 9, 10, 11, 14)  # of September, all working days
    for day, death in zip(days, DEATHS, strict=True):
        numbers = held(service, day)
        mortal.die(service, mortal.resume, death)
        later(service, seconds=31)
        service.work()
        service.work()  # messages come before holds in a round
        for number in numbers:
            resumed_once(service, number)


def test_two_workers_at_once_resume_each_exactly_once(service: Service) -> None:
    numbers = held(service, 7)
    together = mortal.barrier(2)
    both = [mortal.start(service, mortal.resume, together=together) for _ in range(2)]
    assert [mortal.ended(one_of_them) for one_of_them in both] == [0, 0]
    service.work()
    for number in numbers:
        resumed_once(service, number)


def test_a_hand_that_was_faster_leaves_nothing_to_do(service: Service) -> None:
    number, _ = held(service, 7)
    service.at("2026-09-07 11:59")
    service.seat(HOME).did(number, "resume")
    service.at("2026-09-07 12:00")
    service.work()
    service.work()
    resumed_once(service, number)
