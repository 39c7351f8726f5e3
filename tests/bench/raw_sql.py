"""The figures of the dashboard as one would write them by hand for each database, to measure ours by.

Nothing is asked about who may see them. The conditions are those of queries/counting.py; that the numbers are equal is
checked with every measurement. Parameters are named ``:area``, ``:start``, ``:end``, ``:now``.
"""

import re
from datetime import UTC, datetime
from typing import Any

import psycopg

from reporter.db import make_engine
from reporter.domain.figures import Figure

OPEN = "status in ('reported','checking','accepted','dispatched','handling','on_hold','feedback')"
LATE = f"({OPEN} and status <> 'on_hold' and solved_at is null and due_at < :now)"
NO_WORK = "'reported','checking','not_accepted','merged','withdrawn'"
TO_HANDLE = f"status not in ({NO_WORK},'voided')"
HANDLED = f"({TO_HANDLE} and solved_at is not null)"
DUE = f"({TO_HANDLE} and (solved_at is not null or {LATE} or (status = 'closed' and overdue_at is not null)))"
DECIDED = "status not in ('reported','checking','merged','withdrawn')"
PASSED = "status = 'closed' and not closed_at_once and not forced"
RETURNED = "exists (select 1 from event where event.ticket_id = ticket.id and kind = 'returned'{})"
WRONGLY = " and data->>'reason_code' in ('not_my_area','not_my_duty','wrong_category','needs_department')"
RECEIVED = {
    Figure.RECEIVED: "status <> 'withdrawn'",
    Figure.OPEN: OPEN,
    Figure.CLOSED: "status = 'closed'",
    Figure.OVERDUE: f"{LATE} and not exempt",
    Figure.AT_RISK: f"{OPEN} and solved_at is null and due_at >= :now and exists (select 1 from clock"
    " where clock.ticket_id = ticket.id and kind = 'resolve' and stopped_at is null and at_risk_at is not null)",
    Figure.RESPONSE_DUE: "response_due_at is not null and status <> 'withdrawn'"
    " and (responded_at is not null or response_due_at < :now)",
    Figure.RESPONDED_ON_TIME: "status <> 'withdrawn' and responded_at <= response_due_at",
    Figure.HANDLING_DUE: DUE,
    Figure.HANDLED_ON_TIME: f"{DUE} and (solved_on_time or exempt)",
    Figure.HANDLED: HANDLED,
    Figure.REWORKED: f"{HANDLED} and reworks > 0",
    Figure.CLOSED_AT_ONCE: "closed_at_once",
    Figure.NOT_ACCEPTED: "status = 'not_accepted'",
    Figure.UNMERGED: "status not in ('merged','withdrawn')",
    Figure.MERGED: "status = 'merged'",
    Figure.ACCEPTED: f"status not in ({NO_WORK})",
    Figure.DECIDED: DECIDED,
    Figure.DECIDED_ON_TIME: f"{DECIDED} and (responded_at <= response_due_at or (status <> 'not_accepted'"
    " and not exists (select 1 from event where event.ticket_id = ticket.id and seq = 1"
    " and event.status in ('reported','checking'))))",
    Figure.TO_HANDLE: TO_HANDLE,
    Figure.ON_HOLD: "status = 'on_hold'",
    Figure.WENT_OVERDUE: f"{TO_HANDLE} and overdue_at is not null",
    Figure.CLOSED_HANDLED: "status = 'closed' and solved_at is not null",
    Figure.CLOSED_ON_TIME: "status = 'closed' and (exempt or (overdue_at is null"
    " and (due_at is null or closed_at <= due_at)))",
    Figure.FORCED: "status = 'closed' and forced",
    Figure.RETURNED: f"{TO_HANDLE} and {RETURNED.format('')}",
    Figure.RIGHTLY_DISPATCHED: f"{TO_HANDLE} and not {RETURNED.format(WRONGLY)}",
    Figure.VERIFIED: f"({PASSED}) or ({TO_HANDLE} and reworks > 0)",
    Figure.PASSED_FIRST: f"{PASSED} and reworks = 0 and reopened = 0",
    Figure.SELF_SOLVED: f"{HANDLED} and exists (select 1 from hop where hop.ticket_id = ticket.id"
    " and hop.seq = solver_hop and level in ('grid','building','neighbourhood'))",
}
RATED = "exists (select 1 from rating where rating.ticket_id = ticket.id)"
WORST = "(select min(grade) from rating where rating.ticket_id = ticket.id)"
SAID = "exists (select 1 from rating where rating.ticket_id = ticket.id and cast(tags as text) like '%\"{}\"%')"
CLOSED = {
    Figure.CLOSED_IN_PERIOD: "status = 'closed'",
    Figure.RATED: f"status = 'closed' and not forced and {RATED}",
    Figure.SATISFIED: f"status = 'closed' and not forced and {WORST} >= 3",
    Figure.STRICTLY_SATISFIED: f"status = 'closed' and not forced and {WORST} >= 4",
    **{Figure(f"grade_{k}"): f"status = 'closed' and not forced and {WORST} = {k}" for k in (5, 4, 3, 2, 1)},
    Figure.SOLUTION_TOLD: f"status = 'closed' and not forced"
    f" and ({SAID.format('solved')} or {SAID.format('not_solved')})",
    Figure.SOLUTION_CONFIRMED: f"status = 'closed' and not forced"
    f" and {SAID.format('solved')} and not {SAID.format('not_solved')}",
}
LOCAL_DAY = {  # China keeps one time all year, so the shift is a constant
    "postgis": "({at} at time zone 'UTC' + interval '8 hours')::date",
    "spatialite": "date({at}, '+8 hours')",
}
BELOW = {"district": "street", "street": "community"}


def group_by(kind: str, level: str, by: str, at: str) -> tuple[str, ...]:
    """The columns of a breakdown. ``level``: of the area; ``at``: the time a figure goes by."""
    return {
        "": (),
        "child": (f"{BELOW[level]}_id",),
        "category": ("category_code",),
        "holder": ("holder_area_id", "holder_department_id"),
        "day": (LOCAL_DAY[kind].format(at=at),),
    }[by]


def scans(kind: str, level: str, by: str = "") -> list[tuple[str, tuple[Figure, ...]]]:
    """Two statements, each one scan, with the figures they count in order: by receiving and by closing."""
    found = []
    for at, conditions in (("received_at", RECEIVED), ("closed_at", CLOSED)):
        groups = group_by(kind, level, by, at)
        counted = [f"count(*) filter (where {condition})" for condition in conditions.values()]
        tail = f" group by {', '.join(groups)}" if groups else ""
        found.append(
            (
                f"select {', '.join((*groups, *counted))} from ticket"
                f" where {level}_id = :area and {at} >= :start and {at} < :end{tail}",
                tuple(conditions),
            )
        )
    return found


class Raw:
    """A connection of the raw driver, which prepares what it sends."""

    def __init__(self, kind: str, url: str) -> None:
        self._on_postgis = kind == "postgis"
        self._engine = None if self._on_postgis else make_engine(url)
        self._connection: Any = (
            psycopg.connect(url, autocommit=True) if self._engine is None else self._engine.raw_connection()
        )

    def rows(self, statement: str, **given: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        if self._on_postgis:
            cursor.execute(re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement.replace("%", "%%")), given, prepare=True)
        else:
            cursor.execute(statement, {name: as_sqlite(value) for name, value in given.items()})
        return list(cursor.fetchall())

    def as_sent(self, statement: str, parameters: Any) -> list[tuple[Any, ...]]:
        """A statement exactly as SQLAlchemy sent it."""
        cursor = self._connection.cursor()
        cursor.execute(statement, parameters, **({"prepare": True} if self._on_postgis else {}))
        return list(cursor.fetchall())

    def close(self) -> None:
        self._connection.close()
        if self._engine is not None:
            self._engine.dispose()


def as_sqlite(value: Any) -> Any:
    """A time as it lies in SQLite: naive UTC with microseconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
