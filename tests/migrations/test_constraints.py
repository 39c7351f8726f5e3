"""What must never be is refused by the database itself, whatever the code above it believes."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, literal, select, text, update
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session

from reporter.models.catalogue import CalendarDay
from reporter.models.clocks import Clock
from reporter.models.messages import Delivery, Message
from reporter.models.photos import Photo
from reporter.models.routing import PlaceCorrection, RoutingProposal, RoutingRule
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket
from tests.service import Service
from tests.world import AT_HOME, BEGAN

OPEN_HOP = {"ticket_id": 1, "seq": 9, "area_id": 1, "via": "test", "reasons": [], "started_at": BEGAN}
MESSAGE = {
    "ticket_id": 1, "event_seq": 9, "person_id": 1, "text": "x", "data": {}, "created_at": BEGAN, "attempts": 0,
}  # fmt: skip
RATING = {"ticket_id": 1, "person_id": 1, "grade": 5, "first_grade": 5, "tags": [], "rated_at": BEGAN}
PHOTO = {
    "id": "p", "uploader_id": 1, "state": "ready", "media_type": "image/jpeg", "bytes": 1, "width": 1, "height": 1,
    "sha256": "x", "created_at": BEGAN, "attempts": 0,
}  # fmt: skip


@pytest.fixture
def session(service: Service) -> Iterator[Session]:
    """A session on a district with one open ticket, number 1, held by the 邻里长 in its third hop."""
    service.as_("rider").report(AT_HOME, category="LL0107", key="00000000-0000-4000-8000-000000000001")
    with Session(service.engine) as session:
        yield session
        session.rollback()


def _report(**changes: Any) -> Any:
    """A copy of the only report, with something else in it."""
    columns = [column.name for column in Report.__table__.c if column.name != "id"]
    table = Report.__table__
    values = [literal(changes[name], table.c[name].type) if name in changes else table.c[name] for name in columns]
    return insert(Report).from_select(columns, select(*values))


def _clock(kind: str) -> Any:
    table = Clock.__table__
    changes = {"seq": literal(9), "kind": literal(kind)}
    values = [changes.get(column.name, column) for column in table.c]
    return insert(Clock).from_select([column.name for column in table.c], select(*values).where(table.c.seq == 1))


RULE = {
    "code": "R1", "version": 1, "priority": 1, "categories": [], "conditions": [], "severities": [], "sources": [],
    "days": "any", "weekdays": [], "effect": "first_level", "target": "grid", "source": "x", "author": "x",
    "made_at": BEGAN, "valid_from": BEGAN.date(),
}  # fmt: skip
CORRECTION = {
    "ticket_id": 1, "seq": 1, "from_area_id": 1, "to_area_id": 2, "state": "suggested", "by_id": 1, "at": BEGAN,
}  # fmt: skip
PROPOSAL = {"from_area_id": 1, "to_area_id": 2, "state": "open", "made_at": BEGAN}


NEVER = [
    pytest.param(insert(Hop).values(OPEN_HOP), id="two open hops"),
    pytest.param(insert(Hop).values({**OPEN_HOP, "ended_at": BEGAN, "area_id": None}), id="a hop of nobody"),
    pytest.param(insert(Hop).values({**OPEN_HOP, "ended_at": BEGAN, "department_id": 1}), id="a hop of two"),
    pytest.param(
        insert(Hop).values({**OPEN_HOP, "started_at": BEGAN.replace(year=2026), "ended_at": BEGAN}),
        id="a hop that ends before it starts",
    ),
    pytest.param(update(Ticket).values(holder_area_id=None), id="an open ticket without a holder"),
    pytest.param(update(Ticket).values(holder_department_id=1), id="an open ticket with two holders"),
    pytest.param(update(Ticket).values(holder_area_id=99999), id="a holder that does not exist"),
    pytest.param(update(Ticket).values(status="closed", holder_area_id=None, ended_at=BEGAN), id="closed without time"),
    pytest.param(
        update(Ticket).values(status="closed", ended_at=BEGAN, closed_at=BEGAN), id="closed, and somebody holds it"
    ),
    pytest.param(update(Ticket).values(status="withdrawn", holder_area_id=None), id="ended without time"),
    pytest.param(update(Ticket).values(closed_at=BEGAN), id="a closing time of an open ticket"),
    pytest.param(update(Ticket).values(status="lost"), id="an unknown status"),
    pytest.param(update(Ticket).values(severity=5), id="severity 5"),
    pytest.param(update(Ticket).values(parent_id=99999), id="a part of a ticket that does not exist"),
    pytest.param(update(Ticket).values(parent_id=1, parts=2), id="a part that was split"),
    pytest.param(_clock("response"), id="two running clocks of one kind"),
    pytest.param(_clock("sundial"), id="a clock of no kind"),
    pytest.param(_report(joined=True), id="one key twice"),
    pytest.param(_report(client_request_id="other"), id="two first reports of a ticket"),
    pytest.param(_report(client_request_id="other", joined=True, source="hotline"), id="a hotline report, no number"),
    pytest.param(_report(client_request_id="other", joined=True, external_no="1"), id="a hotline number, no hotline"),
    pytest.param(insert(Rating).values({**RATING, "grade": 6}), id="grade 6"),
    pytest.param(insert(Rating).values({**RATING, "first_grade": 0}), id="first grade 0"),
    pytest.param(insert(Rating).values([RATING, RATING]), id="two ratings of one person"),
    pytest.param(insert(Message).values([MESSAGE, MESSAGE]), id="one event told twice to one person"),
    pytest.param(insert(Message).values({**MESSAGE, "state": "perhaps"}), id="a message of no state"),
    pytest.param(insert(Delivery).values(message_id=99999, channel="inbox", at=BEGAN), id="a delivery of nothing"),
    pytest.param(insert(Photo).values({**PHOTO, "report_id": 1}), id="a photo of a report of no ticket"),
    pytest.param(insert(Photo).values({**PHOTO, "ticket_id": 1}), id="a photo of a ticket, of no report or step"),
    pytest.param(insert(Photo).values({**PHOTO, "ticket_id": 1, "report_id": 1, "event_seq": 1}), id="a photo of both"),
    pytest.param(insert(Photo).values({**PHOTO, "ticket_id": 1, "event_seq": 77}), id="a photo of a step never taken"),
    pytest.param(
        insert(Event).values(ticket_id=1, seq=1, kind="noted", at=BEGAN, status="closed", data={}),
        id="two events in one place",
    ),
    pytest.param(
        insert(Event).values(ticket_id=1, seq=9, kind="forgotten", at=BEGAN, status="closed", data={}),
        id="an event of no kind",
    ),
    pytest.param(insert(RoutingRule).values([RULE, RULE]), id="a version of a rule twice"),
    pytest.param(insert(RoutingRule).values({**RULE, "effect": "magic"}), id="a rule of no effect"),
    pytest.param(insert(RoutingRule).values({**RULE, "effect": "copy"}), id="a copy to nobody"),
    pytest.param(insert(RoutingRule).values({**RULE, "from_time": "22:00"}), id="hours without an end"),
    pytest.param(insert(RoutingRule).values({**RULE, "valid_to": date(2020, 1, 1)}), id="a rule that ends before"),
    pytest.param(insert(PlaceCorrection).values({**CORRECTION, "to_area_id": 1}), id="a correction to the same"),
    pytest.param(insert(PlaceCorrection).values([CORRECTION, {**CORRECTION, "seq": 2}]), id="two open suggestions"),
    pytest.param(insert(PlaceCorrection).values({**CORRECTION, "state": "accepted"}), id="accepted by nobody"),
    pytest.param(insert(RoutingProposal).values([PROPOSAL, PROPOSAL]), id="two open proposals of a pair"),
    pytest.param(insert(RoutingProposal).values({**PROPOSAL, "decided_at": BEGAN}), id="an open proposal, decided"),
    pytest.param(insert(CalendarDay).values(day=BEGAN.date().replace(year=2030), kind="half", source="x"), id="½ day"),
]


def test_the_database_refuses(session: Session) -> None:
    """All rows in one database: each is rolled back, so none can spoil the next."""
    taken = [row.id for row in NEVER if not _refused(session, row.values[0])]
    assert taken == []


def _refused(session: Session, statement: Any) -> bool:
    savepoint = session.begin_nested()
    try:
        session.execute(statement)
    except DatabaseError:
        return True
    finally:
        savepoint.rollback()
    return False


def test_what_differs_in_nothing_but_the_fault_is_taken(session: Session) -> None:
    """So that the refusals above are not refusals of something else."""
    for statement in (
        insert(Hop).values({**OPEN_HOP, "ended_at": BEGAN}),
        _report(client_request_id="other", joined=True),
        _clock("verify"),
        insert(Rating).values(RATING),
        insert(RoutingRule).values(RULE),
        insert(PlaceCorrection).values(CORRECTION),
        insert(RoutingProposal).values(PROPOSAL),
        insert(Message).values({**MESSAGE, "state": "waiting"}),
        insert(Photo).values({**PHOTO, "ticket_id": 1, "report_id": 1}),
        insert(Photo).values({**PHOTO, "ticket_id": 1, "event_seq": 1}),
        insert(Event).values(ticket_id=1, seq=9, kind="noted", at=BEGAN, status="closed", data={}),
        update(Ticket).values(status="closed", holder_area_id=None, ended_at=BEGAN, closed_at=BEGAN),
    ):
        assert not _refused(session, statement)


def test_what_happened_cannot_be_changed_or_removed(session: Session) -> None:
    for table in ("event", "clock_tick"):
        for change in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):  # noqa: S608
            savepoint = session.begin_nested()
            with pytest.raises(DatabaseError, match=f"{table} is append-only"):
                session.execute(text(change))
            savepoint.rollback()


def test_a_time_without_its_zone_is_refused_before_it_reaches_the_database(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(StatementError, match="a naive datetime must not be stored"):
        session.execute(insert(Delivery).values(message_id=1, channel="x", at=datetime(2026, 1, 1)))


def test_a_time_comes_back_as_it_went_in(session: Session) -> None:
    session.execute(update(Ticket).values(taken_at=BEGAN.astimezone().replace(microsecond=123456)))
    stored = session.query(Ticket.taken_at).scalar()
    assert stored == BEGAN.replace(microsecond=123456)
    assert stored.utcoffset() == BEGAN.utcoffset()
