"""Figures of ended tickets are added up behind everybody's back, and taken apart again before one of them changes."""

from reporter.models.tickets import Ticket
from reporter.queries import settled
from reporter.services.unit_of_work import UnitOfWork, Works


def settle(works: Works, batch: int = 500) -> int:
    """Add up what has ended and what was corrected; returns how many tickets and corrections that was.

    One transaction: a killed worker has added nothing, and of two workers one finds it is not its turn.
    """
    with works.open() as uow:
        if not settled.my_turn(uow.session):
            return 0
        corrected = settled.fold(uow.session)
        ended = settled.ready(uow.session, uow.now, batch)
        if ended:
            settled.settle(uow.session, ended, uow.now, uow.policy(()).time_zone)
        return corrected + len(ended)


def unsettle(uow: UnitOfWork, ticket: Ticket) -> None:
    """To be called, under the ticket's lock, before anything of a ticket changes that a figure counts."""
    if ticket.settled:
        settled.unsettle(uow.session, ticket, uow.now, uow.policy(()).time_zone)
