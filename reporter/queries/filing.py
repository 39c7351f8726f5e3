"""Writes a new ticket with everything that belongs to it, and gives it its number.

One function with two bodies under one contract test (tests/queries/test_filing.py): on PostgreSQL a single statement
takes all rows as one JSON document, because a round trip costs more than a row (tech.md 5); elsewhere one insert a
table. Both lock the day's counter until the transaction ends, so that no number is given twice (``domain.md`` 2.3).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Integer, Table, bindparam, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from reporter.db import Base
from reporter.models.clocks import Clock, ClockTick
from reporter.models.counters import TicketCounter
from reporter.models.messages import Message
from reporter.models.points import OpenPoint, TicketPoint
from reporter.models.tickets import Event, Hop, Report, Ticket
from reporter.queries import prepared

Row = dict[str, Any]
Part = Report | Hop | Clock | ClockTick | Event


@dataclass(frozen=True, slots=True)
class Series:
    """Which counter numbers a ticket: the district's prefix, the local day, and how many digits at least."""

    prefix: str
    day: date
    digits: int


@dataclass(frozen=True, slots=True)
class Filing:
    """A ticket that is ready to be written; none of its rows has been. ``messages`` are rows of the table."""

    series: Series
    ticket: Ticket
    report: Report
    hops: Sequence[Hop]
    clocks: Sequence[Clock]
    ticks: Sequence[ClockTick]
    event: Event
    messages: Sequence[Row]


def write(session: Session, filing: Filing) -> None:
    """Write it all; the ticket then has its ``id`` and ``number``, the report its ``id``, the rest the ticket's id.

    Raises IntegrityError when the report's key was used meanwhile; the transaction is then lost.
    """
    rows = {
        Ticket: [_row(filing.ticket)],
        Report: [_row(filing.report)],
        Hop: [_row(hop) for hop in filing.hops],
        Clock: [_row(clock) for clock in filing.clocks],
        ClockTick: [_row(tick) for tick in filing.ticks],
        Event: [_row(filing.event)],
        Message: [{**_DEFAULTS[Message], **row, "event_seq": filing.event.seq} for row in filing.messages],
    }
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    write_rows = _in_one_statement if on_postgresql else _table_by_table
    filing.ticket.id, filing.ticket.number, filing.report.id = write_rows(session, filing.series, rows)
    parts: Iterable[Part] = (filing.report, *filing.hops, *filing.clocks, *filing.ticks, filing.event)
    for part in parts:
        part.ticket_id = filing.ticket.id


Rows = dict[type[Base], list[Row]]

_PARTS: tuple[type[Base], ...] = (Report, Hop, Clock, ClockTick, Event, Message)
_MODELS: tuple[type[Base], ...] = (Ticket, *_PARTS)
_GIVEN_BY_US = {"ticket_id"}  # known only once the ticket is written
# what the database makes, and what no ticket has when it is filed
_MADE_HERE: dict[type[Base], set[str]] = {
    Ticket: {
        "id",
        "number",
        "responded_at",
        "taken_at",
        "guarded_at",
        "solved_at",
        "solver_hop",
        "solved_on_time",
        "overdue_at",
        "closed_at",
        "ended_at",
        "cause",
        "plan",
        "effect",
        "hold_until",
        "reply_due_at",
        "parent_id",
        "merged_into_id",
    },
    Report: {"id"},
    Message: {"id", "read_at", "whistle_event_id"},
}


def _columns(model: type[Base]) -> list[Column[Any]]:
    left_out = _MADE_HERE.get(model, set()) | _GIVEN_BY_US
    table: Any = model.__table__
    return [column for column in table.columns if column.name not in left_out]


def _default(column: Column[Any]) -> Any:
    """What a column holds when nobody says anything: the model's scalar default, an empty list or object, or NULL."""
    if column.default is None:
        return None
    value: Any = column.default.arg  # type: ignore[attr-defined]
    return value(None) if callable(value) else value


_COLUMNS: dict[type[Base], list[Column[Any]]] = {model: _columns(model) for model in _MODELS}
_DEFAULTS = {model: {column.name: _default(column) for column in columns} for model, columns in _COLUMNS.items()}


def _row(instance: Base) -> Row:
    """What is stored of a row that no session has seen; the defaults become the instance's own, as a flush does."""
    given = instance.__dict__
    row = {name: given.get(name, default) for name, default in _DEFAULTS[type(instance)].items()}
    given.update(row)
    return row


# ---------------------------------------------------------------- one statement


def _insert_part(model: type[Base]) -> str:
    """An insert of the rows of one table out of the document, beside the ticket's id."""
    name, names = model.__tablename__, ",".join(column.name for column in _COLUMNS[model])
    return (
        f"{name}_ AS (INSERT INTO {name} (ticket_id,{names})"  # noqa: S608 — names of our own models
        f" SELECT filed.id,{_parts(model)} FROM filed,given,jsonb_populate_recordset(NULL::{name}, rows->'{name}') p"
        f"{' RETURNING id' if model is Report else ''})"
    )


def _parts(model: type[Base]) -> str:
    return ",".join(f"p.{column.name}" for column in _COLUMNS[model])


def _one_statement() -> str:
    names = ",".join(column.name for column in _COLUMNS[Ticket])
    number = (
        "%(prefix)s || to_char(%(day)s::date, 'YYYYMMDD')"
        " || lpad(counted.last::text, greatest(%(digits)s, length(counted.last::text)), '0')"
    )
    parts = [
        "given AS MATERIALIZED (SELECT %(rows)s::jsonb AS rows)",
        "counted AS (INSERT INTO ticket_counter (prefix, day, last) VALUES (%(prefix)s, %(day)s, 1)"
        " ON CONFLICT (prefix, day) DO UPDATE SET last = ticket_counter.last + 1 RETURNING last)",
        f"filed AS (INSERT INTO ticket (number,{names}) SELECT {number},{_parts(Ticket)}"  # noqa: S608 — as above
        " FROM counted, given, jsonb_populate_recordset(NULL::ticket, rows->'ticket') p"
        " RETURNING id, number, lng, lat)",
        *[
            f"{table} AS (INSERT INTO {table} (ticket_id, geom)"  # noqa: S608 — as above
            " SELECT id, ST_SetSRID(ST_MakePoint(lng, lat), 4326) FROM filed)"
            for table in ("ticket_point", "open_point")
        ],
        *[_insert_part(model) for model in _PARTS],
    ]
    return f"WITH {', '.join(parts)} SELECT filed.id, filed.number, report_.id FROM filed, report_"  # noqa: S608


_ONE_STATEMENT = _one_statement()


def _in_one_statement(session: Session, series: Series, rows: Rows) -> tuple[int, str, int]:
    document = json.dumps({model.__tablename__: found for model, found in rows.items()}, default=_as_text)
    given = {"rows": document, "prefix": series.prefix, "day": series.day, "digits": series.digits}
    ((ticket_id, number, report_id),) = prepared.send(session.connection(), _ONE_STATEMENT, given)
    return ticket_id, number, report_id


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not for a row: {value!r}")


# ---------------------------------------------------------------- table by table


def _insert(table: Table, names: Iterable[str]) -> Any:
    return insert(table).values({name: bindparam(name) for name in names})


_counter = TicketCounter.__table__
_first = sqlite.insert(_counter).values(  # type: ignore[arg-type]
    prefix=bindparam("prefix"), day=bindparam("day"), last=bindparam("one", type_=Integer)
)
_COUNT = _first.on_conflict_do_update(
    index_elements=["prefix", "day"], set_={"last": _counter.c.last + bindparam("one", type_=Integer)}
).returning(_counter.c.last)
_PLACES = [_insert(table.__table__, ("ticket_id", "geom")) for table in (TicketPoint, OpenPoint)]  # type: ignore[arg-type]
_FILE = _insert(Ticket.__table__, ("number", *_DEFAULTS[Ticket]))  # type: ignore[arg-type]
_INSERTS = {model: _insert(model.__table__, ("ticket_id", *_DEFAULTS[model])) for model in _PARTS}  # type: ignore[arg-type]


def _table_by_table(session: Session, series: Series, rows: Rows) -> tuple[int, str, int]:
    connection = session.connection()
    last = connection.execute(_COUNT, {"prefix": series.prefix, "day": series.day, "one": 1}).scalar_one()
    number = f"{series.prefix}{series.day:%Y%m%d}{last:0{series.digits}d}"
    (ticket,) = rows[Ticket]
    ticket_id = connection.execute(_FILE, {"number": number, **ticket}).lastrowid
    point = f"SRID=4326;POINT({ticket['lng']!r} {ticket['lat']!r})"
    for place in _PLACES:
        connection.execute(place, {"ticket_id": ticket_id, "geom": point})
    (report,) = rows[Report]
    report_id = connection.execute(_INSERTS[Report], {"ticket_id": ticket_id, **report}).lastrowid
    for model in _PARTS[1:]:
        if rows[model]:
            connection.execute(_INSERTS[model], [{"ticket_id": ticket_id, **row} for row in rows[model]])
    return ticket_id, number, report_id
