"""A city that runs already gets the tables of routing: its events stay, and stay as they happened."""

from sqlalchemy import insert, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from reporter.models.catalogue import PolicyValue
from reporter.models.tickets import Event, Hop
from reporter.services.migrating import downgrade, migrate
from tests.service import Service
from tests.world import AT_HOME, BEGAN, GRID_A

BEFORE = "0007"


def events(service: Service) -> list[tuple[object, ...]]:
    with Session(service.engine) as session:
        columns = (Event.ticket_id, Event.seq, Event.kind, Event.at, Event.data)
        return [tuple(row) for row in session.execute(select(*columns).order_by(Event.ticket_id, Event.seq))]


def refused(service: Service, statement: object) -> bool:
    with Session(service.engine) as session:
        try:
            session.execute(statement)  # type: ignore[call-overload]
        except DatabaseError:
            return True
        finally:
            session.rollback()
    return False


def test_down_and_up_again_keeps_what_happened_and_who_may_happen(service: Service) -> None:
    grid = service.seat(GRID_A)
    number = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
    grid.did(number, "solve", note="盖好了", photo_ids=[grid.photo()])  # a photo refers to the event
    before = events(service)
    relocated = insert(Event).values(ticket_id=1, seq=99, kind="relocated", at=BEGAN, status="closed", data={})

    downgrade(service.engine, BEFORE)
    assert (events(service), refused(service, relocated)) == (before, True)
    migrate(service.engine)
    assert (events(service), refused(service, relocated)) == (before, False)
    assert refused(service, relocated.values(kind="forgotten"))
    assert refused(service, text("DELETE FROM event"))
    with Session(service.engine) as session:
        added = {row.key: row.value for row in session.scalars(select(PolicyValue)) if row.area_id is None}
        assert session.scalars(select(Hop.decisions)).all() == [None, None], "nothing is made up for the past"
    assert (added["corrections_to_propose"], added["neighbours_m"], added["open_cap"]) == (3, 500, 0)
    moved = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
    assert service.as_("street").did(moved, "relocate", area="420106015002002")["area_code"] == "420106015002002"


def test_the_past_stays_where_a_ticket_was_relocated(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
    service.as_("street").did(number, "relocate", area="420106015002002")
    downgrade(service.engine, BEFORE)
    assert "relocated" in [row[2] for row in events(service)]
