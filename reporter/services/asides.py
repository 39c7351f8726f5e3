"""What happens to a ticket beside its way — holds, extensions, cards — as rows, and the facts a step asks of them."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from reporter.domain.areas import Level
from reporter.domain.statuses import Status
from reporter.models.tickets import Ticket
from reporter.models.waiting import Extension, Hold, OverdueAppeal, Supervision
from reporter.services import clocks
from reporter.services.unit_of_work import UnitOfWork


@dataclass
class Asides:
    """The rows of one ticket, each list in its order."""

    holds: list[Hold] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    cards: list[Supervision] = field(default_factory=list)
    appeal: OverdueAppeal | None = None

    @property
    def asked(self) -> Hold | None:
        """The request to hold that waits."""
        return next((hold for hold in self.holds if hold.granted is None), None)

    @property
    def held(self) -> Hold | None:
        """The hold this ticket had, or has."""
        return next((hold for hold in self.holds if hold.granted), None)

    @property
    def extension(self) -> Extension | None:
        """The request for more time that waits."""
        return next((one for one in self.extensions if one.state == "open"), None)

    @property
    def open_cards(self) -> list[Supervision]:
        return [card for card in self.cards if card.closed_at is None]


def load(uow: UnitOfWork, ticket: Ticket) -> Asides:
    """Four statements for a ticket that has any of it, none for the many that have not."""
    if not ticket.asides:
        return Asides()
    session, mine = uow.session, ticket.id
    return Asides(
        list(session.scalars(select(Hold).where(Hold.ticket_id == mine).order_by(Hold.seq))),
        list(session.scalars(select(Extension).where(Extension.ticket_id == mine).order_by(Extension.seq))),
        list(session.scalars(select(Supervision).where(Supervision.ticket_id == mine).order_by(Supervision.seq))),
        session.get(OverdueAppeal, mine),
    )


def facts(uow: UnitOfWork, ticket: Ticket, asides: Asides) -> dict[str, Any]:
    """The fields of ``domain/lifecycle.Facts`` that these rows answer."""
    held, request = asides.held, asides.extension
    granted = sum(one.state == "granted" for one in asides.extensions)
    return {
        "held_ever": held is not None,
        "hold_asked": asides.asked is not None,
        "held_from": Status(held.from_status) if held and held.from_status and ticket.hold_until else None,
        "overdue": ticket.due_at is not None and ticket.due_at < uow.now,
        "extensions_left": granted < uow.policy(clocks.lineage(ticket)).extensions_max,
        "extension_for": Level(request.waits_for) if request and request.waits_for else None,
        "decided_by_caller": bool(request and uow.actor and request.first_by == uow.actor.person_id),
        "reply_owed": bool(asides.open_cards),
        "appealed": bool(ticket.appealed),
    }


def resumed(uow: UnitOfWork, ticket: Ticket, hold: Hold) -> None:
    """The hold is over; clocks and status are the caller's business."""
    hold.resumed_at, hold.run_at, ticket.hold_until = uow.now, None, None


def lapse(uow: UnitOfWork, asides: Asides) -> None:
    """The clock that a request for more time was about has stopped."""
    if (request := asides.extension) is not None:
        request.state, request.waits_for, request.ended_at = "lapsed", None, uow.now


def close(uow: UnitOfWork, ticket: Ticket, asides: Asides) -> None:
    """The ticket has ended: nothing of it waits any more. What was never answered says so by having no answer."""
    lapse(uow, asides)
    if (request := asides.asked) is not None:
        request.granted, request.decided_at = False, uow.now
    if (held := asides.held) is not None and held.resumed_at is None:
        resumed(uow, ticket, held)
    for card in asides.open_cards:
        card.closed_at = uow.now
    ticket.reply_due_at = None
