"""回访: what follows a bad rating until somebody else has looked into it, as one table (``domain.md`` 9.1). ★

A third life over ``domain/procedures.py``. The one who visits is never one who handled the ticket; a finding of malice
needs two more people; the rater may appeal once; the grade itself is never touched.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reporter.domain import routing
from reporter.domain.areas import Level, Seat
from reporter.domain.errors import NoLevelAbove, StepNotPossible, sentence
from reporter.domain.policy import Policy
from reporter.domain.procedures import Claim, Move, Procedure, always
from reporter.domain.routing import Stop
from reporter.domain.working_time import Limit

BAD_UP_TO = 2  # 不满意 and 非常不满意 are 差评


class State(StrEnum):
    CONTACTING = "contacting"
    FINDING = "finding"
    REVIEWING = "reviewing"
    RECTIFYING = "rectifying"
    DONE = "done"


STATE_NAMES = {
    State.CONTACTING: sentence("待联系"),
    State.FINDING: sentence("待认定"),
    State.REVIEWING: sentence("恶意差评复核中"),
    State.RECTIFYING: sentence("整改中"),
    State.DONE: sentence("已办结"),
}
ENDED = frozenset({State.DONE})


class Outcome(StrEnum):
    TRUE_FIXED = "true_fixed"
    TRUE_NOT_FIXABLE = "true_not_fixable"
    UNTRUE = "untrue"
    MALICIOUS = "malicious"


OUTCOME_NAMES = {
    Outcome.TRUE_FIXED: sentence("属实，已整改"),
    Outcome.TRUE_NOT_FIXABLE: sentence("属实，无法立即解决"),
    Outcome.UNTRUE: sentence("不属实"),
    Outcome.MALICIOUS: sentence("恶意差评"),
}
TRUE = frozenset({Outcome.TRUE_FIXED, Outcome.TRUE_NOT_FIXABLE})


class Action(StrEnum):
    CONTACT = "contact"
    FIND = "find"
    RECTIFY = "rectify"
    REVIEW = "review"
    APPEAL = "appeal"
    TAKE_OVER = "take_over"


ACTION_NAMES = {
    Action.CONTACT: sentence("联系评价人"),
    Action.FIND: sentence("作出认定"),
    Action.RECTIFY: sentence("完成整改"),
    Action.REVIEW: sentence("复核恶意差评"),
    Action.APPEAL: sentence("对回访结果申诉"),
    Action.TAKE_OVER: sentence("接过回访"),
}
FIELD_SENTENCES = {
    "note": sentence("请写明情况"),
    "outcome": sentence("请选择认定结果"),
    "evidence": sentence("请写明依据"),
    "passed": sentence("请说明是否通过"),
    "reason": sentence("请写明原因"),
}


class Who(StrEnum):
    ASSIGNED = "assigned"  # acts for the seat that has it, and did not handle the ticket
    ABOVE = "above"  # leads an area around it wider than that seat's, or sits at the district's desk
    FIRST_REVIEWER = "first_reviewer"  # street or wider, neither the finder nor a handler
    SECOND_REVIEWER = "second_reviewer"  # district or wider, and not the first reviewer either
    RATER = "rater"


class Desk(StrEnum):
    """Where the revisit goes with a step."""

    STAYS = "stays"
    UP = "up"  # to the next above who did not handle it
    TAKER = "taker"  # to whoever takes it over
    NOBODY = "nobody"  # it has ended


class Due(StrEnum):
    """What has a limit of its own; all of them count from the bad rating (or from the appeal)."""

    CONTACT = "contact"
    FINDING = "finding"
    RECTIFY = "rectify"


DUE_NAMES = {
    Due.CONTACT: sentence("联系"),
    Due.FINDING: sentence("认定"),
    Due.RECTIFY: sentence("整改"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row may ask about a revisit beyond its state."""

    appealed: bool = False
    appeal_open: bool = True  # the days in which the rater may appeal are not over
    from_level: Level | None = None  # the widest level from which the caller looks over it


CLAIMS: Mapping[str, Claim] = {
    "always": always,
    "true": lambda facts, given: given.get("outcome") in TRUE,
    "untrue": lambda facts, given: given.get("outcome") == Outcome.UNTRUE,
    "malicious": lambda facts, given: given.get("outcome") == Outcome.MALICIOUS,
    "still_true": lambda facts, given: given.get("outcome") in (None, *TRUE),
    "passed": lambda facts, given: given.get("passed") is True,
    "failed": lambda facts, given: given.get("passed") is False,
    "may_appeal": lambda facts, given: not facts.appealed and facts.appeal_open,
}
FORESEEN = frozenset({"may_appeal"})


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


C, F, V, X, DONE = State.CONTACTING, State.FINDING, State.REVIEWING, State.RECTIFYING, State.DONE
_ALL_DUE = tuple(Due)

# fmt: off
MOVES = (
    Move(Action.CONTACT,   _from(C),       F,    Who.ASSIGNED, Desk.STAYS, needs=("note",), stops=(Due.CONTACT,)),
    Move(Action.FIND,      _from(F),       X,    Who.ASSIGNED, Desk.STAYS, needs=("outcome",), may_have=("evidence",),
         when="true", stops=(Due.FINDING,)),
    Move(Action.FIND,      _from(F),       DONE, Who.ASSIGNED, Desk.NOBODY, needs=("outcome", "evidence"),
         when="untrue", stops=_ALL_DUE),
    Move(Action.FIND,      _from(F),       V,    Who.ASSIGNED, Desk.STAYS, needs=("outcome", "evidence"),
         when="malicious", stops=(Due.FINDING,)),
    Move(Action.RECTIFY,   _from(X),       DONE, Who.ASSIGNED, Desk.NOBODY, needs=("note",), may_have=("outcome",),
         when="still_true", stops=_ALL_DUE),
    Move(Action.REVIEW,    _from(V),       None, Who.FIRST_REVIEWER, Desk.STAYS, needs=("passed", "note"),
         when="passed", smallest=Level.STREET),
    Move(Action.REVIEW,    _from(V),       DONE, Who.SECOND_REVIEWER, Desk.NOBODY, needs=("passed", "note"),
         when="passed", smallest=Level.DISTRICT, stops=_ALL_DUE),
    Move(Action.REVIEW,    _from(V),       F,    Who.FIRST_REVIEWER, Desk.STAYS, needs=("passed", "note"),
         when="failed", smallest=Level.STREET, starts=(Due.FINDING,)),
    Move(Action.REVIEW,    _from(V),       F,    Who.SECOND_REVIEWER, Desk.STAYS, needs=("passed", "note"),
         when="failed", smallest=Level.DISTRICT, starts=(Due.FINDING,)),
    Move(Action.APPEAL,    _from(DONE),    F,    Who.RATER, Desk.UP, needs=("reason",), when="may_appeal",
         starts=(Due.FINDING, Due.RECTIFY)),
    Move(Action.TAKE_OVER, _from(C, F, X), None, Who.ABOVE, Desk.TAKER, needs=("reason",)),
)
# fmt: on


def reach(move: Move, facts: Facts) -> bool:
    """Whether the caller's level may follow a row; only reviewing asks for one."""
    if move.who not in (Who.FIRST_REVIEWER, Who.SECOND_REVIEWER):
        return True
    return facts.from_level is not None and facts.from_level.reaches(move.smallest)


REVISIT = Procedure(
    "revisit",
    MOVES,
    ended=ENDED,
    action_names=ACTION_NAMES,
    status_names=STATE_NAMES,
    field_sentences=FIELD_SENTENCES,
    claims=CLAIMS,
    foreseen=FORESEEN,
    reach=reach,
)


class RevisitNotPossible(StepNotPossible):
    message = sentence("回访现在是“{status_name}”，不能“{action_name}”")


def is_bad(grade: int) -> bool:
    return grade <= BAD_UP_TO


def limit_of(due: Due, policy: Policy) -> Limit:
    return {
        Due.CONTACT: policy.revisit_contact_limit,
        Due.FINDING: policy.revisit_finding_limit,
        Due.RECTIFY: policy.revisit_rectify_limit,
    }[due]


def assign(
    chain: Sequence[Seat], above: Level, handlers: Collection[int], conflicted: frozenset[int] = frozenset()
) -> Stop | None:
    """The next filled seat above a level, up to the district's, whose person did not handle the ticket.

    None: nobody is left, so it is the district desk's. ``conflicted``: persons the ticket is about.
    """
    try:
        return routing.climb(
            chain, above, "revisit", conflicted=conflicted, ceiling=Level.DISTRICT, excluded=frozenset(handlers)
        )
    except NoLevelAbove:
        return None


def in_appeal_window(done_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Whether the rater may still appeal: within ``revisit_appeal_days`` of the result, the last day included."""
    return done_at is not None and now - done_at <= timedelta(days=policy.revisit_appeal_days)


# what the figures of a period say: name → (numerator, denominator) among the counts of queries/revisits.py
RATES = {
    "contacted_in_time": ("contacted_in_time", "contact_due"),
    "done": ("done", "opened"),
    **{outcome.value: (outcome.value, "done") for outcome in Outcome},
}
RATE_NAMES = {
    "contacted_in_time": sentence("按时联系率"),
    "done": sentence("回访办结率"),
    **{outcome.value: OUTCOME_NAMES[outcome] for outcome in Outcome},
}
