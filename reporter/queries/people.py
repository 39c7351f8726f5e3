"""Questions about people: who is behind a token, with the seats they may act for, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from reporter.domain.areas import Level
from reporter.domain.permissions import Actor, HeldSeat, Role
from reporter.domain.rulebook import Rulebook
from reporter.models.areas import Area, Seat
from reporter.models.people import LoginSession, Person
from reporter.queries.prepared import Prepared

_session, _person, _seat = LoginSession.__table__, Person.__table__, Seat.__table__
_home, _area = Area.__table__.alias("home"), Area.__table__

_CALLER = Prepared(
    select(
        _session.c.expires_at,
        _session.c.idle_minutes,
        _session.c.seen_at,
        _session.c.revoked_at,
        _person.c.id.label("person_id"),
        _person.c.name,
        _person.c.role,
        _person.c.department_id,
        _person.c.home_area_id,
        _home.c.level.label("home_level"),
        _area.c.id.label("area_id"),
        _area.c.code.label("area_code"),
        _area.c.name.label("area_name"),
        _area.c.level,
        _area.c.ladder,
        _seat.c.deputy_id,
    )
    .join_from(_session, _person, _person.c.id == _session.c.person_id)
    .outerjoin(_home, _home.c.id == _person.c.home_area_id)
    .outerjoin(_seat, or_(_seat.c.holder_id == _person.c.id, _seat.c.deputy_id == _person.c.id))
    .outerjoin(_area, _area.c.id == _seat.c.area_id)
    .where(_session.c.token_hash == bindparam("token_hash"))
)

HOLDS_SEATS = frozenset({Role.LEAD, Role.DISTRICT})


def by_token(session: Session, token_hash: str) -> Sequence[Any]:
    """The login session of a token with its person: one row for each seat held, one without a seat for others."""
    return _CALLER.rows(session, {"token_hash": token_hash})


def alive(row: Any, now: datetime) -> bool:
    """Whether a login session of ``by_token`` is still good: not revoked, not expired, not idle for too long."""
    idle = row.idle_minutes is not None and (now - row.seen_at).total_seconds() > row.idle_minutes * 60
    return row.revoked_at is None and row.expires_at > now and not idle


def actor(rows: Sequence[Any], book: Rulebook) -> Actor:
    """The caller of ``by_token``'s rows, seats widest first."""
    person = rows[0]
    role = Role(person.role)
    seats = [
        HeldSeat(
            row.area_id,
            row.area_code,
            row.area_name,
            Level(row.level),
            book.rung(row.ladder, row.level).title,
            row.deputy_id == row.person_id,
        )
        for row in rows
        if row.area_id is not None and role in HOLDS_SEATS
    ]
    return Actor(
        person_id=person.person_id,
        role=role,
        name=person.name,
        seats=tuple(sorted(seats, key=lambda seat: (seat.level.rank, seat.area_code))),
        department_id=person.department_id,
        home_area_id=person.home_area_id,
        home_level=Level(person.home_level) if person.home_level else None,
    )
