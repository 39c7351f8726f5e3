"""``make bench``: all that is measured, one part after the other, and one report.

    python -m tests.bench [PART …] [--quick] [--profile]

Also read from the environment: PARTS, DATABASES (postgis, spatialite), BENCH_QUICK=1, BENCH_PROFILE=1, and BENCH_DATA,
the folder of the databases that are built once and kept (var/bench). A run of everything at full size writes
tests/bench/README.md, any other var/bench/report.md. Ctrl-C ends it and all that it started.
"""

import fcntl
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO

from tests.bench import machine
from tests.bench.bases import Bases, Cluster, Files, Shelf
from tests.bench.bench import Bench
from tests.bench.plan import Plan, plan_from
from tests.bench.programs import ROOT, Failed, Programs
from tests.bench.raw_sql import Raw
from tests.bench.report import Result, markdown
from tests.bench.server import Server
from tests.bench.web import environment
from tests.cluster import NoCluster

HERE = Path(__file__).parent
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.0f} s] {text}", flush=True)


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        plan = plan_from(sys.argv[1:], os.environ)
        measure(plan, Path(os.environ.get("BENCH_DATA") or ROOT / "var" / "bench").resolve())
        return 0
    except (ValueError, Failed, NoCluster) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130


def measure(plan: Plan, data: Path) -> None:
    """A floor that is not reached stands in the report; it is no failure of the bench."""
    data.mkdir(parents=True, exist_ok=True)
    lock = _alone(data)
    results: list[Result] = []
    head = machine.described() | _of_the_run(plan)
    with (
        tempfile.TemporaryDirectory(prefix="run-", dir=data) as folder,
        tempfile.TemporaryDirectory(prefix="reporter-bench-", dir="/tmp") as socket,
        Programs(Path(folder)) as programs,
    ):
        for kind in plan.kinds:
            (Path(folder) / kind).mkdir()
            server = Server(data, Path(socket), programs) if kind == "postgis" else None
            bench = _bench(kind, plan, data, server, programs, Path(folder) / kind)
            head |= _versions(bench)
            for part in plan.parts:
                say(f"{part} on {kind} …")
                result = importlib.import_module(f"tests.bench.parts.{part}").measure(bench)
                results.append(result)
                print(markdown({}, [result], {}).partition("## ")[2], flush=True)
    text = markdown(head, results, _remarks())
    path = HERE / "README.md" if plan.whole else data / "report.md"
    path.write_text(text)
    lock.close()
    say(f"written to {path}")


def _alone(data: Path) -> IO[str]:
    """Held while this runs. Also removes what a killed run left. Raises Failed when another one is running."""
    lock = open(data / "lock", "w")  # noqa: SIM115 - held beyond this function
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failed(f"another bench is using {data}: wait for it, or set BENCH_DATA to another folder") from error
    for left in data.glob("run-*"):
        shutil.rmtree(left, ignore_errors=True)
    return lock


def _bench(kind: str, plan: Plan, data: Path, server: Server | None, programs: Programs, folder: Path) -> Bench:
    shelf: Shelf = Cluster(server) if server else Files(data / "spatialite")
    photos = folder / "photos"
    bases = Bases(shelf, plan.sizes.submitters, programs, lambda url: environment(url, photos), say)
    return Bench(kind, plan, bases, server, programs, folder, say)


def _of_the_run(plan: Plan) -> dict[str, str]:
    def git(*command: str) -> str:
        found = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
        return found.stdout.strip()

    changed = ", with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    words = [
        "make bench",
        *(f"{name}={os.environ[name]}" for name in ("PARTS", "DATABASES", "BENCH_QUICK") if name in os.environ),
    ]
    return {
        "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z"),
        "commit": (git("rev-parse", "--short", "HEAD") or "unknown") + changed,
        "command": f"`{' '.join(words)}`",
        "size": "quick: the figures say only that it works" if plan.quick else "full",
        "other work on the machine at the start": f"load average {os.getloadavg()[0]:.2f}",
    }


def _versions(bench: Bench) -> dict[str, str]:
    with closing(Raw(bench.kind, bench.bases.base(0))) as raw:
        ((areas,),) = raw.rows("select count(*) from area")
        if bench.kind == "postgis":
            ((server, extension),) = raw.rows("select current_setting('server_version'), postgis_lib_version()")
            names = ("shared_buffers", "fsync", "synchronous_commit")
            shown = ", ".join(f"{name} {raw.rows(f'show {name}')[0][0]}" for name in names)
            return {"PostgreSQL": f"{server}, PostGIS {extension}; {shown}", "areas": f"{areas:,}"}
        ((sqlite, extension),) = raw.rows("select sqlite_version(), spatialite_version()")
        return {"SQLite": f"{sqlite}, SpatiaLite {extension}; WAL, synchronous FULL", "areas": f"{areas:,}"}


def _remarks() -> dict[str, str]:
    """What a person has to say about a part: where a floor is not reached, what was tried and where the time goes."""
    return {path.stem: path.read_text() for path in (HERE / "notes").glob("*.md")}


if __name__ == "__main__":
    sys.exit(main())
