"""Scenario 20: a month counted by hand: thirty tickets written out, and what the report must say of them."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reporter.api.month_sheet import harmless
from reporter.models.figures import FigureCorrection
from reporter.models.tickets import Ticket
from reporter.services import settling
from tests.service import Caller, Service
from tests.services.inside import count
from tests.world import (
    AT_HOME,
    AT_NET_HOME,
    AT_XIMA_HOME,
    CENTRAL,
    GRID_A,
    HOME,
    HUAJIN,
    IN_GRID_A_ONLY,
    IN_STREET_ONLY,
    NANHU,
    NET,
    NET_HOME,
)

# Each ticket by its letter, all of 2026-09-07 but K, all in 甲网格 unless said:
#   A1–A9  lamps closed at once, rated 5 5 5 4 3 2 – – –; A6 was closed by force
#   B1–B3  lamps verified at the first try; B1 rated 5
#   C1 C2  lamps verified at the second try; C2 rated 1
#   D1–D3  lamps nobody touched; D1 is on hold, D2 is merged
#   E1 E2  covers that the water department sent back: not our duty; cannot get there
#   F1 F2  not accepted
#   G1     withdrawn
#   H1–H3  lamps of the next community: untouched; voided; closed at once
#   I1     rubbish in no community, untouched
#   J1     a lamp in another district
#   K1     a lamp of the 28th, closed at once and reopened on October 2nd
#   L1 L2  lamps solved three weeks late; L1 rated 3, L2 excused
COUNTED_BY_HAND = {
    "received": 28,  # thirty without G1 and J1
    "open": 7,  # D1 D3 E1 E2 H1 I1 K1
    "closed": 17,  # A B C H3 L
    "overdue": 6,  # the open ones without D1, which is on hold
    "at_risk": 0,
    "response_due": 28,
    "responded_on_time": 18,  # A B C F H3 K1; E asked for a guard at the place, and nobody stood there
    "handling_due": 23,  # the handled and the overdue
    "handled_on_time": 16,  # the handled without L1
    "handled": 17,
    "reworked": 2,  # C
    "closed_in_period": 17,
    "rated": 8,  # A1–A5 B1 C2 L1; A6 was forced
    "satisfied": 7,  # those without C2
    "closed_at_once": 10,  # A H3
    "not_accepted": 2,
    "unmerged": 27,
    "merged": 1,  # D2
    "accepted": 25,  # those without D2 and F
    "decided": 27,
    "decided_on_time": 27,
    "to_handle": 24,  # the accepted without H2, which is void
    "on_hold": 1,
    "went_overdue": 9,  # the overdue, D1, and L
    "closed_handled": 17,
    "closed_on_time": 16,  # all but L1
    "forced": 1,
    "returned": 2,  # E
    "rightly_dispatched": 23,  # all but E1
    "verified": 7,  # B C L
    "passed_first": 5,  # B L
    "self_solved": 17,
    "strictly_satisfied": 5,  # A1–A4 B1
    "grade_5": 4,
    "grade_4": 1,
    "grade_3": 2,  # A5 L1
    "grade_2": 0,
    "grade_1": 1,
    "solution_told": 4,  # A1 A3 B1 C2
    "solution_confirmed": 3,
}
SHARES_BY_HAND = {
    "on_time_handling": (16, 23, 69.6),
    "response": (18, 28, 64.3),
    "closing": (17, 17, 100.0),
    "rework": (2, 17, 11.8),
    "satisfaction": (7, 8, 87.5),
    "rated_share": (8, 17, 47.1),
    "filing": (25, 27, 92.6),
    "on_time_acceptance": (27, 27, 100.0),
    "handling": (17, 24, 70.8),
    "closing_of_accepted": (17, 25, 68.0),
    "on_time_closing": (16, 17, 94.1),
    "return": (2, 24, 8.3),
    "correct_dispatch": (23, 24, 95.8),
    "verification_pass": (5, 7, 71.4),
    "solve": (3, 4, 75.0),
    "satisfaction_strict": (5, 8, 62.5),
    "self_solved": (17, 25, 68.0),
    "duplicate": (1, 28, 3.6),
}
WHY = {"cause": "线路老化", "effect": "换了新灯"}  # asked for where a place repeats itself (五连问)
LATE_S = 121 * 3600  # 15 working days of 8 hours (the 20th works, the 25th rests), less one before 9, and two more


@pytest.fixture
def september(service: Service) -> Service:
    """The month as the comment above says, looked at on October 12th."""
    service.at("2026-09-07 09:00")
    resident, home, grid = service.as_("resident"), service.seat(HOME), service.seat(GRID_A)
    named: dict[str, str] = {}

    def lamp(name: str, point: tuple[float, float] = AT_HOME, **given: Any) -> str:
        named[name] = resident.report(point, category="LL0107", **given)["number"]
        return named[name]

    def rate(name: str, grade: int, *tags: str) -> None:
        assert resident.post(f"/tickets/{named[name]}/rating", {"grade": grade, "tags": tags}).status_code == 201

    def at_once(name: str, solver: Caller, point: tuple[float, float] = AT_HOME) -> None:
        lamp(name, point, photo_ids=[resident.photo()])
        assert solver.did(named[name], "solve", photo_ids=[solver.photo()], **WHY)["status"] == "closed"

    for place in range(1, 10):
        at_once(f"A{place}", home)
    for name, grade, tags in (
        ("A1", 5, ["solved"]), ("A2", 5, []), ("A3", 5, ["solved", "fast"]), ("A4", 4, []), ("A5", 3, []),
        ("A6", 2, ["not_solved"]),
    ):  # fmt: skip
        rate(name, grade, *tags)
    for name in ("B1", "B2", "B3", "C1", "C2"):
        home.did(lamp(name), "solve", photo_ids=[home.photo()], **WHY)
        if name.startswith("C"):
            grid.did(named[name], "verify", passed=False, note="没亮")
            home.did(named[name], "solve", photo_ids=[home.photo()], **WHY)
        grid.did(named[name], "verify", passed=True)
    rate("B1", 5, "solved")
    rate("C2", 1, "not_solved")
    for name in ("D1", "D2", "D3", "L1", "L2"):
        lamp(name)
    water = service.as_("department")
    for name, reason in (("E1", "not_my_duty"), ("E2", "cannot_reach")):
        named[name] = resident.report(AT_HOME, category="BJ0123")["number"]
        grid.did(named[name], "dispatch", to="department:water")
        water.did(named[name], "return", reason_code=reason)
    for _ in range(2):
        grid.did(resident.report(IN_GRID_A_ONLY)["number"], "reject", reason_code="not_in_scope")
    resident.did(lamp("G1"), "withdraw")
    lamp("H1", AT_NET_HOME)
    lamp("H2", AT_NET_HOME)
    at_once("H3", service.seat(NET_HOME), AT_NET_HOME)
    resident.report(IN_STREET_ONLY, category="SJ0110")
    lamp("J1", AT_XIMA_HOME)

    service.at("2026-09-28 10:00")
    home, grid = service.seat(HOME), service.seat(GRID_A)
    at_once("K1", home)
    for name in ("L1", "L2"):
        home.did(named[name], "solve", photo_ids=[home.photo()], **WHY)
        grid.did(named[name], "verify", passed=True)
    rate("L1", 3)
    service.at("2026-10-02 10:00").work()
    resident.did(named["K1"], "reopen", reason="又不亮了")
    service.at("2026-10-12 18:30").work()
    _become(service, named["A6"], forced=True)
    _become(service, named["L2"], exempt=True)
    _become(service, named["D1"], status="on_hold", hold_until=service.clock() + timedelta(days=9))
    gone = {"holder_area_id": None, "holder_department_id": None, "holder_level": None, "ended_at": service.clock()}
    _become(service, named["D2"], status="merged", merged_into_id=_id(service, named["D1"]), **gone)
    _become(service, named["H2"], status="voided", **gone)
    return service


def _id(service: Service, number: str) -> int:
    with service.house.works.open(writes=False) as uow:
        return uow.session.scalars(select(Ticket.id).where(Ticket.number == number)).one()


def _become(service: Service, number: str, **changes: Any) -> None:
    """What holding, merging, voiding, closing by force and excusing leave behind."""
    with service.house.works.open() as uow:
        ticket = uow.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        settling.unsettle(uow, ticket)
        for name, value in changes.items():
            setattr(ticket, name, value)


def opened(caller: Caller, url: str) -> int:
    page: Any = caller.request("GET", f"{url.removeprefix('/api/v1')}&limit=200")
    assert page.status_code == 200, page.text
    assert page.json["next_cursor"] is None
    return len(page.json["items"])


def linked(shown: Any) -> Iterator[tuple[int, str]]:
    """Every number with a link to its tickets, however deep in the report."""
    if isinstance(shown, list):
        for each in shown:
            yield from linked(each)
    elif isinstance(shown, dict):
        for name, url in shown.items():
            if name.endswith("_url"):
                number = {"numerator_url": "numerator", "denominator_url": "denominator"}.get(name)
                yield shown[number or next(key for key in ("value", "tickets", "numerator") if key in shown)], url
            else:
                yield from linked(url)


def test_the_report_says_what_was_counted_by_hand(september: Service) -> None:
    street = september.as_("street")
    report = street.get("/dashboard/month", month="2026-09").json

    assert (report["area"], report["from"], report["to"]) == (NANHU, "2026-09-01", "2026-09-30")
    assert report["finished"] is True
    assert {name: found["value"] for name, found in report["counts"].items()} == COUNTED_BY_HAND
    shares = {
        name: (found["numerator"], found["denominator"], found["percent"]) for name, found in report["rates"].items()
    }
    assert shares == SHARES_BY_HAND

    central, huajin, elsewhere = (
        next(row for row in report["children"] if row["key"] == key) for key in (CENTRAL, HUAJIN, None)
    )
    assert (central["cases"], huajin["cases"], elsewhere["cases"]) == (24, 3, 1)
    ranks = [row["ranks"]["standard"] for row in (central, huajin, elsewhere)]
    assert ranks == [1, None, None], "three cases are too few, and what lies in no community is nobody's"
    assert huajin["rates"]["satisfaction"]["percent"] is None, "0/0 is no data"

    most = report["categories"][0]
    assert (most["key"], most["numerator"], most["denominator"]) == ("LL0107", 23, 28)
    spots = [(row["area"], row["category"], row["value"]) for row in report["hot_spots"]["items"]]
    assert spots == [(GRID_A, "LL0107", 20), (NET, "LL0107", 3)]
    covered = report["coverage"]
    assert (covered["numerator"], covered["denominator"], covered["percent"]) == (2, 3, 66.7)
    used = report["used_time"]
    assert (used["tickets"], used["median_s"], used["p90_s"]) == (17, 0, LATE_S)
    assert used["mean_s"] == round(2 * LATE_S / 17)
    charged = {row["key"]: row["value"] for row in report["charged"]["items"]}
    assert charged[f"seat:{HOME}"] >= 2, "L was with the neighbour lead, whoever has it now"
    assert not [key for key in charged if key.startswith("department")], "the water department had sent it back"
    corrections = report["corrections"]
    assert (corrections["value"], len(corrections["items"])) == (1, 1)
    assert corrections["items"][0]["reopened_at"].startswith("2026-10-02")


def test_every_number_of_the_report_opens_its_tickets_also_when_all_is_settled(september: Service) -> None:
    street = september.as_("street")
    assert count(september, FigureCorrection) == 2
    before = street.get("/dashboard/month", month="2026-09").json
    september.work()
    report = street.get("/dashboard/month", month="2026-09").json

    assert count(september, FigureCorrection) == 0
    assert report["counts"] == before["counts"]
    different = [(number, url) for number, url in set(linked(report)) if opened(street, url) != number]
    assert different == []


def test_a_month_without_anything_has_no_data_and_a_sheet_says_so(september: Service) -> None:
    street = september.as_("street")
    assert {rate["percent"] for rate in street.get("/dashboard/month", month="2026-01").json["rates"].values()} == {
        None
    }

    answer = street.get("/dashboard/month.csv", month="2026-09")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    by_metric = {(line[1], line[3]): line[5:8] for line in lines[1:]}
    assert by_metric[NANHU, "on_time_handling"] == ["16", "23", "69.6"]
    assert by_metric[HUAJIN, "satisfaction"] == ["0", "0", "—"]
    assert by_metric[CENTRAL, "received"] == ["24", "", ""]
    assert {len(line) for line in lines} == {9}


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1+1", "'=1+1"), ("+86", "'+86"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\tx"), ("甲=乙", "甲=乙"), (-1, -1)],
)
def test_a_sheet_runs_nothing(cell: Any, written: Any) -> None:
    assert harmless(cell) == written
