"""How long the handling of an area's tickets took by their own clocks, read from the clocks' events."""

from datetime import datetime, timedelta
from itertools import groupby

from reporter.domain import used_time
from reporter.domain.sla import ClockEvent, Tick
from reporter.domain.used_time import Summary
from reporter.domain.working_time import Calendar
from reporter.models.areas import Area
from reporter.models.clocks import Clock
from reporter.models.tickets import Ticket
from reporter.queries import monthly
from reporter.queries.figures import Period
from reporter.services import clocks
from reporter.services.unit_of_work import UnitOfWork

MOST_TIMED = 5000  # tickets whose clocks are read for one answer; of more there is no figure


def of(uow: UnitOfWork, area: Area, period: Period, handled: int, now: datetime) -> Summary | None:
    """Mean, median and 90th percentile of the tickets handled; of a reworked one its clocks together.

    None when there are none, or more than ``MOST_TIMED``.
    """
    if handled > MOST_TIMED:
        return None
    calendars: dict[tuple[tuple[int, ...], str], Calendar] = {}

    def calendar(ticket: Ticket, clock: Clock) -> Calendar:
        key = tuple(clocks.lineage(ticket)), clock.workday_mode
        if key not in calendars:
            calendars[key] = clocks.calendar_of(uow, ticket, clock)
        return calendars[key]

    lengths: dict[int, timedelta] = {}
    rows = monthly.handling_clocks(uow.session, uow.caller, area, period, now)
    for _, ticks in groupby(rows, key=lambda row: (row[1].ticket_id, row[1].seq)):
        together = list(ticks)
        ticket, clock, _ = together[0]
        events = [ClockEvent(Tick(tick.tick), tick.at) for _, _, tick in together]
        took = used_time.used(clocks.terms_of(clock), events, calendar(ticket, clock))
        lengths[ticket.id] = lengths.get(ticket.id, timedelta()) + took
    return used_time.summarised(list(lengths.values()))
