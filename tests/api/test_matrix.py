"""Who gets what at every endpoint: each role, on a ticket (or area) of the own district and on one of another.

The table below says it cell by cell; an endpoint without a row fails the first test. What a table cannot say
(names, masks, what is about somebody) is in test_privacy.py.
"""

import io
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from reporter.models.messages import Message
from reporter.models.people import Account
from reporter.models.photos import Photo
from reporter.models.tickets import Ticket
from tests.service import Caller, Service, picture
from tests.whistles.callers import asking, blown
from tests.world import (
    AT_HOME,
    AT_XIMA_HOME,
    BUILDING,
    CENTRAL,
    CITY,
    GRID_A,
    GRID_B,
    HOME,
    JIANGAN,
    OTHER_BUILDING,
    XIMA_GRID,
    XIMA_HOME,
)

COVER = "BJ0123"  # goes to the 网格长, may be sent to a department
ABSENT = "WC2026090799999"
ABSENT_ID = "00000000-0000-4000-8000-000000000000"

CALLERS = {  # name in the table → demo user name
    "rider": "rider",  # reported the own ticket
    "resident": "resident",  # has nothing to do with either
    "neighbourhood": f"seat:{HOME}",
    "building": f"seat:{BUILDING}",
    "grid": f"seat:{GRID_A}",
    "deputy": "deputy-a",  # of the grid
    "community": f"seat:{CENTRAL}",
    "street": "street",
    "other_building": f"seat:{OTHER_BUILDING}",
    "other_grid": f"seat:{GRID_B}",
    "foreign_grid": f"seat:{XIMA_GRID}",  # where the foreign ticket lies
    "water": "department",  # holds the own ticket
    "power": "power",  # never held one
    "district": "district",
    "foreign_district": f"seat:{JIANGAN}",
    "city": f"seat:{CITY}",
    "auditor": "auditor",
    "admin": "admin",
    "reviewer": "reviewer",
    "integrator": "integrator",
}


def names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


EVERYBODY = frozenset(CALLERS)
LEADS = names("neighbourhood building grid deputy community street other_building other_grid foreign_grid")
ABOVE = names("district foreign_district city")
DEPARTMENTS = names("water power")
ONLOOKERS = names("auditor admin reviewer")  # never change anything
SUBMITTERS = LEADS | {"rider", "resident", "integrator"}
HANDLERS = LEADS | DEPARTMENTS | ABOVE
RATERS = LEADS | {"rider", "resident"}
SEES = {
    "own": names("rider neighbourhood building grid deputy community street water district city auditor"),
    "foreign": names("foreign_grid foreign_district city"),
}
CALLS_BACK = names("grid deputy community street foreign_grid district foreign_district city auditor")
NO_FIGURES = names("rider resident admin reviewer integrator")
ASKS_ABOUT = {  # whose area holds the grid that is asked about; a department may name any area
    "own": names("grid deputy community street district city auditor water power"),
    "foreign": names("foreign_grid foreign_district city water power"),
}

SEES_WHISTLES = {  # of the grid and wider; both departments of the own one were called
    "own": names("grid deputy community street water power district city auditor"),
    "foreign": names("foreign_grid foreign_district city"),
}
BLOWS = {"own": names("community street district city"), "foreign": names("foreign_district city")}
WITHOUT_WHISTLES = names("rider resident admin reviewer integrator")

Answers = Mapping[int, frozenset[str]]  # status → who gets it


@dataclass(frozen=True)
class Target:
    """What the two places have for a call to aim at; ``absent`` has the same and none of it exists."""

    number: str
    whistle: str
    ended: str
    photo: str
    message: int
    area: str
    point: tuple[float, float]
    revisit: int
    voice: int


@dataclass(frozen=True)
class Row:
    """One endpoint. Who is in neither set gets ``rest``; strangers 401, or as everybody if ``public``."""

    rule: str
    own: Answers = field(default_factory=dict)
    foreign: Answers = field(default_factory=dict)
    rest: int = 200
    public: bool = False
    ask: Callable[[Target], dict[str, Any]] = lambda target: {}

    @property
    def method(self) -> str:
        return self.rule.split()[0]

    def path(self, target: Target) -> str:
        path = self.rule.split()[1]
        values = {
            "number": target.ended if path.endswith("/join") else target.number,
            "whistle_number": target.whistle,
            "photo_id": target.photo,
            "message_id": str(target.message),
            "revisit_id": str(target.revisit),
            "code": target.area,
            "voice_id": str(target.voice),
            "proposal_id": "1",  # nobody has proposed anything
        }
        return re.sub(r"<.*?:(\w+)>", lambda found: values[found[1]], path)

    def expected(self, place: str) -> dict[str, int]:
        answers = {"own": self.own, "foreign": self.foreign}[place]
        strangers = dict.fromkeys(("nobody", "bad token"), self.rest if self.public else 401)
        given = {caller: status for status, callers in answers.items() for caller in callers}
        return strangers | dict.fromkeys(EVERYBODY, self.rest) | given


def body(**given: Any) -> Callable[[Target], dict[str, Any]]:
    return lambda target: {"json": given}


def at_point(target: Target) -> dict[str, Any]:
    return {"query_string": {"lng": target.point[0], "lat": target.point[1], "coord_type": "wgs84"}}


def in_area(**more: Any) -> Callable[[Target], dict[str, Any]]:
    return lambda target: {"query_string": {"area": target.area, **more}}


def a_report(target: Target) -> dict[str, Any]:
    where = {"lng": target.point[0], "lat": target.point[1], "coord_type": "wgs84"}
    return {"json": {"client_request_id": str(uuid.uuid4()), "location": where, "category": COVER}}


def a_voice(target: Target) -> dict[str, Any]:
    return {"json": {"client_request_id": str(uuid.uuid4()), "kind": "thanks", "text": "辛苦了"}}


def a_photo(target: Target) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(picture()), "a.jpg", "image/jpeg")}}


def same(**answers: frozenset[str]) -> dict[str, Answers]:
    """The place makes no difference: ``same(s201=SUBMITTERS)``."""
    table = {int(status.removeprefix("s")): callers for status, callers in answers.items()}
    return {"own": table, "foreign": table}


def seen(status: int) -> dict[str, Answers]:
    """Everybody who sees the ticket gets ``status``."""
    return {place: {status: callers} for place, callers in SEES.items()}


# who sees the revisit of a bad rating: the visitor and those above, and the rater; the 邻里长 handled it
VISITORS = {
    "own": names("building grid deputy community street district city auditor"),
    "foreign": names("foreign_grid foreign_district city"),
}
VISITED: dict[str, Answers] = {"own": {200: VISITORS["own"] | {"rider"}}, "foreign": {200: VISITORS["foreign"]}}


def a_whistle(target: Target) -> dict[str, Any]:
    where = {"lng": target.point[0], "lat": target.point[1], "coord_type": "wgs84"}
    return {"json": asking(location=where)}


def seen_whistle(status: int) -> dict[str, Answers]:
    """Everybody who sees the whistle gets ``status``."""
    return {place: {status: callers} for place, callers in SEES_WHISTLES.items()}


FIGURES: dict[str, Answers] = {place: {200: callers, 403: NO_FIGURES} for place, callers in ASKS_ABOUT.items()}

TABLE = [
    # pages and what anybody may ask
    Row("GET /", public=True),
    Row("GET /desk", public=True),
    Row("GET /dashboard", public=True),
    Row("GET /api/docs", public=True),
    Row("GET /api/v1/openapi.json", public=True),
    Row("GET /healthz", public=True),
    Row("GET /readyz", public=True),
    Row("GET /metrics", public=True),
    Row("GET /api/v1/categories", public=True),
    Row("POST /api/v1/categories/suggest", ask=body(text="路灯不亮")),
    Row("GET /api/v1/lifecycle", public=True),
    Row("GET /api/v1/areas/locate", public=True, ask=at_point),
    Row("GET /api/v1/areas/stations", ask=at_point),
    # logging in and out; nobody listens where WeChat should be
    Row("POST /api/v1/sessions/wechat", rest=503, public=True, ask=body(code="c")),
    Row("POST /api/v1/sessions/password", rest=422, public=True, ask=body(username="street", password="")),
    Row("POST /api/v1/sessions/demo", public=True, ask=body(username="resident2")),
    Row("GET /api/v1/sessions/demo", public=True),
    Row("DELETE /api/v1/sessions/current", rest=204),
    Row("GET /api/v1/me"),
    Row("GET /api/v1/me/csrf"),
    # reporting
    Row("POST /api/v1/reports", **same(s201=SUBMITTERS), rest=403, ask=a_report),
    Row("GET /api/v1/reports"),
    Row(
        "POST /api/v1/reports/<string:number>/photos",
        own={422: names("rider"), 403: SEES["own"] - {"rider"}},  # the rider's photo does not exist
        foreign={403: SEES["foreign"]},
        rest=404,
        ask=body(photo_ids=[ABSENT_ID]),
    ),
    Row("POST /api/v1/photos", **same(s201=SUBMITTERS | HANDLERS), rest=403, ask=a_photo),
    Row("GET /api/v1/photos/<uuid:photo_id>", **seen(200), rest=404),
    Row("GET /api/v1/photos/<uuid:photo_id>/thumbnail", **seen(200), rest=404),
    # tickets
    Row("GET /api/v1/tickets"),
    Row("GET /api/v1/tickets/nearby", **same(s200=SUBMITTERS | HANDLERS), rest=403, ask=at_point),
    Row("GET /api/v1/tickets/<string:number>", **seen(200), rest=404),
    Row("GET /api/v1/tickets/<string:number>/events", **seen(200), rest=404),
    Row(
        "GET /api/v1/tickets/<string:number>/duplicates",
        own={200: SEES["own"] - {"rider"}, 403: names("rider")},
        foreign={200: SEES["foreign"]},
        rest=404,
    ),
    Row(  # too early for the one who may
        "POST /api/v1/tickets/<string:number>/confirmations",
        own={409: names("rider"), 403: (SEES["own"] - {"rider"}) | ONLOOKERS},
        foreign={403: SEES["foreign"] | ONLOOKERS},
        rest=404,
        ask=body(fixed=True),
    ),
    Row(  # a note is a step of everybody who sees the ticket and may take steps at all
        "POST /api/v1/tickets/<string:number>/steps",
        own={200: SEES["own"] - ONLOOKERS, 403: ONLOOKERS},
        foreign={200: SEES["foreign"], 403: ONLOOKERS},
        rest=404,
        ask=body(action="note", text="看过了"),
    ),
    Row(  # still open: too early for the one who may
        "POST /api/v1/tickets/<string:number>/rating",
        own={409: names("rider"), 403: (SEES["own"] - {"rider"}) | (EVERYBODY - RATERS)},
        foreign={403: SEES["foreign"] | (EVERYBODY - RATERS)},
        rest=404,
        ask=body(grade=5),
    ),
    Row(  # an ended one: whether it can be joined is no secret of an area
        "POST /api/v1/tickets/<string:number>/join", **same(s409=RATERS), rest=403
    ),
    Row(
        "POST /api/v1/tickets/<string:number>/reveal",
        own={200: SEES["own"] & CALLS_BACK, 403: SEES["own"] - CALLS_BACK},
        foreign={200: SEES["foreign"]},
        rest=404,
        ask=body(reason="回电核实"),
    ),
    Row(  # open, and nobody was charged: who may take steps at all is not the one who may ask
        "POST /api/v1/tickets/<string:number>/overdue-appeal",
        own={403: SEES["own"] | ONLOOKERS},
        foreign={403: SEES["foreign"] | ONLOOKERS},
        rest=404,
        ask=body(reason="设备到货晚"),
    ),
    Row(  # nobody has asked
        "POST /api/v1/tickets/<string:number>/overdue-appeal/review",
        own={409: names("street district city"), 403: (SEES["own"] - names("street district city")) | ONLOOKERS},
        foreign={409: names("foreign_district city"), 403: names("foreign_grid") | ONLOOKERS},
        rest=404,
        ask=body(upheld=True, note="属实"),
    ),
    Row("GET /api/v1/overdue-appeals", **same(s403=ONLOOKERS)),
    # routing
    Row("GET /api/v1/tickets/<string:number>/neighbours", **seen(200), rest=404),
    Row("POST /api/v1/routing/explain", ask=lambda target: {"json": {"location": at_point(target)["query_string"]}}),
    Row("GET /api/v1/routing/rules", **same(s200=ABOVE | {"auditor", "admin"}), rest=403),
    Row("GET /api/v1/routing/proposals", **same(s200=ABOVE | {"auditor", "admin"}), rest=403),
    Row(
        "POST /api/v1/routing/proposals/<int(max=9223372036854775807):proposal_id>/decision",
        **same(s404=ABOVE),
        rest=403,
        ask=body(accepted=True),
    ),
    # whistles; who may blow at all, but not here, is told that the place is not theirs
    Row(
        "POST /api/v1/whistles",
        own={201: BLOWS["own"], 403: EVERYBODY - names("community street district foreign_district city")},
        foreign={201: BLOWS["foreign"], 403: EVERYBODY - names("community street district foreign_district city")},
        rest=422,
        ask=a_whistle,
    ),
    Row("GET /api/v1/whistles", **same(s403=WITHOUT_WHISTLES)),
    Row("GET /api/v1/whistles/lifecycle", public=True),
    Row("GET /api/v1/whistles/figures", **FIGURES, rest=422, ask=in_area()),
    Row("GET /api/v1/whistles/<string:whistle_number>", **seen_whistle(200), rest=404),
    Row("GET /api/v1/whistles/<string:whistle_number>/events", **seen_whistle(200), rest=404),
    Row(
        "POST /api/v1/whistles/<string:whistle_number>/steps",
        own={200: SEES_WHISTLES["own"] - ONLOOKERS, 403: ONLOOKERS},
        foreign={200: SEES_WHISTLES["foreign"], 403: ONLOOKERS},
        rest=404,
        ask=body(action="note", text="看过了"),
    ),
    # the inbox
    Row("GET /api/v1/messages"),
    Row(
        "POST /api/v1/messages/<int(max=9223372036854775807):message_id>/read",
        own={200: names("rider")},
        rest=404,
    ),
    # ratings as they are read, and what follows bad ones
    Row("GET /api/v1/tickets/<string:number>/ratings", **seen(200), rest=404),
    Row("GET /api/v1/revisits"),
    Row("GET /api/v1/revisits/lifecycle", public=True),
    Row("GET /api/v1/revisits/figures", **FIGURES, rest=422, ask=in_area()),
    Row("GET /api/v1/revisits/<int(max=9223372036854775807):revisit_id>", **VISITED, rest=404),
    Row("GET /api/v1/revisits/<int(max=9223372036854775807):revisit_id>/events", **VISITED, rest=404),
    Row(
        "POST /api/v1/revisits/<int(max=9223372036854775807):revisit_id>/steps",
        own={  # the visitor has contacted the rater already
            409: names("building"),
            403: (VISITORS["own"] | ONLOOKERS | {"rider"}) - {"building"},
        },
        foreign={403: VISITORS["foreign"] | ONLOOKERS},
        rest=404,
        ask=body(action="contact", note="联系过了"),
    ),
    Row(
        "POST /api/v1/revisits/<int(max=9223372036854775807):revisit_id>/reveal",
        own={200: names("building"), 403: (VISITORS["own"] | {"rider"}) - {"building"}},
        foreign={403: VISITORS["foreign"]},
        rest=404,
        ask=body(reason="回访电话"),
    ),
    # 点赞 and 吐槽: the 网格长 hears what is said of a seat below
    Row("POST /api/v1/areas/<string:code>/voices", **same(s201=names("rider resident")), rest=403, ask=a_voice),
    Row("GET /api/v1/voices"),
    Row(
        "POST /api/v1/voices/<int(max=9223372036854775807):voice_id>/answer",
        own={409: names("grid deputy"), 403: names("rider community street district city")},  # answered already
        foreign={409: names("foreign_grid"), 403: names("foreign_district city")},
        rest=404,
        ask=body(text="谢谢"),
    ),
    # figures
    Row("GET /api/v1/dashboard/definitions", public=True),
    Row("GET /api/v1/dashboard/month", **FIGURES, rest=422, ask=in_area()),
    Row("GET /api/v1/dashboard/month.csv", **FIGURES, rest=422, ask=in_area()),
    Row("GET /api/v1/dashboard/summary", **FIGURES, rest=422, ask=in_area()),
    Row("GET /api/v1/dashboard/breakdown", **FIGURES, rest=422, ask=in_area(by="category")),
    # what a new calendar or limit would move: the district's desk and above, in their own area
    Row(
        "POST /api/v1/clocks/replay",
        own={200: names("district city"), 422: names("foreign_district")},
        foreign={200: names("foreign_district city"), 422: names("district")},
        rest=403,
        ask=lambda target: {"json": {"area": target.area}},
    ),
]
AIMED = [row for row in TABLE if "number>" in row.rule or "_id>" in row.rule]


@dataclass(frozen=True)
class Matrix:
    """The service with one ticket in each district, open, with a photo and a message to its submitter."""

    service: Service
    targets: dict[str, Target]
    callers: dict[str, Caller]

    def ask(self, row: Row, caller: Caller, target: Target) -> TestResponse:
        headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        return caller.client.open(row.path(target), method=row.method, headers=headers, **row.ask(target))

    def answers(self, row: Row, target: Target) -> dict[str, TestResponse]:
        """What each caller gets, all logged in before; for logging out they log in anew."""
        callers = _callers(self.service) if row.method == "DELETE" else self.callers
        return {name: self.ask(row, caller, target) for name, caller in callers.items()}


@pytest.fixture(scope="module")
def matrices(opened: Callable[[str], Service]) -> Callable[[str], Matrix]:
    made: dict[str, Matrix] = {}

    def of(kind: str) -> Matrix:
        if kind not in made:
            made[kind] = _matrix(opened(kind))
        return made[kind]

    return of


def _matrix(service: Service) -> Matrix:
    targets = {
        "own": _target(service, service.as_("rider"), AT_HOME, GRID_A, HOME, "street"),
        "foreign": _target(service, service.as_("rider2"), AT_XIMA_HOME, XIMA_GRID, XIMA_HOME, f"seat:{JIANGAN}"),
        "absent": Target(ABSENT, ABSENT, ABSENT, ABSENT_ID, 10**9, "420199", AT_HOME, 10**9, 10**9),
    }
    contacted = service.seat(BUILDING).post(
        f"/revisits/{targets['own'].revisit}/steps", {"action": "contact", "note": "联系过了"}
    )
    assert contacted.status_code == 200
    service.seat(GRID_A).did(targets["own"].number, "dispatch", to="department:water")
    service.work()
    return Matrix(service, targets, _callers(service))


def _callers(service: Service) -> dict[str, Caller]:
    strangers = {"nobody": service.nobody(), "bad token": Caller(service.app.test_client(), "bad", "")}
    return strangers | {name: service.as_(username) for name, username in CALLERS.items()}


def _target(
    service: Service, submitter: Caller, point: tuple[float, float], area: str, home: str, whistler: str
) -> Target:
    photo = submitter.photo()
    ended = submitter.report(point, category=COVER)["number"]
    submitter.did(ended, "withdraw")
    number = submitter.report(point, category=COVER, photo_ids=[photo])["number"]
    with service.house.works.open(writes=False) as uow:
        message = uow.session.scalar(
            select(Message.id)
            .join(Ticket, Ticket.id == Message.ticket_id)
            .join(Account, Account.person_id == Message.person_id)
            .where(Ticket.number == number, Account.username == submitter.username)
        )
        assert uow.session.get_one(Photo, photo).ticket_id is not None
    assert message is not None
    said = submitter.post(
        f"/areas/{home}/voices", {"client_request_id": str(uuid.uuid4()), "kind": "grumble", "text": "来得太慢"}
    )
    voice = int(said.json["id"])
    assert service.seat(area).post(f"/voices/{voice}/answer", {"text": "会改进"}).status_code == 200
    where = {"lng": point[0], "lat": point[1], "coord_type": "wgs84"}
    whistle = blown(service.as_(whistler), location=where)["number"]
    revisit = _revisit(service, submitter, point, home)
    return Target(number, whistle, ended, photo, message, area, point, revisit, voice)


def _revisit(service: Service, submitter: Caller, point: tuple[float, float], home: str) -> int:
    """What followed a bad rating of something that the 邻里长 closed."""
    lead = service.seat(home)
    lamp = submitter.report(point, category="LL0107", photo_ids=[submitter.photo()])["number"]
    lead.did(lamp, "solve", photo_ids=[lead.photo("white")])
    assert submitter.post(f"/tickets/{lamp}/rating", {"grade": 1}).status_code == 201
    return int(submitter.get("/revisits").json["items"][0]["id"])


def test_every_endpoint_has_its_row(opened: Callable[[str], Service]) -> None:
    offered = {
        f"{method} {rule.rule}"
        for rule in opened("spatialite").app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert offered == {row.rule for row in TABLE}
    assert len(TABLE) == len(offered)


@pytest.mark.parametrize("place", ["own", "foreign"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
def test_every_role_gets_what_the_table_says(
    matrices: Callable[[str], Matrix], database_kind: str, row: Row, place: str
) -> None:
    matrix = matrices(database_kind)
    found = {name: answer.status_code for name, answer in matrix.answers(row, matrix.targets[place]).items()}
    assert found == row.expected(place)


@pytest.mark.parametrize("place", ["own", "foreign"])
@pytest.mark.parametrize("row", AIMED, ids=lambda row: row.rule)
def test_what_is_hidden_looks_exactly_like_what_is_absent(
    matrices: Callable[[str], Matrix], database_kind: str, row: Row, place: str
) -> None:
    matrix = matrices(database_kind)
    hidden = {name for name, status in row.expected(place).items() if status == 404}
    there, absent = (matrix.answers(row, matrix.targets[which]) for which in (place, "absent"))
    assert {name: there[name].json for name in hidden} == {name: absent[name].json for name in hidden}
    assert {name: there[name].headers.get("ETag") for name in hidden} == dict.fromkeys(hidden)


@pytest.mark.parametrize("place", ["own", "foreign"])
def test_the_list_shows_exactly_what_the_single_ticket_shows(
    matrices: Callable[[str], Matrix], database_kind: str, place: str
) -> None:
    matrix = matrices(database_kind)
    listed = {
        name: [item["number"] for item in matrix.callers[name].get("/tickets", limit=200).json["items"]]
        for name in EVERYBODY
    }
    assert {name for name, numbers in listed.items() if matrix.targets[place].number in numbers} == SEES[place]


@pytest.mark.parametrize("place", ["own", "foreign"])
def test_the_list_shows_exactly_the_whistles_that_are_shown_alone(
    matrices: Callable[[str], Matrix], database_kind: str, place: str
) -> None:
    matrix = matrices(database_kind)
    listed = {
        name: [item["number"] for item in matrix.callers[name].get("/whistles", limit=200).json["items"]]
        for name in EVERYBODY - WITHOUT_WHISTLES
    }
    found = {name for name, numbers in listed.items() if matrix.targets[place].whistle in numbers}
    assert found == SEES_WHISTLES[place]


@pytest.mark.parametrize("rule", [row.rule for row in TABLE if row.own and row.rest != 422])
def test_a_refusal_says_no_more_than_its_code(matrices: Callable[[str], Matrix], database_kind: str, rule: str) -> None:
    matrix = matrices(database_kind)
    row = next(row for row in TABLE if row.rule == rule)
    answers = matrix.answers(row, matrix.targets["foreign"]).values()
    refused = [answer.json["error"] for answer in answers if answer.status_code in (401, 403, 404)]
    assert {error["code"] for error in refused} <= {"not_signed_in", "forbidden", "not_found"}
    assert refused
