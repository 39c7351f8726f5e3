"""A district with ten thousand tickets, for looking at plans: made by SQL in a few seconds.

Ten thousand tickets over ten weeks, nine in ten of them closed, in two grids and another district; five
thousand areas with shapes beside the city; a message and a photo for each of many.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event, select, text

from reporter.db import session_for
from reporter.models.tickets import Ticket
from tests.service import Service
from tests.services.inside import copy_ticket
from tests.world import AT_HOME, AT_XIMA_HOME, IN_GRID_A_ONLY, IN_GRID_B_ONLY

COPIES = 2500  # of each of four tickets

# One minute-spaced past for all, then nine in ten closed; columns alike on both databases.
_SHIFT = {
    "postgresql": "received_at - id * interval '10 minutes'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', received_at, '-' || (id * 10) || ' minutes')",
}
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})"
_POINT = {"postgresql": "ST_SetSRID(ST_MakePoint({0}), 4326)", "sqlite": "MakePoint({0}, 4326)"}
_SHAPE = {
    "postgresql": "ST_MakeEnvelope({0}, {1}, {0} + 0.0005, {1} + 0.0005, 4326)",
    "sqlite": "BuildMbr({0}, {1}, {0} + 0.0005, {1} + 0.0005, 4326)",
}


def fill(service: Service) -> None:
    """Put the crowd into a small district."""
    rider = service.as_("rider")
    for point, category in (
        (AT_HOME, "LL0107"),
        (IN_GRID_A_ONLY, "BJ0123"),
        (IN_GRID_B_ONLY, "BJ0305"),
        (AT_XIMA_HOME, "LL0107"),
    ):
        rider.report(point, category=category)
    service.work()
    service.clock.present += timedelta(minutes=1)
    dialect = service.engine.dialect.name
    with session_for(service.engine, writes=True) as session:
        for ticket_id in session.scalars(select(Ticket.id).order_by(Ticket.id)).all():
            copy_ticket(session, ticket_id, COPIES)
        for statement in _statements(dialect):
            session.execute(text(statement))
    with service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _statements(dialect: str) -> list[str]:
    """The crowd's other rows, and what became of most tickets; nothing in them comes from outside."""
    shape = _SHAPE[dialect].format("(113 + (n % 100) * 0.001)", "(29 + (n / 100) * 0.001)")
    elsewhere = "113 + (ticket_id % 100) * 0.001, 29 + (ticket_id / 100) * 0.001"
    areas = "SELECT 100000 + n, 'X' || n, 'X', 'grid', 1, 'standard', {0}, '{{}}', '2025-01-01' FROM numbers"
    shapes = "SELECT 100000 + n, 'grid', {0}, 1, {1} FROM numbers"
    true = "true" if dialect == "postgresql" else "1"
    return [
        f"UPDATE ticket SET received_at = {_SHIFT[dialect]}",  # noqa: S608
        "UPDATE ticket SET status = 'closed', closed_at = received_at, ended_at = received_at, solved_at = received_at,"
        " holder_area_id = NULL, holder_department_id = NULL, holder_level = NULL WHERE id % 10 <> 0",
        "UPDATE hop SET ended_at = started_at WHERE ticket_id % 10 <> 0 AND ended_at IS NULL",
        "UPDATE clock SET stopped_at = started_at, run_at = NULL WHERE ticket_id % 10 <> 0",
        f"{_NUMBERS.format(5000)} INSERT INTO area (id, code, name, level, parent_id, ladder, synthetic, attributes,"
        f" valid_from) {areas.format(true)}",
        f"{_NUMBERS.format(5000)} INSERT INTO area_shape (area_id, level, fine, size, geom)"
        f" {shapes.format(true, shape)}",
        f"{_NUMBERS.format(5000)} INSERT INTO person (id, name, role, synthetic, created_at)"  # noqa: S608
        f" SELECT 100000 + n, 'X', 'lead', {true}, '2025-01-01' FROM numbers",
        f"{_NUMBERS.format(5000)} INSERT INTO seat (area_id, holder_id, deputy_id)"  # noqa: S608
        " SELECT 100000 + n, 100000 + n, CASE WHEN n % 10 = 0 THEN 100000 + n % 5000 + 1 END FROM numbers",
        f"{_NUMBERS.format(5000)} INSERT INTO login_session"  # noqa: S608
        " (token_hash, person_id, created_at, expires_at, seen_at)"
        " SELECT 'X' || n, 100000 + n, '2025-01-01', '2099-01-01', '2025-01-01' FROM numbers",
        "UPDATE report SET submitter_id = CASE WHEN ticket_id % 50 = 0 THEN ticket_id / 50 % 34 + 1"
        " ELSE 100001 + ticket_id % 5000 END",
        # as many open elsewhere as a city has, so that looking at all of them does not pay
        f"UPDATE open_point SET geom = {_POINT[dialect].format(elsewhere)} WHERE ticket_id % 10 <> 0",  # noqa: S608
        f"UPDATE ticket_point SET geom = {_POINT[dialect].format(elsewhere)} WHERE ticket_id % 10 <> 0",  # noqa: S608
        "INSERT INTO message (ticket_id, event_seq, person_id, text, data, state, created_at, attempts)"
        " SELECT id, 500, CASE WHEN id % 100 = 0 THEN 25 ELSE id % 20 + 1 END, '{number}', '{\"number\": \"n\"}',"
        " 'sent', received_at, 1 FROM ticket",
        "INSERT INTO photo (id, uploader_id, state, media_type, bytes, width, height, sha256, created_at, attempts)"
        " SELECT 'photo-' || id, id % 25 + 1, 'ready', 'image/jpeg', 1, 1, 1, 'x', received_at, 1 FROM ticket",
    ]


class Recorder:
    """The statements of an engine with their values, and the plan of each."""

    def __init__(self, service: Service):
        self._engine = service.engine
        self._seen: list[tuple[str, Any]] = []

    def __enter__(self) -> "Recorder":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: Any) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Connection, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        self._seen.append((statement, values))

    def plan_of(self, fragment: str) -> str:
        """The plan of the only statement with this fragment."""
        ((statement, values),) = [seen for seen in self._seen if fragment in " ".join(seen[0].split())]
        explain = "EXPLAIN " if self._engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(explain + statement, values).all()
            connection.rollback()
        return "\n".join(str(row[-1]) for row in rows)
