"""Neighbours say whether a shared thing is fixed: enough of them close it, one with a photo sends it up."""

from reporter.domain.actions import Action
from reporter.domain.errors import AlreadyConfirmed
from reporter.models.evidence import Confirmation
from reporter.queries import evidence
from reporter.services.steps.hooks import Hook, Step, present


def _may_confirm(step: Step) -> None:
    """Each neighbour speaks once of each solution. Raises AlreadyConfirmed."""
    if evidence.has_confirmed(step.uow.session, step.ticket, step.uow.caller.person_id):
        raise AlreadyConfirmed(present=present(step.ticket))


def _confirm(step: Step) -> None:
    ticket, fixed = step.ticket, bool(step.given["fixed"])
    step.uow.session.add(
        Confirmation(
            ticket_id=ticket.id,
            solver_hop=ticket.solver_hop,
            person_id=step.uow.caller.person_id,
            fixed=fixed,
            given_at=step.uow.now,
        )
    )
    if not fixed:
        ticket.reworks += 1
        ticket.solved_at = ticket.solved_on_time = None


HOOKS = {Action.CONFIRM: Hook(check=_may_confirm, change=_confirm)}
