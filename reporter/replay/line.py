"""A line to the service: one request at a time, patient with a brake and with a connection that drops."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

TIMEOUT_S = (3, 30)  # connect, read
AGAIN_AFTER_S = (0.1, 0.4, 1.0, 3.0)  # after a dropped connection
LONGEST_BRAKE_S = 600.0  # of one request, all its waits together


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` 0: no answer at all. ``ms`` is of the last try alone, ``braked_s`` and ``dropped`` of those before."""

    status: int
    body: Any = field(repr=False)
    ms: float
    braked_s: float = 0.0
    dropped: int = 0

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def failed(self) -> bool:
        """No answer, or the service broke."""
        return self.status == 0 or self.status >= 500

    @property
    def error(self) -> dict[str, Any]:
        """``{code, fields}`` of a refusal; empty for anything else."""
        found = self.body.get("error") if isinstance(self.body, dict) else None
        return found if isinstance(found, dict) else {}


class Line:
    """Kept open between requests; for one thread. ``sleep`` is handed in, so that a test need not wait."""

    def __init__(self, base: str, sleep: Callable[[float], None] = time.sleep):
        self._base = base.rstrip("/")
        self._sleep = sleep
        self._http = requests.Session()

    def ask(self, method: str, path: str, token: str = "", **given: Any) -> Answer:
        """Send until there is an answer. The same request is sent again, so what it creates needs a key of its own."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        dropped, braked_s = 0, 0.0
        while True:
            began = time.perf_counter()
            try:
                response = self._http.request(
                    method, f"{self._base}{path}", headers=headers, timeout=TIMEOUT_S, **given
                )
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
                if dropped == len(AGAIN_AFTER_S):
                    return Answer(0, None, 0.0, braked_s, dropped)
                self._sleep(AGAIN_AFTER_S[dropped])
                dropped += 1
                continue
            ms = (time.perf_counter() - began) * 1000
            wait_s = _retry_after_s(response)
            if response.status_code == 429 and braked_s + wait_s <= LONGEST_BRAKE_S:
                self._sleep(wait_s)
                braked_s += wait_s
                continue
            return Answer(response.status_code, _body(response), ms, braked_s, dropped)

    def close(self) -> None:
        self._http.close()


def _retry_after_s(response: requests.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 1.0


def _body(response: requests.Response) -> Any:
    try:
        return response.json()
    except requests.JSONDecodeError:
        return None
