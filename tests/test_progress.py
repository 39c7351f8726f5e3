"""What a person sees of a long step: a bar on a terminal, lines elsewhere, and what `make run` draws from the lines."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reporter.progress import steps as counted_steps

sys.path.insert(0, str(Path(__file__).parents[1] / "deploy"))  # programs of their own, see test_deploy.py

import steps

THREE = """
from reporter.progress import steps
with steps("Loading", 3) as begin:
    for name in {names}:
        begin(name)
"""


def on_a_terminal(names: list[str]) -> str:
    """What a program that does the named steps writes to a terminal."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", THREE.format(names=names)]
    subprocess.run(command, stdout=theirs, stderr=theirs, check=True, timeout=60, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    with open(ours, "rb", buffering=0) as terminal:
        seen = b""
        while True:
            try:
                seen += terminal.read(65536)
            except OSError:  # Linux: nobody writes to it any more
                return seen.decode()


def test_a_step_is_a_line_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with counted_steps("Loading", 2) as begin:
        begin("规则")
        begin("积玉桥街道")
    assert capsys.readouterr().out == "1/2 规则\n2/2 积玉桥街道\n"


def test_a_terminal_shows_a_bar_that_is_full_at_the_end() -> None:
    seen = on_a_terminal(["规则", "积玉桥街道", "账号"])
    assert ("积玉桥街道" in seen, "33%" in seen, "66%" in seen) == (True, True, True)
    assert "100%" in seen.split("账号")[-1]
    assert "100%" not in seen.rsplit("账号", 1)[0]


def test_nothing_is_shown_where_there_is_nothing_to_do() -> None:
    assert on_a_terminal([]) == ""


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        ("", ""),
        ("Collecting flask\n", ""),  # a program that does not count
        ("1/22 规则\n", "[--------------------] 1/22 规则"),
        ("1/22 规则\n12/22 生成石洞街道\n", "[##########----------] 12/22 生成石洞街道"),
        ("22/22 账号\nsomething else\n", "[###################-] 22/22 账号"),
        ("see a/b and 3/4\n", ""),
    ],
)
def test_make_run_draws_the_last_counted_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: str, shown: str
) -> None:
    before = "21/22 of a step before\n"
    monkeypatch.setattr(steps, "SETUP_LOG", tmp_path / "setup.log")
    steps.SETUP_LOG.write_text(before + log)
    assert steps._how_far(len(before)) == shown
