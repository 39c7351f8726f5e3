"""Places that repeat themselves: how often something alike was reported around a point."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from reporter.domain.coordinates import Point, box_around, metres_a_degree
from reporter.domain.statuses import Status
from reporter.models.points import TicketPoint
from reporter.models.tickets import Ticket
from reporter.queries.spatial import in_box, metres_from, number

_WAS_NOTHING = (Status.NOT_ACCEPTED, Status.VOIDED, Status.MERGED, Status.WITHDRAWN)


def others_alike(
    ticket: Ticket, categories: Collection[str], metres: float, since: datetime, enough: int
) -> ScalarSelect[int]:
    """How many other tickets of these categories lie within ``metres`` of this one, received ``since``; counted no
    further than ``enough``. A part of a question that is asked anyway, by the index of places."""
    point = Point(ticket.lng, ticket.lat)
    east, north = map(number, metres_a_degree(point.lat))
    near = (
        select(TicketPoint.ticket_id)
        .where(
            in_box(TicketPoint.geom, *map(number, box_around(point, metres))),
            metres_from(TicketPoint.geom, number(point.lng), number(point.lat), east, north) <= number(metres),
        )
        .cte("near")
        .prefix_with("MATERIALIZED")  # by place first: of one category there are thousands
    )
    alike = (
        select(Ticket.id)
        .join_from(near, Ticket, Ticket.id == near.c.ticket_id)
        .where(
            Ticket.id != ticket.id,
            Ticket.category_code.in_(sorted(categories)),
            Ticket.received_at >= since,
            Ticket.status.not_in([status.value for status in _WAS_NOTHING]),
        )
        .limit(enough)
    )
    return select(func.count()).select_from(alike.subquery("alike")).scalar_subquery()
