"""The whistles blown for a ticket, as the ticket names them."""

from typing import Any

from reporter.api.words import gettext
from reporter.domain.whistles import KIND_NAMES, STATUS_NAMES, Kind, Status
from reporter.models.tickets import Ticket
from reporter.models.whistles import Whistle
from reporter.queries import whistles
from reporter.services.unit_of_work import UnitOfWork


def of_ticket(uow: UnitOfWork, row: Ticket) -> list[dict[str, Any]]:
    """Those the caller may see, oldest first; one statement, asked only of a ticket that has some."""
    return [brief(whistle) for whistle in whistles.of_ticket(uow.session, row.id, uow.caller)]


def brief(whistle: Whistle) -> dict[str, Any]:
    return {
        "number": whistle.number,
        "status": whistle.status,
        "status_name": gettext(STATUS_NAMES[Status(whistle.status)]),
        "kind": whistle.kind,
        "kind_name": gettext(KIND_NAMES[Kind(whistle.kind)]),
        "blown_at": whistle.blown_at,
        "ended_at": whistle.ended_at,
    }
