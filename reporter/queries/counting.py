"""Which tickets each figure counts: one condition, used by the dashboard's counts and by the lists behind them."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, String, and_, cast, exists, or_, true

from reporter.domain.areas import Level
from reporter.domain.events import EventKind
from reporter.domain.figures import Figure
from reporter.domain.lifecycle import ClockKind
from reporter.domain.metrics import WRONGLY_DISPATCHED
from reporter.domain.ratings import SATISFIED_FROM
from reporter.domain.statuses import Status
from reporter.models.clocks import Clock
from reporter.models.tickets import Event, Hop, Rating, Ticket

_UNDECIDED = (Status.REPORTED.value, Status.CHECKING.value)
_NO_WORK = (*_UNDECIDED, *(status.value for status in (Status.NOT_ACCEPTED, Status.MERGED, Status.WITHDRAWN)))
_SELF = tuple(level.value for level in (Level.GRID, Level.BUILDING, Level.NEIGHBOURHOOD))

_open = Ticket.ended_at.is_(None)  # as a constraint of the table says
_solved = Ticket.solved_at.is_not(None)
_closed = Ticket.status == Status.CLOSED.value
_counted = Ticket.status != Status.WITHDRAWN.value
_held_up = Ticket.status == Status.ON_HOLD.value
_accepted = Ticket.status.not_in(_NO_WORK)
_to_handle = Ticket.status.not_in((*_NO_WORK, Status.VOIDED.value))
_handled = and_(_to_handle, _solved)
_verified = and_(_closed, ~Ticket.closed_at_once, ~Ticket.forced)

_mine = Rating.ticket_id == Ticket.id
_rated = and_(_closed, ~Ticket.forced, exists().where(_mine))
_SAID_SOLVED, _SAID_NOT = '%"solved"%', '%"not_solved"%'  # the words of a list as it is stored


def counts(figure: Figure, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition of a figure, without its period. A matter is counted once, not its parts too."""
    return and_(_BY_STATE[figure] if figure in _BY_STATE else _by_clock(figure, now), Ticket.parent_id.is_(None))


def _by_clock(figure: Figure, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    late = and_(_open, ~_solved, ~_held_up, Ticket.due_at < now)
    # a ticket that was closed by force was due when its limit ran out, though nobody handled it
    due = and_(_to_handle, or_(_solved, late, and_(_closed, Ticket.overdue_at.is_not(None))))
    conditions: dict[Figure, ColumnElement[bool]] = {
        Figure.OVERDUE: and_(late, ~Ticket.exempt),
        Figure.AT_RISK: and_(
            _open,
            ~_solved,
            Ticket.due_at >= now,
            exists().where(
                Clock.ticket_id == Ticket.id,
                Clock.kind == ClockKind.RESOLVE.value,
                Clock.stopped_at.is_(None),
                Clock.at_risk_at.is_not(None),
            ),
        ),
        Figure.RESPONSE_DUE: and_(
            Ticket.response_due_at.is_not(None),
            _counted,
            or_(Ticket.responded_at.is_not(None), Ticket.response_due_at < now),
        ),
        Figure.HANDLING_DUE: due,
        Figure.HANDLED_ON_TIME: and_(due, or_(Ticket.solved_on_time == true(), Ticket.exempt)),
    }
    return conditions[figure]


def _returned(*reasons: str) -> ColumnElement[bool]:
    """Was sent back, for one of these reasons or for any."""
    back = exists().where(Event.ticket_id == Ticket.id, Event.kind == EventKind.RETURNED.value)
    return back.where(Event.data["reason_code"].as_string().in_(reasons)) if reasons else back


def _worst(least: int, most: int = 5) -> ColumnElement[bool]:
    """The lowest grade that anybody gave is one of these."""
    lower = exists().where(_mine, Rating.grade < least)
    found = and_(_rated, ~lower)
    return found if most == 5 else and_(found, exists().where(_mine, Rating.grade <= most))


def _said(*words: str) -> ColumnElement[bool]:
    return exists().where(_mine, or_(*[cast(Rating.tags, String).like(word) for word in words]))


_filed_undecided = exists().where(Event.ticket_id == Ticket.id, Event.seq == 1, Event.status.in_(_UNDECIDED))
_decided = Ticket.status.not_in((*_UNDECIDED, Status.MERGED.value, Status.WITHDRAWN.value))

_BY_STATE: dict[Figure, ColumnElement[bool]] = {
    Figure.RECEIVED: _counted,
    Figure.OPEN: _open,
    Figure.CLOSED: _closed,
    Figure.RESPONDED_ON_TIME: and_(
        Ticket.response_due_at.is_not(None), _counted, Ticket.responded_at <= Ticket.response_due_at
    ),
    Figure.HANDLED: _handled,
    Figure.REWORKED: and_(_handled, Ticket.reworks > 0),
    Figure.CLOSED_IN_PERIOD: _closed,
    Figure.RATED: _rated,
    Figure.SATISFIED: _worst(SATISFIED_FROM),
    Figure.CLOSED_AT_ONCE: Ticket.closed_at_once == true(),
    Figure.NOT_ACCEPTED: Ticket.status == Status.NOT_ACCEPTED.value,
    Figure.UNMERGED: and_(_counted, Ticket.status != Status.MERGED.value),
    Figure.MERGED: Ticket.status == Status.MERGED.value,
    Figure.ACCEPTED: _accepted,
    Figure.DECIDED: _decided,
    # answering a report that nobody has filed yet is the decision about it
    Figure.DECIDED_ON_TIME: and_(
        _decided,
        or_(
            Ticket.responded_at <= Ticket.response_due_at,
            and_(Ticket.status != Status.NOT_ACCEPTED.value, ~_filed_undecided),
        ),
    ),
    Figure.TO_HANDLE: _to_handle,
    Figure.ON_HOLD: _held_up,
    Figure.WENT_OVERDUE: and_(_to_handle, Ticket.overdue_at.is_not(None)),
    Figure.CLOSED_HANDLED: and_(_closed, _solved),
    Figure.CLOSED_ON_TIME: and_(
        _closed,
        or_(
            Ticket.exempt,
            and_(Ticket.overdue_at.is_(None), or_(Ticket.due_at.is_(None), Ticket.closed_at <= Ticket.due_at)),
        ),
    ),
    Figure.FORCED: and_(_closed, Ticket.forced),
    Figure.RETURNED: and_(_to_handle, _returned()),
    Figure.RIGHTLY_DISPATCHED: and_(_to_handle, ~_returned(*WRONGLY_DISPATCHED)),
    Figure.VERIFIED: and_(_to_handle, or_(_verified, Ticket.reworks > 0)),
    Figure.PASSED_FIRST: and_(_verified, Ticket.reworks == 0, Ticket.reopened == 0),
    Figure.SELF_SOLVED: and_(
        _handled, exists().where(Hop.ticket_id == Ticket.id, Hop.seq == Ticket.solver_hop, Hop.level.in_(_SELF))
    ),
    Figure.STRICTLY_SATISFIED: _worst(4),
    Figure.GRADE_5: _worst(5),
    Figure.GRADE_4: _worst(4, 4),
    Figure.GRADE_3: _worst(3, 3),
    Figure.GRADE_2: _worst(2, 2),
    Figure.GRADE_1: _worst(1, 1),
    Figure.SOLUTION_TOLD: and_(_rated, _said(_SAID_SOLVED, _SAID_NOT)),
    Figure.SOLUTION_CONFIRMED: and_(_rated, _said(_SAID_SOLVED), ~_said(_SAID_NOT)),
}
