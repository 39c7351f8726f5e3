"""The open overdue appeals that wait for somebody, a page at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from reporter.domain.areas import Level
from reporter.domain.permissions import Actor
from reporter.models.tickets import Ticket
from reporter.models.waiting import OverdueAppeal
from reporter.queries.tickets import not_about, reach, within


def waiting_for(session: Session, actor: Actor, after: int, limit: int) -> Sequence[tuple[Ticket, OverdueAppeal]]:
    """Those the caller may decide now, behind a ticket's id, in the order of the ids."""
    rows = session.execute(
        select(Ticket, OverdueAppeal)
        .join(OverdueAppeal, OverdueAppeal.ticket_id == Ticket.id)
        .where(
            OverdueAppeal.state == "open",
            OverdueAppeal.ticket_id > after,
            OverdueAppeal.asked_by != actor.person_id,
            or_(OverdueAppeal.first_by.is_(None), OverdueAppeal.first_by != actor.person_id),
            not_about(actor),
            or_(false(), *(_waits(level, area_id) for level, area_id in reach(actor))),
        )
        .order_by(OverdueAppeal.ticket_id)
        .limit(limit)
    ).all()
    return [(row[0], row[1]) for row in rows]


def _waits(level: Level, area_id: int) -> ColumnElement[bool]:
    levels = [one.value for one in (Level.STREET, Level.DISTRICT) if level.reaches(one)]
    return and_(within(level.value, area_id), OverdueAppeal.waits_for.in_(levels))
