"""What holds of every ticket after every step, whatever has happened to it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from reporter.domain import holdings
from reporter.domain.lifecycle import STAGE_CLOCKS, ClockKind
from reporter.domain.metrics import Figure
from reporter.domain.permissions import Actor
from reporter.domain.sla import Tick
from reporter.domain.statuses import ENDED, Status
from reporter.models.areas import Area
from reporter.models.clocks import Clock, ClockTick
from reporter.models.messages import Message
from reporter.models.points import OpenPoint
from reporter.models.tickets import Event, Hop, Ticket
from reporter.queries import figures
from reporter.queries.counting import counts
from reporter.queries.figures import Period, in_period
from reporter.queries.tickets import visible_to, within
from reporter.services import clocks
from reporter.services.unit_of_work import UnitOfWork

# open statuses in which nobody is timed for the work: it is done, and being looked at
WORK_IS_DONE = frozenset({Status.FEEDBACK})
PARTS: tuple[type[Any], ...] = (Hop, Clock, ClockTick, Event, Message)


@dataclass
class Witness:
    """Remembers what was said of each ticket, to see that it is never taken back."""

    events: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)

    def look(self, uow: UnitOfWork, ticket_ids: Sequence[int]) -> None:
        """Everything about these tickets, and that no open point is missing or left over."""
        session = uow.session
        for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id)).all():
            about = f"{ticket.number} ({ticket.status})"
            hops = list(session.scalars(select(Hop).where(Hop.ticket_id == ticket.id).order_by(Hop.seq)))
            timed = list(session.scalars(select(Clock).where(Clock.ticket_id == ticket.id).order_by(Clock.seq)))
            events = list(session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.seq)))
            _one_holder(ticket, hops, about)
            _hops_partition(ticket, hops, events, uow.now, about)
            _clocks_run(uow, ticket, timed, about)
            _deadlines_follow(uow, ticket, timed, about)
            _charged_by_time(hops, timed, about)
            self._history_grows(ticket, events, about)
            _told_once(session, ticket, about)
        open_now = set(session.scalars(select(Ticket.id).where(Ticket.ended_at.is_(None))))
        assert set(session.scalars(select(OpenPoint.ticket_id))) == open_now, "nearby is what is open"

    def _history_grows(self, ticket: Ticket, events: Sequence[Event], about: str) -> None:
        told = [
            (one.seq, one.kind, one.at, one.actor_id, one.status, one.hop_seq, repr(sorted(one.data.items())))
            for one in events
        ]
        known = self.events.get(ticket.id, [])
        assert told[: len(known)] == known, f"{about}: what happened has changed"
        assert [row[0] for row in told] == list(range(1, ticket.last_event + 1)), f"{about}: events are not in a row"
        assert all(earlier[2] <= later[2] for earlier, later in pairwise(told)), f"{about}: events went back in time"
        assert told[-1][4] == ticket.status, f"{about}: its last event says {told[-1][4]}"
        self.events[ticket.id] = told


def _one_holder(ticket: Ticket, hops: Sequence[Hop], about: str) -> None:
    running = [hop for hop in hops if hop.ended_at is None]
    ended = Status(ticket.status) in ENDED
    assert len(running) == (0 if ended else 1), f"{about}: {len(running)} open hops"
    assert (ticket.ended_at is not None) == ended, f"{about}: ended_at {ticket.ended_at}"
    held = [(hop.area_id, hop.department_id, hop.level) for hop in running] or [(None, None, None)]
    assert held == [(ticket.holder_area_id, ticket.holder_department_id, ticket.holder_level)], about


def _hops_partition(ticket: Ticket, hops: Sequence[Hop], events: Sequence[Event], now: datetime, about: str) -> None:
    """From the report to the end without gap or overlap; a gap lies only between an end and a reopening."""
    assert [hop.seq for hop in hops] == list(range(1, len(hops) + 1)), about
    assert hops[0].started_at == ticket.received_at, about
    ends = {event.at for event in events if Status(event.status) in ENDED}
    closed = timedelta()
    for earlier, later in pairwise(hops):
        assert earlier.ended_at is not None, about
        assert earlier.ended_at <= later.started_at, f"{about}: hops {earlier.seq} and {later.seq} overlap"
        if earlier.ended_at < later.started_at:
            assert earlier.ended_at in ends, f"{about}: nobody had the ball after hop {earlier.seq}"
            closed += later.started_at - earlier.ended_at
    last = hops[-1].ended_at or now
    assert hops[-1].ended_at == ticket.ended_at, about
    whole = (last - ticket.received_at - closed) // timedelta(seconds=1)
    assert sum(holdings.seconds_each(hops, now)) == whole, f"{about}: the levels do not add up"


def _clocks_run(uow: UnitOfWork, ticket: Ticket, timed: Sequence[Clock], about: str) -> None:
    """One running resolve clock while there is work to do, one of the stage that waits for a decision, none after."""
    status = Status(ticket.status)
    running = Counter(clock.kind for clock in timed if clock.stopped_at is None)
    if status in ENDED:
        assert not running, f"{about}: {dict(running)} still run"
        return
    resolve = 0 if status in WORK_IS_DONE else 1
    assert running[ClockKind.RESOLVE] == resolve, f"{about}: {running[ClockKind.RESOLVE]} resolve clocks run"
    for stage, kind in STAGE_CLOCKS.items():
        assert running[kind] == (status is stage), f"{about}: {running[kind]} clocks of {kind} run"
    for clock in timed:
        if clock.stopped_at is None and clock.due_at is None:
            last = clocks.ticks_of(uow, clock)[-1]
            assert last.tick == Tick.PAUSED, f"{about}: the {clock.kind} clock stands still without a cause"


def _deadlines_follow(uow: UnitOfWork, ticket: Ticket, timed: Sequence[Clock], about: str) -> None:
    """Replaying the events of a clock gives what is stored, and the last resolve clock's deadline is the ticket's."""
    for clock in timed:
        reading = clocks.read(uow, ticket, clock)
        found = (reading.due_at, reading.provisional, reading.stopped_at)
        assert found == (clock.due_at, clock.provisional, clock.stopped_at), f"{about}: {clock.kind} {clock.seq}"
        assert clock.overdue_at is None or clock.due_at is None or clock.overdue_at <= clock.due_at, about
        late = clock.stopped_at is not None and clock.due_at is not None and clock.stopped_at > clock.due_at
        assert not late or clock.overdue_at is not None, f"{about}: {clock.kind} {clock.seq} ran out unseen"
        waits = clock.stopped_at is None and clock.due_at is not None and clock.overdue_at is None
        assert not waits or clock.run_at is not None, f"{about}: nobody will look at {clock.kind} {clock.seq}"
    resolve = [clock for clock in timed if clock.kind == ClockKind.RESOLVE]
    assert (ticket.due_at, ticket.due_provisional) == (resolve[-1].due_at, resolve[-1].provisional), about


def _charged_by_time(hops: Sequence[Hop], timed: Sequence[Clock], about: str) -> None:
    """A delay is charged to whoever had the ball when the limit ran out, and to nobody else."""
    moments = [one.overdue_at for one in timed if one.kind == ClockKind.RESOLVE and one.overdue_at is not None]
    charged = {hop.seq for hop in (holdings.held_at(hops, moment) for moment in moments) if hop is not None}
    assert {hop.seq for hop in hops if hop.overdue_here} == charged, about


def _told_once(session: Session, ticket: Ticket, about: str) -> None:
    whose = Message.topic, Message.event_seq, Message.person_id
    told = session.execute(select(*whose).where(Message.ticket_id == ticket.id)).all()
    assert len(told) == len({tuple(row) for row in told}), f"{about}: told twice"


def state_of(session: Session, ticket_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a ticket, to see that nothing changed."""
    found = {"ticket": [tuple(row) for row in session.execute(select(Ticket.__table__).where(Ticket.id == ticket_id))]}
    for model in PARTS:
        table = model.__table__
        rows = session.execute(select(table).where(table.c.ticket_id == ticket_id)).all()
        found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
    return found


def figures_are_counts(uow: UnitOfWork, actor: Actor, area: Area, period: Period) -> None:
    """What the dashboard reads from settled days is what looking at every ticket gives."""
    each = [
        func.count(case((and_(counts(figure, uow.now), in_period(figure, period.start, period.end)), 1)))
        for figure in Figure
    ]
    seen = select(*each).where(visible_to(actor), within(area.level, area.id))
    plain = dict(zip(Figure, uow.session.execute(seen).one(), strict=True))
    assert figures.summary(uow.session, actor, area, period, uow.now) == plain
