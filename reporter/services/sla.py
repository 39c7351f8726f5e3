"""The sweep: what became due is told, charged and, where the rules say so, climbs. ★

Cost follows what is due, not what is open: a clock row carries the next moment anybody must look at
it. Each clock is one transaction, so a killed worker repeats nothing and forgets nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from reporter.domain import holdings, lifecycle, routing
from reporter.domain.areas import Level
from reporter.domain.errors import NoLevelAbove
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.sla import Mark
from reporter.domain.statuses import Status
from reporter.models.clocks import Clock
from reporter.models.tickets import Hop, Ticket
from reporter.queries import tickets
from reporter.services import ball, clocks, landing, leased, messages, scene
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork, Works

TOLD_AS = {
    Mark.REMINDER: EventKind.REMINDED,
    Mark.AT_RISK: EventKind.BECAME_AT_RISK,
    Mark.OVERDUE: EventKind.BECAME_OVERDUE,
}
MISSED_AS = {
    ClockKind.RESPONSE: EventKind.RESPONSE_MISSED,
    ClockKind.RESOLVE: EventKind.BECAME_OVERDUE,
    ClockKind.VERIFY: EventKind.VERIFICATION_LATE,
    ClockKind.CHECK: EventKind.CHECK_LATE,
    ClockKind.ACCEPT: EventKind.ACCEPTANCE_LATE,
    ClockKind.DISPATCH: EventKind.DISPATCH_LATE,
}
UNTAKEN = frozenset({Status.REPORTED, Status.ACCEPTED, Status.DISPATCHED})


def sweep(works: Works, batch: int = 100) -> int:
    """Look at the clocks whose next moment has come; returns how many were looked at."""
    return leased.each_due(works, Clock, batch, _look_at, "clock_not_looked_at")


def catch_up(uow: UnitOfWork, around: Scene) -> None:
    """What ran out before a step but was not swept yet is charged and told first, so that nobody escapes a
    deadline because the worker was slow. A missed response does not climb any more: somebody is acting."""
    for clock in around.clocks:
        missed = clock.stopped_at is None and clock.due_at is not None and clock.due_at < uow.now
        if not missed or clock.overdue_at is not None:
            continue
        clock.overdue_at, clock.run_at = clock.due_at, None
        kind = ClockKind(clock.kind)
        if kind is ClockKind.RESOLVE:
            _charge(around, clock)
        elif kind is ClockKind.RESPONSE and around.open_hop is not None:
            around.open_hop.response_missed = True
        _record(uow, around, MISSED_AS[kind], around.open_hop, due_at=_iso(clock))


def _look_at(uow: UnitOfWork, ticket_id: int, seq: int) -> None:
    ticket = tickets.locked_by_id(uow.session, ticket_id)  # the ticket first, as every step does
    clock = uow.session.get(Clock, (ticket_id, seq), populate_existing=True)
    if ticket is None or clock is None or clock.stopped_at is not None:
        return
    reading = clocks.read(uow, ticket, clock)
    passed = {mark: at for mark, at in clocks.marks_of(uow, ticket, clock, reading).items() if at < uow.now}
    if passed:
        around = scene.load(uow, ticket)
        for mark, at in passed.items():
            setattr(clock, clocks.MARK_COLUMNS[mark], at)
        _tell(uow, around, clock, max(passed, key=lambda mark: list(Mark).index(mark)))
    clock.run_at = _next(uow, ticket, clock)


def _next(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> datetime | None:
    if clock.stopped_at is not None:  # it climbed
        return None
    moment = clocks.next_moment(uow, ticket, clock, clocks.read(uow, ticket, clock))
    # “later than”: a moment looked at exactly when it falls is looked at again just after
    return max(moment, uow.now + timedelta(milliseconds=1)) if moment else None


def _tell(uow: UnitOfWork, around: Scene, clock: Clock, mark: Mark) -> None:
    """The latest mark that passed; one that was slept through (worker down) is not told late."""
    kind = ClockKind(clock.kind)
    if kind is ClockKind.RESPONSE:
        _response_missed(uow, around, clock)
    elif kind is ClockKind.RESOLVE:
        if mark is Mark.OVERDUE:
            _charge(around, clock)
        _record(uow, around, TOLD_AS[mark], around.open_hop, due_at=_iso(clock))
    else:
        _record(uow, around, MISSED_AS[kind], around.open_hop, due_at=_iso(clock))


def _charge(around: Scene, clock: Clock) -> None:
    """Overdue is charged to whoever held the ball when the limit passed, whoever has it when that is seen."""
    if clock.due_at is None:
        return
    around.ticket.overdue_at = around.ticket.overdue_at or clock.due_at
    held = holdings.held_at(around.hops, clock.due_at)
    if held is not None:
        held.overdue_here = True


def _response_missed(uow: UnitOfWork, around: Scene, clock: Clock) -> None:
    """Untaken: one level up with a new clock, up to the ceiling. Taken but not answered: the level above hears."""
    ticket, hop = around.ticket, around.open_hop
    if hop is not None:
        hop.response_missed = True
    above = _above(uow, around, hop) if Status(ticket.status) in UNTAKEN else None
    if above is None:
        _record(uow, around, EventKind.RESPONSE_MISSED, hop, due_at=_iso(clock))
        return
    before = Status(ticket.status)
    after = Status.DISPATCHED if before is Status.ACCEPTED else before
    stage_stops, stage_starts = lifecycle.stage_clocks(before, after, passed_on=True)
    clocks.stop(uow, around.clocks, (ClockKind.RESPONSE, *stage_stops))
    ticket.status = after.value
    ticket.version += 1
    new = ball.pass_to(uow, ticket, around.hops, ball.landing_of(above), "climbed")
    uow.session.flush()  # the stopped clock must be written before the next of its kind starts
    for kind in (ClockKind.RESPONSE, *stage_starts):
        begun = clocks.begin(
            uow,
            ticket,
            kind,
            around.condition,
            seq=max(one.seq for one in around.clocks) + 1,
            hop_seq=new.seq,
            level=above.seat.level,
            started_at=uow.now,
        )
        around.clocks.append(clocks.start(uow, begun))
    _record(uow, around, EventKind.CLIMBED, new, due_at=_iso(clock), helper=hop.seq if hop else None)


def _above(uow: UnitOfWork, around: Scene, hop: Hop | None) -> routing.Stop | None:
    level = Level(hop.level) if hop and hop.level else Level.BUILDING
    ceiling = uow.policy(clocks.lineage(around.ticket)).response_ceiling
    try:
        return routing.climb(around.chain, level, "climbed", conflicted=around.conflicted, ceiling=ceiling)
    except NoLevelAbove:
        return None


def _record(uow: UnitOfWork, around: Scene, kind: EventKind, hop: Hop | None, **data: Any) -> None:
    event = uow.record(around.ticket, kind, hop_seq=hop.seq if hop else None, by_system=True, **data)
    messages.tell(
        uow,
        around.ticket,
        event,
        hop,
        around.chain,
        conflicted=around.conflicted,
        holder=landing.title_of(uow, around.chain, hop),
        category=around.category.name,
    )


def _iso(clock: Clock) -> str | None:
    return clock.due_at.isoformat() if clock.due_at else None
