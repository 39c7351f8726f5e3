"""Logging in and out: by WeChat, password, demo name and cookie; how sessions end, and how fast one may try."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select
from structlog.typing import EventDict

from reporter.adapters import wechat as adapter
from reporter.models.people import Account, LoginSession, Person, WechatIdentity
from reporter.services import sessions
from tests.service import Caller, Service, beijing
from tests.standin.running import SECRET, Program, Wechat
from tests.world import AT_HOME, EMPTY_HOME, GRID_A

Opened = Callable[[str], Service]
PASSWORD = "correct horse battery staple"


def login(service: Service, how: str, headers: dict[str, str] | None = None, **given: str) -> Any:
    return service.nobody().post(f"/sessions/{how}", given, headers=headers or {})


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]["code"]


def bearer(service: Service, answer: Any) -> Caller:
    assert answer.status_code == 200, answer.text
    return Caller(service.app.test_client(), answer.json["token"], "")


def count(service: Service, table: Any) -> int:
    with service.house.works.open(writes=False) as uow:
        return int(uow.session.scalar(select(func.count()).select_from(table)) or 0)


# ---------------------------------------------------------------- WeChat


@pytest.fixture
def connected(database_url: str, tmp_path: Path, wechat: Wechat) -> Iterator[tuple[Service, Program]]:
    """The service with its WeChat on this machine; waiting between tries is only noted."""
    program = Program(wechat.base)
    running = Service(database_url, str(tmp_path / "photos"), wechat=program.client)
    yield running, program
    running.close()


Connected = tuple[Service, Program]


def test_a_new_wechat_user_is_a_resident_and_stays_the_same_person(connected: Connected, wechat: Wechat) -> None:
    service, _ = connected
    people = count(service, Person)
    first = login(service, "wechat", code=wechat.code("alice"))
    assert first.json["user"]["role"] == "resident"
    assert beijing(first.json["expires_at"][:19]) == beijing("2026-10-07 01:00")  # thirty days, written in UTC
    number = bearer(service, first).report(AT_HOME, category="BJ0123")["number"]

    again = bearer(service, login(service, "wechat", code=wechat.code("alice")))
    assert again.ticket(number)["reports"][0]["submitter"] is not None, "the same openid is the same person"
    other = bearer(service, login(service, "wechat", code=wechat.code("bob")))
    assert other.get(f"/tickets/{number}").status_code == 404
    assert (count(service, Person), count(service, WechatIdentity)) == (people + 2, 2)


def test_a_used_an_old_and_an_invented_code_are_told_apart(connected: Connected, wechat: Wechat) -> None:
    service, _ = connected
    code, old = wechat.code(), wechat.code()
    login(service, "wechat", code=code)
    assert refused(login(service, "wechat", code=code)) == (401, "login_code_used")
    assert refused(login(service, "wechat", code="invented")) == (401, "login_code_invalid")
    wechat.now += 301
    assert refused(login(service, "wechat", code=old)) == (401, "login_code_invalid")
    assert count(service, WechatIdentity) == 1


def test_wechat_busy_twice_is_only_a_little_slower(connected: Connected, wechat: Wechat) -> None:
    service, program = connected
    wechat.trouble(times=2, errcode=-1)
    assert login(service, "wechat", code=wechat.code()).status_code == 200
    assert (len(wechat.asked), len(program.waited)) == (3, 2)


@pytest.mark.parametrize(
    ("trouble", "expected", "times_asked"),
    [
        ({"times": 9, "errcode": -1}, (503, "unavailable"), 3),
        ({"times": 9, "status": 502}, (503, "unavailable"), 1),  # the code may be used up
        ({"times": 9, "errcode": 40226}, (403, "login_refused"), 1),
        ({"times": 9, "errcode": 40125}, (503, "unavailable"), 1),
        ({"times": 9, "errcode": 45011}, (429, "too_fast"), 1),
    ],
    ids=str,
)
def test_wechats_trouble_is_said_and_not_made_worse(
    connected: Connected, wechat: Wechat, trouble: dict[str, int], expected: tuple[int, str], times_asked: int
) -> None:
    service, _ = connected
    wechat.trouble(**trouble)
    answer = login(service, "wechat", code=wechat.code())
    assert refused(answer) == expected
    assert len(wechat.asked) == times_asked
    assert answer.headers.get("Retry-After") == {429: "60"}.get(answer.status_code)
    assert (count(service, WechatIdentity), count(service, LoginSession)) == (0, 0)


def test_a_wechat_that_does_not_answer_costs_one_short_wait(
    connected: Connected, wechat: Wechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, _ = connected
    monkeypatch.setattr(adapter, "TIMEOUT_S", (1.0, 0.1))
    wechat.trouble(times=1, delay_s=0.3)
    assert refused(login(service, "wechat", code=wechat.code())) == (503, "unavailable")
    assert adapter.BACKOFF_S == (0.3, 1.0)


def test_a_wechat_that_is_not_there_stops_nothing_else(service: Service) -> None:
    assert refused(login(service, "wechat", code="c")) == (503, "unavailable")
    assert service.as_("rider").report(AT_HOME, category="BJ0123")["number"]


def test_no_secret_of_a_login_is_logged_answered_or_stored(
    connected: Connected, wechat: Wechat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    service, _ = connected
    code = wechat.code()
    lines: list[EventDict]
    with structlog.testing.capture_logs() as lines:
        answers = [login(service, "wechat", code=code)]
        for trouble in ({"errcode": -1}, {"errcode": 40163}, {"status": 500}, {"times": 0}):
            wechat.trouble(**{"times": 3, **trouble})
            answers.append(login(service, "wechat", code=code))
    token = answers[0].json["token"]
    session_key = json.loads(wechat.said[0])["session_key"]
    openid = json.loads(wechat.said[0])["openid"]
    logged = repr(lines) + caplog.text
    assert [secret for secret in (SECRET, code, session_key, token, openid) if secret in logged] == []
    told = "".join(answer.text for answer in answers)
    assert [secret for secret in (SECRET, code, session_key, openid) if secret in told] == []
    with service.house.works.open(writes=False) as uow:
        stored = repr(uow.session.execute(select(LoginSession.__table__)).all())
        stored += repr(uow.session.execute(select(WechatIdentity.__table__)).all())
    assert [secret for secret in (session_key, token, code) if secret in stored] == []


# ---------------------------------------------------------------- password


@pytest.fixture
def staffed(service: Service) -> Service:
    """With a password on the account ``street``."""
    with service.house.works.open() as uow:
        sessions.set_password(uow, "street", PASSWORD)
    return service


def by_password(service: Service, password: str = PASSWORD, username: str = "street") -> Any:
    return login(service, "password", username=username, password=password)


def test_a_password_opens_its_account(staffed: Service) -> None:
    answer = by_password(staffed)
    assert (answer.status_code, answer.json["user"]["role"], answer.json["user"]["level"]) == (200, "lead", "street")
    assert bearer(staffed, answer).get("/me").json["name"] == "示例·南湖街道"
    with staffed.house.works.open(writes=False) as uow:
        stored = uow.session.get_one(Account, "street").password_hash or ""
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


@pytest.mark.parametrize(
    ("username", "password"),
    [("street", "wrong"), ("nobody", PASSWORD), ("rider", PASSWORD), ("seat:420106015", PASSWORD)],
    ids=["wrong password", "no such account", "an account without a password", "a seat has none"],
)
def test_a_wrong_login_does_not_say_what_was_wrong(staffed: Service, username: str, password: str) -> None:
    answer = by_password(staffed, password, username)
    assert answer.status_code == 401
    assert answer.json == by_password(staffed, "wrong").json


def test_five_failures_lock_for_a_quarter_of_an_hour(staffed: Service) -> None:
    staffed.at("2026-09-07 09:00")
    for _ in range(4):
        assert refused(by_password(staffed, "wrong")) == (401, "wrong_credentials")
    assert by_password(staffed).status_code == 200, "a success starts the count anew"
    for _ in range(5):
        assert refused(by_password(staffed, "wrong")) == (401, "wrong_credentials")
    locked = by_password(staffed)
    assert refused(locked) == (429, "account_locked"), "now the right one does not help either"
    assert 0 < int(locked.headers["Retry-After"]) <= 901
    staffed.at("2026-09-07 09:14:59")
    assert refused(by_password(staffed)) == (429, "account_locked")
    staffed.at("2026-09-07 09:15:00")
    assert by_password(staffed).status_code == 200


def test_a_locked_account_locks_no_other(staffed: Service) -> None:
    with staffed.house.works.open() as uow:
        sessions.set_password(uow, "district", PASSWORD)
    for _ in range(5):
        by_password(staffed, "wrong")
    assert by_password(staffed, username="district").status_code == 200


def test_a_password_session_ends_after_half_an_hour_without_use(staffed: Service) -> None:
    staffed.at("2026-09-07 09:00")
    caller = bearer(staffed, by_password(staffed))
    for moment in ("09:29", "09:58", "10:28"):
        assert staffed.at(f"2026-09-07 {moment}").clock() and caller.get("/me").status_code == 200, moment
    staffed.at("2026-09-07 10:58:01")
    assert refused(caller.get("/me")) == (401, "not_signed_in")
    staffed.at("2026-09-07 10:58:02")
    assert caller.get("/me").status_code == 401, "looking at it does not wake it"


def test_a_submitters_session_does_not_end_while_they_are_away(connected: Connected, wechat: Wechat) -> None:
    service, _ = connected
    service.at("2026-09-07 09:00")
    caller = bearer(service, login(service, "wechat", code=wechat.code()))
    service.at("2026-10-07 08:59:59")
    assert caller.get("/me").status_code == 200
    service.at("2026-10-07 09:00")
    assert caller.get("/me").status_code == 401, "after its thirty days it does"


def test_a_new_password_ends_the_old_sessions(staffed: Service) -> None:
    caller = bearer(staffed, by_password(staffed))
    with staffed.house.works.open() as uow:
        sessions.set_password(uow, "street", "another one")
    assert caller.get("/me").status_code == 401
    assert by_password(staffed).status_code == 401
    assert by_password(staffed, "another one").status_code == 200


# ---------------------------------------------------------------- tokens


def test_logging_out_ends_this_session_and_no_other(service: Service) -> None:
    one, other = service.as_("rider"), service.as_("rider")
    assert one.request("DELETE", "/sessions/current").status_code == 204
    assert (one.get("/me").status_code, other.get("/me").status_code) == (401, 200)
    assert one.request("DELETE", "/sessions/current").status_code == 401


def test_only_the_hash_of_a_token_is_kept(service: Service) -> None:
    token = service.as_("rider").token or ""
    with service.house.works.open(writes=False) as uow:
        (row,) = uow.session.scalars(select(LoginSession)).all()
    assert row.token_hash == sessions.hash_of(token) != token
    assert len(token) >= 43, "256 bits"
    assert refused(Caller(service.app.test_client(), row.token_hash, "").get("/me")) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "bearer x", "Basic dTpw", "Bearer é", "Bearer " + "x" * 5000, "Token"],
)
def test_a_header_that_is_no_token_is_nobody(opened: Opened, database_kind: str, header: str) -> None:
    answer = opened(database_kind).nobody().request("GET", "/me", headers={"Authorization": header})
    assert refused(answer) == (401, "not_signed_in")


# ---------------------------------------------------------------- demo


def test_the_demo_opens_accounts_and_seats(opened: Opened, database_kind: str) -> None:
    service = opened(database_kind)
    assert login(service, "demo", username=f"seat:{GRID_A}").json["user"]["area"] == GRID_A
    assert refused(login(service, "demo", username=f"seat:{EMPTY_HOME}")) == (404, "seat_vacant")
    assert refused(login(service, "demo", username="seat:420199")) == (404, "not_found")
    assert refused(login(service, "demo", username="nobody")) == (404, "not_found")


def test_without_the_demo_its_doors_are_not_there(database_url: str, tmp_path: Path) -> None:
    service = Service(database_url, str(tmp_path), demo=False)
    nowhere = service.nobody().post("/nowhere").json
    assert login(service, "demo", username="rider").json == nowhere
    assert service.nobody().get("/sessions/demo").json == nowhere
    assert login(service, "demo", username="rider").status_code == 404
    service.close()


# ---------------------------------------------------------------- cookies


def in_browser(service: Service, **changes: Any) -> tuple[Caller, dict[str, str], str]:
    """A browser logged in as the rider by cookie: the caller, the attributes of the cookie, its CSRF token."""
    browser = Caller(service.app.test_client(), None, "rider")
    answer = browser.post("/sessions/demo", {"username": "rider"}, headers={"X-Session-Cookie": "1"})
    assert answer.status_code == 200
    parts = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    attributes = {name.lower(): value for name, _, value in (part.partition("=") for part in parts)}
    return browser, attributes, answer.json["csrf_token"]


def test_a_page_keeps_its_token_where_no_script_can_read_it(service: Service) -> None:
    browser, cookie, csrf = in_browser(service)
    assert {"httponly", "samesite", "path", "session"} <= set(cookie)
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
    assert "secure" not in cookie, "the demo speaks plain HTTP on this machine"
    assert browser.get("/me").json["role"] == "rider"
    assert browser.get("/me/csrf").json == {"csrf_token": csrf}
    assert csrf != cookie["session"]


def test_outside_the_demo_the_cookie_is_for_https_only(database_url: str, tmp_path: Path) -> None:
    service = Service(database_url, str(tmp_path), secure_cookies=True)
    assert "secure" in in_browser(service)[1]
    service.close()


def test_nobody_gets_a_cookie_who_did_not_ask(opened: Opened) -> None:
    assert "Set-Cookie" not in login(opened("spatialite"), "demo", username="rider").headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-CSRF-Token": ""}, 403),
        ({"X-CSRF-Token": "0" * 64}, 403),
        ({"X-CSRF-Token": "é"}, 403),
        ({"X-CSRF-Token": "{csrf}"}, 200),
    ],
    ids=["none", "empty", "wrong", "not ASCII", "right"],
)
def test_a_write_by_cookie_needs_what_a_foreign_page_cannot_know(
    service: Service, headers: dict[str, str], status: int
) -> None:
    number = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
    browser, _, csrf = in_browser(service)
    filled = {name: value.format(csrf=csrf) for name, value in headers.items()}
    answers = [
        browser.post(f"/tickets/{number}/steps", {"action": "note", "text": "x"}, headers=filled),
        browser.post("/messages/1/read", headers=filled),
    ]
    assert [answer.status_code for answer in answers] == [status, status]
    out = browser.request("DELETE", "/sessions/current", headers=filled)
    assert (out.status_code == 204) == (status == 200)
    assert browser.get("/me").status_code == (401 if status == 200 else 200), "a refused log-out logs nobody out"


def test_the_csrf_token_of_one_session_is_worth_nothing_in_another(service: Service) -> None:
    _, _, foreign = in_browser(service)
    browser, _, _ = in_browser(service)
    assert browser.post("/messages/1/read", headers={"X-CSRF-Token": foreign}).status_code == 403


def test_an_upload_by_cookie_needs_it_too(service: Service) -> None:
    browser, _, _ = in_browser(service)
    assert browser.request("POST", "/photos", data={"file": "x"}).status_code == 403


def test_a_bearer_needs_no_csrf_token(service: Service) -> None:
    assert service.as_("rider").post("/messages/1/read").status_code in (200, 404)


def test_logging_out_takes_the_cookie_away(service: Service) -> None:
    browser, _, csrf = in_browser(service)
    out = browser.request("DELETE", "/sessions/current", headers={"X-CSRF-Token": csrf})
    assert "session=;" in out.headers["Set-Cookie"]
    assert browser.get("/me").status_code == 401


# ---------------------------------------------------------------- how fast


def test_who_submits_too_fast_is_told_when_to_come_back(database_url: str, tmp_path: Path) -> None:
    service = Service(database_url, str(tmp_path), submit_rate=2)
    rider = service.as_("rider")
    for _ in range(2):
        rider.report(AT_HOME, category="BJ0123")
    third = rider.send(AT_HOME, category="BJ0123")
    assert refused(third) == (429, "too_fast")
    assert 0 < int(third.headers["Retry-After"]) <= 61
    assert service.as_("rider2").send(AT_HOME, category="BJ0123").status_code == 201, "counted by person"
    assert rider.get("/reports").status_code == 200, "reading is not submitting"
    service.close()


@pytest.mark.parametrize(
    ("rate", "how", "given"),
    [
        ("login_rate", "demo", {"username": "rider"}),
        ("login_rate", "wechat", {"code": "c"}),
        ("password_rate", "password", {"username": "nobody", "password": "p"}),
    ],
)
def test_logging_in_is_braked_by_address(
    database_url: str, tmp_path: Path, rate: str, how: str, given: dict[str, str]
) -> None:
    service = Service(database_url, str(tmp_path), **{rate: 2})
    codes = [login(service, how, **given).status_code for _ in range(3)]
    assert codes[2] == 429
    assert 429 not in codes[:2]
    service.close()


def test_writing_is_braked_by_person(database_url: str, tmp_path: Path) -> None:
    service = Service(database_url, str(tmp_path), write_rate=2)
    rider, other = service.as_("rider"), service.as_("rider2")
    assert [rider.post("/messages/1/read").status_code for _ in range(3)] == [404, 404, 429]
    assert other.post("/messages/1/read").status_code == 404
    service.close()


# ---------------------------------------------------------------- on every answer


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/desk"),
        ("GET", "/dashboard"),
        ("GET", "/api/docs"),
        ("GET", "/api/v1/categories"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/v1/me"),  # 401
        ("GET", "/nowhere"),  # 404
        ("PUT", "/api/v1/reports"),  # 405
        ("POST", "/api/v1/sessions/demo"),  # 422
        ("GET", "/healthz"),
    ],
)
def test_every_answer_carries_its_guards(opened: Opened, method: str, path: str) -> None:
    answer = opened("spatialite").app.test_client().open(path, method=method)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert {"Accept-Language", "Cookie", "Authorization"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
    assert "Server" not in answer.headers


def test_personal_answers_are_kept_by_nobody(opened: Opened) -> None:
    assert opened("spatialite").as_("rider").get("/me").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", ["", "zh-CN,zh;q=0.9", "fr", "*", "not a language;;;q=x"])
def test_messages_are_chinese_unless_english_is_asked_for(opened: Opened, language: str) -> None:
    answer = opened("spatialite").nobody().request("GET", "/me", headers={"Accept-Language": language})
    assert answer.json["error"]["message"] == "请先登录"


def test_what_nobody_foresaw_is_told_without_detail(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the password of the database is hunter2")

    rider = service.as_("rider")
    monkeypatch.setattr(sessions, "actor_of", broken)
    with structlog.testing.capture_logs() as lines:
        answer = rider.get("/me")
    assert refused(answer) == (500, "internal")
    assert "hunter2" not in answer.text
    assert [line["event"] for line in lines] == ["crashed"]
