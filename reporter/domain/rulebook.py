"""What a city has decided, as one value: catalogue, limits, policies, calendar and ladders.

Read from the tables by ``queries/rulebook.py`` and kept in memory until a version changes. Every
question takes the day it is asked for, because rows have validity dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from reporter.domain import catalogue
from reporter.domain.areas import Level
from reporter.domain.calendar_versions import Calendars, DayChange
from reporter.domain.errors import UnknownCategory, UnknownCondition, sentence
from reporter.domain.lifecycle import ClockKind
from reporter.domain.look_alikes import LookAlikes, longest_window_h
from reporter.domain.policy import Policy, policy_from
from reporter.domain.routing_rules import RoutingRule
from reporter.domain.working_time import Calendar, Limit, wall_seconds


@dataclass(frozen=True, slots=True)
class Valid:
    """Half-open validity: from ``start`` until before ``end``."""

    start: date
    end: date | None = None

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Condition:
    """立案条件 of a category."""

    id: int
    no: int
    text: str
    severity: int
    guard: bool
    close_condition: str


@dataclass(frozen=True, slots=True)
class Category:
    """``first_level`` is a level of the chain; ``emergency_first`` marks what begins with a phone call."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    major_code: str
    major_name: str
    major_name_en: str
    aliases: tuple[str, ...]
    first_level: Level
    emergency_first: bool
    owner_level: str
    department_hint: str | None
    photo_required: bool
    sensitive: bool
    duplicate_radius_m: int
    look_alike: str | None
    generic_of: str | None
    emergency_divert: str | None
    code_system: str
    code_status: str
    std_code: str | None
    note: str | None
    valid: Valid
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class LimitRow:
    condition_id: int
    area_id: int | None
    kind: ClockKind
    limit: Limit
    source: str
    valid: Valid


@dataclass(frozen=True, slots=True)
class PolicyRow:
    area_id: int | None
    key: str
    value: Any
    valid: Valid


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an emergency shows first: a number to call and what to do."""

    divert: str
    number: str
    prompt: str
    prompt_en: str


@dataclass(frozen=True, slots=True)
class Department:
    """A body that does the work in a district: 水务, 电力, 城管 …"""

    id: int
    district_id: int
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Rung:
    """A level in one ladder: what the unit and its leader are called."""

    unit: str
    title: str
    title_en: str


Lineage = Sequence[int]
"""Ids of an area and its ancestors, widest first."""


@dataclass(frozen=True)
class Rulebook:
    version: str
    categories: Sequence[Category]
    limits: Sequence[LimitRow]
    policies: Sequence[PolicyRow]
    workdays: Mapping[date, bool]
    calendar_version: str
    ladders: Mapping[tuple[str, str], Rung]
    prompts: Mapping[str, Prompt]
    words: Sequence[catalogue.EmergencyWord]
    duties: Mapping[str, str]
    departments: Mapping[int, Department]
    matching: Mapping[str, Any] = field(default_factory=dict)
    day_changes: Sequence[DayChange] = ()  # newest first
    routing_rules: Sequence[RoutingRule] = ()
    caps_load: bool = False  # whether volunteers are capped anywhere: only then are their open tickets counted

    @cached_property
    def _by_code(self) -> dict[str, list[Category]]:
        in_order = sorted(self.categories, key=lambda category: category.code)
        return {code: list(versions) for code, versions in groupby(in_order, key=lambda category: category.code)}

    @cached_property
    def _by_id(self) -> dict[int, Category]:
        return {category.id: category for category in self.categories}

    @cached_property
    def _limits(self) -> dict[tuple[int, ClockKind], list[LimitRow]]:
        found: dict[tuple[int, ClockKind], list[LimitRow]] = {}
        for row in self.limits:
            found.setdefault((row.condition_id, row.kind), []).append(row)
        return found

    @cached_property
    def index(self) -> catalogue.Index:
        """The words of the catalogue, ready to suggest from: of each category its present version."""
        current = [category for category in self.categories if category.valid.end is None]
        entries = [
            catalogue.Entry(
                code=category.code,
                name=category.name,
                kind=category.kind,
                aliases=category.aliases,
                look_alike=category.look_alike,
            )
            for category in current
        ]
        return catalogue.Index(
            entries,
            fallback_code=self.matching["fallback"],
            threshold=self.matching["suggest_threshold"],
            generics={category.generic_of: category.code for category in current if category.generic_of},
            traditional=self.matching["traditional"],
        )

    def category(self, code: str, on: date) -> Category:
        """Raises UnknownCategory, naming the field ``category``."""
        for category in self._by_code.get(code, ()):
            if category.valid.on(on):
                return category
        raise UnknownCategory(fields={"category": sentence("没有这个类别")})

    def category_by_id(self, category_id: int) -> Category:
        return self._by_id[category_id]

    @property
    def fallback_code(self) -> str:
        """The category of what nobody classified yet (其他)."""
        return str(self.matching["fallback"])

    def condition(self, category: Category, no: int | None, lineage: Lineage, on: date) -> Condition:
        """The condition asked for, or the strictest one: highest severity, then shortest limit.

        Raises UnknownCondition, naming the field ``condition``.
        """
        if no is None:
            return min(
                category.conditions,
                key=lambda condition: (
                    -condition.severity,
                    wall_seconds(self.limit(condition, ClockKind.RESOLVE, lineage, on).limit),
                ),
            )
        for condition in category.conditions:
            if condition.no == no:
                return condition
        raise UnknownCondition(fields={"condition": sentence("这个类别没有这种情形")})

    def limit(self, condition: Condition, kind: ClockKind, lineage: Lineage, on: date) -> LimitRow:
        """The limit in force here: that of the nearest area that has one of its own."""
        rows = [row for row in self._limits[(condition.id, kind)] if row.valid.on(on)]
        for area_id in (*reversed(lineage), None):
            for row in rows:
                if row.area_id == area_id:
                    return row
        raise LookupError(f"condition {condition.id} has no {kind} limit on {on}")

    def policy(self, lineage: Lineage, on: date) -> Policy:
        """The numbers in force in an area; read once per area and day."""
        key = (tuple(area_id for area_id in lineage if area_id in self._policy_areas), on)
        if key not in self._policies:
            values: dict[str, Any] = {}
            for area_id in (None, *key[0]):
                values.update(
                    {row.key: row.value for row in self.policies if row.area_id == area_id and row.valid.on(on)}
                )
            self._policies[key] = policy_from(values)
        return self._policies[key]

    @cached_property
    def complete_since(self) -> date:
        """The first day on which every number is known; what is older is read with the numbers of that day."""
        first: dict[str, date] = {}
        for row in self.policies:
            if row.area_id is None:
                first[row.key] = min(row.valid.start, first.get(row.key, row.valid.start))
        return max(first.values())

    @cached_property
    def _policies(self) -> dict[tuple[tuple[int, ...], date], Policy]:
        return {}

    @cached_property
    def _policy_areas(self) -> frozenset[int]:
        return frozenset(row.area_id for row in self.policies if row.area_id is not None)

    @cached_property
    def longest_duplicate_window_h(self) -> int:
        """No open ticket older than this is ever the same thing."""
        return longest_window_h(self._values("duplicate_window_h"), self._values("duplicate_windows_h"))

    def _values(self, key: str) -> list[Any]:
        return [row.value for row in self.policies if row.key == key]

    @cached_property
    def look_alikes(self) -> LookAlikes:
        return LookAlikes(self.matching.get("look_alike_sets", {}))

    def calendar(self, policy: Policy, version: str | None = None) -> Calendar:
        """The days and sessions a policy counts in, now or in an earlier version of the calendar."""
        return self._calendars.of(policy, version)

    @cached_property
    def _calendars(self) -> Calendars:
        return Calendars(self.workdays, self.calendar_version, self.day_changes)

    def rung(self, ladder: str, level: str) -> Rung:
        """What a ladder calls a level; levels above the community are in the ladder named ``""``."""
        return self.ladders.get((ladder, level)) or self.ladders[("", level)]

    def department_in(self, district_id: int | None, code: str) -> Department | None:
        """The department of this code in a district."""
        return next((one for one in self.departments_of(district_id) if one.code == code), None)

    def departments_of(self, district_id: int | None) -> list[Department]:
        """The departments of a district, in the order they were set up."""
        return [one for one in self.departments.values() if one.district_id == district_id]

    def department_code(self, category: Category) -> str | None:
        """The department that finally owns a category, where its owner is one."""
        if category.owner_level != "department" or not category.department_hint:
            return None
        return self.duties.get(category.department_hint)
