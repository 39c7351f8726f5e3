"""Joins count as demand: each threshold is told once, to whoever has the ticket and to the level above."""

from reporter.domain import demand
from reporter.domain.events import EventKind
from reporter.models.tickets import Hop, Ticket
from reporter.queries import areas, tickets
from reporter.services import clocks, messages
from reporter.services.unit_of_work import UnitOfWork


def weigh(uow: UnitOfWork, ticket: Ticket, hop: Hop | None) -> None:
    """To be called under the ticket's lock when somebody has joined; nothing is asked below the lowest threshold."""
    thresholds = uow.policy(clocks.lineage(ticket)).joins_raise_at
    if hop is None or demand.grown_to(ticket.joins, 0, thresholds) is None:
        return
    threshold = demand.grown_to(ticket.joins, tickets.demand_told(uow.session, ticket.id), thresholds)
    if threshold is None:
        return
    event = uow.record(
        ticket, EventKind.DEMAND_GREW, hop_seq=hop.seq, by_system=True, joins=ticket.joins, threshold=threshold
    )
    uow.session.flush()  # messages refer to the event
    chain = areas.seats_by_id(uow.session, clocks.lineage(ticket), uow.book, uow.now)
    conflicted = frozenset({ticket.about_person_id}) if ticket.about_person_id else frozenset()
    messages.tell(uow, ticket, event, hop, chain, conflicted=conflicted, joins=str(ticket.joins))
