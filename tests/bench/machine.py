"""What the kernel knows of processes, processor time and memory, and what this machine is."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Stat:
    """Seconds of processor time: of the process with all its threads, and of its children that ended."""

    parent: int
    own_s: float
    reaped_s: float


def read_stat(text: str) -> Stat:
    """The text of ``/proc/PID/stat``; the program's name in it may hold blanks and brackets."""
    fields = text.rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(field) / TICKS for field in fields[11:15])
    return Stat(int(fields[1]), user + system, ended_user + ended_system)


def read_pss_mb(text: str) -> float:
    """Megabytes (10⁶) from the text of ``/proc/PID/smaps_rollup``. Raises ValueError when it says nothing."""
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError("no Pss in smaps_rollup")


def pss_mb(pid: int) -> float:
    """Memory of a process, with its share of what it shares."""
    return read_pss_mb(Path(f"/proc/{pid}/smaps_rollup").read_text())


def _stats() -> dict[int, Stat]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                found[int(folder.name)] = read_stat((folder / "stat").read_text())
            except (OSError, IndexError):
                continue  # it ended while we were looking
    return found


def children(pid: int) -> list[int]:
    return sorted(other for other, stat in _stats().items() if stat.parent == pid)


def tree_cpu_s(pid: int) -> float:
    """Processor time of a process and all below it, those that ended included."""
    stats = _stats()
    below: dict[int, list[int]] = {}
    for other, stat in stats.items():
        below.setdefault(stat.parent, []).append(other)
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        if one in stats:
            total += stats[one].own_s + stats[one].reaped_s
        waiting += below.get(one, [])
    return total


def memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000


def described() -> dict[str, str]:
    """Processor, memory, kernel, Python."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.machine()
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{memory_mb() / 1000:.0f} GB",
        "kernel": platform.release(),
        "Python": platform.python_version(),
        "sqlite3 of Python": sqlite3.sqlite_version,
    }
