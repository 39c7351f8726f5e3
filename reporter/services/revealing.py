"""Showing who reported, unmasked: only with a reason, and always written down."""

from typing import Any

from sqlalchemy import select

from reporter.domain import permissions
from reporter.domain.errors import Forbidden, sentence
from reporter.models.people import Person, Unmasking
from reporter.models.tickets import Report
from reporter.queries import tickets
from reporter.services.unit_of_work import UnitOfWork


def reveal(uow: UnitOfWork, number: str, reason: str) -> dict[str, Any]:
    """The first submitter of a ticket. Raises NotFound, Forbidden (also for anonymous reports)."""
    ticket = tickets.get(uow.session, number, uow.caller)
    permissions.require_reveal(uow.caller)
    report, person = uow.session.execute(
        select(Report, Person)
        .join(Person, Person.id == Report.submitter_id)
        .where(Report.ticket_id == (ticket.parent_id or ticket.id), ~Report.joined)
    ).one()
    if report.anonymous:
        raise Forbidden(sentence("这件报事是匿名的"))
    uow.session.add(
        Unmasking(actor_id=uow.caller.person_id, subject_id=person.id, ticket_id=ticket.id, reason=reason, at=uow.now)
    )
    return {"name": person.name, "role": person.role, "on_behalf_of": report.on_behalf_of}
