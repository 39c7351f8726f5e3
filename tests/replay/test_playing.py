"""Playing against the whole service over HTTP: everything sent is accounted for, nothing is lost or doubled."""

import socket
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from reporter.models.people import DemoHint
from reporter.models.tickets import Report, Ticket
from reporter.replay import line, player
from tests.replay.conftest import INVENTED, Files, Played, listening, write
from tests.service import Service

Play = Callable[..., Played]


def stored(service: Service, model: type[Any]) -> int:
    with service.house.works.open(writes=False) as uow:
        return uow.session.scalar(select(func.count()).select_from(model)) or 0


def fates(played: Played) -> int:
    return sum(played[name] for name in ("accepted (201)", "same again (200)", "joined", "refused", "errors"))


def test_everything_sent_has_one_fate_and_is_found_again(play: Play, running: Service) -> None:
    played = play("--dirty", "5")
    assert played["sent"] == fates(played) == len(INVENTED)
    assert played["refused"] == 3  # every fifth of ten has a point of the file, and one text is too long
    assert played["invalid (text)"] == 1
    assert played["accepted (201)"] == stored(running, Ticket) == stored(running, Report) == 7
    assert (played["lost (answered 2xx, then not found by number)"], played.exit_code) == (0, 0)
    assert played["tickets by level of holder"] == 7
    assert played["categories suggested, most often first"] == 9


def test_points_of_the_file_are_refused_by_name_and_nothing_is_stored(
    play: Play, running: Service, files: Files
) -> None:
    write(files.words, ("user", "title", "body"), INVENTED[:5] * 4)
    played = play("--dirty", "1")
    assert played["refused"] == played["sent"] == 20
    assert stored(running, Report) == 0
    assert {name.strip() for name in played.figures if "location" in name} == {
        "invalid (location.lat, location.lng)",  # missing
        "bad_location (location)",  # 0, 0
        "location_too_coarse (location)",  # 39, -77
        "location_out_of_area (location)",  # a real place far away
    }
    assert played.exit_code == 0, "a refusal is an answer"


def test_a_request_sent_again_is_the_same_ticket(play: Play, running: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "AGAIN", 1.0)
    played = play("--dirty", "0")
    assert played["same again (200)"] == played["accepted (201)"] == stored(running, Ticket) == 9
    assert played["sent"] == fates(played) == 19
    assert (played["doubled (sent again, another number)"], played.exit_code) == (0, 0)


def test_who_is_shown_a_similar_ticket_may_join_it(
    play: Play, running: Service, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "JOINS", 1.0)
    write(files.words, ("user", "title", "body"), [INVENTED[0]] * 3)  # one person, one text: one place
    played = play("--dirty", "0", "--senders", "1")
    assert (played["accepted (201)"], played["joined"]) == (3, 2)
    assert (stored(running, Ticket), stored(running, Report)) == (3, 5)
    assert (played["lost (answered 2xx, then not found by number)"], played.exit_code) == (0, 0)


class Dropping:
    """Lets the service do its work and hangs up before it answers: every other time, six calls long."""

    def __init__(self, app: Any):
        self._app = app
        self._hangs_up = iter((True, False) * 3)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._app(environ, start_response)
        is_report = (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("POST", "/api/v1/reports")
        if is_report and next(self._hangs_up, False):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer


def test_an_answer_that_got_lost_on_the_way_makes_no_second_ticket(
    running: Service, files: Files, standin: str
) -> None:
    write(files.words, ("user", "title", "body"), INVENTED[:9])
    with listening(Dropping(running.app)) as url:
        played = files.play(url, standin, "--dirty", "0", "--senders", "1")
    assert played["connections dropped and tried again"] == 3
    assert (played["accepted (201)"], played["same again (200)"]) == (6, 3)
    assert played["sent"] == fates(played) == 9
    assert played["tickets by level of holder"] == stored(running, Ticket) == stored(running, Report) == 9
    assert (played["lost (answered 2xx, then not found by number)"], played.exit_code) == (0, 0)


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "AGAIN_AFTER_S", ())


@pytest.mark.usefixtures("no_patience")
def test_without_wechat_the_accounts_of_the_demo_play(url: str, running: Service, files: Files) -> None:
    with running.house.works.open() as uow:
        hints = [("rider", None), ("auditor", None), ("resident", None)]
        rows = [
            {"username": name, "what_to_try": "报一件事", "area_code": area, "rank": rank}
            for rank, (name, area) in enumerate(hints, start=1)
        ]
        uow.session.execute(insert(DemoHint), rows)
    played = files.play(url, "http://127.0.0.1:9", "--dirty", "0")
    assert "2 accounts of the demo" in played.text
    assert played["accepted (201)"] == 9


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--box", "10,50,11,51"), "knows no place there"),  # the wrong town
        (("--extract", "nowhere"), "has no waits of an extract"),
        (("--speed", "-1"), "neither a number"),
        (("--box", "1,2,3"), "four numbers"),
    ],
)
def test_what_cannot_be_played_is_said_in_a_sentence(play: Play, options: tuple[str, str], sentence: str) -> None:
    played = play(*options)
    assert sentence in played.text
    assert played.exit_code != 0


@pytest.mark.usefixtures("no_patience")
def test_nobody_able_to_log_in_is_said_with_the_remedy(url: str, files: Files) -> None:
    played = files.play(url, "http://127.0.0.1:9")
    assert "reporter standin-wechat" in played.text
    assert played.exit_code == 1


def test_words_of_people_are_never_shown(play: Play) -> None:
    played = play()
    assert [body for _, _, body in INVENTED if body in played.text] == []
