"""The demo in a database: loaded once, its stories where it says they are."""

import pytest
from sqlalchemy import Engine, func, select

from reporter.db import make_engine, session_for
from reporter.demo.load import DEMO_STREETS, load
from reporter.models.areas import Area, Department, Seat
from reporter.models.people import Account, Person
from reporter.services.migrating import migrate
from tests.domain.calendars import beijing
from tests.service import Service

NOW = beijing("2026-10-03 09:00")


@pytest.fixture
def demo(empty_database_url: str) -> str:
    """A database with the whole demo."""
    engine = make_engine(empty_database_url)
    migrate(engine)
    with session_for(engine, writes=True) as session:
        load(session, NOW, lambda text: None)
    engine.dispose()
    return empty_database_url


def counted(engine: Engine) -> dict[str, int]:
    with session_for(engine, writes=False) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Area, Seat, Person, Account, Department)
        }


def test_the_demo_is_loaded_once_and_tells_its_stories(demo: str, tmp_path: object) -> None:
    engine = make_engine(demo)
    before = counted(engine)
    with session_for(engine, writes=True) as session:
        assert load(session, NOW, lambda text: None).areas == 0
    assert counted(engine) == before, "a second time adds nothing"
    engine.dispose()

    service = Service(demo, str(tmp_path))
    service.at("2026-10-03 21:40")
    accounts = service.nobody().get("/sessions/demo").json
    assert {row["username"] for row in accounts} >= {"rider", "resident", "street", "district", "department", "admin"}
    rider = service.as_("rider")
    gate = (114.32436, 30.48978)
    cover = rider.report(gate, category="BJ0123")
    lamp = rider.report(gate, category="LL0107")
    assert cover["area_code"].startswith("420106015002"), "大华公园世家 lies in 中央花园社区"
    assert [hop["holder"]["level"] for hop in lamp["hops"]] == ["grid", "building", "neighbourhood"]
    assert cover["synthetic"]
    vacant = next(row["username"] for row in accounts if "seat_vacant" in row["what_to_try"])
    refused = service.nobody().post("/sessions/demo", {"username": vacant})
    assert (refused.status_code, refused.json["error"]["code"]) == (404, "seat_vacant")
    westward = rider.report((114.2830, 30.6024), category="LL0107")
    assert (westward["number"][:2], westward["chain"][2]["area_name"]) == ("JA", "西马街道")
    assert {code[:6] for code in DEMO_STREETS} == {"420106", "420102"}
    service.close()
