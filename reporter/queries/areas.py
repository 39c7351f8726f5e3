"""Questions about the tree: what lies around a point, who sits on the seats of a chain."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Float, and_, bindparam, case, func, literal_column, null, or_, select
from sqlalchemy.orm import Session, aliased

from reporter.domain.areas import CHAIN_LEVELS, VOLUNTEER_LEVELS, Found, Level, Occupant, Seat, Surroundings
from reporter.domain.coordinates import Point, box_around, metres_a_degree
from reporter.domain.rulebook import Lineage, Rulebook
from reporter.models.areas import Area, AreaShape, Compound, Leave
from reporter.models.areas import Seat as SeatRow
from reporter.models.people import Person
from reporter.models.tickets import Ticket
from reporter.queries.prepared import Prepared
from reporter.queries.spatial import covers, in_box, metres_from, number

LINEAGE = tuple(getattr(Area, f"{level.value}_id") for level in CHAIN_LEVELS)


def containing(session: Session, point: Point, on: date, snap_m: float) -> Surroundings:
    """The fine areas that hold a point; only if none does, grids within ``snap_m`` metres and streets."""
    holding = _holding(session, point, on, _FINE)
    return Surroundings(holding=holding) if holding else beside(session, point, on, snap_m)


def beside(session: Session, point: Point, on: date, snap_m: float) -> Surroundings:
    """For a point in no fine area: grids within ``snap_m`` metres; only if there is none, streets."""
    near = near_grids(session, point, on, snap_m)
    if near:
        return Surroundings(near_grids=near)
    return Surroundings(streets=_holding(session, point, on, _STREETS))


def footprints_at(session: Session, point: Point, on: date) -> list[list[tuple[float, float]]]:
    """The footprints (rings of lng, lat) of the buildings whose patch holds a point, where they are known."""
    rows = session.scalars(
        select(Area.attributes)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(
            AreaShape.fine,
            AreaShape.level == Level.BUILDING.value,
            covers(AreaShape.geom, number(point.lng), number(point.lat)),
            _valid(on),
        )
    )
    return [row["footprint"] for row in rows if row.get("footprint")]


def _holding(session: Session, point: Point, on: date, which: Prepared) -> list[Found]:
    rows = which.rows(session, {"lng": point.lng, "lat": point.lat, "today": on})
    return [Found(row.id, row.code, Level(row.level), row.size) for row in rows]


def _around(which: Any) -> Prepared:
    """The valid areas of a condition that hold a point."""
    lng, lat = (bindparam(name, type_=Float(53)) for name in ("lng", "lat"))
    area, shape, today = Area.__table__, AreaShape.__table__, bindparam("today", type_=Date)
    return Prepared(
        select(area.c.id, area.c.code, area.c.level, shape.c.size)
        .join_from(shape, area, area.c.id == shape.c.area_id)
        .where(
            which,
            covers(shape.c.geom, lng, lat),
            area.c.valid_from <= today,
            or_(area.c.valid_to.is_(None), area.c.valid_to > today),
        )
    )


_FINE = _around(AreaShape.__table__.c.fine)
_STREETS = _around(AreaShape.__table__.c.level == literal_column(f"'{Level.STREET.value}'"))


def near_grids(session: Session, point: Point, on: date, metres: float) -> list[Found]:
    """Grids within so many metres of a point.

    Distances to the millimetre: what differs by less is a tie, and both databases must see the same ties.
    """
    scale = map(number, metres_a_degree(point.lat))
    distance = metres_from(AreaShape.geom, number(point.lng), number(point.lat), *scale)
    rows = session.execute(
        select(Area.id, Area.code, AreaShape.size, distance.label("metres"))
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(
            AreaShape.fine,
            AreaShape.level == Level.GRID.value,
            in_box(AreaShape.geom, *map(number, box_around(point, metres))),
            distance <= metres,
            _valid(on),
        )
    )
    return [Found(row.id, row.code, Level.GRID, row.size, round(row.metres, 3)) for row in rows]


def _valid(on: date) -> Any:
    return and_(Area.valid_from <= on, or_(Area.valid_to.is_(None), Area.valid_to > on))


def lineage_of(session: Session, area_id: int) -> Lineage:
    """Ids of an area and its ancestors, widest first."""
    row = session.execute(select(*LINEAGE).where(Area.id == area_id)).one()
    return [value for value in row if value is not None]


_holder, _deputy = aliased(Person), aliased(Person)


def chain_of(session: Session, area_id: int, book: Rulebook, now: datetime) -> list[Seat]:
    """The seats from the city down to an area, widest first, with who holds them at ``now``."""
    me = aliased(Area)
    mine = [getattr(me, column.key) for column in LINEAGE]
    return _seats(session, select(Area.id).join(me, Area.id.in_(mine)).where(me.id == area_id), book, now)


def seats_by_id(session: Session, area_ids: Sequence[int], book: Rulebook, now: datetime) -> list[Seat]:
    """The seats of given areas, widest first."""
    return _seats(session, area_ids, book, now)


def volunteers(level: Any) -> Any:
    """Whether a level is one of volunteers."""
    return level.in_([literal_column(f"'{one.value}'") for one in sorted(VOLUNTEER_LEVELS)])


def held_by(area_id: Any) -> Any:
    """How many tickets a seat holds: a holder has it only while it is open."""
    held = Ticket.__table__.alias("held")
    return select(func.count()).select_from(held).where(held.c.holder_area_id == area_id).scalar_subquery()


def _seats(session: Session, which: Any, book: Rulebook, now: datetime) -> list[Seat]:
    def away(person: Any) -> Any:
        return (
            select(Leave.id).where(Leave.person_id == person.id, Leave.starts_at <= now, Leave.ends_at > now).exists()
        )

    load = case((volunteers(Area.level), held_by(Area.id))) if book.caps_load else null()
    rows = session.execute(
        select(
            Area.id,
            Area.code,
            Area.name,
            Area.level,
            Area.ladder,
            Area.ticket_prefix,
            Area.synthetic,
            _holder.id,
            _holder.name,
            away(_holder),
            _deputy.id,
            _deputy.name,
            away(_deputy),
            load,
        )
        .outerjoin(SeatRow, SeatRow.area_id == Area.id)
        .outerjoin(_holder, _holder.id == SeatRow.holder_id)
        .outerjoin(_deputy, _deputy.id == SeatRow.deputy_id)
        .where(Area.id.in_(which))
    )
    seats = []
    for (
        area_id,
        code,
        name,
        level,
        ladder,
        prefix,
        synthetic,
        holder_id,
        holder,
        holder_away,
        deputy_id,
        deputy,
        deputy_away,
        held,
    ) in rows:
        seats.append(
            Seat(
                area_id,
                code,
                name,
                Level(level),
                book.rung(ladder, level).title,
                Occupant(holder_id, holder, bool(holder_away)) if holder_id else None,
                Occupant(deputy_id, deputy, bool(deputy_away)) if deputy_id else None,
                prefix,
                synthetic,
                held or 0,
            )
        )
    return sorted(seats, key=lambda seat: seat.level.rank)


def by_code(session: Session, code: str) -> Area | None:
    return session.scalar(select(Area).where(Area.code == code))


def by_ids(session: Session, ids: Sequence[int]) -> Sequence[Area]:
    return session.scalars(select(Area).where(Area.id.in_(ids))).all()


def near_compound(session: Session, point: Point, community_id: int | None) -> Compound | None:
    """The 小区 of a community whose gate is nearest, to say where a thing is in words."""
    if community_id is None:
        return None
    rows = session.scalars(select(Compound).where(Compound.community_id == community_id)).all()
    return min(
        rows,
        key=lambda compound: (compound.gate_lng - point.lng) ** 2 + (compound.gate_lat - point.lat) ** 2,
        default=None,
    )


def children(session: Session, area_id: int) -> list[Area]:
    return list(session.scalars(select(Area).where(Area.parent_id == area_id).order_by(Area.code)))
