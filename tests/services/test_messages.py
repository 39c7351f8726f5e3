"""Messages on bad days: channels that fail, are slow or stay away; and how long is waited."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reporter.models.messages import Delivery, Message
from reporter.services import messages
from reporter.services.messages import MOST_ATTEMPTS, Outgoing
from tests.service import Service
from tests.services.inside import count, deliveries, later, one, put_waiting, rows
from tests.world import AT_HOME, HOME


class Channel:
    """Fails with this probability, from a fixed seed; each delivery lets ``seconds`` pass."""

    def __init__(self, name: str, failing: float = 0.0, service: Service | None = None, seconds: float = 0.0):
        self.name = name
        self.keys: list[str] = []
        self.tries = 0
        self._random = random.Random(20260907)
        self._failing = failing
        self._service = service
        self._seconds = seconds

    def deliver(self, message: Outgoing) -> None:
        self.tries += 1
        if self._service is not None:
            later(self._service, seconds=self._seconds)
        if self._random.random() < self._failing:
            raise ConnectionError("no answer")
        self.keys.append(message.key)


def waiting(service: Service, how_many: int) -> list[int]:
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    service.work()
    return put_waiting(service, number, "rider", how_many)


def rounds(service: Service, channels: list[Channel], how_many: int) -> None:
    """As often as the worker comes, with ten minutes between."""
    for _ in range(how_many):
        while messages.send_waiting(service.workshop.works, channels):
            continue
        later(service, minutes=10)


def test_with_a_channel_that_fails_every_tenth_time_all_arrive_once(service: Service) -> None:
    keys = waiting(service, 60)
    steady, shaky = Channel("steady"), Channel("shaky", failing=0.1)
    rounds(service, [steady, shaky], 4)

    assert shaky.tries > len(keys), "it did fail"
    for channel in (steady, shaky):
        assert Counter(channel.keys) == {f"message:{key}": 1 for key in keys}, channel.name
        assert {key for key, name in deliveries(service) if name == channel.name} == set(keys)
    assert set(rows(service, select(Message.state))) == {"sent"}
    assert count(service, Message, Message.last_error.is_not(None)) == 0


def test_a_channel_that_stays_away_leaves_a_dead_letter_that_says_why(service: Service) -> None:
    (key,) = waiting(service, 1)
    steady, away = Channel("steady"), Channel("away", failing=1.0)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert messages.send_waiting(service.workshop.works, [steady, away]) == 1, attempt
        later(service, hours=2)
    assert messages.send_waiting(service.workshop.works, [steady, away]) == 0, "a dead letter is not tried again"

    row = select(Message.state, Message.run_at, Message.attempts, Message.last_error).where(Message.id == key)
    assert one(service, row) == ("dead", None, MOST_ATTEMPTS, "ConnectionError('no answer')")
    assert steady.keys == [f"message:{key}"], "what worked was not done again"
    assert rows(service, select(Delivery.channel).where(Delivery.message_id == key)) == ["steady"]
    assert any(item["ticket"] for item in service.as_("rider").get("/messages").json["items"]), "the inbox has it"


def test_a_failed_message_waits_for_its_time_and_others_do_not_wait_for_it(service: Service) -> None:
    first, second = waiting(service, 2)
    away = Channel("away", failing=1.0)
    messages.send_waiting(service.workshop.works, [away], batch=1)
    steady = Channel("steady")
    messages.send_waiting(service.workshop.works, [steady])
    assert steady.keys == [f"message:{second}"]
    later(service, seconds=5 * 2 * 1.25)
    messages.send_waiting(service.workshop.works, [steady])
    assert steady.keys == [f"message:{second}", f"message:{first}"]


def test_a_batch_that_outlives_its_lease_is_left_to_the_next_worker(service: Service) -> None:
    keys = waiting(service, 20)
    slow = Channel("slow", service=service, seconds=4)
    assert messages.send_waiting(service.workshop.works, [slow]) == 8, "after 32 s another worker may have the rest"
    assert len(slow.keys) == 8
    rounds(service, [slow], 3)
    assert Counter(slow.keys) == {f"message:{key}": 1 for key in keys}


def test_one_event_tells_a_person_once_though_several_roles_are_theirs(service: Service) -> None:
    holder = service.seat(HOME)  # holds two homes; here also the one who reports
    number = holder.report(AT_HOME, category="LL0107")["number"]
    told = Counter(rows(service, select(Message.person_id, Message.event_seq)))
    assert set(told.values()) == {1}
    assert len([text for text in holder.told() if number in text]) == 1


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        (1, 10),  # twice as long each time
        (2, 20),
        (5, 160),
        (9, 2560),
        (10, 3600),  # at most an hour
        (30, 3600),
    ],
)
def test_the_wait_grows_to_an_hour(attempts: int, seconds: int) -> None:
    waits = [messages.backoff(attempts).total_seconds() for _ in range(50)]
    assert all(seconds * 0.75 <= wait <= seconds * 1.25 for wait in waits)
    assert len(set(waits)) > 1, "not all come back at the same moment"


@given(st.integers(min_value=1, max_value=8))
def test_every_wait_is_longer_than_any_two_attempts_before(attempts: int) -> None:
    assert messages.backoff(attempts + 2) > messages.backoff(attempts)
