"""A private PostgreSQL with PostGIS that lives exactly as long as one test run.

``Cluster(folder, owner_pid).start()`` brings it up in about a second and may be called by several processes:
the first one starts it, the others get the same. It listens on a Unix socket in a folder that only its user
and root can enter, on no network address, and has nothing to do with any PostgreSQL of the machine.

The server is the child of a small watchdog (this file, run as a program), which ends it and removes the
folder when asked to, or as soon as the process ``owner_pid`` is gone, however it went. Standard library only.
"""

import ctypes
import fcntl
import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0  # a machine with two busy cores is slow, but not that slow
SUPERUSER = "tests"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "96MB",
    # nothing here outlives the run, so nothing has to survive a crash
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # no surprises in the middle of a test: a template being vacuumed cannot be cloned
    "autovacuum": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")


class NoCluster(RuntimeError):
    """PostgreSQL could not be found or started; the text says what to do."""


def binaries(usr: Path = Path("/usr")) -> Path:
    """The folder of the newest PostgreSQL under ``usr`` that has PostGIS. Raises NoCluster."""
    found = [
        folder
        for folder in usr.glob("lib/postgresql/*/bin")
        if (folder / "initdb").exists()
        and (usr / "share/postgresql" / folder.parent.name / "extension/postgis.control").exists()
    ]
    if not found:
        raise NoCluster("PostgreSQL with PostGIS is not installed: `make test` installs it")
    return max(found, key=lambda folder: float(folder.parent.name))


class Cluster:
    """One throw-away cluster. ``folder`` is its own and short (a socket's path has 107 characters at most)."""

    def __init__(self, folder: Path, owner_pid: int) -> None:
        self.folder = folder
        self.owner_pid = owner_pid

    @property
    def _state(self) -> Path:
        return self.folder / "cluster.json"

    def start(self) -> "Cluster":
        """Return when the server answers. Raises NoCluster."""
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._state.exists():
                self._start_watchdog()
        return self

    def url(self, database: str) -> str:
        """Where ``database`` is, for SQLAlchemy and libpq alike."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}/pg"

    def stop(self) -> None:
        """End the server and remove the folder; without effect when it never started."""
        if self._state.exists():
            watchdog = json.loads(self._state.read_text())["watchdog_pid"]
            if _alive(watchdog):
                os.kill(watchdog, signal.SIGTERM)
                _wait_until(lambda: not self._state.exists())
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_watchdog(self) -> None:
        log = self.folder / "watchdog.log"
        with open(log, "w") as output:
            watchdog = subprocess.Popen(
                [sys.executable, "-I", __file__, str(self.folder), str(self.owner_pid)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C at the terminal is pytest's to handle
            )
        ready = _wait_until(lambda: self._state.exists() or watchdog.poll() is not None)
        if not ready or not self._state.exists():
            raise NoCluster(f"PostgreSQL did not start:\n{log.read_text()[-3000:]}")
        watchdog.returncode = 0  # it outlives this process; do not warn that nobody waited for it


def without_server_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what could lead a client to another server."""
    return {name: value for name, value in environment.items() if not name.startswith("PG") and name != "DATABASE_URL"}


def _wait_until(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


# ---------------------------------------------------------------- the watchdog, a program of its own


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so from a root shell it gets the user made for it."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoCluster("root may not run PostgreSQL, and there is no user postgres to run it")


def _die_with_parent() -> None:
    """In the child: SIGQUIT (stop at once) as soon as the watchdog is gone, even by kill -9."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)


def watch(folder: Path, owner_pid: int) -> None:
    """Run the server until SIGTERM or until ``owner_pid`` is gone; then leave nothing behind."""
    who = _unprivileged()
    data = folder / "pg"
    stop_asked, ask_to_stop = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(ask_to_stop, b"."))
    owner = os.pidfd_open(owner_pid)
    data.mkdir(mode=0o700)
    if who:
        folder.chmod(0o711)
        os.chown(data, who["user"], who["group"])
    environment = without_server_settings(os.environ) | {"LC_ALL": "C.UTF-8"}
    server = None
    ready = False
    try:
        program = binaries()
        subprocess.run(
            [program / "initdb", "-D", data / "data", "-U", SUPERUSER, *INITDB],
            cwd="/",  # the user of the server may not be able to read where root stands
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
            **who,
        )
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        server = subprocess.Popen(
            [program / "postgres", "-D", data / "data", f"--unix_socket_directories={data}", *settings],
            cwd="/",
            env=environment,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            **who,
        )
        _wait_until(lambda: "ready" in _postmaster_state(data) or server.poll() is not None)
        ready = server.poll() is None and "ready" in _postmaster_state(data)
        if not ready:
            return
        state = folder / "cluster.json.new"
        state.write_text(json.dumps({"watchdog_pid": os.getpid(), "server_pid": server.pid}))
        state.rename(folder / "cluster.json")
        select.select([owner, stop_asked], [], [])
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        if ready:  # a failed start keeps its log for whoever asked
            shutil.rmtree(folder, ignore_errors=True)


def _postmaster_state(data: Path) -> str:
    try:
        return (data / "data" / "postmaster.pid").read_text()
    except OSError:
        return ""


def new_folder() -> Path:
    """A folder short enough for a socket, wherever TMPDIR points."""
    place = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="reporter-tests-", dir=place if len(place) < 50 else "/tmp"))


if __name__ == "__main__":
    watch(Path(sys.argv[1]), int(sys.argv[2]))
