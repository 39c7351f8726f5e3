"""Puts the demo into a database: areas, seats, people, departments, accounts, and what to try.

Generated rows say ``synthetic``; loading again adds nothing. Progress goes to a callable, so that a
person sees it and a test does not.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from reporter.db import continue_numbering
from reporter.demo import people
from reporter.demo.district import generate
from reporter.demo.partition import area as size_of
from reporter.demo.rows import AreaRow, District
from reporter.demo.spec import DistrictSpec, read_divisions, read_specs
from reporter.domain.areas import CHAIN_LEVELS, FINE_LEVELS, CodeRule, Level, fits
from reporter.domain.permissions import Role
from reporter.models.areas import Area, AreaShape, Compound, CompoundGrid, Department, Leave, Seat
from reporter.models.areas import CodeRule as CodeRuleRow
from reporter.models.people import Account, DemoHint, Person
from reporter.services import seeding

Progress = Callable[[str], None]

DEMO_STREETS = ("420106015", "420102007")  # 南湖街道, and 西马街道 of another district with other limits
LEAVE_LASTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Loaded:
    areas: int
    seats: int
    people: int


def load(session: Session, now: datetime, progress: Progress, streets: Collection[str] = DEMO_STREETS) -> Loaded:
    """Load the demo once. ``now``: when leaves begin and people appear, aware UTC."""
    if session.scalar(select(func.count()).select_from(Area)):
        return Loaded(0, 0, 0)
    progress("规则：类别、时限、日历")
    since = seeding.seed_rules(session, now.date())
    divisions = read_divisions()
    towns = []
    for spec in read_specs().values():
        progress(f"区域：{spec.code}")
        towns.append(
            (spec, generate(spec, divisions, streets=[code for code in streets if code.startswith(spec.code)]))
        )
    writer = _Writer(session, now, since)
    for spec, district in towns:
        writer.add_areas(spec, district)
    progress("岗位和人员")
    for spec, district in towns:
        writer.add_people(spec, district)
    continue_numbering(session, Area, Compound, Person)
    policies = seeding.read("policy.json")
    session.flush()  # local limits refer to areas
    seeding.load_policies(session, policies["policies"], since)
    seeding.load_local_limits(session, policies["limits"], since)
    _accounts(session, now, towns, writer)
    return Loaded(len(writer.ids), writer.seats, len(writer.person_ids))


class _Writer:
    """Writes rows in bulk with ids of its own, because tens of thousands of them are loaded at once."""

    def __init__(self, session: Session, now: datetime, since: Any):
        self._session = session
        self._now = now
        self._since = since
        self.ids: dict[str, int] = {}
        self.lineage: dict[str, dict[str, int]] = {}
        self.person_ids: dict[str, int] = {}
        self.departments: dict[tuple[str, str], int] = {}
        self.seats = 0
        self._rules = {
            rule.level: CodeRule(Level(rule.level), rule.length) for rule in session.scalars(select(CodeRuleRow))
        }

    def add_areas(self, spec: DistrictSpec, district: District) -> None:
        rows, shapes = [], []
        for row in district.areas:
            if row.code in self.ids:
                continue  # the city is in every district's output
            rows.append(self._area(spec, row))
            if row.ring:
                shapes.append(_shape(self.ids[row.code], row))
        self._session.execute(insert(Area), rows)
        self._session.execute(insert(AreaShape), shapes)
        compounds, memberships = self._compounds(district)
        if compounds:
            self._session.execute(insert(Compound), compounds)
            self._session.execute(insert(CompoundGrid), memberships)
        seeding.load_departments(self._session, self.ids[spec.code])
        self._session.flush()  # people refer to departments
        mine = select(Department).where(Department.district_id == self.ids[spec.code])
        for department in self._session.scalars(mine):
            self.departments[(spec.code, department.code)] = department.id

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

    def _compounds(self, district: District) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        first = (self._session.scalar(select(func.max(Compound.id))) or 0) + 1
        compounds, memberships = [], []
        for compound_id, row in enumerate(district.compounds, start=first):
            compounds.append(
                {
                    "id": compound_id,
                    "code": row.code,
                    "name": row.name,
                    "community_id": self.ids[row.community_code],
                    "gate_lng": row.gate[0],
                    "gate_lat": row.gate[1],
                    "synthetic": row.synthetic,
                }
            )
            memberships += [{"compound_id": compound_id, "grid_id": self.ids[code]} for code in row.grid_codes]
        return compounds, memberships

    def add_people(self, spec: DistrictSpec, district: District) -> None:
        seats = people.seats_for(district.areas, spec, spec.seed)
        persons = [row for row in people.people_for(seats, district.areas, spec) if row.key not in self.person_ids]
        first = len(self.person_ids) + 1
        self.person_ids.update({row.key: first + index for index, row in enumerate(persons)})
        wide = {
            seat.holder for seat in seats for level in (self._level(seat.area_code),) if level in ("city", "district")
        }
        self._session.execute(
            insert(Person),
            [
                {
                    "id": self.person_ids[row.key],
                    "name": row.name,
                    "role": (Role.DISTRICT if row.key in wide else Role.LEAD).value,
                    "synthetic": True,
                    "created_at": self._now,
                }
                for row in persons
            ],
        )
        known = set(self._session.scalars(select(Seat.area_id)))
        new = [seat for seat in seats if self.ids[seat.area_code] not in known]
        self._session.execute(
            insert(Seat),
            [
                {
                    "area_id": self.ids[seat.area_code],
                    "holder_id": self.person_ids[seat.holder] if seat.holder else None,
                    "deputy_id": self.person_ids[seat.deputy] if seat.deputy else None,
                }
                for seat in new
            ],
        )
        away = {self.person_ids[seat.holder] for seat in new if seat.on_leave and seat.holder}
        if away:
            self._session.execute(
                insert(Leave),
                [
                    {"person_id": one, "starts_at": self._now - timedelta(days=1), "ends_at": self._now + LEAVE_LASTS}
                    for one in sorted(away)
                ],
            )
        self.seats += len(new)

    def _level(self, code: str) -> str:
        return next(key for key in reversed(self.lineage[code])).removesuffix("_id")

    def person(self, name: str, role: Role, **more: Any) -> int:
        row = Person(name=name, role=role.value, synthetic=True, created_at=self._now, **more)
        self._session.add(row)
        self._session.flush()  # the account refers to the person
        return row.id


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


def _accounts(session: Session, now: datetime, towns: Sequence[tuple[DistrictSpec, District]], writer: _Writer) -> None:
    """The accounts of the demo, and a line each about what to try."""
    script = seeding.read("demo_accounts.json")
    for rank, row in enumerate(script["accounts"]):
        person_id = _demo_person(session, row, writer)
        if person_id is not None:
            session.add(Account(username=row["username"], person_id=person_id))
        session.add(
            DemoHint(username=row["username"], rank=rank, area_code=row.get("area"), what_to_try=row["what_to_try"])
        )
    for rank, (username, code, text) in enumerate(_story(script, towns), start=len(script["accounts"])):
        session.add(DemoHint(username=username, rank=rank, area_code=code, what_to_try=text))


def _demo_person(session: Session, row: dict[str, Any], writer: _Writer) -> int | None:
    """The holder of a seat for ``seat`` accounts; else a person of its own."""
    if "seat" in row:
        holder = session.scalar(select(Seat.holder_id).where(Seat.area_id == writer.ids[row["seat"]]))
        if row["role"] == Role.DISTRICT.value and holder is not None:
            session.get_one(Person, holder).home_area_id = writer.ids[row["area"]]
        return holder
    more: dict[str, Any] = {}
    if row["role"] == Role.DEPARTMENT.value:
        more["department_id"] = writer.departments[(row["area"], row["department"])]
    elif "area" in row:
        more["home_area_id"] = writer.ids[row["area"]]
    return writer.person(row["name"], Role(row["role"]), **more)


def _story(script: dict[str, Any], towns: Iterable[tuple[DistrictSpec, District]]) -> Iterable[tuple[str, str, str]]:
    """Seats that the stories name: those at the gate, and the showcase of vacancies and leaves."""
    for spec, district in towns:
        for name, gate in district.notes["gates"].items():
            place = {"compound": name, "lng": gate.point[0], "lat": gate.point[1]}
            for level in ("neighbourhood", "building", "grid"):
                code = getattr(gate, level)
                yield f"seat:{code}", code, script["gate"][level].format(**place)
        if spec.showcase_street is None:
            continue
        seats = people.seats_for(district.areas, spec, spec.seed)
        for name, example in people.showcase(district, seats, spec).items():
            if name not in script["showcase"]:
                continue  # the gates are told above
            text = script["showcase"][name].format(lng=example.point[0], lat=example.point[1])
            yield f"seat:{example.area_code}", example.area_code, text
