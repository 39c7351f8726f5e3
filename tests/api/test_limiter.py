"""So many calls in any minute, for each person and kind of call by itself."""

import pytest

from reporter.api import limiter
from reporter.api.limiter import Limiter
from reporter.domain.errors import TooFast
from tests.service import settings_for


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def three_a_minute(seconds: Seconds) -> Limiter:
    return Limiter(settings_for("sqlite://", "unused", submit_rate=3, write_rate=1), seconds)


def test_the_fourth_call_of_a_minute_waits_for_the_first_to_grow_old(seconds: Seconds, three_a_minute: Limiter) -> None:
    for second in (0, 10, 20):
        seconds.now = 1000.0 + second
        three_a_minute.hit("submit", "rider")
    seconds.now = 1030.0
    with pytest.raises(TooFast) as refused:
        three_a_minute.hit("submit", "rider")
    assert refused.value.retry_after_s == 31
    seconds.now = 1060.0
    three_a_minute.hit("submit", "rider")
    with pytest.raises(TooFast):  # the second is fifty seconds old, not a minute
        three_a_minute.hit("submit", "rider")


def test_a_refused_call_is_not_counted(seconds: Seconds, three_a_minute: Limiter) -> None:
    for _ in range(3):
        three_a_minute.hit("submit", "rider")
    for _ in range(100):
        with pytest.raises(TooFast):
            three_a_minute.hit("submit", "rider")
    seconds.now += limiter.WINDOW_S
    three_a_minute.hit("submit", "rider")


def test_people_and_kinds_of_calls_do_not_brake_each_other(three_a_minute: Limiter) -> None:
    three_a_minute.hit("write", "rider")
    three_a_minute.hit("write", "resident")
    three_a_minute.hit("submit", "rider")
    with pytest.raises(TooFast):
        three_a_minute.hit("write", "rider")


def test_who_has_not_called_for_a_minute_is_forgotten(
    seconds: Seconds, three_a_minute: Limiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "SWEPT_AFTER", 5)
    for number in range(4):
        three_a_minute.hit("submit", f"gone {number}")
    seconds.now += limiter.WINDOW_S
    three_a_minute.hit("submit", "here")
    assert list(three_a_minute._calls) == [("submit", "here")]
