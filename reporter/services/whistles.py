"""The one door through which a whistle changes after it was blown. ★

Always load → may I → does the state allow it → change → record. What may follow what is ``domain/whistles.py``; how
a row is followed is ``whistle_steps.py``; what happens when nobody does anything is ``attendance.py``.
"""

from collections.abc import Mapping
from typing import Any

from reporter.domain import permissions, procedures
from reporter.domain.errors import StaleVersion, sentence
from reporter.domain.permissions import Actor, Permission
from reporter.domain.procedures import Move
from reporter.domain.whistles import CALL, OF_ONE_CALL, WHISTLE, Action, CallStatus, Status
from reporter.models.whistles import Whistle, WhistleCall
from reporter.queries import whistles
from reporter.services import attendance, whistle_scene, whistle_steps
from reporter.services.unit_of_work import UnitOfWork
from reporter.services.whistle_scene import WhistleScene
from reporter.services.whistle_steps import present


def take(
    uow: UnitOfWork, number: str, action: Action, given: Mapping[str, Any], *, version: int | None = None
) -> Whistle:
    """Take a step. ``given`` are the fields of the step; ``version`` is what the caller last saw.

    Raises NotFound, StaleVersion, ActionNotOffered, Forbidden, StepNotPossible, MissingInput, Invalid, NotOnSite,
    BadLocation and kin. Nothing changes when it raises.
    """
    permissions.require(uow.caller, Permission.STEP)
    whistle = whistles.locked(uow.session, number, uow.caller)
    if version is not None and version != whistle.version:
        raise StaleVersion(sentence("别人刚刚处理过这个哨单，请看最新状态"), present=present(whistle))
    scene = whistle_scene.load(uow, whistle)
    if Status(whistle.status) not in WHISTLE.ended:
        attendance.catch_up(uow, scene)

    who = whistle_scene.relations(uow.caller, scene)
    if action in OF_ONE_CALL and action is not Action.RATE:  # a unit acts for itself, whoever it names
        given = {**given, "unit": scene.codes.get(uow.caller.department_id or 0)}
    whistle_steps.follow(uow, scene, action, given, who)
    return whistle


def actions_for(uow: UnitOfWork, scene: WhistleScene) -> list[Move]:
    """The steps the caller may take now: what the whistle's table offers and, of one unit, some call's table too."""
    if not permissions.may(uow.caller, Permission.STEP):
        return []
    who = whistle_scene.relations(uow.caller, scene)
    moves = procedures.offered(WHISTLE, Status(scene.whistle.status), whistle_scene.facts(scene), who)
    return [move for move in moves if move.action not in OF_ONE_CALL or units_for(uow.caller, scene, move.action)]


def units_for(actor: Actor, scene: WhistleScene, action: Action) -> list[WhistleCall]:
    """The calls of which this step may be taken by the caller now: the own one, or any to be rated."""
    who = whistle_scene.relations(actor, scene)
    mine = [call for call in scene.calls if action is Action.RATE or call.department_id == actor.department_id]
    return [
        call
        for call in mine
        if any(
            move.action is action
            for move in procedures.offered(CALL, CallStatus(call.status), whistle_scene.call_facts(call), who)
        )
    ]
