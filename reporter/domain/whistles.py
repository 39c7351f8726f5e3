"""吹哨报到 as two more tables: the life of a whistle, and that of each call in it. ★

Both are read by ``domain/procedures.py``, as the ticket's table is. A step is looked up in ``WHISTLE`` (may it be
taken now, what becomes of the whistle, whose turn it is then) and, where it concerns one unit, in ``CALL`` (what
becomes of that call, which of its limits ends and begins). How long the limits are and what is on site:
``domain/attendance.py``. Source: ``domain.md`` 9.3; ``decisions.md``: several at once is a whistle, by 社区 and above.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reporter.domain.areas import Level
from reporter.domain.errors import sentence
from reporter.domain.procedures import Claim, Move, Procedure, always

SMALLEST_WHISTLER = Level.COMMUNITY


class Kind(StrEnum):
    """For what units are called; each has a limit for signing in."""

    ENFORCEMENT = "enforcement"
    KEY_PROJECT = "key_project"
    EMERGENCY = "emergency"
    RESOURCE = "resource"


class Status(StrEnum):
    BLOWN = "blown"
    ATTENDED = "attended"  # somebody has signed in
    ACTING = "acting"  # somebody has fed back
    SUMMED_UP = "summed_up"
    RATED = "rated"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class CallStatus(StrEnum):
    CALLED = "called"
    SIGNED_IN = "signed_in"
    FED_BACK = "fed_back"
    RATED = "rated"
    NO_SHOW = "no_show"  # the limit for signing in passed; who comes late still signs in


class Action(StrEnum):
    SIGN_IN = "sign_in"
    FEED_BACK = "feed_back"
    SUM_UP = "sum_up"
    RATE = "rate"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    NOTE = "note"
    NO_SHOW = "no_show"
    MISS_FEEDBACK = "miss_feedback"


class Who(StrEnum):
    WHISTLER = "whistler"  # acts for the seat that blew it
    UNIT = "unit"  # a called department
    LEAD = "lead"  # the one of them that leads
    DISTRICT = "district"  # the desk of the district, to which no-shows escalate
    ANYBODY = "anybody"  # whoever may see it
    SYSTEM = "system"  # a limit passed


class Turn(StrEnum):
    """Who is to act next. ``LEAD`` becomes the whistler where the lead did not come or fell silent."""

    UNITS = "units"
    LEAD = "lead"
    WHISTLER = "whistler"
    NOBODY = "nobody"
    STAYS = "stays"  # of a row only: as it was


class Limit(StrEnum):
    """The two limits of a call; one runs at a time."""

    SIGN_IN = "sign_in"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row may ask about a whistle beyond its status. Units are codes of departments.

    ``unanswered``: neither fed back, nor given up because a limit passed. ``unrated``: came, and have no grade yet.
    """

    unanswered: frozenset[str] = frozenset()
    unrated: frozenset[str] = frozenset()
    lead_came: bool = False
    lead_silent: bool = False  # did not come, or let the limit for feedback pass
    anybody_answered: bool = False  # somebody came, or a no-show is on record


@dataclass(frozen=True, slots=True)
class CallFacts:
    feedback_missed: bool = False


CLAIMS: Mapping[str, Claim] = {
    "always": always,
    "last_to_answer": lambda facts, given: not facts.unanswered - {given.get("unit")},
    "all_answered": lambda facts, given: not facts.unanswered and facts.lead_came,
    "without_lead": lambda facts, given: not facts.unanswered and facts.lead_silent,
    "last_to_rate": lambda facts, given: not facts.unrated - {given.get("unit")},
    "nobody_to_rate": lambda facts, given: not facts.unrated,
    "nobody_answered": lambda facts, given: not facts.anybody_answered,
}
CALL_CLAIMS: Mapping[str, Claim] = {
    "always": always,
    "feedback_missed": lambda facts, given: facts.feedback_missed,
}

ACTION_NAMES = {
    Action.SIGN_IN: sentence("报到"),
    Action.FEED_BACK: sentence("反馈"),
    Action.SUM_UP: sentence("总结"),
    Action.RATE: sentence("评价单位"),
    Action.CLOSE: sentence("结束哨单"),
    Action.WITHDRAW: sentence("撤回哨单"),
    Action.NOTE: sentence("备注"),
    Action.NO_SHOW: sentence("登记未到"),
    Action.MISS_FEEDBACK: sentence("登记未反馈"),
}
KIND_NAMES = {
    Kind.ENFORCEMENT: sentence("联合执法"),
    Kind.KEY_PROJECT: sentence("重点工作"),
    Kind.EMERGENCY: sentence("应急处置"),
    Kind.RESOURCE: sentence("资源"),
}
STATUS_NAMES = {
    Status.BLOWN: sentence("已吹哨"),
    Status.ATTENDED: sentence("已有单位报到"),
    Status.ACTING: sentence("联合处置中"),
    Status.SUMMED_UP: sentence("已总结待评价"),
    Status.RATED: sentence("已评价待结束"),
    Status.CLOSED: sentence("已结束"),
    Status.WITHDRAWN: sentence("已撤回"),
}
CALL_STATUS_NAMES = {
    CallStatus.CALLED: sentence("待报到"),
    CallStatus.SIGNED_IN: sentence("已报到"),
    CallStatus.FED_BACK: sentence("已反馈"),
    CallStatus.RATED: sentence("已评价"),
    CallStatus.NO_SHOW: sentence("未到"),
}
FIELD_SENTENCES = {
    "location": sentence("请定位报到地点"),
    "note": sentence("请写明情况"),
    "reason": sentence("请写明原因"),
    "text": sentence("请写备注内容"),
    "unit": sentence("请选择单位"),
    "attended": sentence("请给到场打分"),
    "solved": sentence("请给解决打分"),
    "attitude": sentence("请给态度打分"),
}
GRADES = ("attended", "solved", "attitude")  # 1..5 each (``domain.md`` 9.3)
ENDED = frozenset({Status.CLOSED, Status.WITHDRAWN})
OPEN = frozenset(Status) - ENDED
UNSUMMED = frozenset({Status.BLOWN, Status.ATTENDED, Status.ACTING})  # the joint action is not over


def _from(*statuses: StrEnum) -> frozenset[StrEnum]:
    return frozenset(statuses)


B, T, G, S, R, C = Status.BLOWN, Status.ATTENDED, Status.ACTING, Status.SUMMED_UP, Status.RATED, Status.CLOSED
_RATING = ("unit", *GRADES)

# fmt: off
WHISTLE = Procedure(
    "whistle",
    (
        Move(Action.SIGN_IN,   _from(B),       T,    Who.UNIT, Turn.UNITS, needs=("location",),
             may_have=("reason", "note", "photo_ids")),
        Move(Action.SIGN_IN,   _from(T, G),    None, Who.UNIT, Turn.UNITS, needs=("location",),
             may_have=("reason", "note", "photo_ids")),
        Move(Action.FEED_BACK, _from(T, G),    G,    Who.UNIT, Turn.LEAD, needs=("note",), may_have=("photo_ids",),
             when="last_to_answer"),
        Move(Action.FEED_BACK, _from(T, G),    G,    Who.UNIT, Turn.UNITS, needs=("note",), may_have=("photo_ids",)),
        Move(Action.SUM_UP,    _from(T, G),    S,    Who.LEAD, Turn.WHISTLER, needs=("note",),
             may_have=("photo_ids",), when="all_answered"),
        Move(Action.SUM_UP,    _from(B, T, G), S,    Who.WHISTLER, Turn.WHISTLER, needs=("note",),
             may_have=("photo_ids",), when="without_lead"),
        Move(Action.RATE,      _from(S),       R,    Who.WHISTLER, Turn.WHISTLER, needs=_RATING, may_have=("note",),
             when="last_to_rate"),
        Move(Action.RATE,      _from(S),       None, Who.WHISTLER, Turn.WHISTLER, needs=_RATING, may_have=("note",)),
        Move(Action.CLOSE,     _from(R),       C,    Who.WHISTLER, Turn.NOBODY, may_have=("note",)),
        Move(Action.CLOSE,     _from(S),       C,    Who.WHISTLER, Turn.NOBODY, may_have=("note",),
             when="nobody_to_rate"),
        Move(Action.CLOSE,     _from(B, T, G), C,    Who.WHISTLER, Turn.NOBODY, needs=("reason",)),
        Move(Action.CLOSE,     _from(*OPEN),   C,    Who.DISTRICT, Turn.NOBODY, needs=("reason",)),
        Move(Action.WITHDRAW,  _from(B), Status.WITHDRAWN, Who.WHISTLER, Turn.NOBODY, needs=("reason",),
             when="nobody_answered"),
        Move(Action.NOTE,      frozenset(Status), None, Who.ANYBODY, Turn.STAYS, needs=("text",),
             may_have=("photo_ids",)),
        Move(Action.NO_SHOW,   _from(B, T, G), None, Who.SYSTEM, Turn.LEAD, when="last_to_answer"),
        Move(Action.NO_SHOW,   _from(B, T, G), None, Who.SYSTEM, Turn.UNITS),
        Move(Action.MISS_FEEDBACK, _from(T, G), None, Who.SYSTEM, Turn.LEAD, when="last_to_answer"),
        Move(Action.MISS_FEEDBACK, _from(T, G), None, Who.SYSTEM, Turn.UNITS),
    ),
    ended=ENDED,
    action_names=ACTION_NAMES,
    status_names=STATUS_NAMES,
    field_sentences=FIELD_SENTENCES,
    claims=CLAIMS,
    foreseen=frozenset({"all_answered", "without_lead", "nobody_to_rate", "nobody_answered"}),
)

CALLED, SIGNED_IN, FED_BACK = CallStatus.CALLED, CallStatus.SIGNED_IN, CallStatus.FED_BACK

CALL = Procedure(
    "call",
    (
        Move(Action.SIGN_IN,   _from(CALLED, CallStatus.NO_SHOW), SIGNED_IN, Who.UNIT, Turn.STAYS,
             stops=(Limit.SIGN_IN,), starts=(Limit.FEEDBACK,)),
        Move(Action.FEED_BACK, _from(SIGNED_IN), FED_BACK, Who.UNIT, Turn.STAYS, stops=(Limit.FEEDBACK,)),
        Move(Action.RATE,      _from(FED_BACK), CallStatus.RATED, Who.WHISTLER, Turn.STAYS),
        Move(Action.RATE,      _from(SIGNED_IN), CallStatus.RATED, Who.WHISTLER, Turn.STAYS, when="feedback_missed"),
        Move(Action.NO_SHOW,   _from(CALLED), CallStatus.NO_SHOW, Who.SYSTEM, Turn.STAYS, stops=(Limit.SIGN_IN,)),
        Move(Action.MISS_FEEDBACK, _from(SIGNED_IN), None, Who.SYSTEM, Turn.STAYS, stops=(Limit.FEEDBACK,)),
    ),
    ended=frozenset({CallStatus.RATED}),
    action_names=ACTION_NAMES,
    status_names=CALL_STATUS_NAMES,
    field_sentences=FIELD_SENTENCES,
    claims=CALL_CLAIMS,
    foreseen=frozenset(CALL_CLAIMS),
)
# fmt: on

OF_ONE_CALL = frozenset(move.action for move in CALL.moves)
OF_PEOPLE = frozenset(move.action for move in WHISTLE.moves if move.who is not Who.SYSTEM)
