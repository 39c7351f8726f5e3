"""Every wrong field of a revisit's request: refused with a stable code, by its name, and nothing is stored."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.test_bad_input import HUGE, SURROGATE, Opened, Refusal, post, refused, rows
from tests.naming import brief
from tests.service import Caller, Service
from tests.world import AT_HOME, BUILDING, HOME

Visited = Callable[[str], tuple[Service, Caller, int]]

STEPS: list[tuple[dict[str, Any], Refusal]] = [
    ({}, (422, "invalid", {"action"})),
    ({"action": "forgive"}, (422, "invalid", {"action"})),
    ({"action": 1}, (422, "invalid", {"action"})),
    ({"action": "contact"}, (422, "missing_input", {"note"})),
    ({"action": "contact", "note": ""}, (422, "missing_input", {"note"})),
    ({"action": "contact", "note": 5}, (422, "invalid", {"note"})),
    ({"action": "contact", "note": "长" * 1001}, (422, "invalid", {"note"})),
    ({"action": "contact", "note": "\x00"}, (422, "invalid", {"note"})),
    ({"action": "contact", "note": SURROGATE}, (422, "invalid", {"note"})),
    ({"action": "contact", "note": "n", "grade": 5}, (422, "invalid", {"grade"})),
    ({"action": "contact", "note": "n", "outcome": "perhaps"}, (422, "invalid", {"outcome"})),
    ({"action": "contact", "note": "n", "evidence": "  "}, (422, "invalid", {"evidence"})),
    ({"action": "contact", "note": "n", "passed": "yes"}, (422, "invalid", {"passed"})),
    ({"action": "contact", "note": "n", "reason": "长" * 501}, (422, "invalid", {"reason"})),
    ({"action": "find", "outcome": "true_fixed"}, (409, "step_not_possible", set())),  # not contacted yet
    ({"action": "rectify", "note": "n"}, (409, "step_not_possible", set())),
    ({"action": "review", "passed": True, "note": "n"}, (409, "step_not_possible", set())),
    ({"action": "appeal", "reason": "r"}, (403, "forbidden", set())),  # the rater's
    ({"action": "take_over", "reason": "r"}, (403, "forbidden", set())),  # has it already
]


@pytest.fixture(scope="module")
def visited(opened: Opened) -> Visited:
    """The service, the 楼栋长, and a revisit that waits for the first contact."""
    made: dict[str, tuple[Service, Caller, int]] = {}

    def of(kind: str) -> tuple[Service, Caller, int]:
        if kind not in made:
            service = opened(kind)
            resident, home = service.as_("resident"), service.seat(HOME)
            number = resident.report(AT_HOME, category="LL0107", photo_ids=[resident.photo()])["number"]
            home.did(number, "solve", photo_ids=[home.photo("white")])
            assert resident.post(f"/tickets/{number}/rating", {"grade": 1}).status_code == 201
            key = resident.get("/revisits").json["items"][0]["id"]
            made[kind] = (service, service.seat(BUILDING), key)
        return made[kind]

    return of


@pytest.mark.parametrize(("given", "expected"), STEPS, ids=brief)
def test_a_wrong_step_names_its_field_and_changes_nothing(
    visited: Visited, database_kind: str, given: dict[str, Any], expected: Refusal
) -> None:
    service, building, key = visited(database_kind)
    before, seen = rows(service), building.get(f"/revisits/{key}").json
    assert refused(post(building, f"/revisits/{key}/steps", given)) == expected
    assert rows(service) == before
    assert building.get(f"/revisits/{key}").json == seen


@pytest.mark.parametrize("reason", ["", "  ", None, 5, "长" * 201, "\x00"])
def test_nobody_is_unmasked_without_a_readable_reason(visited: Visited, database_kind: str, reason: Any) -> None:
    service, building, key = visited(database_kind)
    before = rows(service)
    assert refused(post(building, f"/revisits/{key}/reveal", {"reason": reason})) == (422, "invalid", {"reason"})
    assert rows(service) == before


@pytest.mark.parametrize("version", ["x", "1.5", "９x"])
def test_an_unreadable_version_is_named(visited: Visited, database_kind: str, version: str) -> None:
    _, building, key = visited(database_kind)
    answer = building.post(f"/revisits/{key}/steps", {"action": "contact", "note": "n"}, headers={"If-Match": version})
    assert refused(answer) == (422, "invalid", {"If-Match"})


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/revisits", {"cursor": "x"}, "cursor"),
        ("/revisits", {"cursor": str(HUGE)}, "cursor"),
        ("/revisits", {"cursor": "-1"}, "cursor"),
        ("/revisits", {"limit": "0"}, "limit"),
        ("/revisits", {"limit": "201"}, "limit"),
        ("/revisits", {"area": "420199"}, "area"),
        ("/revisits", {"area": "\x00"}, "area"),
        ("/revisits", {"open": "perhaps"}, "open"),
        ("/revisits", {"late": "perhaps"}, "late"),
        ("/revisits", {"mine": "perhaps"}, "mine"),
        ("/revisits/figures", {"area": "420199"}, "area"),
        ("/revisits/figures", {"from": "x"}, "from"),
        ("/revisits/figures", {"to": "9999-12-31"}, "to"),
        ("/revisits/figures", {"from": "2026-09-08", "to": "2026-09-07"}, "from"),
    ],
    ids=brief,
)
def test_a_wrong_query_names_its_field(
    visited: Visited, database_kind: str, path: str, query: dict[str, str], field: str
) -> None:
    _, building, _ = visited(database_kind)
    status, _, fields = refused(building.get(path, **query))
    assert (status, fields) == (422, {field})


@pytest.mark.parametrize(
    "path", [f"/revisits/{HUGE}", f"/revisits/{2**63}", "/revisits/0", "/revisits/-1", "/revisits/x"]
)
def test_a_path_that_leads_nowhere_is_not_found(visited: Visited, database_kind: str, path: str) -> None:
    _, building, _ = visited(database_kind)
    for answer in (
        building.get(path),
        building.get(f"{path}/events"),
        building.post(f"{path}/steps", {"action": "contact", "note": "n"}),
        building.post(f"{path}/reveal", {"reason": "x"}),
    ):
        assert refused(answer) == (404, "not_found", set())


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"photo_ids": ["x"]}, {"photo_ids.0"}),
        ({"photo_ids": "x"}, {"photo_ids"}),
        ({"tags": ["lovely"]}, {"tags.0"}),
    ],
    ids=str,
)
def test_a_wrong_rating_names_its_field(
    visited: Visited, database_kind: str, given: dict[str, Any], fields: set[str]
) -> None:
    service, _, _ = visited(database_kind)
    number = service.as_("resident").get("/reports").json["items"][0]["number"]
    before = rows(service)
    answer = post(service.as_("resident"), f"/tickets/{number}/rating", {"grade": 5, **given})
    assert refused(answer) == (422, "invalid", fields)
    assert rows(service) == before
