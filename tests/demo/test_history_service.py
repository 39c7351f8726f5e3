"""A generated history against the real service: driven through it step by step, every row comes out the same."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from reporter.db import make_engine, session_for
from reporter.demo.history import reading
from reporter.domain.actions import Action
from reporter.domain.coordinates import Datum
from reporter.domain.events import EVENT_OF_ACTION, EventKind
from reporter.domain.permissions import Actor
from reporter.models.clocks import Clock
from reporter.models.people import LoginSession
from reporter.models.photos import Photo
from reporter.models.tickets import Event, Rating, Report, Ticket
from reporter.queries import people
from reporter.queries.rulebook import RulebookKeeper
from reporter.services import intake, joining, lifecycle, ratings, seeding, settling, sla
from reporter.services.drafts import Draft
from reporter.services.unit_of_work import Works
from tests.databases import Databases
from tests.demo.history import NOW, WANTED, everything, filled

ACTIONS = {kind: action for action, kind in EVENT_OF_ACTION.items()} | {
    EventKind.CLOSED_AT_ONCE: Action.SOLVE,
    EventKind.VERIFICATION_FAILED: Action.VERIFY,
}
TICKETS = 150
# of a message the worker's part differs: these were sent, those wait; and only open tickets have generated ones
SENT = {"message": {"state", "run_at", "attempts", "read_at"}}


@dataclass
class Player:
    """Does on a second database what the events of the first say, through the services."""

    engine: Engine
    present: datetime = NOW
    actors: dict[int, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.works = Works(self.engine, RulebookKeeper(1e9, lambda: 0.0), lambda: self.present.astimezone(UTC))

    def actor(self, person_id: int) -> Actor:
        if person_id not in self.actors:
            with self.works.open() as uow:
                times = {"created_at": uow.now, "seen_at": uow.now, "expires_at": uow.now + timedelta(days=1)}
                uow.session.add(LoginSession(token_hash=f"of {person_id}", person_id=person_id, **times))
                uow.session.flush()
                self.actors[person_id] = people.actor(people.by_token(uow.session, f"of {person_id}"), uow.book)
        return self.actors[person_id]

    def photo(self, person_id: int) -> tuple[str, ...]:
        photo_id = str(uuid.uuid4())
        with session_for(self.engine, writes=True) as session:
            session.add(
                Photo(
                    id=photo_id, uploader_id=person_id, state="ready", media_type="image/jpeg", bytes=1, width=1,
                    height=1, sha256=photo_id, created_at=NOW,
                )
            )  # fmt: skip
        return (photo_id,)

    def file(self, report: Report, filed: Event, *, with_photo: bool) -> None:
        draft = Draft(
            client_request_id=report.client_request_id,
            lng=report.raw_lng or 0.0,
            lat=report.raw_lat or 0.0,
            datum=Datum(report.datum or ""),
            accuracy_m=report.accuracy_m,
            text=report.text,
            category=report.category_given,
            condition=filed.data["condition"] if report.category_given else None,
            photo_ids=self.photo(report.submitter_id) if with_photo else (),
        )
        with self.works.open(self.actor(report.submitter_id)) as uow:
            intake.submit(uow, draft)

    def happen(self, number: str, event: Event, key: str | None, rating: Rating | None) -> None:
        if event.actor_id is None:
            sla.sweep(self.works)
            return
        photos: dict[str, Any] = {}
        if event.kind in (EventKind.RESPONDED, EventKind.SOLVED, EventKind.CLOSED_AT_ONCE):
            photos = {"photo_ids": self.photo(event.actor_id)}
        with self.works.open(self.actor(event.actor_id)) as uow:
            if event.kind == EventKind.JOINED:
                joining.join(uow, number, key or "")
            elif event.kind == EventKind.RATED:
                ratings.rate(uow, number, event.data["grade"], rating.tags if rating else [], None)
            else:
                lifecycle.take(uow, number, ACTIONS[EventKind(event.kind)], {**event.data, **photos})


def played(engine: Engine, into: Engine) -> None:
    """Each ticket from its report to the end of the history, one after the other."""
    player = Player(into)
    with session_for(engine, writes=False) as session:
        for ticket in session.scalars(select(Ticket).order_by(Ticket.id)).all():
            events = session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.seq)).all()
            reports = session.scalars(select(Report).where(Report.ticket_id == ticket.id)).all()
            first = next(report for report in reports if not report.joined)
            keys = {report.submitter_id: report.client_request_id for report in reports if report.joined}
            rating = session.scalar(select(Rating).where(Rating.ticket_id == ticket.id))
            player.present = events[0].at
            player.file(first, events[0], with_photo=any(e.kind == EventKind.CLOSED_AT_ONCE for e in events))
            for event in events[1:]:
                player.present = event.at
                player.happen(ticket.number, event, keys.get(event.actor_id or 0), rating)


def two_clocks_at_once(engine: Engine) -> set[int]:
    """Tickets of which two clocks ran out at the same moment: the sweep may take either first."""
    with session_for(engine, writes=False) as session:
        ends = session.execute(select(Clock.ticket_id, Clock.due_at).where(Clock.overdue_at.is_not(None))).all()
    return {ticket_id for (ticket_id, _), times in Counter(map(tuple, ends)).items() if times > 1}


def without(rows: list[tuple[Any, ...]], ticket_ids: set[int]) -> list[tuple[Any, ...]]:
    return [row for row in rows if row[0] not in ticket_ids]


@pytest.fixture
def other(databases: Databases, database_kind: str) -> Iterator[Engine]:
    with databases.cloned(database_kind) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def test_the_real_service_would_have_written_the_same_rows(engine: Engine, other: Engine) -> None:
    filled(engine, tickets=TICKETS, still_open=40)
    habits = seeding.read("history.json")
    with session_for(other, writes=True) as session:
        people = max(habits["reports"]["fewest_people"], TICKETS // habits["reports"]["people_each"])
        reading.submitters(session, people, habits, NOW - timedelta(days=1), WANTED.seed)
        reading.staff_the_departments(session, NOW)
    played(engine, other)
    while settling.settle(Player(other).works):
        continue

    made, real = everything(engine, leaving_out=SENT), everything(other, leaving_out=SENT)
    still_open = {row[0] for row in made["message"]}
    real["message"] = [row for row in real["message"] if row[0] in still_open]
    tied = two_clocks_at_once(engine)
    for table, rows in made.items():
        assert without(rows, tied) == without(real[table], tied), table
    assert len(tied) < TICKETS / 20
    assert len(made["ticket"]) == TICKETS and made["rating"] and made["message"]
