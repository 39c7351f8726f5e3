"""What must never be of a revisit is refused by the database itself, whatever the code above it believes."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from reporter.models.revisits import Revisit, RevisitClock, RevisitEvent
from reporter.models.voices import Voice
from tests.service import Service
from tests.world import AT_HOME, BEGAN

REVISIT = {
    "id": 1, "ticket_id": 1, "rater_id": 1, "grade": 1, "state": "contacting", "seat_level": "grid", "reasons": [],
    "opened_at": BEGAN,
}  # fmt: skip
DONE = {**REVISIT, "state": "done", "done_at": BEGAN}
MALICE = {**DONE, "outcome": "malicious", "evidence": "e", "finder_id": 1, "reviewer_id": 2, "second_reviewer_id": 3}
CLOCK = {
    "revisit_id": 1, "seq": 1, "due": "contact", "limit_value": 1, "limit_unit": "work_day", "source": "x",
    "calendar_version": "x", "started_at": BEGAN, "remind_at": BEGAN, "due_at": BEGAN, "attempts": 0,
}  # fmt: skip
VOICE = {
    "id": 1, "author_id": 1, "client_request_id": "x", "area_id": 1, "heard_area_id": 1, "heard_level": "grid",
    "kind": "thanks", "text": "x", "created_at": BEGAN,
}  # fmt: skip

NEVER = [
    ("a revisit of a good grade", Revisit, [{**REVISIT, "grade": 3}]),
    ("two of one person's rating", Revisit, [REVISIT, {**REVISIT, "id": 2}]),
    ("a state nobody knows", Revisit, [{**REVISIT, "state": "lost"}]),
    ("done without a time", Revisit, [{**DONE, "outcome": "true_fixed", "done_at": None}]),
    ("done without an outcome", Revisit, [DONE]),
    ("an outcome nobody knows", Revisit, [{**DONE, "outcome": "perhaps"}]),
    ("untrue without evidence", Revisit, [{**DONE, "outcome": "untrue"}]),
    ("malice that one reviewer saw", Revisit, [{**MALICE, "second_reviewer_id": None}]),
    ("malice that one person saw twice", Revisit, [{**MALICE, "second_reviewer_id": 2}]),
    ("malice reviewed by its finder", Revisit, [{**MALICE, "reviewer_id": 1}]),
    ("a voice that is neither", Voice, [{**VOICE, "kind": "shout"}]),
    ("an answer of nobody", Voice, [{**VOICE, "answer": "x", "answered_at": BEGAN}]),
    ("one key said twice", Voice, [VOICE, {**VOICE, "id": 2}]),
]
FINE = [
    (Revisit, [REVISIT]),
    (Revisit, [{**DONE, "outcome": "untrue", "evidence": "e"}]),
    (Revisit, [MALICE]),
    (Voice, [{**VOICE, "answer": "x", "answered_at": BEGAN, "answerer_id": 1}]),
]


@pytest.fixture
def session(service: Service) -> Iterator[Session]:
    """A session on a district with one ticket, number 1."""
    service.as_("rider").report(AT_HOME, category="LL0107")
    with Session(service.engine) as session:
        yield session
        session.rollback()


def _refused(session: Session, *statements: Any) -> bool:
    savepoint = session.begin_nested()
    try:
        for statement in statements:
            session.execute(statement)
    except DatabaseError:
        return True
    finally:
        savepoint.rollback()
    return False


def test_the_database_refuses(session: Session) -> None:
    assert [what for what, table, rows in NEVER if not _refused(session, insert(table).values(rows))] == []
    running = [insert(Revisit).values(REVISIT), insert(RevisitClock).values([CLOCK, {**CLOCK, "seq": 2}])]
    assert _refused(session, *running), "two running limits of a kind"


def test_what_differs_in_nothing_but_the_fault_is_taken(session: Session) -> None:
    assert [rows for table, rows in FINE if _refused(session, insert(table).values(rows))] == []
    stopped = {**CLOCK, "seq": 2, "stopped_at": BEGAN}
    assert not _refused(
        session,
        insert(Revisit).values(REVISIT),
        insert(RevisitClock).values(CLOCK),
        insert(RevisitClock).values(stopped),
    )


def test_what_happened_to_a_revisit_cannot_be_changed_or_removed(session: Session) -> None:
    session.execute(insert(Revisit).values(REVISIT))
    session.execute(
        insert(RevisitEvent).values(revisit_id=1, seq=1, kind="opened", at=BEGAN, state="contacting", data={})
    )
    for change in ("UPDATE revisit_event SET seq = 2", "DELETE FROM revisit_event"):
        savepoint = session.begin_nested()
        with pytest.raises(DatabaseError, match="revisit_event is append-only"):
            session.execute(text(change))
        savepoint.rollback()
