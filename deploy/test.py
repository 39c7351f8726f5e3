"""`make test`: every check there is, in the order in which they are cheap; `make lint` and `make fast` are parts of it.

    python3 deploy/test.py [lint] [rules] [suite] [browser]      nothing named: lint, suite and browser

Prepares (prepare.py), runs the checks with their own output, and ends with a table. A failed check does not keep the
others from running. The tests bring their own PostgreSQL (tests/cluster.py); no other one is ever spoken to.
"""

import os
import subprocess
import sys
import time
from typing import NamedTuple

from prepare import VENV, prepare, virtual_environment
from steps import ROOT, Missing, said_plainly, writable_folder


class Check(NamedTuple):
    name: str
    command: tuple[str, ...]


PROCESSES = str(min(max(os.cpu_count() or 2, 2), 8))
GROUPS = {
    "lint": (
        Check("style", ("ruff", "check")),
        Check("layout", ("ruff", "format", "--check")),
        Check("types", ("mypy",)),
        Check("floors", ("lint-imports", "--no-logo")),
    ),
    "rules": (Check("rules", ("pytest", "-q", "tests/domain")),),
    "suite": (Check("suite", ("pytest", "-q", "-n", PROCESSES, "-m", "not browser")),),
    # by themselves: Chromium beside a busy suite is slow, and a slow page looks like a broken one
    "browser": (Check("browser", ("pytest", "-q", "-m", "browser")),),
}
ALL = ("lint", "suite", "browser")


class Result(NamedTuple):
    name: str
    code: int
    seconds: float

    def __str__(self) -> str:
        verdict = "ok" if self.code == 0 else f"failed (exit code {self.code})"
        return f"  {self.name:<10}{self.seconds:7.1f} s  {verdict}"


def environment() -> dict[str, str]:
    """Ours, without what could lead a test to a database or a service that somebody cares for."""
    strangers = ("PG", "WECHAT_", "REPORTER_")
    named = {"DATABASE_URL", "SECRET_KEY", "HOST", "PORT"}
    kept = {name: value for name, value in os.environ.items() if name not in named and not name.startswith(strangers)}
    return kept | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}", "PYTHONUTF8": "1"}


def passed(check: Check, env: dict[str, str]) -> Result:
    print(f"\n── {check.name}: {' '.join(check.command)}", flush=True)
    started = time.monotonic()
    program = VENV / "bin" / check.command[0]
    code = subprocess.run([program, *check.command[1:]], cwd=ROOT, env=env, check=False).returncode
    return Result(check.name, code, time.monotonic() - started)


def main() -> int:
    groups = sys.argv[1:] or ALL
    unknown = set(groups) - GROUPS.keys()
    if unknown:
        raise Missing(f"There is no group of checks called {' '.join(unknown)}: name some of {' '.join(GROUPS)}.")
    if {"suite", "browser"} & set(groups):
        prepare(tests=True)
    else:
        writable_folder()
        virtual_environment(tests=True)
    env = environment()
    results = [passed(check, env) for group in groups for check in GROUPS[group]]
    print("\n" + "\n".join(map(str, results)), flush=True)
    return int(any(result.code for result in results))


if __name__ == "__main__":
    sys.exit(said_plainly(main))
