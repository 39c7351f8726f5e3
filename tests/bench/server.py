"""A PostgreSQL of the bench's own, on disk and with fsync on; its folder is kept from one run to the next.

tests/cluster.py is the other kind: gone with its run, and safe from nothing.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.bench import machine
from tests.bench.programs import Program, Programs, until
from tests.cluster import INITDB, _unprivileged, binaries, without_server_settings

SUPERUSER = "bench"
ELSEWHERE = Path("/var/tmp/grid-reporter-bench")  # where another user than root may enter


def settings(memory_mb: int) -> dict[str, str]:
    """As one would set up a small server of its own; everything about durability is PostgreSQL's default, on."""
    return {
        "listen_addresses": "",
        "max_connections": "120",
        "shared_buffers": f"{min(max(memory_mb // 8, 128), 4096)}MB",
        "effective_cache_size": f"{memory_mb // 2}MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",  # no disk turns any more
        "jit": "off",  # it compiles for longer than these queries run
        "timezone": "UTC",
        "log_min_messages": "warning",
    }


def enterable(folder: Path) -> bool:
    """Whether everybody may pass through a folder and all above it."""
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


class Server:
    """One running cluster. ``data`` holds what is kept, ``socket`` is short (a socket's path has 107 characters)."""

    def __init__(self, data: Path, socket: Path, programs: Programs) -> None:
        who = _unprivileged()
        if who and not enterable(data):
            data = ELSEWHERE
            data.mkdir(parents=True, exist_ok=True)
        self.folder = data / "postgresql"
        self.socket = socket
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if who:
            for place in (self.folder, self.socket):
                os.chown(place, who["user"], who["group"])
            self.socket.chmod(0o711)
        self._program = self._start(who, programs)

    def _start(self, who: Mapping[str, Any], programs: Programs) -> Program:
        program, cluster = binaries(), self.folder / "data"
        environment = without_server_settings(os.environ) | {"LC_ALL": "C.UTF-8"}
        if not (cluster / "PG_VERSION").exists():
            shutil.rmtree(cluster, ignore_errors=True)
            flags = [flag for flag in INITDB if flag != "--no-sync"]
            command = [program / "initdb", "-D", cluster, "-U", SUPERUSER, *flags]
            subprocess.run(command, cwd="/", env=environment, stdout=subprocess.DEVNULL, check=True, **who)
        options = [f"--{name}={value}" for name, value in settings(machine.memory_mb()).items()]
        command = [program / "postgres", "-D", cluster, f"--unix_socket_directories={self.socket}", *options]
        server = programs.start("postgresql", command, environment, signal.SIGINT, who)  # SIGINT: a fast, clean stop
        until(lambda: self._answers(), server)
        return server

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket}"

    def cpu_s(self) -> float:
        """Processor time of the server with all its processes."""
        return machine.tree_cpu_s(self._program.pid)
