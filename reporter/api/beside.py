"""What happens to a ticket beside its way, as its reader may see it: holds for everybody, the rest for staff."""

from typing import Any

from reporter.api.words import gettext
from reporter.domain.actions import HOLD_REASONS
from reporter.domain.waiting import CARD_NAMES, Card
from reporter.models.tickets import Ticket
from reporter.models.waiting import Extension, Hold, OverdueAppeal, Supervision
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


def of(uow: UnitOfWork, scene: Scene, staff: bool) -> dict[str, Any]:
    """The fields of ``TicketOut`` that speak of it."""
    row, rows = scene.ticket, scene.asides
    return {
        "hold_until": row.hold_until,
        "holds": [_hold(hold, staff) for hold in rows.holds if staff or hold.granted],
        "extensions": [_extension(one) for one in rows.extensions] if staff else [],
        "supervisions": [_card(uow, card) for card in rows.cards] if staff else [],
        "overdue_appeal": appeal(row, rows.appeal) if staff and rows.appeal else None,
        "reply_due_at": row.reply_due_at if staff else None,
        "checked": row.checked,
        "forced": row.forced,
        "exempt": row.exempt,
    }


def appeal(ticket: Ticket, row: OverdueAppeal) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "state": row.state,
        "waits_for": row.waits_for,
        "reason": row.reason,
        "asked_at": row.asked_at,
        "first_note": row.first_note,
        "last_note": row.last_note,
        "ended_at": row.ended_at,
    }


def _hold(hold: Hold, staff: bool) -> dict[str, Any]:
    return {
        "until": hold.until,
        "reason_code": hold.reason_code,
        "reason": gettext(HOLD_REASONS[hold.reason_code]),
        "note": hold.note if staff else None,
        "asked_at": hold.asked_at,
        "granted": hold.granted,
        "decided_at": hold.decided_at,
        "resumed_at": hold.resumed_at,
    }


def _extension(row: Extension) -> dict[str, Any]:
    return {
        "state": row.state,
        "waits_for": row.waits_for,
        "reason": row.reason,
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
    }


def _card(uow: UnitOfWork, card: Supervision) -> dict[str, Any]:
    return {
        "card": card.card,
        "name": gettext(CARD_NAMES[Card(card.card)]),
        "kind": card.kind,
        "note": card.note,
        "level": card.level,
        "opened_at": card.opened_at,
        "due_at": card.due_at,
        "late": (card.replied_at or card.closed_at or uow.now) > card.due_at,
        "reply": card.reply,
        "replied_at": card.replied_at,
    }
