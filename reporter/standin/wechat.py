"""A stand-in for WeChat's servers on this machine: hands out login codes and exchanges them once.

A program of its own that shares nothing with the service. ``POST /standin/codes`` plays the phone's
wx.login; ``/sns/jscode2session`` answers as WeChat does (``wechat.md`` 3 and 14.4).
"""

import hashlib
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request

CODE_LIVES_S = 300
LOGINS_A_MINUTE = 100


class Codes:
    """One-use codes in memory. ``clock`` gives seconds; a test hands in its own."""

    def __init__(self, clock: Callable[[], float]):
        self._clock = clock
        self._lock = threading.Lock()
        self._issued: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()
        self._logins: dict[str, deque[float]] = defaultdict(deque)
        self.trouble: dict[str, Any] = {}

    def issue(self, user: str) -> str:
        code = secrets.token_hex(16)
        with self._lock:
            self._issued[code] = (user, self._clock())
        return code

    def exchange(self, code: str) -> tuple[int, str]:
        """``(errcode, user)``: 40163 used, 40029 unknown or expired, 45011 too often, 0 fine."""
        with self._lock:
            if code in self._used:
                return 40163, ""
            user, issued_at = self._issued.pop(code, ("", 0.0))
            now = self._clock()
            if not user or now - issued_at > CODE_LIVES_S:
                return 40029, ""
            self._used.add(code)
            recent = self._logins[user]
            while recent and now - recent[0] > 60:
                recent.popleft()
            recent.append(now)
            return (45011 if len(recent) > LOGINS_A_MINUTE else 0), user


MEANINGS = {
    -1: "system error",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41008: "missing code",
    45011: "api minute-quota reach limit",
}


def create_app(appid: str, secret: str, clock: Callable[[], float] = time.monotonic) -> Flask:
    """The stand-in for one mini-program."""
    app = Flask(__name__)
    codes = Codes(clock)

    @app.post("/standin/codes")
    def code() -> Response:
        """Play wx.login for a user of any name."""
        user = str((request.get_json(silent=True) or {}).get("user") or secrets.token_hex(8))
        return jsonify({"code": codes.issue(user)})

    @app.post("/standin/trouble")
    def trouble() -> Response:
        """Answer the next calls badly: ``{"times": 2, "errcode": -1}``, or ``status``, or ``delay_s``."""
        codes.trouble = dict(request.get_json(silent=True) or {})
        return jsonify(codes.trouble)

    @app.get("/sns/jscode2session")
    def exchange() -> Response | tuple[Response, int]:
        bad = _troubled(codes)
        if bad is not None:
            return bad
        for given, wanted, errcode in (("appid", appid, 40013), ("secret", secret, 40125)):
            if request.args.get(given) != wanted:
                return _error(errcode)
        if not request.args.get("js_code"):
            return _error(41008)
        errcode, user = codes.exchange(request.args["js_code"])
        if errcode:
            return _error(errcode)
        openid = "o" + hashlib.sha256(f"{appid}:{user}".encode()).hexdigest()[:27]
        return jsonify({"openid": openid, "session_key": secrets.token_urlsafe(16)})

    @app.get("/")
    def about() -> Response:
        """What this is, for somebody who opens it in a browser."""
        return jsonify({"what": "stand-in for WeChat, for demo and tests", "appid": appid})

    return app


def _troubled(codes: Codes) -> Response | tuple[Response, int] | None:
    times = int(codes.trouble.get("times", 0))
    if times <= 0:
        return None
    codes.trouble["times"] = times - 1
    time.sleep(float(codes.trouble.get("delay_s", 0)))
    if "status" in codes.trouble:
        return jsonify({}), int(codes.trouble["status"])
    return _error(int(codes.trouble["errcode"])) if "errcode" in codes.trouble else None


def _error(errcode: int) -> Response:
    rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return jsonify({"errcode": errcode, "errmsg": f"{MEANINGS.get(errcode, 'error')}, rid: {rid}"})
