"""Programs that the bench starts: each in a group of its own, ended by its id, and never outliving the bench."""

import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
PATIENCE_S = 60.0


class Failed(RuntimeError):
    """A program did not start or ended badly; the text says what it said."""


def _die_with_parent(number: int) -> Callable[[], None]:
    def ask() -> None:
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, number)

    return ask


class Program:
    """One started program. ``ending``: the signal by which it ends in order, also when the bench is killed."""

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str], log: Path, ending: int, who: Any) -> None:
        self.log = log
        self._ending = ending
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd="/" if who else ROOT,  # another user may not be able to read where root stands
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent(ending),
                **who,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def wait(self) -> None:
        """Raises Failed when it ends badly."""
        if self.process.wait():
            raise Failed(f"{self.log.name} ended with code {self.process.returncode}:\n{self.last_words()}")

    def stop(self) -> None:
        if self.running:
            self.process.send_signal(self._ending)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE_S)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # whatever it started and left behind
        self.process.wait()


class Programs:
    """All of them, stopped together in the reverse order."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._started: list[Program] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them running
        for program in reversed(self._started):
            program.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        ending: int = signal.SIGTERM,
        who: Mapping[str, Any] | None = None,
    ) -> Program:
        program = Program(command, env, self._logs / f"{name}.log", ending, who or {})
        self._started.append(program)
        return program

    def run(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """Start, and wait for the end. Raises Failed."""
        program = self.start(name, command, env)
        try:
            program.wait()
        finally:
            self.stop(program)

    def output(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> str:
        """The same; all that it wrote. Raises Failed."""
        log = self._logs / f"{name}.log"
        log.write_text("")
        self.run(name, command, env)
        return log.read_text(errors="replace")

    def stop(self, program: Program) -> None:
        program.stop()
        self._started.remove(program)


def free_port() -> int:
    """A port of this machine that nobody uses; the kernel chooses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], bool], program: Program) -> None:
    """Wait until ``program`` is ready. Raises Failed when it ended or time is up."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if not program.running or time.monotonic() > deadline:
            raise Failed(f"{program.log.name} did not get ready:\n{program.last_words()}")
        time.sleep(0.05)


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str) -> bool:
    try:
        with OPENER.open(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
