"""Fills a loaded demo with a history of tickets, in one transaction: all of it is there, or nothing.

Nothing else should write meanwhile. A second history is refused where its days overlap with tickets that are there:
numbers run in order of arrival within a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from reporter.db import continue_numbering, session_for
from reporter.demo.history import curve, reading
from reporter.demo.history.filings import storm_spots
from reporter.demo.history.layouts import LAYOUTS
from reporter.demo.history.producer import Job, Numbers, produce
from reporter.demo.history.timetable import micros
from reporter.demo.history.writer import copy_lines, with_constants, writer_for
from reporter.domain.rulebook import Rulebook
from reporter.domain.working_time import Calendar
from reporter.models.areas import Area
from reporter.models.counters import TicketCounter
from reporter.models.points import OpenPoint, TicketPoint
from reporter.models.tickets import Ticket
from reporter.queries import rulebook, settled
from reporter.services import seeding

Progress = Callable[[str], None]
_SETTLED_AT_ONCE = 5000
_TOLD = 20  # lines of progress while tickets are written


class NotFillable(ValueError):
    """This database is not given a history; the text says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``days`` local days, the last of them that of ``now`` (aware), where the history ends. None: a share by habit.

    ``people``: the size of the pool of submitters, used when it is first made. ``arrivals``: a file to take the curve
    from. ``messages``: open tickets get the messages their people would have got.
    """

    tickets: int
    days: int
    now: datetime
    seed: int = 1
    still_open: int | None = None
    people: int | None = None
    arrivals: Path | None = None
    messages: bool = True
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Filled:
    tickets: int
    still_open: int
    people: int


def fill(engine: Engine, wanted: Wanted, progress: Progress, monotonic: Callable[[], float]) -> Filled:
    """Write the history. Raises NotFillable, and UnusableFile for an arrivals file that is none."""
    with session_for(engine, writes=True) as session:
        filled = _fill(session, wanted, progress, monotonic)
        progress("提交")
    _tidy(engine)
    return filled


def _fill(session: Session, wanted: Wanted, progress: Progress, monotonic: Callable[[], float]) -> Filled:
    book = rulebook.load(session)
    now = wanted.now.replace(microsecond=0)
    if not any(category.valid.on(now.date()) for category in book.categories):
        raise NotFillable(f"no rules are in force on {now.date()}: load the demo first, or end later")
    calendar = book.calendar(book.policy((), now.date()))
    today = now.astimezone(calendar.zone).date()
    first = today - timedelta(days=wanted.days - 1)
    begins_at = datetime.combine(first, time.min, tzinfo=calendar.zone)
    _check(session, first, today, calendar)
    job, people = _job(session, book, wanted, now, first, begins_at, calendar)

    writer = writer_for(session.connection())
    writer.begin(many=wanted.tickets > job.first_id - 1)
    meter = _Meter(wanted.tickets, progress, monotonic)
    numbers: Numbers = {}
    still_open = 0
    for batch in produce(job, wanted.processes):
        for table, part in batch.parts:
            writer.write(table, part)
        numbers |= batch.numbers
        still_open += batch.still_open
        meter.add(batch.tickets)
    if numbers:
        counters = [{"prefix": prefix, "day": day, "last": last} for (prefix, day), last in sorted(numbers.items())]
        session.execute(insert(TicketCounter), counters)
    continue_numbering(session, Ticket)
    progress("索引和统计")
    writer.finish()
    session.execute(insert(OpenPoint).from_select(["ticket_id", "geom"], _WHERE_OPEN))
    progress("加总办结的工单")
    _settle(session, wanted.now, calendar)
    return Filled(wanted.tickets, still_open, people)


_WHERE_OPEN = (
    select(TicketPoint.ticket_id, TicketPoint.geom)
    .join(Ticket, Ticket.id == TicketPoint.ticket_id)
    .outerjoin(OpenPoint, OpenPoint.ticket_id == Ticket.id)
    .where(Ticket.ended_at.is_(None), OpenPoint.ticket_id.is_(None))
)


def _settle(session: Session, now: datetime, calendar: Calendar) -> None:
    """Add up what has ended, as the worker would have done day by day."""
    while ended := settled.ready(session, now, _SETTLED_AT_ONCE):
        settled.settle(session, ended, now, calendar.zone)


def _check(session: Session, first: date, last: date, calendar: Calendar) -> None:
    """Raises NotFillable."""
    real = select(func.count()).select_from(Area).where(~Area.synthetic)
    if not session.scalar(select(func.count()).select_from(Area)) or not reading.holders_exist(session):
        raise NotFillable("there are no areas with seats: load the demo first (reporter demo load)")
    if session.scalar(real):
        raise NotFillable("some areas are not synthetic: a history of made-up tickets is for the demo only")
    bounds = [datetime.combine(day, time.min, tzinfo=calendar.zone) for day in (first, last + timedelta(days=1))]
    known = session.scalar(
        select(func.count()).select_from(Ticket).where(Ticket.received_at >= bounds[0], Ticket.received_at < bounds[1])
    )
    numbered = session.scalar(
        select(func.count()).select_from(TicketCounter).where(TicketCounter.day >= first, TicketCounter.day <= last)
    )
    if known or numbered:
        raise NotFillable(f"{known} tickets lie between {first} and {last} already: choose days without tickets")


def _job(
    session: Session,
    book: Rulebook,
    wanted: Wanted,
    now: datetime,
    first: date,
    begins_at: datetime,
    calendar: Calendar,
) -> tuple[Job, int]:
    """What the producers need, and how many people report."""
    habits = seeding.read("history.json")
    today = now.astimezone(calendar.zone).date()
    each, fewest = habits["reports"]["people_each"], habits["reports"]["fewest_people"]
    people = wanted.people or max(fewest, wanted.tickets // each)
    pool = reading.submitters(session, people, habits, begins_at, wanted.seed)
    reading.staff_the_departments(session, begins_at)
    world = reading.read(session, book, first, today, now, pool)
    shape = curve.counted(wanted.arrivals) if wanted.arrivals else curve.default(habits)
    days = curve.plan(
        shape, calendar, first, now, wanted.tickets, habits, partial(storm_spots, world.spots, habits), wanted.seed
    )
    still_open = wanted.still_open
    if still_open is None:
        still_open = round(wanted.tickets * habits["open"]["share"])
    end = micros(now)
    job = Job(
        world=world,
        habits=habits,
        days=days,
        openness=curve.openness(days, end, still_open, habits),
        seed=wanted.seed,
        now=end,
        first_id=(session.scalar(select(func.max(Ticket.id))) or 0) + 1,
        tells=wanted.messages,
        encode=copy_lines if session.get_bind().dialect.name == "postgresql" else with_constants,
    )
    return job, len(pool)


def _tidy(engine: Engine) -> None:
    """PostgreSQL marks pages as visible to all, which it cannot inside the transaction."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in LAYOUTS:
                connection.exec_driver_sql(f'VACUUM "{name}"')


class _Meter:
    """Says how far it is: percent, rate, and how long it will still take."""

    def __init__(self, whole: int, progress: Progress, monotonic: Callable[[], float]):
        self._whole, self._progress, self._monotonic = whole, progress, monotonic
        self._started = monotonic()
        self._done = self._told = 0

    def add(self, tickets: int) -> None:
        self._done += tickets
        part = self._done * _TOLD // self._whole
        if part == self._told:
            return
        self._told = part
        rate = self._done / max(self._monotonic() - self._started, 1e-6)
        left = round((self._whole - self._done) / rate)
        self._progress(
            f"{100 * self._done // self._whole} %  {self._done:,}/{self._whole:,}  每秒 {rate:,.0f} 件"
            f"  还要 {left // 60}:{left % 60:02}"
        )
