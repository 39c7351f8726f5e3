"""Taking a step with a ticket: the one door through which a ticket changes. ★

Always load → may I → does the state allow it → change → record. What may follow what is the table in
``domain/lifecycle.py``; where the ball goes is ``services/landing.py``.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from reporter.domain import actions, lifecycle, permissions
from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, StaleVersion, StepNotPossible, TooLate, sentence
from reporter.domain.events import EVENT_OF_ACTION, EventKind
from reporter.domain.lifecycle import TICKET, Ball, ClockKind, Facts, Move, Who
from reporter.domain.permissions import Actor, Permission
from reporter.domain.statuses import Status
from reporter.models.tickets import Hop, Ticket
from reporter.queries import tickets
from reporter.services import ball, clocks, landing, messages, photos, settling, sla
from reporter.services import scene as scene_of
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


def take(
    uow: UnitOfWork, number: str, action: Action, given: Mapping[str, Any], *, version: int | None = None
) -> Ticket:
    """Take a step. ``given`` are the fields of the step; ``version`` is what the caller last saw.

    Raises NotFound, StaleVersion, ActionNotOffered, Forbidden, StepNotPossible, MissingInput, Invalid,
    NoLevelAbove. Nothing changes when it raises.
    """
    permissions.require(uow.caller, Permission.STEP)
    ticket = tickets.locked(uow.session, number, uow.caller)
    if version is not None and version != ticket.version:
        raise StaleVersion(present=present(ticket))
    scene = scene_of.load(uow, ticket)

    who = scene_of.relations(uow, scene)
    try:
        move = lifecycle.move_for(TICKET, action, Status(ticket.status), scene.facts, who, given)
    except StepNotPossible as refusal:
        refusal.present = present(ticket)
        raise
    _check_given(uow, scene, move, given)
    if move.to is not None:
        settling.unsettle(uow, ticket)

    if move.who is Who.HOLDER:  # a note or a withdrawal answers nothing: the sweep still climbs
        sla.catch_up(uow, scene)
    acting_for = _seat_acted_for(uow.caller, ticket)
    hop = _change(uow, scene, move, given)

    event = uow.record(
        ticket,
        _kind(move),
        hop_seq=hop.seq if hop else None,
        actor_area_id=acting_for,
        **_recorded(move, given),
    )
    uow.session.flush()  # photos refer to the event
    photos.attach(uow, given.get("photo_ids") or (), ticket, uow.policy(clocks.lineage(ticket)), event=event)
    messages.tell(
        uow,
        ticket,
        event,
        hop,
        scene.chain,
        conflicted=scene.conflicted,
        holder=landing.title_of(uow, scene.chain, hop),
        category=uow.book.category_by_id(ticket.category_id).name,
        reason=actions.REJECT_REASONS.get(str(given.get("reason_code")), ""),
    )
    return ticket


def present(ticket: Ticket) -> dict[str, Any]:
    """What a caller who was too late should look at now."""
    return {"number": ticket.number, "status": ticket.status, "version": ticket.version}


def actions_for(uow: UnitOfWork, scene: Scene) -> list[Move]:
    """The steps the caller may take now."""
    if not permissions.may(uow.caller, Permission.STEP):
        return []
    who = scene_of.relations(uow, scene)
    moves = lifecycle.offered(TICKET, Status(scene.ticket.status), scene.facts, who)
    return [move for move in moves if move.action is not Action.REOPEN or _in_reopen_window(uow, scene.ticket)]


def _in_reopen_window(uow: UnitOfWork, ticket: Ticket) -> bool:
    days = uow.policy(clocks.lineage(ticket)).reopen_days
    return ticket.closed_at is not None and uow.now - ticket.closed_at <= timedelta(days=days)


def _check_given(uow: UnitOfWork, scene: Scene, move: Move, given: Mapping[str, Any]) -> None:
    """Sense of the fields, beyond their shape. Raises Invalid, TooLate."""
    codes = {Action.REJECT: actions.REJECT_REASONS, Action.RETURN: actions.RETURN_REASONS}.get(move.action)
    if codes is not None and given.get("reason_code") not in codes:
        raise Invalid(fields={"reason_code": sentence("没有这个原因")})
    if move.action is Action.REOPEN and not _in_reopen_window(uow, scene.ticket):
        raise TooLate(sentence("要求重办的期限已经过了"), present=present(scene.ticket))


def _seat_acted_for(actor: Actor, ticket: Ticket) -> int | None:
    held = next((seat.area_id for seat in actor.seats if seat.area_id == ticket.holder_area_id), None)
    return held if held is not None else next((seat.area_id for seat in actor.seats), None)


def _change(uow: UnitOfWork, scene: Scene, move: Move, given: Mapping[str, Any]) -> Hop | None:
    """Status, ball and clocks. Returns the hop that has the ball afterwards."""
    ticket, before = scene.ticket, scene.open_hop
    if move.action is Action.ACCEPT:
        _refile(uow, scene, given)
    receiver = landing.of(uow, scene, move.ball, given)  # may refuse: nothing is changed before

    clocks.stop(uow, scene.clocks, _stops(move, scene.facts))
    _note_times(uow, scene, move, before)
    ticket.version += 1
    if move.to is not None:
        ticket.status = move.to.value
    if move.to in TICKET.ended:
        ticket.ended_at = uow.now
        ball.end(uow, ticket, scene.hops)
        hop = None
    elif receiver is not None:
        for passed in receiver.through:
            ball.pass_to(uow, ticket, scene.hops, passed, move.action.value)
        hop = ball.pass_to(uow, ticket, scene.hops, receiver.landing, move.action.value)
    else:
        hop = before
    uow.session.flush()  # stopped clocks must be written before new ones of their kind start
    if move.to in TICKET.ended:
        tickets.leave_the_open(uow.session, ticket)
    elif move.action is Action.REOPEN:
        tickets.join_the_open(uow.session, ticket)
    for kind in move.starts:
        _start_clock(uow, scene, kind, hop, move)
    return hop


def _refile(uow: UnitOfWork, scene: Scene, given: Mapping[str, Any]) -> None:
    """立案: the category and condition chosen now fix severity and limits. Raises UnknownCategory and kin."""
    ticket = scene.ticket
    scene.category = uow.book.category(given["category"], uow.today)
    scene.condition = uow.book.condition(scene.category, given.get("condition"), clocks.lineage(ticket), uow.today)
    ticket.category_id, ticket.category_code = scene.category.id, scene.category.code
    ticket.condition_id, ticket.severity = scene.condition.id, scene.condition.severity
    ticket.sensitive = scene.category.sensitive or ticket.about_person_id is not None
    ticket.emergency = scene.category.emergency_divert or ticket.emergency


def _stops(move: Move, facts: Facts) -> tuple[ClockKind, ...]:
    """Taking a ticket is an answer, unless the condition asks for a guard at the place first."""
    if move.action is Action.TAKE and facts.guard_asked and not facts.guarded:
        return tuple(kind for kind in move.stops if kind is not ClockKind.RESPONSE)
    return move.stops


def _note_times(uow: UnitOfWork, scene: Scene, move: Move, before: Hop | None) -> None:
    """The times and counts that figures are made of."""
    ticket, facts = scene.ticket, scene.facts
    answers = move.who is Who.HOLDER and move.ball is not Ball.ABOVE_SOLVER
    if facts.guard_asked and not facts.guarded:
        answers = move.action in (Action.RESPOND, Action.SOLVE, Action.REJECT)
    if answers and ticket.responded_at is None:
        ticket.responded_at = uow.now
    if move.action in (Action.TAKE, Action.SOLVE) and ticket.taken_at is None:
        ticket.taken_at = uow.now
    if move.action is Action.RESPOND and ticket.guarded_at is None:
        ticket.guarded_at = uow.now
    if move.action is Action.SOLVE:
        ticket.solved_at = uow.now
        ticket.solver_hop = before.seq if before else None
        ticket.solved_on_time = ticket.overdue_at is None and (ticket.due_at is None or uow.now <= ticket.due_at)
    if move.to is Status.CLOSED:
        ticket.closed_at = uow.now
        if move.action is Action.SOLVE:
            ticket.closed_at_once = True
            ticket.recheck = drawn_for_recheck(ticket.number, uow.policy(clocks.lineage(ticket)).recheck_percent)
    if move.when == "failed":
        ticket.reworks += 1
        ticket.solved_at = ticket.solved_on_time = None
    if move.action is Action.REOPEN:
        ticket.reopened += 1
        ticket.closed_at = ticket.ended_at = ticket.solved_at = ticket.solved_on_time = None
        ticket.closed_at_once = ticket.recheck = False


def drawn_for_recheck(number: str, percent: int) -> bool:
    """A sample that nobody can steer and everybody can recompute: from the digits of the number."""
    return int("".join(filter(str.isdigit, number))) * 7919 % 100 < percent


def _start_clock(uow: UnitOfWork, scene: Scene, kind: ClockKind, hop: Hop | None, move: Move) -> None:
    """Filing counts from when the report came in; what begins later counts from now."""
    if hop is None:
        return
    clock = clocks.begin(
        uow,
        scene.ticket,
        kind,
        scene.condition,
        seq=max((clock.seq for clock in scene.clocks), default=0) + 1,
        hop_seq=hop.seq,
        level=Level(hop.level) if hop.level else None,
        started_at=scene.ticket.received_at if move.ball is Ball.ROUTED and kind is ClockKind.RESOLVE else uow.now,
        rework=kind is ClockKind.RESOLVE and move.ball is not Ball.ROUTED,
    )
    scene.clocks.append(clocks.start(uow, clock))


def _kind(move: Move) -> EventKind:
    if move.action is Action.SOLVE and move.to is Status.CLOSED:
        return EventKind.CLOSED_AT_ONCE
    if move.when == "failed":
        return EventKind.VERIFICATION_FAILED
    return EVENT_OF_ACTION[move.action]


def _recorded(move: Move, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a step that belong into its event; photos are rows of their own."""
    names = [name for name in (*move.needs, *move.may_have) if name != "photo_ids"]
    return {name: given[name] for name in names if given.get(name) not in (None, "")}
