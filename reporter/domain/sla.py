"""Clocks that follow the ball, derived from their events. ★

A clock is its terms and its events (started, paused, resumed, extended, stopped); the deadline is
what replaying them over a calendar gives, so a pause and an extension can never lose each other.
Units and sessions are in ``working_time.py``. Source: ``decisions.md`` “Clocks”, ``domain.md`` 5.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reporter.domain.areas import VOLUNTEER_LEVELS, Level
from reporter.domain.lifecycle import ClockKind
from reporter.domain.policy import Policy
from reporter.domain.working_time import (
    Calendar,
    Counting,
    Limit,
    Unit,
    advance,
    amount,
    counting_of,
    deadline,
    elapsed,
)


class Tick(StrEnum):
    """What may happen to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """``extra`` is the limit that an extension adds, in its own unit."""

    tick: Tick
    at: datetime
    extra: Limit | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a clock counts: ``daytime_only`` keeps volunteers from being timed at night."""

    limit: Limit
    daytime_only: bool = False

    @property
    def counting(self) -> Counting:
        return counting_of(self.limit.unit, self.daytime_only)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as of its last event. ``due_at`` is None while it is paused; all times UTC."""

    due_at: datetime | None
    provisional: bool
    left: timedelta
    total: timedelta
    resumed_at: datetime
    stopped_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.due_at is not None and self.stopped_at is None


def replay(terms: Terms, events: Iterable[ClockEvent], calendar: Calendar) -> Reading:
    """The state of a clock from all its events, in order; the first must be ``started``.

    Working time that passes between pause and resume is not used. A clock that was overdue when it was
    paused stays overdue: what is left is negative and the deadline lies in the past.
    """
    ordered = iter(events)
    first = next(ordered)
    since = first.at
    moment = deadline(since, terms.limit, calendar, daytime_only=terms.daytime_only)
    total = _length(since, moment.at, terms, calendar)
    left, due_at, provisional, stopped_at = total, moment.at, moment.provisional, None
    running = True
    for event in ordered:
        if event.tick is Tick.PAUSED:
            left -= elapsed(since, event.at, terms.counting, calendar)
            running = False
        elif event.tick is Tick.RESUMED:
            since, running = event.at, True
        elif event.tick is Tick.EXTENDED and event.extra is not None:
            added = amount(event.extra, calendar)
            left, total = left + added, total + added
        elif event.tick is Tick.STOPPED:
            stopped_at = event.at
            continue
        if running and left > timedelta(0):
            moment = advance(since, left, terms.counting, calendar)
            due_at, provisional = moment.at, provisional or moment.provisional
        elif running and event.tick is Tick.RESUMED:
            due_at = min(due_at, since)  # it was late before the pause and still is
    return Reading(due_at if running else None, provisional, left, total, since, stopped_at)


def _length(start: datetime, due_at: datetime, terms: Terms, calendar: Calendar) -> timedelta:
    """Clock time of the limit; in whole-day mode it depends on when the clock started."""
    if terms.limit.unit is Unit.WORK_DAY:
        return elapsed(start, due_at, terms.counting, calendar)
    return amount(terms.limit, calendar)


class Mark(StrEnum):
    """Moments of a clock at which somebody is told, in their order."""

    REMINDER = "reminder"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"


def marks(kind: ClockKind, terms: Terms, reading: Reading, policy: Policy, calendar: Calendar) -> dict[Mark, datetime]:
    """When each mark falls, in the clock's own time. Only the resolve clock reminds; all run out."""
    if reading.due_at is None:
        return {}
    # “overdue” is later than the deadline, equality is on time (domain.md 5.2)
    found = {Mark.OVERDUE: reading.due_at}
    if kind is ClockKind.RESOLVE:
        used_before = reading.total - reading.left
        for mark, share in ((Mark.REMINDER, policy.reminder_share), (Mark.AT_RISK, policy.risk_share)):
            ahead = reading.total * share - used_before
            if ahead > timedelta(0):
                found[mark] = advance(reading.resumed_at, ahead, terms.counting, calendar).at
    return {mark: found[mark] for mark in Mark if mark in found}


def used_share(terms: Terms, reading: Reading, at: datetime, calendar: Calendar) -> float:
    """How much of a running clock's time was used at a moment: 0 at its start, 1 at its deadline; in its own time."""
    used = reading.total - reading.left + elapsed(reading.resumed_at, at, terms.counting, calendar)
    return used / reading.total


def terms_for(kind: ClockKind, limit: Limit, level: Level | None, severity: int, policy: Policy) -> Terms:
    """How a limit counts for whoever holds the ball: what asks a volunteer for an answer sleeps at night."""
    asks = kind in (ClockKind.RESPONSE, ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.CHECK)
    return Terms(limit, asks and level in VOLUNTEER_LEVELS and severity < policy.daytime_below_severity)


def policy_limit(kind: ClockKind, policy: Policy) -> Limit | None:
    """The limit of a stage that is the same for every matter; None: each condition has its own."""
    return {
        ClockKind.ACCEPT: policy.accept_limit,
        ClockKind.DISPATCH: policy.dispatch_limit,
        ClockKind.VERIFY: policy.verify_limit,
        ClockKind.CHECK: policy.check_limit,
    }.get(kind)


def rework_limit(limit: Limit, policy: Policy) -> Limit:
    """A share of the original limit for rework and reopening, rounded up to a whole unit, at least one."""
    parts = limit.value * policy.rework_percent
    return Limit(max(1, -(-parts // 100)), limit.unit)
