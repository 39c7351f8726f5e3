"""What the sweep does to a generated ticket: ``services/sla.py`` without its database.

The worker looks every second (``worker.jobs``), so what runs out is told with the next whole second.
"""

from reporter.demo.history.landing import level_of
from reporter.demo.history.ledger import Ledger
from reporter.demo.history.parts import Clock, Hop
from reporter.demo.history.timetable import SECOND, moment_of
from reporter.domain import routing
from reporter.domain.errors import NoLevelAbove
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind, stage_clocks
from reporter.domain.routing import Stop
from reporter.domain.sla import Mark
from reporter.domain.statuses import Status
from reporter.services.ball import landing_of
from reporter.services.sla import MISSED_AS, TOLD_AS, UNTAKEN

_ORDER = {mark: rank for rank, mark in enumerate(Mark)}


def next_sweep(ticket: Ledger, present: int) -> int | None:
    """When the worker finds something to do here: the whole second after a clock's moment. None: never again.

    A clock that counts from the report may be past some of its marks when a step starts it at ``present``.
    """
    waiting = [clock.run_at for clock in ticket.clocks if clock.run_at is not None]
    if not waiting:
        return None
    first = max(min(waiting), present)
    return first - first % SECOND + SECOND


def sweep(ticket: Ledger, now: int) -> None:
    """Look at every clock whose moment has come, as ``services/sla.sweep`` does at ``now``."""
    due = [(clock.run_at, clock) for clock in ticket.clocks if clock.run_at is not None and clock.run_at <= now]
    for _, clock in sorted(due, key=lambda item: item[0]):
        clock.attempts += 1  # of the lease
        if clock.stopped is None:
            _look_at(ticket, clock, now)


def _look_at(ticket: Ledger, clock: Clock, now: int) -> None:
    passed = [(at, mark) for at, mark in clock.ahead if at < now]
    clock.told.update({mark: at for at, mark in passed})
    clock.ahead = clock.ahead[len(passed) :]
    if passed:
        _tell(ticket, clock, max((mark for _, mark in passed), key=_ORDER.__getitem__), now)
    if clock.stopped is None:
        clock.run_at = max(clock.ahead[0][0], now + 1000) if clock.ahead else None


def _tell(ticket: Ledger, clock: Clock, mark: Mark, now: int) -> None:
    hop = ticket.hops[-1]
    if clock.kind is ClockKind.RESPONSE:
        _response_missed(ticket, clock, hop, now)
    elif clock.kind is ClockKind.RESOLVE:
        if mark is Mark.OVERDUE:
            _charge(ticket, clock)
        _record(ticket, TOLD_AS[mark], hop, clock, now)
    else:
        _record(ticket, MISSED_AS[clock.kind], hop, clock, now)


def _charge(ticket: Ledger, clock: Clock) -> None:
    ticket.overdue = ticket.overdue or clock.due
    for hop in ticket.hops:
        if hop.started <= clock.due and (hop.ended is None or hop.ended > clock.due):
            hop.overdue_here = True


def _response_missed(ticket: Ledger, clock: Clock, hop: Hop, now: int) -> None:
    hop.response_missed = True
    above = _above(ticket, hop) if ticket.status in UNTAKEN else None
    if above is None:
        _record(ticket, MISSED_AS[ClockKind.RESPONSE], hop, clock, now)
        return
    after = Status.DISPATCHED if ticket.status is Status.ACCEPTED else ticket.status
    stage_stops, stage_starts = stage_clocks(ticket.status, after, passed_on=True)
    ticket.stop_clocks(now, (ClockKind.RESPONSE, *stage_stops))
    ticket.status = after
    ticket.version += 1
    new = ticket.pass_to(landing_of(above), "climbed", now)
    for kind in (ClockKind.RESPONSE, *stage_starts):
        ticket.start_clock(kind, now)
    _record(ticket, EventKind.CLIMBED, new, clock, now, helper=hop.seq)


def _above(ticket: Ledger, hop: Hop) -> Stop | None:
    try:
        return routing.climb(
            ticket.place.chain, level_of(hop.landing), "climbed", ceiling=ticket.place.policy.response_ceiling
        )
    except NoLevelAbove:
        return None


def _record(ticket: Ledger, kind: EventKind, hop: Hop, clock: Clock, now: int, **data: int) -> None:
    due_at = moment_of(clock.due).isoformat()
    event = ticket.record(kind, now, None, hop.seq, {"due_at": due_at, **data})
    ticket.tell(event, hop, holder=hop.landing.title, category=ticket.category.name)
