"""A worker that only sweeps the clocks, until nothing is due: run as a program, it says what that took.

``python -m tests.bench.sweeping``; the last line is ``{"looked_at": …, "seconds": …, "cpu_seconds": …}``.
"""

import json
import sys
import time

from reporter import workshop
from reporter.config import from_environment
from reporter.services import sla

QUIET = 3  # looks in a row that found nothing: the other one may be taking the last ones


def main() -> None:
    works = workshop.build(from_environment()).works
    looked_at, quiet = 0, 0
    started, cpu = time.monotonic(), time.process_time()
    ended, cpu_ended = started, cpu
    while quiet < QUIET:
        found = sla.sweep(works)
        looked_at += found
        quiet = 0 if found else quiet + 1
        if found:
            ended, cpu_ended = time.monotonic(), time.process_time()
    answer = {"looked_at": looked_at, "seconds": ended - started, "cpu_seconds": cpu_ended - cpu}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
