"""Clocks of a ticket as rows: start, stop and what the next moment is. The rules are ``domain/sla.py``."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from reporter.db import plain
from reporter.domain import sla
from reporter.domain.areas import Level
from reporter.domain.lifecycle import ClockKind
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Condition, Lineage
from reporter.domain.sla import ClockEvent, Mark, Reading, Terms, Tick
from reporter.domain.working_time import Calendar, Limit, Unit, WorkdayMode
from reporter.models.clocks import Clock, ClockTick
from reporter.models.tickets import Ticket
from reporter.services.unit_of_work import UnitOfWork

MARK_COLUMNS = {Mark.REMINDER: "reminded_at", Mark.AT_RISK: "at_risk_at", Mark.OVERDUE: "overdue_at"}


def lineage(ticket: Ticket) -> Lineage:
    """Ids of the areas a ticket lies in, widest first."""
    ids = (
        ticket.city_id,
        ticket.district_id,
        ticket.street_id,
        ticket.community_id,
        ticket.grid_id,
        ticket.building_id,
        ticket.neighbourhood_id,
    )
    return [area_id for area_id in ids if area_id is not None]


def begin(
    uow: UnitOfWork,
    ticket: Ticket,
    kind: ClockKind,
    condition: Condition,
    *,
    seq: int,
    hop_seq: int,
    level: Level | None,
    started_at: datetime,
    rework: bool = False,
) -> Clock:
    """A clock that starts with the limit in force here, not written yet; the resolve clock's deadline is the ticket's.

    ``rework``: a share of the original limit, as the policy says.
    """
    policy = uow.policy(lineage(ticket))
    limit, source = limit_in_force(uow, ticket, kind, condition, rework=rework)
    terms = sla.terms_for(kind, limit, level, ticket.severity, policy)
    calendar = uow.book.calendar(policy)
    reading = sla.replay(terms, [ClockEvent(Tick.STARTED, started_at)], calendar)
    clock = plain(
        Clock,
        ticket_id=ticket.id,
        seq=seq,
        kind=kind.value,
        hop_seq=hop_seq,
        limit_value=limit.value,
        limit_unit=limit.unit.value,
        daytime_only=terms.daytime_only,
        workday_mode=policy.workday_mode.value,
        source=source,
        calendar_version=calendar.version,
        rules_on=uow.today if uow.today != policy.day_of(started_at) else None,
        provisional=reading.provisional,
        started_at=started_at,
        due_at=reading.due_at,
    )
    clock.run_at = next_moment(uow, ticket, clock, reading)
    if kind is ClockKind.RESOLVE:
        ticket.due_at, ticket.due_provisional = reading.due_at, reading.provisional
    elif kind is ClockKind.RESPONSE and ticket.response_due_at is None:
        ticket.response_due_at = reading.due_at
    return clock


def limit_in_force(
    uow: UnitOfWork, ticket: Ticket, kind: ClockKind, condition: Condition, *, rework: bool
) -> tuple[Limit, str]:
    """The limit that a clock of this kind would get here today, and its source. Raises LookupError: there is none."""
    here = lineage(ticket)
    policy = uow.policy(here)
    limit, source = sla.policy_limit(kind, policy), f"policy {kind.value}_limit"
    if limit is None:
        row = uow.book.limit(condition, kind, here, uow.today)
        limit, source = row.limit, row.source
    if rework:
        limit, source = sla.rework_limit(limit, policy), f"{source} × {policy.rework_percent} %"
    return limit, source


def first_tick(clock: Clock) -> ClockTick:
    """What every clock begins with."""
    return plain(
        ClockTick, ticket_id=clock.ticket_id, clock_seq=clock.seq, seq=1, tick=Tick.STARTED.value, at=clock.started_at
    )


def start(uow: UnitOfWork, clock: Clock) -> Clock:
    """Write a clock that was begun."""
    uow.session.add_all([clock, first_tick(clock)])
    return clock


def go_on(uow: UnitOfWork, ticket: Ticket, before: Clock, *, seq: int, hop_seq: int) -> Clock:
    """A resolve clock that has stopped runs on as a new one: all that happened to it is told again, and the time since
    it stopped is left out. What was told or charged already is not told or charged again."""
    kept = {column.name: getattr(before, column.name) for column in Clock.__table__.columns}
    clock = plain(Clock, **{**kept, "seq": seq, "hop_seq": hop_seq, "stopped_at": None, "last_error": None})
    said = [_said(tick) for tick in ticks_of(uow, before) if tick.tick != Tick.STOPPED.value]
    turns = [word for word, *_ in said if word != Tick.EXTENDED.value]
    if turns[-1] != Tick.PAUSED.value:
        said.append((Tick.PAUSED.value, before.stopped_at or uow.now, None, None))
    said.append((Tick.RESUMED.value, uow.now, None, None))
    uow.session.add(clock)
    uow.session.flush()  # ticks refer to the clock
    return _told_again(uow, ticket, clock, said, since=1)


def leave_out(uow: UnitOfWork, ticket: Ticket, clock: Clock, before: Clock) -> Clock:
    """A clock that begins anew from an earlier moment leaves out the time that ``before`` left out."""
    turns = (Tick.PAUSED.value, Tick.RESUMED.value)
    return _told_again(
        uow, ticket, clock, [_said(tick) for tick in ticks_of(uow, before) if tick.tick in turns], since=2
    )


def _said(tick: ClockTick) -> tuple[str, datetime, int | None, str | None]:
    return tick.tick, tick.at, tick.extra_value, tick.extra_unit


def _told_again(
    uow: UnitOfWork,
    ticket: Ticket,
    clock: Clock,
    said: Sequence[tuple[str, datetime, int | None, str | None]],
    *,
    since: int,
) -> Clock:
    """Write ticks from number ``since`` on, and read the ticket's deadline from them."""
    uow.session.add_all(
        ClockTick(
            ticket_id=ticket.id, clock_seq=clock.seq, seq=seq, tick=word, at=at, extra_value=value, extra_unit=unit
        )
        for seq, (word, at, value, unit) in enumerate(said, start=since)
    )
    uow.session.flush()  # the clock is read from them
    reading = read(uow, ticket, clock)
    clock.due_at, clock.provisional = reading.due_at, reading.provisional
    clock.run_at = next_moment(uow, ticket, clock, reading)
    ticket.due_at, ticket.due_provisional = reading.due_at, reading.provisional
    return clock


def stop(uow: UnitOfWork, clocks: Sequence[Clock], kinds: Sequence[ClockKind]) -> None:
    """Stop the running clocks of these kinds; what they said until now is kept."""
    for clock in clocks:
        if clock.kind in kinds and clock.stopped_at is None:
            clock.stopped_at, clock.run_at = uow.now, None
            last = max(tick.seq for tick in ticks_of(uow, clock))
            uow.session.add(
                ClockTick(
                    ticket_id=clock.ticket_id, clock_seq=clock.seq, seq=last + 1, tick=Tick.STOPPED.value, at=uow.now
                )
            )


def pause(uow: UnitOfWork, ticket: Ticket, clocks: Sequence[Clock], kinds: Sequence[ClockKind]) -> None:
    """From now on the running clocks of these kinds use no time and have no deadline."""
    for clock in _running(clocks, kinds):
        tick(uow, clock, Tick.PAUSED)
        if clock.kind == ClockKind.RESPONSE and ticket.response_due_at == clock.due_at:
            ticket.response_due_at = None  # nobody owes an answer meanwhile
        clock.due_at = clock.run_at = None
        if clock.kind == ClockKind.RESOLVE:
            ticket.due_at = None


def resume(uow: UnitOfWork, ticket: Ticket, clocks: Sequence[Clock], kinds: Sequence[ClockKind]) -> None:
    """What was left when they were paused begins now."""
    for clock in _running(clocks, kinds):
        if clock.due_at is None:
            tick(uow, clock, Tick.RESUMED)
            derive(uow, ticket, clock)
            if clock.kind == ClockKind.RESPONSE and ticket.response_due_at is None:
                ticket.response_due_at = clock.due_at


def extend(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    """Once more the limit the clock was started with, in its own unit; marks that are ahead again are told again."""
    tick(uow, clock, Tick.EXTENDED, Limit(clock.limit_value, Unit(clock.limit_unit)))
    derive(uow, ticket, clock)


def derive(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    """Store what the events of a running clock now give: its deadline, the ticket's, and when to look next."""
    reading = read(uow, ticket, clock)
    clock.due_at, clock.provisional = reading.due_at, reading.provisional
    ahead = sla.marks(
        ClockKind(clock.kind), terms_of(clock), reading, uow.policy(lineage(ticket)), calendar_of(uow, ticket, clock)
    )
    for mark, at in ahead.items():
        if at > uow.now:
            setattr(clock, MARK_COLUMNS[mark], None)
    clock.run_at = next_moment(uow, ticket, clock, reading)
    if clock.kind == ClockKind.RESOLVE:
        ticket.due_at, ticket.due_provisional = reading.due_at, reading.provisional


def tick(uow: UnitOfWork, clock: Clock, what: Tick, extra: Limit | None = None) -> None:
    """Append what happens to a clock now."""
    uow.session.add(
        ClockTick(
            ticket_id=clock.ticket_id,
            clock_seq=clock.seq,
            seq=max(one.seq for one in ticks_of(uow, clock)) + 1,
            tick=what.value,
            at=uow.now,
            extra_value=extra.value if extra else None,
            extra_unit=extra.unit.value if extra else None,
        )
    )
    uow.session.flush()  # the deadline is derived from what is stored


def _running(clocks: Sequence[Clock], kinds: Sequence[ClockKind]) -> list[Clock]:
    return [clock for clock in clocks if clock.kind in kinds and clock.stopped_at is None]


def ticks_of(uow: UnitOfWork, clock: Clock) -> list[ClockTick]:
    """All that happened to a clock, in order."""
    return list(
        uow.session.scalars(
            select(ClockTick)
            .where(ClockTick.ticket_id == clock.ticket_id, ClockTick.clock_seq == clock.seq)
            .order_by(ClockTick.seq)
        )
    )


def terms_of(clock: Clock) -> Terms:
    return Terms(Limit(clock.limit_value, Unit(clock.limit_unit)), clock.daytime_only)


def policy_of(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> Policy:
    """The numbers a clock counts with: those of the day it was started, or last recomputed by command."""
    here = lineage(ticket)
    on = clock.rules_on or uow.policy(here).day_of(clock.started_at)
    return uow.book.policy(here, max(on, uow.book.complete_since))


def calendar_of(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> Calendar:
    """The calendar a clock counts in: days as they stood in its version, hours of its policy, its own mode. What was
    imported since moves no deadline by itself; ``services/recomputing.py`` does, by command."""
    calendar = uow.book.calendar(policy_of(uow, ticket, clock), clock.calendar_version)
    mode = WorkdayMode(clock.workday_mode)
    return calendar if calendar.workday_mode is mode else replace(calendar, workday_mode=mode)


def events_of(ticks: Iterable[ClockTick]) -> list[ClockEvent]:
    """Stored ticks as the rule reads them."""
    return [
        ClockEvent(
            Tick(tick.tick),
            tick.at,
            Limit(tick.extra_value, Unit(tick.extra_unit)) if tick.extra_value and tick.extra_unit else None,
        )
        for tick in ticks
    ]


def read(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> Reading:
    """Replay a clock's stored events."""
    return sla.replay(terms_of(clock), events_of(ticks_of(uow, clock)), calendar_of(uow, ticket, clock))


def marks_of(uow: UnitOfWork, ticket: Ticket, clock: Clock, reading: Reading) -> dict[Mark, datetime]:
    """The marks of a clock that have not been told yet, in order."""
    found = sla.marks(
        ClockKind(clock.kind),
        terms_of(clock),
        reading,
        policy_of(uow, ticket, clock),
        calendar_of(uow, ticket, clock),
    )
    return {mark: at for mark, at in found.items() if getattr(clock, MARK_COLUMNS[mark]) is None}


def next_moment(uow: UnitOfWork, ticket: Ticket, clock: Clock, reading: Reading) -> datetime | None:
    """When the sweep must look at this clock again; None when nothing is left to tell."""
    return min(marks_of(uow, ticket, clock, reading).values(), default=None)
