"""What must never be of a whistle is refused by the database itself; its migration keeps what was there."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from reporter.db import make_engine, session_for
from reporter.models.areas import Department
from reporter.models.messages import Message
from reporter.models.photos import Photo
from reporter.models.whistles import Whistle, WhistleCall, WhistleEvent
from reporter.services.migrating import downgrade, migrate
from tests.service import Service
from tests.whistles.callers import HERE, blown, did
from tests.world import AT_HOME, BEGAN

MESSAGE = {
    "event_seq": 9, "person_id": 1, "text": "x", "data": {}, "created_at": BEGAN, "attempts": 0, "state": "waiting",
}  # fmt: skip
PHOTO = {
    "id": "p", "uploader_id": 1, "state": "ready", "media_type": "image/jpeg", "bytes": 1, "width": 1, "height": 1,
    "sha256": "x", "created_at": BEGAN, "attempts": 0,
}  # fmt: skip
EVENT = {"whistle_id": 1, "seq": 9, "kind": "noted", "at": BEGAN, "status": "blown", "data": {}}
CALL = {
    "whistle_id": 1, "is_lead": False, "status": "called", "limit_value": 1, "limit_unit": "work_hour",
    "calendar_version": "x", "provisional": False, "sign_in_due_at": BEGAN, "on_site": False, "attempts": 0,
}  # fmt: skip
GRADES = {"attended": 5, "solved": 5, "attitude": 5}


@pytest.fixture
def session(service: Service) -> Iterator[Session]:
    """A session on a district with one whistle, number 1: the lead has come, the helper has not; and one ticket."""
    service.as_("rider").report(AT_HOME, category="LL0107")
    number = blown(service.as_("street"))["number"]
    did(service.as_("department"), number, "sign_in", location=HERE)
    with Session(service.engine) as session:
        yield session
        session.rollback()


def _lead(**changes: Any) -> Any:
    return update(WhistleCall).where(WhistleCall.is_lead).values(**changes)


def _helper(**changes: Any) -> Any:
    return update(WhistleCall).where(~WhistleCall.is_lead).values(**changes)


NEVER = {
    "a whistle of no kind": update(Whistle).values(kind="party"),
    "of no status": update(Whistle).values(status="lost"),
    "of nobody's turn while open": update(Whistle).values(turn="nobody"),
    "somebody's turn although it ended": update(Whistle).values(status="closed", ended_at=BEGAN),
    "ended without time": update(Whistle).values(status="closed", turn="nobody"),
    "one key twice": insert(Whistle).from_select(
        [column.name for column in Whistle.__table__.c if column.name not in ("id", "number")] + ["number"],
        select(*[column for column in Whistle.__table__.c if column.name not in ("id", "number")], text("'x'")),
    ),
    "two leads": _helper(is_lead=True),
    "one unit twice": insert(WhistleCall).from_select(
        [column.name for column in WhistleCall.__table__.c],
        select(*WhistleCall.__table__.c).where(~WhistleCall.is_lead),
    ),
    "came without time": _helper(status="signed_in"),
    "a time without having come": _helper(signed_in_at=BEGAN, distance_m=1),
    "came from nowhere": _lead(distance_m=None),
    "a no-show without time": _helper(status="no_show"),
    "feedback without words": _lead(status="fed_back", fed_back_at=BEGAN),
    "rated without grades": _lead(status="rated", rated_at=BEGAN),
    "graded and not rated": _lead(**GRADES),
    "half a rating": _lead(status="rated", rated_at=BEGAN, attended=5, solved=5),
    "grade 6": _lead(status="rated", rated_at=BEGAN, **{**GRADES, "attitude": 6}),
    "an event of no kind": insert(WhistleEvent).values({**EVENT, "kind": "forgotten"}),
    "two events in one place": insert(WhistleEvent).values({**EVENT, "seq": 1}),
    "a message of nothing": insert(Message).values(MESSAGE),
    "a message of both": insert(Message).values({**MESSAGE, "ticket_id": 1, "whistle_event_id": 1}),
    "a message of an event that never was": insert(Message).values({**MESSAGE, "whistle_event_id": 999}),
    "one event told twice": insert(Message).values([{**MESSAGE, "whistle_event_id": 1}] * 2),
    "a photo of both": insert(Photo).values({**PHOTO, "ticket_id": 1, "event_seq": 1, "whistle_event_id": 1}),
    "what happened changed": update(WhistleEvent).values(seq=WhistleEvent.seq + 50),
    "what happened removed": text("DELETE FROM whistle_event"),
}


def test_the_database_refuses(session: Session) -> None:
    """All in one database: each is rolled back, so none can spoil the next."""
    assert [name for name, statement in NEVER.items() if not _refused(session, statement)] == []


def test_what_differs_in_nothing_but_the_fault_is_taken(session: Session) -> None:
    other = session.scalar(select(Department.id).where(Department.id.not_in(select(WhistleCall.department_id))))
    for statement in (
        update(Whistle).values(status="closed", turn="nobody", ended_at=BEGAN),
        insert(WhistleCall).values({**CALL, "department_id": other}),
        _helper(status="no_show", no_show_at=BEGAN),
        _lead(status="fed_back", fed_back_at=BEGAN, feedback="x"),
        _lead(status="rated", rated_at=BEGAN, **GRADES),
        insert(WhistleEvent).values(EVENT),
        insert(Message).values({**MESSAGE, "whistle_event_id": 1}),
        insert(Message).values({**MESSAGE, "ticket_id": 1}),
        insert(Photo).values({**PHOTO, "whistle_event_id": 1}),
        insert(Photo).values({**PHOTO, "ticket_id": 1, "event_seq": 1}),
    ):
        assert not _refused(session, statement), statement


def _refused(session: Session, statement: Any) -> bool:
    savepoint = session.begin_nested()
    try:
        session.execute(statement)
    except DatabaseError:
        return True
    finally:
        savepoint.rollback()
    return False


def test_a_running_city_goes_back_and_forth_and_keeps_what_is_its_own(database_url: str) -> None:
    """Down and up with tickets' messages and their deliveries in it; what a policy of whistles says comes back."""
    service = Service(database_url, "unused")
    service.as_("rider").report(AT_HOME, category="LL0107")
    blown(service.as_("street"))
    service.work()
    service.close()
    engine = make_engine(database_url)
    kept = "SELECT count(*) FROM message WHERE ticket_id IS NOT NULL"
    with session_for(engine, writes=False) as session:
        before = session.scalar(text(kept))
    downgrade(engine, "0007")
    with session_for(engine, writes=True) as session:
        assert session.scalar(text("SELECT count(*) FROM message")) == before
        savepoint = session.begin_nested()
        with pytest.raises(DatabaseError):  # a message belongs to a ticket again
            session.execute(text("UPDATE message SET ticket_id = NULL"))
        savepoint.rollback()
        assert session.scalar(text("SELECT count(*) FROM policy WHERE key LIKE 'sign_in%'")) == 0
    migrate(engine)
    engine.dispose()
    again = Service(database_url, "unused")
    assert blown(again.as_("street"), kind="resource")["calls"][0]["limit"] == {"value": 3, "unit": "work_day"}
    with session_for(again.engine, writes=False) as session:
        assert session.scalar(text(kept)) == before
    again.close()
