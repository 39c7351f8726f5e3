"""The life of a revisit, row by row; who gets it; and what a rating is kept from whom."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain import procedures, ratings, revisits
from reporter.domain.areas import CHAIN_LEVELS, Level, Occupant, Seat
from reporter.domain.errors import Forbidden, MissingInput, StepNotPossible
from reporter.domain.revisit_events import INTERNAL, KIND_NAMES, KIND_OF_ACTION, NOTICES, Kind
from reporter.domain.revisits import (
    ACTION_NAMES,
    CLAIMS,
    FIELD_SENTENCES,
    OUTCOME_NAMES,
    REVISIT,
    STATE_NAMES,
    Action,
    Desk,
    Due,
    Facts,
    Outcome,
    State,
    Who,
)
from tests.domain.calendars import beijing, policy

NOW = beijing("2026-09-07 09:00")
ASSIGNED = frozenset({Who.ASSIGNED})
FIRST, SECOND = frozenset({Who.FIRST_REVIEWER}), frozenset({Who.SECOND_REVIEWER})
RATER, ABOVE = frozenset({Who.RATER}), frozenset({Who.ABOVE})
STREET, DISTRICT = Facts(from_level=Level.STREET), Facts(from_level=Level.DISTRICT)
SAID = {"passed": True, "note": "n"}
FAILED = {"passed": False, "note": "n"}


@pytest.mark.parametrize(
    ("action", "state", "facts", "who", "given_fields", "to", "desk", "stops", "starts"),
    [
        ("contact", "contacting", Facts(), ASSIGNED, {"note": "n"}, "finding", "stays", ["contact"], []),
        ("find", "finding", Facts(), ASSIGNED, {"outcome": "true_fixed"}, "rectifying", "stays", ["finding"], []),
        ("find", "finding", Facts(), ASSIGNED, {"outcome": "true_not_fixable"}, "rectifying", "stays", ["finding"],
         []),  # what cannot be solved at once still gets an answer
        ("find", "finding", Facts(), ASSIGNED, {"outcome": "untrue", "evidence": "e"}, "done", "nobody", [*Due], []),
        ("find", "finding", Facts(), ASSIGNED, {"outcome": "malicious", "evidence": "e"}, "reviewing", "stays",
         ["finding"], []),  # never by one person alone
        ("rectify", "rectifying", Facts(), ASSIGNED, {"note": "n"}, "done", "nobody", [*Due], []),
        ("rectify", "rectifying", Facts(), ASSIGNED, {"note": "n", "outcome": "true_not_fixable"}, "done", "nobody",
         [*Due], []),  # it turned out that it cannot be solved
        ("review", "reviewing", STREET, FIRST, SAID, None, "stays", [], []),  # the street first
        ("review", "reviewing", DISTRICT, SECOND, SAID, "done", "nobody", [*Due], []),  # then the district
        ("review", "reviewing", STREET, FIRST, FAILED, "finding", "stays", [], ["finding"]),
        ("review", "reviewing", DISTRICT, SECOND, FAILED, "finding", "stays", [], ["finding"]),
        ("appeal", "done", Facts(), RATER, {"reason": "r"}, "finding", "up", [], ["finding", "rectify"]),
        ("take_over", "finding", Facts(), ABOVE, {"reason": "r"}, None, "taker", [], []),
    ],
)  # fmt: skip
def test_a_step_leads(
    action: str, state: str, facts: Facts, who: frozenset[Who], given_fields: dict[str, object], to: str | None,
    desk: str, stops: list[str], starts: list[str],
) -> None:  # fmt: skip
    move = procedures.move_for(REVISIT, Action(action), State(state), facts, who, given_fields)

    assert (move.to, move.ball) == (State(to) if to else None, Desk(desk))
    assert (list(move.stops), list(move.starts)) == (stops, starts)


@pytest.mark.parametrize(
    ("action", "state", "facts", "who", "given_fields", "refusal"),
    [
        ("contact", "contacting", Facts(), frozenset(), {"note": "n"}, Forbidden),  # who handled it is nobody here
        ("contact", "contacting", Facts(), RATER, {"note": "n"}, Forbidden),
        ("contact", "contacting", Facts(), ABOVE, {"note": "n"}, Forbidden),  # must take it over first
        ("contact", "finding", Facts(), ASSIGNED, {"note": "n"}, StepNotPossible),  # contacted already
        ("contact", "contacting", Facts(), ASSIGNED, {}, MissingInput),
        ("find", "contacting", Facts(), ASSIGNED, {"outcome": "true_fixed"}, StepNotPossible),  # nobody was asked yet
        ("find", "finding", Facts(), ASSIGNED, {}, MissingInput),
        ("find", "finding", Facts(), ASSIGNED, {"outcome": "untrue"}, MissingInput),  # not without evidence
        ("find", "finding", Facts(), ASSIGNED, {"outcome": "malicious"}, MissingInput),
        ("rectify", "finding", Facts(), ASSIGNED, {"note": "n"}, StepNotPossible),
        ("rectify", "rectifying", Facts(), ASSIGNED, {}, MissingInput),
        (
            "rectify",
            "rectifying",
            Facts(),
            ASSIGNED,
            {"note": "n", "outcome": "untrue"},
            StepNotPossible,
        ),  # by ``find``
        ("review", "reviewing", Facts(from_level=Level.COMMUNITY), FIRST, SAID, Forbidden),  # street or wider
        ("review", "reviewing", STREET, SECOND, SAID, Forbidden),  # the second is the district's
        ("review", "reviewing", DISTRICT, ASSIGNED, SAID, Forbidden),  # nobody reviews an own finding
        ("review", "reviewing", STREET, FIRST, {"passed": True}, MissingInput),
        ("review", "finding", STREET, FIRST, SAID, StepNotPossible),
        ("appeal", "done", Facts(appealed=True), RATER, {"reason": "r"}, StepNotPossible),  # once
        ("appeal", "done", Facts(appeal_open=False), RATER, {"reason": "r"}, StepNotPossible),  # too late
        ("appeal", "finding", Facts(), RATER, {"reason": "r"}, StepNotPossible),
        ("appeal", "done", Facts(), ASSIGNED, {"reason": "r"}, Forbidden),
        ("take_over", "done", Facts(), ABOVE, {"reason": "r"}, StepNotPossible),
        ("take_over", "reviewing", Facts(), ABOVE, {"reason": "r"}, StepNotPossible),  # the reviewers have it
    ],
)
def test_a_step_is_refused(
    action: str,
    state: str,
    facts: Facts,
    who: frozenset[Who],
    given_fields: dict[str, object],
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        procedures.move_for(REVISIT, Action(action), State(state), facts, who, given_fields)


some_facts = st.builds(
    Facts,
    appealed=st.booleans(),
    appeal_open=st.booleans(),
    from_level=st.sampled_from([*CHAIN_LEVELS, None]),
)
FILLED = {"note": "n", "outcome": "true_fixed", "evidence": "e", "passed": True, "reason": "r"}


@given(st.sampled_from(State), some_facts, st.frozensets(st.sampled_from(Who)))
def test_what_is_offered_is_possible_once_its_fields_are_filled(
    state: State, facts: Facts, who: frozenset[Who]
) -> None:
    for move in procedures.offered(REVISIT, state, facts, who):
        assert procedures.move_for(REVISIT, move.action, state, facts, who, FILLED).action is move.action


def test_the_table_is_sound() -> None:
    assert {move.action for move in REVISIT.moves} == set(Action) == set(ACTION_NAMES) == set(KIND_OF_ACTION)
    assert set(STATE_NAMES) == set(State)
    assert set(OUTCOME_NAMES) == set(Outcome)
    assert set(KIND_NAMES) == set(Kind)
    assert set(NOTICES) | INTERNAL | set(KIND_OF_ACTION.values()) == set(Kind)
    for move in REVISIT.moves:
        assert move.when in CLAIMS
        assert set(move.needs) | set(move.may_have) <= set(FIELD_SENTENCES)
        assert (move.to is State.DONE) == (move.ball is Desk.NOBODY)
        assert (move.to is State.DONE) == (tuple(move.stops) == tuple(Due)), "what has ended has no limit that runs"


def seat(level: Level, person: int | None, deputy: int | None = None) -> Seat:
    def occupant(number: int | None) -> Occupant | None:
        return Occupant(number, f"P{number}") if number else None

    return Seat(int(level.rank) + 1, level.value, level.value, level, level.value, occupant(person), occupant(deputy))


CHAIN = [
    seat(Level.DISTRICT, 2),
    seat(Level.STREET, 3),
    seat(Level.COMMUNITY, 4),
    seat(Level.GRID, 5),
    seat(Level.BUILDING, 6),
    seat(Level.NEIGHBOURHOOD, 7),
]


@pytest.mark.parametrize(
    ("above", "handlers", "assigned"),
    [
        (Level.NEIGHBOURHOOD, {7}, Level.BUILDING),  # the level above who solved it
        (Level.NEIGHBOURHOOD, {7, 6}, Level.GRID),  # who passed it on has handled it too
        (Level.NEIGHBOURHOOD, {7, 6, 5}, Level.COMMUNITY),
        (Level.BUILDING, {}, Level.GRID),  # a department solved it
        (Level.GRID, {5, 4}, Level.STREET),
        (Level.STREET, {3}, Level.DISTRICT),
        (Level.GRID, {5, 4, 3, 2}, None),  # everybody did: the district's desk
        (Level.DISTRICT, {2}, None),  # never the city's
    ],
)
def test_somebody_else_visits(above: Level, handlers: set[int], assigned: Level | None) -> None:
    found = revisits.assign(CHAIN, above, handlers)

    assert (found.seat.level if found else None) == assigned


def test_a_vacant_or_conflicted_seat_is_climbed_over() -> None:
    chain = [seat(Level.STREET, 3), seat(Level.COMMUNITY, 4), seat(Level.GRID, None)]

    vacant = revisits.assign(chain, Level.BUILDING, {7})
    about_the_community = revisits.assign(chain, Level.BUILDING, {7}, conflicted=frozenset({4}))

    assert vacant is not None
    assert vacant.seat.level is Level.COMMUNITY
    assert about_the_community is not None
    assert about_the_community.seat.level is Level.STREET


@pytest.mark.parametrize(("days", "open_"), [(0, True), (15, True), (15.01, False), (None, False)])
def test_the_rater_may_appeal_for_fifteen_days(days: float | None, open_: bool) -> None:
    done_at = None if days is None else NOW - timedelta(days=days)
    assert revisits.in_appeal_window(done_at, NOW, policy()) is open_


@pytest.mark.parametrize(
    ("own", "rated_person", "hours", "sample", "kept"),
    [
        (False, True, 23.9, 9, True),  # too fresh for whoever did the work
        (False, True, 24, 3, False),
        (False, True, 999, 2, True),  # two ratings: everybody could guess
        (True, True, 0, 1, False),  # the own one
        (False, False, 0, 0, False),  # district and auditor
    ],
)
def test_a_rating_is_kept_from_those_it_is_about(
    own: bool, rated_person: bool, hours: float, sample: int, kept: bool
) -> None:
    assert ratings.withheld(own, rated_person, NOW - timedelta(hours=hours), sample, NOW, policy()) is kept


def test_only_the_two_worst_grades_are_bad() -> None:
    assert [grade for grade in ratings.GRADES if revisits.is_bad(grade)] == [2, 1]
