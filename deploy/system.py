"""What the system itself must have, and how Debian brings it: installed only where it is not there yet."""

import glob
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from steps import Missing, run


@dataclass(frozen=True)
class SystemPart:
    """Something outside the virtual environment, what it is for, and the packages of Debian that bring it."""

    name: str
    packages: tuple[str, ...]
    is_there: Callable[[], bool]


def _file(*patterns: str) -> Callable[[], bool]:
    return lambda: any(glob.glob(pattern, recursive=True) for pattern in patterns)


def _program(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def _postgis() -> bool:
    versions = (Path(initdb).parts[4] for initdb in glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    return any(Path("/usr/share/postgresql", version, "extension/postgis.control").exists() for version in versions)


SPATIALITE = SystemPart(
    "SpatiaLite",
    ("libsqlite3-mod-spatialite",),
    _file("/usr/lib/mod_spatialite.so*", "/usr/lib/*/mod_spatialite.so*", "/usr/local/lib/mod_spatialite.so*"),
)
NPM = SystemPart("npm", ("npm",), _program("node", "npm"))
ENSUREPIP = SystemPart(
    "Python's venv module",
    (f"python3.{sys.version_info.minor}-venv",),
    lambda: importlib.util.find_spec("ensurepip") is not None,
)
FOR_TESTS = (
    SystemPart("PostgreSQL with PostGIS", ("postgresql-postgis",), _postgis),
    SystemPart("Chromium", ("chromium",), _program("chromium")),
    SystemPart("Chinese fonts", ("fonts-noto-cjk",), _file("/usr/share/fonts/**/*CJK*", "/usr/share/fonts/**/*cjk*")),
)
FOR_BENCH = (SystemPart("wrk", ("wrk",), _program("wrk")),)

# On Debian a new PostgreSQL starts a server of its own at once. The tests bring their own, so it need not.
NO_SERVER = """
folder=/etc/postgresql-common/createcluster.d
mkdir -p "$folder" && echo 'create_main_cluster = false' > "$folder/reporter-tests.conf"
"$@"
code=$?
rm -f "$folder/reporter-tests.conf"
exit $code
"""


def system_packages(parts: Iterable[SystemPart]) -> None:
    """Install what is not there. Raises Missing where that takes rights or a network we do not have."""
    lacking = [part for part in parts if not part.is_there()]
    if not lacking:
        return
    _refuse_foreign_python(lacking)
    names = " and ".join(part.name for part in lacking)
    packages = [package for part in lacking for package in part.packages]
    if not shutil.which("apt-get"):
        raise Missing(
            f"{names} cannot be installed here, since this system has no apt-get: install what it has in place of "
            f"Debian's {' '.join(packages)}, and run the same again."
        )
    root = _as_root(names, packages)
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive"]
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]
    if "postgresql-postgis" in packages:
        install = ["sh", "-c", NO_SERVER, "sh", *install]
    remedy = f"try `sudo apt-get install {' '.join(packages)}` by hand, then run the same again."
    refresh = [*apt, "apt-get", "update"]
    title = f"Installing system packages ({names})"
    known = subprocess.run(["apt-cache", "show", *packages], capture_output=True, check=False).returncode == 0
    if known:
        try:
            run(title, [*apt, *install], remedy, fetches=True)
        except Missing:
            known = False  # most likely the list that this machine has names versions that are gone
    if not known:
        run("Fetching the list of system packages", refresh, remedy, fetches=True)
        run(title, [*apt, *install], remedy, fetches=True)
    still = [part.name for part in lacking if not part.is_there()]
    if still:
        raise Missing(f"{' and '.join(still)}: installed, and yet not found: {remedy}")


def _refuse_foreign_python(lacking: list[SystemPart]) -> None:
    """Debian's packages complete Debian's Python only. Raises Missing for another one that is incomplete."""
    if ENSUREPIP in lacking and not sys.executable.startswith("/usr/bin/"):
        raise Missing(
            f"{sys.executable} cannot make a virtual environment, as it lacks ensurepip: "
            "name another Python, as in `make run PYTHON=/usr/bin/python3`."
        )


def _as_root(names: str, packages: list[str]) -> list[str]:
    """What to put before a command so that it runs as root. Raises Missing where there is no way."""
    if os.geteuid() == 0:
        return []
    by_hand = f"run `sudo apt-get install {' '.join(packages)}`, or ask whoever may, then run the same again."
    if not shutil.which("sudo"):
        raise Missing(f"{names}: not installed yet, and that takes root: {by_hand}")
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    if sys.stdin.isatty():
        print(f"  {names}: not installed yet; sudo asks for your password to install it.")
        if subprocess.run(["sudo", "-v"], check=False).returncode == 0:
            return ["sudo"]
    raise Missing(f"{names}: not installed yet, and sudo did not let us do it: {by_hand}")
