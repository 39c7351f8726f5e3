"""“Why here”, rules and proposals over HTTP: wrong fields are named, pages follow each other, nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_bad_input import WHERE, Refusal, refused, rows
from tests.importing.desk import Desk
from tests.importing.test_rules import HEAD
from tests.naming import brief
from tests.service import Service
from tests.world import OUTSIDE

Opened = Callable[[str], Service]

ASKED: list[tuple[dict[str, Any], Refusal]] = [
    ({"location": None}, (422, "invalid", {"location"})),
    ({"location": {**WHERE, "coord_type": "mars"}}, (422, "invalid", {"location.coord_type"})),
    ({"location": {**WHERE, "lng": 0, "lat": 0}}, (422, "bad_location", {"location"})),
    ({"location": {**WHERE, "lng": OUTSIDE[0], "lat": OUTSIDE[1]}}, (422, "location_out_of_area", {"location"})),
    ({"category": "NOPE"}, (422, "unknown_category", {"category"})),
    ({"category": 5}, (422, "invalid", {"category"})),
    ({"condition": 1}, (422, "invalid", {"condition"})),  # of which category?
    ({"category": "LL0107", "condition": 99}, (422, "unknown_condition", {"condition"})),
    ({"text": "长" * 5001}, (422, "invalid", {"text"})),
    ({"text": "a\x00b"}, (422, "invalid", {"text"})),
    ({"at": "2026-09-07 23:30"}, (422, "invalid", {"at"})),  # in which zone?
    ({"at": "9999-12-31T23:59:59Z"}, (422, "invalid", {"at"})),
    ({"at": "yesterday"}, (422, "invalid", {"at"})),
    ({"client_request_id": "x"}, (422, "invalid", {"client_request_id"})),  # nothing is made, so nothing has a key
]


@pytest.mark.parametrize(("changed", "expected"), ASKED, ids=brief)
def test_a_wrong_question_names_its_field(
    opened: Opened, database_kind: str, changed: dict[str, Any], expected: Refusal
) -> None:
    service = opened(database_kind)
    rider = service.as_("rider")
    before = rows(service)
    assert refused(rider.post("/routing/explain", {"location": WHERE, **changed})) == expected
    assert rows(service) == before


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/routing/rules", {"limit": 0}, "limit"),
        ("/routing/rules", {"on": "soon"}, "on"),
        ("/routing/rules", {"cursor": "x"}, "cursor"),
        ("/routing/rules", {"cursor": "WzEsMiwzXQ"}, "cursor"),  # [1,2,3]
        ("/routing/proposals", {"state": "lost"}, "state"),
        ("/routing/proposals", {"cursor": "-1"}, "cursor"),
        ("/routing/proposals", {"limit": 201}, "limit"),
    ],
    ids=brief,
)
def test_a_wrong_query_names_its_field(
    opened: Opened, database_kind: str, path: str, query: dict[str, Any], field: str
) -> None:
    answer = opened(database_kind).as_("district").get(path, **query)
    assert refused(answer) == (422, "invalid", {field})


@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "accepted"), ({"accepted": "yes"}, "accepted"), ({"accepted": True, "note": "长" * 501}, "note")],
    ids=brief,
)
def test_a_wrong_decision_names_its_field(
    opened: Opened, database_kind: str, given: dict[str, Any], field: str
) -> None:
    answer = opened(database_kind).as_("district").post("/routing/proposals/1/decision", given)
    assert refused(answer) == (422, "invalid", {field})


def test_rules_come_in_their_order_page_by_page(service: Service, tmp_path: Path) -> None:
    desk = Desk(service.engine, tmp_path)
    desk.now = service.clock()
    lines = [f"R{at},{9 - at},,LL0107,,,,{at % 4 + 1},,,,first_level,grid," for at in range(5)]
    assert desk.run("rules", desk.csv("rules.csv", HEAD, *lines), "--apply").code == 0
    district = service.as_("district")

    found, cursor = [], None
    while True:
        page = district.get("/routing/rules", limit=2, **({"cursor": cursor} if cursor else {})).json
        found += [one["code"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["R4", "R3", "R2", "R1", "R0"]
    assert district.get("/routing/rules", on="2026-09-06").json["items"] == [], "before their first day"
    assert len(district.get("/routing/rules", on="2026-09-07").json["items"]) == 5
