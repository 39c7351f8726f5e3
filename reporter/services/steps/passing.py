"""Passing it back and forth: what a return, and a new attempt after one, may not do."""

from sqlalchemy import select

from reporter.domain import passing
from reporter.domain.actions import Action
from reporter.domain.errors import AssignedFinally, Invalid, ReturnedUnchanged, sentence
from reporter.domain.events import EventKind
from reporter.models.tickets import Event
from reporter.services import holdings, landing
from reporter.services.scene import Scene
from reporter.services.steps.hooks import Hook, Step, present


def is_final(scene: Scene) -> bool:
    """Whether the holder has it by the street's decision, and so may not return it until closing."""
    return passing.is_final(holdings.of(scene.hops))


def _may_return(step: Step) -> None:
    """Raises AssignedFinally, and Invalid or UnknownCategory naming ``category``."""
    if is_final(step.scene):
        raise AssignedFinally(present=present(step.ticket))
    proposal = step.given.get("category")
    if proposal:
        if step.given.get("reason_code") != "wrong_category":
            raise Invalid(fields={"category": sentence("只有以“类别不对”退回时才能建议类别")})
        step.uow.book.category(proposal, step.uow.today)


def _handles_anew(step: Step) -> None:
    """What was returned is not pushed forward unchanged: to the same receiver only with a note that was not given
    before. Raises ReturnedUnchanged naming ``to``."""
    held = holdings.of(step.scene.hops)
    returner = passing.returned_by(held)
    if returner is None or passing.decides(held, held[-1].unit):
        return
    receiver = landing.of(step.uow, step.scene, step.move.ball, step.given)
    if receiver is None or holdings.unit_of(receiver.landing.area_id, receiver.landing.department_id) != returner:
        return
    note = (step.given.get("note") or "").strip()
    if not note:
        raise ReturnedUnchanged(fields={"to": sentence("对方刚刚退回；再派给它要写明对退回理由的答复")})
    if note in _notes_given(step):
        raise ReturnedUnchanged(fields={"to": sentence("这个答复已经用过一次，请换一个单位，或写明新的情况")})


def _notes_given(step: Step) -> set[str]:
    """The notes of every earlier dispatch of this ticket."""
    sent = select(Event.data).where(Event.ticket_id == step.ticket.id, Event.kind == EventKind.DISPATCHED.value)
    return {str(data.get("note", "")).strip() for data in step.uow.session.scalars(sent)}


HOOKS = {Action.RETURN: Hook(check=_may_return), Action.DISPATCH: Hook(check=_handles_anew)}
