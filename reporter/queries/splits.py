"""Sub-tickets: which parts a ticket was split into, how far they are, and whose work they are."""

from collections.abc import Sequence
from typing import Any

from geoalchemy2 import WKTElement
from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from reporter.db import SRID
from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.counters import TicketCounter
from reporter.models.points import TicketPoint
from reporter.models.tickets import Ticket
from reporter.queries.filing import Series
from reporter.queries.tickets import visible_to

_whole = aliased(Ticket)

TOLD = func.coalesce(Ticket.parent_id, Ticket.id)
"""The ticket whose reports say what this one is about: a part shows what the whole was told."""
ITSELF = (Ticket, select(_whole.number).where(_whole.id == Ticket.parent_id).scalar_subquery().label("parent_number"))


def of(session: Session, ticket_id: int) -> Sequence[Any]:
    """The parts of a ticket in the order of their ids: rows of ``Ticket`` and, where a seat has it, its ``Area``."""
    return session.execute(
        select(Ticket, Area)
        .outerjoin(Area, Area.id == Ticket.holder_area_id)
        .where(Ticket.parent_id == ticket_id)
        .order_by(Ticket.id)
    ).all()


def still_open(session: Session, ticket_id: int) -> list[str]:
    """The numbers of the parts that have not ended."""
    waiting = select(Ticket.number).where(Ticket.parent_id == ticket_id, Ticket.ended_at.is_(None))
    return list(session.scalars(waiting.order_by(Ticket.id)))


def any_visible(session: Session, actor: Actor, ticket_id: int) -> bool:
    """Whether a part of this ticket is the caller's business."""
    seen = select(Ticket.id).where(Ticket.parent_id == ticket_id, visible_to(actor))
    return session.scalar(seen.limit(1)) is not None


def next_number(session: Session, series: Series) -> str:
    """The next number of a series; its counter stays locked until the transaction ends, as when a report is filed."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    counter = dialect.insert(TicketCounter).values(prefix=series.prefix, day=series.day, last=1)
    counted = counter.on_conflict_do_update(index_elements=["prefix", "day"], set_={"last": TicketCounter.last + 1})
    last = session.scalar(counted.returning(TicketCounter.last))
    return f"{series.prefix}{series.day:%Y%m%d}{last:0{series.digits}d}"


def put_on_the_map(session: Session, ticket: Ticket) -> None:
    """Where a part lies, for maps of staff; it is not among what new reports may join (``open_point``)."""
    point = WKTElement(f"POINT({ticket.lng!r} {ticket.lat!r})", srid=SRID)
    session.execute(insert(TicketPoint).values(ticket_id=ticket.id, geom=point))
