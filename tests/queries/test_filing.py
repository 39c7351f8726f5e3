"""A ticket written in one statement and a ticket written table by table are the same ticket."""

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reporter.db import session_for
from reporter.models.clocks import Clock, ClockTick
from reporter.models.counters import TicketCounter
from reporter.models.messages import Message
from reporter.models.points import TicketPoint
from reporter.models.tickets import Event, Hop, Report, Ticket
from reporter.queries import filing
from reporter.queries.filing import Filing, Series
from reporter.queries.spatial import in_box, number
from tests.databases import Databases
from tests.service import Service, beijing
from tests.services.inside import count, rows

AT = beijing("2026-10-03 21:40")
TABLES: tuple[type[Any], ...] = (Ticket, Report, Hop, Clock, ClockTick, Event, Message)


def a_filing(key: str, prefix: str = "WC", **changes: Any) -> Filing:
    """Two hops, two clocks, words that need quoting, and nothing said of what has a default."""
    ticket = Ticket(
        status="dispatched",
        category_id=1,
        category_code="X",
        condition_id=1,
        severity=4,
        source="rider",
        area_id=5,
        city_id=1,
        district_id=2,
        street_id=3,
        community_id=4,
        grid_id=5,
        lng=114.30075,
        lat=30.48151,
        place_flags=["snapped"],
        accountable_area_id=5,
        holder_area_id=5,
        holder_level="grid",
        received_at=AT,
        due_at=AT,
        last_event=1,
        **changes,
    )
    hop = {"area_id": 5, "level": "grid", "person_id": 1, "via": "filed", "started_at": AT}
    why = [{"code": "accountable", "title": "网格长", "area": "甲\"'\\网格"}]
    clock = {"hop_seq": 2, "limit_value": 2, "limit_unit": "urgent_hour", "workday_mode": "rolling", "source": "R"}
    return Filing(
        series=Series(prefix, date(2026, 10, 3), 5),
        ticket=ticket,
        report=Report(
            submitter_id=1,
            client_request_id=key,
            source="rider",
            text="井盖不见了 %s %(x)s 100% \"'\\ 🕳\n第二行",
            raw_lng=114.3,
            raw_lat=30.4,
            datum="wgs84",
            received_at=AT,
        ),
        hops=[Hop(seq=1, reasons=why, ended_at=AT, **hop), Hop(seq=2, reasons=[], **hop)],
        clocks=[
            Clock(seq=seq, kind=kind, calendar_version="calendar:1", started_at=AT, due_at=AT, run_at=AT, **clock)
            for seq, kind in ((1, "response"), (2, "resolve"))
        ],
        ticks=[ClockTick(clock_seq=seq, seq=1, tick="started", at=AT) for seq in (1, 2)],
        event=Event(seq=1, kind="filed", at=AT, actor_id=1, status="dispatched", data={"category": "X", "说": "好"}),
        messages=[
            {"person_id": person, "text": "{number}", "data": {"holder": "网格长"}, "created_at": AT, "run_at": AT}
            for person in (1, 2)
        ],
    )


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All columns of all rows, but for keys that the database counts."""
    found = {}
    for table in TABLES:
        columns = [attribute.key for attribute in inspect(table).column_attrs]
        order = inspect(table).primary_key
        found[table.__tablename__] = [
            {name: getattr(row, name) for name in columns if name != "id"}
            for row in session.scalars(select(table).order_by(*order))
        ]
    return found


def test_both_bodies_write_the_same_rows(databases: Databases) -> None:
    written: dict[str, Any] = {}
    for kind in ("spatialite", "postgis"):
        with databases.cloned(kind) as url:
            service = Service(url, "unused")
            with session_for(service.engine, writes=True) as session:
                for key in ("first", "second"):
                    filing.write(session, a_filing(key))
            with session_for(service.engine, writes=False) as session:
                written[kind] = everything(session)
            service.close()
    assert written["spatialite"] == written["postgis"]
    assert [row["number"] for row in written["postgis"]["ticket"]] == ["WC2026100300001", "WC2026100300002"]
    assert {name: len(found) for name, found in written["postgis"].items()} == {
        "ticket": 2,
        "report": 2,
        "hop": 4,
        "clock": 4,
        "clock_tick": 4,
        "event": 2,
        "message": 4,
    }


def test_what_is_in_memory_afterwards_is_what_was_written(engine: Engine) -> None:
    made = a_filing("key")
    with session_for(engine, writes=True) as session:
        filing.write(session, made)
    with session_for(engine, writes=False) as session:
        for mine in (made.ticket, made.report, *made.hops, *made.clocks, *made.ticks, made.event):
            key = tuple(getattr(mine, column.name) for column in inspect(type(mine)).primary_key)
            stored = session.get_one(type(mine), key)
            for attribute in inspect(type(mine)).column_attrs:
                assert getattr(mine, attribute.key) == getattr(stored, attribute.key), attribute


def test_the_point_is_found_by_its_index(service: Service) -> None:
    with session_for(service.engine, writes=True) as session:
        filing.write(session, a_filing("key"))
    box = map(number, (114.3007, 30.4815, 114.3008, 30.4816))
    assert rows(service, select(TicketPoint.ticket_id).where(in_box(TicketPoint.geom, *box))) == [1]


@pytest.mark.parametrize(
    ("last", "number"),
    [
        (0, "WC2026100300001"),
        (99_998, "WC2026100399999"),  # the last with five digits
        (99_999, "WC20261003100000"),  # grows, and is never cut
        (1_234_566, "WC202610031234567"),
    ],
)
def test_a_number_grows_past_its_digits(engine: Engine, last: int, number: str) -> None:
    with session_for(engine, writes=True) as session:
        session.add(TicketCounter(prefix="WC", day=date(2026, 10, 3), last=last))
    made = a_filing("key")
    with session_for(engine, writes=True) as session:
        filing.write(session, made)
    assert made.ticket.number == number


def test_each_prefix_counts_for_itself(engine: Engine) -> None:
    made = [a_filing(str(uuid.uuid4()), prefix) for prefix in ("WC", "JA", "WC")]
    with session_for(engine, writes=True) as session:
        for one in made:
            filing.write(session, one)
    assert [one.ticket.number for one in made] == ["WC2026100300001", "JA2026100300001", "WC2026100300002"]


def test_a_used_key_leaves_nothing_behind(service: Service) -> None:
    with session_for(service.engine, writes=True) as session:
        filing.write(session, a_filing("key"))
    before = {table: count(service, table) for table in (*TABLES, TicketPoint)}
    with pytest.raises(IntegrityError), session_for(service.engine, writes=True) as session:
        filing.write(session, a_filing("key"))
    assert {table: count(service, table) for table in (*TABLES, TicketPoint)} == before
    assert rows(service, select(TicketCounter.last)) == [1], "the number is given to the next one"
