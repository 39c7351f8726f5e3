"""The life of a ticket, row by row, and that the table itself is sound."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain import lifecycle, procedures
from reporter.domain.actions import ACTION_NAMES, FIELD_SENTENCES, Action
from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.errors import ActionNotOffered, Forbidden, MissingInput, StepNotPossible
from reporter.domain.events import EVENT_NAMES, EVENT_OF_ACTION, EventKind
from reporter.domain.lifecycle import CLAIMS, TICKET, Ball, Facts, Who
from reporter.domain.procedures import Move, Procedure
from reporter.domain.statuses import ENDED, OPEN, STATUS_NAMES, Status

HOLDER = frozenset({Who.ANYBODY, Who.HOLDER})
SUBMITTER = frozenset({Who.ANYBODY, Who.SUBMITTER, Who.ANY_SUBMITTER})
GRID = Facts(holder_level=Level.GRID)
HOME = Facts(holder_level=Level.NEIGHBOURHOOD)
DEPARTMENT = Facts(holder_level=None)
PHOTO = {"photo_ids": ["p"]}


def small(facts: Facts, **more: object) -> Facts:
    return dataclasses.replace(facts, small_matter=True, has_before_photo=True, **more)  # type: ignore[arg-type]


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
        ("note", "closed", Facts(), frozenset({Who.ANYBODY}), {"text": "t"}, None, "stays"),
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
        ("hold", "handling", GRID, HOLDER, {}, ActionNotOffered),  # not built yet, whoever asks
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
        ("accept", "reported", GRID, HOLDER, {}, MissingInput),
        ("respond", "handling", GRID, HOLDER, {"note": "n"}, MissingInput),  # a guard needs proof
        ("solve", "handling", dataclasses.replace(GRID, photo_compulsory=True), HOLDER, {}, MissingInput),
        ("verify", "feedback", GRID, HOLDER, {}, MissingInput),
        ("verify", "feedback", GRID, HOLDER, {"passed": False}, MissingInput),  # why it failed
        ("return", "handling", GRID, HOLDER, {"note": "n"}, MissingInput),
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
    unfiled=st.booleans(),
    recheck_due=st.booleans(),
    verifier_solved=st.booleans(),
    confirmations_lacking=st.sampled_from([None, 1, 2]),
    overseer_level=st.sampled_from([*CHAIN_LEVELS, None]),
)
relations = st.frozensets(st.sampled_from(Who)).map(lambda who: who | {Who.ANYBODY})
FILLED = {name: True if name == "passed" else ["p"] if name == "photo_ids" else "x" for name in FIELD_SENTENCES}


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
