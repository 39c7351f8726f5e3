"""What a ticket may be merged with: the same answer as the rules of merging give when somebody does it."""

from dataclasses import dataclass

from reporter.domain import duplicates, merging, permissions
from reporter.domain.coordinates import Point
from reporter.domain.duplicates import Known, Similar, Thing
from reporter.domain.errors import Forbidden
from reporter.models.tickets import Ticket
from reporter.queries import merging as together
from reporter.queries import tickets
from reporter.services import clocks
from reporter.services.nearness import kinds_of
from reporter.services.steps.merging import side
from reporter.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Twin:
    """A ticket that may be the same thing. ``remains``: the number of the main one, should they be merged. ``doubt``:
    why that would need a note, None when it is plain."""

    similar: Similar
    remains: str
    doubt: str | None


def of(uow: UnitOfWork, number: str) -> list[Twin]:
    """Open tickets, and those closed within the window, that a ticket may be one with, nearest first; nothing for
    sensitive matters. Raises NotFound, Forbidden (for who is not staff here)."""
    ticket = tickets.get(uow.session, number, uow.caller)
    here = clocks.lineage(ticket)
    mine = lambda: tickets.reported_by(uow.session, uow.caller, ticket.id)  # noqa: E731 — asked only when it matters
    if not permissions.reads_as_staff(uow.caller, here, mine):
        raise Forbidden()
    if ticket.sensitive:
        return []
    category = uow.book.category_by_id(ticket.category_id)
    window, radius = uow.policy(here).duplicate_window(category.code), category.duplicate_radius_m
    near = together.candidates(uow.session, ticket, uow.caller, 2 * radius, uow.now - window)
    thing = Thing(
        Point(ticket.lng, ticket.lat), ticket.accuracy_m, category.code, kinds_of(uow, category), ticket.building_id
    )
    known = [_known(uow, one.ticket) for one in near]
    found = duplicates.similar(thing, radius, window, ticket.received_at, known, uow.book.look_alikes.indoors)
    others = {one.ticket.number: side(uow, one.ticket, one.submitter_id) for one in near}
    this = side(uow, ticket)
    twins = []
    for similar in found:
        other = others[similar.known.number]
        main = merging.main_of(this, other)
        follower = other if main is this else this
        doubt = merging.doubt_about(follower, main, radius, window, uow.book.look_alikes.indoors)
        twins.append(Twin(similar, main.number, doubt))
    return twins


def _known(uow: UnitOfWork, ticket: Ticket) -> Known:
    return Known(
        number=ticket.number,
        category=ticket.category_code,
        kinds=kinds_of(uow, uow.book.category_by_id(ticket.category_id)),
        point=Point(ticket.lng, ticket.lat),
        accuracy_m=ticket.accuracy_m,
        received_at=ticket.received_at,
        status=ticket.status,
        joins=ticket.joins,
        building_id=ticket.building_id,
    )
