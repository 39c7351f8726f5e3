"""Towards the end, and back from it: solve, verify, reopen, and the times that figures are made of."""

from datetime import timedelta

from reporter.domain import five
from reporter.domain.actions import Action
from reporter.domain.errors import OwnWork, TooLate, sentence
from reporter.domain.statuses import Status
from reporter.models.tickets import Ticket
from reporter.queries import tickets
from reporter.services import clocks
from reporter.services.steps import whistled
from reporter.services.steps.hooks import Hook, Step, present
from reporter.services.unit_of_work import UnitOfWork


def in_reopen_window(uow: UnitOfWork, ticket: Ticket) -> bool:
    """Whether the submitters may still ask for it to be done again."""
    days = uow.policy(clocks.lineage(ticket)).reopen_days
    return ticket.closed_at is not None and uow.now - ticket.closed_at <= timedelta(days=days)


def drawn_for_recheck(number: str, percent: int) -> bool:
    """A sample that nobody can steer and everybody can recompute: from the digits of the number."""
    return int("".join(filter(str.isdigit, number))) * 7919 % 100 < percent


def _answered(step: Step) -> None:
    """Where a place repeats itself, not without cause and effect (五连问). Raises RepeatPlaceUnanswered."""
    five.check_answered(step.move.action, step.scene.facts, step.given)


def _solved(step: Step) -> None:
    ticket, now = step.ticket, step.uow.now
    ticket.solved_at = now
    ticket.solver_hop = step.before.seq if step.before else None
    ticket.solved_on_time = ticket.overdue_at is None and (ticket.due_at is None or now <= ticket.due_at)
    if step.move.to is Status.CLOSED:
        ticket.closed_at_once = True
        percent = step.uow.policy(clocks.lineage(ticket)).recheck_percent
        ticket.recheck = drawn_for_recheck(ticket.number, percent)


def solved_by_caller(uow: UnitOfWork, ticket: Ticket) -> bool:
    """Whether the caller said that it is solved, for whichever seat that was."""
    return tickets.solver(uow.session, ticket.id) == uow.caller.person_id


def not_own_work(step: Step) -> None:
    """Who solved does not say that it is solved, whatever seats that person holds by now. Raises OwnWork."""
    if solved_by_caller(step.uow, step.ticket):
        raise OwnWork()


def _verified(step: Step) -> None:
    if step.move.when in ("failed", "failed_instead"):
        step.ticket.reworks += 1
        step.ticket.effect = None  # what had been said of it did not hold
        step.ticket.solved_at = step.ticket.solved_on_time = None


def _may_reopen(step: Step) -> None:
    if not in_reopen_window(step.uow, step.ticket):
        raise TooLate(sentence("要求重办的期限已经过了"), present=present(step.ticket))


def begin_again(step: Step) -> None:
    """Before the ball moves: a ticket that is open has no end."""
    ticket = step.ticket
    ticket.reopened += 1
    ticket.closed_at = ticket.ended_at = ticket.solved_at = ticket.solved_on_time = None
    ticket.closed_at_once = ticket.recheck = ticket.forced = False
    ticket.effect = None


def _may_end(step: Step) -> None:
    """Raises WhistleOpen while a whistle is not summed up, RepeatPlaceUnanswered while its why is missing."""
    whistled.check_summed_up(step)
    _answered(step)


def _may_verify(step: Step) -> None:
    not_own_work(step)
    _may_end(step)


HOOKS = {
    Action.SOLVE: Hook(check=_may_end, change=_solved),
    Action.VERIFY: Hook(check=_may_verify, change=_verified),
    Action.REOPEN: Hook(check=_may_reopen, prepare=begin_again),
}
