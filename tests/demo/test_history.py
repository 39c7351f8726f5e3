"""A demo filled with a history: what must hold of every ticket, and the service going on behind it."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, inspect, select, update

from reporter import cli
from reporter.db import make_engine, session_for
from reporter.demo.history.fill import NotFillable, fill
from reporter.domain import areas as area_rules
from reporter.domain.coordinates import Point
from reporter.domain.statuses import ENDED, Status
from reporter.models.areas import Area, Seat
from reporter.models.clocks import Clock
from reporter.models.counters import TicketCounter
from reporter.models.messages import Message
from reporter.models.people import Person
from reporter.models.points import TicketPoint
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket
from reporter.queries import areas
from reporter.queries.spatial import in_box, number
from reporter.services import clocks, sla
from tests.demo.history import NOW, WANTED, Heard, everything, filled
from tests.service import Service
from tests.world import AT_HOME, HOME, NANHU, WUCHANG

ON_THE_SPOT = "2026-10-12 15:30"
STATUSES = {
    Status.REPORTED,
    Status.DISPATCHED,
    Status.HANDLING,
    Status.FEEDBACK,
    Status.CLOSED,
    Status.NOT_ACCEPTED,
    Status.WITHDRAWN,
}


@pytest.fixture
def grown(service: Service) -> Service:
    """The service on a small district with a history, at the moment it ends."""
    filled(service.engine)
    return service.at(ON_THE_SPOT)


def grouped(rows: Any, key: str = "ticket_id") -> dict[int, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def test_what_must_hold_of_every_ticket(grown: Service) -> None:
    with session_for(grown.engine, writes=False) as session:
        tickets = session.scalars(select(Ticket).order_by(Ticket.id)).all()
        hops = grouped(session.scalars(select(Hop).order_by(Hop.ticket_id, Hop.seq)))
        events = grouped(session.scalars(select(Event).order_by(Event.ticket_id, Event.seq)))
        timed = grouped(session.scalars(select(Clock).order_by(Clock.ticket_id, Clock.seq)))
        reports = grouped(session.scalars(select(Report)))
    assert len(tickets) == WANTED.tickets
    assert {Status(ticket.status) for ticket in tickets} >= STATUSES
    for ticket in tickets:
        held, told = hops[ticket.id], events[ticket.id]
        open_hops = [hop for hop in held if hop.ended_at is None]
        assert len(open_hops) == (ticket.status not in ENDED)
        for hop in open_hops:
            holder = (ticket.holder_area_id, ticket.holder_department_id, ticket.holder_level)
            assert (hop.area_id, hop.department_id, hop.level) == holder
        assert held[0].started_at == ticket.received_at
        for before, after in pairwise(held):
            reopened = ticket.reopened and before.ended_at is not None and before.ended_at < after.started_at
            assert before.ended_at == after.started_at or reopened
        assert [event.seq for event in told] == list(range(1, ticket.last_event + 1))
        assert [event.at for event in told] == sorted(event.at for event in told)
        assert (told[0].at, told[-1].status) == (ticket.received_at, ticket.status)
        assert told[-1].at <= NOW
        first = [report for report in reports[ticket.id] if not report.joined]
        assert len(first) == 1 and len(reports[ticket.id]) == 1 + ticket.joins
        counting = [clock for clock in timed[ticket.id] if clock.kind == "resolve"]
        assert ticket.due_at == counting[-1].due_at
        assert all(clock.stopped_at is not None for clock in timed[ticket.id]) or ticket.status not in ENDED
        assert (ticket.overdue_at is not None) == any(clock.overdue_at for clock in counting)


def test_every_deadline_is_what_the_clock_s_events_give(grown: Service) -> None:
    with grown.house.works.open(writes=False) as uow:
        for ticket in uow.session.scalars(select(Ticket)).all():
            for clock in uow.session.scalars(select(Clock).where(Clock.ticket_id == ticket.id)).all():
                reading = clocks.read(uow, ticket, clock)
                assert (clock.due_at, clock.provisional) == (reading.due_at, reading.provisional)
                if clock.stopped_at is None:
                    assert clock.run_at == clocks.next_moment(uow, ticket, clock, reading)


def test_numbers_run_in_order_of_arrival_and_counters_stand_behind_them(grown: Service) -> None:
    with session_for(grown.engine, writes=False) as session:
        rows = session.execute(select(Ticket.number, Ticket.received_at).order_by(Ticket.id)).all()
        counters = {(row.prefix, row.day): row.last for row in session.scalars(select(TicketCounter))}
    assert [row.received_at for row in rows] == sorted(row.received_at for row in rows)
    counted: Counter[tuple[str, Any]] = Counter()
    for ticket_number, received_at in rows:
        day = received_at.astimezone(NOW.tzinfo).date()
        counted[ticket_number[:2], day] += 1
        assert ticket_number == f"{ticket_number[:2]}{day:%Y%m%d}{counted[ticket_number[:2], day]:05}"
    assert counted == counters and {prefix for prefix, _ in counted} == {"WC", "JA"}


def test_every_point_lies_in_the_area_it_is_placed_in(grown: Service) -> None:
    with grown.house.works.open(writes=False) as uow:
        for ticket in uow.session.scalars(select(Ticket).limit(150)).all():
            point = Point(ticket.lng, ticket.lat)
            placed = area_rules.place(areas.containing(uow.session, point, uow.today, 200)).area_id
            if ticket.place_flags == ["inaccurate"]:
                placed = uow.session.get_one(Area, placed).community_id or 0
            assert placed == ticket.area_id
            box = map(number, (point.lng - 1e-6, point.lat - 1e-6, point.lng + 1e-6, point.lat + 1e-6))
            near = select(TicketPoint.ticket_id).where(in_box(TicketPoint.geom, *box))
            assert ticket.id in set(uow.session.scalars(near)), "the spatial index knows it"


def test_it_is_a_life_of_all_kinds(grown: Service) -> None:
    with session_for(grown.engine, writes=False) as session:
        kinds = Counter(session.scalars(select(Event.kind)))
        late = session.scalar(select(func.count()).where(Ticket.overdue_at.is_not(None))) or 0
        rated = session.scalar(select(func.count()).select_from(Rating)) or 0
        closed = session.scalar(select(func.count()).where(Ticket.closed_at.is_not(None))) or 0
        departments = session.scalar(select(func.count()).where(Hop.department_id.is_not(None))) or 0
        unsaid = session.scalars(select(Message.state).distinct()).all()
        told = session.scalar(select(func.count()).where(Message.read_at.is_(None))) or 0
    for kind in ("joined", "accepted", "taken", "responded", "closed_at_once", "verified", "rejected", "withdrawn"):
        assert kinds[kind] > 0, kind
    for kind in (
        "reopened",
        "verification_failed",
        "climbed",
        "reminded",
        "became_at_risk",
        "became_overdue",
        "returned",
    ):
        assert kinds[kind] > 0, kind
    assert 0.02 < late / WANTED.tickets < 0.6 and 0.2 < rated / closed < 0.5
    assert departments > 0 and unsaid == ["sent"] and told > 0


def test_the_service_goes_on_behind_it(grown: Service) -> None:
    with session_for(grown.engine, writes=False) as session:
        last = session.scalar(
            select(TicketCounter.last).where(TicketCounter.prefix == "WC").order_by(TicketCounter.day.desc())
        )
        greatest = session.scalar(select(func.max(Ticket.id)))
        taken = session.execute(
            select(Ticket.number, Area.code)
            .join(Area, Area.id == Ticket.holder_area_id)
            .join(Seat, Seat.area_id == Area.id)
            .where(Ticket.status == "handling", Seat.holder_id.is_not(None), Area.level == "grid")
        ).first()
    grown.work()
    rider = grown.as_("rider")
    mine = rider.report(AT_HOME, category="LL0107")
    assert mine["number"] == f"WC20261012{(last or 0) + 1:05}"
    with session_for(grown.engine, writes=False) as session:
        assert session.scalar(select(func.max(Ticket.id))) == (greatest or 0) + 1
    grown.seat(HOME).did(mine["number"], "take")
    assert taken is not None
    lead = grown.seat(taken.code)
    solved = lead.did(taken.number, "solve", note="换好了", photo_ids=[lead.photo()])
    assert solved["status"] in ("feedback", "closed")
    street = grown.as_("street")
    page = street.get("/tickets", limit=50).json
    assert page["items"][0]["number"] == mine["number"] and page["next_cursor"]
    assert lead.get("/tickets", status="open", limit=5).status_code == 200


def test_a_ticket_of_the_history_is_taken_done_and_verified(grown: Service) -> None:
    with session_for(grown.engine, writes=True) as session:
        found = session.execute(
            select(Ticket.number, Ticket.id, Area.code)
            .join(Area, Area.id == Ticket.holder_area_id)
            .where(Ticket.status == "dispatched", Area.level.in_(("grid", "street")), ~Ticket.category_code.like("LL%"))
        ).first()
    assert found is not None
    lead = grown.seat(found.code)
    lead.did(found.number, "take")
    solved = lead.did(found.number, "solve", photo_ids=[lead.photo()])
    assert solved["status"] == "feedback"
    with session_for(grown.engine, writes=False) as session:
        holder = session.scalar(
            select(Area.code).join(Ticket, Ticket.holder_area_id == Area.id).where(Ticket.id == found.id)
        )
    assert grown.seat(str(holder)).did(found.number, "verify", passed=True)["status"] == "closed"


def test_figures_are_what_counting_gives(grown: Service) -> None:
    summary = (
        grown.as_("street").get("/dashboard/summary", area=NANHU, **{"from": "2026-09-10", "to": "2026-10-12"}).json
    )
    counts = {name: count["value"] for name, count in summary["counts"].items()}
    start, end = NOW.replace(month=9, day=10, hour=0, minute=0), NOW.replace(day=13, hour=0, minute=0)
    with session_for(grown.engine, writes=False) as session:
        street = select(Area.id).where(Area.code == NANHU).scalar_subquery()
        mine = session.scalars(select(Ticket).where(Ticket.street_id == street)).all()
        rated = set(session.scalars(select(Rating.ticket_id)))
    here = [ticket for ticket in mine if start <= ticket.received_at < end]
    closed = [ticket for ticket in mine if ticket.closed_at and start <= ticket.closed_at < end]
    assert counts["received"] == sum(ticket.status != "withdrawn" for ticket in here)
    assert counts["open"] == sum(ticket.status not in ENDED for ticket in here) > 0
    assert counts["handled_on_time"] == sum(ticket.solved_on_time is True for ticket in here) > 0
    assert counts["closed_in_period"] == len(closed) > 0
    assert counts["rated"] == sum(ticket.id in rated for ticket in closed) > 0


def test_the_sweep_finds_little_due_and_goes_on_later(grown: Service) -> None:
    with session_for(grown.engine, writes=False) as session:
        running = session.scalar(select(func.count()).where(Clock.run_at.is_not(None))) or 0
    assert sla.sweep(grown.house.works, batch=1000) <= 3 < running
    grown.at("2026-10-12 17:30")
    assert 0 < sla.sweep(grown.house.works, batch=1000) < running / 2


def test_the_same_seed_writes_the_same_rows_with_any_number_of_processes(
    engine: Engine, databases: Any, database_kind: str
) -> None:
    with databases.cloned(database_kind) as url:
        other = make_engine(url)
        filled(engine)
        filled(other, processes=2)
        assert everything(engine) == everything(other)
        other.dispose()


def test_another_history_goes_behind_and_an_overlapping_one_is_refused(engine: Engine) -> None:
    filled(engine)
    before = everything(engine)
    with pytest.raises(NotFillable, match="already"):
        filled(engine, now=NOW + timedelta(days=2), days=3)
    assert everything(engine) == before
    filled(engine, now=NOW + timedelta(days=10), days=9, tickets=60)
    with session_for(engine, writes=False) as session:
        added = session.scalars(select(Ticket).where(Ticket.received_at > NOW)).all()
        submitters = session.scalar(select(func.count()).where(Person.name.like("示例·% _____")))
    assert len(added) == 60 and min(ticket.id for ticket in added) == WANTED.tickets + 1
    assert submitters == 20, "the pool is made once"


def test_only_a_demo_is_filled(engine: Engine, empty_database_url: str) -> None:
    with session_for(engine, writes=True) as session:
        session.execute(update(Area).where(Area.code == WUCHANG).values(synthetic=False))
    with pytest.raises(NotFillable, match="demo only"):
        filled(engine)
    with session_for(engine, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0
        assert session.scalar(select(func.count()).where(Person.name.like("示例·% _____"))) == 0


def test_indexes_and_foreign_keys_are_there_again_and_progress_is_told(engine: Engine) -> None:
    def shape() -> dict[str, Any]:
        seen = inspect(engine)
        tables = ("ticket", "hop", "clock", "event", "report", "message", "rating", "ticket_point")
        indexes = {table: sorted(str(index["name"]) for index in seen.get_indexes(table)) for table in tables}
        keys = {table: sorted(map(str, (key["name"] for key in seen.get_foreign_keys(table)))) for table in tables}
        return {"indexes": indexes, "keys": keys, "unique": {t: len(seen.get_unique_constraints(t)) for t in tables}}

    before, heard = shape(), Heard([])
    done = fill(engine, replace(WANTED, messages=False), heard, heard.monotonic)
    assert shape() == before
    assert heard.said[-3:] == ["索引和统计", "加总办结的工单", "提交"]
    assert heard.said[-4].startswith("100 %  400/400")
    with session_for(engine, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0
        open_now = session.scalar(select(func.count()).where(Ticket.ended_at.is_(None)))
    assert done.still_open == open_now and abs(done.still_open - (WANTED.still_open or 0)) < 40


@pytest.mark.parametrize(
    ("more", "ends", "says"),
    [
        ((), 0, "60 tickets, "),
        (("--until", "2026-09-05T12:00:00+0800"), 0, "by 20 people"),  # an end of one's own
        (("--until", "2020-01-05T12:00:00+0800"), 1, "no rules"),  # before anything was decided
        (("--arrivals", __file__), 1, "has no column"),  # not a table of arrivals
        (("--tickets", "0"), 2, "--tickets"),
    ],
)
def test_the_command_fills_what_the_settings_name(
    database_url: str, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], ends: int, says: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "test-secret-key-of-thirty-two-bytes")
    given = ["history", "--tickets", "60", "--days", "20", "--processes", "1", *more]
    done = CliRunner().invoke(cli.demo, given)
    assert (done.exit_code, says in done.output) == (ends, True), done.output
