"""The life of a ticket, as one table. ★

The service, the API's ``actions``, the documentation and the tests read ``TICKET.moves`` by the functions of
``domain/procedures.py``; nothing else knows what may follow what. Source: ``domain.md`` 3.2–3.3 as changed by
``decisions.md``. Who the holder is after a step is computed in ``services/landing.py`` from the row's ``ball``;
what an action does beyond its row is in ``services/steps/``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reporter.domain.actions import ACTION_NAMES, FIELD_SENTENCES, Action
from reporter.domain.areas import Level
from reporter.domain.procedures import Claim, Move, Procedure, always
from reporter.domain.statuses import ENDED, OPEN, STATUS_NAMES, Status


class Who(StrEnum):
    HOLDER = "holder"  # acts for the seat or department that has the ball
    SUBMITTER = "submitter"  # made the first report
    ANY_SUBMITTER = "any_submitter"  # made or joined it
    ANYBODY = "anybody"  # whoever may see the ticket
    NEIGHBOUR = "neighbour"  # met it too or lives there, works for nobody here, and did not solve it
    SENDER = "sender"  # sent the ball to whoever has it now
    OVERSEER = "overseer"  # leads an area around it that is wider than the holder's, or sits at the district's desk


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
    TO_ACCOUNTABLE = "to_accountable"  # to the seat that answers for it until the end
    NOBODY = "nobody"  # the ticket has ended


class ClockKind(StrEnum):
    RESPONSE = "response"
    RESOLVE = "resolve"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row may ask about the ticket beyond its status; every fact comes from stored rows."""

    holder_level: Level | None = None  # None: a department holds it
    overseer_level: Level | None = None  # the widest level the caller oversees it from, None: does not
    taken_ever: bool = False
    joined_by_others: bool = False
    small_matter: bool = False  # LL category of low severity: may be closed in one step
    has_before_photo: bool = False
    photo_compulsory: bool = False
    guard_asked: bool = False  # the condition asks for a guard at the place
    guarded: bool = False
    unfiled: bool = False  # nobody has said yet what it is
    recheck_due: bool = False
    verifier_solved: bool = False  # who would have to verify is who solved: somebody wider may do it instead
    confirmations_lacking: int | None = None  # how many neighbours must still say so, None: not a matter for them


CLAIMS: Mapping[str, Claim] = {
    "always": always,
    "closes_at_once": lambda facts, given: (
        facts.small_matter and facts.has_before_photo and bool(given.get("photo_ids"))
    ),
    "never_taken": lambda facts, given: not facts.taken_ever and not facts.joined_by_others,
    "passed": lambda facts, given: given.get("passed") is True,
    "failed": lambda facts, given: given.get("passed") is False,
    "unfiled": lambda facts, given: facts.unfiled,
    "filed_before": lambda facts, given: not facts.unfiled,
    "recheck_passes": lambda facts, given: facts.recheck_due and given.get("found") is not False,
    "recheck_fails": lambda facts, given: facts.recheck_due and given.get("found") is False,
    "passed_instead": lambda facts, given: facts.verifier_solved and given.get("passed") is not False,
    "failed_instead": lambda facts, given: facts.verifier_solved and given.get("passed") is False,
    "neighbours_suffice": lambda facts, given: facts.confirmations_lacking == 1 and given.get("fixed") is not False,
    "neighbours_lack": lambda facts, given: (facts.confirmations_lacking or 0) > 1 and given.get("fixed") is not False,
    "neighbour_denies": lambda facts, given: facts.confirmations_lacking is not None and given.get("fixed") is False,
}
FORESEEN = frozenset({"never_taken", "unfiled", "filed_before", "recheck_passes"})
FORESEEN |= {"passed_instead", "failed_instead", "neighbours_suffice", "neighbours_lack", "neighbour_denies"}


def reach(move: Move, facts: Facts) -> bool:
    """Whether the level of the holder, or of the overseer, may follow this row; others have no level."""
    if move.who is Who.OVERSEER:
        return facts.overseer_level is not None and facts.overseer_level.reaches(move.smallest)
    if move.who is not Who.HOLDER:
        return True
    if facts.holder_level is None:
        return move.department
    return facts.holder_level.reaches(move.smallest)


def needs_of(move: Move, facts: Facts) -> tuple[str, ...]:
    """The fields this step cannot do without here: the row's, and the after-photo where it is compulsory."""
    needs = move.needs
    if move.action is Action.SOLVE and facts.photo_compulsory and "photo_ids" not in needs:
        needs = (*needs, "photo_ids")
    return needs


def _from(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


R, A, D, H, F, C, M = (
    Status.REPORTED,
    Status.ACCEPTED,
    Status.DISPATCHED,
    Status.HANDLING,
    Status.FEEDBACK,
    Status.CLOSED,
    Status.MERGED,
)
_RESPONSE, _RESOLVE, _VERIFY = ClockKind.RESPONSE, ClockKind.RESOLVE, ClockKind.VERIFY
_WORKING_CLOCKS = (_RESPONSE, _RESOLVE)
_ALL_CLOCKS = tuple(ClockKind)

# fmt: off
MOVES = (
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
    Move(Action.VERIFY,   _from(F),       C,    Who.OVERSEER, Ball.NOBODY, needs=("passed",),
         may_have=("note", "photo_ids"), when="passed_instead", stops=_ALL_CLOCKS, smallest=Level.COMMUNITY),
    Move(Action.VERIFY,   _from(F),       H,    Who.OVERSEER, Ball.TO_SOLVER, needs=("passed", "note"),
         may_have=("photo_ids",), when="failed_instead", stops=(_VERIFY,), starts=(_RESOLVE,),
         smallest=Level.COMMUNITY),
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
    Move(Action.MERGE,    OPEN,           Status.MERGED, Who.HOLDER, Ball.NOBODY, needs=("into",), may_have=("note",),
         smallest=Level.GRID, department=False, stops=_ALL_CLOCKS),
    Move(Action.MERGE,    OPEN,           Status.MERGED, Who.OVERSEER, Ball.NOBODY, needs=("into",), may_have=("note",),
         smallest=Level.COMMUNITY, stops=_ALL_CLOCKS),
    Move(Action.UNMERGE,  _from(M),       R,    Who.OVERSEER, Ball.TO_ACCOUNTABLE, may_have=("note",), when="unfiled",
         smallest=Level.COMMUNITY, starts=(_RESPONSE,)),
    Move(Action.UNMERGE,  _from(M),       A,    Who.OVERSEER, Ball.TO_ACCOUNTABLE, may_have=("note",),
         when="filed_before", smallest=Level.COMMUNITY, starts=(_RESPONSE,)),
    Move(Action.CHECK,    _from(C),       None, Who.OVERSEER, Ball.STAYS, needs=("found",),
         may_have=("note", "photo_ids"), when="recheck_passes", smallest=Level.COMMUNITY),
    Move(Action.CHECK,    _from(C),       D,    Who.OVERSEER, Ball.ABOVE_SOLVER, needs=("found", "note"),
         may_have=("photo_ids",), when="recheck_fails", smallest=Level.COMMUNITY, starts=_WORKING_CLOCKS),
    Move(Action.CONFIRM,  _from(F),       C,    Who.NEIGHBOUR, Ball.NOBODY, needs=("fixed",),
         may_have=("note", "photo_ids"), when="neighbours_suffice", stops=_ALL_CLOCKS),
    Move(Action.CONFIRM,  _from(F),       None, Who.NEIGHBOUR, Ball.STAYS, needs=("fixed",),
         may_have=("note", "photo_ids"), when="neighbours_lack"),
    Move(Action.CONFIRM,  _from(F),       D,    Who.NEIGHBOUR, Ball.ABOVE_SOLVER, needs=("fixed", "photo_ids"),
         may_have=("note",), when="neighbour_denies", stops=(_VERIFY,), starts=_WORKING_CLOCKS),
    Move(Action.NOTE,     frozenset(Status), None, Who.ANYBODY, Ball.STAYS, needs=("text",), may_have=("photo_ids",)),
)
# fmt: on

TICKET = Procedure(
    "ticket",
    MOVES,
    ended=ENDED,
    action_names=ACTION_NAMES,
    status_names=STATUS_NAMES,
    field_sentences=FIELD_SENTENCES,
    claims=CLAIMS,
    foreseen=FORESEEN,
    reach=reach,
    needs=needs_of,
)
