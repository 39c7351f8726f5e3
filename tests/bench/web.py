"""The service as it is deployed, and the same application in this process for counting statements."""

import json
import os
import secrets
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from reporter.adapters import clock
from reporter.app import create_app
from reporter.config import from_environment
from tests.bench import load, machine
from tests.bench.load import Answered, Request
from tests.bench.programs import BIN, OPENER, Program, Programs, answers, free_port, until

Mix = Request | Sequence[tuple[int, Request]]  # one kind, or several with their weights
STRANGERS = ("PG", "WECHAT_", "REPORTER_", "WEB_")


def environment(url: str, photos: Path) -> dict[str, str]:
    """What the programs of the service are told: the defaults of deploy/, rate limits included."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STRANGERS)}
    return kept | {
        "DATABASE_URL": url,
        "SECRET_KEY": "bench-secret-key-of-thirty-two-bytes",
        "PHOTO_STORE": f"file://{photos}",
        "REPORTER_DEMO": "1",  # so that desks and dashboards can log in
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


@dataclass(frozen=True)
class Web:
    """gunicorn by deploy/gunicorn.conf.py at ``address``."""

    address: str
    program: Program

    @property
    def workers(self) -> list[int]:
        """Their process ids."""
        return machine.children(self.program.pid)

    def cpu_s(self) -> float:
        return machine.tree_cpu_s(self.program.pid)

    def log_in(self, username: str) -> str:
        """The token of somebody of the demo."""
        return str(self.call("POST", "/api/v1/sessions/demo", body={"username": username})["token"])

    def call(self, method: str, path: str, token: str = "", body: Any = None) -> dict[str, Any]:
        """One call from here. Raises urllib's HTTPError."""
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        with OPENER.open(request, timeout=60) as answer:
            return dict(json.load(answer))


@contextmanager
def serving(programs: Programs, env: Mapping[str, str], app: str = "wsgi:app") -> Iterator[Web]:
    """The service, ready to answer, until the end of the block."""
    port = free_port()
    command = [BIN / "gunicorn", "-c", "deploy/gunicorn.conf.py", app]
    program = programs.start("gunicorn", command, {**env, "HOST": "127.0.0.1", "PORT": str(port)})
    web = Web(f"http://127.0.0.1:{port}", program)
    try:
        until(lambda: answers(f"{web.address}/healthz"), program)
        yield web
    finally:
        programs.stop(program)


class Sender:
    """Sends load to a web and reads what came back."""

    def __init__(self, programs: Programs, folder: Path) -> None:
        self._programs, self._folder = programs, folder

    def send(self, web: Web, mix: Mix, seconds: float, connections: int) -> Answered:
        """As fast as it is answered, for so long (whole seconds). Raises Failed, ValueError."""
        requests = mix if isinstance(mix, Sequence) else [(1, mix)]
        script = self._folder / "load.lua"
        script.write_text(load.program(requests, self._folder, secrets.randbits(31)))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "--timeout", "30s"]
        output = self._programs.output("wrk", [*command, "-s", str(script), web.address], os.environ)
        return load.read_answer(output)


@contextmanager
def in_process(env: Mapping[str, str], now: Callable[[], datetime] = clock.now) -> Iterator[tuple[FlaskClient, Any]]:
    """A client of the same application in this process, and its house."""
    app = create_app(from_environment(env), now)
    house = app.extensions["house"]
    try:
        yield app.test_client(), house
    finally:
        house.works.engine.dispose()


@contextmanager
def statements(engine: Any) -> Iterator[list[tuple[str, Any]]]:
    """The SQL statements sent meanwhile with their parameters, without BEGIN and the like."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
