"""What the command says of a service that forgets, doubles, breaks or brakes: small fakes that do just that."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response, jsonify, request

from reporter.replay import player
from reporter.replay.line import Line
from tests.replay.conftest import Files, Played, listening

LOST = "lost (answered 2xx, then not found by number)"
DOUBLED = "doubled (sent again, another number)"
BROKEN = "errors (5xx or no connection, anywhere)"


class Fake:
    """Takes every report anywhere. ``forgets``: how many tickets cannot be read; ``breaks``: how many submits fail."""

    def __init__(self, forgets: int = 0, breaks: int = 0, doubles: bool = False, breaks_reading: bool = False):
        self._forgets = forgets
        self._breaks = breaks
        self._doubles = doubles
        self._breaks_reading = breaks_reading
        self._numbers: dict[str, str] = {}

    def app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/standin/codes", view_func=lambda: {"code": "c"}, methods=["POST"], endpoint="code")
        app.add_url_rule("/api/v1/sessions/wechat", view_func=lambda: {"token": "t"}, methods=["POST"], endpoint="in")
        app.add_url_rule("/api/v1/areas/locate", view_func=lambda: {"chain": []}, endpoint="locate")
        app.add_url_rule("/api/v1/categories/suggest", view_func=self.suggest, methods=["POST"])
        app.add_url_rule("/api/v1/reports", view_func=self.report, methods=["POST"])
        app.add_url_rule("/api/v1/tickets/<number>", view_func=self.ticket)
        return app

    def suggest(self) -> Response:
        return jsonify({"candidates": [{"code": "X1", "name": "一类", "score": 0.9}]})

    def report(self) -> tuple[Response, int]:
        if self._breaks:
            self._breaks -= 1
            return jsonify({"error": {"code": "internal", "fields": {}}}), 500
        key = str(uuid.uuid4()) if self._doubles else request.get_json()["client_request_id"]
        known = key in self._numbers
        number = self._numbers.setdefault(key, f"N{len(self._numbers)}")
        answer = {"number": number, "joined": False, "similar": [], "holder": {"level": "grid"}}
        return jsonify(answer), 200 if known else 201

    def ticket(self, number: str) -> tuple[Response, int]:
        if self._breaks_reading:
            return jsonify({}), 503
        if self._forgets:
            self._forgets -= 1
            return jsonify({"error": {"code": "not_found", "fields": {}}}), 404
        return jsonify({"number": number}), 200


@pytest.fixture
def play(files: Files) -> Callable[[Fake], Played]:
    def against(fake: Fake) -> Played:
        with listening(fake.app()) as url:
            return files.play(url, url, "--dirty", "0", "--senders", "1")

    return against


@pytest.mark.parametrize(
    ("fake", "lost", "doubled", "errors", "exit_code"),
    [
        (Fake(), 0, 0, 0, 0),  # a good one: the fake itself is no reason to fail
        (Fake(forgets=1), 1, 0, 0, 1),  # a number was given, and nobody knows it
        (Fake(doubles=True), 0, 10, 0, 1),  # the key of the client is not looked at
        (Fake(breaks=2), 0, 0, 2, 1),
        (Fake(breaks_reading=True), 0, 0, 10, 1),  # not found out whether it is lost: no good end either
    ],
)
def test_a_bad_service_is_caught(
    play: Callable[[Fake], Played],
    monkeypatch: pytest.MonkeyPatch,
    fake: Fake,
    lost: int,
    doubled: int,
    errors: int,
    exit_code: int,
) -> None:
    monkeypatch.setattr(player, "AGAIN", 1.0)
    played = play(fake)
    assert (played[LOST], played[DOUBLED], played[BROKEN], played.exit_code) == (lost, doubled, errors, exit_code)


@pytest.fixture
def braking() -> Iterator[str]:
    """Says 429 twice, then takes it."""
    app, calls = Flask(__name__), iter(("7", "2"))

    @app.post("/x")
    def x() -> Response:
        wait = next(calls, None)
        return Response("{}", 429, {"Retry-After": wait}) if wait else Response("{}", 201)

    with listening(app) as url:
        yield url


def test_a_brake_is_waited_for_as_long_as_it_says(braking: str) -> None:
    slept: list[float] = []
    line = Line(braking, slept.append)
    answer = line.ask("POST", "/x", json={})
    line.close()
    assert (answer.status, slept, answer.braked_s) == (201, [7.0, 2.0], 9.0)


def test_a_service_that_is_not_there_is_an_answer_too() -> None:
    slept: list[float] = []
    line = Line("http://127.0.0.1:9", slept.append)
    answer = line.ask("GET", "/x")
    line.close()
    assert (answer.status, answer.failed, answer.dropped) == (0, True, 4)
    assert slept == [0.1, 0.4, 1.0, 3.0]
