"""The life of a ticket, as one table. ★

The service, the API's ``actions``, the documentation and the tests read ``TICKET.moves`` by the functions of
``domain/procedures.py``; nothing else knows what may follow what. Source: ``domain.md`` 3.2–3.3 as changed by
``decisions.md``. Who the holder is after a step is computed in ``services/landing.py`` from the row's ``ball``;
what an action does beyond its row is in ``services/steps/``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reporter.domain import waiting
from reporter.domain.actions import ACTION_NAMES, FIELD_SENTENCES, Action
from reporter.domain.areas import Level
from reporter.domain.claims import CLAIMS, FORESEEN
from reporter.domain.procedures import Move, Procedure
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
    TO_STREET = "to_street"  # to the street, which decides whose it is
    RECALLED = "recalled"  # to whoever sent it, who takes it back
    HANDED = "handed"  # to the seat or department named by somebody above the holder
    RELOCATED = "relocated"  # routed anew in another area, from its accountable seat down
    TO_ACCOUNTABLE = "to_accountable"  # to the seat that answers for it until the end
    NOBODY = "nobody"  # the ticket has ended
    TO_ASKER = "to_asker"  # back to whoever sent it to be checked; stays with whoever checked alone
    ABOVE_REJECTER = "above_rejecter"  # the 网格 or wider above whoever did not accept it


class ClockKind(StrEnum):
    ACCEPT = "accept"  # 立案: from the report until it is accepted or refused
    DISPATCH = "dispatch"  # 派遣: from a return until whoever got it back sends it on
    RESPONSE = "response"
    RESOLVE = "resolve"
    VERIFY = "verify"
    CHECK = "check"


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
    repeated_place: bool = False  # something alike happened here often (五连问); asked for its holder only
    answered: frozenset[str] = frozenset()  # of cause, plan and effect
    held_ever: bool = False
    hold_asked: bool = False  # a request to hold waits for its decision
    held_from: Status | None = None  # while it is held: the status it had
    overdue: bool = False
    extensions_left: bool = True
    extension_for: Level | None = None  # whose decision an open request waits for
    decided_by_caller: bool = False  # the first decision about that request was the caller's own
    reply_owed: bool = False  # a card is open
    appealed: bool = False  # the submitter has asked once already
    pair_exhausted: bool = False  # holder and sender have returned it to each other as often as they may
    revocable: bool = False  # given by name, and the receiver has not answered
    part: bool = False  # split off from another ticket
    unfiled: bool = False  # nobody has said yet what it is
    recheck_due: bool = False
    verifier_solved: bool = False  # who would have to verify is who solved: somebody wider may do it instead
    confirmations_lacking: int | None = None  # how many neighbours must still say so, None: not a matter for them


def reach(move: Move, facts: Facts) -> bool:
    """Whether the level of the holder, or of the overseer, may follow this row; others have no level."""
    if move.who is Who.OVERSEER:
        holds = facts.holder_level is not None or move.department
        return holds and facts.overseer_level is not None and facts.overseer_level.reaches(move.smallest)
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


Clocks = tuple[ClockKind, ...]

STAGE_CLOCKS: Mapping[Status, ClockKind] = {Status.REPORTED: ClockKind.ACCEPT, Status.ACCEPTED: ClockKind.DISPATCH}
"""Statuses that wait for a decision of whoever has the ball: each such holding has a clock of its own."""


def stage_clocks(before: Status, after: Status, *, passed_on: bool) -> tuple[Clocks, Clocks]:
    """``(stops, starts)`` beside a row's own, when a step leads on or, ``passed_on``, the ball to somebody else.

    They follow from the statuses, so that no row can forget them.
    """
    if before == after and not passed_on:
        return (), ()
    stops, starts = STAGE_CLOCKS.get(before), STAGE_CLOCKS.get(after)
    return (stops,) if stops else (), (starts,) if starts else ()


def clocks_when_filed(status: Status) -> Clocks:
    """What begins to run when a report becomes a ticket in this status."""
    return (ClockKind.RESPONSE, ClockKind.RESOLVE, *stage_clocks(status, status, passed_on=True)[1])


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
K, W, N, V = Status.CHECKING, Status.ON_HOLD, Status.NOT_ACCEPTED, Status.VOIDED
_RESPONSE, _RESOLVE, _VERIFY = ClockKind.RESPONSE, ClockKind.RESOLVE, ClockKind.VERIFY
_CHECK = ClockKind.CHECK
_WORKING_CLOCKS = (_RESPONSE, _RESOLVE)
_ALL_CLOCKS = tuple(ClockKind)

# fmt: off
MOVES = (
    Move(Action.ACCEPT,   _from(R),       D,    Who.HOLDER, Ball.ROUTED, needs=("category",), may_have=("condition",),
         smallest=Level.GRID, department=False, stops=_WORKING_CLOCKS, starts=_WORKING_CLOCKS),
    Move(Action.TAKE,     _from(D),       H,    Who.HOLDER, Ball.STAYS, may_have=("plan",), stops=(_RESPONSE,)),
    Move(Action.RESPOND,  _from(D, H),    None, Who.HOLDER, Ball.STAYS, needs=("note", "photo_ids"),
         may_have=("plan",), stops=(_RESPONSE,)),
    Move(Action.SOLVE,    _from(A, D, H), C,    Who.HOLDER, Ball.NOBODY, needs=("photo_ids",),
         may_have=("note", "cause", "effect"), when="closes_at_once", stops=_ALL_CLOCKS, department=False),
    Move(Action.SOLVE,    _from(A, D, H), F,    Who.HOLDER, Ball.TO_VERIFY,
         may_have=("note", "photo_ids", "cause", "effect"), stops=_WORKING_CLOCKS, starts=(_VERIFY,)),
    Move(Action.VERIFY,   _from(F),       C,    Who.HOLDER, Ball.NOBODY, needs=("passed",),
         may_have=("note", "photo_ids", "cause", "effect"),
         when="passed", stops=_ALL_CLOCKS, smallest=Level.GRID, department=False),
    Move(Action.VERIFY,   _from(F),       H,    Who.HOLDER, Ball.TO_SOLVER, needs=("passed", "note"),
         may_have=("photo_ids",), when="failed", stops=(_VERIFY,), starts=(_RESOLVE,), smallest=Level.GRID,
         department=False),
    Move(Action.VERIFY,   _from(F),       C,    Who.OVERSEER, Ball.NOBODY, needs=("passed",),
         may_have=("note", "photo_ids", "cause", "effect"), when="passed_instead", stops=_ALL_CLOCKS,
         smallest=Level.COMMUNITY),
    Move(Action.VERIFY,   _from(F),       H,    Who.OVERSEER, Ball.TO_SOLVER, needs=("passed", "note"),
         may_have=("photo_ids",), when="failed_instead", stops=(_VERIFY,), starts=(_RESOLVE,),
         smallest=Level.COMMUNITY),
    Move(Action.DISPATCH, _from(A, D, H), D,    Who.HOLDER, Ball.GIVEN, needs=("to",), may_have=("note",),
         smallest=Level.BUILDING, department=False, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.ESCALATE, _from(A, D, H), D,    Who.HOLDER, Ball.UP, needs=("reason",), department=False,
         stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.RETURN,   _from(D, H),    A,    Who.HOLDER, Ball.TO_STREET, needs=("reason_code",),
         may_have=("note", "category", "suggested_area"), when="pair_exhausted", stops=(_RESPONSE,),
         starts=(_RESPONSE,)),
    Move(Action.RETURN,   _from(D, H),    A,    Who.HOLDER, Ball.BACK, needs=("reason_code",),
         may_have=("note", "category", "suggested_area"), stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.REVOKE,   _from(D),       A,    Who.SENDER, Ball.RECALLED, may_have=("note",), when="revocable",
         stops=(_RESPONSE,), starts=(_RESPONSE,)),
    # what a seat has, the 网格长 and wider give to another; what a department has, the street and wider
    Move(Action.REASSIGN, _from(A, D, H), D,    Who.OVERSEER, Ball.HANDED, needs=("to", "reason"), may_have=("note",),
         smallest=Level.GRID, department=False, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.REASSIGN, _from(A, D, H), D,    Who.OVERSEER, Ball.HANDED, needs=("to", "reason"), may_have=("note",),
         smallest=Level.STREET, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.SPLIT,    _from(A, D, H), H,    Who.HOLDER, Ball.STAYS, needs=("parts",), when="whole",
         smallest=Level.COMMUNITY, department=False, stops=(_RESPONSE,)),
    Move(Action.REJECT,   _from(R, A, D), Status.NOT_ACCEPTED, Who.HOLDER, Ball.NOBODY, needs=("reason_code",),
         may_have=("note",), smallest=Level.GRID, department=False, stops=_ALL_CLOCKS),
    Move(Action.WITHDRAW, _from(R, A, D), Status.WITHDRAWN, Who.SUBMITTER, Ball.NOBODY, when="never_taken",
         may_have=("note",), stops=_ALL_CLOCKS),
    Move(Action.REOPEN,   _from(C),       D,    Who.ANY_SUBMITTER, Ball.ABOVE_SOLVER, needs=("reason",),
         may_have=("photo_ids",), starts=_WORKING_CLOCKS),
    Move(Action.CHECK,    _from(R),       K,    Who.HOLDER, Ball.GIVEN, needs=("to",), may_have=("note",),
         when="to_somebody", stops=(_RESPONSE,), starts=(_CHECK,), smallest=Level.GRID, department=False),
    Move(Action.CHECK,    _from(R),       K,    Who.HOLDER, Ball.STAYS, may_have=("to", "note"),
         stops=(_RESPONSE,), starts=(_CHECK,), smallest=Level.GRID, department=False),
    Move(Action.CHECK,    _from(K),       R,    Who.HOLDER, Ball.TO_ASKER, needs=("found",),
         may_have=("note", "photo_ids"), when="found", stops=(_CHECK,), starts=(_RESPONSE,), department=False),
    Move(Action.CHECK,    _from(K),       N,    Who.HOLDER, Ball.NOBODY, needs=("found", "note"),
         may_have=("photo_ids",), when="not_found", stops=_ALL_CLOCKS, department=False),
    Move(Action.APPEAL,   _from(N),       R,    Who.SUBMITTER, Ball.ABOVE_REJECTER, needs=("reason",),
         may_have=("photo_ids",), when="not_appealed", starts=_WORKING_CLOCKS),
    # a 社区 or wider holds at once, as holder or as overseer; a smaller holder asks, and an overseer decides
    Move(Action.HOLD,     _from(D, H),    W,    Who.HOLDER, Ball.STAYS, needs=("until", "reason_code"),
         may_have=("note",), when="never_held", pauses=_WORKING_CLOCKS, smallest=Level.COMMUNITY, department=False),
    Move(Action.HOLD,     _from(D, H),    W,    Who.OVERSEER, Ball.STAYS, needs=("until", "reason_code"),
         may_have=("note",), when="never_held", pauses=_WORKING_CLOCKS, smallest=Level.COMMUNITY),
    Move(Action.HOLD,     _from(D, H),    None, Who.HOLDER, Ball.STAYS, needs=("until", "reason_code"),
         may_have=("note",), when="may_ask_to_hold"),
    Move(Action.APPROVE_HOLD, _from(D, H), W,   Who.OVERSEER, Ball.STAYS, needs=("granted",), may_have=("note",),
         when="hold_granted", pauses=_WORKING_CLOCKS, smallest=Level.COMMUNITY),
    Move(Action.APPROVE_HOLD, _from(D, H), None, Who.OVERSEER, Ball.STAYS, needs=("granted", "note"),
         when="hold_refused", smallest=Level.COMMUNITY),
    Move(Action.RESUME,   _from(W),       H,    Who.HOLDER, Ball.STAYS, may_have=("note",),
         when="was_handling", resumes=_WORKING_CLOCKS),
    Move(Action.RESUME,   _from(W),       D,    Who.HOLDER, Ball.STAYS, may_have=("note",),
         when="was_dispatched", resumes=_WORKING_CLOCKS),
    Move(Action.RESUME,   _from(W),       H,    Who.OVERSEER, Ball.STAYS, may_have=("note",),
         when="was_handling", resumes=_WORKING_CLOCKS, smallest=Level.COMMUNITY),
    Move(Action.RESUME,   _from(W),       D,    Who.OVERSEER, Ball.STAYS, may_have=("note",),
         when="was_dispatched", resumes=_WORKING_CLOCKS, smallest=Level.COMMUNITY),
    Move(Action.REQUEST_EXTENSION, _from(D, H), None, Who.HOLDER, Ball.STAYS, needs=("reason",),
         when="may_be_longer"),
    Move(Action.APPROVE_EXTENSION, _from(D, H), None, Who.OVERSEER, Ball.STAYS, needs=("granted",), may_have=("note",),
         when="street_grants", smallest=Level.STREET),
    Move(Action.APPROVE_EXTENSION, _from(D, H), None, Who.OVERSEER, Ball.STAYS, needs=("granted", "note"),
         when="street_refuses", smallest=Level.STREET),
    Move(Action.APPROVE_EXTENSION, _from(D, H), None, Who.OVERSEER, Ball.STAYS, needs=("granted",), may_have=("note",),
         when="district_grants", smallest=Level.DISTRICT),
    Move(Action.APPROVE_EXTENSION, _from(D, H), None, Who.OVERSEER, Ball.STAYS, needs=("granted", "note"),
         when="district_refuses", smallest=Level.DISTRICT),
    Move(Action.SUPERVISE, OPEN,          None, Who.OVERSEER, Ball.STAYS, needs=("card", "note"),
         may_have=("reason_code",), when="other_card", smallest=Level.COMMUNITY),
    Move(Action.SUPERVISE, OPEN,          None, Who.OVERSEER, Ball.STAYS, needs=("card", "note"),
         may_have=("reason_code",), when="red_card", smallest=Level.STREET),
    Move(Action.REPLY,    OPEN,           None, Who.HOLDER, Ball.STAYS, needs=("note",), may_have=("photo_ids",),
         when="reply_owed"),
    Move(Action.FORCE_CLOSE, OPEN,        C,    Who.HOLDER, Ball.NOBODY, needs=("reason",), stops=_ALL_CLOCKS,
         smallest=Level.STREET, department=False),
    Move(Action.FORCE_CLOSE, OPEN,        C,    Who.OVERSEER, Ball.NOBODY, needs=("reason",), stops=_ALL_CLOCKS,
         smallest=Level.STREET),
    Move(Action.VOID,     OPEN,           V,    Who.HOLDER, Ball.NOBODY, needs=("reason",), stops=_ALL_CLOCKS,
         smallest=Level.COMMUNITY, department=False),
    Move(Action.VOID,     OPEN,           V,    Who.OVERSEER, Ball.NOBODY, needs=("reason",), stops=_ALL_CLOCKS,
         smallest=Level.COMMUNITY),
    Move(Action.NOTE,     frozenset(Status), None, Who.HOLDER, Ball.STAYS, needs=("text",),
         may_have=("photo_ids", "plan")),
    Move(Action.RELOCATE, _from(R),       None, Who.HOLDER, Ball.RELOCATED, may_have=("area", "note"),
         smallest=Level.GRID, department=False, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.RELOCATE, _from(R),       None, Who.OVERSEER, Ball.RELOCATED, may_have=("area", "note"),
         smallest=Level.COMMUNITY, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.RELOCATE, _from(A, D, H), D,    Who.HOLDER, Ball.RELOCATED, may_have=("area", "note"),
         smallest=Level.GRID, department=False, stops=(_RESPONSE,), starts=(_RESPONSE,)),
    Move(Action.RELOCATE, _from(A, D, H), D,    Who.OVERSEER, Ball.RELOCATED, may_have=("area", "note"),
         smallest=Level.COMMUNITY, stops=(_RESPONSE,), starts=(_RESPONSE,)),
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
    claim_sentences=waiting.CLAIM_SENTENCES,
    reach=reach,
    needs=needs_of,
)
