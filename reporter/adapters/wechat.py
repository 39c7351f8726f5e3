"""WeChat's mini-program server interface over requests: login only, for now.

Retry classes, error codes and what must never be logged: ``wechat.md`` 1 and 3. The address is a
setting, so that a stand-in on this machine can take WeChat's place.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
import structlog

from reporter.domain import errors

log = structlog.get_logger()

TIMEOUT_S = (3, 8)  # connect, read: an unbounded wait would block a worker (wechat.md 1)
BACKOFF_S = (0.3, 1.0)

REFUSED: dict[int, type[errors.Refusal]] = {
    40029: errors.LoginCodeInvalid,
    40163: errors.LoginCodeUsed,
    40226: errors.LoginRefused,
}
TOO_FAST = frozenset({45011})
BUSY = frozenset({-1})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who WeChat says it is; the session_key that comes with it is dropped at once."""

    openid: str
    unionid: str | None


class MiniProgram:
    """One mini-program's server side. ``sleep`` is handed in so that tests need not wait."""

    def __init__(self, base: str, appid: str, secret: str, sleep: Callable[[float], None] = time.sleep):
        self._base = base.rstrip("/")
        self._appid = appid
        self._secret = secret
        self._sleep = sleep
        self._http = requests.Session()

    def code2session(self, code: str) -> Identity:
        """Exchange the one-use code of wx.login.

        Raises LoginCodeInvalid, LoginCodeUsed, LoginRefused, TooFast, Unavailable. A code works once,
        so only what surely did not reach WeChat, or was answered “busy”, is tried again.
        """
        params = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        for wait in (*BACKOFF_S, None):
            try:
                response = self._http.get(f"{self._base}/sns/jscode2session", params=params, timeout=TIMEOUT_S)
            except requests.ConnectTimeout as error:
                self._give_up_or_wait(wait, type(error).__name__)
                continue
            except requests.RequestException as error:
                # perhaps the code was used up: asking again could only say so
                log.warning("wechat_unreachable", call="code2session", error=type(error).__name__)
                raise errors.Unavailable() from None  # the cause carries the address with the secret
            answer = self._read(response)
            errcode = _errcode(answer)
            if errcode in BUSY:
                self._give_up_or_wait(wait, f"errcode {errcode}")
                continue
            if errcode:
                self._refuse(errcode, str(answer.get("errmsg", "")))
            if not answer.get("openid"):
                log.error("wechat_answer_without_openid", status=response.status_code)
                raise errors.Unavailable()
            unionid = answer.get("unionid")
            return Identity(str(answer["openid"]), str(unionid) if unionid else None)
        raise errors.Unavailable()

    def _read(self, response: requests.Response) -> dict[str, Any]:
        try:
            answer = response.json()
        except requests.JSONDecodeError:
            answer = None
        if response.status_code >= 500 or not isinstance(answer, dict):
            log.warning("wechat_failed", call="code2session", status=response.status_code)
            raise errors.Unavailable()
        return answer

    def _give_up_or_wait(self, wait: float | None, why: str) -> None:
        log.warning("wechat_busy", call="code2session", why=why, again=wait is not None)
        if wait is None:
            raise errors.Unavailable()
        self._sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 — jitter is not a secret

    def _refuse(self, errcode: int, errmsg: str) -> None:
        log.warning("wechat_refused", call="code2session", errcode=errcode, errmsg=errmsg)
        if errcode in TOO_FAST:
            raise errors.TooFast(60)
        raise REFUSED.get(errcode, errors.Unavailable)()


def _errcode(answer: dict[str, Any]) -> int:
    """0 when it went well; it may come as text. Raises Unavailable for what is no number."""
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise errors.Unavailable() from error
