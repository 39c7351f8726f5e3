"""Taking a step with a ticket: the one door through which a ticket changes. ★

Always load → may I → does the state allow it → change → record. What may follow what is the table in
``domain/lifecycle.py``; where the ball goes is ``services/landing.py``; what an action does beyond its row is its
hook in ``services/steps/``.
"""

from collections.abc import Mapping
from typing import Any

from reporter.domain import actions, permissions, procedures
from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, StaleVersion, StepNotPossible, sentence
from reporter.domain.events import EVENT_OF_ACTION, EVENT_OF_CLAIM, EventKind
from reporter.domain.lifecycle import TICKET, Ball, ClockKind, Facts, Who
from reporter.domain.permissions import Actor, Permission
from reporter.domain.procedures import Move
from reporter.domain.statuses import Status
from reporter.models.tickets import Hop, Ticket
from reporter.queries import tickets
from reporter.services import ball, clocks, evidence, landing, messages, photos, settling, sla
from reporter.services import scene as scene_of
from reporter.services.scene import Scene
from reporter.services.steps import confirming, ending, filing, merging, rechecking
from reporter.services.steps.hooks import NO_HOOK, Hook, Step, present
from reporter.services.unit_of_work import UnitOfWork

HOOKS: dict[Action, Hook] = {**filing.HOOKS, **ending.HOOKS, **merging.HOOKS, **rechecking.HOOKS, **confirming.HOOKS}


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
    if move.to is not None:
        settling.unsettle(uow, ticket)

    if move.who is Who.HOLDER:  # a note or a withdrawal answers nothing: the sweep still climbs
        sla.catch_up(uow, scene)
    acting_for = _seat_acted_for(uow.caller, ticket)
    _change(step, hook)

    hop = step.after
    event = uow.record(
        ticket,
        _kind(move),
        hop_seq=hop.seq if hop else None,
        actor_area_id=acting_for,
        **_recorded(move, given),
        **step.data,
    )
    uow.session.flush()  # photos refer to the event
    photos.attach(uow, given.get("photo_ids") or (), ticket, uow.policy(clocks.lineage(ticket)), event=event)
    evidence.examine(uow, ticket, event)
    filling = {
        "holder": landing.title_of(uow, scene.chain, hop),
        "category": uow.book.category_by_id(ticket.category_id).name,
        "reason": actions.reason_name(str(given.get("reason_code", ""))),
    }
    messages.tell(
        uow, ticket, event, hop, scene.chain, submitters=None, conflicted=scene.conflicted, **filling, **step.filling
    )
    return ticket


def actions_for(uow: UnitOfWork, scene: Scene) -> list[Move]:
    """The steps the caller may take now."""
    if not permissions.may(uow.caller, Permission.STEP):
        return []
    who = scene_of.relations(uow, scene)
    moves = procedures.offered(TICKET, Status(scene.ticket.status), scene.facts, who)
    return [move for move in moves if _fits_caller(uow, scene, move)]


def _fits_caller(uow: UnitOfWork, scene: Scene, move: Move) -> bool:
    """What is not even offered, because of the time or of who asks."""
    if move.action is Action.REOPEN:
        return ending.in_reopen_window(uow, scene.ticket)
    if move.action in (Action.VERIFY, Action.CHECK):
        return not ending.solved_by_caller(uow, scene.ticket)
    return True


def _check_reason(move: Move, given: Mapping[str, Any]) -> None:
    """Raises Invalid for a reason code that the action does not know."""
    code, known = given.get("reason_code"), actions.REASON_CODES.get(move.action)
    if known is not None and code and code not in known:
        raise Invalid(fields={"reason_code": sentence("没有这个原因")})


def _seat_acted_for(actor: Actor, ticket: Ticket) -> int | None:
    held = next((seat.area_id for seat in actor.seats if seat.area_id == ticket.holder_area_id), None)
    return held if held is not None else next((seat.area_id for seat in actor.seats), None)


def _change(step: Step, hook: Hook) -> None:
    """Status, ball and clocks; afterwards ``step.after`` is the hop that has the ball."""
    uow, scene, move, ticket = step.uow, step.scene, step.move, step.ticket
    hook.prepare(step)
    receiver = landing.of(uow, scene, move.ball, step.given, move.when)  # may refuse: the transaction keeps nothing

    clocks.stop(uow, scene.clocks, _stops(move, scene.facts))
    _note_times(step)
    ticket.version += 1
    if move.to is not None:
        ticket.status = move.to.value
    if move.to in TICKET.ended:
        ticket.ended_at = uow.now
        if move.to is Status.CLOSED:
            ticket.closed_at = uow.now
        ball.end(uow, ticket, scene.hops)
    elif receiver is not None:
        for passed in receiver.through:
            ball.pass_to(uow, ticket, scene.hops, passed, move.action.value)
        step.after = ball.pass_to(uow, ticket, scene.hops, receiver.landing, move.action.value)
    else:
        step.after = step.before
    hook.change(step)
    uow.session.flush()  # stopped clocks must be written before new ones of their kind start
    if move.to in TICKET.ended:
        tickets.leave_the_open(uow.session, ticket)
    elif move.froms <= TICKET.ended and move.to is not None:
        tickets.join_the_open(uow.session, ticket)
    for kind in move.starts:
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
    answers = move.who is Who.HOLDER
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
        rework=kind is ClockKind.RESOLVE and move.ball is not Ball.ROUTED,
    )
    scene.clocks.append(clocks.start(uow, clock))


def _kind(move: Move) -> EventKind:
    if move.action is Action.SOLVE and move.to is Status.CLOSED:
        return EventKind.CLOSED_AT_ONCE
    return EVENT_OF_CLAIM.get(move.when, EVENT_OF_ACTION[move.action])


def _recorded(move: Move, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a step that belong into its event; photos are rows of their own."""
    names = [name for name in (*move.needs, *move.may_have) if name != "photo_ids"]
    return {name: given[name] for name in names if given.get(name) not in (None, "")}
