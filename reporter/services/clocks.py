"""Clocks of a ticket as rows: start, stop and what the next moment is. The rules are ``domain/sla.py``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from reporter.db import plain
from reporter.domain import sla
from reporter.domain.areas import Level
from reporter.domain.lifecycle import ClockKind
from reporter.domain.rulebook import Condition, Lineage
from reporter.domain.sla import ClockEvent, Mark, Reading, Terms, Tick
from reporter.domain.working_time import Calendar, Limit, Unit, WorkdayMode
from reporter.models.tickets import Clock, ClockTick, Ticket
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
    here = lineage(ticket)
    policy = uow.policy(here)
    if kind is ClockKind.VERIFY:
        limit, source = policy.verify_limit, "policy verify_limit"
    else:
        row = uow.book.limit(condition, kind, here, uow.today)
        limit, source = row.limit, row.source
    if rework:
        limit, source = sla.rework_limit(limit, policy), f"{source} × {policy.rework_percent} %"
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


def calendar_of(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> Calendar:
    """The calendar a clock counts in: today's days and sessions, the mode it was started with."""
    calendar = uow.book.calendar(uow.policy(lineage(ticket)))
    return Calendar(
        days=calendar.days,
        version=calendar.version,
        sessions=calendar.sessions,
        daytime=calendar.daytime,
        workday_mode=WorkdayMode(clock.workday_mode),
        zone=calendar.zone,
    )


def read(uow: UnitOfWork, ticket: Ticket, clock: Clock) -> Reading:
    """Replay a clock's stored events."""
    events = [
        ClockEvent(
            Tick(tick.tick),
            tick.at,
            Limit(tick.extra_value, Unit(tick.extra_unit)) if tick.extra_value and tick.extra_unit else None,
        )
        for tick in ticks_of(uow, clock)
    ]
    return sla.replay(terms_of(clock), events, calendar_of(uow, ticket, clock))


def marks_of(uow: UnitOfWork, ticket: Ticket, clock: Clock, reading: Reading) -> dict[Mark, datetime]:
    """The marks of a clock that have not been told yet, in order."""
    found = sla.marks(
        ClockKind(clock.kind),
        terms_of(clock),
        reading,
        uow.policy(lineage(ticket)),
        calendar_of(uow, ticket, clock),
    )
    return {mark: at for mark, at in found.items() if getattr(clock, MARK_COLUMNS[mark]) is None}


def next_moment(uow: UnitOfWork, ticket: Ticket, clock: Clock, reading: Reading) -> datetime | None:
    """When the sweep must look at this clock again; None when nothing is left to tell."""
    return min(marks_of(uow, ticket, clock, reading).values(), default=None)
