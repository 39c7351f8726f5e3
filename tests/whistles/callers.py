"""How tests blow whistles and answer them over HTTP."""

import uuid
from typing import Any

from werkzeug.test import TestResponse

from tests.service import Caller
from tests.world import AT_HOME

HERE = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
AWAY = {"lng": AT_HOME[0] + 0.005, "lat": AT_HOME[1], "coord_type": "wgs84"}  # about 480 m east
GOOD = {"attended": 5, "solved": 4, "attitude": 5}


def asking(**given: Any) -> dict[str, Any]:
    """The body of a whistle; ``None`` leaves a field out."""
    body = {
        "client_request_id": str(uuid.uuid4()),
        "kind": "enforcement",
        "asked": "联合查处占道经营",
        "place": "1栋门口",
        "lead": "water",
        "helpers": ["power"],
        "location": HERE,
        **given,
    }
    return {name: value for name, value in body.items() if value is not None}


def blown(caller: Caller, **given: Any) -> dict[str, Any]:
    """A whistle, expected to be taken."""
    answer = caller.post("/whistles", asking(**given))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def step(caller: Caller, number: str, action: str, **given: Any) -> TestResponse:
    headers = {"If-Match": given.pop("if_match")} if "if_match" in given else {}
    return caller.post(f"/whistles/{number}/steps", {"action": action, **given}, headers=headers)


def did(caller: Caller, number: str, action: str, **given: Any) -> dict[str, Any]:
    """A step, expected to succeed; the whistle afterwards."""
    answer = step(caller, number, action, **given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def seen(caller: Caller, number: str) -> dict[str, Any]:
    answer = caller.get(f"/whistles/{number}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def call(whistle: dict[str, Any], unit: str) -> dict[str, Any]:
    return next(one for one in whistle["calls"] if one["unit"] == unit)


def actions(caller: Caller, number: str) -> list[str]:
    return [one["action"] for one in seen(caller, number)["actions"]]


def kinds(caller: Caller, number: str) -> list[str]:
    return [one["kind"] for one in caller.get(f"/whistles/{number}/events").json["items"]]


def opened_by(caller: Caller, url: str) -> list[str]:
    """The numbers of the whistles behind a figure's address."""
    path, _, query = url.removeprefix("/api/v1").partition("?")
    answer = caller.request("GET", path, query_string=query)
    assert answer.status_code == 200, answer.text
    return [one["number"] for one in answer.json["items"]]
