"""Reads the world of a history from a loaded demo, and adds the people it needs: submitters, departments' staff."""

import random
import struct
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from reporter.db import continue_numbering
from reporter.demo.history.curve import Habits
from reporter.demo.history.world import Body, Spot, World
from reporter.demo.partition import Point
from reporter.domain.permissions import Role
from reporter.domain.rulebook import Rulebook
from reporter.models.areas import Area, AreaShape, Department
from reporter.models.areas import Seat as SeatRow
from reporter.models.people import Person
from reporter.queries import areas

_NAMES = {Role.RESIDENT: "示例·居民", Role.RIDER: "示例·骑手"}
_HAS_SRID = 0x20000000  # a flag in the type of an EWKB geometry


def read(session: Session, book: Rulebook, first: date, on: date, now: datetime, submitters: Sequence[Any]) -> World:
    """Everything the lives ask, in seven statements. Seats and leaves are those of ``now``."""
    lineages, valid = {}, areas.LINEAGE
    for row in session.execute(select(Area.id, *valid).where(Area.valid_from <= on).order_by(Area.id)):
        lineages[row[0]] = tuple(one for one in row[1:] if one is not None)
    seats = areas.seats_by_id(session, select(Area.id), book, now)  # type: ignore[arg-type]
    acting = {one.person_id for seat in seats for one in (seat.holder, seat.deputy) if one}
    everybody = session.execute(select(Person.id, Person.role)).all()
    return World(
        book=book,
        on=on,
        first=first,
        seats={seat.area_id: seat for seat in seats},
        lineages=lineages,
        roles={person_id: Role(role) for person_id, role in everybody if person_id in acting},
        departments=_departments(session),
        spots=_spots(session),
        submitters=submitters,
    )


def _departments(session: Session) -> dict[tuple[int, str], Body]:
    staff: dict[int, list[int]] = {}
    who = select(Person.department_id, Person.id).where(Person.department_id.is_not(None)).order_by(Person.id)
    for department_id, person_id in session.execute(who):
        staff.setdefault(department_id or 0, []).append(person_id)
    return {
        (row.district_id, row.code): Body(row.id, row.name, tuple(staff.get(row.id, ())))
        for row in session.scalars(select(Department).order_by(Department.id))
    }


def _spots(session: Session) -> list[Spot]:
    """The smallest areas with a patch: a point in one of them belongs to it."""
    rows = session.execute(
        select(Area.id, Area.parent_id, Area.community_id, AreaShape.geom)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(AreaShape.fine)
        .order_by(Area.id)
    ).all()
    divided = {row.parent_id for row in rows}
    return [Spot(row.id, row.community_id, ring_of(row.geom)) for row in rows if row.id not in divided]


def ring_of(geom: Any) -> tuple[Point, ...]:
    """The outer ring of a polygon as either database hands it over (EWKB or WKB)."""
    data = bytes.fromhex(geom.data) if isinstance(geom.data, str) else bytes(geom.data)
    order = "<" if data[0] else ">"
    (kind,) = struct.unpack_from(f"{order}I", data, 1)
    at = 5 + (4 if kind & _HAS_SRID else 0) + 4  # behind the number of rings
    (count,) = struct.unpack_from(f"{order}I", data, at)
    numbers = struct.unpack_from(f"{order}{2 * count}d", data, at + 4)
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def submitters(session: Session, count: int, habits: Habits, since: datetime, seed: int) -> list[tuple[int, Role]]:
    """The pool of people who report: made once, the same again afterwards."""
    known = select(Person.id, Person.role).where(
        Person.synthetic, Person.role.in_([role.value for role in _NAMES]), Person.name.like("示例·% _____")
    )
    found = [(person_id, Role(role)) for person_id, role in session.execute(known.order_by(Person.id))]
    if found:
        return found
    chance = random.Random(f"{seed}/people")
    roles = [Role.RIDER if chance.random() < habits["reports"]["riders"] else Role.RESIDENT for _ in range(count)]
    session.execute(
        insert(Person),
        [
            {"name": f"{_NAMES[role]} {serial:05}", "role": role.value, "synthetic": True, "created_at": since}
            for serial, role in enumerate(roles, 1)
        ],
    )
    return [(person_id, Role(role)) for person_id, role in session.execute(known.order_by(Person.id))]


def staff_the_departments(session: Session, since: datetime) -> None:
    """Somebody on duty in every department that has nobody, so that what is sent there is done."""
    staffed = select(Person.department_id).where(Person.department_id.is_not(None))
    for department in session.scalars(
        select(Department).where(Department.id.not_in(staffed)).order_by(Department.id)
    ).all():
        session.add(
            Person(
                name=f"示例·{department.name}值班",
                role=Role.DEPARTMENT.value,
                department_id=department.id,
                synthetic=True,
                created_at=since,
            )
        )
    session.flush()  # the world reads them
    continue_numbering(session, Person)


def holders_exist(session: Session) -> bool:
    return session.scalar(select(SeatRow.area_id).where(SeatRow.holder_id.is_not(None)).limit(1)) is not None
