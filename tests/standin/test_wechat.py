"""The stand-in answers as WeChat does (``wechat.md`` 3 and 14.4), so that what works with it works outside."""

import pytest

from tests.standin.running import APPID, SECRET, Wechat


def test_a_code_is_exchanged_once(wechat: Wechat) -> None:
    code = wechat.code("alice")
    first = wechat.login(code)
    assert set(first) == {"openid", "session_key"}, "no errcode when it went well"
    again = wechat.login(code)
    assert again["errcode"] == 40163
    assert "rid: " in again["errmsg"]


def test_the_same_user_has_the_same_openid_and_another_user_another(wechat: Wechat) -> None:
    alice, again, bob = (wechat.login(wechat.code(user)) for user in ("alice", "alice", "bob"))
    assert alice["openid"] == again["openid"] != bob["openid"]
    assert alice["session_key"] != again["session_key"]
    assert len(alice["openid"]) == 28


@pytest.mark.parametrize(("age", "errcode"), [(0, None), (300, None), (301, 40029)])
def test_a_code_lives_five_minutes(wechat: Wechat, age: float, errcode: int | None) -> None:
    code = wechat.code()
    wechat.now += age
    assert wechat.login(code).get("errcode") == errcode


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({"appid": "wx-other", "secret": SECRET, "js_code": "c"}, 40013),
        ({"appid": APPID, "secret": "wrong", "js_code": "c"}, 40125),
        ({"appid": APPID, "secret": SECRET}, 41008),
        ({"appid": APPID, "secret": SECRET, "js_code": "never-issued"}, 40029),
    ],
)
def test_what_is_wrong_has_its_number(wechat: Wechat, query: dict[str, str], errcode: int) -> None:
    assert wechat.ask(**query)["errcode"] == errcode


def test_the_hundred_and_first_login_of_a_minute_is_too_many(wechat: Wechat) -> None:
    codes = [wechat.code("alice") for _ in range(102)]
    assert {"errcode" in wechat.login(code) for code in codes[:100]} == {False}
    assert wechat.login(codes[100])["errcode"] == 45011
    assert "openid" in wechat.login(wechat.code("bob")), "counted by user"
    wechat.now += 61
    assert "openid" in wechat.login(codes[101])


def test_trouble_lasts_as_often_as_asked_for(wechat: Wechat) -> None:
    wechat.trouble(times=2, errcode=-1)
    code = wechat.code()
    assert [wechat.login(code).get("errcode") for _ in range(3)] == [-1, -1, None], "trouble uses no code up"
