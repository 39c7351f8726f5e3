"""楼道灯不亮: three hops down, closed by the 邻里长 in one step; and what happens when somebody is not there."""

from tests.service import Service
from tests.world import (
    AT_AWAY_HOME,
    AT_DEPUTISED,
    AT_DESERTED,
    AT_EMPTY_HOME,
    AT_HOME,
    AT_NET_HOME,
    AT_XIMA_HOME,
    AWAY_HOME,
    BUILDING,
    CENTRAL,
    DEPUTISED,
    GRID_A,
    GRID_B,
    HOME,
    IN_GRID_A_ONLY,
    IN_STREET_ONLY,
    NANHU,
    NEAR_GRID_B,
    NET_HOME,
    OTHER_BUILDING,
    XIMA_HOME,
)

LAMP = "LL0107"


def test_the_lamp_goes_three_hops_down_and_is_closed_in_one_step(service: Service) -> None:
    service.at("2026-09-07 09:00")  # a Monday
    resident, lead = service.as_("resident"), service.seat(HOME)

    ticket = resident.report(AT_HOME, text="楼道灯不亮", category=LAMP, photo_ids=[resident.photo("black")])
    number = ticket["number"]
    assert [hop["holder"]["area_code"] for hop in ticket["hops"]] == [GRID_A, BUILDING, HOME]
    assert [hop["ended_at"] is None for hop in ticket["hops"]] == [False, False, True]
    assert all(hop["reasons"] for hop in ticket["hops"])
    assert ticket["holder"]["role"] == "邻里长"
    assert ticket["accountable"]["area_code"] == GRID_A
    assert ticket["due_at"] == "2026-09-09T01:00:00Z"  # two rolling work days

    mine = lead.get("/tickets", holder="me", status="open", sort="due_at").json["items"]
    assert [item["number"] for item in mine] == [number]
    lead.did(number, "take")
    service.at("2026-09-07 11:00")
    closed = lead.did(number, "solve", note="换了灯泡", photo_ids=[lead.photo("white")])
    assert closed["status"] == "closed"
    assert closed["holder"] is None

    service.work()
    assert resident.told()[-1] == f"{number}已办结，请评价"
    assert resident.post(f"/tickets/{number}/rating", {"grade": 4}).status_code == 201
    counts = service.as_("street").get("/dashboard/summary").json["counts"]
    assert (counts["closed_at_once"]["value"], counts["closed"]["value"]) == (1, 1)


def test_without_the_before_photo_it_is_verified_by_the_grid(service: Service) -> None:
    resident, lead, grid = service.as_("resident"), service.seat(HOME), service.seat(GRID_A)
    number = resident.report(AT_HOME, category=LAMP)["number"]

    solved = lead.did(number, "solve", photo_ids=[lead.photo()])
    assert (solved["status"], solved["holder"]["area_code"]) == ("feedback", GRID_A)

    back = grid.did(number, "verify", passed=False, note="还是不亮")
    assert (back["status"], back["holder"]["area_code"], back["reworks"]) == ("handling", HOME, 1)
    lead.did(number, "solve", photo_ids=[lead.photo("white")])
    assert grid.did(number, "verify", passed=True)["status"] == "closed"


def test_who_gets_it_when_somebody_is_not_there(service: Service) -> None:
    resident = service.as_("resident")
    cases = [
        (AT_HOME, HOME, "first_level"),
        (AT_EMPTY_HOME, OTHER_BUILDING, "vacant"),  # vacant, no deputy: the 楼栋长
        (AT_AWAY_HOME, AWAY_HOME, "deputy"),  # on leave with a deputy
        (AT_DESERTED, GRID_B, "vacant"),  # home and building empty: the 网格长
        (AT_DEPUTISED, DEPUTISED, "deputy"),  # vacant, but a deputy stands in
        (IN_GRID_A_ONLY, GRID_A, "no_lower_area"),  # a building without a patch
        (NEAR_GRID_B, GRID_B, "no_lower_area"),  # snapped to the near grid
        (IN_STREET_ONLY, NANHU, "outside_grids"),  # in the street, in no grid
        (AT_NET_HOME, NET_HOME, "first_level"),  # 华锦's own ladder
        (AT_XIMA_HOME, XIMA_HOME, "first_level"),  # another district
    ]
    for point, holder, why in cases:
        ticket = resident.report(point, category=LAMP)
        codes = [reason["code"] for reason in ticket["hops"][-1]["reasons"]]
        assert (ticket["holder"]["area_code"], why in codes) == (holder, True), (point, codes)
        assert sum(hop["ended_at"] is None for hop in ticket["hops"]) == 1


def test_the_ladder_and_the_limits_are_data(service: Service) -> None:
    resident = service.as_("resident")

    huajin = resident.report(AT_NET_HOME, category=LAMP)
    ximalu = resident.report(AT_XIMA_HOME, category=LAMP)

    assert [link["role"] for link in huajin["chain"][-3:]] == ["网长", "格长", "里长"]
    assert huajin["number"].startswith("WC")
    assert ximalu["number"] == "JA2026090700001"
    assert huajin["due_at"] == "2026-09-09T01:00:00Z"  # two rolling days
    assert ximalu["due_at"] == "2026-09-08T10:00:00Z"  # one whole day: until the last session ends


def test_the_deputy_of_an_absent_lead_does_the_work(service: Service) -> None:
    resident, deputy = service.as_("resident"), service.as_("deputy-away")
    number = resident.report(AT_AWAY_HOME, category=LAMP, photo_ids=[resident.photo()])["number"]

    assert [item["number"] for item in deputy.get("/tickets", holder="me").json["items"]] == [number]
    assert deputy.did(number, "solve", photo_ids=[deputy.photo()])["status"] == "closed"


def test_a_lead_passes_up_and_gives_back(service: Service) -> None:
    resident, home, building, grid = (
        service.as_("resident"),
        service.seat(HOME),
        service.seat(BUILDING),
        service.seat(GRID_A),
    )
    number = resident.report(AT_HOME, category=LAMP)["number"]

    up = home.did(number, "escalate", reason="灯座要换，我换不了")
    assert (up["status"], up["holder"]["area_code"]) == ("dispatched", BUILDING)
    down = building.did(number, "dispatch", to=f"seat:{HOME}")
    assert down["holder"]["area_code"] == HOME
    back = home.did(number, "return", reason_code="cannot_reach")
    assert (back["status"], back["holder"]["area_code"]) == ("accepted", BUILDING), "to whoever sent it"
    building.did(number, "escalate", reason="需要协调")
    assert grid.ticket(number)["holder"]["area_code"] == GRID_A

    second = resident.report(AT_HOME, category=LAMP)["number"]
    returned = home.did(second, "return", reason_code="not_my_duty")
    assert returned["holder"]["area_code"] == GRID_A, "sent by the system: to the accountable 网格长"
    assert grid.did(second, "solve", note="处理了", photo_ids=[grid.photo()])["holder"]["area_code"] == CENTRAL, (
        "the 网格长 solved, so the 社区 verifies"
    )
    cover = resident.report(AT_HOME, category="BJ0123")["number"]
    assert grid.did(cover, "return", reason_code="not_my_duty")["holder"]["area_code"] == CENTRAL, (
        "sent by the system to the 网格长 itself: to the 社区"
    )


def test_reopening_climbs_one_level_above_the_solver(service: Service) -> None:
    service.at("2026-09-07 09:00")
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP, photo_ids=[resident.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo()])

    service.at("2026-09-20 09:00")
    again = resident.did(number, "reopen", reason="又不亮了")
    assert (again["status"], again["holder"]["area_code"]) == ("dispatched", BUILDING)
    assert again["due_at"] > "2026-09-20"

    building = service.seat(BUILDING)
    building.did(number, "solve", photo_ids=[building.photo()])
    service.at("2026-10-30 09:00")
    resident = service.as_("resident")  # the old session has run out meanwhile
    assert resident.step(number, "reopen", reason="又坏了").json["error"]["code"] == "too_late"
