"""Passing the ball: hops as rows, and the ticket's one holder with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from reporter.db import plain
from reporter.domain.areas import Level
from reporter.domain.deciding import Verdict
from reporter.domain.routing import Reason, Stop
from reporter.models.tickets import Hop, Ticket
from reporter.services import clocks
from reporter.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the ball comes to rest: a seat with whoever acts there, or a department.

    ``decision``: all that was considered, where routing decided; ``failed_rule``: a rule that could not be applied.
    """

    area_id: int | None
    department_id: int | None
    level: Level | None
    person_id: int | None
    title: str
    reasons: tuple[Reason, ...]
    decision: Mapping[str, Any] | None = None
    failed_rule: str | None = None


def landing_of(stop: Stop) -> Landing:
    person = stop.person.person_id if stop.person else None
    return Landing(stop.seat.area_id, None, stop.seat.level, person, stop.seat.title, stop.reasons)


def way_of(verdict: Verdict) -> list[Landing]:
    """Where the ball lands in order, the last is the holder; that one carries what was considered."""
    way = [landing_of(stop) for stop in verdict.stops]
    body = verdict.department
    if body is not None:
        way.append(Landing(None, body.id, None, None, body.name, verdict.department_reasons))
    way[-1] = replace(way[-1], decision=verdict.trace, failed_rule=verdict.failed_rule)
    return way


def hops_of(uow: UnitOfWork, ticket: Ticket) -> list[Hop]:
    """All holdings of a ticket, first to last."""
    return list(uow.session.scalars(select(Hop).where(Hop.ticket_id == ticket.id).order_by(Hop.seq)))


def first_hops(ticket: Ticket, way: Sequence[Landing], via: str, now: datetime) -> list[Hop]:
    """The hops of a routing decision, not written yet. Those passed through start and end at once; the last is open."""
    hops = []
    for seq, landing in enumerate(way, start=1):
        hop = _hop(ticket, landing, via, seq, None, now)
        if landing is not way[-1]:
            hop.ended_at = now
        hops.append(hop)
    hold(ticket, way[-1])
    return hops


def pass_to(uow: UnitOfWork, ticket: Ticket, hops: list[Hop], landing: Landing, via: str) -> Hop:
    """End the open hop and begin the next; ``sent_from`` lets a return find its way back."""
    sent_from = end(uow, ticket, hops)
    _departed(ticket, hops, landing)
    hold(ticket, landing)
    uow.session.flush()  # the old hop must be ended before the new one is written: one open hop a ticket
    hop = _hop(ticket, landing, via, hops[-1].seq + 1 if hops else 1, sent_from, uow.now)
    uow.session.add(hop)
    hops.append(hop)
    return hop


def _departed(ticket: Ticket, hops: Sequence[Hop], landing: Landing) -> None:
    """The ticket names the last department that held it; those before it are found by their holdings."""
    if landing.department_id is None:
        return
    for hop in hops:
        if hop.department_id not in (None, landing.department_id):
            hop.elsewhere = True


def moved(ticket: Ticket, hops: Sequence[Hop]) -> None:
    """The ticket lies in other areas now: who held it there before finds it by the holding."""
    here = clocks.lineage(ticket)
    for hop in hops:
        if hop.area_id is not None:
            hop.elsewhere = hop.area_id not in here


def end(uow: UnitOfWork, ticket: Ticket, hops: Sequence[Hop]) -> int | None:
    """Nobody holds the ball any more (or the next is about to); returns the seq of the hop that ended."""
    ticket.holder_area_id = ticket.holder_department_id = ticket.holder_level = None
    for hop in hops:
        if hop.ended_at is None:
            hop.ended_at = uow.now
            return hop.seq
    return None


def _hop(ticket: Ticket, landing: Landing, via: str, seq: int, sent_from: int | None, now: datetime) -> Hop:
    return plain(
        Hop,
        ticket_id=ticket.id,
        seq=seq,
        area_id=landing.area_id,
        department_id=landing.department_id,
        level=landing.level.value if landing.level else None,
        elsewhere=landing.area_id is not None and landing.area_id not in clocks.lineage(ticket),
        person_id=landing.person_id,
        via=via,
        sent_from=sent_from,
        reasons=[reason.as_json() for reason in landing.reasons],
        started_at=now,
        decisions=[dict(landing.decision)] if landing.decision else None,
        failed_rule=landing.failed_rule,
    )


def hold(ticket: Ticket, landing: Landing) -> None:
    """Make this seat or department the ticket's one holder."""
    ticket.holder_area_id = landing.area_id
    ticket.holder_department_id = landing.department_id
    if landing.department_id is not None:
        ticket.department_id = landing.department_id
    ticket.holder_level = landing.level.value if landing.level else None
