"""In which functions the processors were, from samples that py-spy takes of a running process."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.programs import BIN, Failed, Programs

TOP = 10
WAITING = ("concurrent/futures/thread.py _worker", "selectors.py EpollSelector.select")  # for something to do


def top(collapsed: str, how_many: int = TOP) -> list[str]:
    """The functions that most samples ended in, and those most samples passed through.

    ``collapsed``: one stack a line, outermost first, ``a;b;c COUNT``.
    """
    own: Counter[str] = Counter()
    through: Counter[str] = Counter()
    total = 0
    for line in collapsed.splitlines():
        stack, _, count = line.rpartition(" ")
        if not stack or not count.isdecimal():
            continue
        frames = [_named(frame) for frame in stack.split(";") if not frame.startswith("process ")]
        if not frames or frames[-1].endswith(WAITING):
            continue
        own[frames[-1]] += int(count)
        total += int(count)
        for frame in set(frames):
            through[frame] += int(count)
    ours = Counter({frame: count for frame, count in through.items() if frame.startswith(("reporter/", "schemas/"))})
    return [
        *_shares("in the function itself", own, total, how_many),
        *_shares("in our function and below", ours, total, how_many),
    ]


def _named(frame: str) -> str:
    """``submit (reporter/services/intake.py:73)`` as ``reporter/services/intake.py submit``, without its line."""
    name, _, place = frame.rpartition(" (")
    path = place.rstrip(")").rpartition(":")[0] or place.rstrip(")")
    for mark in ("/site-packages/", "/reporter/", "/schemas/"):
        _, found, after = path.rpartition(mark)
        if found:
            path = after if mark == "/site-packages/" else f"{mark.strip('/')}/{after}"
            break
    return f"{path} {name}" if name else frame


def _shares(title: str, counted: Counter[str], total: int, how_many: int) -> list[str]:
    return [title, *(f"{100 * count / total:5.1f} %  {name}" for name, count in counted.most_common(how_many))]


@contextmanager
def recording(programs: Programs, pid: int, seconds: float, out: Path) -> Iterator[None]:
    """Sample a process and those below it for ``seconds`` while the block runs; then ``read(out)``."""
    length = ["--duration", str(max(round(seconds), 1))]
    command = [BIN / "py-spy", "record", "--pid", str(pid), "--subprocesses", *length]
    spy = programs.start("py-spy", [*command, "--rate", "200", "--format", "raw", "--output", out], os.environ)
    yield
    with suppress(Failed):  # what it could not do is seen from what it did not write
        spy.wait()
    programs.stop(spy)


def read(out: Path) -> list[str]:
    if not out.exists():
        return ["py-spy wrote nothing: it needs the right to look into another process (ptrace)"]
    return top(out.read_text())
