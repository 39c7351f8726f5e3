"""Every wrong field of a request: refused with a stable code, by its name, and nothing is stored."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from reporter.db import Base
from tests.naming import brief
from tests.service import Caller, Service
from tests.world import (
    AT_DESERTED,
    AT_HOME,
    AT_XIMA_HOME,
    GRID_A,
    IN_DISTRICT_ONLY,
    OUTSIDE,
)

COVER, LAMP = "BJ0123", "LL0107"
WHERE = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
ELSEWHERE = {"lng": AT_XIMA_HOME[0], "lat": AT_XIMA_HOME[1], "coord_type": "wgs84"}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
HUGE = 10**30  # beyond any integer a database keeps
SURROGATE = "\ud800"  # half a character: JSON can say it, no text can hold it
Opened = Callable[[str], Service]
Refusal = tuple[int, str, set[str]]


def rows(service: Service) -> dict[str, int]:
    """How many rows each table has, and files the photo store; logging in is not what is tested here."""
    with service.house.works.open(writes=False) as uow:
        counted = {
            table.name: int(uow.session.scalar(select(func.count()).select_from(table)) or 0)
            for table in Base.metadata.sorted_tables
            if table.name != "login_session"
        }
    store = Path(service.settings.photo_store.removeprefix("file://"))
    return counted | {"files": sum(1 for path in store.rglob("*") if path.is_file())}


def refused(answer: Any) -> Refusal:
    """Status, code, and the names of the wrong fields."""
    error = answer.json["error"]
    assert error["message"]
    assert all(error["fields"].values())
    return answer.status_code, error["code"], set(error["fields"])


def without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def post(caller: Caller, path: str, given: Any) -> Any:
    """As plain ASCII, so that any client could send what no text can hold."""
    return raw(caller, path, json.dumps(given))


def raw(caller: Caller, path: str, content: str | bytes, media_type: str = "application/json") -> Any:
    return caller.request("POST", path, data=content, content_type=media_type)


# ---------------------------------------------------------------- a report

NEW_REPORT: list[tuple[dict[str, Any], Refusal]] = [
    # place
    ({"location": without(WHERE, "coord_type")}, (422, "invalid", {"location.coord_type"})),
    ({"location": {**WHERE, "coord_type": "mars"}}, (422, "invalid", {"location.coord_type"})),
    ({"location": {**WHERE, "coord_type": 1}}, (422, "invalid", {"location.coord_type"})),
    ({"location": without(WHERE, "lng")}, (422, "invalid", {"location.lng"})),
    ({"location": {**WHERE, "lng": "114.3"}}, (422, "invalid", {"location.lng"})),
    ({"location": {**WHERE, "lng": True}}, (422, "invalid", {"location.lng"})),
    ({"location": {**WHERE, "lat": None}}, (422, "invalid", {"location.lat"})),
    ({"location": {**WHERE, "lat": float("nan")}}, (422, "invalid", {"location.lat"})),
    ({"location": {**WHERE, "lat": float("inf")}}, (422, "invalid", {"location.lat"})),
    ({"location": {**WHERE, "lng": 10**400}}, (422, "invalid", {"location.lng"})),
    ({"location": {**WHERE, "lng": 181.5}}, (422, "bad_location", {"location.lng"})),
    ({"location": {**WHERE, "lng": AT_HOME[1], "lat": AT_HOME[0]}}, (422, "location_swapped", {"location"})),
    ({"location": {**WHERE, "lng": 0, "lat": 0}}, (422, "bad_location", {"location"})),
    ({"location": {**WHERE, "lng": 114.3, "lat": 30.48}}, (422, "location_too_coarse", {"location"})),
    ({"location": {**WHERE, "lng": OUTSIDE[0], "lat": OUTSIDE[1]}}, (422, "location_out_of_area", {"location"})),
    (
        {"location": {**WHERE, "lng": IN_DISTRICT_ONLY[0], "lat": IN_DISTRICT_ONLY[1]}},  # in a district, in no street
        (422, "location_out_of_area", {"location"}),
    ),
    ({"location": {**WHERE, "accuracy_m": -1}}, (422, "invalid", {"location.accuracy_m"})),
    ({"location": {**WHERE, "accuracy_m": "5"}}, (422, "invalid", {"location.accuracy_m"})),
    ({"location": {**WHERE, "altitude": 5}}, (422, "invalid", {"location.altitude"})),
    ({"location": [114.3, 30.4]}, (422, "invalid", {"location"})),
    ({"location": None}, (422, "invalid", {"location"})),
    # key
    ({"client_request_id": "1"}, (422, "invalid", {"client_request_id"})),
    ({"client_request_id": 1}, (422, "invalid", {"client_request_id"})),
    ({"client_request_id": None}, (422, "invalid", {"client_request_id"})),
    # words
    ({"text": "长" * 5001}, (422, "invalid", {"text"})),
    ({"text": 5}, (422, "invalid", {"text"})),
    ({"text": "a\x00b"}, (422, "invalid", {"text"})),
    ({"text": SURROGATE}, (422, "invalid", {"text"})),
    ({"address": "长" * 201}, (422, "invalid", {"address"})),
    ({"address": "a\x00b"}, (422, "invalid", {"address"})),
    ({"on_behalf_of": "长" * 61}, (422, "invalid", {"on_behalf_of"})),
    ({"on_behalf_of": "  "}, (422, "invalid", {"on_behalf_of"})),
    ({"on_behalf_of": "\x00"}, (422, "invalid", {"on_behalf_of"})),
    # category and condition
    ({"category": "XX9999"}, (422, "unknown_category", {"category"})),
    ({"category": ""}, (422, "invalid", {"category"})),
    ({"category": "BJ\x000123"}, (422, "invalid", {"category"})),
    ({"category": 5}, (422, "invalid", {"category"})),
    ({"condition": 99}, (422, "unknown_condition", {"condition"})),
    ({"condition": HUGE}, (422, "unknown_condition", {"condition"})),
    ({"condition": "1"}, (422, "invalid", {"condition"})),
    ({"condition": 1.5}, (422, "invalid", {"condition"})),
    ({"condition": True}, (422, "invalid", {"condition"})),
    ({"category": None, "condition": 1}, (422, "invalid", {"condition"})),
    # when
    ({"observed_at": "2026-09-07T08:00:00"}, (422, "invalid", {"observed_at"})),  # no zone
    ({"observed_at": "yesterday"}, (422, "invalid", {"observed_at"})),
    ({"observed_at": 5}, (422, "invalid", {"observed_at"})),
    ({"observed_at": "2026-09-07T09:05:01+08:00"}, (422, "invalid", {"observed_at"})),  # 5 min of skew are forgiven
    ({"observed_at": "2026-08-08T08:59:59+08:00"}, (422, "invalid", {"observed_at"})),  # 30 days and a second
    ({"observed_at": "0001-01-01T00:00:00+14:00"}, (422, "invalid", {"observed_at"})),
    ({"observed_at": "9999-12-31T23:59:59-12:00"}, (422, "invalid", {"observed_at"})),
    # flags
    ({"anonymous": "yes"}, (422, "invalid", {"anonymous"})),
    ({"anonymous": None}, (422, "invalid", {"anonymous"})),
    # photos
    ({"photo_ids": UNKNOWN_ID}, (422, "invalid", {"photo_ids"})),
    ({"photo_ids": ["1"]}, (422, "invalid", {"photo_ids.0"})),
    ({"photo_ids": [UNKNOWN_ID]}, (422, "invalid", {"photo_ids"})),
    ({"photo_ids": [str(uuid.UUID(int=n)) for n in range(7)]}, (422, "invalid", {"photo_ids"})),
    ({"photo_ids": [str(uuid.UUID(int=n)) for n in range(13)]}, (422, "invalid", {"photo_ids"})),
    # joining
    ({"join": "WC2026090799999"}, (404, "not_found", {"join"})),
    ({"join": ""}, (422, "invalid", {"join"})),
    ({"join": "\x00"}, (422, "invalid", {"join"})),
    ({"join": "W" * 25}, (422, "invalid", {"join"})),
    # about
    ({"about": "seat:420199"}, (422, "invalid", {"about"})),
    ({"about": "person:1"}, (422, "invalid", {"about"})),
    ({"about": "seat:\x00"}, (422, "invalid", {"about"})),
    # nobody knows these
    ({"lng": 114.3}, (422, "invalid", {"lng"})),
    ({"status": "closed"}, (422, "invalid", {"status"})),
    ({"external_no": "12345"}, (403, "forbidden", set())),  # the hotline's only
]


@pytest.mark.parametrize(("changed", "expected"), NEW_REPORT, ids=brief)
def test_a_wrong_report_names_its_field_and_stores_nothing(
    opened: Opened, database_kind: str, changed: dict[str, Any], expected: Refusal
) -> None:
    service = opened(database_kind)
    rider, before = service.as_("rider"), rows(service)
    given = {"client_request_id": str(uuid.uuid4()), "location": WHERE, "category": COVER, "text": "井盖不见了"}
    assert refused(post(rider, "/reports", {**given, **changed})) == expected
    assert rows(service) == before


@pytest.mark.parametrize("name", ["client_request_id", "location"])
def test_what_a_report_cannot_do_without(opened: Opened, database_kind: str, name: str) -> None:
    service = opened(database_kind)
    given = {"client_request_id": str(uuid.uuid4()), "location": WHERE}
    assert refused(service.as_("rider").post("/reports", without(given, name))) == (422, "invalid", {name})


def test_all_wrong_fields_are_named_at_once(opened: Opened, database_kind: str) -> None:
    answer = opened(database_kind).as_("rider").post("/reports", {"location": {"lng": "x"}, "text": 5, "foo": 1})
    assert refused(answer) == (
        422,
        "invalid",
        {"client_request_id", "location.lng", "location.lat", "location.coord_type", "text", "foo"},
    )


def test_photos_of_others_used_refused_and_too_many_are_not_taken(service: Service) -> None:
    rider = service.as_("rider")
    foreign, used = service.as_("rider2").photo(), rider.photo()
    rider.report(AT_HOME, category=COVER, photo_ids=[used])
    many = [rider.photo() for _ in range(7)]
    before = rows(service)
    for photos in ([foreign], [used], many, [many[0], foreign]):
        assert refused(rider.send(AT_HOME, category=COVER, photo_ids=photos)) == (422, "invalid", {"photo_ids"})
    assert rows(service) == before
    assert rider.send(AT_HOME, category=COVER, photo_ids=many[:6]).status_code == 201, "none of them was used up"
    seventh = rider.post("/reports/WC2026090700002/photos", {"photo_ids": many[6:]})
    assert refused(seventh) == (422, "invalid", {"photo_ids"})


def test_a_ticket_that_is_far_or_over_cannot_be_joined(service: Service) -> None:
    rider, resident = service.as_("rider"), service.as_("resident")
    ended = rider.report(AT_HOME, category=COVER)["number"]
    rider.did(ended, "withdraw")
    far = rider.report(AT_DESERTED, category=COVER)["number"]
    before = rows(service)
    assert refused(resident.send(AT_HOME, join=far)) == (422, "invalid", {"join"})
    over = resident.send(AT_HOME, join=ended)
    assert refused(over) == (409, "ticket_ended", set())
    assert over.json["error"]["present"] == {"number": ended, "status": "withdrawn"}
    assert refused(resident.post(f"/tickets/{ended}/join")) == (409, "ticket_ended", set())
    assert rows(service) == before


# ---------------------------------------------------------------- one key, one thing


def test_a_key_that_made_a_report_does_not_join_another_ticket(service: Service) -> None:
    """The same key answers with what it made the first time, whatever is asked with it."""
    rider, resident, key = service.as_("rider"), service.as_("resident"), str(uuid.uuid4())
    other = rider.report(AT_HOME, category=COVER)["number"]
    mine = resident.report(AT_HOME, category=LAMP, key=key)["number"]
    answer = resident.post(f"/tickets/{other}/join", {"client_request_id": key})
    assert (answer.status_code, answer.json["number"]) == (200, mine)
    assert rider.ticket(other)["joins"] == 0


def test_the_hotlines_own_number_is_a_key_too(service: Service) -> None:
    hotline = service.as_("integrator")
    first = hotline.report(AT_HOME, category=LAMP, external_no="12345-1")["number"]
    before = rows(service)
    again = hotline.send(AT_HOME, category=LAMP, external_no="12345-1")
    assert (again.status_code, again.json["number"]) == (200, first)
    assert rows(service) == before


# ---------------------------------------------------------------- the body itself

BODIES: list[tuple[str | bytes, str, Refusal]] = [
    ("", "application/json", (422, "invalid", {"client_request_id", "location"})),
    ("{", "application/json", (400, "bad_request", set())),
    ("井盖".encode("gbk"), "application/json", (400, "bad_request", set())),
    ('{"text": "' + "1" * 5000, "application/json", (400, "bad_request", set())),
    ('{"condition": ' + "1" * 5000 + "}", "application/json", (400, "bad_request", set())),  # Python reads no such int
    ("[" * 100_000, "application/json", (400, "bad_request", set())),
    ('{"parts": ' + "[" * 5000 + "]" * 5000 + "}", "application/json", (400, "bad_request", set())),
    ("[]", "application/json", (422, "invalid", {"body"})),
    ("null", "application/json", (422, "invalid", {"body"})),
    ('"text"', "application/json", (422, "invalid", {"body"})),
    ("{}", "text/plain", (415, "wrong_type", set())),
    ("a=b", "application/x-www-form-urlencoded", (415, "wrong_type", set())),
    ("<a/>", "application/xml", (415, "wrong_type", set())),
    (b" " * (12 * 1024 * 1024), "application/json", (413, "too_large", set())),
]


@pytest.mark.parametrize(("content", "media_type", "expected"), BODIES, ids=brief)
def test_a_body_that_cannot_be_read(
    opened: Opened, database_kind: str, content: str | bytes, media_type: str, expected: Refusal
) -> None:
    service = opened(database_kind)
    rider, before = service.as_("rider"), rows(service)
    assert refused(raw(rider, "/reports", content, media_type)) == expected
    assert rows(service) == before


@pytest.mark.parametrize("path", ["/sessions/wechat", "/sessions/password", "/sessions/demo"])
@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("[]", "application/json", 422),
        ("{}", "application/json", 422),
        ('{"code": 5, "username": 5, "text": 5}', "application/json", 422),
        ("{}", "text/plain", 415),
        (b" " * (12 * 1024 * 1024), "application/json", 413),
    ],
    ids=["broken", "deep", "list", "empty", "numbers", "plain", "large"],
)
def test_the_doors_without_a_token_read_bodies_as_strictly(
    opened: Opened, path: str, content: str | bytes, media_type: str, status: int
) -> None:
    assert raw(opened("spatialite").nobody(), path, content, media_type).status_code == status


@pytest.mark.parametrize("text", ["a\x00b", SURROGATE])
@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/sessions/wechat", {"code": "?"}),
        ("/sessions/password", {"username": "?", "password": "p"}),
        ("/sessions/password", {"username": "street", "password": "?"}),
        ("/sessions/demo", {"username": "?"}),
        ("/sessions/demo", {"username": "seat:?"}),
    ],
)
def test_text_that_no_database_can_hold_is_refused_at_every_door(
    opened: Opened, database_kind: str, path: str, given: dict[str, str], text: str
) -> None:
    filled = {name: value.replace("?", text) for name, value in given.items()}
    assert refused(post(opened(database_kind).nobody(), path, filled))[0] == 422


# ---------------------------------------------------------------- steps, ratings, revealing

STEPS: list[tuple[dict[str, Any], Refusal]] = [
    ({}, (422, "invalid", {"action"})),
    ({"action": "explode"}, (422, "invalid", {"action"})),
    ({"action": 1}, (422, "invalid", {"action"})),
    ({"action": "split", "parts": []}, (422, "invalid", {"parts"})),
    ({"action": "check", "found": True}, (409, "step_not_possible", set())),  # accepted already
    ({"action": "check", "found": "yes"}, (422, "invalid", {"found"})),
    ({"action": "hold"}, (422, "missing_input", {"until", "reason_code"})),
    ({"action": "hold", "until": "2026-02-30", "reason_code": "season"}, (422, "invalid", {"until"})),
    ({"action": "hold", "until": "2026-12-31", "reason_code": "tired"}, (422, "invalid", {"reason_code"})),
    ({"action": "hold", "until": 5, "reason_code": "season"}, (422, "invalid", {"until"})),
    ({"action": "hold", "until": "2" * 41, "reason_code": "season"}, (422, "invalid", {"until"})),
    ({"action": "approve_hold", "granted": True}, (403, "forbidden", set())),
    ({"action": "resume"}, (409, "step_not_possible", set())),  # not held
    ({"action": "request_extension"}, (422, "missing_input", {"reason"})),
    ({"action": "request_extension", "reason": "x"}, (409, "extension_too_early", set())),
    ({"action": "request_extension", "reason": "长" * 501}, (422, "invalid", {"reason"})),
    ({"action": "approve_extension", "granted": 1}, (422, "invalid", {"granted"})),
    ({"action": "approve_extension", "granted": True}, (403, "forbidden", set())),
    ({"action": "supervise", "card": "red", "note": "x"}, (403, "forbidden", set())),  # not over oneself
    ({"action": "supervise", "card": 5, "note": "x"}, (422, "invalid", {"card"})),
    ({"action": "reply", "note": "x"}, (409, "step_not_possible", set())),  # no card is open
    ({"action": "force_close", "reason": "x"}, (403, "forbidden", set())),
    ({"action": "void", "reason": "x"}, (403, "forbidden", set())),
    ({"action": "appeal", "reason": "x"}, (403, "forbidden", set())),  # the submitter's
    ({"action": "take", "status": "closed"}, (422, "invalid", {"status"})),
    ({"action": "respond"}, (422, "missing_input", {"note", "photo_ids"})),
    ({"action": "respond", "note": "x", "photo_ids": [UNKNOWN_ID]}, (422, "invalid", {"photo_ids"})),
    ({"action": "respond", "note": "x", "photo_ids": "x"}, (422, "invalid", {"photo_ids"})),
    ({"action": "solve"}, (422, "missing_input", {"photo_ids"})),
    ({"action": "dispatch"}, (422, "missing_input", {"to"})),
    ({"action": "dispatch", "to": "person:5"}, (422, "unknown_receiver", {"to"})),
    ({"action": "dispatch", "to": "seat:420199"}, (422, "unknown_receiver", {"to"})),
    ({"action": "dispatch", "to": "department:zoo"}, (422, "unknown_receiver", {"to"})),
    ({"action": "dispatch", "to": "seat:\x00"}, (422, "invalid", {"to"})),
    ({"action": "dispatch", "to": 5}, (422, "invalid", {"to"})),
    ({"action": "escalate"}, (422, "missing_input", {"reason"})),
    ({"action": "escalate", "reason": SURROGATE}, (422, "invalid", {"reason"})),
    ({"action": "escalate", "reason": "长" * 501}, (422, "invalid", {"reason"})),
    ({"action": "return"}, (422, "missing_input", {"reason_code"})),
    ({"action": "return", "reason_code": "tired"}, (422, "invalid", {"reason_code"})),
    ({"action": "reject", "reason_code": "tired"}, (422, "invalid", {"reason_code"})),
    ({"action": "note"}, (422, "missing_input", {"text"})),
    ({"action": "note", "text": "\x00"}, (422, "invalid", {"text"})),
    ({"action": "note", "text": SURROGATE}, (422, "invalid", {"text"})),
    ({"action": "note", "text": "长" * 1001}, (422, "invalid", {"text"})),
    ({"action": "note", "text": "x", "passed": "maybe"}, (422, "invalid", {"passed"})),
    ({"action": "verify", "passed": True}, (409, "step_not_possible", set())),  # not yet solved
    ({"action": "accept", "category": COVER}, (409, "step_not_possible", set())),  # filed already
    ({"action": "withdraw"}, (403, "forbidden", set())),  # the submitter's
]


Held = Callable[[str], tuple[Service, Caller, str]]


@pytest.mark.parametrize(("given", "expected"), STEPS, ids=brief)
def test_a_wrong_step_names_its_field_and_changes_nothing(
    held: Held, database_kind: str, given: dict[str, Any], expected: Refusal
) -> None:
    service, grid, number = held(database_kind)
    before, ticket = rows(service), grid.ticket(number)
    assert refused(post(grid, f"/tickets/{number}/steps", given)) == expected
    assert rows(service) == before
    assert grid.ticket(number) == ticket


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ({}, (422, "missing_input", {"category"})),
        ({"category": "XX9999"}, (422, "unknown_category", {"category"})),
        ({"category": COVER, "condition": HUGE}, (422, "unknown_condition", {"condition"})),
        ({"category": COVER, "condition": "1"}, (422, "invalid", {"condition"})),
    ],
    ids=str,
)
def test_a_wrong_filing_changes_nothing(
    held: Held, database_kind: str, category: dict[str, Any], expected: Refusal
) -> None:
    service, grid, _ = held(database_kind)
    number = service.as_("rider").report(AT_HOME)["number"]
    before = rows(service)
    assert refused(grid.step(number, "accept", **category)) == expected
    assert (grid.ticket(number)["status"], rows(service)) == ("reported", before)


@pytest.mark.parametrize("version", ["x", '"x"', "1.5", "-", "9" * 5000, '"1", "2"', "１x"])
def test_an_unreadable_version_is_named(held: Held, database_kind: str, version: str) -> None:
    _, grid, number = held(database_kind)
    answer = grid.step(number, "note", text="x", if_match=version)
    assert refused(answer) == (422, "invalid", {"If-Match"})


def test_a_stale_version_shows_the_present_state(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category=COVER)["number"]
    grid = service.seat(GRID_A)
    etag = grid.get(f"/tickets/{number}").headers["ETag"]
    taken = grid.step(number, "take", if_match=etag)
    assert (taken.status_code, taken.headers["ETag"]) == (200, '"2"')
    late = grid.step(number, "note", text="x", if_match=etag)
    assert refused(late) == (409, "stale_version", set())
    assert late.json["error"]["present"] == {"number": number, "status": "handling", "version": 2}
    for written in ('"{}"', 'W/"{}"', "{}", "*"):
        fresh = written.format(grid.ticket(number)["version"])
        assert grid.step(number, "note", text="x", if_match=fresh).status_code == 200, fresh
    assert grid.step(number, "take").json["error"]["present"]["status"] == "handling"


@pytest.mark.parametrize("grade", [0, 6, "5", 5.0, True, None, [5], HUGE, -1, float("nan")])
def test_a_grade_is_a_whole_number_from_one_to_five(held: Held, database_kind: str, grade: Any) -> None:
    service, _, number = held(database_kind)
    before = rows(service)
    assert refused(post(service.as_("rider"), f"/tickets/{number}/rating", {"grade": grade})) == (
        422,
        "invalid",
        {"grade"},
    )
    assert rows(service) == before


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"tags": ["长" * 21]}, {"tags.0"}),
        ({"tags": ["\x00"]}, {"tags.0"}),
        ({"tags": ["fast"] * 9}, {"tags"}),
        ({"tags": "fast"}, {"tags"}),
        ({"text": "长" * 201}, {"text"}),
        ({"text": "\x00"}, {"text"}),
        ({"text": SURROGATE}, {"text"}),
        ({"stars": 5}, {"stars"}),
    ],
    ids=str,
)
def test_a_wrong_rating_names_its_field(
    held: Held, database_kind: str, given: dict[str, Any], fields: set[str]
) -> None:
    service, _, number = held(database_kind)
    answer = post(service.as_("rider"), f"/tickets/{number}/rating", {"grade": 5, **given})
    assert refused(answer) == (422, "invalid", fields)


@pytest.mark.parametrize("reason", ["", "  ", None, 5, "长" * 201, "\x00", SURROGATE])
def test_nobody_is_unmasked_without_a_readable_reason(held: Held, database_kind: str, reason: Any) -> None:
    service, grid, number = held(database_kind)
    before = rows(service)
    assert refused(post(grid, f"/tickets/{number}/reveal", {"reason": reason})) == (422, "invalid", {"reason"})
    assert rows(service) == before


# ---------------------------------------------------------------- paths and queries


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tickets/%00"),
        ("GET", "/tickets/WC%00"),
        ("GET", "/tickets/%ff"),
        ("GET", "/tickets/%25"),  # a wildcard of LIKE is a letter like any other
        ("GET", "/tickets/_C2026090700001"),
        ("GET", "/tickets/%00/events"),
        ("GET", f"/tickets/{'9' * 3000}"),
        ("POST", "/tickets/%00/steps"),
        ("POST", "/tickets/%00/join"),
        ("POST", "/tickets/%00/reveal"),
        ("POST", "/tickets/%00/rating"),
        ("POST", "/reports/%00/photos"),
        ("GET", "/photos/1"),
        ("GET", f"/photos/{UNKNOWN_ID}"),
        ("POST", f"/messages/{HUGE}/read"),
        ("POST", f"/messages/{2**63 - 1}/read"),
        ("POST", f"/messages/{2**63}/read"),
        ("POST", "/messages/0/read"),
        ("POST", "/messages/-1/read"),
        ("GET", "/nowhere"),
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(opened: Opened, database_kind: str, method: str, path: str) -> None:
    bodies = {"steps": {"action": "take"}, "rating": {"grade": 5}, "reveal": {"reason": "x"}}
    given = bodies.get(path.split("/")[-1], {"photo_ids": [UNKNOWN_ID]} if path.endswith("photos") else {})
    caller = opened(database_kind).seat(GRID_A)
    answer = caller.get(path) if method == "GET" else caller.post(path, given)
    assert refused(answer) == (404, "not_found", set())


def test_a_wrong_method_says_which_are_right(opened: Opened) -> None:
    answer = opened("spatialite").as_("rider").request("PUT", "/reports")
    assert refused(answer) == (405, "method_not_allowed", set())
    assert "POST" in answer.headers["Allow"]
