"""Which tickets each figure counts: one condition, used by the dashboard's counts and by the lists behind them."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, exists, or_, true

from reporter.domain.metrics import Figure
from reporter.domain.ratings import SATISFIED_FROM
from reporter.domain.statuses import Status
from reporter.models.tickets import Clock, Rating, Ticket

BY_CLOSING = frozenset({Figure.CLOSED_IN_PERIOD, Figure.RATED, Figure.SATISFIED})
"""Figures of tickets closed in the period; all others are of tickets received in it."""

_open = Ticket.ended_at.is_(None)  # as a constraint of the table says


def counts(figure: Figure, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition of a figure, without its period."""
    solved = Ticket.solved_at.is_not(None)
    late = and_(_open, ~solved, Ticket.due_at < now)
    rated = exists().where(Rating.ticket_id == Ticket.id)
    conditions: dict[Figure, ColumnElement[bool]] = {
        Figure.RECEIVED: Ticket.status != Status.WITHDRAWN.value,
        Figure.OPEN: _open,
        Figure.CLOSED: Ticket.status == Status.CLOSED.value,
        Figure.OVERDUE: late,
        Figure.AT_RISK: and_(
            _open,
            ~solved,
            Ticket.due_at >= now,
            exists().where(
                Clock.ticket_id == Ticket.id,
                Clock.kind == "resolve",
                Clock.stopped_at.is_(None),
                Clock.at_risk_at.is_not(None),
            ),
        ),
        Figure.RESPONSE_DUE: and_(
            Ticket.response_due_at.is_not(None),
            Ticket.status != Status.WITHDRAWN.value,
            or_(Ticket.responded_at.is_not(None), Ticket.response_due_at < now),
        ),
        Figure.RESPONDED_ON_TIME: and_(
            Ticket.response_due_at.is_not(None),
            Ticket.status != Status.WITHDRAWN.value,
            Ticket.responded_at <= Ticket.response_due_at,
        ),
        Figure.HANDLING_DUE: or_(solved, late),
        Figure.HANDLED_ON_TIME: and_(solved, Ticket.solved_on_time == true()),
        Figure.HANDLED: solved,
        Figure.REWORKED: and_(solved, Ticket.reworks > 0),
        Figure.CLOSED_IN_PERIOD: Ticket.status == Status.CLOSED.value,
        Figure.RATED: and_(Ticket.status == Status.CLOSED.value, rated),
        Figure.SATISFIED: and_(
            Ticket.status == Status.CLOSED.value,
            rated,
            ~exists().where(Rating.ticket_id == Ticket.id, Rating.grade < SATISFIED_FROM),
        ),
        Figure.CLOSED_AT_ONCE: Ticket.closed_at_once == true(),
        Figure.NOT_ACCEPTED: Ticket.status == Status.NOT_ACCEPTED.value,
    }
    return and_(conditions[figure], Ticket.parent_id.is_(None))  # a matter is counted once, not its parts too
