"""Workers that die: a job runs in a process of its own, and SIGKILL takes it where the test says.

Moments a job can die at, counted from one: ``before commit`` and ``after commit`` of any transaction,
``before`` and ``after put`` of a file, ``before`` and ``after delivery`` of a message, and ``before`` a
statement by its first three words, as in ``before INSERT INTO event``.

The processes come from a server that has imported the application and nothing more: no connection,
thread or lock of the test crosses over.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from reporter.app import create_app
from reporter.services import (
    attendance,
    holds,
    invitations,
    messages,
    photos,
    recomputing,
    revisit_clocks,
    settling,
    sla,
)
from reporter.services.messages import Outgoing
from reporter.workshop import Workshop
from reporter.workshop import build as build_workshop
from tests.service import Caller, Service, settings_for

PATIENCE_S = 60

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.services.mortal", "reporter.app", "pytest"])


@dataclass(frozen=True)
class Death:
    """At the ``nth`` time of this moment."""

    moment: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.moment} {self.nth}"


class Fate:
    """Counts the moments of this process and ends it when its own has come; None: never."""

    def __init__(self, death: Death | None):
        self._death = death
        self._seen: Counter[str] = Counter()

    def at(self, moment: str) -> None:
        self._seen[moment] += 1
        if self._death == Death(moment, self._seen[moment]):
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        """Count the commits and statements of this engine from now on."""

        def committed(session: Session) -> None:
            if session.get_bind().engine.pool is engine.pool:
                self.at("after commit")

        event.listen(engine, "commit", lambda _connection: self.at("before commit"))
        event.listen(Session, "after_commit", committed)
        event.listen(engine, "before_cursor_execute", self._statement)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.at("before " + " ".join(statement.split()[:3]))


class Postbox:
    """An outside channel: what left the house is a line in a file, whatever becomes of the sender."""

    name = "postbox"

    def __init__(self, file: Path, fate: Fate):
        self._file = file
        self._fate = fate

    def deliver(self, message: Outgoing) -> None:
        self._fate.at("before delivery")
        with self._file.open("a") as out:
            out.write(f"{message.key}\n")
        self._fate.at("after delivery")


class WatchedStore:
    """The real store, with the moments around each ``put``."""

    def __init__(self, store: photos.Store, fate: Fate):
        self._store = store
        self._fate = fate

    def put(self, key: str, content: bytes) -> None:
        self._fate.at("before put")
        self._store.put(key, content)
        self._fate.at("after put")

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def remove(self, keys: Sequence[str]) -> None:
        self._store.remove(keys)


def postbox_of(workshop: Workshop) -> Path:
    return Path(workshop.settings.photo_store.removeprefix("file://")).parent / "postbox.txt"


Job = Callable[[Workshop, Fate], Any]


def send(workshop: Workshop, fate: Fate) -> None:
    """One batch of messages, by the inbox and the postbox."""
    messages.send_waiting(workshop.works, [workshop.channels[0], Postbox(postbox_of(workshop), fate)])


def send_all(workshop: Workshop, fate: Fate) -> None:
    """Small batches until nothing waits."""
    while messages.send_waiting(workshop.works, [Postbox(postbox_of(workshop), fate)], batch=10):
        continue


def develop(workshop: Workshop, fate: Fate) -> None:
    """One batch of photos."""
    photos.develop_waiting(workshop.works, WatchedStore(workshop.store, fate), workshop.darkroom)


def remove_loose(workshop: Workshop, _fate: Fate) -> None:
    """One batch of loose photos."""
    photos.remove_loose(workshop.works, workshop.store)


def settle(workshop: Workshop, fate: Fate) -> None:
    """Add up what has ended, two tickets at a time."""
    while settling.settle(workshop.works, batch=2):
        continue


def sweep(workshop: Workshop, _fate: Fate) -> None:
    """All clocks that are due."""
    while sla.sweep(workshop.works, batch=20):
        continue


def sweep_revisits(workshop: Workshop, _fate: Fate) -> None:
    """All limits of revisits that are due."""
    while revisit_clocks.sweep(workshop.works, batch=20):
        continue


def remind(workshop: Workshop, _fate: Fate) -> None:
    """All reminders to rate that are due."""
    while invitations.remind_waiting(workshop.works, batch=20):
        continue


def resume(workshop: Workshop, _fate: Fate) -> None:
    """All holds whose day has come."""
    while holds.resume_due(workshop.works, batch=20):
        continue


def recompute(workshop: Workshop, _fate: Fate) -> None:
    """The clocks of open tickets, two tickets a transaction."""
    recomputing.recompute(workshop.works, by="somebody", why="killed", area_code=None, batch=2)


def attend(workshop: Workshop, _fate: Fate) -> None:
    """All calls whose limit has passed."""
    while attendance.sweep(workshop.works, batch=20):
        continue


@dataclass(frozen=True)
class Submit:
    """A web worker that takes in one report over HTTP, for whoever the token belongs to."""

    token: str | None
    key: str
    point: tuple[float, float]

    def __call__(self, workshop: Workshop, fate: Fate) -> None:
        app = create_app(workshop.settings, workshop.works.now)
        fate.watch(app.extensions["house"].works.engine)
        Caller(app.test_client(), self.token, "").send(self.point, key=self.key, category="LL0107")


def start(service: Service, job: Job, *, death: Death | None = None, together: Any = None) -> BaseProcess:
    """A process that does the job at the service's present; ``together`` is a barrier to wait at first."""
    process = _processes.Process(
        target=_live,
        args=(job, service.settings.database_url, service.settings.photo_store, service.clock(), death, together),
    )
    process.start()
    return process


def barrier(parties: int) -> Any:
    return _processes.Barrier(parties)


def die(service: Service, job: Job, death: Death) -> None:
    """Do the job in a process that is killed on the way; the test fails if it was not."""
    assert ended(start(service, job, death=death)) == -signal.SIGKILL, f"nothing happened {death}"


def ended(process: BaseProcess) -> int | None:
    """Wait for the end of a process and return its exit code; None: it did not end in time."""
    process.join(PATIENCE_S)
    code = process.exitcode
    process.kill()
    process.join()
    process.close()
    return code


def _live(job: Job, url: str, store: str, present: datetime, death: Death | None, together: Any) -> None:
    workshop = build_workshop(settings_for(url, store.removeprefix("file://")), lambda: present)
    fate = Fate(death)
    if together is not None:
        together.wait(PATIENCE_S)
    fate.watch(workshop.works.engine)
    job(workshop, fate)
    workshop.works.engine.dispose()
