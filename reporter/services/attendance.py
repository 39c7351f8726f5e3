"""The limits of called units: what passed is recorded once, told, and escalated to the district. ★

A call carries the next moment anybody must look at it; each is one transaction, so a killed worker repeats nothing
and forgets nothing.
"""

from datetime import timedelta

from reporter.domain.whistles import ENDED, Action, CallStatus, Status, Who
from reporter.models.whistles import WhistleCall
from reporter.queries import whistles
from reporter.services import leased, whistle_scene, whistle_steps
from reporter.services.unit_of_work import UnitOfWork, Works
from reporter.services.whistle_scene import WhistleScene

LEASE = timedelta(seconds=30)
SYSTEM = frozenset({Who.SYSTEM})


def sweep(works: Works, batch: int = 100) -> int:
    """Look at the calls whose limit has passed; returns how many were looked at."""
    return leased.each_due(works, WhistleCall, batch, _look_at, "call_not_looked_at")


def _look_at(uow: UnitOfWork, whistle_id: int, _department_id: int) -> None:
    whistle = whistles.locked_by_id(uow.session, whistle_id)  # the whistle first, as every step does
    if whistle is not None and Status(whistle.status) not in ENDED:
        catch_up(uow, whistle_scene.load(uow, whistle))


def catch_up(uow: UnitOfWork, scene: WhistleScene) -> None:
    """Record what has passed, also before a step: nobody escapes a limit because the worker was slow."""
    for call in scene.calls:
        due_at = whistle_scene.running_due(call)
        if due_at is None or due_at >= uow.now:
            continue
        action = Action.NO_SHOW if call.status == CallStatus.CALLED else Action.MISS_FEEDBACK
        whistle_steps.follow(uow, scene, action, {"unit": scene.code_of(call)}, SYSTEM)
