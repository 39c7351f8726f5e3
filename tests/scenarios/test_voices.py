"""点赞/吐槽: straight to the 网格长, never to whom a grumble is about, answered once, and the answer is sent back."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.messages import Message
from reporter.models.voices import Voice
from tests.api.test_bad_input import SURROGATE, post, refused
from tests.service import Caller, Service
from tests.services.inside import count, one
from tests.world import BUILDING, CENTRAL, CITY, DESERTED, GRID_A, GRID_B, HOME, NANHU, WUCHANG


def say(caller: Caller, code: str, kind: str = "grumble", *, key: str | None = None, **more: Any) -> dict[str, Any]:
    answer = caller.post(
        f"/areas/{code}/voices",
        {"client_request_id": key or str(uuid.uuid4()), "kind": kind, "text": "来得太慢，13812345678", **more},
    )
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json)


def heard(caller: Caller) -> list[int]:
    return [item["id"] for item in caller.get("/voices").json["items"]]


def test_a_grumble_about_a_neighbour_lead_goes_to_the_grid_lead(service: Service) -> None:
    resident, home, grid = service.as_("resident"), service.seat(HOME), service.seat(GRID_A)
    voice = say(resident, HOME)
    assert (voice["author"], voice["text"], voice["may_answer"]) == ("欧阳居民", "来得太慢，13812345678", False)
    service.work()
    assert grid.told()[-1] == "1栋1单元收到一条吐槽，请查看"
    (item,) = grid.get("/voices").json["items"]
    assert (item["author"], item["text"], item["may_answer"]) == ("欧阳*", "来得太慢，138****5678", True)
    assert [heard(caller) for caller in (home, service.seat(BUILDING), service.seat(GRID_B))] == [[], [], []]
    assert [heard(service.seat(code)) for code in (CENTRAL, NANHU, WUCHANG)] == [[voice["id"]]] * 3

    path = f"/voices/{voice['id']}/answer"
    assert service.seat(CENTRAL).post(path, {"text": "x"}).status_code == 403
    assert home.post(path, {"text": "x"}).status_code == 404
    assert grid.post(path, {"text": "已提醒他"}).json["answer"] == "已提醒他"
    twice = grid.post(path, {"text": "再说一次"})
    assert (twice.status_code, twice.json["error"]["code"]) == (409, "voice_already_answered")
    service.work()
    assert resident.told() == ["您对1栋1单元的吐槽有了答复"]
    (mine,) = resident.get("/voices").json["items"]
    assert (mine["answer"], mine["own"]) == ("已提醒他", True)
    message = resident.get("/messages").json["items"][0]
    assert message["ticket"] is None
    assert resident.post(f"/messages/{message['id']}/read").status_code == 200


def test_thanks_reach_whom_they_are_about_without_a_name(service: Service) -> None:
    voice = say(service.as_("resident"), HOME, "thanks")
    (item,) = service.seat(HOME).get("/voices").json["items"]
    assert (item["id"], item["author"], item["may_answer"]) == (voice["id"], None, False)


def test_the_anonymous_have_no_name_for_anybody(service: Service) -> None:
    say(service.as_("resident"), HOME, anonymous=True)
    assert [item["author"] for item in service.seat(GRID_A).get("/voices").json["items"]] == [None]


@pytest.mark.parametrize(
    ("about", "hears"),
    [
        (BUILDING, GRID_A),
        (DESERTED, GRID_B),  # nobody sits there: the place is spoken about all the same
        (GRID_A, CENTRAL),  # never the 网格长 himself
        (CENTRAL, NANHU),
        (NANHU, WUCHANG),
    ],
)
def test_who_hears(service: Service, about: str, hears: str) -> None:
    voice = say(service.as_("rider"), about)
    assert heard(service.seat(hears)) == [voice["id"]]
    if about != DESERTED:
        assert heard(service.seat(about)) == []


def test_the_same_key_says_it_once(service: Service) -> None:
    rider, key = service.as_("rider"), str(uuid.uuid4())
    first, second = say(rider, HOME, key=key), say(rider, GRID_B, key=key)
    assert (second["id"], second["area_code"]) == (first["id"], HOME)
    assert (count(service, Voice), one(service, select(Message.event_seq))) == (1, 1)


def test_nobody_shouts(service: Service) -> None:
    service.house.limiter._rates["submit"] = 2
    rider = service.as_("rider")
    given = {"kind": "thanks", "text": "x"}
    codes = [
        rider.post(f"/areas/{HOME}/voices", {**given, "client_request_id": str(uuid.uuid4())}).status_code
        for _ in range(3)
    ]
    assert codes == [201, 201, 429]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "shout"}, "kind"),
        ({"kind": None}, "kind"),
        ({"text": ""}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "长" * 501}, "text"),
        ({"text": "\x00"}, "text"),
        ({"text": SURROGATE}, "text"),
        ({"client_request_id": "1"}, "client_request_id"),
        ({"anonymous": "yes"}, "anonymous"),
        ({"grade": 1}, "grade"),
    ],
    ids=str,
)
def test_a_wrong_voice_names_its_field(service: Service, changes: dict[str, Any], field: str) -> None:
    given = {"client_request_id": str(uuid.uuid4()), "kind": "thanks", "text": "好", **changes}
    answer = post(service.as_("rider"), f"/areas/{HOME}/voices", given)
    status, _, fields = refused(answer)
    assert (status, fields, count(service, Voice)) == (422, {field}, 0)


def test_a_place_that_is_not_there_or_too_wide_is_not_found(service: Service) -> None:
    rider = service.as_("rider")
    for code in ("420199", WUCHANG, CITY, "%00"):
        answer = rider.post(
            f"/areas/{code}/voices", {"client_request_id": str(uuid.uuid4()), "kind": "thanks", "text": "好"}
        )
        assert answer.status_code == 404, code
    assert refused(rider.get("/voices", cursor="x")) == (422, "invalid", {"cursor"})
    assert refused(post(service.seat(GRID_A), "/voices/1/answer", {"text": " "})) == (422, "invalid", {"text"})
