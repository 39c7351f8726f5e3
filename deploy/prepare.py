"""Everything that must be there before the service or its tests can run: fetched once, checked in a moment.

    python3 deploy/prepare.py            what `make run` needs
    python3 deploy/prepare.py --tests    and what `make test` needs
    python3 deploy/prepare.py --bench    and what `make bench` needs

Standard library only, since it runs before anything is installed. What cannot be had is a `Missing` (steps.py).
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from steps import ROOT, Missing, run, said_plainly, writable_folder
from system import ENSUREPIP, FOR_BENCH, FOR_TESTS, NPM, SPATIALITE, SystemPart, system_packages

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".holds"
ROOM_MB = 800  # the virtual environment with the tools of the tests, and the front-end packages
FRONT_END = str(ROOT / "deploy" / "front-end.sh")


def digest(*paths: Path) -> str:
    """One hash over the contents of files."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def _stamped() -> set[str]:
    """What .venv holds, as its last installation noted it; nothing when it is gone, too old, or came from elsewhere."""
    noted = set(STAMP.read_text().splitlines()) if STAMP.exists() else set()
    return noted if f"place {VENV}" in noted and _runs(PYTHON) else set()


def virtual_environment(tests: bool) -> None:
    """Make .venv hold exactly what the lock says, and the command `reporter`."""
    lock = ROOT / ("requirements-dev.lock" if tests else "requirements.lock")
    locked = f"{lock.name} {digest(lock)}"
    package = f"pyproject.toml {digest(ROOT / 'pyproject.toml', ROOT / 'requirements.in')}"
    holds = _stamped()
    if holds >= {locked, package}:
        return
    if not holds:
        _enough_room()
    if not holds and (STAMP.exists() or not _runs(PYTHON)):
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        run("Making the virtual environment", command, "remove the folder .venv and run the same again.")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    remedy = "run the same again, or remove the folder .venv first if that does not help."
    if locked not in holds:
        patience = "" if holds else " (a minute or two)"
        fetch = ["install", "--require-hashes", "--retries", "2", "--progress-bar", "off", "-r", str(lock)]
        run(f"Installing Python packages{patience}", [*pip, *fetch], remedy, fetches=True)
        holds = {line for line in holds if not line.startswith("requirements")} | {f"place {VENV}", locked}
        if tests:  # the larger lock holds the smaller one
            holds.add(f"requirements.lock {digest(ROOT / 'requirements.lock')}")
    if package not in holds:
        ours = ["install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", "."]
        run("Installing the command `reporter`", [*pip, *ours], remedy)
        holds = {line for line in holds if not line.startswith("pyproject")} | {package}
    STAMP.write_text("\n".join(sorted(holds)) + "\n")


def _enough_room() -> None:
    free_mb = shutil.disk_usage(ROOT).free // 1_000_000
    if free_mb < ROOM_MB:
        raise Missing(
            f"The packages take about {ROOM_MB} MB, and the disk has {free_mb} MB left: free some space first."
        )


def _runs(python: Path) -> bool:
    check = "import sys, importlib.util as u; sys.exit(sys.version_info < (3, 11) or not u.find_spec('pip'))"
    return python.exists() and subprocess.run([str(python), "-c", check], check=False).returncode == 0


def _front_end_is_there() -> bool:
    return subprocess.run(["sh", FRONT_END, "--check"], check=False).returncode == 0


def front_end() -> None:
    """Fetch what the pages show that is not ours."""
    if not _front_end_is_there():
        remedy = "run `sh deploy/front-end.sh` to see why, then the same again."
        run("Fetching front-end packages", ["sh", FRONT_END], remedy, fetches=True)


def translations() -> None:
    """Compile the catalogues whose text is newer."""
    folder = ROOT / "reporter" / "web" / "translations"
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            command = [str(VENV / "bin" / "pybabel"), "compile", "-d", str(folder)]
            run("Compiling translations", command, "mend the .po file that it names.")
            return


def needed_of_system(tests: bool, bench: bool = False) -> list[SystemPart]:
    """What this run asks of the system: npm, for example, only when there is something to fetch with it."""
    parts = [SPATIALITE]
    if not _runs(PYTHON):
        parts.append(ENSUREPIP)
    if not _front_end_is_there():
        parts.append(NPM)
    return [*parts, *(FOR_TESTS if tests else ()), *(FOR_BENCH if bench else ())]


def prepare(tests: bool = False, bench: bool = False) -> None:
    """Do all of it; the bench stands on what the tests need. Raises Missing."""
    tests = tests or bench
    writable_folder()
    system_packages(needed_of_system(tests, bench))
    virtual_environment(tests)
    front_end()
    translations()


def main() -> int:
    prepare(tests="--tests" in sys.argv[1:], bench="--bench" in sys.argv[1:])
    print("Everything is installed.")
    return 0


if __name__ == "__main__":
    sys.exit(said_plainly(main))
