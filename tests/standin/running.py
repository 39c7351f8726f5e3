"""The stand-in WeChat, listening on this machine, with a clock to set and a record of what it was asked and said."""

import threading
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from reporter.adapters.wechat import MiniProgram
from reporter.standin.wechat import create_app

APPID, SECRET = "wx-test", "wx-test-secret"


class _Silent(WSGIRequestHandler):
    """Writes no log: the addresses it is asked for carry the secret, and the tests look for it in ours."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Wechat:
    """``base`` is its address. ``now`` is its clock in seconds; ``asked`` are the queries of logins, in order."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[dict[str, str]] = []
        self.said: list[str] = []
        self._app = create_app(APPID, SECRET, clock=lambda: self.now)
        self._server = make_server("127.0.0.1", 0, self._watched, threaded=True, request_handler=_Silent)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def _watched(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = list(self._app.wsgi_app(environ, start_response))
        if environ["PATH_INFO"] == "/sns/jscode2session":
            query = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
            self.asked.append({name: values[0] for name, values in query.items()})
            self.said.append(b"".join(answer).decode())
        return answer

    def code(self, user: str = "somebody") -> str:
        """A fresh login code, as the phone of ``user`` would get it."""
        return str(requests.post(f"{self.base}/standin/codes", json={"user": user}, timeout=5).json()["code"])

    def trouble(self, **how: Any) -> None:
        requests.post(f"{self.base}/standin/trouble", json=how, timeout=5).raise_for_status()

    def ask(self, **query: str) -> dict[str, Any]:
        """What WeChat answers to a bare request."""
        return dict(requests.get(f"{self.base}/sns/jscode2session", params=query, timeout=5).json())

    def login(self, code: str) -> dict[str, Any]:
        return self.ask(appid=APPID, secret=SECRET, js_code=code, grant_type="authorization_code")

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Program:
    """A mini-program that notes how long it would have waited instead of waiting."""

    def __init__(self, base: str):
        self.waited: list[float] = []
        self.client = MiniProgram(base, APPID, SECRET, sleep=self.waited.append)


@pytest.fixture
def wechat() -> Iterator[Wechat]:
    running = Wechat()
    yield running
    running.stop()
