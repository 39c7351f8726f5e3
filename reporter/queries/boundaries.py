"""Open tickets that the map of today places elsewhere than where they lie."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from reporter.domain.areas import Level
from reporter.models.areas import Area, AreaShape
from reporter.models.tickets import Ticket
from reporter.queries.spatial import covers

_mine = aliased(Area)


def astray(session: Session, on: date, under: Area | None) -> Sequence[Ticket]:
    """Open tickets whose area has ended, or whose point lies in another grid than their own and not in that one too.

    In the order of their numbers; ``under``: only what lies in this area now.
    """
    in_force = and_(Area.valid_from <= on, or_(Area.valid_to.is_(None), Area.valid_to > on))
    ended = select(_mine.id).where(_mine.id.in_([Ticket.area_id, Ticket.grid_id]), _mine.valid_to <= on).exists()

    def around(*which: Any) -> Any:
        return (
            select(AreaShape.area_id)
            .join(Area, Area.id == AreaShape.area_id)
            .where(
                AreaShape.fine,
                AreaShape.level == Level.GRID.value,
                covers(AreaShape.geom, Ticket.lng, Ticket.lat),
                in_force,
                *which,
            )
            .correlate(Ticket)
            .exists()
        )

    own = AreaShape.area_id == func.coalesce(Ticket.grid_id, 0)
    elsewhere = and_(around(~own), ~around(own))
    question = select(Ticket).where(Ticket.ended_at.is_(None), or_(ended, elsewhere)).order_by(Ticket.number)
    if under is not None:
        question = question.where(getattr(Ticket, f"{under.level}_id") == under.id)
    return session.scalars(question).all()
