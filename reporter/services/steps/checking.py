"""Is it there at all: check on site before it is accepted, and the submitter's one appeal when it was not."""

from reporter.domain.actions import Action
from reporter.domain.errors import UnknownReceiver, sentence
from reporter.services.steps.hooks import Hook, Step


def _only_seats(step: Step) -> None:
    """Raises UnknownReceiver: a department works on what was accepted."""
    to = step.given.get("to")
    if to and not str(to).startswith("seat:"):
        raise UnknownReceiver(fields={"to": sentence("核查只能派给自己下级的岗位")})


def _told_true_or_not(step: Step) -> None:
    if step.move.when == "found":
        step.ticket.checked = True
    elif step.move.when == "not_found":
        step.ticket.checked = True
        step.data["reason_code"] = "not_found_on_site"


def _begin_again(step: Step) -> None:
    """Before the ball moves: a ticket that is open has no end, and nobody has answered it."""
    ticket = step.ticket
    ticket.ended_at = None
    ticket.appealed = True


HOOKS = {
    Action.CHECK: Hook(check=_only_seats, change=_told_true_or_not),
    Action.APPEAL: Hook(prepare=_begin_again),
}
