"""The district's desk asks what a new calendar would move: page by page, its own area only, nothing is written."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.calendars import ClockRecompute
from reporter.models.tickets import Ticket
from tests.service import Service
from tests.services.almanac import NEW_YEAR, publish
from tests.services.inside import count, rows
from tests.world import AT_HOME, AT_NEXT_DOOR, AT_XIMA_HOME, GRID_A, JIANGAN, WUCHANG


@pytest.fixture
def new_year(service: Service, tmp_path: Path) -> list[str]:
    """The numbers of three tickets of 武昌区, reported on New Year's Eve before the plan came; one of 江岸区 too."""
    service.at("2026-12-31 17:00")
    rider = service.as_("rider")
    numbers = [rider.report(point, category="LL0305")["number"] for point in (AT_HOME, AT_NEXT_DOOR, AT_HOME)]
    rider.report(AT_XIMA_HOME, category="LL0305")
    publish(service, tmp_path, *NEW_YEAR)
    return numbers


def test_the_desk_pages_through_what_would_move(service: Service, new_year: list[str]) -> None:
    desk, found, given = service.as_("district"), [], {"limit": 2}
    pages = 0
    while True:
        answer = desk.post("/clocks/replay", given).json
        found += [item for item in answer["items"] if item["kind"] == "resolve"]
        pages += 1
        if answer["next_cursor"] is None:
            break
        given = {"limit": 2, "cursor": answer["next_cursor"]}
    assert (pages, [item["number"] for item in found]) == (2, new_year)
    assert found[0] == {
        "number": new_year[0], "kind": "resolve",
        "due_before": "2027-01-01T03:00:00Z", "due_at": "2027-01-04T03:00:00Z",
        "limit_before": {"value": 4, "unit": "work_hour"}, "limit": {"value": 4, "unit": "work_hour"},
        "becomes_overdue": False, "ceases_overdue": False, "still_runs": True,
    }  # fmt: skip
    counts = {"tickets": 1, "changed": 1, "clocks_moved": 2, "became_overdue": 0, "ceased_overdue": 0}
    assert answer["counts"] == counts, "of the last page"
    assert count(service, ClockRecompute) == 0
    assert set(rows(service, select(Ticket.version))) == {1}


def test_what_is_about_the_desk_itself_is_not_shown_to_it(service: Service, new_year: list[str]) -> None:
    rider = service.as_("rider")
    service.at("2026-12-31 17:30")
    about = rider.report(AT_HOME, category="LL0305", about=f"seat:{WUCHANG}")["number"]
    answer = service.as_("district").post("/clocks/replay").json
    assert about not in [item["number"] for item in answer["items"]]
    assert answer["counts"]["tickets"] == len(new_year)


def test_only_so_many_days_back(service: Service, new_year: list[str]) -> None:
    service.at("2027-01-20 09:00")
    desk = service.as_("district")
    assert desk.post("/clocks/replay", {"days": 10}).json["items"] == []
    assert {item["number"] for item in desk.post("/clocks/replay", {"area": GRID_A}).json["items"]} == set(new_year)


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"days": 0}, "days"),
    ({"days": 367}, "days"),
    ({"days": "30"}, "days"),
    ({"limit": 0}, "limit"),
    ({"limit": 201}, "limit"),
    ({"area": "999"}, "area"),
    ({"area": JIANGAN}, "area"),  # another district's looks like one that is not there
    ({"cursor": "x"}, "cursor"),
    ({"cursor": "1-"}, "cursor"),
    ({"cursor": "²-1"}, "cursor"),
    ({"cursor": f"1-{10**30}"}, "cursor"),
    ({"cursor": f"{10**30}-1"}, "cursor"),
    ({"since": "2026-01-01"}, "since"),  # nobody knows this field
)


def test_each_wrong_field_is_named(service: Service) -> None:
    desk = service.as_("district")
    for given, field in WRONG:
        answer = desk.post("/clocks/replay", given)
        error = answer.json["error"]
        assert (answer.status_code, error["code"], set(error["fields"])) == (422, "invalid", {field}), given
