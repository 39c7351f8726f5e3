"""The life of a whistle and of its calls, row by row; how long units have, and what is on site."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain import attendance, procedures
from reporter.domain.errors import Forbidden, MissingInput, StepNotPossible
from reporter.domain.procedures import Procedure
from reporter.domain.whistle_events import EVENT_NAMES, EVENT_OF_ACTION, NOTICES, WhistleEventKind
from reporter.domain.whistles import (
    ACTION_NAMES,
    CALL,
    CALL_CLAIMS,
    CALL_STATUS_NAMES,
    CLAIMS,
    ENDED,
    FIELD_SENTENCES,
    GRADES,
    OF_PEOPLE,
    STATUS_NAMES,
    WHISTLE,
    Action,
    CallFacts,
    CallStatus,
    Facts,
    Kind,
    Status,
    Turn,
    Who,
)
from reporter.domain.working_time import Limit, Unit
from tests.domain.calendars import beijing, calendar, policy

UNIT = frozenset({Who.ANYBODY, Who.UNIT})
LEAD = UNIT | {Who.LEAD}
WHISTLER = frozenset({Who.ANYBODY, Who.WHISTLER})
DISTRICT = frozenset({Who.ANYBODY, Who.DISTRICT})
OTHERS = frozenset({Who.ANYBODY})
SYSTEM = frozenset({Who.SYSTEM})

WAITING = Facts(unanswered=frozenset({"water", "power"}))
ONE_LEFT = Facts(unanswered=frozenset({"power"}), lead_came=True, anybody_answered=True)
ANSWERED = Facts(unrated=frozenset({"water", "power"}), lead_came=True, anybody_answered=True)
ONE_UNRATED = Facts(unrated=frozenset({"power"}), lead_came=True, anybody_answered=True)
RATED = Facts(lead_came=True, anybody_answered=True)
NOBODY_CAME = Facts(lead_silent=True, anybody_answered=True)
SILENT_LEAD = Facts(unrated=frozenset({"water"}), lead_came=True, lead_silent=True, anybody_answered=True)
POWER, PLACE = {"unit": "power"}, {"location": {"lng": 1}}
GRADED = {"unit": "power", **dict.fromkeys(GRADES, 5)}


@pytest.mark.parametrize(
    ("action", "status", "facts", "who", "given", "to", "turn"),
    [
        ("sign_in", "blown", WAITING, UNIT, PLACE, "attended", "units"),  # the first to come
        ("sign_in", "attended", ONE_LEFT, UNIT, PLACE, None, "units"),  # the next
        ("sign_in", "acting", ANSWERED, UNIT, PLACE, None, "units"),  # after a no-show: waited for again
        ("feed_back", "attended", WAITING, UNIT, {"note": "n", **POWER}, "acting", "units"),  # another is missing
        ("feed_back", "acting", ONE_LEFT, UNIT, {"note": "n", **POWER}, "acting", "lead"),  # the last one
        ("sum_up", "acting", ANSWERED, LEAD, {"note": "n"}, "summed_up", "whistler"),
        ("sum_up", "blown", NOBODY_CAME, WHISTLER, {"note": "n"}, "summed_up", "whistler"),  # in the lead's place
        ("sum_up", "acting", SILENT_LEAD, WHISTLER, {"note": "n"}, "summed_up", "whistler"),
        ("sum_up", "acting", SILENT_LEAD, LEAD, {"note": "n"}, "summed_up", "whistler"),  # it spoke after all
        ("rate", "summed_up", ANSWERED, WHISTLER, GRADED, None, "whistler"),
        ("rate", "summed_up", ONE_UNRATED, WHISTLER, GRADED, "rated", "whistler"),  # the last one
        ("close", "rated", RATED, WHISTLER, {}, "closed", "nobody"),
        ("close", "summed_up", NOBODY_CAME, WHISTLER, {}, "closed", "nobody"),  # nobody to rate
        ("close", "attended", ONE_LEFT, WHISTLER, {"reason": "r"}, "closed", "nobody"),  # it is not needed any more
        ("close", "acting", ONE_LEFT, DISTRICT, {"reason": "r"}, "closed", "nobody"),
        ("withdraw", "blown", WAITING, WHISTLER, {"reason": "r"}, "withdrawn", "nobody"),
        ("note", "closed", RATED, OTHERS, {"text": "t"}, None, "stays"),
        ("no_show", "blown", WAITING, SYSTEM, POWER, None, "units"),
        ("no_show", "attended", ONE_LEFT, SYSTEM, POWER, None, "lead"),
        ("miss_feedback", "attended", ONE_LEFT, SYSTEM, POWER, None, "lead"),
    ],
)
def test_a_step_leads(
    action: str,
    status: str,
    facts: Facts,
    who: frozenset[Who],
    given: dict[str, object],
    to: str | None,
    turn: str,
) -> None:
    move = procedures.move_for(WHISTLE, Action(action), Status(status), facts, who, given)
    assert (move.to, move.ball) == (Status(to) if to else None, Turn(turn))


@pytest.mark.parametrize(
    ("action", "status", "facts", "who", "given", "refusal"),
    [
        ("sign_in", "blown", WAITING, WHISTLER, PLACE, Forbidden),  # was not called
        ("sign_in", "blown", WAITING, UNIT, {}, MissingInput),  # by place
        ("sign_in", "summed_up", ANSWERED, UNIT, PLACE, StepNotPossible),  # it is over
        ("feed_back", "blown", WAITING, UNIT, {"note": "n", **POWER}, StepNotPossible),  # nobody has come
        ("feed_back", "attended", WAITING, UNIT, POWER, MissingInput),  # without a word
        ("sum_up", "acting", ANSWERED, UNIT, {"note": "n"}, Forbidden),  # a helper
        ("sum_up", "acting", ONE_LEFT, LEAD, {"note": "n"}, StepNotPossible),  # one has not answered
        ("sum_up", "blown", NOBODY_CAME, LEAD, {"note": "n"}, StepNotPossible),  # it did not come
        ("sum_up", "acting", ANSWERED, WHISTLER, {"note": "n"}, StepNotPossible),  # the lead is there
        ("sum_up", "acting", ANSWERED, LEAD, {}, MissingInput),
        ("rate", "acting", ANSWERED, WHISTLER, GRADED, StepNotPossible),  # too early
        ("rate", "summed_up", ANSWERED, LEAD, GRADED, Forbidden),  # not its own
        ("rate", "summed_up", ANSWERED, WHISTLER, POWER, MissingInput),
        ("close", "summed_up", ONE_UNRATED, WHISTLER, {}, StepNotPossible),  # rated first
        ("close", "blown", WAITING, WHISTLER, {}, MissingInput),  # before its end only with a reason
        ("close", "rated", RATED, LEAD, {}, Forbidden),
        ("close", "closed", RATED, WHISTLER, {}, StepNotPossible),
        ("close", "acting", ONE_LEFT, DISTRICT, {}, MissingInput),
        ("withdraw", "attended", ONE_LEFT, WHISTLER, {"reason": "r"}, StepNotPossible),  # somebody is there
        ("withdraw", "blown", NOBODY_CAME, WHISTLER, {"reason": "r"}, StepNotPossible),  # a no-show is on record
        ("no_show", "blown", WAITING, LEAD, POWER, Forbidden),  # nobody says so
    ],
)
def test_a_step_is_refused(
    action: str, status: str, facts: Facts, who: frozenset[Who], given: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        procedures.move_for(WHISTLE, Action(action), Status(status), facts, who, given)


@pytest.mark.parametrize(
    ("action", "status", "missed", "who", "to"),
    [
        ("sign_in", "called", False, UNIT, "signed_in"),
        ("sign_in", "no_show", False, UNIT, "signed_in"),  # late, but it came
        ("feed_back", "signed_in", False, UNIT, "fed_back"),
        ("feed_back", "signed_in", True, UNIT, "fed_back"),  # late, but it spoke
        ("rate", "fed_back", False, WHISTLER, "rated"),
        ("rate", "signed_in", True, WHISTLER, "rated"),  # came and said nothing
        ("no_show", "called", False, SYSTEM, "no_show"),
        ("miss_feedback", "signed_in", False, SYSTEM, None),
    ],
)
def test_a_call_goes(action: str, status: str, missed: bool, who: frozenset[Who], to: str | None) -> None:
    move = procedures.move_for(CALL, Action(action), CallStatus(status), CallFacts(missed), who, {})
    assert move.to == (CallStatus(to) if to else None)


CALL_NEVER = [
    (action, status, missed)
    for action in (Action.SIGN_IN, Action.FEED_BACK, Action.RATE, Action.NO_SHOW, Action.MISS_FEEDBACK)
    for status in CallStatus
    for missed in (False, True)
    if not any(
        move.action is action and status in move.froms and CALL_CLAIMS[move.when](CallFacts(missed), {})
        for move in CALL.moves
    )
]


@pytest.mark.parametrize(("action", "status", "missed"), CALL_NEVER)
def test_a_call_does_not_go(action: Action, status: CallStatus, missed: bool) -> None:
    with pytest.raises(StepNotPossible):
        procedures.move_for(CALL, action, status, CallFacts(missed), frozenset(Who), {})


def test_what_a_call_never_does_is_most() -> None:
    assert (Action.RATE, CallStatus.NO_SHOW, False) in CALL_NEVER
    assert (Action.SIGN_IN, CallStatus.SIGNED_IN, False) in CALL_NEVER
    assert len(CALL_NEVER) == 50 - 13


units = st.frozensets(st.sampled_from(["water", "power", "urban"]))
facts = st.builds(
    Facts,
    unanswered=units,
    unrated=units,
    lead_came=st.booleans(),
    lead_silent=st.booleans(),
    anybody_answered=st.booleans(),
)
relations = st.frozensets(st.sampled_from(Who)).map(lambda who: who | {Who.ANYBODY})
FILLED = {name: 5 if name in GRADES else "water" for name in FIELD_SENTENCES}


@given(st.sampled_from(Status), facts, relations)
def test_what_is_offered_is_possible_once_its_fields_are_filled(
    status: Status, known: Facts, who: frozenset[Who]
) -> None:
    for move in procedures.offered(WHISTLE, status, known, who):
        assert procedures.move_for(WHISTLE, move.action, status, known, who, FILLED).action is move.action


@given(st.sampled_from(Action), st.sampled_from(Status), facts, relations)
def test_what_is_not_offered_is_refused(action: Action, status: Status, known: Facts, who: frozenset[Who]) -> None:
    if action in {move.action for move in procedures.offered(WHISTLE, status, known, who)}:
        return
    with pytest.raises((Forbidden, StepNotPossible)):
        procedures.move_for(WHISTLE, action, status, known, who, FILLED)


@pytest.mark.parametrize(
    ("procedure", "claims", "names"),
    [(WHISTLE, CLAIMS, STATUS_NAMES), (CALL, CALL_CLAIMS, CALL_STATUS_NAMES)],
    ids=["whistle", "call"],
)
def test_every_row_is_sound(procedure: Procedure, claims: dict[str, object], names: dict[object, str]) -> None:
    for move in procedure.moves:
        assert move.when in claims
        assert move.action in ACTION_NAMES
        assert move.action in EVENT_OF_ACTION
        assert set(move.needs) <= set(FIELD_SENTENCES)
        assert set(move.froms) <= set(names)


def test_a_whistle_is_somebodys_turn_until_it_ends() -> None:
    assert all((move.to in ENDED) == (move.ball is Turn.NOBODY) for move in WHISTLE.moves)
    assert {move.action for move in CALL.moves} - OF_PEOPLE == {Action.NO_SHOW, Action.MISS_FEEDBACK}
    assert set(EVENT_NAMES) == set(WhistleEventKind)
    assert set(NOTICES) == set(WhistleEventKind) - {WhistleEventKind.NOTED}


def test_every_open_status_can_be_left_by_whoever_has_the_turn() -> None:
    for status in set(Status) - ENDED:
        leaving = {move.who for move in WHISTLE.moves if status in move.froms and move.to not in (None, status)}
        assert Who.WHISTLER in leaving, status
        assert Who.DISTRICT in leaving, status


@pytest.mark.parametrize(
    ("kind", "blown", "meet", "due"),
    [
        (Kind.EMERGENCY, "2026-10-03 21:40", None, "2026-10-03 22:10"),  # a holiday night counts
        (Kind.ENFORCEMENT, "2026-09-07 09:00", None, "2026-09-07 11:00"),  # two work hours
        (Kind.ENFORCEMENT, "2026-09-07 11:30", None, "2026-09-07 15:30"),  # over the lunch break
        (Kind.ENFORCEMENT, "2026-09-11 17:00", None, "2026-09-14 09:00"),  # over the weekend
        (Kind.KEY_PROJECT, "2026-09-07 10:00", None, "2026-09-08 10:00"),  # one work day
        (Kind.RESOURCE, "2026-09-30 10:00", None, "2026-10-10 10:00"),  # three, over the week of October
        (Kind.ENFORCEMENT, "2026-09-07 09:00", "2026-09-08 09:00", "2026-09-08 09:00"),  # they meet later
        (Kind.ENFORCEMENT, "2026-09-07 09:00", "2026-09-07 09:30", "2026-09-07 11:00"),  # they meet before: the limit
    ],
)
def test_until_when_a_unit_must_sign_in(kind: Kind, blown: str, meet: str | None, due: str) -> None:
    meet_at: datetime | None = beijing(meet) if meet else None
    limit = policy().sign_in_limits[kind]
    assert attendance.sign_in_due(beijing(blown), meet_at, limit, calendar()).at == beijing(due)


def test_the_limits_are_those_of_the_source() -> None:
    """``domain.md`` 9.3, 2."""
    assert policy().sign_in_limits == {
        Kind.EMERGENCY: Limit(30, Unit.URGENT_MINUTE),
        Kind.ENFORCEMENT: Limit(2, Unit.WORK_HOUR),
        Kind.KEY_PROJECT: Limit(1, Unit.WORK_DAY),
        Kind.RESOURCE: Limit(3, Unit.WORK_DAY),
    }


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "on_site"),
    [
        (0, 0, True),
        (150, 0, True),  # the edge belongs to it
        (151, 0, False),
        (240, 90, True),  # the fix may be as far off as it says
        (251, 100, False),
        (400, 5000, False),  # a bad fix brings nobody nearer
    ],
)
def test_who_is_on_site(metres: float, accuracy_m: float, on_site: bool) -> None:
    assert attendance.is_on_site(metres, accuracy_m, policy()) is on_site


@pytest.mark.parametrize(
    ("total", "n", "shown"), [(0, 0, None), (5, 1, 5.0), (9, 2, 4.5), (13, 3, 4.33), (14, 3, 4.67), (17, 8, 2.13)]
)
def test_a_mean_of_nothing_is_no_data(total: int, n: int, shown: float | None) -> None:
    assert attendance.mean(total, n) == shown
