"""The login call to WeChat: each of its answers becomes one of ours, nothing is asked twice that may not be, and no
secret leaves by the log.
"""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import structlog
from structlog.typing import EventDict

from reporter.adapters import wechat as adapter
from reporter.domain import errors
from tests.standin.running import SECRET, Program, Wechat


@pytest.fixture
def program(wechat: Wechat) -> Program:
    return Program(wechat.base)


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def refusal_of(call: Callable[[], Any]) -> errors.Refusal:
    with pytest.raises(errors.Refusal) as caught:
        call()
    return caught.value


def test_a_code_becomes_an_identity_and_the_session_key_is_dropped(wechat: Wechat, program: Program) -> None:
    identity = program.client.code2session(wechat.code("alice"))
    assert identity.openid == json.loads(wechat.said[0])["openid"]
    assert identity.unionid is None
    assert not hasattr(identity, "session_key")
    assert [set(query) for query in wechat.asked] == [{"appid", "secret", "js_code", "grant_type"}]
    assert program.waited == []


@pytest.mark.parametrize(
    ("errcode", "refusal", "times_asked"),
    [
        (40029, errors.LoginCodeInvalid, 1),
        (40163, errors.LoginCodeUsed, 1),
        (40226, errors.LoginRefused, 1),  # WeChat finds this user risky
        (45011, errors.TooFast, 1),  # the user's client waits, not our worker
        (-1, errors.Unavailable, 3),  # busy: nothing was used up, so twice again
        (40013, errors.Unavailable, 1),  # our own configuration
        (40125, errors.Unavailable, 1),
        (45009, errors.Unavailable, 1),
        (99999, errors.Unavailable, 1),  # nobody knows it
    ],
)
def test_each_of_wechats_numbers_has_its_refusal(
    wechat: Wechat, program: Program, errcode: int, refusal: type[errors.Refusal], times_asked: int
) -> None:
    wechat.trouble(times=10, errcode=errcode)
    assert type(refusal_of(lambda: program.client.code2session(wechat.code()))) is refusal
    assert len(wechat.asked) == times_asked


def test_busy_twice_and_then_fine(wechat: Wechat, program: Program) -> None:
    wechat.trouble(times=2, errcode=-1)
    assert program.client.code2session(wechat.code()).openid
    assert program.waited == [pytest.approx(0.3, rel=0.21), pytest.approx(1.0, rel=0.21)]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_not_asked_again(wechat: Wechat, program: Program, status: int) -> None:
    """Perhaps the code was used up before it broke."""
    wechat.trouble(times=10, status=status)
    assert type(refusal_of(lambda: program.client.code2session(wechat.code()))) is errors.Unavailable
    assert len(wechat.asked) == 1


def test_an_answer_that_does_not_come_is_not_waited_for(
    wechat: Wechat, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "TIMEOUT_S", (1.0, 0.1))
    wechat.trouble(times=1, delay_s=0.3)
    assert type(refusal_of(lambda: program.client.code2session(wechat.code()))) is errors.Unavailable
    assert program.waited == []


def test_nobody_listening_is_unavailable() -> None:
    assert type(refusal_of(lambda: Program("http://127.0.0.1:9").client.code2session("c"))) is errors.Unavailable


class Canned:
    """A transport that says what it was told to, or raises it; counts how often it was asked."""

    def __init__(self, *answers: bytes | Exception):
        self.answers = list(answers)
        self.asked = 0

    def get(self, url: str, **given: Any) -> requests.Response:
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        response = requests.Response()
        response.status_code = 200
        response._content = answer
        return response


def program_hearing(*answers: bytes | Exception) -> tuple[Program, Canned]:
    program, transport = Program("http://127.0.0.1:9"), Canned(*answers)
    program.client._http = transport  # type: ignore[assignment]
    return program, transport


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",  # neither an error nor an openid
        b'{"errcode": 0}',
        b'{"openid": ""}',
        b'{"openid": null}',
        b'{"errcode": "many"}',
        b'{"errcode": []}',
        b'{"errcode": 1e999}',
    ],
)
def test_an_answer_that_is_none_is_unavailable(answer: bytes) -> None:
    program, transport = program_hearing(answer)
    assert type(refusal_of(lambda: program.client.code2session("c"))) is errors.Unavailable
    assert transport.asked == 1


@pytest.mark.parametrize(
    ("answer", "unionid"),
    [
        (b'{"openid": "o1", "session_key": "k"}', None),
        (b'{"openid": "o1", "session_key": "k", "errcode": 0, "unionid": "u1", "expires_in": 7200}', "u1"),
        (b'{"openid": "o1", "session_key": "k", "errcode": "0", "unionid": ""}', None),  # a number as text
    ],
)
def test_the_ways_wechat_says_yes(answer: bytes, unionid: str | None) -> None:
    program, _ = program_hearing(answer)
    identity = program.client.code2session("c")
    assert (identity.openid, identity.unionid) == ("o1", unionid)


def test_only_what_surely_did_not_arrive_is_sent_again() -> None:
    never_left = requests.ConnectTimeout("…")
    program, transport = program_hearing(never_left, never_left, b'{"openid": "o1"}')
    assert program.client.code2session("c").openid == "o1"
    assert (transport.asked, len(program.waited)) == (3, 2)
    program, transport = program_hearing(never_left)
    assert type(refusal_of(lambda: program.client.code2session("c"))) is errors.Unavailable
    assert transport.asked == 3
    program, transport = program_hearing(requests.ConnectionError("reset"), b'{"openid": "o1"}')
    assert type(refusal_of(lambda: program.client.code2session("c"))) is errors.Unavailable
    assert transport.asked == 1, "a broken connection may have used the code up"


def test_no_secret_leaves_by_log_or_error(
    wechat: Wechat, program: Program, log: list[EventDict], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    code = wechat.code("alice")
    program.client.code2session(code)
    told: list[str] = []
    for trouble in ({"errcode": -1}, {"errcode": 40163}, {"errcode": 40125}, {"status": 502}):
        wechat.trouble(times=3, **trouble)
        told.append(repr(refusal_of(lambda: program.client.code2session(code))))
    unreachable = refusal_of(lambda: Program("http://127.0.0.1:9").client.code2session(code))
    told += [repr(unreachable), repr(unreachable.__cause__)]
    session_key = json.loads(wechat.said[0])["session_key"]
    written = repr(log) + caplog.text + "".join(told)
    assert len(log) >= 5
    assert [secret for secret in (SECRET, code, session_key) if secret in written] == []
    assert unreachable.__suppress_context__, "a traceback would print the address with the secret"


def test_the_reference_of_a_refusal_is_logged(wechat: Wechat, program: Program, log: list[EventDict]) -> None:
    wechat.trouble(times=1, errcode=40163)
    refusal_of(lambda: program.client.code2session(wechat.code()))
    (line,) = log
    assert (line["event"], line["errcode"]) == ("wechat_refused", 40163)
    assert "rid: " in line["errmsg"]
