"""Puts the rows of demo districts into a database: areas with their shapes, places, seats and the people on them.

Several districts share one city, its seat and its holder, which are written once. Rows go through ``bulk.py`` with ids
of our own.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporter.db import continue_numbering
from reporter.demo import bulk, people
from reporter.demo.partition import area as size_of
from reporter.demo.people import PersonRow, SeatRow
from reporter.demo.rows import AreaRow, District
from reporter.demo.spec import DistrictSpec
from reporter.domain.areas import CHAIN_LEVELS, FINE_LEVELS, CodeRule, Level, fits
from reporter.domain.permissions import Role
from reporter.models.areas import Area, AreaShape, Compound, CompoundGrid, Department, Leave, Seat, Station
from reporter.models.areas import CodeRule as CodeRuleRow
from reporter.models.people import Person
from reporter.services import seeding

WIDE_LEVELS = (Level.CITY, Level.DISTRICT)
LEAVE_LASTS = timedelta(days=90)


class Writer:
    """Writes districts one after the other; ``finish`` lets the database's own numbers go on behind ours."""

    def __init__(self, session: Session, now: datetime, since: date):
        self._session = session
        self._now = now
        self._since = since
        self.ids: dict[str, int] = {}  # of areas, by code
        self.lineage: dict[str, dict[str, int]] = {}
        self.person_ids: dict[str, int] = {}
        self.departments: dict[tuple[str, str], int] = {}  # by the codes of district and department
        self.stations = 0
        self._seated: set[int] = set()
        self._compounds_before = 0
        self._rules = {
            rule.level: CodeRule(Level(rule.level), rule.length) for rule in session.scalars(select(CodeRuleRow))
        }

    def add_areas(self, spec: DistrictSpec, district: District) -> None:
        """Areas, shapes, 小区, stations and departments. ValueError for a code that breaks its rule."""
        new = [row for row in district.areas if row.code not in self.ids]  # the city is in every district's output
        bulk.write(self._session, Area, [self._area(spec, row) for row in new])
        bulk.write(self._session, AreaShape, [_shape(self.ids[row.code], row) for row in new if row.ring])
        self._add_compounds(district)
        self._add_stations(district)
        seeding.load_departments(self._session, self.ids[spec.code])
        self._session.flush()  # people refer to departments
        mine = select(Department).where(Department.district_id == self.ids[spec.code])
        for department in self._session.scalars(mine):
            self.departments[(spec.code, department.code)] = department.id

    def add_people(self, spec: DistrictSpec, district: District) -> list[SeatRow]:
        """Seats, everybody on them, and who is on leave; the areas must have been added. Returns all seats."""
        seats = people.seats_for(district.areas, spec, spec.seed)
        top = {row.code for row in district.areas if row.level in WIDE_LEVELS}
        wide = {seat.holder for seat in seats if seat.area_code in top}
        self._add_persons(people.people_for(seats, district.areas, spec), wide)
        new = [seat for seat in seats if self.ids[seat.area_code] not in self._seated]
        self._seated.update(self.ids[seat.area_code] for seat in new)
        bulk.write(
            self._session,
            Seat,
            [
                {
                    "area_id": self.ids[seat.area_code],
                    "holder_id": self.person_ids[seat.holder] if seat.holder else None,
                    "deputy_id": self.person_ids[seat.deputy] if seat.deputy else None,
                }
                for seat in new
            ],
        )
        since, until = self._now - timedelta(days=1), self._now + LEAVE_LASTS
        away = sorted({self.person_ids[seat.holder] for seat in new if seat.on_leave and seat.holder})
        bulk.write(self._session, Leave, [{"person_id": one, "starts_at": since, "ends_at": until} for one in away])
        return seats

    @property
    def seats(self) -> int:
        return len(self._seated)

    def finish(self) -> None:
        continue_numbering(self._session, Area, Compound, Person, Station)

    def _area(self, spec: DistrictSpec, row: AreaRow) -> dict[str, Any]:
        if not fits(row.code, row.parent_code, self._rules[row.level]):
            raise ValueError(f"{row.code} is no code of a {row.level} below {row.parent_code}")
        area_id = len(self.ids) + 1
        self.ids[row.code] = area_id
        above = self.lineage[row.parent_code] if row.parent_code else {}
        own = {f"{row.level}_id": area_id} if Level(row.level) in CHAIN_LEVELS else {}
        self.lineage[row.code] = {**above, **own}
        return {
            "id": area_id,
            "code": row.code,
            "name": row.name,
            "level": row.level,
            "parent_id": self.ids[row.parent_code] if row.parent_code else None,
            "ladder": row.ladder,
            "households": row.households,
            "ticket_prefix": spec.number_prefix if row.code == spec.code else None,
            "synthetic": row.synthetic,
            "attributes": {**row.attributes, "seed": row.seed, "generator": row.generator_version},
            "valid_from": self._since,
            **{f"{level.value}_id": self.lineage[row.code].get(f"{level.value}_id") for level in CHAIN_LEVELS},
        }

    def _add_compounds(self, district: District) -> None:
        numbered = list(enumerate(district.compounds, start=self._compounds_before + 1))
        self._compounds_before += len(numbered)
        bulk.write(
            self._session,
            Compound,
            [
                {
                    "id": compound_id,
                    "code": row.code,
                    "name": row.name,
                    "community_id": self.ids[row.community_code],
                    "gate_lng": row.gate[0],
                    "gate_lat": row.gate[1],
                    "synthetic": row.synthetic,
                }
                for compound_id, row in numbered
            ],
        )
        served = [(compound_id, self.ids[code]) for compound_id, row in numbered for code in row.grid_codes]
        bulk.write(self._session, CompoundGrid, [{"compound_id": one, "grid_id": grid} for one, grid in served])

    def _add_stations(self, district: District) -> None:
        first = self.stations + 1
        self.stations += len(district.stations)
        bulk.write(
            self._session,
            Station,
            [
                {
                    "id": station_id,
                    "code": row.code,
                    "name": row.name,
                    "community_id": self.ids[row.community_code],
                    "lng": row.point[0],
                    "lat": row.point[1],
                    "synthetic": row.synthetic,
                }
                for station_id, row in enumerate(district.stations, start=first)
            ],
        )

    def _add_persons(self, rows: Sequence[PersonRow], wide: Collection[str | None]) -> None:
        """``wide``: keys of those who look after a whole district or more."""
        new = [row for row in rows if row.key not in self.person_ids]
        self.person_ids.update({row.key: number for number, row in enumerate(new, start=len(self.person_ids) + 1)})
        bulk.write(
            self._session,
            Person,
            [
                {
                    "id": self.person_ids[row.key],
                    "name": row.name,
                    "role": (Role.DISTRICT if row.key in wide else Role.LEAD).value,
                    "synthetic": True,
                    "created_at": self._now,
                }
                for row in new
            ],
        )


def _shape(area_id: int, row: AreaRow) -> dict[str, Any]:
    ring = row.ring or ()
    points = ", ".join(f"{lng!r} {lat!r}" for lng, lat in ring)
    return {
        "area_id": area_id,
        "level": row.level,
        "fine": Level(row.level) in FINE_LEVELS,
        "size": abs(size_of(ring[:-1])),
        "geom": f"SRID=4326;POLYGON(({points}))",
    }
