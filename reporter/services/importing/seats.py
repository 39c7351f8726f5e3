"""Imports who holds which seat: people by their key, accounts without a password, holders and deputies."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, update

from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.importing import seats as rules
from reporter.domain.importing.areas import StandingArea
from reporter.domain.importing.cells import Table, rows_of
from reporter.domain.importing.findings import Findings
from reporter.domain.permissions import Role
from reporter.models.areas import Seat
from reporter.models.imports import PersonKey
from reporter.models.people import Account, Person
from reporter.queries import importing as standing
from reporter.queries.importing import StandingPerson
from reporter.services.importing.batch import Plan
from reporter.services.unit_of_work import UnitOfWork

TOUCHES = "tree"
WIDE = (Level.CITY, Level.DISTRICT)  # whoever sits here is not a lead of a neighbourhood but looks after a district


def plan(uow: UnitOfWork, table: Table) -> Plan:
    """What the table of seats would change; seats it does not name stay as they are."""
    findings = Findings(table.word)
    staff = rules.staff(rows_of(table, rules.COLUMNS, findings, rules.IGNORED), findings)
    areas = standing.areas(uow.session, {seat.area_code for seat in staff.seats})
    usable = [seat for seat in staff.seats if _can_have_a_seat(seat, areas, findings)]
    people = _People(uow, staff.people, usable, areas, findings)
    people.compare()
    now_held = standing.seats(uow.session, [areas[seat.area_code].id for seat in usable])
    names = standing.person_names(uow.session, {one for pair in now_held.values() for one in pair if one})
    new, moved = [], []
    for seat in usable:
        area = areas[seat.area_code]
        before = now_held.get(area.id)
        after = (people.id_of(seat.holder), people.id_of(seat.deputy))
        if before is None:
            new.append(seat)
            findings.new(seat.line, f"{area.code} {area.name} {_shown(seat)}")
        elif before != after:
            moved.append(seat)
            was = " / ".join(names[one] if one else "空缺" for one in before)
            findings.changed(seat.line, f"{area.code} {area.name} {was} → {_shown(seat)}")
        else:
            findings.unchanged += 1
    findings.absent = standing.seat_count(uow.session) - len(now_held)

    def write() -> None:
        people.write()
        rows = [people.seat(seat) for seat in new]
        if rows:
            uow.session.execute(insert(Seat), rows)
        for seat in moved:
            values = people.seat(seat)
            uow.session.execute(update(Seat).where(Seat.area_id == values["area_id"]).values(values))

    return Plan("seats", TOUCHES, findings, write)


def _can_have_a_seat(seat: rules.GivenSeat, areas: Mapping[str, StandingArea], findings: Findings) -> bool:
    area = areas.get(seat.area_code)
    if area is None:
        findings.problem(seat.line, "area_code", f"没有 {seat.area_code} 这个区域")
    elif area.valid_to:
        findings.problem(seat.line, "area_code", f"{seat.area_code} 已从 {area.valid_to} 起停用")
    elif area.level not in CHAIN_LEVELS:
        findings.problem(seat.line, "area_code", f"{seat.area_code}（{area.level.value}）没有岗位")
    else:
        return True
    return False


def _shown(seat: rules.GivenSeat) -> str:
    return " / ".join(person.name if person else "空缺" for person in (seat.holder, seat.deputy))


@dataclass
class _People:
    """The people of a table against those who are known. ``new_ids``: made when they are written."""

    uow: UnitOfWork
    given: Mapping[str, rules.GivenPerson]
    seats: list[rules.GivenSeat]
    areas: Mapping[str, StandingArea]
    findings: Findings

    def compare(self) -> None:
        keys = self.given.keys()
        usernames = {one.username or one.key for one in self.given.values()}
        known = standing.people(self.uow.session, keys, usernames)
        self._by_key = {one.key: one for one in known if one.key}
        self._by_username = {one.username: one for one in known if one.username}
        self._wide = self._home_areas()
        self._known: dict[str, StandingPerson] = {}
        self._ids: dict[str, int] = {}
        self._new: list[rules.GivenPerson] = []
        self._changes: list[rules.GivenPerson] = []
        for person in self.given.values():
            self._compare(person)

    def _home_areas(self) -> dict[str, int]:
        """Key → the district or city that somebody looks after."""
        return {
            person.key: self.areas[seat.area_code].id
            for seat in self.seats
            for person in (seat.holder, seat.deputy)
            if person and self.areas[seat.area_code].level in WIDE
        }

    def _role(self, key: str) -> Role:
        return Role.DISTRICT if key in self._wide else Role.LEAD

    def _compare(self, person: rules.GivenPerson) -> None:
        by_key = self._by_key.get(person.key)
        by_username = self._by_username.get(person.username or person.key)
        if by_key and by_username and by_key.id != by_username.id:
            self._problem(person, "username", f"用户名 {by_username.username} 是另一个人（{by_username.name}）的")
            return
        known = by_key or by_username
        if known is None:
            self._new.append(person)
            self.findings.new(person.line, f"人员 {person.key} {person.name}")
            return
        self._known[person.key], self._ids[person.key] = known, known.id
        if known.key and known.key != person.key and person.key != person.username:
            self._problem(person, "key", f"{known.name} 的编号是 {known.key}，不是 {person.key}")
        elif known.role != self._role(person.key).value:
            self._problem(
                person, "key", f"{known.name} 的身份是 {known.role}，这个岗位要 {self._role(person.key).value}"
            )
        elif person.username and known.username and person.username != known.username:
            self._problem(person, "username", f"{known.name} 的用户名是 {known.username}，用户名不改")
        else:
            self._note_changes(person, known)

    def _note_changes(self, person: rules.GivenPerson, known: StandingPerson) -> None:
        differing = [
            f"{what} {before or '无'} → {after}"
            for what, before, after in (
                ("姓名", known.name, person.name),
                ("用户名", known.username, person.username or known.username),
                ("编号", known.key, known.key if person.key == person.username else person.key),
            )
            if before != after
        ]
        if differing:
            self._changes.append(person)
            self.findings.changed(person.line, f"人员 {person.key} {'；'.join(differing)}")

    def _problem(self, person: rules.GivenPerson, field: str, sentence: str) -> None:
        self.findings.problem(person.line, field, sentence)

    def id_of(self, person: rules.GivenPerson | None) -> int | str | None:
        """The id; the key of somebody who is not in the database yet, which equals no id."""
        return self._ids.get(person.key, person.key) if person else None

    def seat(self, seat: rules.GivenSeat) -> dict[str, int | None]:
        """The row of a seat, once everybody is written."""
        return {
            "area_id": self.areas[seat.area_code].id,
            "holder_id": self._ids[seat.holder.key] if seat.holder else None,
            "deputy_id": self._ids[seat.deputy.key] if seat.deputy else None,
        }

    def write(self) -> None:
        session = self.uow.session
        rows = [
            Person(
                name=person.name,
                role=self._role(person.key).value,
                home_area_id=self._wide.get(person.key),
                created_at=self.uow.now,
            )
            for person in self._new
        ]
        session.add_all(rows)
        session.flush()  # keys, accounts and seats refer to people
        self._ids.update({person.key: row.id for person, row in zip(self._new, rows, strict=True)})
        for person in self._changes:
            session.get_one(Person, self._ids[person.key]).name = person.name
        for person in (*self._new, *self._changes):
            known = self._known.get(person.key)
            if person.username and not (known and known.username):
                session.add(Account(username=person.username, person_id=self._ids[person.key]))
            if person.key != person.username and not (known and known.key):
                session.add(PersonKey(key=person.key, person_id=self._ids[person.key]))
        session.flush()
