"""The demo in a database: loaded once, its stories where it says they are."""

import pytest
from sqlalchemy import Engine, func, select

from reporter.db import make_engine, session_for
from reporter.demo.load import Loaded, load, steps_of
from reporter.models.areas import Area, AreaShape, Compound, Department, Seat, Station
from reporter.models.people import Account, DemoHint, Person
from reporter.services.migrating import migrate
from tests.domain.calendars import beijing
from tests.service import Service

NOW = beijing("2026-10-03 09:00")
TWO_STREETS = ("420106015", "420102007")  # 南湖街道 and 西马街道: where the stories are told, and other limits


@pytest.fixture
def demo(empty_database_url: str) -> str:
    """A database with the streets of the stories."""
    engine = make_engine(empty_database_url)
    migrate(engine)
    with session_for(engine, writes=True) as session:
        load(session, NOW, lambda text: None, TWO_STREETS)
    engine.dispose()
    return empty_database_url


def counted(engine: Engine) -> dict[str, int]:
    with session_for(engine, writes=False) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Area, AreaShape, Seat, Person, Account, Department, Compound, Station, DemoHint)
        }


def test_the_demo_is_loaded_once_and_tells_its_stories(demo: str, tmp_path: object) -> None:
    engine = make_engine(demo)
    before = counted(engine)
    told: list[str] = []
    with session_for(engine, writes=True) as session:
        assert load(session, NOW, told.append) == Loaded(0, 0, 0, 0)
    assert told == []
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
    service.close()


def test_progress_is_told_as_often_as_it_says(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    migrate(engine)
    told: list[str] = []
    with session_for(engine, writes=True) as session:
        load(session, NOW, told.append, TWO_STREETS)
    engine.dispose()
    assert len(told) == steps_of(TWO_STREETS) == 8
    assert steps_of() == 22, "15 streets and one more, two districts, rules and accounts"


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("at", ["写入江岸区的岗位和人员", "账号"])
def test_a_load_that_breaks_off_leaves_nothing_and_may_be_done_again(empty_database_url: str, at: str) -> None:
    engine = make_engine(empty_database_url)
    migrate(engine)
    before = counted(engine)

    def until_there(text: str) -> None:
        if text == at:
            raise Interrupted

    with pytest.raises(Interrupted), session_for(engine, writes=True) as session:
        load(session, NOW, until_there, TWO_STREETS)
    assert counted(engine) == before
    with session_for(engine, writes=True) as session:
        assert load(session, NOW, lambda text: None, TWO_STREETS).stations == 1
    engine.dispose()


def test_what_the_service_numbers_itself_goes_on_behind_the_demo(demo: str) -> None:
    engine = make_engine(demo)
    with session_for(engine, writes=True) as session:
        for row in (
            Person(name="新来的", role="rider", created_at=NOW),
            Station(code="S", name="新驿站", community_id=1, lng=114.3, lat=30.5),
        ):
            session.add(row)
            session.flush()
    engine.dispose()
