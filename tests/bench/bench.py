"""What a part of the bench works with: databases, the service on them, load, and processor time a request."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.bench import profile, web
from tests.bench.bases import Bases, points_of, tokens
from tests.bench.load import Answered, Submit
from tests.bench.plan import Plan, Sizes
from tests.bench.programs import Programs
from tests.bench.report import Result
from tests.bench.server import Server
from tests.bench.web import Mix, Sender, Web

Thing = TypeVar("Thing")
SUBMIT = "/api/v1/reports"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of load. Processor time is microseconds a request: of the web workers, and of the database server
    (0 on SpatiaLite, which works inside the web worker)."""

    answered: Answered
    app_us: float
    database_us: float

    @property
    def cpu_us(self) -> float:
        return self.app_us + self.database_us


@dataclass(frozen=True)
class Bench:
    """On one kind of database. ``server`` is None on SpatiaLite; ``folder`` lives as long as the run."""

    kind: str
    plan: Plan
    bases: Bases
    server: Server | None
    programs: Programs
    folder: Path
    say: Callable[[str], None]

    @property
    def sizes(self) -> Sizes:
        return self.plan.sizes

    @property
    def photos(self) -> Path:
        return self.folder / "photos"

    def env(self, url: str) -> dict[str, str]:
        return web.environment(url, self.photos)

    def serving(self, url: str, app: str = "wsgi:app", **more: str) -> AbstractContextManager[Web]:
        return web.serving(self.programs, self.env(url) | more, app)

    @property
    def people(self) -> list[str]:
        """The tokens of the synthetic submitters."""
        return tokens(self.sizes.submitters)

    def submits(self, url: str, path: str = SUBMIT) -> Submit:
        """Reports from all over the district."""
        return Submit(path, self.people, points_of(url))

    def load(
        self,
        to: Web,
        mix: Mix,
        connections: int = 8,
        seconds: float | None = None,
    ) -> Run:
        app, database = to.cpu_s(), self.database_cpu_s()
        answered = Sender(self.programs, self.folder).send(to, mix, seconds or self.sizes.seconds, connections)
        count = max(answered.requests, 1)
        return Run(answered, (to.cpu_s() - app) * 1e6 / count, (self.database_cpu_s() - database) * 1e6 / count)

    def database_cpu_s(self) -> float:
        return self.server.cpu_s() if self.server else 0.0

    def profiled(self, result: Result, what: str, to: Web, mix: Mix, connections: int = 8) -> None:
        """With --profile: one more run, and in which functions the web workers were."""
        if not self.plan.profile:
            return
        out = self.folder / "stacks.txt"
        out.unlink(missing_ok=True)
        with profile.recording(self.programs, to.program.pid, self.sizes.seconds, out):
            self.load(to, mix, connections, self.sizes.seconds + 2)
        result.profile[what] = profile.read(out)


def in_turn(rounds: int, *measurements: Callable[[], Thing]) -> list[list[Thing]]:
    """Run them A B A B …; the results of each, in order."""
    found: list[list[Thing]] = [[] for _ in measurements]
    for _ in range(rounds):
        for results, measure in zip(found, measurements, strict=True):
            results.append(measure())
    return found


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
