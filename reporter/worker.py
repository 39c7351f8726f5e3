"""The jobs and how often: whatever waits for a moment. One process; any number may run."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from reporter.services import attendance, holds, invitations, messages, photos, revisit_clocks, settling, sla
from reporter.services.messages import Channel
from reporter.services.photos import Darkroom, Store
from reporter.services.unit_of_work import Works

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """``run`` does what is due and returns how much that was; again after ``every_s`` when there was nothing."""

    name: str
    every_s: float
    run: Callable[[], int]


def jobs(works: Works, channels: Sequence[Channel], store: Store, darkroom: Darkroom) -> list[Job]:
    return [
        Job("messages", 0.5, lambda: messages.send_waiting(works, channels)),
        Job("clocks", 1.0, lambda: sla.sweep(works)),
        Job("revisits", 5.0, lambda: revisit_clocks.sweep(works)),
        Job("invitations", 60.0, lambda: invitations.remind_waiting(works)),
        Job("holds", 1.0, lambda: holds.resume_due(works)),
        Job("attendance", 1.0, lambda: attendance.sweep(works)),
        Job("figures", 2.0, lambda: settling.settle(works)),
        Job("photos", 0.5, lambda: photos.develop_waiting(works, store, darkroom)),
        Job("loose_photos", 3600.0, lambda: photos.remove_loose(works, store)),
    ]


def run(all_jobs: Sequence[Job], stop: threading.Event) -> None:
    """Each job in a thread of its own, so that photos never make the clocks wait; until ``stop``."""
    threads = [threading.Thread(target=_repeat, args=(job, stop), name=job.name) for job in all_jobs]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()


def run_once(all_jobs: Sequence[Job]) -> dict[str, int]:
    """Everything that is due now, for tests and ``reporter worker --once``."""
    return {job.name: _drain(job) for job in all_jobs}


def stop_on_signals() -> threading.Event:
    """Finish what is being done, then stop, on SIGTERM and Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _drain(job: Job) -> int:
    total = 0
    while done := job.run():
        total += done
    return total


def _repeat(job: Job, stop: threading.Event) -> None:
    while not stop.is_set():
        started = time.monotonic()
        try:
            done = job.run()
        except Exception as error:  # the database may be away: said, and tried again; nothing is lost by waiting
            log.exception("job_failed", job=job.name, error=repr(error))
            done = 0
        if done:
            log.info("job", job=job.name, done=done, seconds=round(time.monotonic() - started, 3))
            continue
        stop.wait(job.every_s)
