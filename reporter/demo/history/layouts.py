"""Which columns of the models' tables a history fills, and with what the others are filled.

A column that the models give a default (added later, perhaps) is filled with it; a new one without a default is
refused before anything is written.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Table

from reporter.db import Base
from reporter.models.clocks import Clock, ClockTick
from reporter.models.messages import Message
from reporter.models.points import TicketPoint
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket

Row = tuple[Any, ...]


class Layout:
    """The columns of a table that are written: ``given`` ones row by row, then those with a default in the models.

    ``numbered``: the database numbers the rows. Raises TypeError for a column that nobody fills.
    """

    def __init__(self, model: type[Base], given: Sequence[str], *, numbered: bool = False):
        self.table: Table = model.__table__  # type: ignore[assignment]
        constants = []
        known = set(given) | ({column.name for column in self.table.primary_key} if numbered else set())
        for column in self.table.columns:
            if column.name in known or column.server_default is not None:
                continue
            default: Any = column.default
            if default is not None:
                value = default.arg(None) if default.is_callable else default.arg
                constants.append((column.name, _stored(value, column.type)))
            elif not column.nullable:
                raise TypeError(f"the history does not know how to fill {self.table.name}.{column.name}")
        self.columns = (*given, *(name for name, _ in constants))
        self.constants = tuple(value for _, value in constants)


def _stored(value: Any, kind: Any) -> Any:
    if isinstance(kind, JSON):
        return json.dumps(value)
    return int(value) if isinstance(value, bool) else value


# fmt: off
LAYOUTS = {
    layout.table.name: layout
    for layout in (
        Layout(
            Ticket,
            (
                "id", "number", "status", "version", "category_id", "category_code", "condition_id",
                "severity", "sensitive", "emergency", "source", "area_id", "city_id", "district_id",
                "street_id", "community_id", "grid_id", "building_id", "neighbourhood_id", "lng", "lat",
                "accuracy_m", "place_flags", "accountable_area_id", "holder_area_id",
                "holder_department_id", "holder_level", "department_id", "received_at", "due_at", "due_provisional",
                "response_due_at", "responded_at", "taken_at", "guarded_at", "solved_at", "solver_hop",
                "solved_on_time", "overdue_at", "closed_at", "ended_at", "reworks", "reopened", "joins",
                "closed_at_once", "recheck", "last_event",
            ),
        ),
        Layout(
            TicketPoint,
            ("ticket_id", "geom"),
        ),
        Layout(
            Report,
            (
                "ticket_id", "joined", "submitter_id", "client_request_id", "source", "text",
                "category_given", "raw_lng", "raw_lat", "datum", "accuracy_m", "received_at",
            ),
            numbered=True,
        ),
        Layout(
            Hop,
            (
                "ticket_id", "seq", "area_id", "department_id", "elsewhere", "level", "person_id", "via", "sent_from",
                "reasons", "started_at", "ended_at", "overdue_here", "response_missed", "decisions",
            ),
        ),
        Layout(
            Clock,
            (
                "ticket_id", "seq", "kind", "hop_seq", "limit_value", "limit_unit", "daytime_only",
                "workday_mode", "source", "calendar_version", "rules_on", "provisional", "started_at",
                "due_at", "stopped_at", "reminded_at", "at_risk_at", "overdue_at", "run_at", "attempts",
            ),
        ),
        Layout(
            ClockTick,
            ("ticket_id", "clock_seq", "seq", "tick", "at"),
        ),
        Layout(
            Event,
            (
                "ticket_id", "seq", "kind", "at", "actor_id", "actor_role", "actor_area_id", "status",
                "hop_seq", "data",
            ),
        ),
        Layout(
            Rating,
            ("ticket_id", "person_id", "grade", "first_grade", "tags", "rated_at"),
        ),
        Layout(
            Message,
            (
                "ticket_id", "event_seq", "person_id", "text", "data", "state", "created_at", "read_at",
                "attempts",
            ),
            numbered=True,
        ),
    )
}
# fmt: on
"""By table, in an order in which rows only refer to earlier ones."""
