"""Programs that are started together, watched, and stopped together; none outlives the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

from steps import LOGS, ROOT, Missing

STOPPED_WITHIN_S = 25  # gunicorn lets requests finish for 20
LARGE_LOG_BYTES = 5_000_000


def _die_with_parent() -> None:
    """In the child: SIGTERM as soon as this program is gone, even by kill -9."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Child:
    """One program in a process group of its own, so that the terminal's Ctrl-C reaches only us."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.log = LOGS / f"{name}.log"
        if self.log.exists() and self.log.stat().st_size > LARGE_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as output:
            self._start = output.tell()
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.running:
            self.process.terminate()

    def kill(self) -> None:
        """End the whole group: the child, and whatever it started and left behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        with open(self.log, "rb") as log:
            log.seek(self._start)
            text = log.read().decode(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in text[-lines:]) or "    (it wrote nothing)"


class Children:
    """The programs together, and whether somebody wants them to stop."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._stops = 0

    def start(self, commands: dict[str, list[str]], environment: dict[str, str]) -> None:
        """From here on a signal to stop is only noted, so that a half-started set is stopped in order, too."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for name, command in commands.items():
            self._children.append(Child(name, command, environment))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1

    @property
    def stop_asked(self) -> bool:
        return self._stops > 0

    def last_words(self, name: str) -> str:
        return next(child.last_words() for child in self._children if child.name == name)

    def check(self) -> None:
        """Raises Missing when one has ended by itself."""
        for child in self._children:
            if not child.running:
                raise Missing(
                    f"{child.name} stopped by itself (exit code {child.process.returncode}), so the rest was stopped "
                    f"too: mend what var/log/{child.log.name} says, and run the same again. It ends in\n"
                    f"{child.last_words()}"
                )

    def wait(self) -> None:
        """Return when asked to stop. Raises Missing when one ends by itself."""
        while not self.stop_asked:
            self.check()
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask them to stop, wait, and kill what is left; a second Ctrl-C kills at once."""
        if any(child.running for child in self._children):
            with suppress(OSError):  # the terminal may be gone
                print("\nStopping … (Ctrl-C again to stop at once)", flush=True)
        patience = max(self._stops, 1)
        deadline = time.monotonic() + STOPPED_WITHIN_S
        for child in self._children:
            child.ask_to_stop()
        while any(child.running for child in self._children) and self._stops <= patience:
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        for child in self._children:
            child.kill()
