"""Many at the same moment, each with a thread and a connection of their own."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from reporter.models.counters import TicketCounter
from reporter.models.messages import Message
from reporter.models.photos import Photo
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket
from tests.service import Service
from tests.services.inside import count, kinds, later, one, rows
from tests.world import AT_HOME, GRID_A, IN_GRID_A_ONLY


def at_once(calls: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Make all calls at the same moment; their answers in the same order."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], TestResponse]) -> TestResponse:
        gate.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def statuses(answers: Sequence[TestResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_one_key_sent_eight_times_at_once_is_one_ticket(service: Service) -> None:
    rider, key = service.as_("rider"), str(uuid.uuid4())
    answers = at_once([lambda: rider.send(AT_HOME, key=key, category="LL0107")] * 8)

    assert statuses(answers) == {201: 1, 200: 7}
    assert {answer.json["number"] for answer in answers} == {"WC2026090700001"}
    assert [count(service, table) for table in (Ticket, Report, Event)] == [1, 1, 1]
    assert one(service, select(TicketCounter.last)) == 1, "the losers gave their numbers back"


def test_twenty_reports_at_once_get_twenty_numbers_without_a_gap(service: Service) -> None:
    rider = service.as_("rider")
    answers = at_once([lambda: rider.send(AT_HOME, category="LL0107")] * 20)

    assert statuses(answers) == {201: 20}
    assert sorted(answer.json["number"] for answer in answers) == [f"WC20260907{last:05}" for last in range(1, 21)]
    assert count(service, Hop, Hop.ended_at.is_(None)) == 20


def test_of_holder_and_deputy_who_take_at_once_one_is_told_who_was_first(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0305")["number"]
    version = service.seat(GRID_A).ticket(number)["version"]
    both = [service.seat(GRID_A), service.as_("deputy-a")]
    answers = at_once([lambda who=who: who.step(number, "take", if_match=f'"{version}"') for who in both])  # type: ignore[misc]

    assert statuses(answers) == {200: 1, 409: 1}
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late.json["error"]["present"] == {"number": number, "status": "handling", "version": version + 1}
    assert kinds(service, number)["taken"] == 1


def test_without_a_version_the_second_to_take_learns_that_it_is_not_possible_any_more(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0305")["number"]
    both = [service.seat(GRID_A), service.as_("deputy-a")]
    answers = at_once([lambda who=who: who.step(number, "take") for who in both])  # type: ignore[misc]

    assert statuses(answers) == {200: 1, 409: 1}
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late.json["error"]["present"]["status"] == "handling"
    assert kinds(service, number)["taken"] == 1


def test_five_who_join_at_once_are_five(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    five = [service.as_(name) for name in ("rider2", "resident", "resident2", "street", f"seat:{GRID_A}")]
    answers = at_once([lambda who=who: who.post(f"/tickets/{number}/join") for who in five])  # type: ignore[misc]

    assert statuses(answers) == {201: 5}
    assert one(service, select(Ticket.joins)) == 5
    assert sorted(event["joins"] for event in rows(service, select(Event.data).where(Event.kind == "joined"))) == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip


def test_one_person_who_joins_five_times_at_once_is_one(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    resident = service.as_("resident")
    answers = at_once([lambda: resident.post(f"/tickets/{number}/join")] * 5)

    assert statuses(answers) == {201: 1, 200: 4}
    assert one(service, select(Ticket.joins)) == 1


def test_a_rating_sent_twice_at_once_is_one_rating_and_one_change(service: Service) -> None:
    rider, holder = service.as_("rider"), service.seat(GRID_A)
    number = rider.report(IN_GRID_A_ONLY, category="SJ0493")["number"]
    holder.did(number, "take")
    solved = holder.did(number, "solve", note="好了", photo_ids=[holder.photo()])
    service.seat(solved["holder"]["area_code"]).did(number, "verify", passed=True)
    answers = at_once([lambda: rider.post(f"/tickets/{number}/rating", {"grade": 5})] * 2)

    assert statuses(answers) == {201: 1, 200: 1}
    assert count(service, Rating) == 1


def test_a_photo_attached_twice_at_once_belongs_to_one_report(service: Service) -> None:
    rider = service.as_("rider")
    photo_id = rider.photo()
    answers = at_once([lambda: rider.send(AT_HOME, category="LL0107", photo_ids=[photo_id])] * 2)

    assert statuses(answers) == {201: 1, 422: 1}
    assert one(service, select(Photo.report_id)) == one(service, select(Report.id))


def test_a_step_and_the_sweep_at_once_leave_one_holder_and_one_answer_clock(service: Service) -> None:
    service.at("2026-10-03 21:40")
    numbers = [service.as_("rider").report(IN_GRID_A_ONLY, category="BJ0123")["number"] for _ in range(6)]
    later(service, minutes=31)
    holder = service.seat(GRID_A)
    calls = [lambda number=number: holder.step(number, "escalate", reason="太难") for number in numbers]
    sweeper = threading.Thread(target=service.work)
    sweeper.start()
    answers = at_once(calls)
    sweeper.join()

    assert set(statuses(answers)) <= {200, 403, 409}, "the ball had gone up already, or it went up now"
    assert count(service, Hop, Hop.ended_at.is_(None)) == 6
    assert {len(rows(service, select(Message.id).where(Message.ticket_id == key))) > 0 for key in range(1, 7)} == {True}


@pytest.mark.parametrize("again", ["join", "report"])
def test_a_key_that_made_a_ticket_answers_with_it_wherever_it_comes_again(service: Service, again: str) -> None:
    rider, key = service.as_("rider"), str(uuid.uuid4())
    mine = rider.report(AT_HOME, category="LL0107", key=key)["number"]
    other = service.as_("resident").report(AT_HOME, category="LL0107")["number"]
    answer = {
        "join": lambda: rider.post(f"/tickets/{other}/join", {"client_request_id": key}),
        "report": lambda: rider.send(IN_GRID_A_ONLY, key=key, text="别的内容", join=other),
    }[again]()
    assert (answer.status_code, answer.json["number"]) == (200, mine)
