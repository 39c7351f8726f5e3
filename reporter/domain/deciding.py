"""The whole decision about who gets a report: the city's rules, then the catalogue, and all that was considered. ★

``routing.py`` finds the way along a chain of seats; ``routing_rules.py`` says which rules fit. Here they meet, and
every consideration is written down, so that a decision can be shown, stored and asked for again (``product.md``,
principle 3). Source: ``decisions.md`` “Who gets it”, issue 4 item 3.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reporter.domain import routing, routing_rules
from reporter.domain.areas import Level, Seat
from reporter.domain.errors import sentence
from reporter.domain.policy import Policy
from reporter.domain.routing import Decision, Reason, Stop
from reporter.domain.routing_rules import Effect, Matter, RoutingRule
from reporter.domain.rulebook import Category, Condition, Department, Rulebook

APPLIED, NOT_REACHED = "applied", "not_reached"

# What became of a rule that was looked at: it applied, one before it had, a field did not fit, or it could not.
OUTCOMES = {
    APPLIED: sentence("采用"),
    NOT_REACHED: sentence("前面的规则已经定了"),
    "condition": sentence("情形不符"),
    "severity": sentence("严重程度不符"),
    "source": sentence("来源不符"),
    "days": sentence("不在规定的工作日或休息日"),
    "weekdays": sentence("不在规定的星期"),
    "hours": sentence("不在规定的时段"),
    "vacant": sentence("用不上：指定的岗位空缺"),
    "on_leave": sentence("用不上：指定的岗位请假，也没有副手"),
    "conflict": sentence("用不上：指定的岗位与此事有关，回避"),
    "no_seat": sentence("用不上：指定的岗位不在了"),
    "no_department": sentence("用不上：这个区没有指定的部门"),
    "triage": sentence("还没有类别，先由网格研判"),
}
CANNOT = frozenset({"vacant", "on_leave", "conflict", "no_seat", "no_department"})  # an alarm for whoever wrote it


def matter_of(
    book: Rulebook,
    policy: Policy,
    chain: Sequence[Seat],
    category: Category,
    condition: Condition,
    source: str,
    at: datetime,
) -> Matter:
    """What rules may ask about a report at ``at`` (aware), by the clock and the calendar of its place."""
    calendar = book.calendar(policy)
    local = at.astimezone(calendar.zone)
    return Matter(
        lineage=[seat.area_id for seat in chain],
        category=category.code,
        kind=category.kind,
        owner=category.owner_level,
        condition=condition.no,
        severity=condition.severity,
        source=source,
        local=local,
        workday=calendar.workday(local.date())[0],
    )


def cap_of(policy: Policy, condition: Condition) -> int:
    """How many open tickets a volunteer may hold; what would wake one at night is not held back by it."""
    return policy.open_cap if condition.severity < policy.daytime_below_severity else 0


SeatOf = Callable[[int], Seat | None]


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule that was looked at, and its outcome, a code of ``OUTCOMES``."""

    rule: RoutingRule
    outcome: str

    def as_json(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "code": rule.code,
            "version": rule.version,
            "effect": rule.effect.value,
            "target": rule.target,
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """``department`` holds it first when it is set, else the last stop; the first stop is accountable in any case.

    ``copied``: the seat of the chain that is told too.
    """

    stops: tuple[Stop, ...]
    first_level: Level
    department: Department | None = None
    department_reasons: tuple[Reason, ...] = ()
    copied: Seat | None = None
    looked_at: tuple[Looked, ...] = ()
    seats: Mapping[str, str] = field(default_factory=dict)  # area code → acting, deputy, or why nobody is there
    place: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accountable(self) -> Stop:
        return self.stops[0]

    def elsewhere(self, chain: Sequence[Seat]) -> list[Seat]:
        """The seats outside the chain that the ball comes to."""
        return [stop.seat for stop in self.stops if stop.seat not in chain]

    @property
    def failed_rule(self) -> str | None:
        """The first rule that fitted and could not be applied."""
        return next((one.rule.code for one in self.looked_at if one.outcome in CANNOT), None)

    @property
    def trace(self) -> dict[str, Any]:
        """All that was considered, as JSON; the reasons of each hop are with the hop."""
        return {
            "place": dict(self.place),
            "first_level": self.first_level.value,
            "seats": dict(self.seats),
            "rules": [one.as_json() for one in self.looked_at],
            "copied": self.copied.area_code if self.copied else None,
        }


def decide(
    book: Rulebook,
    chain: Sequence[Seat],
    matter: Matter,
    first_level: Level,
    *,
    flags: Sequence[str] = (),
    conflicted: frozenset[int] = frozenset(),
    triage: bool = False,
    cap: int = 0,
    seat_of: SeatOf = lambda area_id: None,
) -> Verdict:
    """Who gets it, why, and everything that was considered.

    ``chain``: widest first, already cut where the location was coarse. ``first_level``: what the catalogue says.
    ``flags``: of the placement. ``triage``: no category yet, so no rule moves the ball. ``cap``: see
    ``routing.route``; who is named by a rule gets it anyway. ``seat_of``: a seat outside the chain by its area,
    asked only for a rule that names one.
    """
    rules = routing_rules.concerning(book.routing_rules, matter)
    here = {seat.area_id: seat for seat in chain}
    looked: list[Looked] = []
    copied: Seat | None = None
    holder: Stop | Department | None = None
    leveller: RoutingRule | None = None
    for rule in rules:
        outcome = _outcome(rule, matter, triage, holder is not None, leveller is not None, copied is not None)
        if outcome == APPLIED and rule.effect is Effect.HOLDER:
            found = _named(book, rule, here, chain, conflicted, seat_of)
            outcome, holder = (found, None) if isinstance(found, str) else (APPLIED, found)
        elif outcome == APPLIED and rule.effect is Effect.COPY:
            copied = here.get(rule.seat_id or 0)
            outcome = APPLIED if copied else "no_seat"
        elif outcome == APPLIED:
            leveller = rule
        looked.append(Looked(rule, outcome))
    level = Level(leveller.target) if leveller and holder is None else first_level
    stops, department, why = _way(chain, level, holder, leveller, looked, flags, conflicted, triage, cap)
    place = {"area": chain[-1].area_code, "flags": list(flags)}
    return Verdict(stops, level, department, why, copied, tuple(looked), _states(chain, conflicted, cap), place)


def _outcome(rule: RoutingRule, matter: Matter, triage: bool, held: bool, levelled: bool, copied: bool) -> str:
    if triage and rule.effect is not Effect.COPY:
        return "triage"
    won = {Effect.HOLDER: held, Effect.FIRST_LEVEL: levelled, Effect.COPY: copied}[rule.effect]
    return NOT_REACHED if won else routing_rules.mismatch(rule.scope, matter) or APPLIED


def _named(
    book: Rulebook,
    rule: RoutingRule,
    here: Mapping[int, Seat],
    chain: Sequence[Seat],
    conflicted: frozenset[int],
    seat_of: SeatOf,
) -> Stop | Department | str:
    """Who a rule names as the first holder, or the outcome that says why nobody can be."""
    kind, _, code = rule.target.partition(":")
    if kind == "department":
        district = next((seat.area_id for seat in chain if seat.level is Level.DISTRICT), None)
        return book.department_in(district, code) or "no_department"
    seat = here.get(rule.seat_id or 0) or seat_of(rule.seat_id or 0)
    if seat is None:
        return "no_seat"
    return routing.settle(seat, "rule", conflicted=conflicted, rule=rule.code) or (
        routing.absence(seat, conflicted) or "vacant"
    )


def _way(
    chain: Sequence[Seat],
    level: Level,
    holder: Stop | Department | None,
    leveller: RoutingRule | None,
    looked: Sequence[Looked],
    flags: Sequence[str],
    conflicted: frozenset[int],
    triage: bool,
    cap: int,
) -> tuple[tuple[Stop, ...], Department | None, tuple[Reason, ...]]:
    """The stops, and the department behind them with its reasons."""
    if holder is None:
        coarse = "inaccurate" in flags
        decision = routing.route(chain, level, conflicted=conflicted, triage=triage, coarse=coarse, cap=cap)
        return _with_rule(decision, leveller), None, ()
    accountable = routing.accountable_of(chain, conflicted)
    if isinstance(holder, Department):
        rule = next(one.rule for one in looked if one.outcome == APPLIED and one.rule.effect is Effect.HOLDER)
        return (accountable,), holder, (Reason("rule", holder.name, rule=rule.code),)
    if holder.seat.area_id == accountable.seat.area_id:
        both = (*accountable.reasons, *(one for one in holder.reasons if one not in accountable.reasons))
        return (Stop(holder.seat, holder.person, both),), None, ()
    return (accountable, holder), None, ()


def _with_rule(decision: Decision, leveller: RoutingRule | None) -> tuple[Stop, ...]:
    """The stops of a way along the chain; the last says which rule chose the level."""
    if leveller is None:
        return decision.stops
    last = decision.holder
    why = (*last.reasons, Reason("rule_level", last.seat.title, rule=leveller.code))
    return (*decision.stops[:-1], Stop(last.seat, last.person, why))


def _states(chain: Sequence[Seat], conflicted: frozenset[int], cap: int) -> dict[str, str]:
    """Of each seat asked: ``acting``, ``deputy``, or why nobody acts there."""
    found = {}
    for seat in chain:
        person = routing.taker(seat, conflicted, cap)
        standing_in = person is not None and person is seat.deputy
        found[seat.area_code] = "deputy" if standing_in else routing.absence(seat, conflicted, cap) or "acting"
    return found
