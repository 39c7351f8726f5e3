"""Each figure of the dashboard is a link to exactly the tickets it counts, for every dimension."""

from typing import Any

import pytest

from tests.service import Caller, Service
from tests.world import AT_HOME, AT_NET_HOME, AT_XIMA_HOME, CENTRAL, GRID_A, HOME, IN_STREET_ONLY, NANHU


@pytest.fixture
def busy(service: Service) -> Service:
    """A street with tickets in many states: closed, rated well and badly, overdue, at risk, rejected, withdrawn."""
    service.at("2026-09-07 09:00")
    resident, rider = service.as_("resident"), service.as_("rider")
    home, grid = service.seat(HOME), service.seat(GRID_A)
    for grade, tag in ((5, "solved"), (2, "not_solved")):  # closed at once and rated
        number = resident.report(AT_HOME, category="LL0107", photo_ids=[resident.photo()])["number"]
        home.did(number, "solve", photo_ids=[home.photo()])
        assert resident.post(f"/tickets/{number}/rating", {"grade": grade, "tags": [tag]}).status_code == 201
    unrated = resident.report(AT_HOME, category="LL0107")["number"]  # verified, once reworked, not rated
    home.did(unrated, "solve", photo_ids=[home.photo()])
    grid.did(unrated, "verify", passed=False, note="没亮")
    home.did(unrated, "solve", photo_ids=[home.photo()])
    grid.did(unrated, "verify", passed=True)
    rider.report(AT_HOME, category="BJ0123", text="井盖不见了")  # two urgent hours: overdue by the evening
    rider.report(AT_NET_HOME, category="LL0107")
    rider.report(IN_STREET_ONLY, category="SJ0110")  # lies in no community
    rider.report(AT_XIMA_HOME, category="LL0107")  # another district
    grid.did(rider.report(AT_HOME, text="?")["number"], "reject", reason_code="not_in_scope")
    rider.did(rider.report(AT_HOME, category="LL0107")["number"], "withdraw")
    rider.report(AT_HOME, category="BJ0123", condition=2)  # four working hours: at risk at half past two
    service.at("2026-09-07 14:45")
    service.work()
    return service


def opened(caller: Caller, url: str) -> int:
    """How many tickets a link shows, over all its pages."""
    path, total, cursor = url.removeprefix("/api/v1"), 0, ""
    while True:
        page: Any = caller.request("GET", f"{path}&limit=2{cursor}")
        assert page.status_code == 200, page.text
        total += len(page.json["items"])
        if not page.json["next_cursor"]:
            return total
        cursor = f"&cursor={page.json['next_cursor']}"


def numbers_of(shown: dict[str, Any]) -> list[tuple[str, int, str]]:
    found = [(name, count["value"], count["tickets_url"]) for name, count in shown["counts"].items()]
    for name, rate in shown["rates"].items():
        found.append((f"{name} numerator", rate["numerator"], rate["numerator_url"]))
        found.append((f"{name} denominator", rate["denominator"], rate["denominator_url"]))
    return found


@pytest.mark.parametrize("username", ["street", "district", "auditor"])
def test_every_number_of_the_summary_opens_its_tickets(busy: Service, username: str) -> None:
    caller = busy.as_(username)
    summary = caller.get("/dashboard/summary", area=NANHU).json

    for name, value, url in numbers_of(summary):
        assert opened(caller, url) == value, name

    counts = {name: count["value"] for name, count in summary["counts"].items()}
    assert counts == {
        "received": 8,  # without the withdrawn one
        "open": 4,
        "closed": 3,
        "overdue": 1,
        "at_risk": 2,  # the cracked cover and the rubbish, four working hours each
        "response_due": 6,
        "responded_on_time": 4,
        "handling_due": 4,
        "handled_on_time": 3,
        "handled": 3,
        "reworked": 1,
        "closed_in_period": 3,
        "rated": 2,
        "satisfied": 1,
        "closed_at_once": 2,
        "not_accepted": 1,
        "unmerged": 8,
        "merged": 0,
        "accepted": 7,
        "decided": 8,
        "decided_on_time": 8,
        "to_handle": 7,
        "on_hold": 0,
        "went_overdue": 1,
        "closed_handled": 3,
        "closed_on_time": 3,
        "forced": 0,
        "returned": 0,
        "rightly_dispatched": 7,
        "verified": 1,
        "passed_first": 0,  # it passed the second time
        "self_solved": 3,
        "strictly_satisfied": 1,
        "grade_5": 1,
        "grade_4": 0,
        "grade_3": 0,
        "grade_2": 1,
        "grade_1": 0,
        "solution_told": 2,
        "solution_confirmed": 1,
    }
    assert summary["rates"]["satisfaction"]["percent"] == 50.0, "unrated is not satisfied"


@pytest.mark.parametrize("by", ["child", "category", "day", "holder"])
def test_every_number_of_a_breakdown_opens_its_tickets(busy: Service, by: str) -> None:
    street = busy.as_("street")
    period = {"from": "2026-09-06", "to": "2026-09-07"}
    rows = street.get("/dashboard/breakdown", by=by, metrics="all", **period).json["items"]
    whole = street.get("/dashboard/summary", **period).json["counts"]

    for row in rows:
        for name, value, url in numbers_of(row):
            assert opened(street, url) == value, (row["name"], name)
    assert sum(row["counts"]["open"]["value"] for row in rows) == whole["open"]["value"], "rows add up to the whole"


def test_children_without_anything_are_shown_and_nothing_is_no_data(busy: Service) -> None:
    rows = busy.as_("street").get("/dashboard/breakdown", by="child").json["items"]

    by_key = {row["key"]: row for row in rows}
    assert by_key[None]["counts"]["received"]["value"] == 1, "what lies in no community is not hidden"
    assert by_key[CENTRAL]["counts"]["received"]["value"] == 6
    assert by_key["420106015001"]["rates"]["satisfaction"]["percent"] is None


def test_an_area_that_is_not_mine_looks_absent(busy: Service) -> None:
    street = busy.as_("street")

    for code in ("420102007", "420106", "999999"):
        refused = street.get("/dashboard/summary", area=code)
        assert (refused.status_code, list(refused.json["error"]["fields"])) == (422, ["area"])


def test_a_row_of_the_wall_is_short_and_a_definition_is_told_once(busy: Service) -> None:
    street = busy.as_("street")
    wall, everything = (
        street.get("/dashboard/breakdown", by="child", metrics=metrics).json["items"][0] for metrics in ("wall", "all")
    )
    told = busy.nobody().get("/dashboard/definitions").json

    assert set(wall["rates"]) < set(everything["rates"]) and set(wall["counts"]) < set(everything["counts"])
    codes = {figure["code"] for figure in told["figures"]}
    assert codes == set(everything["counts"])
    shares = {metric["code"]: metric for metric in told["metrics"] if metric["unit"] == "percent"}
    assert set(shares) == set(everything["rates"])
    assert {metric["numerator"] for metric in told["metrics"]} <= codes
    assert all(entry["definition"] for entry in (*told["figures"], *told["metrics"]))


def test_all_of_every_day_is_told_for_a_year_at_most(busy: Service) -> None:
    asked = {"by": "day", "metrics": "all", "from": "2025-01-01", "to": "2026-09-07"}
    refused = busy.as_("street").get("/dashboard/breakdown", **asked)
    assert (refused.status_code, list(refused.json["error"]["fields"])) == (422, ["to"])
