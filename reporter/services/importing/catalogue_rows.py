"""Writes what an import of a catalogue changes: limits that end and begin, categories that get a new version.

What the table does not say is kept from the version it follows, or taken from ``seeds/import_defaults.json``.
Conditions of an older version keep their limits: tickets that point at them are still being worked on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from reporter.domain.importing.catalogue import GivenCategory, GivenCondition, StandingCategory, StandingCondition
from reporter.domain.importing.defaults import Defaults
from reporter.domain.importing.limits import Bare
from reporter.models import catalogue as tables
from reporter.models.areas import DepartmentDuty
from reporter.queries import importing as standing
from reporter.services.unit_of_work import UnitOfWork

MOST_SOURCE = 120


@dataclass(frozen=True)
class Asked:
    """How a table is to be read. ``valid_from``: the first day of what changes. ``kind``: of rows that name none."""

    code_system: str
    valid_from: date
    source: str
    bare: Bare | None = None
    kind: str | None = None


class Writer:
    """What is to be written: ``new`` categories with the version they follow, ``limits`` with those they end."""

    def __init__(self, uow: UnitOfWork, asked: Asked, defaults: Defaults):
        self.uow = uow
        self.asked = asked
        self.new: list[tuple[GivenCategory, StandingCategory | None]] = []
        self.limits: list[tuple[GivenCondition, StandingCondition]] = []
        self._defaults = defaults

    def write(self) -> None:
        for condition, old in self.limits:
            if old.resolve_id is not None:
                self._end(tables.ConditionLimit, old.resolve_id)
            self._add_limit(old.id, "resolve", condition.resolve.value, condition.resolve.unit.value, self._source)
        majors = self._english_majors()
        self._add_duties()
        for category, follows in self.new:
            self._add(category, follows, majors)
        self.uow.session.flush()

    @property
    def _source(self) -> str:
        return self.asked.source[:MOST_SOURCE]

    def _end(self, table: type[tables.Category] | type[tables.ConditionLimit], row_id: int) -> None:
        self.uow.session.execute(update(table).where(table.id == row_id).values(valid_to=self.asked.valid_from))

    def _english_majors(self) -> Mapping[str, str]:
        rows = self.uow.session.execute(select(tables.Category.major_code, tables.Category.major_name_en))
        return {row.major_code: row.major_name_en for row in rows}

    def _add_duties(self) -> None:
        """Say which department a unit stands for, where nobody has said it yet."""
        known = set(self.uow.session.scalars(select(DepartmentDuty.hint)))
        for category, _ in self.new:
            department = self._defaults.department_of(category.handling_unit)
            if department and category.department_hint and category.department_hint not in known:
                known.add(category.department_hint)
                duty = DepartmentDuty(hint=category.department_hint, department_code=department)
                self.uow.session.add(duty)

    def _add(self, given: GivenCategory, follows: StandingCategory | None, majors: Mapping[str, str]) -> None:
        row = tables.Category(**self._described(given, follows, majors))
        self.uow.session.add(row)
        self.uow.session.flush()  # conditions refer to its id
        before = {one.text: one for one in follows.conditions} if follows else {}
        kept = {one.id: one for one in self._conditions_of(follows)}
        for no, condition in enumerate(given.conditions, start=1):
            old = before.get(condition.text)
            self._add_condition(row.id, no, condition, kept[old.id] if old else None)
        if follows:
            self._end(tables.Category, follows.id)

    def _described(
        self, given: GivenCategory, follows: StandingCategory | None, majors: Mapping[str, str]
    ) -> dict[str, object]:
        """The columns of a category: what the table says over what stood before over the defaults."""
        said: dict[str, object] = {
            "name": given.name,
            "major_name": given.major_name,
            "valid_from": self.asked.valid_from,
            "valid_to": None,
        }
        if given.department_hint:
            said |= {"department_hint": given.department_hint, "owner_level": self._owner(given)}
        if follows:
            old = self.uow.session.get_one(tables.Category, follows.id)
            columns = {column.name: getattr(old, column.name) for column in tables.Category.__table__.columns}
            del columns["id"]
            return columns | said
        return {
            "code": given.code,
            "kind": given.kind.kind,
            "code_system": self.asked.code_system,
            "std_code": given.std_code,
            "code_status": given.code_status,
            "major_code": given.major_code,
            "major_name_en": majors.get(given.major_code, given.major_name),
            "name_en": given.name,  # a table in Chinese has no other
            "aliases": [],
            "first_level": given.kind.first_level,
            "owner_level": given.kind.owner_level,
            "department_hint": None,
            "photo_required": given.kind.photo_required,
            "sensitive": False,
            "duplicate_radius_m": given.kind.duplicate_radius_m,
        } | said

    def _owner(self, given: GivenCategory) -> str:
        return "department" if self._defaults.department_of(given.handling_unit) else given.kind.owner_level

    def _conditions_of(self, follows: StandingCategory | None) -> list[tables.Condition]:
        if follows is None:
            return []
        mine = select(tables.Condition).where(tables.Condition.category_id == follows.id)
        return list(self.uow.session.scalars(mine))

    def _add_condition(self, category_id: int, no: int, given: GivenCondition, old: tables.Condition | None) -> None:
        """A condition of the same text keeps severity, guard, and every limit the table says nothing about."""
        urgency = self._defaults.urgency_of(given.resolve)
        row = tables.Condition(
            category_id=category_id,
            no=no,
            text=given.text,
            severity=old.severity if old else urgency.severity,
            guard=old.guard if old else urgency.severity >= self._defaults.guard_from,
            close_condition=given.close_condition,
        )
        self.uow.session.add(row)
        self.uow.session.flush()  # limits refer to its id
        self._add_limit(row.id, "resolve", given.resolve.value, given.resolve.unit.value, self._source)
        others = standing.limits_of(self.uow.session, [old.id]) if old else []
        for limit in others:
            if limit.kind != "resolve" or limit.area_id is not None:
                self._add_limit(row.id, limit.kind, limit.value, limit.unit, limit.source, limit.area_id)
        if not any(limit.kind == "response" and limit.area_id is None for limit in others):
            response = urgency.response
            self._add_limit(row.id, "response", response.value, response.unit.value, self._defaults.source)

    def _add_limit(
        self, condition_id: int, kind: str, value: int, unit: str, source: str, area_id: int | None = None
    ) -> None:
        self.uow.session.add(
            tables.ConditionLimit(
                condition_id=condition_id,
                area_id=area_id,
                kind=kind,
                value=value,
                unit=unit,
                source=source,
                valid_from=self.asked.valid_from,
            )
        )
