"""Figures of tickets that have ended, added up beforehand: a year of a district is read from some hundred rows.

A ticket is *settled* when its figures can no longer change by themselves and stand in ``figure_day``. Whoever
changes a settled ticket (a rating, a reopening) first unsettles it: a correction takes off what it was counted with,
and it is counted as it is until it is settled again. So settled days + corrections + unsettled tickets are exact at
every moment, as long as they are read in one statement (``queries/figures.py``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, delete, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from reporter.db import Base
from reporter.domain.areas import Level
from reporter.domain.figures import BY_CLOSING, Figure
from reporter.domain.statuses import Status
from reporter.models.catalogue import ReferenceVersion
from reporter.models.figures import Counted, FigureCorrection, FigureDay, FigureDayCategory
from reporter.models.tickets import Ticket
from reporter.queries.counting import counts

LEVELS = (Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY)
CATEGORY_LEVELS = (Level.CITY, Level.DISTRICT, Level.STREET)  # a community's tickets are few enough to be counted
FIGURES = tuple(figure for figure in Figure if figure.value in Counted.__annotations__)
TURN = "figures"  # the row of reference_version whose lock says who is adding up


def my_turn(session: Session) -> bool:
    """Whether nobody else is adding up; holds the turn until the transaction ends."""
    turn = select(ReferenceVersion.name).where(ReferenceVersion.name == TURN).with_for_update(skip_locked=True)
    return session.scalar(turn) is not None


def ready(session: Session, now: datetime, batch: int) -> list[int]:
    """Up to ``batch`` tickets that may be settled, locked: ended, with nothing left that time alone would change.

    A matter about a person is never settled, because that person must not see it counted.
    """
    answered = or_(
        Ticket.responded_at.is_not(None),
        Ticket.response_due_at.is_(None),
        Ticket.response_due_at < now,
        Ticket.status == Status.WITHDRAWN.value,
    )
    query = (
        select(Ticket.id)
        .where(~Ticket.settled, Ticket.ended_at.is_not(None), Ticket.about_person_id.is_(None), answered)
        .order_by(Ticket.ended_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def settle(session: Session, ticket_ids: Sequence[int], now: datetime, zone: ZoneInfo) -> None:
    """Add tickets to their days, and say of each that it is in there."""
    _add(session, _contributions(session, ticket_ids, now, zone), sign=1)
    session.execute(update(Ticket).where(Ticket.id.in_(ticket_ids)).values(settled=True))


def unsettle(session: Session, ticket: Ticket, now: datetime, zone: ZoneInfo) -> None:
    """Before a settled ticket changes: note what it was counted with, to be taken off."""
    session.execute(insert(FigureCorrection), _contributions(session, [ticket.id], now, zone))
    ticket.settled = False


def fold(session: Session) -> int:
    """Take the corrections off the days they belong to; returns how many there were."""
    names = [column.name for column in FigureCorrection.__table__.columns]
    rows = [dict(zip(names, row, strict=True)) for row in session.execute(select(FigureCorrection.__table__))]
    if rows:
        _add(session, rows, sign=-1)
        session.execute(delete(FigureCorrection).where(FigureCorrection.id.in_([row["id"] for row in rows])))
    return len(rows)


def _contributions(session: Session, ticket_ids: Sequence[int], now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """What each ticket counts in, 0 or 1 for each figure, with its areas and local days."""
    figures = [case((counts(figure, now), literal(1)), else_=literal(0)).label(figure.value) for figure in FIGURES]
    areas = [getattr(Ticket, f"{level.value}_id") for level in LEVELS]
    rows = session.execute(
        select(
            Ticket.id.label("ticket_id"), Ticket.category_code, Ticket.received_at, Ticket.closed_at, *areas, *figures
        ).where(Ticket.id.in_(ticket_ids))
    )
    found = []
    for row in rows.mappings():
        closed_at = row["closed_at"]
        found.append(
            {
                **{name: value for name, value in row.items() if name not in ("received_at", "closed_at")},
                "received_day": row["received_at"].astimezone(zone).date(),
                "closed_day": closed_at.astimezone(zone).date() if closed_at else None,
            }
        )
    return found


def _add(session: Session, rows: Iterable[Mapping[str, Any]], *, sign: int) -> None:
    """Add rows to their days, in the order of the keys."""
    days: dict[tuple[int, date], dict[str, int]] = {}
    categories: dict[tuple[int, date, str], dict[str, int]] = {}
    for row in rows:
        for day, names in ((row["received_day"], _BY_RECEIVING_NAMES), (row["closed_day"], _BY_CLOSING_NAMES)):
            counted = {name: sign for name in names if row[name]}
            if not counted:
                continue
            for level in LEVELS:
                area_id = row[f"{level.value}_id"]
                if area_id is None:
                    continue
                _sum(days.setdefault((area_id, day), dict(_ZEROES)), counted)
                if level in CATEGORY_LEVELS:
                    _sum(categories.setdefault((area_id, day, row["category_code"]), dict(_ZEROES)), counted)
    _upsert(session, FigureDay, ("area_id", "day"), days)
    _upsert(session, FigureDayCategory, ("area_id", "day", "category_code"), categories)


def _sum(into: dict[str, int], counted: Mapping[str, int]) -> None:
    for name, value in counted.items():
        into[name] += value


def _upsert(
    session: Session, model: type[Base], keys: Sequence[str], sums: Mapping[tuple[Any, ...], Mapping[str, int]]
) -> None:
    if not sums:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model)
    added: dict[str, ColumnElement[Any]] = {
        name: getattr(model, name) + getattr(statement.excluded, name) for name in _ZEROES
    }
    session.execute(
        statement.on_conflict_do_update(index_elements=list(keys), set_=added),
        [{**dict(zip(keys, key, strict=True)), **sums[key]} for key in sorted(sums)],
    )


_ZEROES = {figure.value: 0 for figure in FIGURES}
_BY_CLOSING_NAMES = tuple(figure.value for figure in FIGURES if figure in BY_CLOSING)
_BY_RECEIVING_NAMES = tuple(figure.value for figure in FIGURES if figure not in BY_CLOSING)
