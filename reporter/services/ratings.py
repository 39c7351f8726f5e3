"""好差评: the submitters of a closed ticket say how it went."""

from collections.abc import Sequence

from reporter.domain import permissions, ratings
from reporter.domain.errors import Forbidden
from reporter.domain.events import EventKind
from reporter.domain.permissions import Permission
from reporter.models.tickets import Rating, Ticket
from reporter.queries import tickets
from reporter.services import clocks, settling
from reporter.services.unit_of_work import UnitOfWork


def rate(uow: UnitOfWork, number: str, grade: int, tags: Sequence[str], text: str | None) -> tuple[Rating, bool]:
    """Rate, or change the rating once. Returns the rating and whether it is new.

    Raises Forbidden (did not report it), NotFound, NotClosedYet, TooLate, AlreadyChanged.
    """
    permissions.require(uow.caller, Permission.RATE)
    ticket: Ticket = tickets.locked(uow.session, number, uow.caller)
    if not tickets.reported_by(uow.session, uow.caller, ticket.id):
        raise Forbidden()
    known = uow.session.get(Rating, (ticket.id, uow.caller.person_id))
    ratings.check_may_rate(
        ticket.closed_at,
        known.rated_at if known else None,
        known.changed_at if known else None,
        uow.now,
        uow.policy(clocks.lineage(ticket)),
    )
    settling.unsettle(uow, ticket)
    if known is not None:
        known.grade, known.tags, known.text, known.changed_at = grade, list(tags), text, uow.now
    else:
        known = Rating(
            ticket_id=ticket.id,
            person_id=uow.caller.person_id,
            grade=grade,
            first_grade=grade,
            tags=list(tags),
            text=text,
            rated_at=uow.now,
        )
        uow.session.add(known)
    uow.record(ticket, EventKind.RATED, grade=grade)
    return known, known.changed_at is None
