"""Who has not rated a closed ticket is reminded once, some days after it was closed; no answer stays no answer."""

from datetime import timedelta

from sqlalchemy import exists, insert, select

from reporter.domain import permissions, ratings
from reporter.domain.notifications import INVITED
from reporter.domain.permissions import Permission
from reporter.models.messages import Message
from reporter.models.people import Person
from reporter.models.revisits import Invitation
from reporter.models.tickets import Rating, Report, Ticket
from reporter.queries import tickets
from reporter.services import clocks, leased
from reporter.services.unit_of_work import UnitOfWork, Works

LEASE = timedelta(seconds=30)
_RATERS = [role.value for role in permissions.PERMISSIONS[Permission.RATE]]


def follow(uow: UnitOfWork, ticket: Ticket) -> None:
    """To be called when a ticket has been closed, or opened again: the reminder is due some days after each closing."""
    known = uow.session.get(Invitation, ticket.id)
    days = uow.policy(clocks.lineage(ticket)).rating_reminder_days
    run_at = ticket.closed_at + timedelta(days=days) if ticket.closed_at is not None else None
    if known is not None:
        known.run_at = run_at
    elif run_at is not None:
        uow.session.add(Invitation(ticket_id=ticket.id, run_at=run_at, attempts=0))


def remind_waiting(works: Works, batch: int = 100) -> int:
    """Remind of the closed tickets whose day has come; returns how many were looked at.

    Each is one transaction: a killed worker repeats nothing and forgets nothing.
    """
    return leased.each_due(works, Invitation, batch, _remind, "invitation_not_sent")


def _remind(uow: UnitOfWork, ticket_id: int) -> None:
    ticket = tickets.locked_by_id(uow.session, ticket_id)  # the ticket first, as every step does
    invitation = uow.session.get(Invitation, ticket_id, populate_existing=True)
    if ticket is None or invitation is None or invitation.run_at is None:
        return
    invitation.run_at = None
    policy = uow.policy(clocks.lineage(ticket))
    closed_at = ticket.closed_at
    if closed_at is None or not ratings.in_window(closed_at, uow.now, policy):
        return  # opened again, or the worker was down so long that there is nothing left to invite to
    last = (closed_at + timedelta(days=policy.rating_days)).astimezone(policy.time_zone).date()
    waiting = [
        {
            "ticket_id": ticket.id,
            "topic": "invitation",
            "event_seq": ticket.last_event,
            "person_id": person_id,
            "text": INVITED,
            "data": {"until": last.isoformat()},
            "created_at": uow.now,
            "run_at": uow.now,
        }
        for person_id in _unrated(uow, ticket)
    ]
    if waiting:
        uow.session.execute(insert(Message), waiting)
        invitation.reminded_at = uow.now


def _unrated(uow: UnitOfWork, ticket: Ticket) -> list[int]:
    """Who reported or joined, may rate, and has not."""
    rated = exists().where(Rating.ticket_id == ticket.id, Rating.person_id == Report.submitter_id)
    return list(
        uow.session.scalars(
            select(Report.submitter_id)
            .join(Person, Person.id == Report.submitter_id)
            .where(Report.ticket_id == ticket.id, Person.role.in_(_RATERS), ~rated)
            .distinct()
        )
    )
