"""The life of a ticket, as one table. ★

The service, the API's ``actions``, the documentation and the tests read ``TICKET.moves``; nothing
else knows what may follow what. Source: ``domain.md`` 3.2–3.3 as changed by ``decisions.md``.
Who the holder is after a step is computed in ``services/lifecycle.py`` from the row's ``ball``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reporter.domain.actions import ACTION_NAMES, FIELD_SENTENCES, Action
from reporter.domain.areas import Level
from reporter.domain.errors import ActionNotOffered, Forbidden, MissingInput, StepNotPossible, sentence
from reporter.domain.statuses import ENDED, STATUS_NAMES, Status


class Who(StrEnum):
    HOLDER = "holder"  # acts for the seat or department that has the ball
    SUBMITTER = "submitter"  # made the first report
    ANY_SUBMITTER = "any_submitter"  # made or joined it
    ANYBODY = "anybody"  # whoever may see the ticket


class Ball(StrEnum):
    """Where the ball goes with a step."""

    STAYS = "stays"
    ROUTED = "routed"  # as the category says, from the accountable seat down
    GIVEN = "given"  # to the seat or department named in the step
    UP = "up"  # next filled seat above
    BACK = "back"  # to whoever sent it
    TO_VERIFY = "to_verify"  # the accountable seat, or the next above if it solved
    TO_SOLVER = "to_solver"  # back to whoever solved, for rework
    ABOVE_SOLVER = "above_solver"  # one level above whoever solved
    NOBODY = "nobody"  # the ticket has ended


class ClockKind(StrEnum):
    RESPONSE = "response"
    RESOLVE = "resolve"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row may ask about the ticket beyond its status; every fact comes from stored rows."""

    holder_level: Level | None = None  # None: a department holds it
    taken_ever: bool = False
    joined_by_others: bool = False
    small_matter: bool = False  # LL category of low severity: may be closed in one step
    has_before_photo: bool = False
    photo_compulsory: bool = False
    guard_asked: bool = False  # the condition asks for a guard at the place
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One row: ``action`` leads from any of ``froms`` to ``to`` (None: the status stays).

    ``needs`` and ``may_have`` are fields of the step; ``when`` names a claim of ``CLAIMS`` that must
    hold for this row; the first row that fits wins. ``starts``/``stops`` are clocks. ``smallest`` is
    the smallest level whose seat may take the step as holder; ``department`` whether one may.
    """

    action: Action
    froms: frozenset[Status]
    to: Status | None
    who: Who
    ball: Ball
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    when: str = "always"
    starts: tuple[ClockKind, ...] = ()
    stops: tuple[ClockKind, ...] = ()
    smallest: Level = Level.NEIGHBOURHOOD
    department: bool = True


CLAIMS: dict[str, Any] = {
    "always": lambda facts, given: True,
    "closes_at_once": lambda facts, given: (
        facts.small_matter and facts.has_before_photo and bool(given.get("photo_ids"))
    ),
    "never_taken": lambda facts, given: not facts.taken_ever and not facts.joined_by_others,
    "passed": lambda facts, given: given.get("passed") is True,
    "failed": lambda facts, given: given.get("passed") is False,
    "photo_given": lambda facts, given: bool(given.get("photo_ids")),
}


@dataclass(frozen=True, slots=True)
class Procedure:
    """A life as data: a second procedure is a second table, read by the same functions."""

    name: str
    moves: tuple[Move, ...]
    ended: frozenset[Status] = field(default=ENDED)


def _from(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


R, A, D, H, F, C = (
    Status.REPORTED,
    Status.ACCEPTED,
    Status.DISPATCHED,
    Status.HANDLING,
    Status.FEEDBACK,
    Status.CLOSED,
)
_RESPONSE, _RESOLVE, _VERIFY = ClockKind.RESPONSE, ClockKind.RESOLVE, ClockKind.VERIFY
_WORKING_CLOCKS = (_RESPONSE, _RESOLVE)
_ALL_CLOCKS = tuple(ClockKind)

# fmt: off
TICKET = Procedure("ticket", (
    Move(Action.ACCEPT,   _from(R),       D,    Who.HOLDER, Ball.ROUTED, needs=("category",), may_have=("condition",),
         smallest=Level.GRID, department=False, stops=_WORKING_CLOCKS, starts=_WORKING_CLOCKS),
    Move(Action.TAKE,     _from(D),       H,    Who.HOLDER, Ball.STAYS, stops=(_RESPONSE,)),
    Move(Action.RESPOND,  _from(D, H),    None, Who.HOLDER, Ball.STAYS, needs=("note", "photo_ids"),
         stops=(_RESPONSE,)),
    Move(Action.SOLVE,    _from(A, D, H), C,    Who.HOLDER, Ball.NOBODY, needs=("photo_ids",), may_have=("note",),
         when="closes_at_once", stops=_ALL_CLOCKS, department=False),
    Move(Action.SOLVE,    _from(A, D, H), F,    Who.HOLDER, Ball.TO_VERIFY, may_have=("note", "photo_ids"),
         stops=_WORKING_CLOCKS, starts=(_VERIFY,)),
    Move(Action.VERIFY,   _from(F),       C,    Who.HOLDER, Ball.NOBODY, needs=("passed",),
         may_have=("note", "photo_ids"),
         when="passed", stops=_ALL_CLOCKS, smallest=Level.GRID, department=False),
    Move(Action.VERIFY,   _from(F),       H,    Who.HOLDER, Ball.TO_SOLVER, needs=("passed", "note"),
         may_have=("photo_ids",), when="failed", stops=(_VERIFY,), starts=(_RESOLVE,), smallest=Level.GRID,
         department=False),
    Move(Action.DISPATCH, _from(A, D, H), D,    Who.HOLDER, Ball.GIVEN, needs=("to",), may_have=("note",),
         smallest=Level.BUILDING, department=False, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.ESCALATE, _from(A, D, H), D,    Who.HOLDER, Ball.UP, needs=("reason",), department=False,
         stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.RETURN,   _from(D, H),    A,    Who.HOLDER, Ball.BACK, needs=("reason_code",), may_have=("note",),
         stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.REJECT,   _from(R, A, D), Status.NOT_ACCEPTED, Who.HOLDER, Ball.NOBODY, needs=("reason_code",),
         may_have=("note",), smallest=Level.GRID, department=False, stops=_ALL_CLOCKS),
    Move(Action.WITHDRAW, _from(R, A, D), Status.WITHDRAWN, Who.SUBMITTER, Ball.NOBODY, when="never_taken",
         may_have=("note",), stops=_ALL_CLOCKS),
    Move(Action.REOPEN,   _from(C),       D,    Who.ANY_SUBMITTER, Ball.ABOVE_SOLVER, needs=("reason",),
         may_have=("photo_ids",), starts=_WORKING_CLOCKS),
    Move(Action.NOTE,     frozenset(Status), None, Who.ANYBODY, Ball.STAYS, needs=("text",), may_have=("photo_ids",)),
))
# fmt: on


def move_for(
    procedure: Procedure, action: Action, status: Status, facts: Facts, who: frozenset[Who], given: Mapping[str, Any]
) -> Move:
    """The row that this step follows.

    ``who`` are the relations the caller has to the ticket; ``given`` the fields of the step. The order
    of refusals: ActionNotOffered (no such row), Forbidden (none for this caller), StepNotPossible (not
    in this status or its claim does not hold), MissingInput naming each missing field.
    """
    rows = [move for move in procedure.moves if move.action is action]
    if not rows:
        raise ActionNotOffered(fields={"action": sentence("还没有这个步骤")})
    if not any(move.who in who for move in rows):
        raise Forbidden()
    in_status = [move for move in rows if status in move.froms and move.who in who]
    if not in_status:
        raise _impossible(action, status)
    allowed = [move for move in in_status if _held_by(move, facts)]
    if not allowed:
        raise Forbidden()
    fitting = [move for move in allowed if CLAIMS[move.when](facts, given)]
    if not fitting:
        _complain_about_missing(allowed[:1], facts, given)
        raise _impossible(action, status)
    _complain_about_missing(fitting[:1], facts, given)
    return fitting[0]


def offered(procedure: Procedure, status: Status, facts: Facts, who: frozenset[Who]) -> list[Move]:
    """The rows the caller could follow now, one per action, for the API's ``actions``."""
    seen: dict[Action, Move] = {}
    for move in procedure.moves:
        fits = status in move.froms and move.who in who and _held_by(move, facts)
        if fits and (move.when != "never_taken" or CLAIMS[move.when](facts, {})):
            known = seen.get(move.action)
            # of several rows for one action the one that asks least is what the form must show
            if known is None or len(move.needs) < len(known.needs):
                seen[move.action] = move
    return list(seen.values())


def needs_of(move: Move, facts: Facts) -> tuple[str, ...]:
    """The fields this step cannot do without here: the row's, and the after-photo where it is compulsory."""
    needs = move.needs
    if move.action is Action.SOLVE and facts.photo_compulsory and "photo_ids" not in needs:
        needs = (*needs, "photo_ids")
    return needs


def _held_by(move: Move, facts: Facts) -> bool:
    if move.who is not Who.HOLDER:
        return True
    if facts.holder_level is None:
        return move.department
    return facts.holder_level.reaches(move.smallest)


def _complain_about_missing(moves: Sequence[Move], facts: Facts, given: Mapping[str, Any]) -> None:
    missing = [name for move in moves for name in needs_of(move, facts) if given.get(name) in (None, "", [], ())]
    if missing:
        raise MissingInput(fields={name: FIELD_SENTENCES[name] for name in missing})


def _impossible(action: Action, status: Status) -> StepNotPossible:
    return StepNotPossible(status_name=STATUS_NAMES[status], action_name=ACTION_NAMES[action])
