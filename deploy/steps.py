"""One step after the other, each with a sign of life, and one sentence with the remedy where it cannot go on.

What the programs of the steps have to say goes to var/log/setup.log. Standard library only, like all of deploy/.
"""

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
LOGS = VAR / "log"
SETUP_LOG = LOGS / "setup.log"

CLEARED_LINE = "\r\x1b[K"
COUNTED = re.compile(r"^(\d{1,4})/(\d{1,4}) (.+)$", re.MULTILINE)
BAR_LENGTH = 20
NO_NETWORK = (
    "Temporary failure",
    "Could not resolve",
    "Could not connect",
    "Connection failed",
    "Network is unreachable",
    "NewConnectionError",
    "ConnectTimeoutError",
    "NameResolutionError",
    "Failed to establish a new connection",
    "EAI_AGAIN",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ETIMEDOUT",
)


class Missing(Exception):
    """Something this machine lacks; the text is one sentence for a person, and says what to do."""


def writable_folder() -> None:
    """Raises Missing where ``var/`` cannot be written."""
    try:
        LOGS.mkdir(parents=True, exist_ok=True)
        probe = VAR / ".write-test"
        probe.write_bytes(b"1" * 65536)
        probe.unlink()
        SETUP_LOG.write_text("")
    except OSError as error:
        raise Missing(
            f"{VAR} cannot be written ({error.strerror}): if it belongs to somebody else, "
            f"`sudo chown -R $(id -un) {ROOT}`, if the disk is full, free some space."
        ) from error


@contextmanager
def progress(title: str) -> Iterator[Callable[..., None]]:
    """Show that ``title`` is being worked on; call what is yielded now and then with how far it is, it adds the
    seconds."""
    started = time.monotonic()
    live = sys.stdout.isatty()
    next_sign, last = 0.0 if live else 2.0, ""

    def tick(how_far: str = "") -> None:
        nonlocal next_sign, last
        seconds = time.monotonic() - started
        if seconds < next_sign and (how_far == last or not live):
            return
        last = how_far
        sign = f"  … {title} {how_far and f'{how_far} '}{seconds:.0f} s"
        if live:
            print(f"{CLEARED_LINE}{sign}", end="", flush=True)
            next_sign = seconds + 1
        else:
            print(sign, flush=True)
            next_sign = seconds + 15

    tick()
    yield tick
    print(f"{CLEARED_LINE if live else ''}  ✓ {title} {time.monotonic() - started:.1f} s", flush=True)


def run(
    title: str,
    command: Sequence[str],
    remedy: str,
    *,
    env: Mapping[str, str] | None = None,
    fetches: bool = False,
) -> None:
    """Run one step with progress; ``fetches``: it needs a network. Raises Missing, with ``remedy``, when it fails.

    A program that counts its steps in lines ``3/22 what it does now`` is shown with a bar.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    with progress(title) as tick, open(SETUP_LOG, "a+b") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        start = log.tell()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            while process.poll() is None:
                time.sleep(0.05)
                tick(_how_far(start))
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if process.returncode:
            log.seek(start)
            raise Missing(_explained(title, log.read().decode(errors="replace"), remedy, fetches))


def _how_far(start: int) -> str:
    """The last counted step in the log behind ``start``, as a bar; nothing where none was counted."""
    with open(SETUP_LOG, "rb") as log:
        log.seek(max(start, log.seek(0, os.SEEK_END) - 500))
        counted = COUNTED.findall(log.read().decode(errors="replace"))
    if not counted:
        return ""
    number, count, what = counted[-1]
    full = BAR_LENGTH * (int(number) - 1) // max(1, int(count))
    return f"[{'#' * full}{'-' * (BAR_LENGTH - full)}] {number}/{count} {what}"


def _explained(title: str, output: str, remedy: str, fetches: bool) -> str:
    """The sentence about a failed step."""
    if fetches and any(sign in output for sign in NO_NETWORK):
        return f"{title} failed because the network could not be reached: connect this machine, and run the same again."
    if "No space left on device" in output:
        return f"{title} failed because the disk is full: free some space (a gigabyte will do), and run the same again."
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    telling = [line for line in lines if "error" in line.lower() and not line.startswith("(Background on")] or lines
    return f"{title} failed ({telling[-1]}): {remedy} All it said is in {SETUP_LOG.relative_to(ROOT)}."


def said_plainly(main: Callable[[], int]) -> int:
    """Run ``main``; turn what is missing into one sentence and exit code 1, and Ctrl-C into 130."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no “…” is no reason to fail
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return main()
    except Missing as missing:
        print(f"\n\n{missing}\n", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on, as in `make run | head`
        return 1
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        print(f"\n\n{what}: check that you own this folder and that the disk has room.\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
