"""How many statements an answer costs: as many for fifty rows as for five, and never more than are written here."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.databases import Databases
from tests.service import Caller, Service
from tests.services.inside import multiply
from tests.world import AT_HOME, CENTRAL, GRID_A, IN_GRID_A_ONLY

# Of each count two are the version of the rulebook (asked at most every few seconds in production) and who is
# calling, seats and all.


class Stage:
    """One ticket with its people, and sixty more like it."""

    def __init__(self, service: Service):
        self.service = service
        self.rider = service.as_("rider")
        self.street = service.as_("street")
        self.grid = service.seat(GRID_A)
        self.key = str(uuid.uuid4())
        self.photo = self.rider.photo()
        self.number = self.rider.report(
            IN_GRID_A_ONLY, category="BJ0123", key=self.key, photo_ids=[self.rider.photo("blue")]
        )["number"]
        self.other = self.rider.report(IN_GRID_A_ONLY, category="BJ0123", photo_ids=[self.rider.photo("green")])[
            "number"
        ]
        multiply(service, self.number, 60)

    def send(self, **given: Any) -> TestResponse:
        return self.rider.send(AT_HOME, category="LL0107", text="三楼灯不亮", **given)

    def board(self, by: str) -> TestResponse:
        return self.street.get("/dashboard/breakdown", by=by)


@pytest.fixture(scope="module")
def stages(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    """The stage of a kind of database, set when it is first asked for."""
    with ExitStack() as opened:
        made: dict[str, Stage] = {}

        def stage(kind: str) -> Stage:
            if kind not in made:
                url = opened.enter_context(databases.cloned(kind))
                service = Service(url, str(tmp_path_factory.mktemp("stage")))
                opened.callback(service.close)
                made[kind] = Stage(service)
            return made[kind]

        yield stage


def cost(service: Service, call: Callable[[], TestResponse]) -> int:
    with service.statements() as seen:
        answer = call()
    assert answer.status_code < 300, answer.text
    return len(seen)


@pytest.mark.parametrize(
    ("call", "most"),
    [
        pytest.param(
            lambda stage: stage.send(), {"postgis": 4, "spatialite": 13}, id="submit: one question, one write; or ten"
        ),
        pytest.param(
            lambda stage: stage.send(photo_ids=[stage.photo]), {"postgis": 6, "spatialite": 15}, id="submit with photos"
        ),
        pytest.param(
            lambda stage: stage.rider.send(IN_GRID_A_ONLY, category="BJ0123", key=stage.key), 8, id="submit again"
        ),
        pytest.param(
            lambda stage: stage.street.get(f"/tickets/{stage.number}"),
            6,
            id="one ticket, for staff: itself, words, hops, seats",
        ),
        pytest.param(lambda stage: stage.rider.get(f"/tickets/{stage.number}"), 6, id="one ticket, for its submitter"),
        pytest.param(lambda stage: stage.street.get(f"/tickets/{stage.number}/events"), 6, id="its events"),
        pytest.param(lambda stage: stage.grid.step(stage.other, "take"), 16, id="take: the scene before and after"),
        pytest.param(
            lambda stage: stage.grid.step(stage.number, "escalate", reason="太难"), 22, id="escalate: hop, clock, ticks"
        ),
        pytest.param(lambda stage: stage.rider.get("/reports", limit=50), 3, id="my reports"),
        pytest.param(lambda stage: stage.street.get("/tickets", limit=50), 3, id="list: the page"),
        pytest.param(lambda stage: stage.street.get("/tickets", limit=50, area=CENTRAL), 4, id="list of an area"),
        pytest.param(lambda stage: stage.grid.get("/tickets", limit=50, holder="me"), 3, id="what I hold"),
        pytest.param(lambda stage: stage.rider.get("/messages"), 4, id="inbox: the page and the count of unread"),
        pytest.param(
            lambda stage: stage.rider.get("/tickets/nearby", lng=AT_HOME[0], lat=AT_HOME[1], coord_type="wgs84"),
            3,
            id="nearby",
        ),
        pytest.param(
            lambda stage: stage.street.get("/dashboard/summary"), 5, id="summary: its area, the way down, the figures"
        ),
        pytest.param(lambda stage: stage.board("child"), 5, id="breakdown by child"),
        pytest.param(lambda stage: stage.board("category"), 4, id="breakdown by category"),
        pytest.param(lambda stage: stage.board("holder"), 5, id="breakdown by holder"),
        pytest.param(
            lambda stage: stage.street.get("/dashboard/month"), 14, id="month: figures, children, what they rest on"
        ),
        pytest.param(lambda stage: stage.board("day"), 4, id="breakdown by day: thirty days in one"),
    ],
)
def test_an_answer_costs_at_most(
    stages: Callable[[str], Stage],
    database_kind: str,
    call: Callable[[Stage], TestResponse],
    most: int | dict[str, int],
) -> None:
    stage = stages(database_kind)
    limit = most[database_kind] if isinstance(most, dict) else most
    assert cost(stage.service, lambda: call(stage)) <= limit


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("street", "/tickets"),
        ("rider", "/reports"),
        ("rider", "/messages"),
    ],
)
def test_fifty_rows_cost_as_many_statements_as_five(
    stages: Callable[[str], Stage], database_kind: str, who: str, path: str
) -> None:
    service = stages(database_kind).service
    caller: Caller = service.as_(who)
    few, many = (cost(service, lambda limit=limit: caller.get(path, limit=limit)) for limit in (5, 50))  # type: ignore[misc]
    assert few == many
