"""The figures by hand are the dashboard's figures."""

from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from reporter.models.areas import Area
from reporter.queries import figures
from reporter.queries.figures import Period
from tests.bench import raw_sql
from tests.bench.raw_sql import Raw
from tests.service import Service
from tests.world import AT_HOME, GRID_A, HOME, IN_GRID_A_ONLY, WUCHANG

MONTH = Period(
    datetime(2026, 8, 31, 16, tzinfo=UTC),
    datetime(2026, 9, 30, 16, tzinfo=UTC),
    date(2026, 9, 1),
    date(2026, 9, 30),
)


@pytest.fixture
def busy(service: Service) -> Service:
    """One ticket in hand, one late, one withdrawn, one closed and rated."""
    rider, grid, home = service.as_("rider"), service.seat(GRID_A), service.seat(HOME)
    taken, _late = (rider.report(IN_GRID_A_ONLY, category="BJ0305")["number"] for _ in range(2))
    grid.did(taken, "take")
    rider.did(rider.report(AT_HOME, category="LL0107")["number"], "withdraw")
    closed = rider.report(AT_HOME, category="LL0107", photo_ids=[rider.photo("black")])["number"]
    home.did(closed, "take")
    assert home.did(closed, "solve", photo_ids=[home.photo("white")])["status"] == "closed"
    assert rider.post(f"/tickets/{closed}/rating", {"grade": 2}).status_code == 201
    service.at("2026-09-20 09:00").work()
    return service


def test_both_count_the_same(busy: Service, database_kind: str) -> None:
    with busy.house.works.open(writes=False) as uow:
        district = uow.session.scalars(select(Area).where(Area.code == WUCHANG)).one()
    viewer = busy.as_("district")
    answer = viewer.get("/dashboard/summary", **{"from": "2026-09-01", "to": "2026-09-30"}).json
    given = {"area": district.id, "start": MONTH.start, "end": MONTH.end, "now": busy.clock()}
    with closing(Raw(database_kind, busy.settings.database_url)) as raw:
        counted = {
            figure: value
            for statement, order in raw_sql.scans(database_kind, "district")
            for figure, value in zip(order, *raw.rows(statement, **given), strict=True)
        }

    assert {figure.value: value for figure, value in counted.items()} == {
        name: shown["value"] for name, shown in answer["counts"].items()
    }
    assert set(counted) == set(figures.Figure) and sum(counted.values()) > 10


@pytest.mark.parametrize(
    ("by", "columns"),
    [
        ("", ()),
        ("child", ("street_id",)),
        ("holder", ("holder_area_id", "holder_department_id")),
        ("day", ("date(received_at, '+8 hours')",)),
    ],
)
def test_a_breakdown_is_by_these_columns(by: str, columns: tuple[str, ...]) -> None:
    assert raw_sql.group_by("spatialite", "district", by, "received_at") == columns
