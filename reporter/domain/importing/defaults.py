"""What a standards table does not say, taken from ``seeds/import_defaults.json`` (source mark PR)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reporter.domain.working_time import Limit, Unit

UNIT_SEPARATORS = "、，,；; "


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three kinds of category; ``words`` are how tables write it."""

    kind: str
    words: tuple[str, ...]
    prefix: str
    first_level: str
    owner_level: str  # where no department of ours is recognised
    duplicate_radius_m: int
    photo_required: bool


@dataclass(frozen=True, slots=True)
class Urgency:
    """Severity (1–4) and response limit of a condition whose resolve limit is at most ``up_to`` of ``unit``."""

    unit: Unit
    up_to: int
    severity: int
    response: Limit


@dataclass(frozen=True)
class Defaults:
    source: str
    kinds: tuple[Kind, ...]
    local_from: int
    urgencies: tuple[Urgency, ...]
    guard_from: int
    departments: tuple[tuple[tuple[str, ...], str], ...]

    def kind_of(self, word: str) -> Kind | None:
        return next((kind for kind in self.kinds if word.lower() in kind.words), None)

    def urgency_of(self, resolve: Limit) -> Urgency:
        """The first row that fits; the table has one for every limit that can be read."""
        return next(row for row in self.urgencies if row.unit is resolve.unit and resolve.value <= row.up_to)

    def department_of(self, handling_unit: str) -> str | None:
        """The department that the first unit named stands for; None when it is none of ours."""
        first = units_in(handling_unit)[:1]
        for words, department in self.departments:
            if any(word in unit for unit in first for word in words):
                return department
        return None


def units_in(handling_unit: str) -> list[str]:
    """“甲中心、各产权单位” → its parts, in order: the first acts, the others help."""
    for separator in UNIT_SEPARATORS:
        handling_unit = handling_unit.replace(separator, "\n")
    return [unit for unit in handling_unit.split("\n") if unit]


def hint(handling_unit: str, most: int) -> str:
    """As many whole units as fit into ``most`` characters; one that is too long by itself is cut."""
    units = units_in(handling_unit)
    while len(units) > 1 and len("、".join(units)) > most:
        units.pop()
    return "、".join(units)[:most]


def defaults_from(data: Mapping[str, Any]) -> Defaults:
    """Raises KeyError or ValueError for data it cannot read."""

    def limit(given: Mapping[str, Any]) -> Limit:
        return Limit(given["value"], Unit(given["unit"]))

    def words(row: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        return tuple(row["words"])

    return Defaults(
        source=data["source"],
        kinds=tuple(Kind(**{**row, "words": words(row)}) for row in data["kinds"]),
        local_from=data["local_numbers"]["from"],
        urgencies=tuple(
            Urgency(Unit(row["unit"]), row["up_to"], row["severity"], limit(row["response"]))
            for row in data["severities"]
        ),
        guard_from=data["guard_from_severity"],
        departments=tuple((words(row), row["department"]) for row in data["departments"]),
    )
