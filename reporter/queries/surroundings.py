"""All that a new report asks of the database, in one statement: was it received before, which areas hold the
point, who sits on the seats of their chain, and what is open nearby.

The parts come back as JSON in one row, because a round trip costs more than any of them (tech.md 5). What they mean
is asked of ``domain/areas.py``, ``domain/routing.py`` and ``domain/duplicates.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Float,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from reporter.db import UTCDateTime
from reporter.domain.areas import CHAIN_LEVELS, Found, Level, Occupant, Seat
from reporter.domain.coordinates import Point, box_around
from reporter.domain.duplicates import Known
from reporter.domain.rulebook import Rulebook
from reporter.models.areas import Area, AreaShape, Leave
from reporter.models.areas import Seat as SeatRow
from reporter.models.people import Person
from reporter.models.points import OpenPoint
from reporter.models.tickets import Report, Ticket
from reporter.queries.areas import held_by, volunteers
from reporter.queries.portable import rows_as_json
from reporter.queries.prepared import Prepared
from reporter.queries.spatial import covers, in_box

MOST_NEARBY = 50  # a storm fills a crossing with reports; the nearest of the newest are enough to choose from


@dataclass(frozen=True, slots=True)
class Vicinity:
    """Where to look for what is open already: ``metres`` around the point, received ``since`` (aware UTC)."""

    metres: float
    since: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """``holding``: the fine areas that hold the point. ``near``: open tickets, newest first, at most MOST_NEARBY."""

    received_before: bool
    holding: Sequence[Found]
    near: Sequence[Known]
    _seats: dict[int, Seat]
    _lineages: dict[int, Sequence[int]]

    def chain_of(self, area_id: int) -> list[Seat]:
        """The seats from the city down to one of the areas that hold the point."""
        return [self._seats[seat_id] for seat_id in self._lineages[area_id]]


def look(
    session: Session,
    book: Rulebook,
    point: Point,
    vicinity: Vicinity | None,
    *,
    submitter_id: int,
    client_request_id: str,
    external_no: str | None,
    now: datetime,
    today: date,
) -> Outlook:
    """Ask everything at once. ``vicinity`` None: what is open nearby is nobody's business (a sensitive matter)."""
    given: dict[str, Any] = {
        "lng": point.lng,
        "lat": point.lat,
        "today": today,
        "now": now,
        "submitter_id": submitter_id,
        "client_request_id": client_request_id,
        "external_no": external_no,
        "counting": book.caps_load,
    }
    if vicinity is not None:
        given.update(_box(point, vicinity))
    (row,) = (_EVERYTHING if vicinity else _ALL_BUT_NEAR).rows(session, given)
    return Outlook(
        received_before=bool(row.received_before),
        holding=[Found(found[0], found[1], Level(found[2]), found[3]) for found in row.holding],
        near=[_known(book, *found) for found in (row.near if vicinity else ())],
        _seats={found[0]: _seat(book, *found) for found in row.seats},
        _lineages={found[0]: [area_id for area_id in found[4:] if area_id is not None] for found in row.holding},
    )


def open_nearby(
    session: Session, book: Rulebook, point: Point, vicinity: Vicinity, *, submitter_id: int
) -> list[Known]:
    """Only what is open nearby, for who asks before reporting."""
    given = {"submitter_id": submitter_id, **_box(point, vicinity)}
    ((near,),) = _NEAR.rows(session, given)
    return [_known(book, *found) for found in near]


def _box(point: Point, vicinity: Vicinity) -> dict[str, Any]:
    west, south, east, north = box_around(point, vicinity.metres)
    return {"west": west, "south": south, "east": east, "north": north, "since": vicinity.since}


def _seat(
    book: Rulebook,
    area_id: int,
    code: str,
    name: str,
    level: str,
    ladder: str,
    prefix: str | None,
    synthetic: int,
    holder_id: int | None,
    holder: str,
    holder_away: int,
    deputy_id: int | None,
    deputy: str,
    deputy_away: int,
    load: int | None,
) -> Seat:
    return Seat(
        area_id,
        code,
        name,
        Level(level),
        book.rung(ladder, level).title,
        Occupant(holder_id, holder, bool(holder_away)) if holder_id else None,
        Occupant(deputy_id, deputy, bool(deputy_away)) if deputy_id else None,
        prefix,
        bool(synthetic),
        load or 0,
    )


def _known(
    book: Rulebook,
    number: str,
    category_code: str,
    category_id: int,
    lng: float,
    lat: float,
    accuracy_m: float,
    received_at: str,
    status: str,
    joins: int,
    building_id: int | None,
) -> Known:
    category = book.category_by_id(category_id)
    at = datetime.fromisoformat(received_at)  # SQLite writes UTC without saying so
    return Known(
        number=number,
        category=category_code,
        kinds=book.look_alikes.kinds(category.code, category.look_alike),
        point=Point(lng, lat),
        accuracy_m=accuracy_m,
        received_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        status=status,
        joins=joins,
        building_id=building_id,
    )


# ---------------------------------------------------------------- the statement, built once

_area, _shape, _seats = Area.__table__, AreaShape.__table__, SeatRow.__table__
_holder, _deputy = Person.__table__.alias("holder"), Person.__table__.alias("deputy")
_leave, _report = Leave.__table__, Report.__table__
_ticket, _point = Ticket.__table__, OpenPoint.__table__
_now = bindparam("now", type_=UTCDateTime)


def _number(name: str) -> Any:
    return bindparam(name, type_=Float(53))


def _away(person: Any) -> Any:
    return exists().where(_leave.c.person_id == person.c.id, _leave.c.starts_at <= _now, _leave.c.ends_at > _now)


def _statement(*, near: bool) -> Select[*tuple[Any, ...]]:
    lineage = [f"{level.value}_id" for level in CHAIN_LEVELS]
    today = bindparam("today", type_=Date)
    holding = (
        select(_area.c.id, _area.c.code, _area.c.level, _shape.c.size, *[_area.c[name] for name in lineage])
        .join_from(_shape, _area, _area.c.id == _shape.c.area_id)
        .where(
            _shape.c.fine,
            covers(_shape.c.geom, _number("lng"), _number("lat")),
            _area.c.valid_from <= today,
            or_(_area.c.valid_to.is_(None), _area.c.valid_to > today),
        )
        .cte("holding")
        .prefix_with("MATERIALIZED")  # SQLite would look the point up again for every level of the lineage
    )
    ids = union(*[select(holding.c[name]) for name in lineage])
    seats = (
        select(
            rows_as_json(
                _area.c.id,
                _area.c.code,
                _area.c.name,
                _area.c.level,
                _area.c.ladder,
                _area.c.ticket_prefix,
                _area.c.synthetic,
                _holder.c.id,
                _holder.c.name,
                _away(_holder),
                _deputy.c.id,
                _deputy.c.name,
                _away(_deputy),
                case((and_(bindparam("counting", type_=Boolean), volunteers(_area.c.level)), held_by(_area.c.id))),
            )
        )
        .outerjoin_from(_area, _seats, _seats.c.area_id == _area.c.id)
        .outerjoin(_holder, _holder.c.id == _seats.c.holder_id)
        .outerjoin(_deputy, _deputy.c.id == _seats.c.deputy_id)
        .where(_area.c.id.in_(ids))
    )
    held = select(rows_as_json(*[holding.c[name] for name in ("id", "code", "level", "size", *lineage)]))
    mine = _report.c.submitter_id == bindparam("submitter_id", type_=BigInteger)
    before = or_(
        exists().where(mine, _report.c.client_request_id == bindparam("client_request_id", type_=String)),
        exists().where(mine, _report.c.external_no == bindparam("external_no", type_=String)),
    )
    parts = [
        before.label("received_before"),
        held.scalar_subquery().label("holding"),
        seats.scalar_subquery().label("seats"),
    ]
    if near:
        parts.append(_near().scalar_subquery().label("near"))
    return select(*parts)


def _near() -> Select[*tuple[Any, ...]]:
    """Open tickets in the box that are neither sensitive nor about the caller."""
    columns = (
        _ticket.c.number,
        _ticket.c.category_code,
        _ticket.c.category_id,
        _ticket.c.lng,
        _ticket.c.lat,
        _ticket.c.accuracy_m,
        _ticket.c.received_at,
        _ticket.c.status,
        _ticket.c.joins,
        _ticket.c.building_id,
    )
    close = (
        select(_point.c.ticket_id)
        .where(in_box(_point.c.geom, *map(_number, ("west", "south", "east", "north"))))
        .cte("close")
        .prefix_with("MATERIALIZED")  # by place first: by time there may be a storm's tickets to look through
    )
    newest = (
        select(*columns)
        .join_from(close, _ticket, _ticket.c.id == close.c.ticket_id)
        .where(
            ~_ticket.c.sensitive,
            _ticket.c.received_at >= bindparam("since", type_=UTCDateTime),
            or_(
                _ticket.c.about_person_id.is_(None),
                _ticket.c.about_person_id != bindparam("submitter_id", type_=BigInteger),
            ),
        )
        .order_by(_ticket.c.received_at.desc())
        .limit(MOST_NEARBY)
        .subquery("newest")
    )
    return select(rows_as_json(*newest.c))


_EVERYTHING = Prepared(_statement(near=True))
_ALL_BUT_NEAR = Prepared(_statement(near=False))
_NEAR = Prepared(_near())
