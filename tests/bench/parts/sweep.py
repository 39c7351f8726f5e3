"""Two workers sweep the clocks of few and of many open tickets: each breach once, and cost by what is due."""

import json
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from reporter.db import make_engine, session_for
from reporter.domain.events import EventKind
from reporter.models.clocks import Clock
from reporter.models.tickets import Event, Ticket
from tests.bench.arithmetic import Floor, ratios, spread
from tests.bench.bench import SUBMIT, Bench, in_turn
from tests.bench.load import CATEGORIES, SENTENCES
from tests.bench.report import Result
from tests.bench.web import in_process
from tests.services.inside import copy_ticket

ALIKE = Floor(at_most=1.2)
LONG_AGO = timedelta(days=60)  # every limit of the catalogue has passed since
WORKERS = 2
KINDS_OF_TICKETS = 20
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Swept:
    """Of one round: each per due clock, in microseconds; ``events`` of tickets that became overdue."""

    wall_us: float
    cpu_us: float
    looked_at: int
    events: int
    doubled: int


def measure(bench: Bench) -> Result:
    result, sizes = Result("sweep", bench.kind), bench.sizes
    with bench.bases.copied(0, "few") as few, bench.bases.copied(0, "many") as many:
        for url, how_many in ((few, sizes.open_few), (many, sizes.open_many)):
            _open_tickets(bench, url, how_many)
        small, large = in_turn(min(ROUNDS, sizes.pairs), lambda: _swept(bench, few), lambda: _swept(bench, many))
    due = sizes.due
    result.add(
        f"CPU of a due clock, {sizes.open_many:,} open as multiple of {sizes.open_few:,}",
        ratios([one.cpu_us for one in large], [one.cpu_us for one in small]),
        floor=ALIKE,
    )
    every = (*small, *large)
    result.add(f"breaches told, of {due:,} each time", spread([one.events for one in every]), "", Floor(due, due))
    result.add("breaches told twice", sum(one.doubled for one in every), floor=Floor(at_most=0))
    for open_tickets, rounds in ((sizes.open_few, small), (sizes.open_many, large)):
        title = f"a due clock of {open_tickets:,} open"
        result.add(f"{title}: CPU, workers and database", spread([one.cpu_us for one in rounds]), "µs")
        result.add(f"{title}: {WORKERS} workers, one after the other", spread([one.wall_us for one in rounds]), "µs")
    return result


def _open_tickets(bench: Bench, url: str, how_many: int) -> None:
    """Some real reports of long ago, and copies of their tickets; none of their clocks due to be looked at yet."""
    then, points = datetime.now(UTC) - LONG_AGO, bench.submits(url).points
    with in_process(bench.env(url), now=lambda: then) as (client, house):
        for place in range(KINDS_OF_TICKETS):
            lng, lat = points[place * len(points) // KINDS_OF_TICKETS]
            body: dict[str, Any] = {
                "client_request_id": str(uuid.uuid4()),
                "location": {"lng": lng, "lat": lat, "coord_type": "wgs84"},
                "text": SENTENCES[place % len(SENTENCES)],
                "category": CATEGORIES[place % 3],
            }
            headers = {"Authorization": f"Bearer {bench.people[place]}"}
            answer = client.post(SUBMIT, json=body, headers=headers)
            assert answer.status_code == 201, answer.text
        with session_for(house.works.engine, writes=True) as session:
            for ticket_id in session.scalars(select(Ticket.id)).all():
                copy_ticket(session, ticket_id, how_many // KINDS_OF_TICKETS - 1)
            later = datetime.now(UTC) + timedelta(days=3650)
            session.execute(update(Clock).where(Clock.run_at.is_not(None)).values(run_at=later))
    bench.bases.settle(url)


def _swept(bench: Bench, url: str) -> Swept:
    engine = make_engine(url)
    with session_for(engine, writes=True) as session:
        tickets = _make_due(session, bench.sizes.due)
    database = bench.database_cpu_s()
    command = [sys.executable, "-m", "tests.bench.sweeping"]
    workers = [bench.programs.start(f"sweeping-{number}", command, bench.env(url)) for number in range(WORKERS)]
    for worker in workers:
        worker.wait()
        bench.programs.stop(worker)
    said = [json.loads(worker.log.read_text().splitlines()[-1]) for worker in workers]
    cpu_s = sum(one["cpu_seconds"] for one in said) + bench.database_cpu_s() - database
    events = _breaches(engine, tickets)
    engine.dispose()
    return Swept(
        wall_us=max(one["seconds"] for one in said) * 1e6 / len(tickets),
        cpu_us=cpu_s * 1e6 / len(tickets),
        looked_at=sum(one["looked_at"] for one in said),
        events=sum(events),
        doubled=sum(count > 1 for count in events),
    )


def _make_due(session: Session, how_many: int) -> list[int]:
    """The tickets whose resolve clocks are now to be looked at: others each time, from all over the table."""
    fresh = select(Clock.ticket_id).where(Clock.kind == "resolve", Clock.overdue_at.is_(None))
    ids = sorted(session.scalars(fresh))
    chosen = [ids[place * len(ids) // how_many] for place in range(how_many)]
    due = Clock.ticket_id.in_(chosen), Clock.kind == "resolve"
    session.execute(update(Clock).where(*due).values(run_at=datetime.now(UTC)))
    return chosen


def _breaches(engine: Engine, tickets: list[int]) -> list[int]:
    """How often each of the tickets was said to be overdue, those that were."""
    told = (
        select(func.count())
        .where(Event.ticket_id.in_(tickets), Event.kind == EventKind.BECAME_OVERDUE.value)
        .group_by(Event.ticket_id)
    )
    with session_for(engine, writes=False) as session:
        return list(session.scalars(told))
