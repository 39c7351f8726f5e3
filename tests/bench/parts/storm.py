"""A storm at its true rate: reports in clusters, desks and dashboards open, two workers; what was answered is counted.

An hour of it is compressed by taking fewer minutes, not by sending faster: the rate, the polling and the clocks are
the real ones, and what would pile up in an hour shows as messages that still wait at the end.
"""

import http.client
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reporter.db import make_engine, session_for
from reporter.models.areas import Area, Seat
from reporter.models.clocks import Clock
from reporter.models.messages import Message
from reporter.models.tickets import Event, Report, Ticket
from tests.bench.arithmetic import Floor, percentile, plain
from tests.bench.bench import SUBMIT, Bench
from tests.bench.programs import BIN
from tests.bench.rain import Drop, rain
from tests.bench.report import Result
from tests.bench.web import Web

DESKS, WORKERS = 50, 2
WALLS = ("district", "street", "district", "street", "street")
DESK_EVERY_S, DASHBOARD_EVERY_S = 10.0, 15.0
SENDERS = 32
DRAINED_WITHIN_S = 120.0
NONE = Floor(at_most=0)
SWEPT = ("reminded", "became_at_risk", "became_overdue", "response_missed", "climbed", "verification_late")


@dataclass
class Ledger:
    """What was sent and what was answered. Written to by many threads."""

    took_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    numbers: dict[str, str] = field(default_factory=dict)  # by key
    readers: dict[str, str] = field(default_factory=dict)  # the token of somebody who was told a number
    places: dict[int, str] = field(default_factory=dict)  # a number of each cluster
    joined: int = 0
    similar: int = 0
    other_number: int = 0  # a resend that was answered with another number
    made_anew: int = 0  # connections that had been closed while nobody used them
    late_s: float = 0.0

    @property
    def errors(self) -> int:
        """No connection (0) or 500 and above."""
        return sum(
            count for counted in self.statuses.values() for status, count in counted.items() if not 100 < status < 500
        )


class Line:
    """A connection that is kept, of one caller."""

    def __init__(self, web: Web, ledger: Ledger, token: str = "") -> None:
        self._host, self._ledger, self.token = web.address.removeprefix("http://"), ledger, token
        self._connection: http.client.HTTPConnection | None = None

    def call(self, what: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status (0: no connection) and answer; noted under ``what``.

        A kept connection that the server has closed meanwhile is made anew, as every client does: reading twice does
        no harm, and a report has its key.
        """
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        started, kept = time.perf_counter(), self._connection is not None
        try:
            self._connection = self._connection or http.client.HTTPConnection(self._host, timeout=60)
            self._connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self._connection.getresponse()
            status, content = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection, status, content = None, 0, b"{}"
            if kept and isinstance(error, ConnectionError):
                self._ledger.made_anew += 1
                return self.call(what, method, path, body)
        self._ledger.took_ms[what].append((time.perf_counter() - started) * 1000)
        self._ledger.statuses[what][status] += 1
        return status, json.loads(content or b"{}")


def measure(bench: Bench) -> Result:
    result, sizes = Result("storm", bench.kind), bench.sizes
    with bench.bases.copied(sizes.middle) as url, bench.serving(url) as web:
        command = [BIN / "reporter", "worker"]
        workers = [bench.programs.start(f"worker-{number}", command, bench.env(url)) for number in range(WORKERS)]
        started, ledger = datetime.now(UTC), Ledger()
        drops = list(rain(bench.submits(url).points, sizes.storm_s, seed=50))
        _storm(bench, web, url, ledger, drops)
        waiting, drained_s = _drained(url)
        for worker in workers:
            bench.programs.stop(worker)
        lost, unread = _lost(url, ledger), _unread(web, ledger)
        _told(result, ledger, drops, sizes.storm_s)
        result.add("messages that waited when the rain stopped", waiting)
        result.add("until none waited", drained_s, "s")
        for kind, count in _swept(url, started).items():
            result.add(f"sweeps: {kind}", count)
        result.add("marks of a clock told twice", _told_twice(url, started), floor=NONE)
        result.add("lost: answered, then not in the database", lost, floor=NONE)
        result.add("lost: answered, then not found by number", unread, floor=NONE)
        result.add("doubled: a key with two reports, or another number for a resend", _doubled(url, ledger), floor=NONE)
        result.add("errors (5xx or no connection)", ledger.errors, floor=NONE)
    return result


# ---------------------------------------------------------------- who is out there


def _storm(bench: Bench, web: Web, url: str, ledger: Ledger, drops: Sequence[Drop]) -> None:
    stop = threading.Event()
    open_pages = [
        *(_polling(web, ledger, f"seat:{code}", _desk, DESK_EVERY_S) for code in _desks(url)),
        *(_polling(web, ledger, who, _wall, DASHBOARD_EVERY_S) for who in WALLS),
    ]
    threads = [
        threading.Thread(target=page, args=(stop, place / len(open_pages)), daemon=True)
        for place, page in enumerate(open_pages)
    ]
    for thread in threads:
        thread.start()
    lines = threading.local()
    started = time.monotonic()

    def send(drop: Drop, token: str) -> None:
        if not hasattr(lines, "own"):
            lines.own = Line(web, ledger)
        lines.own.token = token
        _report(lines.own, ledger, drop)

    try:
        with ThreadPoolExecutor(SENDERS) as pool:
            for place, drop in enumerate(drops):
                time.sleep(max(0.0, started + drop.at_s - time.monotonic()))
                ledger.late_s = max(ledger.late_s, time.monotonic() - started - drop.at_s)
                pool.submit(send, drop, bench.people[place % len(bench.people)])
    finally:
        stop.set()
    for thread in threads:
        thread.join()


def _report(line: Line, ledger: Ledger, drop: Drop) -> None:
    body: dict[str, Any] = {
        "client_request_id": drop.key,
        "location": {"lng": drop.lng, "lat": drop.lat, "coord_type": "wgs84"},
        "text": drop.text,
    } | ({"category": drop.category} if drop.category else {})
    known = ledger.places.get(drop.cluster)
    if drop.joins and known:
        body["join"] = known
    what = "join" if "join" in body else "submit"
    status, answer = line.call(what, "POST", SUBMIT, body)
    if status not in (200, 201):
        return
    ledger.numbers[drop.key] = answer["number"]
    ledger.readers[answer["number"]] = line.token
    ledger.places.setdefault(drop.cluster, answer["number"])
    ledger.joined += answer["joined"]
    ledger.similar += bool(answer["similar"])
    if drop.resent:
        _, again = line.call("resend", "POST", SUBMIT, body)
        ledger.other_number += again.get("number") != answer["number"]


def _polling(
    web: Web, ledger: Ledger, who: str, page: Callable[[Line], None], every_s: float
) -> Callable[[threading.Event, float], None]:
    line = Line(web, ledger, web.log_in(who))

    def run(stop: threading.Event, share: float) -> None:
        stop.wait(share * every_s)  # they were not opened at the same moment
        while not stop.is_set():
            page(line)
            stop.wait(every_s)

    return run


def _desk(line: Line) -> None:
    line.call("desk", "GET", "/api/v1/tickets?holder=me&status=open&sort=due_at&limit=50")


def _wall(line: Line) -> None:
    line.call("dashboard summary", "GET", "/api/v1/dashboard/summary")
    line.call("dashboard breakdown", "GET", "/api/v1/dashboard/breakdown?by=child")


def _desks(url: str) -> list[str]:
    """Grids whose seats are filled, from all over the district."""
    with _reading(url) as session:
        held = (
            select(Area.code)
            .join(Seat, Seat.area_id == Area.id)
            .where(Area.level == "grid", Seat.holder_id.is_not(None))
        )
        codes = list(session.scalars(held.order_by(Area.code)))
    return [codes[place * len(codes) // DESKS] for place in range(DESKS)]


# ---------------------------------------------------------------- what became of it


class _reading:
    """A session on a database that others use, closed with its engine."""

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._opened = session_for(self._engine, writes=False)

    def __enter__(self) -> Session:
        return self._opened.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._opened.__exit__(*error)
        self._engine.dispose()


def _drained(url: str) -> tuple[int, float]:
    """How many messages waited, and seconds until the workers had sent them (at most DRAINED_WITHIN_S)."""
    started, first = time.monotonic(), None
    while True:
        with _reading(url) as session:
            waiting = session.scalars(select(func.count()).where(Message.run_at <= datetime.now(UTC))).one()
        first = waiting if first is None else first
        if not waiting or time.monotonic() - started > DRAINED_WITHIN_S:
            return first, time.monotonic() - started
        time.sleep(0.5)


def _filed(url: str, ledger: Ledger) -> Counter[tuple[str, str]]:
    """How often each key stands in the database with which number."""
    found: Counter[tuple[str, str]] = Counter()
    keys = list(ledger.numbers)
    with _reading(url) as session:
        for start in range(0, len(keys), 500):
            rows = session.execute(
                select(Report.client_request_id, Ticket.number)
                .join(Ticket, Ticket.id == Report.ticket_id)
                .where(Report.client_request_id.in_(keys[start : start + 500]))
            )
            found.update((key, number) for key, number in rows)
    return found


def _lost(url: str, ledger: Ledger) -> int:
    filed = _filed(url, ledger)
    return sum((key, number) not in filed for key, number in ledger.numbers.items())


def _doubled(url: str, ledger: Ledger) -> int:
    filed = _filed(url, ledger)
    return len(list(filed.elements())) - len({key for key, _ in filed}) + ledger.other_number


def _unread(web: Web, ledger: Ledger) -> int:
    """Numbers that those who were told them do not find any more."""
    aside = Ledger()
    line = Line(web, aside)
    for number, line.token in sorted(ledger.readers.items()):
        line.call("read", "GET", f"/api/v1/tickets/{number}")
    return aside.statuses["read"].total() - aside.statuses["read"][200]


def _swept(url: str, since: datetime) -> dict[str, int]:
    with _reading(url) as session:
        counted = select(Event.kind, func.count()).where(Event.at >= since, Event.kind.in_(SWEPT)).group_by(Event.kind)
        return dict(session.execute(counted.order_by(Event.kind)).tuples().all())


def _told_twice(url: str, since: datetime) -> int:
    """Tickets told to be overdue more often than they have resolve clocks."""
    clocks = select(func.count()).where(Clock.ticket_id == Event.ticket_id, Clock.kind == "resolve").scalar_subquery()
    told = (
        select(Event.ticket_id)
        .where(Event.at >= since, Event.kind == "became_overdue")
        .group_by(Event.ticket_id)
        .having(func.count() > clocks)
    )
    with _reading(url) as session:
        return len(session.scalars(told).all())


def _told(result: Result, ledger: Ledger, drops: Sequence[Drop], storm_s: float) -> None:
    result.add("reports sent", f"{len(drops):,} in {storm_s:.0f} s, {len({drop.cluster for drop in drops})} places")
    result.add("sent later than planned, at most", ledger.late_s, "s")
    for what in sorted(ledger.took_ms):
        took = ledger.took_ms[what]
        answered = ", ".join(f"{count:,} × {status}" for status, count in sorted(ledger.statuses[what].items()))
        middle, tail, worst = (plain(percentile(took, share)) for share in (0.5, 0.95, 0.99))
        result.add(what, f"p95 {tail} ms (p50 {middle}, p99 {worst}); {answered}")
    result.add("idle connections made anew", ledger.made_anew)
    result.add("joined", ledger.joined)
    result.add("told of something similar", ledger.similar)
