"""Rules of routing as data: which reports a rule means, which rule wins, and which two contradict each other. ★

The first rule that fits wins, for each effect by itself; the order is ``priority`` (the smallest first), then the
code. What the winning rules then do to the ball is ``deciding.py``. Source: ``anchors.md`` B3 (“ordered rules,
dry-run, explain trace, versioned”) and its first trap: a rule is never switched off silently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

# Through whom a report came: what services/drafts.py:source_of says.
SOURCES = frozenset({"resident", "rider", "patrol", "on_behalf", "hotline", "transfer"})


class Effect(StrEnum):
    FIRST_LEVEL = "first_level"  # another level acts first than the catalogue says
    HOLDER = "holder"  # this seat or department is the first holder; 网格长 stays accountable
    COPY = "copy"  # the leader of this seat is told too


class Days(StrEnum):
    ANY = "any"
    WORKDAY = "workday"  # by the calendar: makeup days too, holidays not
    RESTDAY = "restday"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule asks of a report. An empty set and None ask nothing.

    ``area_id``: it lies in this area. ``categories``: codes; ``kind`` and ``owner``: what the catalogue says of its
    category (部件, 事件, 邻里; the level that owns it). ``conditions``: numbers of the one category that is named.
    ``weekdays``: 1 (Monday) to 7. ``hours``: local, half-open; past midnight when the second is the smaller.
    """

    area_id: int | None = None
    categories: frozenset[str] = frozenset()
    kind: str | None = None
    owner: str | None = None
    conditions: frozenset[int] = frozenset()
    severities: frozenset[int] = frozenset()
    sources: frozenset[str] = frozenset()
    days: Days = Days.ANY
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A version of a rule, in force from ``start`` until before ``end``. ``target``: a level, or who is named:
    ``seat:AREA_CODE`` (then ``seat_id`` is its area) or ``department:CODE``."""

    code: str
    version: int
    priority: int
    scope: Scope
    effect: Effect
    target: str
    start: date
    end: date | None = None
    seat_id: int | None = None

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def order(self) -> tuple[int, str]:
        return self.priority, self.code


@dataclass(frozen=True, slots=True)
class Matter:
    """What rules may ask about a report. ``lineage``: ids of its areas, widest first. ``local``: the wall clock
    there; ``workday``: whether that day works."""

    lineage: Sequence[int]
    category: str
    kind: str
    owner: str
    condition: int
    severity: int
    source: str
    local: datetime
    workday: bool


def concerning(rules: Iterable[RoutingRule], matter: Matter) -> list[RoutingRule]:
    """The rules in force that are about this place and this category, in their order: those are looked at."""
    day = matter.local.date()
    found = [rule for rule in rules if rule.on(day) and _about(rule.scope, matter)]
    return sorted(found, key=lambda rule: rule.order)


def _about(scope: Scope, matter: Matter) -> bool:
    here = scope.area_id is None or scope.area_id in matter.lineage
    named = not scope.categories or matter.category in scope.categories
    return here and named and scope.kind in (None, matter.kind) and scope.owner in (None, matter.owner)


def mismatch(scope: Scope, matter: Matter) -> str | None:
    """Which field of a rule that is about this place and category does not fit; None when all of them do."""
    if scope.conditions and matter.condition not in scope.conditions:
        return "condition"
    if scope.severities and matter.severity not in scope.severities:
        return "severity"
    if scope.sources and matter.source not in scope.sources:
        return "source"
    if scope.days is not Days.ANY and (scope.days is Days.WORKDAY) != matter.workday:
        return "days"
    if scope.weekdays and matter.local.isoweekday() not in scope.weekdays:
        return "weekdays"
    if scope.hours and not _within(scope.hours, matter.local.time()):
        return "hours"
    return None


def _within(hours: tuple[time, time], at: time) -> bool:
    start, end = hours
    return start <= at < end if start < end else at >= start or at < end


# ---------------------------------------------------------------- two rules that contradict each other


@dataclass(frozen=True, slots=True)
class Reach:
    """What a scope comes to in the city's tree and catalogue: the categories it means, and the areas it lies in
    (ids from the city down to its own; empty: everywhere)."""

    categories: frozenset[str]
    lineage: tuple[int, ...] = ()


def contradict(one: RoutingRule, reach: Reach, other: RoutingRule, other_reach: Reach) -> bool:
    """Whether some report on some day would fit both, and nothing says which of them comes first.

    Working days and weekdays may always meet, because a calendar can make any day of the week work.
    """
    if one.effect is not other.effect or one.priority != other.priority or one.code == other.code:
        return False
    in_time = (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)
    return in_time and _meet(one.scope, reach, other.scope, other_reach)


def _meet(one: Scope, reach: Reach, other: Scope, other_reach: Reach) -> bool:
    days = {one.days, other.days}
    return (
        bool(reach.categories & other_reach.categories)
        and _nested(one, reach, other, other_reach)
        and all(
            not (mine and theirs) or bool(mine & theirs)
            for mine, theirs in (
                (one.conditions, other.conditions),
                (one.severities, other.severities),
                (one.sources, other.sources),
                (one.weekdays, other.weekdays),
            )
        )
        and days != {Days.WORKDAY, Days.RESTDAY}
        and _hours_meet(one.hours, other.hours)
    )


def _nested(one: Scope, reach: Reach, other: Scope, other_reach: Reach) -> bool:
    """Areas of a tree meet when one lies in the other."""
    if one.area_id is None or other.area_id is None:
        return True
    return one.area_id in other_reach.lineage or other.area_id in reach.lineage


def _hours_meet(one: tuple[time, time] | None, other: tuple[time, time] | None) -> bool:
    if one is None or other is None:
        return True
    return _within(one, other[0]) or _within(other, one[0])
