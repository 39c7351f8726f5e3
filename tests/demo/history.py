"""A small district with a history, as tests hold it, and its rows for comparing."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, func, select

from reporter.db import Base, session_for
from reporter.demo.history.fill import Filled, Wanted, fill
from reporter.models.clocks import Clock, ClockTick
from reporter.models.counters import TicketCounter
from reporter.models.messages import Message
from reporter.models.points import TicketPoint
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket
from tests.service import beijing

NOW = beijing("2026-10-12 15:30")  # a Monday, behind the long holiday and its makeup days
WANTED = Wanted(tickets=400, days=40, now=NOW, seed=8, still_open=160)
TABLES: tuple[type[Base], ...] = (
    Ticket,
    TicketPoint,
    Report,
    Hop,
    Clock,
    ClockTick,
    Event,
    Rating,
    Message,
    TicketCounter,
)
NUMBERED_BY_THE_DATABASE = {"report", "message"}


@dataclass
class Heard:
    """What progress said, and a clock that runs a second a question."""

    said: list[str]
    seconds: float = 0.0

    def __call__(self, text: str) -> None:
        self.said.append(text)

    def monotonic(self) -> float:
        self.seconds += 1
        return self.seconds


def filled(engine: Engine, **changes: Any) -> Filled:
    heard = Heard([])
    return fill(engine, replace(WANTED, **changes), heard, heard.monotonic)


def everything(engine: Engine, *, leaving_out: dict[str, set[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables of tickets, in order of all their columns; points as text."""
    found = {}
    with session_for(engine, writes=False) as session:
        for model in TABLES:
            name = model.__tablename__
            out = (leaving_out or {}).get(name, set()) | ({"id"} if name in NUMBERED_BY_THE_DATABASE else set())
            columns = [
                func.ST_AsText(column) if column.name == "geom" else column
                for column in model.__table__.columns
                if column.name not in out
            ]
            rows = [tuple(row) for row in session.execute(select(*columns))]
            found[name] = sorted(rows, key=repr)
    return found
