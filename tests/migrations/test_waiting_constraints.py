"""Holds, extensions, cards and appeals that must never be are refused by the database itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from reporter.models.tickets import Ticket
from reporter.models.waiting import Extension, Hold, OverdueAppeal, Supervision
from tests.service import Service
from tests.world import AT_HOME, BEGAN

HOLD = {
    "ticket_id": 1, "seq": 1, "until": BEGAN, "reason_code": "season", "asked_by": 1, "asked_at": BEGAN,
    "granted": True, "decided_at": BEGAN, "from_status": "handling", "attempts": 0,
}  # fmt: skip
ASKED = {**HOLD, "granted": None, "decided_at": None, "from_status": None}
EXTENSION = {
    "ticket_id": 1, "seq": 1, "state": "open", "waits_for": "street", "reason": "r", "asked_by": 1, "asked_at": BEGAN,
}  # fmt: skip
CARD = {
    "ticket_id": 1, "seq": 1, "card": "red", "note": "n", "shown_by": 1, "level": "street", "opened_at": BEGAN,
    "due_at": BEGAN,
}  # fmt: skip
APPEAL = {
    "ticket_id": 1, "hop_seq": 1, "state": "open", "waits_for": "street", "reason": "r", "asked_by": 1,
    "asked_at": BEGAN,
}  # fmt: skip


@pytest.fixture
def session(service: Service) -> Iterator[Session]:
    """A session on a district with one open ticket, number 1."""
    service.as_("rider").report(AT_HOME, category="LL0107")
    with Session(service.engine) as session:
        yield session
        session.rollback()


NEVER = [
    (update(Ticket).values(status="on_hold"), "held without an end"),
    (update(Ticket).values(hold_until=BEGAN), "an end of a hold, and it is not held"),
    (update(Ticket).values(forced=True), "closed by force, and open"),
    (insert(Hold).values([HOLD, {**HOLD, "seq": 2}]), "held twice"),
    (insert(Hold).values([ASKED, {**ASKED, "seq": 2}]), "two requests to hold at once"),
    (insert(Hold).values({**HOLD, "decided_at": None}), "a decision without its time"),
    (insert(Hold).values({**HOLD, "from_status": "feedback"}), "held from where it cannot be"),
    (insert(Hold).values({**ASKED, "run_at": BEGAN}), "a request that resumes by itself"),
    (insert(Hold).values({**HOLD, "run_at": BEGAN, "resumed_at": BEGAN}), "one that resumed, and will again"),
    (insert(Hold).values({**HOLD, "ticket_id": 99}), "a hold of no ticket"),
    (insert(Extension).values([EXTENSION, {**EXTENSION, "seq": 2}]), "two requests for more time at once"),
    (insert(Extension).values({**EXTENSION, "waits_for": None}), "open, and waits for nobody"),
    (insert(Extension).values({**EXTENSION, "state": "granted"}), "granted, and still waits"),
    (insert(Extension).values({**EXTENSION, "state": "maybe", "waits_for": None}), "an extension of no state"),
    (insert(Extension).values({**EXTENSION, "first_by": 1, "last_by": 1}), "one person decides twice"),
    (insert(Supervision).values([CARD, {**CARD, "seq": 2}]), "two open cards of one colour"),
    (insert(Supervision).values({**CARD, "card": "blue"}), "a blue card"),
    (insert(Supervision).values({**CARD, "reply": "r", "closed_at": BEGAN}), "a reply without its time"),
    (insert(Supervision).values({**CARD, "reply": "r", "replied_at": BEGAN}), "answered, and still open"),
    (insert(OverdueAppeal).values([APPEAL, APPEAL]), "two appeals about one delay"),
    (insert(OverdueAppeal).values({**APPEAL, "state": "upheld"}), "upheld, and still waits"),
    (insert(OverdueAppeal).values({**APPEAL, "first_by": 1}), "whoever asks decides"),
    (insert(OverdueAppeal).values({**APPEAL, "first_by": 2, "last_by": 2}), "one reviewer is two"),
]
FINE = (
    insert(Hold).values([HOLD, {**ASKED, "seq": 2}]),
    insert(Extension).values([EXTENSION, {**EXTENSION, "seq": 2, "state": "refused", "waits_for": None}]),
    insert(Supervision).values([CARD, {**CARD, "seq": 2, "card": "yellow"}]),
    insert(OverdueAppeal).values({**APPEAL, "first_by": 2, "last_by": 3}),
)


@pytest.mark.parametrize("statement", [pytest.param(statement, id=why) for statement, why in NEVER])
def test_the_database_refuses(session: Session, statement: Any) -> None:
    with pytest.raises(DatabaseError):
        session.execute(statement)


def test_what_differs_in_nothing_but_the_fault_is_taken(session: Session) -> None:
    for statement in FINE:
        session.execute(statement)
