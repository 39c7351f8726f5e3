"""The published description of the interface: complete, sound in itself, and true."""

import io
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service import Caller, Service, picture
from tests.whistles.callers import GOOD, asking
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, GRID_B, HOME

Opened = Callable[[str], Service]
NAMES = Path(__file__).parents[2] / ".." / "shared" / "api.md"
METHODS = {"get", "post", "put", "patch", "delete"}
COVER, LAMP = "BJ0123", "LL0107"


@pytest.fixture(scope="module")
def document(opened: Opened) -> dict[str, Any]:
    answer = opened("spatialite").nobody().get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method.upper()} {path}", {**item[method], "parameters": parameters(item, method)}


def parameters(item: dict[str, Any], method: str) -> list[dict[str, Any]]:
    return [*item.get("parameters", []), *item[method].get("parameters", [])]


def promised() -> set[str]:
    """The calls of the page that clients are written against, without what comes later."""
    calls = re.findall(r"`((?:GET|POST|DELETE) /[^`?\s]*)", NAMES.read_text())
    return {call for call in calls if "open311" not in call}


def described_as(rule: str) -> str:
    """``/messages/<int:message_id>/read`` → ``/messages/{message_id}/read``."""
    return re.sub(r"<[^>]*?(\w+)>", r"{\1}", rule)


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def test_it_says_what_it_is(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"]
    assert document["info"]["version"]


def test_every_promised_call_is_described(document: dict[str, Any]) -> None:
    described = {re.sub(r"\{message_id\}", "{id}", name) for name, _ in operations(document)}
    assert len(promised()) > 25
    assert promised() - described == set()


def test_every_endpoint_is_described(opened: Opened, document: dict[str, Any]) -> None:
    offered = {
        f"{method} {described_as(rule.rule)}"
        for rule in opened("spatialite").app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("pages.", "static", "api-docs."))
    }
    assert {name for name, _ in operations(document)} == offered


def test_every_call_has_a_summary_a_success_and_our_shape_of_errors(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["summary"].strip(), name
        assert [code for code in operation["responses"] if code.startswith("2")], f"{name} says nothing of success"
        for code in {"default", "422"} & operation["responses"].keys():
            content = resolved(document, operation["responses"][code])["content"]["application/json"]
            shape = resolved(document, content["schema"])["properties"]
            assert set(shape) == {"error"}, name
            assert set(resolved(document, shape["error"])["properties"]) == {"code", "message", "fields"}, name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found: list[str] = []

    def walk(part: Any) -> None:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        for one in inner:
            walk(one)
        found.extend([part["$ref"]] if isinstance(part, dict) and isinstance(part.get("$ref"), str) else [])

    walk(document)
    assert len(set(found)) > 30
    assert [resolved(document, {"$ref": reference}) for reference in set(found)]


def test_every_parameter_of_a_path_is_declared_once(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        declared = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        assert sorted(declared) == sorted(re.findall(r"\{(\w+)\}", name)), name
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path"), name


# ---------------------------------------------------------------- and it is true


def strangers(document: dict[str, Any], value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """Fields of an answer that the description does not know, or lacks; by path."""
    schema = resolved(document, schema)
    if isinstance(value, list):
        return [name for one in value for name in strangers(document, one, schema.get("items", {}), f"{path}[]")]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    found = [f"{path}.{name}" for name in value.keys() ^ known.keys()]
    for name in value.keys() & known.keys():
        options = known[name].get("anyOf", [known[name]])
        found += strangers(
            document, value[name], next((one for one in options if "$ref" in one), options[0]), f"{path}.{name}"
        )
    return found


def what_people_say(service: Service, number: str) -> Iterator[tuple[str, Any]]:
    """A bad rating of a closed ticket and what follows, then thanks to its grid."""
    resident, building, grid = service.as_("resident"), service.seat(BUILDING), service.seat(GRID_A)
    rated = {"grade": 1, "tags": ["slow"], "photo_ids": [resident.photo("blue")]}
    yield "POST /api/v1/tickets/{number}/rating", resident.post(f"/tickets/{number}/rating", rated)
    yield "GET /api/v1/tickets/{number}/ratings", resident.get(f"/tickets/{number}/ratings")
    listed = building.get("/revisits")
    yield "GET /api/v1/revisits", listed
    path = f"/revisits/{listed.json['items'][0]['id']}"
    yield "GET /api/v1/revisits/{revisit_id}", building.get(path)
    yield "POST /api/v1/revisits/{revisit_id}/reveal", building.post(f"{path}/reveal", {"reason": "回访"})
    yield "POST /api/v1/revisits/{revisit_id}/steps", building.post(f"{path}/steps", {"action": "contact", "note": "n"})
    yield "GET /api/v1/revisits/{revisit_id}/events", building.get(f"{path}/events")
    yield "GET /api/v1/revisits/lifecycle", building.get("/revisits/lifecycle")
    yield "GET /api/v1/revisits/figures", building.get("/revisits/figures")
    given = {"client_request_id": str(uuid.uuid4()), "kind": "thanks", "text": "谢谢"}
    said = resident.post(f"/areas/{BUILDING}/voices", given)
    yield "POST /api/v1/areas/{code}/voices", said
    yield "POST /api/v1/areas/{code}/voices", resident.post(f"/areas/{BUILDING}/voices", given)
    yield "GET /api/v1/voices", grid.get("/voices")
    yield (
        "POST /api/v1/voices/{voice_id}/answer",
        grid.post(f"/voices/{said.json['id']}/answer", {"text": "不客气"}),
    )


def a_life(service: Service) -> Iterator[tuple[str, Any]]:
    """Calls with their answers, through the whole life of a ticket."""
    rider, resident, home = service.as_("rider"), service.as_("resident"), service.seat(HOME)
    grid, street = service.seat(GRID_A), service.as_("street")
    where = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
    yield "POST /api/v1/sessions/demo", service.nobody().post("/sessions/demo", {"username": "rider"})
    yield "GET /api/v1/sessions/demo", service.nobody().get("/sessions/demo")
    yield "GET /api/v1/me", home.get("/me")
    yield "GET /api/v1/categories", rider.get("/categories")
    yield "POST /api/v1/categories/suggest", rider.post("/categories/suggest", {"text": "井盖不见了"})
    yield "GET /api/v1/lifecycle", rider.get("/lifecycle")
    yield "GET /api/v1/areas/locate", rider.get("/areas/locate", **where)
    yield "GET /api/v1/areas/stations", rider.get("/areas/stations", **where)
    photo = rider.request("POST", "/photos", data={"file": (io.BytesIO(picture()), "a.jpg", "image/jpeg")})
    yield "POST /api/v1/photos", photo
    key = str(uuid.uuid4())
    given = {"category": LAMP, "photo_ids": [photo.json["id"]], "text": "灯不亮", "address": "1栋"}
    first = rider.send(AT_HOME, key=key, **given)
    yield "POST /api/v1/reports", first
    yield "POST /api/v1/reports", rider.send(AT_HOME, key=key, **given)
    number = first.json["number"]
    yield "GET /api/v1/tickets/nearby", resident.get("/tickets/nearby", **where)
    yield "POST /api/v1/reports", resident.send(AT_HOME, category=LAMP)
    yield "GET /api/v1/tickets/{number}/duplicates", street.get(f"/tickets/{number}/duplicates")
    yield "POST /api/v1/tickets/{number}/join", resident.post(f"/tickets/{number}/join")
    yield "POST /api/v1/tickets/{number}/join", resident.post(f"/tickets/{number}/join")
    late = {"photo_ids": [rider.photo("blue")]}
    yield "POST /api/v1/reports/{number}/photos", rider.post(f"/reports/{number}/photos", late)
    service.work()
    yield "GET /api/v1/photos/{photo_id}", grid.get(f"/photos/{photo.json['id']}")
    yield "GET /api/v1/photos/{photo_id}/thumbnail", grid.get(f"/photos/{photo.json['id']}/thumbnail")
    yield "GET /api/v1/tickets/{number}", grid.get(f"/tickets/{number}")
    yield "POST /api/v1/tickets/{number}/reveal", grid.post(f"/tickets/{number}/reveal", {"reason": "回电"})
    yield "POST /api/v1/tickets/{number}/steps", home.step(number, "solve", photo_ids=[home.photo()])
    yield "POST /api/v1/tickets/{number}/rating", rider.post(f"/tickets/{number}/rating", {"grade": 5})
    yield "POST /api/v1/tickets/{number}/rating", rider.post(f"/tickets/{number}/rating", {"grade": 4})
    yield "GET /api/v1/tickets/{number}", rider.get(f"/tickets/{number}")
    yield "GET /api/v1/tickets/{number}/events", grid.get(f"/tickets/{number}/events")
    yield "GET /api/v1/tickets", grid.get("/tickets")
    yield from _confirmed(resident, home)
    yield "GET /api/v1/reports", rider.get("/reports")
    yield "GET /api/v1/messages", rider.get("/messages")
    yield from a_correction(service)
    message = rider.get("/messages").json["items"][0]["id"]
    yield "POST /api/v1/messages/{message_id}/read", rider.post(f"/messages/{message}/read")
    yield "GET /api/v1/dashboard/summary", street.get("/dashboard/summary")
    yield "GET /api/v1/dashboard/breakdown", street.get("/dashboard/breakdown", by="holder")
    yield "GET /api/v1/dashboard/definitions", street.get("/dashboard/definitions")
    yield "GET /api/v1/dashboard/month", street.get("/dashboard/month")
    yield "GET /api/v1/dashboard/month.csv", street.get("/dashboard/month.csv")
    yield from what_people_say(service, number)
    yield "POST /api/v1/clocks/replay", service.as_("district").post("/clocks/replay")
    yield from a_whistle(service)
    yield "DELETE /api/v1/sessions/current", rider.request("DELETE", "/sessions/current")
    yield "GET /api/v1/me", rider.get("/me")
    yield "POST /api/v1/reports", resident.post("/reports", {})
    yield from a_late_life(service)


def a_late_life(service: Service) -> Iterator[tuple[str, Any]]:
    """A ticket that was held, prolonged in vain, supervised, closed late, and appealed about."""
    service.at("2026-09-08 09:00")
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    home, community, street = service.seat(HOME), service.seat(CENTRAL), service.as_("street")
    step = "POST /api/v1/tickets/{number}/steps"
    yield step, home.step(number, "hold", until="2026-09-09", reason_code="season")
    yield step, community.step(number, "approve_hold", granted=True)
    yield step, home.step(number, "resume")
    yield step, street.step(number, "supervise", card="red", note="快")
    yield "GET /api/v1/tickets", home.get("/tickets", owes_reply="true")
    service.at("2026-09-09 17:30")
    home, street = service.seat(HOME), service.as_("street")
    yield step, home.step(number, "request_extension", reason="缺货")
    yield step, street.step(number, "approve_extension", granted=False, note="有货")
    service.at("2026-09-14 09:00")
    home, grid, street = service.seat(HOME), service.seat(GRID_A), service.as_("street")
    home.did(number, "solve", photo_ids=[home.photo()])
    grid.did(number, "verify", passed=True)
    appeal = f"/tickets/{number}/overdue-appeal"
    yield "POST /api/v1/tickets/{number}/overdue-appeal", home.post(appeal, {"reason": "缺货"})
    yield "GET /api/v1/overdue-appeals", street.get("/overdue-appeals")
    given = {"upheld": True, "note": "属实"}
    yield "POST /api/v1/tickets/{number}/overdue-appeal/review", street.post(f"{appeal}/review", given)
    yield "GET /api/v1/tickets/{number}", home.get(f"/tickets/{number}")


def a_correction(service: Service) -> Iterator[tuple[str, Any]]:
    """Three reports in the wrong grid, and what the district makes of them."""
    rider, grid, community, district = (
        service.as_("rider"),
        service.seat(GRID_A),
        service.seat(CENTRAL),
        service.as_("district"),
    )
    where = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
    yield "POST /api/v1/routing/explain", grid.post("/routing/explain", {"location": where, "category": LAMP})
    yield "GET /api/v1/routing/rules", district.get("/routing/rules")
    for _ in range(3):
        number = rider.report(AT_HOME, category="BJ0123")["number"]
        yield "GET /api/v1/tickets/{number}/neighbours", grid.get(f"/tickets/{number}/neighbours")
        moved = community.step(number, "relocate", area=GRID_B)
        yield "POST /api/v1/tickets/{number}/steps", moved
    listed = district.get("/routing/proposals")
    yield "GET /api/v1/routing/proposals", listed
    path = f"/routing/proposals/{listed.json['items'][0]['id']}/decision"
    yield "POST /api/v1/routing/proposals/{proposal_id}/decision", district.post(path, {"accepted": True})


def a_whistle(service: Service) -> Iterator[tuple[str, Any]]:
    """The same through the life of a whistle."""
    street, water = service.as_("street"), service.as_("department")
    asked = asking(helpers=[])
    first = street.post("/whistles", asked)
    yield "POST /api/v1/whistles", first
    yield "POST /api/v1/whistles", street.post("/whistles", asked)
    number = first.json["number"]
    step = "POST /api/v1/whistles/{whistle_number}/steps"
    came = {"action": "sign_in", "location": asked["location"], "photo_ids": [water.photo()]}
    yield step, water.post(f"/whistles/{number}/steps", came)
    yield step, water.post(f"/whistles/{number}/steps", {"action": "feed_back", "note": "好了"})
    yield step, water.post(f"/whistles/{number}/steps", {"action": "sum_up", "note": "都好了"})
    yield step, street.post(f"/whistles/{number}/steps", {"action": "rate", "unit": "water", **GOOD})
    yield "GET /api/v1/whistles/{whistle_number}", water.get(f"/whistles/{number}")
    yield "GET /api/v1/whistles/{whistle_number}/events", street.get(f"/whistles/{number}/events")
    yield "GET /api/v1/whistles", street.get("/whistles")
    yield "GET /api/v1/whistles/figures", street.get("/whistles/figures")
    yield "GET /api/v1/whistles/lifecycle", street.get("/whistles/lifecycle")
    yield "GET /api/v1/messages", water.get("/messages")


def _confirmed(resident: Caller, home: Caller) -> Iterator[tuple[str, Any]]:
    """A result that a neighbour has looked at."""
    number = resident.report(AT_HOME, category=LAMP)["number"]
    home.did(number, "solve", note="好了", photo_ids=[home.photo()])
    path = f"/tickets/{number}/confirmations"
    yield "POST /api/v1/tickets/{number}/confirmations", resident.post(path, {"fixed": True})


def test_answers_are_as_described(service: Service, document: dict[str, Any]) -> None:
    described = dict(operations(document))
    seen: set[str] = set()
    for name, answer in a_life(service):
        responses = described[name]["responses"]
        code = str(answer.status_code)
        assert code in responses or code[0] == "4", f"{name} answered {code}: {answer.text[:200]}"
        content = resolved(document, responses.get(code, responses["default"])).get("content", {})
        assert answer.status_code == 204 or set(content) == {answer.mimetype}, name
        schema = next(iter(content.values()), {}).get("schema", {})
        assert strangers(document, answer.get_json(silent=True), schema) == [], name
        seen.add(f"{name} {code}")
    documented = {
        f"{name} {code}"
        for name, operation in described.items()
        for code in operation["responses"]
        if code.startswith("2") and name.split()[1].startswith("/api/v1")
    }
    outside = {"POST /api/v1/sessions/wechat 200", "POST /api/v1/sessions/password 200", "GET /api/v1/me/csrf 200"}
    assert documented - seen == outside, "test_sessions.py has these"


def test_the_page_that_shows_it_is_there(opened: Opened) -> None:
    answer = opened("spatialite").app.test_client().get("/api/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")


def test_operators_need_no_token(opened: Opened, database_kind: str) -> None:
    client = opened(database_kind).app.test_client()
    assert client.get("/healthz").json == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"], set(ready.json["queues"])) == (
        200,
        "ready",
        {"messages", "photos", "clocks", "holds", "attendance"},
    )
    metrics = client.get("/metrics")
    assert metrics.mimetype == "text/plain"
    assert re.search(r'^reporter_queue_due\{queue="photos"\} \d+$', metrics.text, re.M)
    assert not re.search(r"示例|token|openid", metrics.text + ready.text)
