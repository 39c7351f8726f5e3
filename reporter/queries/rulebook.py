"""Reads everything a city has decided into one ``Rulebook`` and keeps it until its version changes."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporter.domain.areas import Level
from reporter.domain.calendar_versions import DayChange
from reporter.domain.catalogue import EmergencyWord
from reporter.domain.lifecycle import ClockKind
from reporter.domain.rulebook import Category, Condition, Department, LimitRow, PolicyRow, Prompt, Rulebook, Rung, Valid
from reporter.domain.working_time import Limit, Unit
from reporter.models import catalogue as tables
from reporter.models.areas import Department as DepartmentRow
from reporter.models.areas import DepartmentDuty, LadderStep
from reporter.models.calendars import CalendarChange
from reporter.queries import routing


class RulebookKeeper:
    """The present rulebook of this process; asks the database for its version every ``seconds``."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]):
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._present: Rulebook | None = None

    def get(self, session: Session) -> Rulebook:
        """At most one statement when nothing changed, usually none."""
        now = self._monotonic()
        present = self._present
        if present is not None and self._asked_at is not None and now - self._asked_at < self._seconds:
            return present
        with self._lock:
            version = _version(session)
            if self._present is None or self._present.version != version:
                self._present = load(session)
            self._asked_at = now
            return self._present


def _version(session: Session) -> str:
    rows = session.execute(select(tables.ReferenceVersion.name, tables.ReferenceVersion.version).order_by("name"))
    return ",".join(f"{name}:{version}" for name, version in rows)


def load(session: Session) -> Rulebook:
    """Read the whole rulebook, in eleven statements."""
    conditions: dict[int, list[Condition]] = {}
    for row in session.scalars(select(tables.Condition).order_by(tables.Condition.no)):
        conditions.setdefault(row.category_id, []).append(
            Condition(row.id, row.no, row.text, row.severity, row.guard, row.close_condition)
        )
    version = _version(session)
    matching: dict[str, Any] = {}
    policies = []
    for given in session.scalars(select(tables.PolicyValue)):
        if given.key.startswith("matching."):
            matching[given.key.removeprefix("matching.")] = given.value
        else:
            policies.append(PolicyRow(given.area_id, given.key, given.value, Valid(given.valid_from, given.valid_to)))
    return Rulebook(
        version=version,
        categories=[
            _category(row, tuple(conditions[row.id]))
            for row in session.scalars(select(tables.Category).order_by(tables.Category.code))
        ],
        limits=[
            LimitRow(
                row.condition_id,
                row.area_id,
                ClockKind(row.kind),
                Limit(row.value, Unit(row.unit)),
                row.source,
                Valid(row.valid_from, row.valid_to),
            )
            for row in session.scalars(select(tables.ConditionLimit))
        ],
        policies=policies,
        workdays={row.day: row.kind == "workday" for row in session.scalars(select(tables.CalendarDay))},
        calendar_version=next((part for part in version.split(",") if part.startswith("calendar")), "calendar:0"),
        ladders={
            (row.ladder, row.level): Rung(row.unit, row.title, row.title_en)
            for row in session.scalars(select(LadderStep))
        },
        prompts={
            row.divert: Prompt(row.divert, row.number, row.prompt, row.prompt_en)
            for row in session.scalars(select(tables.EmergencyPrompt))
        },
        words=[
            EmergencyWord(row.word, row.divert)
            for row in session.scalars(select(tables.EmergencyWord).order_by(tables.EmergencyWord.rank))
        ],
        duties={row.hint: row.department_code for row in session.scalars(select(DepartmentDuty))},
        departments={
            row.id: Department(row.id, row.district_id, row.code, row.name, row.name_en)
            for row in session.scalars(select(DepartmentRow).order_by(DepartmentRow.id))
        },
        matching=matching,
        day_changes=[
            DayChange(row.version, row.day, None if row.before is None else row.before == "workday")
            for row in session.scalars(select(CalendarChange).order_by(CalendarChange.version.desc()))
        ],
        routing_rules=routing.rules(session),
        caps_load=any(row.key == "open_cap" and row.value for row in policies),
    )


def _category(row: tables.Category, conditions: tuple[Condition, ...]) -> Category:
    emergency_first = row.first_level == "emergency"
    return Category(
        id=row.id,
        code=row.code,
        kind=row.kind,
        name=row.name,
        name_en=row.name_en,
        major_code=row.major_code,
        major_name=row.major_name,
        major_name_en=row.major_name_en,
        aliases=tuple(row.aliases),
        first_level=Level.GRID if emergency_first else Level(row.first_level),
        emergency_first=emergency_first,
        owner_level=row.owner_level,
        department_hint=row.department_hint,
        photo_required=row.photo_required,
        sensitive=row.sensitive,
        duplicate_radius_m=row.duplicate_radius_m,
        look_alike=row.look_alike,
        generic_of=row.generic_of,
        emergency_divert=row.emergency_divert,
        code_system=row.code_system,
        code_status=row.code_status,
        std_code=row.std_code,
        note=row.note,
        valid=Valid(row.valid_from, row.valid_to),
        conditions=conditions,
    )
