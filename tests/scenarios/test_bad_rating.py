"""Scenario 10: a bad rating opens a revisit; another person does it, limits run, the result is visible, the raw
count is unchanged. And what may go another way: malice, appeal, a better grade, everybody has handled it."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.people import Unmasking
from reporter.models.revisits import Revisit, RevisitEvent
from reporter.models.tickets import Rating
from tests.service import Caller, Service
from tests.services.inside import count, one, rows
from tests.world import AT_HOME, BUILDING, CENTRAL, CITY, GRID_A, GRID_B, HOME, IN_GRID_A_ONLY, NANHU, WUCHANG

LAMP = "LL0107"


def closed_lamp(service: Service) -> str:
    """Reported by the resident, closed by the 邻里长 in one step, on Monday 2026-09-07 09:00."""
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, text="楼道灯不亮", category=LAMP, photo_ids=[resident.photo("black")])["number"]
    assert home.did(number, "solve", photo_ids=[home.photo("white")])["status"] == "closed"
    return str(number)


def rated_badly(service: Service, number: str, grade: int = 1, **more: Any) -> dict[str, Any]:
    """The revisit that a bad grade of the resident opened, as the 楼栋长 sees it."""
    resident = service.as_("resident")
    answer = resident.post(f"/tickets/{number}/rating", {"grade": grade, **more})
    assert answer.status_code == 201, answer.text
    (item,) = resident.get("/revisits").json["items"]
    assert item["ticket"] == number
    return dict(item)


def did(caller: Caller, revisit: int, action: str, **given: Any) -> dict[str, Any]:
    answer = caller.post(f"/revisits/{revisit}/steps", {"action": action, **given})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def refused(caller: Caller, revisit: int, action: str, **given: Any) -> tuple[int, str]:
    answer = caller.post(f"/revisits/{revisit}/steps", {"action": action, **given})
    return answer.status_code, answer.json["error"]["code"]


def seen(caller: Caller, revisit: int) -> dict[str, Any]:
    answer = caller.get(f"/revisits/{revisit}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def offered(caller: Caller, revisit: int) -> list[str]:
    return [action["action"] for action in seen(caller, revisit)["actions"]]


def test_a_bad_rating_is_looked_into_by_somebody_else(service: Service) -> None:
    number = closed_lamp(service)
    item = rated_badly(service, number, tags=["not_solved"], text="还是不亮，电话13812345678")
    key, building, resident = item["id"], service.seat(BUILDING), service.as_("resident")

    whole = seen(building, key)
    assert (whole["assigned"]["area_code"], whole["state"], whole["grade"]) == (BUILDING, "contacting", 1)
    assert [reason["code"] for reason in whole["reasons"]] == ["revisit"]
    assert whole["rater"] == {"role": "resident", "name": "欧阳*"}
    assert whole["text"] == "还是不亮，电话138****5678"
    assert {clock["due"]: clock["due_at"] for clock in whole["clocks"]} == {
        "contact": "2026-09-08T01:00:00Z",  # one rolling work day
        "finding": "2026-09-14T01:00:00Z",  # five, over a weekend
        "rectify": "2026-09-28T01:00:00Z",  # fifteen: Sunday the 20th is worked, the 25th is 中秋
    }

    # the handler neither sees nor does it
    home = service.seat(HOME)
    assert home.get(f"/revisits/{key}").status_code == 404
    assert home.get("/revisits").json["items"] == []
    assert refused(home, key, "contact", note="我自己问") == (404, "not_found")
    # nor a lead beside; those above see it and may take it over
    assert service.seat(GRID_B).get(f"/revisits/{key}").status_code == 404
    assert offered(service.seat(GRID_A), key) == ["take_over"]
    assert refused(service.seat(GRID_A), key, "contact", note="x") == (403, "forbidden")
    assert offered(building, key) == ["contact"]

    service.at("2026-09-07 17:00")
    service.work()
    assert building.told()[-2:] == [f"工单{number}收到差评，请回访", f"{number}的回访（联系）时限已过半"]
    assert did(building, key, "contact", note="已电话联系")["state"] == "finding"
    service.at("2026-09-09 09:00")
    assert did(building, key, "find", outcome="true_fixed")["state"] == "rectifying"
    service.at("2026-09-10 09:00")
    done = did(building, key, "rectify", note="换了整条线路")
    assert (done["state"], done["outcome"], done["outcome_name"]) == ("done", "true_fixed", "属实，已整改")
    assert {clock["state"] for clock in done["clocks"]} == {"kept"}
    assert done["actions"] == []

    service.work()
    result = seen(resident, key)
    assert (result["outcome"], result["assigned"]["name"]) == ("true_fixed", "楼栋长")
    assert resident.told()[-1] == f"{number}的回访结果：属实，已整改"
    kinds = [event["kind"] for event in resident.get(f"/revisits/{key}/events").json["items"]]
    assert kinds == ["opened", "contacted", "found", "rectified"], "who was late is not the rater's business"

    # the raw count is what it was
    assert rows(service, select(Rating.grade, Rating.first_grade)) == [(1, 1)]
    counts = service.as_("street").get("/dashboard/summary").json["counts"]
    assert (counts["rated"]["value"], counts["satisfied"]["value"]) == (1, 0)


def test_limits_run_out_and_are_said_once(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    building, grid = service.seat(BUILDING), service.seat(GRID_A)
    for moment in ("2026-09-08 09:00", "2026-09-08 09:01", "2026-09-10 09:00", "2026-09-10 09:01"):
        service.at(moment)
        service.work()
    kinds = rows(service, select(RevisitEvent.kind).order_by(RevisitEvent.seq))
    assert kinds == ["opened", "reminded", "became_late", "reminded"], "of the contact, then half of the finding"
    assert len([text for text in building.told() if "联系）已超时" in text]) == 1
    assert len([text for text in grid.told() if "联系）已超时" in text]) == 1, "the level above hears of it"

    late = [item["id"] for item in grid.get("/revisits", late=True).json["items"]]
    assert (late, grid.get("/revisits", late=False).json["items"]) == ([key], [])
    assert did(building, key, "contact", note="联系上了")["clocks"][0]["state"] == "missed"


def test_a_step_that_comes_before_the_sweep_is_late_all_the_same(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    service.at("2026-09-08 09:01")
    did(service.seat(BUILDING), key, "contact", note="晚了一分钟")
    service.work()
    kinds = rows(service, select(RevisitEvent.kind).order_by(RevisitEvent.seq))
    assert kinds.count("became_late") == 1
    assert kinds[-2:] in (["became_late", "contacted"], ["contacted", "reminded"])


def test_malice_takes_two_more_people_and_stays_in_the_count(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    building, community, street, district = (service.seat(code) for code in (BUILDING, CENTRAL, NANHU, WUCHANG))
    did(building, key, "contact", note="已联系")
    assert refused(building, key, "find", outcome="malicious") == (422, "missing_input")
    assert did(building, key, "find", outcome="malicious", evidence="多次无故差评")["state"] == "reviewing"

    assert refused(building, key, "review", passed=True, note="x") == (403, "forbidden"), "an own finding"
    assert refused(community, key, "review", passed=True, note="x") == (403, "forbidden"), "street or wider"
    assert did(street, key, "review", passed=True, note="属实")["state"] == "reviewing"
    assert refused(street, key, "review", passed=True, note="x") == (403, "forbidden"), "not twice"
    done = did(district, key, "review", passed=True, note="同意")
    assert (done["state"], done["outcome"]) == ("done", "malicious")
    people = one(service, select(Revisit.finder_id, Revisit.reviewer_id, Revisit.second_reviewer_id))
    assert len(set(people)) == 3
    assert rows(service, select(Rating.grade)) == [1]
    kinds = [event["kind"] for event in service.as_("resident").get(f"/revisits/{key}/events").json["items"]]
    assert kinds == ["opened", "contacted", "found"]


def test_a_review_that_fails_sends_it_back_with_a_limit_of_its_own(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    building, street = service.seat(BUILDING), service.seat(NANHU)
    did(building, key, "contact", note="已联系")
    did(building, key, "find", outcome="malicious", evidence="e")
    service.at("2026-09-08 09:00")
    back = did(street, key, "review", passed=False, note="看不出恶意")
    assert (back["state"], back["outcome"]) == ("finding", None)
    finding = [clock for clock in back["clocks"] if clock["due"] == "finding"]
    assert [(clock["state"], clock["due_at"]) for clock in finding] == [
        ("kept", "2026-09-14T01:00:00Z"),
        ("running", "2026-09-15T01:00:00Z"),
    ]
    assert offered(building, key) == ["find"]


def test_the_rater_may_appeal_once_and_the_next_above_finds_anew(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    building, resident = service.seat(BUILDING), service.as_("resident")
    did(building, key, "contact", note="已联系")
    assert refused(building, key, "find", outcome="untrue") == (422, "missing_input"), "not without evidence"
    assert did(building, key, "find", outcome="untrue", evidence="现场灯是亮的")["state"] == "done"
    assert offered(resident, key) == ["appeal"]
    assert refused(resident, key, "appeal") == (422, "missing_input")
    again = did(resident, key, "appeal", reason="晚上又灭了")
    assert (again["state"], again["outcome"], again["assigned"]["area_code"]) == ("finding", None, GRID_A)

    grid = service.seat(GRID_A)
    assert building.get(f"/revisits/{key}").status_code == 404, "it went up"
    assert did(grid, key, "find", outcome="true_not_fixable")["state"] == "rectifying"
    assert did(grid, key, "rectify", note="列入改造计划")["outcome"] == "true_not_fixable"
    assert refused(resident, key, "appeal", reason="再申诉") == (409, "step_not_possible")
    assert offered(resident, key) == []


def test_an_appeal_comes_too_late_after_fifteen_days(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    building = service.seat(BUILDING)
    did(building, key, "contact", note="已联系")
    did(building, key, "find", outcome="untrue", evidence="e")
    service.at("2026-09-22 09:00")
    assert offered(service.as_("resident"), key) == ["appeal"]
    service.at("2026-09-22 09:01")
    assert offered(service.as_("resident"), key) == []


def test_a_better_grade_marks_the_revisit_and_the_contact_stays(service: Service) -> None:
    number = closed_lamp(service)
    key = rated_badly(service, number)["id"]
    resident, building = service.as_("resident"), service.seat(BUILDING)
    assert resident.post(f"/tickets/{number}/rating", {"grade": 5}).status_code == 200
    item = seen(building, key)
    assert (item["grade"], item["grade_now"], item["state"]) == (1, 5, "contacting")
    assert item["withdrawn_at"] is not None
    assert offered(building, key) == ["contact"]


def test_a_worse_grade_opens_one_and_a_second_bad_grade_does_not(service: Service) -> None:
    number, resident = closed_lamp(service), service.as_("resident")
    resident.post(f"/tickets/{number}/rating", {"grade": 4})
    assert count(service, Revisit) == 0
    resident.post(f"/tickets/{number}/rating", {"grade": 2})
    assert rows(service, select(Revisit.grade)) == [2]

    other = closed_lamp(service)
    resident.post(f"/tickets/{other}/rating", {"grade": 2})
    resident.post(f"/tickets/{other}/rating", {"grade": 1})
    assert count(service, Revisit) == 2


def test_whoever_acted_on_the_way_is_climbed_over(service: Service) -> None:
    resident, home, building, grid = (
        service.as_("resident"),
        service.seat(HOME),
        service.seat(BUILDING),
        service.seat(GRID_A),
    )
    number = resident.report(AT_HOME, category=LAMP)["number"]
    home.did(number, "escalate", reason="换不了")
    building.did(number, "dispatch", to=f"seat:{HOME}")
    home.did(number, "solve", photo_ids=[home.photo()])
    grid.did(number, "verify", passed=True)
    service.seat(CENTRAL).did(number, "note", text="知道了")  # a note is no handling
    key = rated_badly(service, number)["id"]
    assert seen(service.seat(CENTRAL), key)["assigned"]["area_code"] == CENTRAL
    for handler in (home, building, grid):
        assert handler.get(f"/revisits/{key}").status_code == 404


def test_the_district_has_it_when_everybody_below_handled_it(service: Service) -> None:
    resident, grid, community, street = (
        service.as_("resident"),
        service.seat(GRID_A),
        service.seat(CENTRAL),
        service.seat(NANHU),
    )
    number = resident.report(IN_GRID_A_ONLY, category="BJ0123")["number"]
    grid.did(number, "escalate", reason="x")
    community.did(number, "escalate", reason="x")
    street.did(number, "solve", photo_ids=[street.photo()])
    community_or_grid = grid.ticket(number)["holder"]["area_code"]
    service.seat(community_or_grid).did(number, "verify", passed=True)
    key = rated_badly(service, number)["id"]
    district = service.seat(WUCHANG)
    assert seen(district, key)["assigned"]["area_code"] == WUCHANG
    assert [item["id"] for item in district.get("/revisits", mine=True).json["items"]] == [key]
    assert service.seat(CITY).get(f"/revisits/{key}").status_code == 200


def test_somebody_above_takes_it_over(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    grid = service.seat(GRID_A)
    taken = did(grid, key, "take_over", reason="楼栋长请假")
    assert (taken["assigned"]["area_code"], taken["state"]) == (GRID_A, "contacting")
    assert did(grid, key, "contact", note="已联系")["state"] == "finding"
    assert service.seat(BUILDING).get(f"/revisits/{key}").status_code == 404


def test_two_steps_at_one_version_and_a_step_twice(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    building = service.seat(BUILDING)
    etag = building.get(f"/revisits/{key}").headers["ETag"]
    body, headers = {"action": "contact", "note": "n"}, {"If-Match": etag}
    assert building.post(f"/revisits/{key}/steps", body, headers=headers).status_code == 200
    late = building.post(f"/revisits/{key}/steps", body, headers=headers)
    assert (late.status_code, late.json["error"]["code"]) == (409, "stale_version")
    again = building.post(f"/revisits/{key}/steps", body)
    assert (again.status_code, again.json["error"]["code"]) == (409, "step_not_possible")
    assert again.json["error"]["present"] == {"id": key, "state": "finding", "version": 2}


def test_only_the_visitor_sees_whom_to_call_and_it_is_written_down(service: Service) -> None:
    key = rated_badly(service, closed_lamp(service))["id"]
    path = f"/revisits/{key}/reveal"
    assert service.seat(GRID_A).post(path, {"reason": "看看"}).status_code == 403
    shown = service.seat(BUILDING).post(path, {"reason": "回访电话"})
    assert (shown.status_code, shown.json["name"]) == (200, "欧阳居民")
    assert rows(service, select(Unmasking.reason)) == ["回访电话"]


def test_who_reported_anonymously_is_never_named(service: Service) -> None:
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP, anonymous=True, photo_ids=[resident.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo()])
    key = rated_badly(service, number)["id"]
    building = service.seat(BUILDING)
    assert seen(building, key)["rater"]["name"] is None
    assert building.post(f"/revisits/{key}/reveal", {"reason": "回访"}).status_code == 403
    assert count(service, Unmasking) == 0


def test_the_figures_count_what_was_found(service: Service) -> None:
    building = service.seat(BUILDING)
    keys = []
    for grade in (1, 2, 1):
        number = closed_lamp(service)
        service.as_("resident").post(f"/tickets/{number}/rating", {"grade": grade})
        keys.append(one(service, select(Revisit.id).order_by(Revisit.id.desc()).limit(1)))
    did(building, keys[0], "contact", note="n")
    did(building, keys[0], "find", outcome="untrue", evidence="e")
    service.at("2026-09-08 10:00")  # the second is contacted an hour late, the third not at all
    did(building, keys[1], "contact", note="n")

    answer = service.as_("street").get("/revisits/figures").json
    counts, rates = answer["counts"], answer["rates"]
    assert (counts["opened"], counts["open"], counts["late"]) == (3, 2, 1)
    assert (rates["contacted_in_time"]["numerator"], rates["contacted_in_time"]["denominator"]) == (1, 3)
    assert (rates["untrue"]["numerator"], rates["untrue"]["denominator"]) == (1, 1)
    assert rates["contacted_in_time"]["percent"] == 33.3
    nothing = service.as_("street").get("/revisits/figures", **{"from": "2026-08-01", "to": "2026-08-31"}).json
    assert nothing["rates"]["done"] == {"name": "回访办结率", "numerator": 0, "denominator": 0, "percent": None}


def test_pages_go_on_where_the_last_one_ended(service: Service) -> None:
    for _ in range(3):
        number = closed_lamp(service)
        service.as_("resident").post(f"/tickets/{number}/rating", {"grade": 1})
    building = service.seat(BUILDING)
    first = building.get("/revisits", limit=2).json
    second = building.get("/revisits", limit=2, cursor=first["next_cursor"]).json
    found = [item["id"] for item in (*first["items"], *second["items"])]
    assert (len(found), found, second["next_cursor"]) == (3, sorted(found, reverse=True), None)
    assert building.get("/revisits", open=False).json["items"] == []
    assert len(building.get("/revisits", area=BUILDING, open=True).json["items"]) == 3


@pytest.mark.parametrize("grade", [3, 4, 5])
def test_who_is_satisfied_is_not_visited(service: Service, grade: int) -> None:
    number = closed_lamp(service)
    service.as_("resident").post(f"/tickets/{number}/rating", {"grade": grade})
    assert (count(service, Revisit), count(service, RevisitEvent)) == (0, 0)
