"""划格调整: a new map, the open tickets that change hands exactly as foretold, and figures of the past that stay."""

from pathlib import Path
from typing import Any

import pytest

from tests.importing.desk import Desk, Said
from tests.service import Service
from tests.world import (
    AT_DESERTED,
    AT_HOME,
    CENTRAL,
    EMPTY_BUILDING,
    GRID_A,
    GRID_B,
    IN_GRID_A_ONLY,
    IN_GRID_B_ONLY,
    NET,
)

COVER = "BJ0123"
GRID_C = f"{CENTRAL}003"
WEST, EAST = (114.306, 30.480, 114.309, 30.486), (114.309, 30.480, 114.312, 30.486)
SEATS = "area_code,person_key,holder_name,holder_username,deputy_key,deputy_name,deputy_username"


class City:
    """The service, and the desk at which its map is redrawn at the same moment."""

    def __init__(self, service: Service, folder: Path):
        self.service = service
        self._desk = Desk(service.engine, folder)

    def said(self, *words: str) -> Said:
        self._desk.now = self.service.clock()
        said = self._desk.run(*words)
        assert said.code == 0, said.text
        return said

    def redraw(self) -> None:
        """The east of the second grid becomes a third one, with a lead of its own."""
        grids = [({"code": GRID_B, "name": "乙网格"}, WEST), ({"code": GRID_C, "name": "丙网格"}, EAST)]
        file = self._desk.geojson("grids.geojson", *grids)
        self.said("areas", file, "--datum", "wgs84", "--level", "grid", "--apply")
        self.said("seats", self._desk.csv("seats.csv", SEATS, f"{GRID_C},C1,示例·丙网格长,bing,,,"), "--apply")

    def told(self, *more: str) -> list[str]:
        return self.said("hand-over", *more).lines


@pytest.fixture
def city(service: Service, tmp_path: Path) -> City:
    return City(service, tmp_path)


def figures(service: Service, area: str) -> Any:
    answer = (
        service.as_("street").get("/dashboard/summary", area=area, **{"from": "2026-09-01", "to": "2026-09-30"}).json
    )
    return {name: answer[name] for name in ("counts", "rates")}


def test_open_tickets_change_hands_exactly_as_the_dry_run_says_and_the_past_stays(city: City) -> None:
    service = city.service
    rider, grid = service.as_("rider"), service.seat(GRID_B)
    ended = rider.report(IN_GRID_B_ONLY, category=COVER)["number"]
    grid.did(ended, "solve", note="盖好了", photo_ids=[grid.photo()])
    service.seat(CENTRAL).did(ended, "verify", passed=True)
    elsewhere = rider.report(IN_GRID_A_ONLY, category=COVER)["number"]
    kept = rider.report(AT_DESERTED, category=COVER)["number"]
    service.at("2026-10-08 09:00")
    rider, grid = service.as_("rider"), service.seat(GRID_B)
    taken = rider.report(IN_GRID_B_ONLY, category=COVER)["number"]
    grid.did(taken, "take")
    sent = rider.report(IN_GRID_B_ONLY, category=COVER)["number"]
    grid.did(sent, "dispatch", to="department:water")
    up = rider.report(IN_GRID_B_ONLY, category=COVER)["number"]
    grid.did(up, "escalate", reason="要协调")
    untriaged = rider.report(IN_GRID_B_ONLY, text="不知道是什么")["number"]
    assert city.told() == ["Nothing to change."]
    past = figures(service, GRID_B)
    assert past["counts"]["closed"]["value"] == 1

    city.redraw()
    street = service.as_("street")
    before = {number: street.ticket(number) for number in (ended, elsewhere, kept)}
    foretold = city.told()
    assert foretold == [
        f"{taken}  {GRID_B} → {GRID_C}  {GRID_B} → {GRID_C}",
        f"{sent}  {GRID_B} → {GRID_C}  water stays",
        f"{up}  {GRID_B} → {GRID_C}  {CENTRAL} stays",
        f"{untriaged}  {GRID_B} → {GRID_C}  {GRID_B} → {GRID_C}",
        "4 open tickets. This was a dry run; --apply does it.",
    ]
    assert street.ticket(taken)["area_code"] == GRID_B, "a dry run changes nothing"
    done = city.told("--apply")
    assert done[:-1] == foretold[:-1]
    assert city.told("--apply") == ["Nothing to change."]

    assert {number: street.ticket(number) for number in before} == before, "what has ended, or lies elsewhere, stays"
    assert figures(service, GRID_B) == past, "and so do the figures of the past"
    moved = {number: street.ticket(number) for number in (taken, sent, up, untriaged)}
    assert {(one["area_code"], one["accountable"]["area_code"]) for one in moved.values()} == {(GRID_C, GRID_C)}
    assert [moved[number]["holder"]["area_code"] for number in (taken, up, untriaged)] == [GRID_C, CENTRAL, GRID_C]
    assert moved[sent]["holder"]["department_code"] == "water"
    assert [moved[number]["status"] for number in (taken, untriaged)] == ["dispatched", "reported"]
    hop = moved[taken]["hops"][-1]
    assert (hop["via"], hop["reasons"][0]["code"]) == ("relocated", "boundary_changed")
    running = [clock["kind"] for clock in moved[taken]["clocks"] if clock["stopped_at"] is None]
    assert sorted(running) == ["resolve", "response"]
    event = street.get(f"/tickets/{taken}/events").json["items"][-1]
    assert (event["kind"], event["actor"]) == ("relocated", None)
    assert event["data"] == {"from_area": GRID_B, "to_area": GRID_C, "boundary_changed": True}

    service.work()
    lead = service.as_("bing")
    assert [text for text in lead.told() if taken in text and "改划" in text]
    lead.did(taken, "take")
    assert grid.step(taken, "take").json["error"]["code"] == "forbidden"


def test_what_a_person_placed_stays_and_only_what_is_asked_for_moves(city: City) -> None:
    service = city.service
    rider = service.as_("rider")
    placed = rider.report(IN_GRID_B_ONLY, category=COVER)["number"]
    service.seat(CENTRAL).did(placed, "relocate", area=EMPTY_BUILDING)
    coarse = rider.report(IN_GRID_B_ONLY, category=COVER, accuracy_m=500)["number"]
    plain = rider.report(IN_GRID_B_ONLY, category=COVER)["number"]
    rider.report(AT_HOME, category=COVER)
    city.redraw()
    assert city.told("--under", GRID_A) == ["Nothing to change."]
    said = city.told("--under", CENTRAL, "--apply")
    assert [line.split()[0] for line in said[:-1]] == [plain]
    assert coarse not in str(said)


def test_an_area_that_ends_gives_its_tickets_to_whoever_the_map_says(city: City) -> None:
    service = city.service
    number = service.as_("rider").report(AT_DESERTED, category="LL0107")["number"]
    desk = city._desk
    homes = [f"{EMPTY_BUILDING}0{at},5栋{at}单元,neighbourhood,2026-09-07,{NET}00101" for at in (1, 2)]
    file = desk.csv("ended.csv", "code,name,level,closed_on,replaced_by", *homes)
    city.said("areas", file, "--apply")
    (line, _) = city.told("--apply")
    assert line == f"{number}  {EMPTY_BUILDING}01 → {EMPTY_BUILDING}  {GRID_B} stays"
    assert service.as_("street").ticket(number)["area_code"] == EMPTY_BUILDING
