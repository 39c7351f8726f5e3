"""A hold that has come to its day ends by itself: the ticket goes on where it was, and its clocks with what was left.

Each hold is one transaction, which also takes the row off the list of jobs: a killed worker repeats nothing and
forgets nothing. Nobody's step is undone: whoever resumed it earlier has taken it off the list too.
"""

from reporter.domain.actions import Action
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import TICKET
from reporter.domain.statuses import Status
from reporter.models.tickets import Ticket
from reporter.models.waiting import Hold
from reporter.queries import tickets
from reporter.services import asides, clocks, landing, leased, messages, scene
from reporter.services.unit_of_work import UnitOfWork, Works


def resume_due(works: Works, batch: int = 100) -> int:
    """End the holds whose day has come; returns how many were looked at."""
    return leased.each_due(works, Hold, batch, _look_at, "hold_not_resumed")


def _look_at(uow: UnitOfWork, ticket_id: int, seq: int) -> None:
    ticket = tickets.locked_by_id(uow.session, ticket_id)  # the ticket first, as every step does
    hold = uow.session.get(Hold, (ticket_id, seq), populate_existing=True)
    if ticket is None or hold is None or hold.run_at is None or hold.from_status is None:
        return
    _resume(uow, ticket, hold, Status(hold.from_status))


def _resume(uow: UnitOfWork, ticket: Ticket, hold: Hold, status: Status) -> None:
    """As the step ``resume`` does, by nobody; which clocks go on is said by its row of the table."""
    around = scene.load(uow, ticket)
    row = next(move for move in TICKET.moves if move.action is Action.RESUME and move.to is status)
    clocks.resume(uow, ticket, around.clocks, row.resumes)
    ticket.status = status.value
    ticket.version += 1
    asides.resumed(uow, ticket, hold)
    hop = around.open_hop
    event = uow.record(ticket, EventKind.RESUMED, hop_seq=hop.seq if hop else None, by_system=True)
    messages.tell(
        uow,
        ticket,
        event,
        hop,
        around.chain,
        conflicted=around.conflicted,
        holder=landing.title_of(uow, around.chain, hop),
        category=around.category.name,
    )
