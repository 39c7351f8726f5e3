"""Limits of a revisit as rows: begin, stop, and the sweep that reminds and says what is late, once each. ★"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from reporter.domain import revisits, sla
from reporter.domain.lifecycle import ClockKind
from reporter.domain.revisit_events import Kind
from reporter.domain.revisits import DUE_NAMES, Due
from reporter.domain.sla import ClockEvent, Mark, Terms, Tick
from reporter.models.revisits import Revisit, RevisitClock
from reporter.models.tickets import Ticket
from reporter.queries import revisits as queries
from reporter.services import clocks, leased, revisit_telling
from reporter.services.unit_of_work import UnitOfWork, Works


def begin(uow: UnitOfWork, revisit: Revisit, ticket: Ticket, dues: Iterable[Due], after: int = 0) -> list[RevisitClock]:
    """Limits that start now, as the policy of the ticket's place says; numbered from ``after`` on."""
    policy = uow.policy(clocks.lineage(ticket))
    calendar = uow.book.calendar(policy)
    begun = []
    for seq, due in enumerate(dues, start=after + 1):
        limit = revisits.limit_of(due, policy)
        terms = Terms(limit)
        reading = sla.replay(terms, [ClockEvent(Tick.STARTED, uow.now)], calendar)
        moments = sla.marks(ClockKind.RESOLVE, terms, reading, policy, calendar)
        begun.append(
            RevisitClock(
                revisit_id=revisit.id,
                seq=seq,
                due=due.value,
                limit_value=limit.value,
                limit_unit=limit.unit.value,
                source=f"policy revisit_{due.value}_limit",
                calendar_version=calendar.version,
                provisional=reading.provisional,
                started_at=uow.now,
                remind_at=moments[Mark.REMINDER],
                due_at=moments[Mark.OVERDUE],
                run_at=moments[Mark.REMINDER],
            )
        )
    uow.session.add_all(begun)
    return begun


def stop(uow: UnitOfWork, running: Sequence[RevisitClock], dues: Sequence[Due]) -> None:
    """Stop the running limits of these kinds; whether they were kept stays written on them."""
    for clock in running:
        if clock.due in dues and clock.stopped_at is None:
            clock.stopped_at, clock.run_at = uow.now, None


def catch_up(uow: UnitOfWork, revisit: Revisit, ticket: Ticket, running: Sequence[RevisitClock]) -> None:
    """What ran out before a step but was not swept yet is said first: nobody is on time because the worker was slow."""
    for clock in running:
        if clock.stopped_at is None and clock.late_at is None and clock.due_at < uow.now:
            _late(uow, revisit, ticket, clock)


def sweep(works: Works, batch: int = 100) -> int:
    """Look at the limits whose next moment has come; returns how many were looked at.

    Each is one transaction, so a killed worker repeats nothing and forgets nothing.
    """
    return leased.each_due(works, RevisitClock, batch, _look_at, "revisit_not_looked_at")


def _look_at(uow: UnitOfWork, revisit_id: int, seq: int) -> None:
    revisit, ticket = queries.locked_by_id(uow.session, revisit_id)  # the revisit first, as every step does
    clock = uow.session.get(RevisitClock, (revisit_id, seq), populate_existing=True)
    if clock is None or clock.stopped_at is not None or clock.late_at is not None:
        return
    if clock.due_at < uow.now:  # later than the limit; equality is on time (domain.md 5.2)
        _late(uow, revisit, ticket, clock)
        return
    if clock.reminded_at is None and clock.remind_at < uow.now:
        clock.reminded_at = clock.remind_at
        revisit_telling.record(uow, revisit, ticket, Kind.REMINDED, by_system=True, due=DUE_NAMES[Due(clock.due)])
    moment = clock.due_at if clock.reminded_at is not None else clock.remind_at
    clock.run_at = max(moment, uow.now + timedelta(milliseconds=1))  # looked at exactly when it falls: again just after


def _late(uow: UnitOfWork, revisit: Revisit, ticket: Ticket, clock: RevisitClock) -> None:
    clock.late_at, clock.run_at = clock.due_at, None
    revisit_telling.record(uow, revisit, ticket, Kind.BECAME_LATE, by_system=True, due=DUE_NAMES[Due(clock.due)])
