"""The questions asked all day are answered from indexes, with ten thousand tickets and five thousand areas."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from reporter.db import session_for
from reporter.models.clocks import Clock
from reporter.models.leases import Leased
from reporter.models.messages import Message
from reporter.models.photos import Photo
from reporter.queries import leases
from reporter.services.messages import LEASE
from tests.databases import Databases
from tests.queries.crowd import Recorder, fill
from tests.service import Service
from tests.world import AT_HOME, CENTRAL, GRID_B, HOME, NANHU, NEAR_GRID_B

BIG = frozenset(
    {
        "area",
        "area_shape",
        "clock",
        "event",
        "hop",
        "message",
        "photo",
        "open_point",
        "report",
        "ticket",
        "ticket_point",
    }
)


class Crowd:
    """A filled district with the people who ask."""

    def __init__(self, service: Service):
        self.service = service
        self.rider = service.as_("rider")
        self.resident = service.as_("resident2")
        self.street = service.as_("street")
        self.grid = service.seat(GRID_B)
        self.home = service.seat(HOME)
        self.water = service.as_("department")

    def submit(self) -> Any:
        return self.rider.send(AT_HOME, category="LL0107", key=str(uuid.uuid4()))

    def submit_outside(self) -> Any:
        return self.rider.send(NEAR_GRID_B, category="BJ0305", key=str(uuid.uuid4()))

    def summary(self) -> Any:
        return self.street.get("/dashboard/summary", **{"from": "2026-09-01", "to": "2026-09-07"})

    def one_of_mine(self) -> Any:
        return self.home.get(f"/tickets/{self.submit().json['number']}")  # a copy's number is no path

    def claim(self, table: type[Leased]) -> None:
        with session_for(self.service.engine, writes=True) as session:
            leases.claim(session, table, self.service.clock(), LEASE, 20)


@pytest.fixture(scope="module")
def crowds(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Crowd]]:
    """The crowd of a kind of database, filled when it is first asked for; the tests only read."""
    with ExitStack() as opened:
        made: dict[str, Crowd] = {}

        def crowd(kind: str) -> Crowd:
            if kind not in made:
                folder: Path = tmp_path_factory.mktemp("crowd")
                service = Service(opened.enter_context(databases.cloned(kind)), str(folder))
                opened.callback(service.close)
                fill(service)
                made[kind] = Crowd(service)
            return made[kind]

        yield crowd


def scanned(plan: str) -> set[str]:
    """The big tables that a plan reads from end to end."""
    whole = re.findall(r"Seq Scan on (\w+)", plan) + re.findall(r"^SCAN (\w+)(?! VIRTUAL)\b", plan, re.MULTILINE)
    return set(whole) & BIG


@pytest.mark.parametrize(
    ("ask", "fragment", "indexes"),
    [
        pytest.param(
            Crowd.submit,
            "AS received_before",
            {
                "postgis": [
                    "ix_area_shape_fine_geom",
                    "uq_report_key",
                    "pk_seat",
                    "pk_area",
                    "idx_open_point_geom",
                ],
                "spatialite": [
                    "idx_area_shape_geom VIRTUAL",
                    "area_shape USING INTEGER PRIMARY KEY (rowid=?)",
                    "(submitter_id=? AND client_request_id=?)",
                    "(submitter_id=? AND external_no=?)",
                    "SEARCH seat USING INTEGER PRIMARY KEY",
                    "SEARCH area USING INTEGER PRIMARY KEY",
                    "idx_open_point_geom VIRTUAL",
                ],
            },
            id="what surrounds a new report: areas, seats, its key, what is open nearby",
        ),
        pytest.param(
            Crowd.submit_outside,
            "AS metres",
            {"postgis": ["ix_area_shape_fine_geom"], "spatialite": ["idx_area_shape_geom VIRTUAL"]},
            id="which grids are near a point",
        ),
        pytest.param(
            lambda crowd: crowd.rider.get("/tickets/nearby", lng=AT_HOME[0], lat=AT_HOME[1], coord_type="wgs84"),
            "FROM close JOIN ticket",
            {"postgis": ["idx_open_point_geom"], "spatialite": ["idx_open_point_geom VIRTUAL"]},
            id="what is open near a point",
        ),
        pytest.param(
            Crowd.submit,
            "login_session.token_hash =",
            {
                "postgis": ["pk_login_session", "ix_seat_holder_id", "ix_seat_deputy_id"],
                "spatialite": ["ix_seat_holder_id (holder_id=?)", "ix_seat_deputy_id (deputy_id=?)"],
            },
            id="who is behind a token, with the seats",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets/WC2026090700001"),
            "ticket.number =",
            {"postgis": ["uq_ticket_number"], "spatialite": ["(number=?)"]},
            id="the ticket of a number",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets", area=NANHU),
            "LIMIT",
            {"postgis": ["Scan Backward using ix_ticket_street"], "spatialite": ["ix_ticket_street (street_id=?)"]},
            id="newest of a street",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets", area=CENTRAL),
            "LIMIT",
            {
                "postgis": ["Scan Backward using ix_ticket_community"],
                "spatialite": ["ix_ticket_community (community_id=?)"],
            },
            id="newest of a community",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets", area=GRID_B),
            "LIMIT",
            {"postgis": ["Scan Backward using ix_ticket_grid"], "spatialite": ["ix_ticket_grid (grid_id=?)"]},
            id="newest of a grid",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets"),
            "LIMIT",
            {
                "postgis": ["Scan Backward using ix_ticket_street", "ix_hop_elsewhere_area", "pk_ticket"],
                "spatialite": ["ix_ticket_street (street_id=?)", "ix_hop_elsewhere_area (area_id=?)"],
            },
            id="newest of all I may see",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets", sort="due_at"),
            "LIMIT",
            {
                "postgis": ["ix_ticket_street_waiting"],
                "spatialite": ["ix_ticket_street_waiting (street_id=? AND due_at>?)", "ix_ticket_street (street_id=?)"],
            },
            id="all I may see, by deadline",
        ),
        pytest.param(
            lambda crowd: crowd.street.get("/tickets", holder="me", sort="due_at"),
            "LIMIT",
            {"postgis": ["ix_ticket_holder_area"], "spatialite": ["ix_ticket_holder_area (holder_area_id=?)"]},
            id="what I hold, by deadline",
        ),
        pytest.param(
            lambda crowd: crowd.water.get("/tickets"),
            "LIMIT",
            {
                "postgis": ["ix_ticket_department"],
                "spatialite": [
                    "ix_ticket_department (department_id=?)",
                    "ix_hop_elsewhere_department (department_id=?)",
                ],
            },
            id="what a department holds or held",
        ),
        pytest.param(
            lambda crowd: crowd.water.get("/tickets", status="open"),
            "LIMIT",
            {
                "postgis": ["ix_ticket_department_unsettled"],
                "spatialite": ["ix_ticket_department_unsettled (department_id=?)"],
            },
            id="what a department has open",
        ),
        pytest.param(
            lambda crowd: crowd.resident.get("/reports"),
            "LIMIT",
            {"postgis": ["on report", "pk_ticket"], "spatialite": ["ix_report_submitter (submitter_id=?)"]},
            id="my reports",
        ),
        pytest.param(
            lambda crowd: crowd.rider.get("/messages"),
            "ORDER BY message.id",
            {"postgis": ["ix_message_inbox"], "spatialite": ["ix_message_inbox (person_id=?)"]},
            id="inbox",
        ),
        pytest.param(
            lambda crowd: crowd.rider.get("/messages"),
            "SELECT count(*)",
            {"postgis": ["ix_message_inbox"], "spatialite": ["ix_message_unread (person_id=?)"]},
            id="unread",
        ),
        pytest.param(
            Crowd.summary,
            "AS received,",
            {
                "postgis": ["ix_ticket_street_unsettled"],
                "spatialite": [
                    "figure_day_1 (area_id=? AND day>? AND day<?)",
                    "ix_ticket_street_unsettled (street_id=? AND received_at>? AND received_at<?)",
                ],
            },
            id="figures of a week",
        ),
        pytest.param(
            Crowd.one_of_mine,
            "near AS MATERIALIZED",
            {"postgis": ["idx_ticket_point_geom"], "spatialite": ["idx_ticket_point_geom VIRTUAL"]},
            id="how often something alike happened where a ticket lies, with its hops",
        ),
        pytest.param(
            lambda crowd: crowd.claim(Message),
            "SELECT message.id",
            {"postgis": ["ix_message_run_at"], "spatialite": ["ix_message_run_at (run_at>? AND run_at<?)"]},
            id="messages that wait",
        ),
        pytest.param(
            lambda crowd: crowd.claim(Clock),
            "SELECT clock.ticket_id",
            {"postgis": ["ix_clock_run_at"], "spatialite": ["ix_clock_run_at (run_at>? AND run_at<?)"]},
            id="clocks that are due",
        ),
        pytest.param(
            lambda crowd: crowd.claim(Photo),
            "SELECT photo.id",
            {"postgis": ["ix_photo_run_at"], "spatialite": ["ix_photo_run_at (run_at>? AND run_at<?)"]},
            id="photos that wait",
        ),
    ],
)  # fmt: skip
def test_answered_from_an_index(
    crowds: Callable[[str], Crowd],
    database_kind: str,
    ask: Callable[[Crowd], Any],
    fragment: str,
    indexes: dict[str, list[str]],
) -> None:
    crowd = crowds(database_kind)
    with Recorder(crowd.service) as recorder:
        ask(crowd)
    plan = recorder.plan_of(fragment)
    missing = [index for index in indexes[database_kind] if index not in plan]
    assert (missing, scanned(plan)) == ([], set()), plan
