"""Reading a life that is written as a table: what may follow, what is missing, what is offered. ★

A procedure is rows of *(action, from, to, who, ball, needs, clocks)*; this module reads any of them, so that a
second procedure costs one table (``architecture.md``, “One engine, several procedures”). The life of a ticket is
``domain/lifecycle.py``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reporter.domain.areas import Level
from reporter.domain.errors import ActionNotOffered, Forbidden, MissingInput, StepNotPossible, sentence

Word = Any  # a member of one of the procedure's own StrEnums: action, status, relation, ball or clock
Claim = Callable[[Any, Mapping[str, Any]], bool]  # (facts, given) → whether the row fits


def always(facts: Any, given: Mapping[str, Any]) -> bool:
    """The claim of a row that asks nothing."""
    return True


def anybody_at_all(move: "Move", facts: Any) -> bool:
    """The reach of a procedure that does not ask for a level."""
    return True


def only_what_the_row_needs(move: "Move", facts: Any) -> tuple[str, ...]:
    return move.needs


@dataclass(frozen=True, slots=True)
class Move:
    """One row: ``action`` leads from any of ``froms`` to ``to`` (None: the status stays).

    ``needs`` and ``may_have`` are fields of the step; ``when`` names a claim of the procedure that must hold for
    this row; the first row that fits wins. A claim of ``offered_when`` is asked before the row is offered, with no
    fields given yet. ``starts``, ``stops``, ``pauses``, ``resumes`` are clocks. ``smallest`` is the smallest level
    that may take the step (as holder or as overseer); ``department`` whether it may be a department that holds.
    """

    action: Word
    froms: frozenset[Word]
    to: Word | None
    who: Word
    ball: Word
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    when: str = "always"
    starts: tuple[Word, ...] = ()
    stops: tuple[Word, ...] = ()
    pauses: tuple[Word, ...] = ()
    resumes: tuple[Word, ...] = ()
    smallest: Level = Level.NEIGHBOURHOOD
    department: bool = True


@dataclass(frozen=True, slots=True)
class Procedure:
    """A life as data. ``reach``: whether the caller's level may follow a row; ``needs``: what it cannot do without.

    ``foreseen``: claims that do not depend on what is given, so that a step that must fail is not even offered.
    ``claim_sentences``: what a claim that does not hold is told as, where “not in this status” would say too little.
    """

    name: str
    moves: tuple[Move, ...]
    ended: frozenset[Word]
    action_names: Mapping[Word, str]
    status_names: Mapping[Word, str]
    field_sentences: Mapping[str, str]
    claims: Mapping[str, Claim] = field(default_factory=lambda: {"always": always})
    foreseen: frozenset[str] = frozenset()
    claim_sentences: Mapping[str, str] = field(default_factory=dict)
    reach: Callable[[Move, Any], bool] = anybody_at_all
    needs: Callable[[Move, Any], tuple[str, ...]] = only_what_the_row_needs


def move_for(
    procedure: Procedure,
    action: StrEnum,
    status: StrEnum,
    facts: Any,
    who: frozenset[Any],
    given: Mapping[str, Any],
) -> Move:
    """The row that this step follows.

    ``who`` are the relations the caller has to the thing; ``given`` the fields of the step. The order
    of refusals: ActionNotOffered (no such row), Forbidden (none for this caller), StepNotPossible (not
    in this status or its claim does not hold), MissingInput naming each missing field.
    """
    rows = [move for move in procedure.moves if move.action == action]
    if not rows:
        raise ActionNotOffered(fields={"action": sentence("还没有这个步骤")})
    if not any(move.who in who for move in rows):
        raise Forbidden()
    in_status = [move for move in rows if status in move.froms and move.who in who]
    if not in_status:
        raise _impossible(procedure, action, status)
    allowed = [move for move in in_status if procedure.reach(move, facts)]
    if not allowed:
        raise Forbidden()
    fitting = [move for move in allowed if procedure.claims[move.when](facts, given)]
    if not fitting:
        by_fields = [move for move in in_status if move.when not in procedure.foreseen]
        if any(procedure.claims[move.when](facts, given) for move in by_fields):
            raise Forbidden()  # what was filled in is for another level
        _complain_about_missing(procedure, allowed[:1], facts, given)
        raise _impossible(procedure, action, status, allowed[0].when)
    _complain_about_missing(procedure, fitting[:1], facts, given)
    return fitting[0]


def offered(procedure: Procedure, status: StrEnum, facts: Any, who: frozenset[Any]) -> list[Move]:
    """The rows the caller could follow now, one per action, for the API's ``actions``."""
    seen: dict[StrEnum, Move] = {}
    for move in procedure.moves:
        fits = status in move.froms and move.who in who and procedure.reach(move, facts)
        if fits and (move.when not in procedure.foreseen or procedure.claims[move.when](facts, {})):
            known = seen.get(move.action)
            # of several rows for one action the one that asks least is what the form must show
            if known is None or len(move.needs) < len(known.needs):
                seen[move.action] = move
    return list(seen.values())


def _complain_about_missing(procedure: Procedure, moves: Sequence[Move], facts: Any, given: Mapping[str, Any]) -> None:
    missing = [name for move in moves for name in procedure.needs(move, facts) if given.get(name) in (None, "", [], ())]
    if missing:
        raise MissingInput(fields={name: procedure.field_sentences[name] for name in missing})


def _impossible(procedure: Procedure, action: StrEnum, status: StrEnum, claim: str = "") -> StepNotPossible:
    sentence_of = procedure.claim_sentences.get(claim)
    return StepNotPossible(
        sentence_of, status_name=procedure.status_names[status], action_name=procedure.action_names[action]
    )
