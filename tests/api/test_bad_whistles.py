"""Every wrong field of a whistle and of its steps: refused with a stable code, by its name, and nothing is stored."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.test_bad_input import HUGE, SURROGATE, UNKNOWN_ID, post, refused, rows
from tests.naming import brief
from tests.service import Caller, Service
from tests.whistles.callers import AWAY, GOOD, HERE, asking, blown, did, step
from tests.world import AT_HOME, AT_XIMA_HOME, CENTRAL, GRID_A, IN_DISTRICT_ONLY, NANHU, OUTSIDE

COVER = "BJ0123"
Opened = Callable[[str], Service]
Refusal = tuple[int, str, set[str]]

NEW_WHISTLE: list[tuple[dict[str, Any], Refusal]] = [
    ({"client_request_id": "1"}, (422, "invalid", {"client_request_id"})),
    ({"client_request_id": None}, (422, "invalid", {"client_request_id"})),
    ({"kind": "party"}, (422, "invalid", {"kind"})),
    ({"kind": 1}, (422, "invalid", {"kind"})),
    ({"asked": "  "}, (422, "invalid", {"asked"})),
    ({"asked": "长" * 1001}, (422, "invalid", {"asked"})),
    ({"asked": SURROGATE}, (422, "invalid", {"asked"})),
    ({"place": ""}, (422, "invalid", {"place"})),
    ({"place": "长" * 201}, (422, "invalid", {"place"})),
    ({"lead": "army"}, (422, "invalid", {"lead"})),
    ({"lead": ""}, (422, "invalid", {"lead"})),
    ({"lead": "\x00"}, (422, "invalid", {"lead"})),
    ({"helpers": ["power", "army"]}, (422, "invalid", {"helpers"})),
    ({"helpers": ["power", "power"]}, (422, "invalid", {"helpers"})),
    ({"helpers": ["water"]}, (422, "invalid", {"helpers"})),  # leads already
    ({"helpers": "power"}, (422, "invalid", {"helpers"})),
    ({"helpers": ["power"] * 21}, (422, "invalid", {"helpers"})),
    ({"location": None}, (422, "missing_input", {"location"})),  # a whistle on its own has no other place
    ({"location": {**HERE, "coord_type": "mars"}}, (422, "invalid", {"location.coord_type"})),
    ({"location": {**HERE, "lng": HUGE}}, (422, "bad_location", {"location.lng"})),
    ({"location": {**HERE, "lng": 0, "lat": 0}}, (422, "bad_location", {"location"})),
    ({"location": {**HERE, "lng": AT_HOME[1], "lat": AT_HOME[0]}}, (422, "location_swapped", {"location"})),
    ({"location": {**HERE, "lng": OUTSIDE[0], "lat": OUTSIDE[1]}}, (422, "location_out_of_area", {"location"})),
    (
        {"location": {**HERE, "lng": AT_XIMA_HOME[0], "lat": AT_XIMA_HOME[1]}},  # another's
        (422, "location_out_of_area", {"location"}),
    ),
    (
        {"location": {**HERE, "lng": IN_DISTRICT_ONLY[0], "lat": IN_DISTRICT_ONLY[1]}},  # in no street
        (422, "location_out_of_area", {"location"}),
    ),
    ({"meet_at": "2026-09-07T08:00:00+08:00"}, (422, "invalid", {"meet_at"})),  # an hour ago
    ({"meet_at": "2026-10-08T09:00:00+08:00"}, (422, "invalid", {"meet_at"})),  # 31 days ahead
    ({"meet_at": "2026-09-08T09:00:00"}, (422, "invalid", {"meet_at"})),  # no zone
    ({"meet_at": "tomorrow"}, (422, "invalid", {"meet_at"})),
    ({"ticket": "WC2026090799999"}, (404, "not_found", {"ticket"})),
    ({"ticket": ""}, (422, "invalid", {"ticket"})),
    ({"colour": "red"}, (422, "invalid", {"colour"})),
]


@pytest.mark.parametrize(("given", "refusal"), NEW_WHISTLE, ids=brief)
def test_a_wrong_whistle_names_its_field(
    opened: Opened, database_kind: str, given: dict[str, Any], refusal: Refusal
) -> None:
    service = opened(database_kind)
    street = service.as_("street")
    before = rows(service)
    body = {**asking(), **given}
    assert refused(post(street, "/whistles", body)) == refusal
    assert rows(service) == before


@pytest.mark.parametrize("name", ["client_request_id", "kind", "asked", "place", "lead"])
def test_what_a_whistle_cannot_do_without_is_named(opened: Opened, database_kind: str, name: str) -> None:
    street = opened(database_kind).as_("street")
    assert refused(post(street, "/whistles", asking(**{name: None}))) == (422, "invalid", {name})


@pytest.fixture(scope="module")
def attended(opened: Opened) -> Callable[[str], tuple[Service, dict[str, Caller], str]]:
    """A whistle to which the lead has come and the helper has not."""
    made: dict[str, tuple[Service, dict[str, Caller], str]] = {}

    def of(kind: str) -> tuple[Service, dict[str, Caller], str]:
        if kind not in made:
            service = opened(kind)
            names = ("street", "department", "power", "district", "auditor")
            callers = {name: service.as_(name) for name in names}
            number = blown(callers["street"])["number"]
            did(callers["department"], number, "sign_in", location=HERE)
            made[kind] = service, callers, number
        return made[kind]

    return of


STEPS: list[tuple[str, dict[str, Any], Refusal]] = [
    ("street", {"action": "dance"}, (422, "invalid", {"action"})),
    ("street", {"action": "no_show"}, (422, "invalid", {"action"})),  # only a limit says so
    ("street", {}, (422, "invalid", {"action"})),
    ("power", {"action": "sign_in"}, (422, "missing_input", {"location"})),
    ("power", {"action": "sign_in", "location": {**HERE, "lat": None}}, (422, "invalid", {"location.lat"})),
    ("power", {"action": "sign_in", "location": {**HERE, "lng": 181.5}}, (422, "bad_location", {"location.lng"})),
    ("power", {"action": "sign_in", "location": AWAY}, (422, "not_on_site", {"reason"})),
    ("power", {"action": "sign_in", "location": HERE, "photo_ids": [UNKNOWN_ID]}, (422, "invalid", {"photo_ids"})),
    ("power", {"action": "feed_back", "note": "n"}, (409, "step_not_possible", set())),  # has not come
    ("department", {"action": "sign_in", "location": HERE}, (409, "step_not_possible", set())),  # has come already
    ("department", {"action": "feed_back"}, (422, "missing_input", {"note"})),
    ("department", {"action": "feed_back", "note": "长" * 1001}, (422, "invalid", {"note"})),
    ("department", {"action": "sum_up", "note": "n"}, (409, "step_not_possible", set())),
    ("department", {"action": "rate", "unit": "power", **GOOD}, (403, "forbidden", set())),
    ("street", {"action": "sign_in", "location": HERE}, (403, "forbidden", set())),
    ("street", {"action": "rate", "unit": "water", **GOOD}, (409, "step_not_possible", set())),  # before the end
    ("street", {"action": "rate", "unit": "water", **GOOD, "solved": 6}, (422, "invalid", {"solved"})),
    ("street", {"action": "rate", "unit": "water", **GOOD, "attended": 0}, (422, "invalid", {"attended"})),
    ("street", {"action": "rate", "unit": "water", **GOOD, "attitude": 1.5}, (422, "invalid", {"attitude"})),
    ("street", {"action": "close"}, (422, "missing_input", {"reason"})),
    ("street", {"action": "withdraw", "reason": "r"}, (409, "step_not_possible", set())),  # somebody is there
    ("district", {"action": "close"}, (422, "missing_input", {"reason"})),
    ("district", {"action": "sum_up", "note": "n"}, (403, "forbidden", set())),
    ("district", {"action": "note", "text": ""}, (422, "missing_input", {"text"})),
    ("auditor", {"action": "note", "text": "t"}, (403, "forbidden", set())),
    ("street", {"action": "note", "text": "t", "until": "2026"}, (422, "invalid", {"until"})),
]


@pytest.mark.parametrize(("who", "given", "refusal"), STEPS, ids=brief)
def test_a_wrong_step_names_its_field(
    attended: Callable[[str], tuple[Service, dict[str, Caller], str]],
    database_kind: str,
    who: str,
    given: dict[str, Any],
    refusal: Refusal,
) -> None:
    service, callers, number = attended(database_kind)
    before = rows(service), callers["street"].get(f"/whistles/{number}").json
    assert refused(post(callers[who], f"/whistles/{number}/steps", given)) == refusal
    assert (rows(service), callers["street"].get(f"/whistles/{number}").json) == before


def test_a_unit_that_was_not_called_cannot_be_rated(service: Service) -> None:
    street, water = service.as_("street"), service.as_("department")
    number = blown(street, helpers=[])["number"]
    did(water, number, "sign_in", location=HERE)
    did(water, number, "feed_back", note="好了")
    did(water, number, "sum_up", note="好了")
    assert refused(step(street, number, "rate", unit="power", **GOOD)) == (422, "invalid", {"unit"})
    did(street, number, "rate", unit="water", **GOOD)
    assert step(street, number, "rate", unit="water", **GOOD).status_code == 409, "once"


def test_a_stale_version_gets_the_present_state(service: Service) -> None:
    street, water = service.as_("street"), service.as_("department")
    answer = street.post("/whistles", asking())
    number, version = answer.json["number"], answer.headers["ETag"]
    assert (version, answer.json["version"]) == ('"1"', 1)
    moved = step(water, number, "sign_in", location=HERE, if_match=version)
    assert (moved.status_code, moved.headers["ETag"]) == (200, '"2"')
    late = step(street, number, "withdraw", reason="r", if_match=version)
    assert refused(late) == (409, "stale_version", set())
    assert late.json["error"]["present"] == {"number": number, "status": "attended", "version": 2}
    assert refused(step(street, number, "note", text="t", if_match="x")) == (422, "invalid", {"If-Match"})


QUERIES = [
    ({"area": "nowhere"}, "area"),
    ({"area": "420102"}, "area"),  # another's
    ({"status": "lost"}, "status"),
    ({"kind": "party"}, "kind"),
    ({"department": "army"}, "department"),
    ({"open": "perhaps"}, "open"),
    ({"figure": "beauty"}, "figure"),
    ({"figure": "called", "from": "x"}, "from"),
    ({"cursor": "x"}, "cursor"),
    ({"cursor": str(HUGE)}, "cursor"),
    ({"limit": "0"}, "limit"),
    ({"limit": "201"}, "limit"),
]


@pytest.mark.parametrize(("query", "field"), QUERIES, ids=brief)
def test_a_wrong_query_names_its_field(opened: Opened, database_kind: str, query: dict[str, str], field: str) -> None:
    status, _, fields = refused(opened(database_kind).as_("street").get("/whistles", **query))
    assert (status, fields) == (422, {field})


# ---------------------------------------------------------------- who may call, for what, and once


def test_the_same_key_is_the_same_whistle(service: Service) -> None:
    street = service.as_("street")
    body = asking()
    first = street.post("/whistles", body)
    again = street.post("/whistles", {**body, "asked": "别的", "lead": "power", "helpers": []})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert rows(service)["whistle"] == 1
    other = service.seat(CENTRAL).post("/whistles", body)
    assert (other.status_code, other.json["number"]) == (201, "WCS2026090700002"), "a key is one person's own"


def test_below_the_community_nobody_blows(service: Service) -> None:
    grid = service.seat(GRID_A)
    number = service.as_("rider").report(AT_HOME, category=COVER)["number"]
    before = rows(service)
    for given in ({}, {"ticket": number, "location": None}):
        assert refused(grid.post("/whistles", asking(**given))) == (403, "forbidden", set())
    assert rows(service) == before


def test_an_ended_ticket_calls_nobody(service: Service) -> None:
    rider, street = service.as_("rider"), service.as_("street")
    number = rider.report(AT_HOME, category=COVER)["number"]
    rider.did(number, "withdraw")
    answer = street.post("/whistles", asking(ticket=number, location=None))
    assert refused(answer) == (409, "ticket_ended", set())


def test_what_a_ticket_holds_from_its_own_lead_its_whistle_does_too(service: Service) -> None:
    """About the 社区: the street blows, and the community neither sees the whistle nor hears of it."""
    rider, community, street = service.as_("rider"), service.seat(CENTRAL), service.as_("street")
    number = rider.report(AT_HOME, category=COVER, about=f"seat:{CENTRAL}")["number"]
    whistle = blown(street, ticket=number, location=None)["number"]
    assert street.get(f"/whistles/{whistle}").json["blown_by"]["area_code"] == NANHU
    hidden, absent = (community.get(f"/whistles/{one}") for one in (whistle, "WCS2026090799999"))
    assert (hidden.status_code, hidden.json) == (404, absent.json)
    assert community.get("/whistles").json["items"] == []
    assert service.seat(GRID_A).get(f"/whistles/{whistle}").status_code == 200


def test_its_photos_are_for_those_who_see_it(service: Service) -> None:
    street, water = service.as_("street"), service.as_("department")
    number = blown(street, helpers=[])["number"]
    photo = water.photo()
    did(water, number, "sign_in", location=HERE, photo_ids=[photo])
    service.work()
    assert street.get(f"/photos/{photo}").status_code == 200
    assert service.as_("power").get(f"/photos/{photo}").status_code == 404
    assert service.as_("rider").get(f"/photos/{photo}").status_code == 404
    assert refused(step(water, number, "feed_back", note="n", photo_ids=[photo])) == (422, "invalid", {"photo_ids"})
    service.at("2026-09-30 09:00").work()
    assert street.get(f"/photos/{photo}").status_code == 200, "it is not loose"


def test_a_list_is_read_page_by_page_and_costs_no_more_for_more(service: Service) -> None:
    street, water = service.as_("street"), service.as_("department")
    numbers = [blown(street)["number"] for _ in range(5)]
    with service.statements() as few:
        first = water.get("/whistles", department="me", open=True, limit=2).json
    with service.statements() as many:
        water.get("/whistles", department="me", open=True, limit=5)
    assert len(few) == len(many)
    second = water.get("/whistles", department="me", open=True, limit=2, cursor=first["next_cursor"]).json
    third = water.get("/whistles", department="me", open=True, limit=2, cursor=second["next_cursor"]).json
    pages = [[item["number"] for item in one["items"]] for one in (first, second, third)]
    assert pages == [numbers[:2:-1], numbers[2:0:-1], numbers[:1]]
    assert third["next_cursor"] is None
    did(street, numbers[0], "withdraw", reason="误报")
    assert len(water.get("/whistles", mine=True).json["items"]) == 4
    assert [one["number"] for one in street.get("/whistles", status="ended").json["items"]] == numbers[:1]
    assert street.get("/me").json["whistles"] == 0, "it is the units' turn"
    assert street.get("/whistles", kind="resource").json["items"] == []


def test_sentences_are_english_for_whom_asks_for_it(service: Service) -> None:
    street = service.as_("street")
    shown = street.post("/whistles", asking(), headers={"Accept-Language": "en"}).json
    assert (shown["status_name"], shown["kind_name"]) == ("Blown", "Joint enforcement")
    refusal = street.post(
        f"/whistles/{shown['number']}/steps", {"action": "close"}, headers={"Accept-Language": "en"}
    ).json["error"]
    assert refusal["fields"] == {"reason": "Please give the reason"}
