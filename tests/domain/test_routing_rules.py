"""Rules of routing: what each asks, who wins, what two rules may not both say; and what a decision writes down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain import deciding, routing, routing_rules
from reporter.domain.areas import CHAIN_LEVELS, Level, Occupant, Seat
from reporter.domain.deciding import Verdict
from reporter.domain.routing_rules import Days, Effect, Matter, Reach, RoutingRule, Scope
from reporter.domain.rulebook import Department, Rulebook
from tests.domain.test_routing import B, C, D, G, M, N, S, chain

DAY = date(2026, 9, 7)  # a Monday
NIGHT = (time(22), time(6))
WATER = Department(5, D.rank, "water", "水务", "Water")

MATTER = Matter(
    lineage=[level.rank for level in CHAIN_LEVELS],
    category="LL0107",
    kind="neighbourhood",
    owner="building",
    condition=1,
    severity=2,
    source="rider",
    local=datetime(2026, 9, 7, 9),
    workday=True,
)


def rule(code: str = "R1", effect: Effect = Effect.FIRST_LEVEL, target: str = "building", **more: Any) -> RoutingRule:
    """In force from the beginning of 2026; ``scope`` as fields of Scope."""
    scope = Scope(**more.pop("scope", {}))
    given = {"version": 1, "priority": 10, "start": date(2026, 1, 1), **more}
    return RoutingRule(code=code, effect=effect, target=target, scope=scope, **given)


def decided(*rules: RoutingRule, seats: list[Seat] | None = None, **more: Any) -> Verdict:
    book = Rulebook(
        version="",
        categories=[],
        limits=[],
        policies=[],
        workdays={},
        calendar_version="",
        ladders={},
        prompts={},
        words=[],
        duties={},
        departments={WATER.id: WATER},
        routing_rules=rules,
    )
    matter = more.pop("matter", MATTER)
    return deciding.decide(book, seats or chain(), matter, N, **more)


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {one["code"]: one["outcome"] for one in verdict.trace["rules"]}


@pytest.mark.parametrize(
    ("scope", "missed"),
    [
        ({}, None),  # asks nothing
        ({"conditions": frozenset({1, 3})}, None),
        ({"conditions": frozenset({2})}, "condition"),
        ({"severities": frozenset({3, 4})}, "severity"),
        ({"sources": frozenset({"hotline"})}, "source"),
        ({"days": Days.WORKDAY}, None),
        ({"days": Days.RESTDAY}, "days"),
        ({"weekdays": frozenset({1})}, None),  # Monday
        ({"weekdays": frozenset({6, 7})}, "weekdays"),
        ({"hours": (time(9), time(10))}, None),  # from its first minute
        ({"hours": (time(8), time(9))}, "hours"),  # until before its last
        ({"hours": NIGHT}, "hours"),
    ],
)
def test_a_rule_that_is_about_it_fits_or_names_the_field(scope: dict[str, Any], missed: str | None) -> None:
    assert routing_rules.mismatch(Scope(**scope), MATTER) == missed


@pytest.mark.parametrize(
    ("hour", "inside"), [(21, False), (22, True), (23, True), (0, True), (5, True), (6, False), (12, False)]
)
def test_hours_may_go_past_midnight(hour: int, inside: bool) -> None:
    matter = replace(MATTER, local=datetime(2026, 9, 7, hour))
    assert (routing_rules.mismatch(Scope(hours=NIGHT), matter) is None) == inside


@pytest.mark.parametrize(
    ("changes", "looked_at"),
    [
        ({}, True),
        ({"scope": {"area_id": S.rank}}, True),  # a street around it
        ({"scope": {"area_id": 99}}, False),  # elsewhere: not looked at
        ({"scope": {"categories": frozenset({"LL0107", "BJ0123"})}}, True),
        ({"scope": {"categories": frozenset({"BJ0123"})}}, False),
        ({"scope": {"kind": "component"}}, False),
        ({"scope": {"owner": "building"}}, True),
        ({"scope": {"owner": "department"}}, False),
        ({"start": DAY}, True),  # from its first day
        ({"start": date(2026, 9, 8)}, False),  # not yet
        ({"end": DAY}, False),  # until before its end
        ({"end": date(2026, 9, 8)}, True),
    ],
)
def test_what_is_looked_at_concerns_this_place_category_and_day(changes: dict[str, Any], looked_at: bool) -> None:
    assert bool(routing_rules.concerning([rule(**changes)], MATTER)) == looked_at


def test_the_first_that_fits_wins_and_the_others_say_why_not() -> None:
    verdict = decided(
        rule("R3", target="grid", priority=30),
        rule("R1", target="neighbourhood", priority=10, scope={"severities": frozenset({4})}),
        rule("R2", target="building", priority=20),
    )
    assert outcomes(verdict) == {"R1": "severity", "R2": "applied", "R3": "not_reached"}
    assert list(outcomes(verdict)) == ["R1", "R2", "R3"], "in the order in which they were asked"
    assert verdict.stops[-1].seat.level is B
    assert [(reason.code, reason.rule) for reason in verdict.stops[-1].reasons][-1] == ("rule_level", "R2")


def test_each_effect_has_its_own_winner_and_a_named_holder_is_stronger_than_a_level() -> None:
    verdict = decided(
        rule("R1", target="building"),
        rule("R2", Effect.HOLDER, "seat:code-community", seat_id=M.rank),
        rule("R3", Effect.COPY, "seat:code-street", seat_id=S.rank),
    )
    assert [stop.seat.level for stop in verdict.stops] == [G, M]
    assert verdict.accountable.seat.level is G, "the 网格长 stays accountable"
    assert verdict.copied is not None and verdict.copied.level is S
    assert verdict.trace["copied"] == "code-street"


def test_a_department_may_hold_it_first() -> None:
    verdict = decided(rule("R1", Effect.HOLDER, "department:water"))
    assert verdict.department is WATER
    assert [stop.seat.level for stop in verdict.stops] == [G]
    assert verdict.department_reasons[0].rule == "R1"


@pytest.mark.parametrize(
    ("states", "target", "seat_id", "outcome"),
    [
        ({"building": "vacant"}, "seat:code-building", B.rank, "vacant"),
        ({"building": "away"}, "seat:code-building", B.rank, "on_leave"),
        ({}, "seat:gone", 99, "no_seat"),
        ({}, "department:gas", None, "no_department"),
    ],
)
def test_a_rule_that_cannot_be_applied_falls_to_the_next_and_says_so(
    states: dict[str, str], target: str, seat_id: int | None, outcome: str
) -> None:
    verdict = decided(
        rule("R1", Effect.HOLDER, target, seat_id=seat_id),
        rule("R2", Effect.HOLDER, "seat:code-community", seat_id=M.rank, priority=20),
        seats=chain(**states),
    )
    assert outcomes(verdict) == {"R1": outcome, "R2": "applied"}
    assert verdict.failed_rule == "R1"
    assert verdict.stops[-1].seat.level is M


def test_whom_the_matter_is_about_gets_it_by_no_rule() -> None:
    verdict = decided(
        rule("R1", Effect.HOLDER, "seat:code-building", seat_id=B.rank), conflicted=frozenset({B.rank + 1})
    )
    assert outcomes(verdict) == {"R1": "conflict"}
    assert verdict.stops[-1].seat.level is N, "as the catalogue says"


def test_a_seat_outside_the_chain_is_asked_for_only_when_its_rule_fits() -> None:
    other = Seat(99, "other", "别处", G, "网格长", Occupant(70, "p70"))
    asked: list[int] = []

    def seat_of(area_id: int) -> Seat | None:
        asked.append(area_id)
        return other

    named = rule("R1", Effect.HOLDER, "seat:other", seat_id=99)
    verdict = decided(named, seat_of=seat_of)
    assert (verdict.stops[-1].seat, asked) == (other, [99])
    asked.clear()
    decided(replace(named, scope=Scope(severities=frozenset({4}))), seat_of=seat_of)
    assert asked == []


def test_without_a_category_no_rule_moves_the_ball() -> None:
    verdict = decided(rule("R1", Effect.HOLDER, "seat:code-community", seat_id=M.rank), triage=True)
    assert outcomes(verdict) == {"R1": "triage"}
    assert [stop.seat.level for stop in verdict.stops] == [G]


def test_a_rule_that_names_the_accountable_seat_makes_one_stop() -> None:
    verdict = decided(rule("R1", Effect.HOLDER, "seat:code-grid", seat_id=G.rank))
    (stop,) = verdict.stops
    assert [reason.code for reason in stop.reasons] == ["accountable", "rule"]


def test_all_that_was_considered_is_written_down() -> None:
    verdict = decided(seats=chain(building="vacant", neighbourhood="away+deputy"), flags=("boundary",))
    assert verdict.trace["place"] == {"area": "code-neighbourhood", "flags": ["boundary"]}
    assert verdict.trace["seats"]["code-building"] == "vacant"
    assert verdict.trace["seats"]["code-neighbourhood"] == "deputy"
    assert verdict.trace["seats"]["code-grid"] == "acting"


def test_without_rules_it_is_what_the_catalogue_says() -> None:
    assert decided().stops == routing.route(chain(), N).stops


# ---------------------------------------------------------------- contradictions

ALL = Reach(frozenset({"LL0107", "BJ0123"}))
IN_STREET = Reach(ALL.categories, (C.rank, D.rank, S.rank))
IN_GRID = Reach(ALL.categories, (C.rank, D.rank, S.rank, M.rank, G.rank))


@pytest.mark.parametrize(
    ("one", "reach", "other", "other_reach", "fight"),
    [
        ({}, ALL, {}, ALL, True),  # both about everything
        ({"priority": 11}, ALL, {}, ALL, False),  # the order says who is first
        ({"effect": Effect.HOLDER}, ALL, {}, ALL, False),  # another effect
        ({"end": date(2026, 3, 1)}, ALL, {"start": date(2026, 3, 1)}, ALL, False),  # one after the other
        ({"end": date(2026, 3, 2)}, ALL, {"start": date(2026, 3, 1)}, ALL, True),  # a day of both
        ({}, Reach(frozenset({"LL0107"})), {}, Reach(frozenset({"BJ0123"})), False),  # no category of both
        ({"scope": {"area_id": S.rank}}, IN_STREET, {"scope": {"area_id": G.rank}}, IN_GRID, True),  # one in the other
        ({"scope": {"area_id": 98}}, Reach(ALL.categories, (0, 98)), {"scope": {"area_id": G.rank}}, IN_GRID, False),
        ({"scope": {"severities": frozenset({1, 2})}}, ALL, {"scope": {"severities": frozenset({3, 4})}}, ALL, False),
        ({"scope": {"severities": frozenset({1, 2})}}, ALL, {"scope": {"severities": frozenset({2, 3})}}, ALL, True),
        ({"scope": {"sources": frozenset({"rider"})}}, ALL, {"scope": {"sources": frozenset({"hotline"})}}, ALL, False),
        ({"scope": {"days": Days.WORKDAY}}, ALL, {"scope": {"days": Days.RESTDAY}}, ALL, False),
        ({"scope": {"weekdays": frozenset({6})}}, ALL, {"scope": {"days": Days.WORKDAY}}, ALL, True),  # a makeup day
        ({"scope": {"hours": NIGHT}}, ALL, {"scope": {"hours": (time(6), time(22))}}, ALL, False),  # night and day
        ({"scope": {"hours": NIGHT}}, ALL, {"scope": {"hours": (time(5), time(7))}}, ALL, True),
    ],
)
def test_two_rules_contradict_each_other(
    one: dict[str, Any], reach: Reach, other: dict[str, Any], other_reach: Reach, fight: bool
) -> None:
    first, second = rule("R1", **one), rule("R2", **other)
    assert routing_rules.contradict(first, reach, second, other_reach) == fight
    assert routing_rules.contradict(second, other_reach, first, reach) == fight


numbers = st.frozensets(st.integers(1, 4), max_size=3)
clocks = st.integers(0, 23).map(time)
hours = st.none() | st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1])
scopes = st.builds(
    Scope, severities=numbers, conditions=numbers, weekdays=numbers, days=st.sampled_from(Days), hours=hours
)
matters = st.builds(
    lambda condition, severity, day, hour, works: replace(
        MATTER, condition=condition, severity=severity, local=datetime(2026, 9, 6 + day, hour), workday=works
    ),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 7),
    st.integers(0, 23),
    st.booleans(),
)


@given(scopes, scopes, matters)
def test_a_report_that_fits_two_rules_of_one_priority_was_foreseen(one: Scope, other: Scope, matter: Matter) -> None:
    fits: Callable[[Scope], bool] = lambda scope: routing_rules.mismatch(scope, matter) is None  # noqa: E731
    if fits(one) and fits(other):
        rules = replace(rule("R1"), scope=one), replace(rule("R2"), scope=other)
        assert routing_rules.contradict(rules[0], ALL, rules[1], ALL)


targets = st.sampled_from(
    [("seat:code-building", B.rank), ("seat:code-street", S.rank), ("seat:gone", 99), ("department:gas", None)]
)


@given(st.lists(st.tuples(targets, scopes), max_size=4), matters)
def test_whatever_the_rules_say_somebody_has_it_and_somebody_is_accountable(
    given_rules: list[tuple[tuple[str, int | None], Scope]], matter: Matter
) -> None:
    rules = [
        replace(rule(f"R{at}", Effect.HOLDER, target, seat_id=seat_id), scope=scope, priority=at + 1)
        for at, ((target, seat_id), scope) in enumerate(given_rules)
    ]
    verdict = decided(*rules, matter=matter)
    assert verdict.accountable.seat.level is G
    assert verdict.stops[-1].person is not None
    assert set(outcomes(verdict)) == {one.code for one in rules}
    assert Level(verdict.trace["first_level"]) is N


# ---------------------------------------------------------------- how many a volunteer may hold


def loaded(load: int, level: Level = N, **states: str) -> list[Seat]:
    return [replace(seat, load=load) if seat.level is level else seat for seat in chain(**states)]


@pytest.mark.parametrize(
    ("seats", "cap", "holder", "person", "state"),
    [
        (loaded(9), 0, N, 7, "acting"),  # no cap
        (loaded(4), 5, N, 7, "acting"),  # one below
        (loaded(5), 5, B, 6, "overloaded"),  # full, and nobody helps: one up
        (loaded(5, neighbourhood="filled+deputy"), 5, N, 107, "deputy"),  # the deputy helps out
        (loaded(9, neighbourhood="filled+deputy"), 5, N, 107, "deputy"),  # up to as many again
        (loaded(10, neighbourhood="filled+deputy"), 5, B, 6, "overloaded"),
        (loaded(5, neighbourhood="vacant+deputy"), 5, B, 6, "overloaded"),  # the deputy has them all already
        (loaded(5, neighbourhood="vacant"), 5, B, 6, "vacant"),  # empty is empty
        (loaded(500, level=G), 5, N, 7, "acting"),  # no volunteer
    ],
)
def test_a_full_volunteer_gets_no_more(seats: list[Seat], cap: int, holder: Level, person: int, state: str) -> None:
    verdict = decided(seats=seats, cap=cap)
    stop = verdict.stops[-1]
    assert stop.person is not None
    assert (stop.seat.level, stop.person.person_id) == (holder, person)
    assert verdict.trace["seats"]["code-neighbourhood"] == state
    if state == "overloaded":
        assert "overloaded" in [reason.code for reason in stop.reasons]


def test_a_rule_names_a_full_volunteer_all_the_same() -> None:
    verdict = decided(rule("R1", Effect.HOLDER, "seat:code-neighbourhood", seat_id=N.rank), seats=loaded(50), cap=5)
    assert verdict.stops[-1].seat.level is N
