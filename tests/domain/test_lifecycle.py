"""The life of a ticket, row by row, and that the table itself is sound."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain import lifecycle, procedures
from reporter.domain.actions import ACTION_NAMES, FIELD_SENTENCES, Action
from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.claims import CLAIMS
from reporter.domain.errors import ActionNotOffered, Forbidden, MissingInput, StepNotPossible
from reporter.domain.events import EVENT_NAMES, EVENT_OF_ACTION, EventKind
from reporter.domain.lifecycle import TICKET, Ball, Facts, Who
from reporter.domain.procedures import Move, Procedure
from reporter.domain.statuses import ENDED, OPEN, STATUS_NAMES, Status

HOLDER = frozenset({Who.ANYBODY, Who.HOLDER})
SUBMITTER = frozenset({Who.ANYBODY, Who.SUBMITTER, Who.ANY_SUBMITTER})
GRID = Facts(holder_level=Level.GRID)
HOME = Facts(holder_level=Level.NEIGHBOURHOOD)
DEPARTMENT = Facts(holder_level=None)
OVERSEER = frozenset({Who.ANYBODY, Who.OVERSEER})
OVERSEEN = Facts(holder_level=Level.GRID, overseer_level=Level.COMMUNITY)
PHOTO = {"photo_ids": ["p"]}


def small(facts: Facts, **more: object) -> Facts:
    return dataclasses.replace(facts, small_matter=True, has_before_photo=True, **more)  # type: ignore[arg-type]


def overseen(facts: Facts, level: Level) -> Facts:
    return dataclasses.replace(facts, overseer_level=level)


OVERSEER, SENDER = frozenset({Who.ANYBODY, Who.OVERSEER}), frozenset({Who.ANYBODY, Who.SENDER})
GIVEN = {"to": "seat:1", "reason": "r"}
STREET = Facts(holder_level=Level.STREET)
PING_PONG = dataclasses.replace(DEPARTMENT, pair_exhausted=True)


@pytest.mark.parametrize(
    ("action", "status", "facts", "who", "given", "to", "ball"),
    [
        ("accept", "reported", GRID, HOLDER, {"category": "X"}, "dispatched", "routed"),  # 立案
        ("take", "dispatched", HOME, HOLDER, {}, "handling", "stays"),  # 接单
        ("take", "dispatched", DEPARTMENT, HOLDER, {}, "handling", "stays"),  # a department too
        ("respond", "handling", GRID, HOLDER, {"note": "n", **PHOTO}, None, "stays"),  # guard in place
        ("solve", "handling", HOME, HOLDER, {}, "feedback", "to_verify"),  # the ordinary way
        ("solve", "dispatched", small(HOME), HOLDER, PHOTO, "closed", "nobody"),  # 即办即结
        ("solve", "dispatched", small(HOME), HOLDER, {}, "feedback", "to_verify"),  # no after-photo: verified
        ("solve", "handling", small(DEPARTMENT), HOLDER, PHOTO, "feedback", "to_verify"),  # departments are verified
        ("verify", "feedback", GRID, HOLDER, {"passed": True}, "closed", "nobody"),
        ("verify", "feedback", GRID, HOLDER, {"passed": False, "note": "n"}, "handling", "to_solver"),  # rework
        ("dispatch", "accepted", GRID, HOLDER, {"to": "seat:1"}, "dispatched", "given"),
        ("escalate", "handling", HOME, HOLDER, {"reason": "r"}, "dispatched", "up"),
        ("return", "handling", DEPARTMENT, HOLDER, {"reason_code": "other"}, "accepted", "back"),
        ("reject", "reported", GRID, HOLDER, {"reason_code": "duplicate"}, "not_accepted", "nobody"),
        ("withdraw", "dispatched", HOME, SUBMITTER, {}, "withdrawn", "nobody"),
        ("reopen", "closed", Facts(), SUBMITTER, {"reason": "r"}, "dispatched", "above_solver"),
        ("relocate", "reported", GRID, HOLDER, {}, None, "relocated"),  # no category yet: only the grid is another
        ("relocate", "handling", GRID, HOLDER, {"area": "1"}, "dispatched", "relocated"),  # begins anew there
        ("relocate", "accepted", OVERSEEN, OVERSEER, {"area": "1"}, "dispatched", "relocated"),
        ("note", "closed", Facts(), frozenset({Who.ANYBODY}), {"text": "t"}, None, "stays"),
        ("return", "handling", PING_PONG, HOLDER, {"reason_code": "other"}, "accepted", "to_street"),  # the third time
        ("split", "accepted", STREET, HOLDER, {"parts": ["p"]}, "handling", "stays"),
        ("revoke", "dispatched", Facts(revocable=True), SENDER, {}, "accepted", "recalled"),
        ("reassign", "handling", overseen(GRID, Level.COMMUNITY), OVERSEER, GIVEN, "dispatched", "handed"),
        ("reassign", "accepted", overseen(HOME, Level.GRID), OVERSEER, GIVEN, "dispatched", "handed"),
        ("reassign", "dispatched", overseen(DEPARTMENT, Level.STREET), OVERSEER, GIVEN, "dispatched", "handed"),
    ],
)
def test_a_step_leads(
    action: str, status: str, facts: Facts, who: frozenset[Who], given: dict[str, object], to: str | None, ball: str
) -> None:
    move = procedures.move_for(TICKET, Action(action), Status(status), facts, who, given)

    assert (move.to, move.ball) == (Status(to) if to else None, Ball(ball))


@pytest.mark.parametrize(
    ("action", "status", "facts", "who", "given", "refusal"),
    [
        ("take", "dispatched", GRID, SUBMITTER, {}, Forbidden),  # not the holder
        ("withdraw", "dispatched", GRID, HOLDER, {}, Forbidden),  # not the submitter
        ("accept", "reported", HOME, HOLDER, {"category": "X"}, Forbidden),  # 立案 is for the grid and wider
        ("dispatch", "accepted", HOME, HOLDER, {"to": "seat:1"}, Forbidden),  # nobody is below
        ("escalate", "handling", DEPARTMENT, HOLDER, {"reason": "r"}, Forbidden),  # departments return instead
        ("take", "handling", GRID, HOLDER, {}, StepNotPossible),  # taken already
        ("take", "closed", GRID, HOLDER, {}, StepNotPossible),  # ended
        ("verify", "handling", GRID, HOLDER, {"passed": True}, StepNotPossible),  # nothing to verify yet
        ("withdraw", "dispatched", dataclasses.replace(HOME, taken_ever=True), SUBMITTER, {}, StepNotPossible),
        ("withdraw", "dispatched", dataclasses.replace(HOME, joined_by_others=True), SUBMITTER, {}, StepNotPossible),
        ("withdraw", "handling", HOME, SUBMITTER, {}, StepNotPossible),
        ("reopen", "handling", HOME, SUBMITTER, {"reason": "r"}, StepNotPossible),
        ("relocate", "handling", HOME, HOLDER, {"area": "1"}, Forbidden),  # the grid and wider move it
        ("relocate", "handling", DEPARTMENT, HOLDER, {"area": "1"}, Forbidden),
        ("relocate", "handling", dataclasses.replace(OVERSEEN, overseer_level=Level.GRID), OVERSEER, {}, Forbidden),
        ("relocate", "feedback", GRID, HOLDER, {"area": "1"}, StepNotPossible),  # it was solved where it is
        ("accept", "reported", GRID, HOLDER, {}, MissingInput),
        ("respond", "handling", GRID, HOLDER, {"note": "n"}, MissingInput),  # a guard needs proof
        ("solve", "handling", dataclasses.replace(GRID, photo_compulsory=True), HOLDER, {}, MissingInput),
        ("verify", "feedback", GRID, HOLDER, {}, MissingInput),
        ("verify", "feedback", GRID, HOLDER, {"passed": False}, MissingInput),  # why it failed
        ("return", "handling", GRID, HOLDER, {"note": "n"}, MissingInput),
        ("split", "handling", GRID, HOLDER, {"parts": ["p"]}, Forbidden),  # the community and wider
        ("split", "handling", DEPARTMENT, HOLDER, {"parts": ["p"]}, Forbidden),
        ("split", "handling", dataclasses.replace(STREET, part=True), HOLDER, {"parts": ["p"]}, StepNotPossible),
        ("split", "handling", STREET, HOLDER, {}, MissingInput),
        ("revoke", "dispatched", Facts(), SENDER, {}, StepNotPossible),  # the system sent it, or they have answered
        ("revoke", "dispatched", Facts(revocable=True), HOLDER, {}, Forbidden),  # who has it returns it
        ("reassign", "handling", GRID, HOLDER, GIVEN, Forbidden),  # who has it dispatches it
        ("reassign", "handling", overseen(HOME, Level.BUILDING), OVERSEER, GIVEN, Forbidden),  # not wide enough
        ("reassign", "handling", overseen(DEPARTMENT, Level.COMMUNITY), OVERSEER, GIVEN, Forbidden),  # not above it
        ("reassign", "feedback", overseen(GRID, Level.STREET), OVERSEER, GIVEN, StepNotPossible),  # done already
        ("reassign", "handling", overseen(GRID, Level.STREET), OVERSEER, {"to": "seat:1"}, MissingInput),
    ],
)
def test_a_step_is_refused(
    action: str, status: str, facts: Facts, who: frozenset[Who], given: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        procedures.move_for(TICKET, Action(action), Status(status), facts, who, given)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(MissingInput) as refused:
        procedures.move_for(TICKET, Action.RESPOND, Status.HANDLING, GRID, HOLDER, {})

    assert set(refused.value.fields) == {"note", "photo_ids"}


facts = st.builds(
    Facts,
    holder_level=st.sampled_from([*CHAIN_LEVELS, None]),
    taken_ever=st.booleans(),
    joined_by_others=st.booleans(),
    small_matter=st.booleans(),
    has_before_photo=st.booleans(),
    photo_compulsory=st.booleans(),
    guard_asked=st.booleans(),
    guarded=st.booleans(),
    overseer_level=st.sampled_from([*CHAIN_LEVELS, None]),
    held_ever=st.booleans(),
    hold_asked=st.booleans(),
    held_from=st.sampled_from([Status.DISPATCHED, Status.HANDLING]),
    overdue=st.booleans(),
    extensions_left=st.booleans(),
    extension_for=st.sampled_from([Level.STREET, Level.DISTRICT, None]),
    decided_by_caller=st.booleans(),
    reply_owed=st.booleans(),
    appealed=st.booleans(),
    pair_exhausted=st.booleans(),
    revocable=st.booleans(),
    part=st.booleans(),
    unfiled=st.booleans(),
    recheck_due=st.booleans(),
    verifier_solved=st.booleans(),
    confirmations_lacking=st.sampled_from([None, 1, 2]),
)
relations = st.frozensets(st.sampled_from(Who)).map(lambda who: who | {Who.ANYBODY})
YES = ("passed", "found", "granted")
FILLED = {name: True if name in YES else ["p"] if name == "photo_ids" else "x" for name in FIELD_SENTENCES}


@given(st.sampled_from(Status), facts, relations)
def test_what_is_offered_is_possible_once_its_fields_are_filled(
    status: Status, known: Facts, who: frozenset[Who]
) -> None:
    for move in procedures.offered(TICKET, status, known, who):
        given_fields = {name: FILLED[name] for name in (*lifecycle.needs_of(move, known), "photo_ids")}
        assert procedures.move_for(TICKET, move.action, status, known, who, given_fields).action is move.action


@given(st.sampled_from(Action), st.sampled_from(Status), facts, relations)
def test_what_is_not_offered_is_refused(action: Action, status: Status, known: Facts, who: frozenset[Who]) -> None:
    if action in {move.action for move in procedures.offered(TICKET, status, known, who)}:
        return
    with pytest.raises((ActionNotOffered, Forbidden, StepNotPossible)):
        procedures.move_for(TICKET, action, status, known, who, FILLED)


def test_every_row_is_sound() -> None:
    for move in TICKET.moves:
        assert move.when in CLAIMS
        assert move.action in ACTION_NAMES
        assert move.action in EVENT_OF_ACTION
        assert set(move.needs) <= set(FIELD_SENTENCES)
        assert (move.to in ENDED) == (move.ball is Ball.NOBODY), "an ended ticket has no holder, an open one has"
    assert set(STATUS_NAMES) == set(Status)
    assert set(EVENT_NAMES) == set(EventKind)
    assert OPEN | ENDED == set(Status)


def test_every_open_status_that_can_be_reached_can_be_left() -> None:
    reached = {move.to for move in TICKET.moves if move.to} | {Status.REPORTED, Status.DISPATCHED}

    stuck = {
        status
        for status in reached - ENDED
        if not any(status in move.froms and move.to not in (None, status) for move in TICKET.moves)
    }

    assert stuck == set()


def test_a_second_procedure_costs_one_table() -> None:
    errand = Procedure(
        "errand",
        (
            Move(Action.TAKE, frozenset({Status.REPORTED}), Status.HANDLING, Who.ANYBODY, Ball.STAYS),
            Move(Action.SOLVE, frozenset({Status.HANDLING}), Status.CLOSED, Who.HOLDER, Ball.NOBODY),
        ),
        ended=ENDED,
        action_names=ACTION_NAMES,
        status_names=STATUS_NAMES,
        field_sentences=FIELD_SENTENCES,
    )

    taken = procedures.move_for(errand, Action.TAKE, Status.REPORTED, GRID, frozenset({Who.ANYBODY}), {})
    offered = procedures.offered(errand, Status.HANDLING, GRID, HOLDER)

    assert taken.to is Status.HANDLING
    assert [move.action for move in offered] == [Action.SOLVE]
    with pytest.raises(ActionNotOffered):
        procedures.move_for(errand, Action.SPLIT, Status.HANDLING, GRID, HOLDER, {})


@pytest.mark.parametrize(
    ("before", "after", "passed_on", "stops", "starts"),
    [
        ("reported", "dispatched", True, ["accept"], []),  # 立案
        ("reported", "not_accepted", False, ["accept"], []),  # refused
        ("reported", "reported", True, ["accept"], ["accept"]),  # climbed: the next level has its own
        ("reported", "reported", False, [], []),  # a note decides nothing
        ("handling", "accepted", True, [], ["dispatch"]),  # returned
        ("accepted", "dispatched", True, ["dispatch"], []),  # sent on
        ("accepted", "feedback", True, ["dispatch"], []),  # solved by whoever got it back
        ("dispatched", "handling", False, [], []),  # nothing to decide
    ],
)
def test_a_status_that_waits_for_a_decision_has_a_clock_for_each_holder(
    before: str, after: str, passed_on: bool, stops: list[str], starts: list[str]
) -> None:
    found = lifecycle.stage_clocks(Status(before), Status(after), passed_on=passed_on)
    assert found == (tuple(stops), tuple(starts))


def test_no_row_names_the_clock_of_a_stage_it_begins() -> None:
    """They follow from the statuses; a row that named one too would start it twice."""
    stages = set(lifecycle.STAGE_CLOCKS.values())
    assert [move.action for move in TICKET.moves if stages & set(move.starts)] == []
