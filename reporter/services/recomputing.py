"""After a calendar or a limit changed: which deadlines would move, and moving them by command. ★

Nothing moves by itself: a clock counts with the limit, hours and calendar version it was started with
(``services/clocks.calendar_of``). ``replay`` only looks; ``recompute`` moves the running clocks of open tickets,
batch by batch, and leaves one audit row (``models/calendars.ClockRecompute``) and an event a ticket.
Source: ``decisions.md`` “Clocks”, ``domain.md`` 5.2.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from reporter.domain import holdings, sla
from reporter.domain.areas import Level
from reporter.domain.errors import NotFound
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.recomputing import Shift, is_rework
from reporter.domain.sla import Reading, Terms
from reporter.models.areas import Area
from reporter.models.calendars import ClockRecompute
from reporter.models.clocks import Clock
from reporter.models.tickets import Ticket
from reporter.queries import areas
from reporter.queries import recomputing as pages
from reporter.queries.recomputing import Position, Timed
from reporter.services import clocks, landing, messages, scene
from reporter.services.unit_of_work import UnitOfWork, Works

Counts = Counter[str]
COUNTS = ("tickets", "changed", "clocks_moved", "became_overdue", "ceased_overdue")


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock of a ticket that would move; ``still_runs``: whether ``recompute`` would move it."""

    ticket: Ticket
    shift: Shift
    still_runs: bool


@dataclass(frozen=True, slots=True)
class _Anew:
    """A clock as of today's limit and calendar."""

    clock: Clock
    terms: Terms
    source: str
    reading: Reading
    shift: Shift


@dataclass(frozen=True, slots=True)
class Page:
    """``last``: where the next page begins, None when this was the last one."""

    moved: list[Moved]
    counts: Counts
    last: Position | None


def replay(works: Works, days: int, area_code: str | None, counts: Counts, size: int = 500) -> Iterator[Moved]:
    """The clocks, of the tickets received in the last ``days``, that today's limits and calendar would move.

    Looks at ended tickets too, which ``recompute`` never touches. ``counts`` is added to. Raises NotFound for an
    unknown area. Each page is a transaction of its own that writes nothing.
    """
    last: Position | None = None
    while True:
        with works.open(writes=False) as uow:
            page = replay_page(uow, days, _area(uow, area_code), last, size)
        counts.update(page.counts)
        yield from page.moved
        last = page.last
        if last is None:
            return


def replay_page(uow: UnitOfWork, days: int, area: Area | None, after: Position | None, size: int) -> Page:
    """The same for ``size`` tickets that the caller sees, behind a position; writes nothing."""
    since = uow.now - timedelta(days=days)
    found = pages.received_since(uow.session, since, area, uow.actor, after, size)
    counts: Counts = Counter(dict.fromkeys(COUNTS, 0))
    moved = [one for timed in found for one in _would_move(uow, timed, counts)]
    last = found[-1].ticket if len(found) == size else None
    return Page(moved, counts, (last.received_at, last.id) if last else None)


def _would_move(uow: UnitOfWork, timed: Timed, counts: Counts) -> list[Moved]:
    anew = (_anew(uow, timed, clock) for clock in timed.clocks)
    shifts = [one.shift for one in anew if one is not None and one.shift.moves]
    _count(counts, shifts, uow)
    is_open = timed.ticket.ended_at is None
    return [Moved(timed.ticket, shift, is_open and shift.until is None) for shift in shifts]


def recompute(works: Works, *, by: str, why: str, area_code: str | None, batch: int = 50) -> ClockRecompute:
    """Move the deadlines of open tickets to what today's limits and calendar give; returns the audit row.

    Each batch is one transaction with the place it has come to: killed at any moment, the next call goes on from
    there. What has been moved moves nowhere a second time. Raises NotFound for an unknown area.
    """
    with works.open() as uow:
        area = _area(uow, area_code)
        run = pages.unfinished(uow.session, area.id if area else None)
        if run is None:
            run = ClockRecompute(
                by=by[:60],
                why=why[:200],
                area_id=area.id if area else None,
                started_at=uow.now,
                last_ticket_id=0,
                counts=dict.fromkeys(COUNTS, 0),
            )
            uow.session.add(run)
            uow.session.flush()
    while run.finished_at is None:
        run = _batch(works, run.id, area_code, batch)
    return run


def _batch(works: Works, run_id: int, area_code: str | None, size: int) -> ClockRecompute:
    with works.open() as uow:
        run = uow.session.get_one(ClockRecompute, run_id, with_for_update=True)
        if run.finished_at is not None:  # another command took the last batch
            return run
        found = pages.open_behind(uow.session, run.last_ticket_id, _area(uow, area_code), size)
        counts: Counts = Counter(run.counts)
        for timed in found:
            _move(uow, timed, run, counts)
        run.counts = {name: counts[name] for name in COUNTS}
        if found:
            run.last_ticket_id = found[-1].ticket.id
        else:
            run.finished_at = uow.now
    return run


def _area(uow: UnitOfWork, code: str | None) -> Area | None:
    if code is None:
        return None
    area = areas.by_code(uow.session, code)
    if area is None:
        raise NotFound()
    return area


def _anew(uow: UnitOfWork, timed: Timed, clock: Clock) -> _Anew | None:
    """A clock replayed with what holds today; None when nothing it counts with has changed."""
    ticket, kind = timed.ticket, ClockKind(clock.kind)
    policy = uow.policy(clocks.lineage(ticket))
    terms_before = clocks.terms_of(clock)
    category = uow.book.category_by_id(ticket.category_id)
    condition = next(one for one in category.conditions if one.id == ticket.condition_id)
    rework = is_rework(kind, clock.started_at, ticket.received_at)
    try:
        limit, source = clocks.limit_in_force(uow, ticket, kind, condition, rework=rework)
    except LookupError:  # its condition has no limit any more: it keeps its own
        limit, source = terms_before.limit, clock.source
    hop = next(one for one in timed.hops if one.seq == clock.hop_seq)
    terms = sla.terms_for(kind, limit, Level(hop.level) if hop.level else None, ticket.severity, policy)
    calendar = uow.book.calendar(policy)
    if (
        terms == terms_before
        and clock.calendar_version == calendar.version
        and clock.workday_mode == calendar.workday_mode
        and clocks.policy_of(uow, ticket, clock) == policy
    ):
        return None
    reading = sla.replay(terms, clocks.events_of(timed.ticks[clock.seq]), calendar)
    shift = Shift(kind, terms_before.limit, limit, clock.due_at, reading.due_at, clock.stopped_at)
    return _Anew(clock, terms, source, reading, shift)


def _move(uow: UnitOfWork, timed: Timed, run: ClockRecompute, counts: Counts) -> None:
    """All running clocks of an open ticket; an event and a new version when anything moves."""
    ticket = timed.ticket
    running = (_anew(uow, timed, clock) for clock in timed.clocks if clock.stopped_at is None)
    anew = [one for one in running if one is not None]
    due_before = ticket.due_at
    for one in anew:
        _write(uow, ticket, one)
    shifts = [one.shift for one in anew if one.shift.moves]
    _count(counts, shifts, uow)
    if not shifts:
        return
    _charge_again(timed)
    ticket.version += 1
    hop = next((one for one in timed.hops if one.ended_at is None), None)
    event = uow.record(
        ticket,
        EventKind.CLOCK_RECOMPUTED,
        hop_seq=hop.seq if hop else None,
        by_system=True,
        recompute=run.id,
        clocks=[_told(shift) for shift in shifts],
    )
    if ticket.due_at != due_before:
        around = scene.load(uow, ticket, timed.clocks)
        messages.tell(
            uow,
            ticket,
            event,
            around.open_hop,
            around.chain,
            conflicted=around.conflicted,
            holder=landing.title_of(uow, around.chain, around.open_hop),
            category=around.category.name,
        )


def _write(uow: UnitOfWork, ticket: Ticket, anew: _Anew) -> None:
    """The clock counts with today's terms from now on; a mark that lies ahead again will be told when it comes."""
    clock, reading, policy = anew.clock, anew.reading, uow.policy(clocks.lineage(ticket))
    calendar = uow.book.calendar(policy)
    was_first = ticket.response_due_at == clock.due_at and clock.kind == ClockKind.RESPONSE
    clock.limit_value, clock.limit_unit = anew.terms.limit.value, anew.terms.limit.unit.value
    clock.daytime_only, clock.source = anew.terms.daytime_only, anew.source
    clock.workday_mode, clock.calendar_version = policy.workday_mode.value, calendar.version
    clock.rules_on = uow.today if uow.today != policy.day_of(clock.started_at) else None
    clock.provisional, clock.due_at = reading.provisional, reading.due_at
    if anew.shift.moves:
        clock.recomputed_at = uow.now
    for mark, at in sla.marks(ClockKind(clock.kind), anew.terms, reading, policy, calendar).items():
        if getattr(clock, clocks.MARK_COLUMNS[mark]) is not None:
            setattr(clock, clocks.MARK_COLUMNS[mark], at if at < uow.now else None)
    clock.run_at = clocks.next_moment(uow, ticket, clock, reading)
    if clock.kind == ClockKind.RESOLVE:
        ticket.due_at, ticket.due_provisional = reading.due_at, reading.provisional
    elif was_first:
        ticket.response_due_at = reading.due_at


def _charge_again(timed: Timed) -> None:
    """Who is charged follows from the clocks that have run out: a deadline that moved takes its charge along."""
    resolve = [one for one in timed.clocks if one.kind == ClockKind.RESOLVE and one.overdue_at is not None]
    timed.ticket.overdue_at = min((one.overdue_at for one in resolve if one.overdue_at), default=None)
    charged = [holdings.held_at(timed.hops, one.overdue_at) for one in resolve if one.overdue_at]
    missed = {one.hop_seq for one in timed.clocks if one.kind == ClockKind.RESPONSE and one.overdue_at is not None}
    for hop in timed.hops:
        hop.overdue_here = any(one is hop for one in charged)
        hop.response_missed = hop.seq in missed


def _count(counts: Counts, shifts: list[Shift], uow: UnitOfWork) -> None:
    counts["tickets"] += 1
    counts["changed"] += bool(shifts)
    counts["clocks_moved"] += len(shifts)
    counts["became_overdue"] += sum(shift.becomes_overdue(uow.now) for shift in shifts)
    counts["ceased_overdue"] += sum(shift.ceases_overdue(uow.now) for shift in shifts)


def _told(shift: Shift) -> dict[str, object]:
    return {
        "kind": shift.kind.value,
        "due_before": shift.due_before.isoformat() if shift.due_before else None,
        "due_at": shift.due_after.isoformat() if shift.due_after else None,
        "limit_before": {"value": shift.limit_before.value, "unit": shift.limit_before.unit.value},
        "limit": {"value": shift.limit_after.value, "unit": shift.limit_after.unit.value},
    }
