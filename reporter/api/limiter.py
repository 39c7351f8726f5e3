"""How fast somebody may call: so many calls in any minute, in the memory of this process; a brake, not an account.

Our own few lines, because the library we had looked through the calls of everybody after every call: with eight
thousand people that was a fifth of a worker's time (``make bench``).
"""

import threading
from collections import deque
from collections.abc import Callable

from reporter.config import Settings
from reporter.domain.errors import TooFast

WINDOW_S = 60.0
SWEPT_AFTER = 10_000  # calls; then whoever has not called for a minute is forgotten


class Limiter:
    """``monotonic`` gives seconds that only grow."""

    def __init__(self, settings: Settings, monotonic: Callable[[], float]):
        self._rates = {
            "submit": settings.submit_rate,
            "write": settings.write_rate,
            "login": settings.login_rate,
            "password": settings.password_rate,
        }
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._since_swept = 0

    def hit(self, what: str, who: str) -> None:
        """Count a call. Raises TooFast, saying after how many seconds the next one is welcome."""
        now, rate = self._monotonic(), self._rates[what]
        with self._lock:
            calls = self._calls.setdefault((what, who), deque(maxlen=rate))
            if len(calls) == rate and now - calls[0] < WINDOW_S:
                raise TooFast(int(WINDOW_S - (now - calls[0])) + 1)
            calls.append(now)
            self._since_swept += 1
            if self._since_swept >= SWEPT_AFTER:
                self._sweep(now)

    def _sweep(self, now: float) -> None:
        self._since_swept = 0
        self._calls = {key: calls for key, calls in self._calls.items() if now - calls[-1] < WINDOW_S}
