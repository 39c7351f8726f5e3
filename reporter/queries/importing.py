"""What an import compares a file with: areas and shapes by code, categories in force, people by key, days."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from reporter.domain.areas import CHAIN_LEVELS, CodeRule, Level
from reporter.domain.importing.areas import StandingArea
from reporter.domain.importing.catalogue import StandingCategory, StandingCondition
from reporter.domain.working_time import Limit, Unit
from reporter.models import catalogue as tables
from reporter.models.areas import Area, AreaShape, Seat
from reporter.models.areas import CodeRule as CodeRuleRow
from reporter.models.imports import PersonKey
from reporter.models.people import Account, Person
from reporter.models.tickets import Ticket

AT_ONCE = 5000  # values in one IN: both databases bound what a statement may carry
EXCLAVES = "exclaves"  # attribute of an area: rings of its further parts, beside the one in ``area_shape``

T = TypeVar("T")

_parent = aliased(Area)


def _portions(values: Iterable[T]) -> Iterator[list[T]]:
    ordered = list(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


# ---------------------------------------------------------------- areas


def code_rules(session: Session) -> tuple[dict[Level, CodeRule], dict[Level, Level | None]]:
    """How codes are made, and which level lies above which."""
    rows = session.scalars(select(CodeRuleRow)).all()
    return (
        {Level(row.level): CodeRule(Level(row.level), row.length) for row in rows},
        {Level(row.level): Level(row.parent_level) if row.parent_level else None for row in rows},
    )


def areas(session: Session, codes: Collection[str]) -> dict[str, StandingArea]:
    """Areas of these codes, open or ended."""
    found = {}
    for portion in _portions(codes):
        rows = session.execute(
            select(Area, _parent.code).outerjoin(_parent, _parent.id == Area.parent_id).where(Area.code.in_(portion))
        )
        found.update({area.code: _standing(area, parent_code) for area, parent_code in rows})
    return found


def _standing(area: Area, parent_code: str | None) -> StandingArea:
    return StandingArea(
        id=area.id,
        code=area.code,
        name=area.name,
        level=Level(area.level),
        parent_code=parent_code,
        ladder=area.ladder,
        households=area.households,
        ticket_prefix=area.ticket_prefix,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
    )


def children(session: Session, parent_codes: Collection[str]) -> list[StandingArea]:
    """Areas without an end directly below these."""
    found = []
    for portion in _portions(parent_codes):
        rows = session.execute(
            select(Area, _parent.code)
            .join(_parent, _parent.id == Area.parent_id)
            .where(_parent.code.in_(portion), Area.valid_to.is_(None))
        )
        found += [_standing(area, parent_code) for area, parent_code in rows]
    return found


@dataclass(frozen=True, slots=True)
class StandingShape:
    """``wkb``: one polygon as extended WKB; ``exclaves``: rings of further parts, lng and lat in WGS-84."""

    wkb: bytes
    exclaves: Sequence[Sequence[Sequence[Sequence[float]]]]


def shapes(session: Session, area_ids: Collection[int]) -> dict[int, StandingShape]:
    """The polygons of areas that have one."""
    found = {}
    for portion in _portions(area_ids):
        rows = session.execute(
            select(AreaShape.area_id, AreaShape.geom, Area.attributes)
            .join(Area, Area.id == AreaShape.area_id)
            .where(AreaShape.area_id.in_(portion))
        )
        for area_id, geom, attributes in rows:
            wkb = bytes.fromhex(geom.data) if isinstance(geom.data, str) else bytes(geom.data)
            found[area_id] = StandingShape(wkb, (attributes or {}).get(EXCLAVES, []))
    return found


def open_tickets(session: Session, area: StandingArea) -> int:
    """Tickets not ended yet that lie in an area or are held by its seat."""
    inside = [getattr(Ticket, f"{area.level.value}_id") == area.id] if area.level in CHAIN_LEVELS else []
    mine = or_(Ticket.holder_area_id == area.id, Ticket.accountable_area_id == area.id, *inside)
    return session.scalar(select(func.count()).select_from(Ticket).where(Ticket.ended_at.is_(None), mine)) or 0


def lineages(session: Session, codes: Collection[str]) -> dict[str, dict[str, int | None]]:
    """Code → the ``*_id`` columns of an area."""
    columns = [getattr(Area, f"{level.value}_id") for level in CHAIN_LEVELS]
    found = {}
    for portion in _portions(codes):
        for code, *ids in session.execute(select(Area.code, *columns).where(Area.code.in_(portion))):
            found[code] = {f"{level.value}_id": one for level, one in zip(CHAIN_LEVELS, ids, strict=True)}
    return found


# ---------------------------------------------------------------- catalogue


def categories(session: Session) -> list[StandingCategory]:
    """The categories without an end, with the resolve limits that hold everywhere."""
    limits: dict[int, tables.ConditionLimit] = {
        row.condition_id: row
        for row in session.scalars(
            select(tables.ConditionLimit).where(
                tables.ConditionLimit.kind == "resolve",
                tables.ConditionLimit.area_id.is_(None),
                tables.ConditionLimit.valid_to.is_(None),
            )
        )
    }
    conditions: dict[int, list[StandingCondition]] = {}
    for row in session.scalars(select(tables.Condition).order_by(tables.Condition.no)):
        limit = limits.get(row.id)
        conditions.setdefault(row.category_id, []).append(
            StandingCondition(
                id=row.id,
                text=row.text,
                close_condition=row.close_condition,
                resolve=Limit(limit.value, Unit(limit.unit)) if limit else None,
                resolve_id=limit.id if limit else None,
                resolve_since=limit.valid_from if limit else None,
            )
        )
    return [
        StandingCategory(
            id=row.id,
            code=row.code,
            code_system=row.code_system,
            name=row.name,
            major_name=row.major_name,
            department_hint=row.department_hint,
            valid_from=row.valid_from,
            conditions=conditions.get(row.id, []),
        )
        for row in session.scalars(select(tables.Category).where(tables.Category.valid_to.is_(None)))
    ]


def limits_of(session: Session, condition_ids: Collection[int]) -> list[tables.ConditionLimit]:
    """The limits without an end of these conditions, of every area and kind."""
    found: list[tables.ConditionLimit] = []
    for portion in _portions(condition_ids):
        found += session.scalars(
            select(tables.ConditionLimit).where(
                tables.ConditionLimit.condition_id.in_(portion), tables.ConditionLimit.valid_to.is_(None)
            )
        )
    return found


# ---------------------------------------------------------------- seats


@dataclass(frozen=True, slots=True)
class StandingPerson:
    id: int
    name: str
    role: str
    key: str | None
    username: str | None


def people(session: Session, keys: Collection[str], usernames: Collection[str]) -> list[StandingPerson]:
    """People whom a key or a user name means."""
    ids: set[int] = set()
    for portion in _portions(keys):
        ids.update(session.scalars(select(PersonKey.person_id).where(PersonKey.key.in_(portion))))
    for portion in _portions(usernames):
        ids.update(session.scalars(select(Account.person_id).where(Account.username.in_(portion))))
    found = []
    for some in _portions(sorted(ids)):
        rows = session.execute(
            select(Person.id, Person.name, Person.role, PersonKey.key, Account.username)
            .outerjoin(PersonKey, PersonKey.person_id == Person.id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(Person.id.in_(some))
        )
        found += [StandingPerson(*row) for row in rows]
    return found


def seats(session: Session, area_ids: Collection[int]) -> dict[int, tuple[int | None, int | None]]:
    """Area → its holder and deputy, where there is a seat."""
    found: dict[int, tuple[int | None, int | None]] = {}
    for portion in _portions(area_ids):
        rows = session.execute(select(Seat.area_id, Seat.holder_id, Seat.deputy_id).where(Seat.area_id.in_(portion)))
        found.update({area_id: (holder, deputy) for area_id, holder, deputy in rows})
    return found


def seat_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Seat)) or 0


def person_names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for portion in _portions(ids):
        rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(portion)))
        found.update({row.id: row.name for row in rows})
    return found


# ---------------------------------------------------------------- calendar


def days(session: Session) -> dict[date, tuple[str, str | None]]:
    """Every known day: its kind and name."""
    rows: Any = session.execute(select(tables.CalendarDay.day, tables.CalendarDay.kind, tables.CalendarDay.name))
    return {day: (kind, name) for day, kind, name in rows}
