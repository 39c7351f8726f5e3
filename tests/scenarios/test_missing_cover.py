"""The story the product is for: a rider, a missing cover, a holiday night (``domain.md`` 12.3 no. 1)."""

from tests.service import Service
from tests.world import AT_HOME, CENTRAL, GRID_A


def test_the_missing_cover_on_a_holiday_night(service: Service) -> None:
    service.at("2026-10-03 21:40")  # Saturday of the National Day holiday
    rider, grid, community = service.as_("rider"), service.seat(GRID_A), service.seat(CENTRAL)

    candidates = rider.post("/categories/suggest", {"text": "井盖不见了"}).json["candidates"]
    assert candidates[0]["code"] == "BJ0123"
    assert len(candidates) == 3

    gcj = (AT_HOME[0] + 0.00545, AT_HOME[1] - 0.0024)  # roughly the same place as the phone's map says it
    ticket = rider.report(
        gcj, datum="gcj02", text="井盖不见了", category="BJ0123", photo_ids=[rider.photo("red"), rider.photo("blue")]
    )
    number = ticket["number"]
    assert number == "WC2026100300001"
    assert ticket["status"] == "dispatched"
    assert ticket["severity"] == 4
    assert ticket["holder"]["area_code"] == GRID_A
    assert ticket["response_due_at"] == "2026-10-03T14:10:00Z"  # 22:10 in Beijing
    assert ticket["due_at"] == "2026-10-03T15:40:00Z"  # 23:40 the same night
    assert any(number in text for text in community.told()), "severity 4 is copied to the community"

    service.at("2026-10-03 22:05")
    taken = grid.did(number, "take")
    assert [clock["state"] for clock in taken["clocks"] if clock["kind"] == "response"] == ["running"]
    guarded = grid.did(number, "respond", note="已围挡", photo_ids=[grid.photo()])
    assert [clock["state"] for clock in guarded["clocks"] if clock["kind"] == "response"] == ["stopped"]

    grid.did(number, "dispatch", to="department:water")
    service.at("2026-10-03 23:20")
    water = service.as_("department")
    water.did(number, "take")
    solved = water.did(number, "solve", note="已换新盖", photo_ids=[water.photo("green")])
    assert solved["status"] == "feedback"
    assert solved["holder"]["area_code"] == GRID_A

    assert grid.did(number, "verify", passed=True)["status"] == "closed"
    rated = rider.post(f"/tickets/{number}/rating", {"grade": 5, "tags": ["fast", "solved"]})
    assert rated.status_code == 201

    assert rider.events(number) == [
        "filed", "taken", "responded", "dispatched", "taken", "solved", "verified", "rated",
    ]  # fmt: skip
    assert sum(hop["seconds"] for hop in grid.ticket(number)["hops"]) == 100 * 60, "hops partition the whole time"
    rates = service.as_("street").get("/dashboard/summary").json["rates"]
    assert (rates["on_time_handling"]["numerator"], rates["on_time_handling"]["denominator"]) == (1, 1)
    assert (rates["response"]["numerator"], rates["satisfaction"]["percent"]) == (1, 100.0)
