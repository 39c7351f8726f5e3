"""Every wrong parameter of a query is refused by its name; letters in a search are letters."""

import base64
import json
from typing import Any

import pytest

from tests.api.test_bad_input import COVER, HUGE, WHERE, Held, refused, without
from tests.naming import brief
from tests.world import AT_HOME


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


QUERIES: list[tuple[str, dict[str, str], str]] = [
    ("/tickets", {"cursor": "x"}, "cursor"),
    ("/tickets", {"cursor": "é"}, "cursor"),
    ("/tickets", {"owes_reply": "perhaps"}, "owes_reply"),
    ("/overdue-appeals", {"cursor": "x"}, "cursor"),
    ("/overdue-appeals", {"cursor": "²"}, "cursor"),
    ("/overdue-appeals", {"cursor": "9" * 30}, "cursor"),
    ("/overdue-appeals", {"limit": "0"}, "limit"),
    ("/tickets", {"cursor": "x" * 401}, "cursor"),
    ("/tickets", {"cursor": cursor("severity", 3, 1)}, "cursor"),  # of another order
    ("/tickets", {"cursor": cursor("-received_at", "2026-09-07T00:00:00", 1)}, "cursor"),  # without a zone
    ("/tickets", {"cursor": cursor("-received_at", "0001-01-01T00:00:00+14:00", 1)}, "cursor"),
    ("/tickets", {"cursor": cursor("-received_at", "2026-09-07T00:00:00+00:00", HUGE)}, "cursor"),
    ("/tickets", {"cursor": cursor("-received_at", "2026-09-07T00:00:00+00:00", float("inf"))}, "cursor"),
    ("/tickets", {"cursor": cursor("-received_at", None, None)}, "cursor"),
    ("/tickets", {"cursor": cursor("-received_at")}, "cursor"),
    ("/tickets", {"cursor": cursor("severity", HUGE, 1), "sort": "severity"}, "cursor"),
    ("/tickets", {"cursor": cursor("severity", float("inf"), 1), "sort": "severity"}, "cursor"),
    ("/tickets", {"cursor": base64.urlsafe_b64encode(b"[" * 200).decode()}, "cursor"),
    ("/messages", {"cursor": "x"}, "cursor"),
    ("/messages", {"cursor": str(HUGE)}, "cursor"),
    ("/messages", {"cursor": "-1"}, "cursor"),
    ("/reports", {"cursor": "x"}, "cursor"),
    *[(path, {"limit": limit}, "limit") for path in ("/tickets", "/messages", "/reports") for limit in ("0", "201")],
    ("/tickets", {"limit": "x"}, "limit"),
    ("/tickets", {"limit": "1.5"}, "limit"),
    ("/tickets", {"limit": str(HUGE)}, "limit"),
    ("/tickets", {"sort": "number"}, "sort"),
    ("/tickets", {"bbox": "1,2,3"}, "bbox"),
    ("/tickets", {"bbox": "a,b,c,d"}, "bbox"),
    ("/tickets", {"bbox": "nan,nan,nan,nan"}, "bbox"),
    ("/tickets", {"bbox": "114,30,113,31"}, "bbox"),
    ("/tickets", {"bbox": "114,-91,115,31"}, "bbox"),
    ("/tickets", {"bbox": "-inf,-inf,inf,inf"}, "bbox"),
    ("/tickets", {"coord_type": "mars"}, "coord_type"),
    ("/tickets", {"status": "lost"}, "status"),
    ("/tickets", {"severity": "5"}, "severity"),
    ("/tickets", {"severity": str(HUGE)}, "severity"),
    ("/tickets", {"overdue": "maybe"}, "overdue"),
    ("/tickets", {"q": ""}, "q"),
    ("/tickets", {"q": "长" * 61}, "q"),
    ("/tickets", {"q": "a\x00"}, "q"),
    ("/tickets", {"category": "\x00"}, "category"),
    ("/tickets", {"area": "420199"}, "area"),
    ("/tickets", {"area": "\x00"}, "area"),
    ("/tickets", {"holder": "somebody"}, "holder"),
    ("/tickets", {"holder": "department:zoo"}, "holder"),
    ("/tickets", {"holder": "seat:\x00"}, "holder"),
    ("/tickets", {"created_from": "yesterday"}, "created_from"),
    ("/tickets", {"created_from": "2026-09-07T00:00:00"}, "created_from"),  # without a zone
    ("/tickets", {"created_from": "2026-13-01"}, "created_from"),
    ("/tickets", {"created_from": "0001-01-01"}, "created_from"),
    ("/tickets", {"created_from": "0001-01-01T00:00:00+14:00"}, "created_from"),
    ("/tickets", {"created_to": "9999-12-31"}, "created_to"),
    ("/tickets", {"created_to": "9999-12-31T23:59:59-14:00"}, "created_to"),
    ("/tickets", {"figure": "happiness"}, "figure"),
    ("/tickets", {"figure": "received", "from": "x"}, "from"),
    ("/tickets", {"figure": "received", "from": "2026-09-08", "to": "2026-09-07"}, "from"),
    ("/tickets/nearby", {**WHERE, "lng": "nan"}, "lng"),
    ("/tickets/nearby", {**WHERE, "lng": "x"}, "lng"),
    ("/tickets/nearby", without(WHERE, "coord_type"), "coord_type"),
    ("/tickets/nearby", {**WHERE, "category": "XX9999"}, "category"),
    ("/tickets/nearby", {**WHERE, "category": "\x00"}, "category"),
    ("/areas/locate", {**WHERE, "lat": "1e999"}, "lat"),
    ("/areas/locate", {**WHERE, "lat": "91"}, "location.lat"),
    ("/areas/locate", without(WHERE, "lng"), "lng"),
    ("/areas/locate", {**WHERE, "coord_type": "mars"}, "coord_type"),
    ("/areas/locate", {"lng": "0", "lat": "0", "coord_type": "bd09"}, "location"),
    *[("/areas/stations", {"area": area}, "area") for area in ("420199", "", "\x00", "4" * 25)],
    *[("/areas/stations", without(WHERE, name), name) for name in WHERE],
    ("/areas/stations", {**WHERE, "coord_type": "mars"}, "coord_type"),
    ("/areas/stations", {**WHERE, "lng": "nan"}, "lng"),
    ("/areas/stations", {**WHERE, "lat": "91"}, "location.lat"),
    ("/areas/stations", {"limit": "0"}, "limit"),
    ("/areas/stations", {"limit": "201"}, "limit"),
    ("/dashboard/summary", {"area": "420199"}, "area"),
    ("/dashboard/summary", {"from": "x"}, "from"),
    ("/dashboard/summary", {"to": "x"}, "to"),
    ("/dashboard/summary", {"to": "0001-01-01"}, "to"),
    ("/dashboard/summary", {"to": "9999-12-31"}, "to"),
    ("/dashboard/summary", {"from": "0001-01-01", "to": "2026-09-07"}, "from"),
    ("/dashboard/summary", {"from": "2001-01-01"}, "from"),  # too long
    ("/dashboard/breakdown", {}, "by"),
    ("/dashboard/breakdown", {"by": "mood"}, "by"),
    ("/dashboard/breakdown", {"by": "day", "metrics": "some"}, "metrics"),
    ("/dashboard/month", {"area": "420199"}, "area"),
    *[("/dashboard/month", {"month": month}, "month") for month in ("", "2026-13", "2026-1", "0001-01", "2026-10-01")],
    *[("/tickets", {"charged": charged}, "charged") for charged in ("me", "department:nobody")],
]


@pytest.mark.parametrize(("path", "query", "field"), QUERIES, ids=brief)
def test_a_wrong_query_names_its_field(
    held: Held, database_kind: str, path: str, query: dict[str, str], field: str
) -> None:
    _, grid, _ = held(database_kind)
    status, _, fields = refused(grid.get(path, **query))
    assert (status, fields) == (422, {field})


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", "100%", "井_", '"', "%%", "井%了", "--"])
def test_wildcards_in_a_search_are_letters(held: Held, database_kind: str, q: str) -> None:
    service, grid, _ = held(database_kind)
    rider = service.as_("rider")
    rider.report(AT_HOME, category=COVER, text="标记甲标记")  # what a wildcard would find
    assert grid.get("/tickets", q=f"标记{q}标记").json["items"] == []
    number = rider.report(AT_HOME, category=COVER, text=f"标记{q}标记")["number"]
    assert [item["number"] for item in grid.get("/tickets", q=f"标记{q}标记").json["items"]] == [number]


def test_a_number_is_found_by_its_beginning(held: Held, database_kind: str) -> None:
    _, grid, number = held(database_kind)
    assert number in [item["number"] for item in grid.get("/tickets", q=number[:8], limit=200).json["items"]]
