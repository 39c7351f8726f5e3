"""The programs of `make run` start together, stop together, and never outlive it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
KEEPS_TWO = """
import sys
from pathlib import Path
import children
from steps import said_plainly
children.LOGS = Path(sys.argv[1])
def main():
    both = children.Children()
    try:
        both.start({"first": [sys.executable, "-c", sys.argv[2]], "second": [sys.executable, "-c", sys.argv[3]]}, {})
        print("pids", *(child.process.pid for child in both._children), flush=True)
        both.wait()
    finally:
        both.stop()
    return 0
sys.exit(said_plainly(main))
"""
WAITS = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"
FAILS = "import time; time.sleep(0.3); print('what is wrong'); raise SystemExit(3)"
LEAVES_ONE_BEHIND = (
    f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {WAITS!r}]).pid, flush=True); {WAITS}"
)


class Kept:
    """A program that keeps two others, and the numbers of all that were started."""

    def __init__(self, folder: Path, first: str, second: str) -> None:
        self.folder = folder
        command = [sys.executable, "-c", KEEPS_TWO, str(folder), first, second]
        self.keeper = subprocess.Popen(
            command, cwd=DEPLOY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        assert self.keeper.stdout is not None
        self.pids = [int(number) for number in re.findall(r"\d+", self.keeper.stdout.readline())]

    def is_up(self) -> None:
        """Return once both say so."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if all("up" in (self.folder / f"{name}.log").read_text() for name in ("first", "second")):
                return
            time.sleep(0.02)
        raise AssertionError("they did not start")

    def ended(self) -> tuple[int, str]:
        """The exit code of the keeper, and the rest of what it said."""
        said, _ = self.keeper.communicate(timeout=20)
        return self.keeper.returncode, said

    def left_over(self) -> list[int]:
        deadline = time.monotonic() + 10
        while (running := [pid for pid in self.pids if _is_running(pid)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        return running


def _is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[list[Kept]]:
    """Put what is started here, and it ends with the test."""
    started: list[Kept] = []
    yield started
    for kept in started:
        kept.keeper.kill()
        kept.keeper.communicate()
        assert kept.left_over() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_they_stop_when_asked_to(keep: list[Kept], tmp_path: Path, number: signal.Signals) -> None:
    keep.append(kept := Kept(tmp_path, WAITS, WAITS))
    kept.is_up()
    kept.keeper.send_signal(number)
    code, said = kept.ended()
    assert (code, kept.left_over()) == (0, [])
    assert "Stopping" in said


def test_a_second_ctrl_c_does_not_wait(keep: list[Kept], tmp_path: Path) -> None:
    keep.append(kept := Kept(tmp_path, WAITS, STUBBORN))
    kept.is_up()
    kept.keeper.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert kept.keeper.poll() is None  # it waits for the stubborn one
    kept.keeper.send_signal(signal.SIGINT)
    assert kept.ended()[0] == 0
    assert kept.left_over() == []


def test_one_that_ends_by_itself_is_named_with_its_last_words(keep: list[Kept], tmp_path: Path) -> None:
    keep.append(kept := Kept(tmp_path, WAITS, FAILS))
    code, said = kept.ended()
    assert (code, kept.left_over()) == (1, [])
    assert "second stopped by itself (exit code 3)" in said
    assert "what is wrong" in said
    assert "Traceback" not in said


def test_they_go_when_their_keeper_is_killed(keep: list[Kept], tmp_path: Path) -> None:
    keep.append(kept := Kept(tmp_path, WAITS, WAITS))
    kept.is_up()
    kept.keeper.kill()
    assert kept.left_over() == []


def test_what_a_child_leaves_behind_goes_with_it(keep: list[Kept], tmp_path: Path) -> None:
    keep.append(kept := Kept(tmp_path, WAITS, LEAVES_ONE_BEHIND))
    kept.is_up()
    kept.pids.append(int((tmp_path / "second.log").read_text().split()[0]))
    assert _is_running(kept.pids[-1])
    os.kill(kept.keeper.pid, signal.SIGTERM)
    assert kept.ended()[0] == 0
    assert kept.left_over() == []
