"""Following one row of the tables of a whistle: the whistle's, and the call's where a step concerns one unit. ★

Who may begin a step is asked in ``services/whistles.py`` (people) and ``services/attendance.py`` (limits that passed).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from reporter.domain import attendance, coordinates, procedures
from reporter.domain.attendance import NotOnSite
from reporter.domain.coordinates import Datum, Point
from reporter.domain.errors import StepNotPossible, sentence
from reporter.domain.procedures import Move
from reporter.domain.whistle_events import EVENT_OF_ACTION, WhistleEventKind
from reporter.domain.whistles import CALL, GRADES, OF_ONE_CALL, WHISTLE, Action, CallStatus, Limit, Status, Turn, Who
from reporter.domain.working_time import deadline
from reporter.models.whistles import Whistle, WhistleCall, WhistleEvent
from reporter.services import photos, whistle_messages, whistle_scene
from reporter.services.unit_of_work import UnitOfWork
from reporter.services.whistle_scene import WhistleScene

JUST_AFTER = timedelta(milliseconds=1)  # what is done exactly at a deadline is on time


@dataclass
class WhistleStep:
    """One step on its way. ``data`` is what its event will carry."""

    uow: UnitOfWork
    scene: WhistleScene
    given: Mapping[str, Any]
    call: WhistleCall | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def one(self) -> WhistleCall:
        """The call that a step of one unit concerns."""
        if self.call is None:
            raise RuntimeError("this step concerns no unit")
        return self.call


def present(whistle: Whistle) -> dict[str, Any]:
    """What a caller who was too late should look at now."""
    return {"number": whistle.number, "status": whistle.status, "version": whistle.version}


def follow(
    uow: UnitOfWork, scene: WhistleScene, action: Action, given: Mapping[str, Any], who: frozenset[Who]
) -> WhistleEvent:
    """Take a step of a whistle whose row is locked. Raises as ``procedures.move_for``, and what its hook raises."""
    whistle = scene.whistle
    move = _row(uow, scene, action, given, who)
    call = scene.call_of(given.get("unit")) if action in OF_ONE_CALL else None
    of_call = _row_of_call(scene, call, action, given, who) if call is not None else None
    step = WhistleStep(uow, scene, given, call)
    CHANGES.get(action, _nothing)(step)  # may refuse: the transaction then keeps nothing

    if call is not None and of_call is not None:
        _change_call(uow, scene, call, of_call)
    _change_whistle(uow, scene, move)
    turned = _pass_turn(scene, move)
    event = record(
        uow,
        scene,
        EVENT_OF_ACTION[action],
        call,
        by_system=who == {Who.SYSTEM},
        **{**_recorded(move, given), **step.data},
    )
    uow.session.flush()  # photos and messages refer to the event
    pictures = photos.loose(uow, given.get("photo_ids") or (), uow.policy(whistle_scene.lineage(whistle)))
    photos.bind_to_whistle(pictures, event)
    whistle_messages.tell(uow, scene, event, call, turned)
    return event


def record(
    uow: UnitOfWork,
    scene: WhistleScene,
    kind: WhistleEventKind,
    call: WhistleCall | None = None,
    *,
    by_system: bool = False,
    **data: Any,
) -> WhistleEvent:
    """Append what happened to the whistle's one list of events; ``data`` must be JSON."""
    whistle = scene.whistle
    whistle.last_event += 1
    actor = None if by_system else uow.actor
    seat = None
    if actor is not None and actor.seats:
        mine = [one.area_id for one in actor.seats]
        seat = whistle.blown_from_id if whistle.blown_from_id in mine else mine[0]
    event = WhistleEvent(
        whistle_id=whistle.id,
        seq=whistle.last_event,
        kind=kind.value,
        at=uow.now,
        actor_id=actor.person_id if actor else None,
        actor_role=actor.role.value if actor else None,
        actor_area_id=seat,
        department_id=call.department_id if call else actor.department_id if actor else None,
        status=whistle.status,
        data=data,
    )
    uow.session.add(event)
    return event


def _row(uow: UnitOfWork, scene: WhistleScene, action: Action, given: Mapping[str, Any], who: frozenset[Who]) -> Move:
    whistle = scene.whistle
    try:
        return procedures.move_for(WHISTLE, action, Status(whistle.status), whistle_scene.facts(scene), who, given)
    except StepNotPossible as refusal:
        worded = sentence("哨单现在是“{status_name}”，不能“{action_name}”")
        raise StepNotPossible(worded, present=present(whistle), **refusal.params) from refusal


def _row_of_call(
    scene: WhistleScene, call: WhistleCall, action: Action, given: Mapping[str, Any], who: frozenset[Who]
) -> Move:
    try:
        return procedures.move_for(CALL, action, CallStatus(call.status), whistle_scene.call_facts(call), who, given)
    except StepNotPossible as refusal:
        worded = sentence("这个单位现在是“{status_name}”，不能“{action_name}”")
        raise StepNotPossible(worded, present=present(scene.whistle), **refusal.params) from refusal


def _change_call(uow: UnitOfWork, scene: WhistleScene, call: WhistleCall, move: Move) -> None:
    if move.to is not None:
        call.status = move.to.value
    if move.stops:
        call.run_at = None
    if Limit.FEEDBACK in move.starts and call.feedback_missed_at is None:
        policy = uow.policy(whistle_scene.lineage(scene.whistle))
        call.feedback_due_at = deadline(uow.now, policy.feedback_limit, uow.book.calendar(policy)).at
        call.run_at, call.attempts = call.feedback_due_at + JUST_AFTER, 0


def _change_whistle(uow: UnitOfWork, scene: WhistleScene, move: Move) -> None:
    whistle = scene.whistle
    whistle.version += 1
    if move.to is not None:
        whistle.status = move.to.value
    if move.to is Status.SUMMED_UP:
        whistle.summed_up_at = uow.now
    if move.to in WHISTLE.ended:
        whistle.ended_at = uow.now
        for call in scene.calls:  # nothing is owed any more
            call.run_at = None


def _pass_turn(scene: WhistleScene, move: Move) -> Turn | None:
    """Whose turn it is now; None when it was theirs before."""
    whistle = scene.whistle
    turn = Turn(move.ball)
    if turn is Turn.LEAD and whistle_scene.facts(scene).lead_silent:
        turn = Turn.WHISTLER
    if turn is Turn.STAYS or turn.value == whistle.turn:
        return None
    whistle.turn = turn.value
    return turn


def _recorded(move: Move, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a step that belong into its event; photos are rows, and where somebody stood is kept apart."""
    names = [name for name in (*move.needs, *move.may_have) if name not in ("photo_ids", "location")]
    return {name: given[name] for name in names if given.get(name) not in (None, "")}


# ---------------------------------------------------------------- what an action does beyond its rows


def _nothing(step: WhistleStep) -> None:
    """Most actions change no more than their rows say."""


def _sign_in(step: WhistleStep) -> None:
    """报到 by place. Raises BadLocation and kin, NotOnSite naming ``reason``."""
    uow, whistle, call, where = step.uow, step.scene.whistle, step.one, step.given["location"]
    coordinates.check(where["lng"], where["lat"])
    point = coordinates.to_wgs84(where["lng"], where["lat"], Datum(where["coord_type"]))
    metres = coordinates.metres_between(point, Point(whistle.lng, whistle.lat))
    policy = uow.policy(whistle_scene.lineage(whistle))
    on_site = attendance.is_on_site(metres, where.get("accuracy_m") or 0.0, policy)
    if not on_site and not step.given.get("reason"):
        raise NotOnSite(fields={"reason": sentence("不在现场，请写明原因")}, metres=round(metres))
    call.signed_in_at, call.signed_in_by_id = uow.now, uow.caller.person_id
    call.sign_in_lng, call.sign_in_lat = point.lng, point.lat
    call.distance_m, call.on_site = round(metres, 1), on_site
    call.away_reason = None if on_site else step.given["reason"]
    step.data = {"distance_m": call.distance_m, "on_site": on_site, "on_time": uow.now <= call.sign_in_due_at}


def _feed_back(step: WhistleStep) -> None:
    step.one.fed_back_at, step.one.feedback = step.uow.now, step.given["note"]


def _rate(step: WhistleStep) -> None:
    call = step.one
    call.rated_at = step.uow.now
    for grade in GRADES:
        setattr(call, grade, step.given[grade])


def _no_show(step: WhistleStep) -> None:
    """The district hears of it: the whistle is on its desk from now on."""
    call = step.one
    call.no_show_at = call.sign_in_due_at
    _escalate(step, call.sign_in_due_at.isoformat())


def _miss_feedback(step: WhistleStep) -> None:
    call = step.one
    call.feedback_missed_at = call.feedback_due_at
    _escalate(step, call.feedback_due_at.isoformat() if call.feedback_due_at else None)


def _escalate(step: WhistleStep, due_at: str | None) -> None:
    whistle = step.scene.whistle
    whistle.escalated_at = whistle.escalated_at or step.uow.now
    step.data = {"due_at": due_at}


CHANGES: dict[Action, Callable[[WhistleStep], None]] = {
    Action.SIGN_IN: _sign_in,
    Action.FEED_BACK: _feed_back,
    Action.RATE: _rate,
    Action.NO_SHOW: _no_show,
    Action.MISS_FEEDBACK: _miss_feedback,
}
