"""Scenario 11 (``domain.md`` 12.3): a whistle for joint enforcement, two departments, one of them late."""

from typing import Any

from tests.service import Service
from tests.whistles.callers import (
    AWAY,
    GOOD,
    HERE,
    actions,
    blown,
    call,
    did,
    kinds,
    opened_by,
    seen,
    step,
)
from tests.world import AT_HOME, CENTRAL, GRID_A, NANHU

COVER = "BJ0123"


def test_one_of_two_is_late_and_the_district_hears_of_it(service: Service) -> None:
    """Monday 09:00, two work hours to sign in: until 11:00."""
    street, water, power = service.as_("street"), service.as_("department"), service.as_("power")
    district = service.as_("district")
    whistle = blown(street)
    number = whistle["number"]

    assert number == "WCS2026090700001"
    assert (whistle["status"], whistle["turn"], whistle["blown_by"]["area_code"]) == ("blown", "units", NANHU)
    assert [(one["unit"], one["lead"], one["status"]) for one in whistle["calls"]] == [
        ("water", True, "called"),
        ("power", False, "called"),
    ]
    assert {one["sign_in_due_at"] for one in whistle["calls"]} == {"2026-09-07T03:00:00Z"}
    service.work()
    told = "南湖街道吹哨WCS2026090700001（联合执法）：请于09-07 11:00前到1栋门口报到"
    assert water.told() == power.told() == [told]
    assert water.get("/me").json["whistles"] == 1
    assert actions(water, number) == ["sign_in", "note"]

    service.at("2026-09-07 10:30")
    arrived = did(water, number, "sign_in", location=HERE, photo_ids=[water.photo()])
    assert arrived["status"] == "attended"
    came = call(arrived, "water")
    assert (came["on_time"], came["on_site"], came["distance_m"]) == (True, True, 0.0)
    service.at("2026-09-07 11:00").work()
    assert call(seen(street, number), "power")["no_show_at"] is None, "equality is on time"

    service.at("2026-09-07 11:01").work()
    service.work()  # again: nothing is told twice; and messages come before attendance in a round
    late = seen(district, number)
    assert call(late, "power")["status"] == "no_show"
    assert call(late, "power")["no_show_at"] == "2026-09-07T03:00:00Z"
    assert late["escalated_at"] == "2026-09-07T03:01:00Z"
    assert kinds(district, number) == ["blown", "signed_in", "no_show"]
    assert [text.partition("到时")[2] for text in district.told()] == [f"未报到：南湖街道的哨单{number}"]
    assert [one["number"] for one in district.get("/whistles", escalated=True).json["items"]] == [number]
    assert street.told()[-1].endswith(f"到时未报到：哨单{number}，已报区")

    did(water, number, "feed_back", note="已清理占道摊位", photo_ids=[water.photo("green")])
    assert seen(street, number)["turn"] == "lead", "who did not come is not waited for"

    service.at("2026-09-07 14:30")  # the helper comes after all, by 480 m
    assert step(power, number, "sign_in", location=AWAY).json["error"]["code"] == "not_on_site"
    back = did(power, number, "sign_in", location=AWAY, reason="道路封闭，在路口")
    after = call(back, "power")
    assert (after["status"], after["on_time"], after["on_site"]) == ("signed_in", False, False)
    assert after["no_show_at"] == "2026-09-07T03:00:00Z", "the raw fact stays"
    assert back["turn"] == "units"
    assert step(water, number, "sum_up", note="早了").status_code == 409
    did(power, number, "feed_back", note="已断开私拉电线")

    assert "sum_up" in actions(water, number)
    assert "sum_up" not in actions(power, number)
    summed = did(water, number, "sum_up", note="占道与私拉电线均已清理")
    assert (summed["status"], summed["turn"]) == ("summed_up", "whistler")
    assert step(street, number, "close").status_code == 409, "rated first"
    once = did(street, number, "rate", unit="water", **GOOD)
    assert once["status"] == "summed_up"
    rated = did(street, number, "rate", unit="power", attended=1, solved=4, attitude=3, note="迟到三个半小时")
    assert rated["status"] == "rated"
    closed = did(street, number, "close", note="谢谢")
    assert (closed["status"], closed["turn"], closed["actions"][0]["action"]) == ("closed", "nobody", "note")

    assert call(seen(power, number), "water")["grades"] is None, "how another unit was rated is not theirs"
    assert call(seen(power, number), "power")["grades"] == {"attended": 1, "solved": 4, "attitude": 3}
    assert kinds(power, number).count("rated") == 1
    assert kinds(street, number) == [
        "blown",
        "signed_in",
        "no_show",
        "fed_back",
        "signed_in",
        "fed_back",
        "summed_up",
        "rated",
        "rated",
        "closed",
    ]
    _figures_open_what_they_count(service, number)


def _figures_open_what_they_count(service: Service, number: str) -> None:
    street = service.as_("street")
    answer = street.get("/whistles/figures", **{"from": "2026-09-07", "to": "2026-09-07"})
    assert answer.status_code == 200, answer.text
    rows = {row["unit"]: row for row in answer.json["items"]}
    assert set(rows) == {"water", "power"}
    counted = {unit: {name: one["value"] for name, one in row["counts"].items()} for unit, row in rows.items()}
    assert counted["water"] == {
        "called": 1, "sign_in_due": 1, "signed_in_on_time": 1, "signed_in_late": 0, "no_show": 0, "on_site": 1,
        "signed_in": 1, "fed_back": 1, "graded": 1,
    }  # fmt: skip
    assert counted["power"] == {
        "called": 1, "sign_in_due": 1, "signed_in_on_time": 0, "signed_in_late": 1, "no_show": 1, "on_site": 0,
        "signed_in": 1, "fed_back": 1, "graded": 1,
    }  # fmt: skip
    assert rows["water"]["rates"]["on_time"]["percent"] == 100.0
    assert rows["power"]["rates"]["on_time"]["percent"] == 0.0
    assert _mean(rows["power"], "attended") == (1, 1, 1.0)
    assert _mean(rows["water"], "solved") == (4, 1, 4.0)
    for row in rows.values():
        for one in row["counts"].values():
            assert opened_by(street, one["whistles_url"]) == [number] * one["value"], one
    empty = street.get("/whistles/figures", **{"from": "2026-09-08", "to": "2026-09-08"})
    assert empty.json["items"] == []
    assert [row["unit"] for row in _asked_by(service.as_("power"))] == ["power"], "others are not their business"


def _mean(row: dict[str, Any], grade: str) -> tuple[int, int, float]:
    found = row["grades"][grade]
    return found["sum"], found["n"], found["mean"]


def _asked_by(caller: Any) -> list[dict[str, Any]]:
    answer = caller.get("/whistles/figures", **{"from": "2026-09-07", "to": "2026-09-07"})
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def test_a_ticket_is_not_done_before_its_whistle_is_summed_up(service: Service) -> None:
    rider, grid, community = service.as_("rider"), service.seat(GRID_A), service.seat(CENTRAL)
    water = service.as_("department")
    ticket = rider.report(AT_HOME, category=COVER)["number"]
    assert grid.ticket(ticket)["whistles"] == []
    whistle = blown(community, kind="emergency", ticket=ticket, location=None, helpers=[])
    number = whistle["number"]
    assert (whistle["ticket"], whistle["blown_by"]["area_code"]) == (ticket, CENTRAL)
    assert [one["number"] for one in grid.ticket(ticket)["whistles"]] == [number]
    assert rider.ticket(ticket)["whistles"] == [], "who is called is the service's own business"
    assert grid.get(f"/tickets/{ticket}/events").json["items"][-1]["data"]["whistle"] == number

    refused = grid.step(ticket, "solve", photo_ids=[grid.photo()])
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "whistle_open")
    assert refused.json["error"]["message"] == f"哨单{number}还没有总结，工单不能办结"

    did(water, number, "sign_in", location=HERE)
    did(water, number, "feed_back", note="已抢修")
    did(water, number, "sum_up", note="已抢修完毕")
    assert grid.did(ticket, "solve", photo_ids=[grid.photo()])["status"] == "feedback"


def test_when_nobody_comes_the_whistler_sums_up_and_ends_it(service: Service) -> None:
    community = service.seat(CENTRAL)
    number = blown(community, kind="emergency")["number"]
    service.at("2026-09-07 09:30").work()
    assert seen(community, number)["escalated_at"] is None
    service.at("2026-09-07 09:31").work()
    shown = seen(community, number)
    assert (shown["status"], shown["turn"]) == ("blown", "whistler")
    assert step(community, number, "withdraw", reason="算了").status_code == 409, "a no-show is on record"
    did(community, number, "sum_up", note="无人到场，由社区自行处置")
    assert did(community, number, "close")["status"] == "closed", "nobody to rate"
    service.at("2026-09-12 09:00").work()
    assert kinds(community, number) == ["blown", "no_show", "no_show", "summed_up", "closed"]


def test_a_unit_that_came_and_says_nothing_is_escalated_too(service: Service) -> None:
    """Signed in Monday 09:10, three work days to feed back: until Thursday 09:10."""
    street, water = service.as_("street"), service.as_("department")
    number = blown(street, helpers=[])["number"]
    service.at("2026-09-07 09:10")
    did(water, number, "sign_in", location=HERE)
    service.at("2026-09-10 09:10").work()
    assert seen(street, number)["turn"] == "units"
    service.at("2026-09-10 09:11").work()
    shown = seen(street, number)
    assert call(shown, "water")["feedback_missed_at"] == "2026-09-10T01:10:00Z"
    assert (shown["turn"], kinds(street, number)[-1]) == ("whistler", "feedback_missed")
    did(street, number, "sum_up", note="未见反馈")
    did(street, number, "rate", unit="water", attended=3, solved=1, attitude=2)
    did(street, number, "close")
    figures = street.get("/whistles/figures", **{"from": "2026-09-07", "to": "2026-09-07"}).json["items"]
    assert figures[0]["rates"]["feedback"] | {"numerator": 0, "denominator": 1} == figures[0]["rates"]["feedback"]
