"""Taking a step with a ticket: the one door through which a ticket changes. ★

Always load → may I → does the state allow it → change → record. What may follow what is the table in
``domain/lifecycle.py``; where the ball goes is ``services/landing.py``; what an action does beyond its row is its
hook in ``services/steps/``.
"""

from collections.abc import Mapping
from typing import Any

from reporter.domain import actions, five, lifecycle, permissions, procedures
from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, StaleVersion, StepNotPossible, sentence
from reporter.domain.events import EVENT_OF_ACTION, EVENT_OF_ROW, EventKind
from reporter.domain.lifecycle import TICKET, Ball, ClockKind, Facts, Who
from reporter.domain.permissions import Actor, Permission
from reporter.domain.procedures import Move
from reporter.domain.statuses import Status
from reporter.models.tickets import Hop, Ticket
from reporter.queries import tickets
from reporter.services import (
    asides,
    ball,
    clocks,
    evidence,
    invitations,
    landing,
    messages,
    photos,
    settling,
    sla,
    splits,
)
from reporter.services import scene as scene_of
from reporter.services.scene import Scene
from reporter.services.steps import (
    checking,
    confirming,
    ending,
    filing,
    holding,
    merging,
    overseeing,
    passing,
    prolonging,
    rechecking,
    relocating,
    splitting,
)
from reporter.services.steps.hooks import NO_HOOK, Hook, Step, joined, present
from reporter.services.unit_of_work import UnitOfWork

HOOKS: dict[Action, Hook] = joined(
    filing.HOOKS,
    passing.HOOKS,
    relocating.HOOKS,
    splitting.HOOKS,
    ending.HOOKS,
    checking.HOOKS,
    holding.HOOKS,
    prolonging.HOOKS,
    overseeing.HOOKS,
    merging.HOOKS,
    rechecking.HOOKS,
    confirming.HOOKS,
)


def take(
    uow: UnitOfWork, number: str, action: Action, given: Mapping[str, Any], *, version: int | None = None
) -> Ticket:
    """Take a step. ``given`` are the fields of the step; ``version`` is what the caller last saw.

    Raises NotFound, StaleVersion, ActionNotOffered, Forbidden, StepNotPossible, MissingInput, Invalid,
    NoLevelAbove. Nothing changes when it raises.
    """
    permissions.require(uow.caller, Permission.STEP)
    ticket = merging.locked(uow, number, action, given)
    if version is not None and version != ticket.version:
        raise StaleVersion(present=present(ticket))
    if ticket.parent_id is not None:
        splits.lock_parent(uow, ticket)
    scene = scene_of.load(uow, ticket)

    who = scene_of.relations(uow, scene)
    try:
        move = procedures.move_for(TICKET, action, Status(ticket.status), scene.facts, who, given)
    except StepNotPossible as refusal:
        refusal.present = present(ticket)
        raise
    step = Step(uow, scene, move, given, scene.open_hop)
    hook = HOOKS.get(action, NO_HOOK)
    _check_reason(move, given)
    hook.check(step)
    if ticket.parts and (move.to in TICKET.ended or action is Action.SOLVE):
        splitting.check_all_ended(step)
    if move.to is not None:
        settling.unsettle(uow, ticket)

    if _settles_the_past(move):
        sla.catch_up(uow, scene)
    acting_for = _seat_acted_for(uow.caller, ticket, overseeing=move.who is Who.OVERSEER)
    _change(step, hook)

    hop = step.after
    event = uow.record(
        ticket,
        _kind(move),
        hop_seq=hop.seq if hop else None,
        actor_area_id=acting_for,
        **{**_recorded(move, given), **step.data},
    )
    uow.session.flush()  # photos refer to the event
    photos.attach(uow, given.get("photo_ids") or (), ticket, uow.policy(clocks.lineage(ticket)), event=event)
    evidence.examine(uow, ticket, event)
    reason_code = str(step.data.get("reason_code") or given.get("reason_code", ""))
    filling: dict[str, Any] = {"reason": actions.reason_name(reason_code), **step.filling}
    messages.tell(
        uow,
        ticket,
        event,
        hop,
        scene.chain,
        conflicted=scene.conflicted,
        before=step.before,
        holder=landing.title_of(uow, scene.chain, hop),
        category=uow.book.category_by_id(ticket.category_id).name,
        **filling,
    )
    if ticket.parent_id is not None and move.to in TICKET.ended:
        splits.tell_parent(uow, scene)
    return ticket


def actions_for(uow: UnitOfWork, scene: Scene) -> list[Move]:
    """The steps the caller may take now."""
    if not permissions.may(uow.caller, Permission.STEP):
        return []
    who = scene_of.relations(uow, scene)
    moves = procedures.offered(TICKET, Status(scene.ticket.status), scene.facts, who)
    return [move for move in moves if _fits_caller(uow, scene, move)]


def _fits_caller(uow: UnitOfWork, scene: Scene, move: Move) -> bool:
    """What is not even offered, because of the time, of what was decided, or of who asks."""
    if move.action is Action.REOPEN:
        return ending.in_reopen_window(uow, scene.ticket)
    if move.action is Action.RETURN:
        return not passing.is_final(scene)
    if move.action is Action.VERIFY or (move.action is Action.CHECK and Status(scene.ticket.status) in TICKET.ended):
        return not ending.solved_by_caller(uow, scene.ticket)
    return True


def _settles_the_past(move: Move) -> bool:
    """Whether what ran out unseen is charged first: always but for words, which answer nothing (the sweep climbs)."""
    answers = move.who is Who.HOLDER and move.action is not Action.NOTE
    return answers or bool(move.stops or move.pauses) or move.ball is not Ball.STAYS


def _check_reason(move: Move, given: Mapping[str, Any]) -> None:
    """Raises Invalid for a reason code that the action does not know."""
    code, known = given.get("reason_code"), actions.REASON_CODES.get(move.action)
    if known is not None and code and code not in known:
        raise Invalid(fields={"reason_code": sentence("没有这个原因")})


def _seat_acted_for(actor: Actor, ticket: Ticket, *, overseeing: bool = False) -> int | None:
    if overseeing:  # the widest seat around it that the caller holds
        here = clocks.lineage(ticket)
        return next((area_id for area_id in here if any(seat.area_id == area_id for seat in actor.seats)), None)
    held = next((seat.area_id for seat in actor.seats if seat.area_id == ticket.holder_area_id), None)
    return held if held is not None else next((seat.area_id for seat in actor.seats), None)


def _change(step: Step, hook: Hook) -> None:
    """Status, ball and clocks; afterwards ``step.after`` is the hop that has the ball."""
    uow, scene, move, ticket = step.uow, step.scene, step.move, step.ticket
    hook.prepare(step)
    receiver = landing.of(uow, scene, move.ball, step.given, move.when)  # may refuse: the transaction keeps nothing

    stage_stops, stage_starts = lifecycle.stage_clocks(
        Status(ticket.status), move.to or Status(ticket.status), passed_on=receiver is not None
    )
    clocks.stop(uow, scene.clocks, (*_stops(move, scene.facts), *stage_stops))
    clocks.pause(uow, ticket, scene.clocks, move.pauses)
    clocks.resume(uow, ticket, scene.clocks, move.resumes)
    _note_times(step)
    ticket.version += 1
    if move.to is not None:
        ticket.status = move.to.value
    if move.to in TICKET.ended:
        ticket.ended_at = uow.now
        if move.to is Status.CLOSED:
            ticket.closed_at = uow.now
        ball.end(uow, ticket, scene.hops)
        asides.close(uow, ticket, scene.asides)
    elif receiver is not None:
        for passed in receiver.through:
            ball.pass_to(uow, ticket, scene.hops, passed, move.action.value)
        step.after = ball.pass_to(uow, ticket, scene.hops, receiver.landing, move.action.value)
    else:
        step.after = step.before
    if ClockKind.RESOLVE in move.stops:
        asides.lapse(uow, scene.asides)
    hook.change(step)
    for name in five.ANSWERED_BY_STEPS:  # 五连问: the last answer counts
        if name in move.may_have and step.given.get(name):
            setattr(ticket, name, step.given[name])
    if move.to is Status.CLOSED or (move.to is not None and Status.CLOSED in move.froms):
        invitations.follow(uow, ticket)
    uow.session.flush()  # stopped clocks must be written before new ones of their kind start
    if move.to in TICKET.ended:
        tickets.leave_the_open(uow.session, ticket)
    elif move.froms <= TICKET.ended and move.to is not None:
        tickets.join_the_open(uow.session, ticket)
    for kind in (*move.starts, *stage_starts):
        _start_clock(uow, scene, kind, step.after, move)
    hook.finish(step)


def _stops(move: Move, facts: Facts) -> tuple[ClockKind, ...]:
    """Taking a ticket is an answer, unless the condition asks for a guard at the place first."""
    if move.action is Action.TAKE and facts.guard_asked and not facts.guarded:
        return tuple(kind for kind in move.stops if kind is not ClockKind.RESPONSE)
    return move.stops


def _note_times(step: Step) -> None:
    """When somebody first answered, and first took it in hand: figures are made of these."""
    uow, ticket, move, facts = step.uow, step.ticket, step.move, step.scene.facts
    answers = move.who is Who.HOLDER and move.action is not Action.NOTE
    if facts.guard_asked and not facts.guarded:
        answers = move.action in (Action.RESPOND, Action.SOLVE, Action.REJECT)
    if answers and ticket.responded_at is None:
        ticket.responded_at = uow.now
    if move.action in (Action.TAKE, Action.SOLVE) and ticket.taken_at is None:
        ticket.taken_at = uow.now
    if move.action is Action.RESPOND and ticket.guarded_at is None:
        ticket.guarded_at = uow.now


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
        rework=kind is ClockKind.RESOLVE and move.ball not in (Ball.ROUTED, Ball.ABOVE_REJECTER),
    )
    scene.clocks.append(clocks.start(uow, clock))


def _kind(move: Move) -> EventKind:
    if move.action is Action.SOLVE and move.to is Status.CLOSED:
        return EventKind.CLOSED_AT_ONCE
    return EVENT_OF_ROW.get((move.action, move.when)) or EVENT_OF_ACTION[move.action]


def _recorded(move: Move, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a step that belong into its event; photos are rows of their own."""
    names = [name for name in (*move.needs, *move.may_have) if name != "photo_ids"]
    return {name: given[name] for name in names if given.get(name) not in (None, "")}
