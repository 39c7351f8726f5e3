"""Merged tickets: who belongs together, and locking all of them in one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from reporter.db import Key
from reporter.domain.coordinates import Point, box_around
from reporter.domain.errors import NotFound, StaleVersion
from reporter.domain.permissions import Actor
from reporter.models.clocks import Clock
from reporter.models.points import TicketPoint
from reporter.models.tickets import Report, Ticket
from reporter.queries import tickets
from reporter.queries.spatial import in_box, number

MOST = 50  # a storm fills a crossing with reports; the newest are enough to choose from


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A ticket near another, with who made its first report."""

    ticket: Ticket
    submitter_id: int


def submitters_of(session: Session, ticket_ids: Iterable[int]) -> set[int]:
    """Everybody who reported or joined one of these."""
    return set(session.scalars(select(Report.submitter_id).where(Report.ticket_id.in_(list(ticket_ids))).distinct()))


def followers_of(session: Session, ticket_id: int) -> list[Ticket]:
    """What is merged into a ticket, in the order of the ids."""
    return list(session.scalars(select(Ticket).where(Ticket.merged_into_id == ticket_id).order_by(Ticket.id)))


def locked_together(session: Session, number: str, into: str | None, actor: Actor) -> Ticket:
    """The ticket of this number, locked with all that a merge into ``into`` changes, or, without ``into``, with the
    ticket it is merged into.

    Rows are locked in the order of their ids, so that two opposite merges wait for each other instead of for ever.
    Raises NotFound, and StaleVersion when another merge was faster.
    """
    wanted = _concerned(session, number, into, actor)
    query = select(Ticket).where(Ticket.id.in_(wanted)).order_by(Ticket.id).with_for_update(of=Ticket)
    found = {ticket.number: ticket for ticket in session.scalars(query)}
    if number not in found:
        raise NotFound()
    if _concerned(session, number, into, actor) != wanted:
        ticket = found[number]
        raise StaleVersion(present={"number": number, "status": ticket.status, "version": ticket.version})
    return found[number]


def _concerned(session: Session, number: str, into: str | None, actor: Actor) -> set[int]:
    """Ids of the ticket, of its followers, and of the one it goes into or is in."""
    row = session.execute(
        select(Ticket.id, Ticket.merged_into_id).where(Ticket.number == number, tickets.open_to(actor))
    ).one_or_none()
    if row is None:
        raise NotFound()
    other: ColumnElement[bool] = false()
    if into is not None:
        other = Ticket.number == into
    elif row.merged_into_id is not None:
        other = Ticket.id == row.merged_into_id
    concerned = union_all(
        select(literal(row.id, Key)),
        select(Ticket.id).where(other),
        select(Ticket.id).where(Ticket.merged_into_id == row.id),
    )
    return set(session.scalars(concerned))


def resolve_clock(session: Session, ticket_id: int) -> Clock | None:
    """The resolve clock that counted last."""
    return session.scalar(
        select(Clock).where(Clock.ticket_id == ticket_id, Clock.kind == "resolve").order_by(Clock.seq.desc()).limit(1)
    )


def main_in_words() -> ScalarSelect[str]:
    """“status number” of the main ticket of each row of a list. One join more were too many for PostgreSQL to order."""
    main = aliased(Ticket)
    return select(main.status + " " + main.number).where(main.id == Ticket.merged_into_id).scalar_subquery()


def candidates(
    session: Session, ticket: Ticket, actor: Actor, metres: float, closed_since: datetime
) -> list[Neighbour]:
    """What this person sees within a box of ``metres`` around a ticket that is open, or was closed since a moment;
    sensitive matters are left out. The newest, at most MOST."""
    west, south, east, north = map(number, box_around(Point(ticket.lng, ticket.lat), metres))
    close = select(TicketPoint.ticket_id).where(in_box(TicketPoint.geom, west, south, east, north))
    rows = session.execute(
        select(Ticket, Report.submitter_id)
        .join(Report, and_(Report.ticket_id == Ticket.id, ~Report.joined))
        .where(
            Ticket.id.in_(close),
            Ticket.id != ticket.id,
            or_(Ticket.ended_at.is_(None), Ticket.closed_at >= closed_since),
            ~Ticket.sensitive,
            tickets.visible_to(actor),
        )
        .order_by(Ticket.received_at.desc(), Ticket.id.desc())
        .limit(MOST)
    )
    return [Neighbour(row.Ticket, row.submitter_id) for row in rows]
