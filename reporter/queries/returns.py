"""Returns as conditions and counts: which tickets came back, and which were sent to the wrong one (``domain.md`` 6)."""

from sqlalchemy import ColumnElement, Select, exists, func, select

from reporter.domain.events import EventKind
from reporter.domain.passing import WRONG_DISPATCH
from reporter.models.tickets import Event, Ticket


def returned() -> ColumnElement[bool]:
    """Whether a ticket was ever returned."""
    return exists().where(Event.ticket_id == Ticket.id, _return)


def wrongly_dispatched() -> ColumnElement[bool]:
    """Whether a ticket was ever returned as sent to the wrong one."""
    code = Event.data["reason_code"].as_string()
    return exists().where(Event.ticket_id == Ticket.id, _return, code.in_(sorted(WRONG_DISPATCH)))


def operations(*where: ColumnElement[bool]) -> Select[int]:
    """How many returns there were, of tickets of a condition: figure B of ``domain.md`` 6."""
    return select(func.count()).select_from(Event).join(Ticket, Ticket.id == Event.ticket_id).where(_return, *where)


_return = Event.kind == EventKind.RETURNED.value
