"""The hops of a ticket as the rules of passing see them (``domain/passing.py``)."""

from collections.abc import Sequence

from reporter.domain import passing
from reporter.domain.lifecycle import ClockKind
from reporter.domain.passing import Holding, Unit
from reporter.models.clocks import Clock
from reporter.models.tickets import Hop, Ticket


def of(hops: Sequence[Hop]) -> list[Holding]:
    """All holdings, first to last."""
    return [
        Holding(
            hop.seq,
            unit_of(hop.area_id, hop.department_id),
            hop.via,
            hop.sent_from,
            frozenset(reason["code"] for reason in hop.reasons),
        )
        for hop in hops
    ]


def unit_of(area_id: int | None, department_id: int | None) -> Unit:
    """A seat or a department; exactly one of the ids is given."""
    return ("department", department_id) if department_id is not None else ("seat", area_id or 0)


def pair_exhausted(ticket: Ticket, hops: Sequence[Hop], most: int) -> bool:
    """Whether the holder and whoever gets a return have returned it to each other ``most`` times already."""
    held = of(hops)
    holder, sender = held[-1], next((hop for hop in hops if hop.seq == hops[-1].sent_from), None)
    back_to = ("seat", ticket.accountable_area_id)
    if sender is not None and sender.area_id is not None:
        back_to = ("seat", sender.area_id)
    return passing.returns_between(held, holder.unit, back_to) >= most


def revocable(hops: Sequence[Hop], clocks: Sequence[Clock]) -> bool:
    """Whether whoever sent it may take it back: given by name, and the receiver has not answered yet."""
    waits = any(clock.kind == ClockKind.RESPONSE and clock.stopped_at is None for clock in clocks)
    return waits and hops[-1].via in passing.REVOCABLE
