"""Resent, joined, withdrawn, taken twice: the same thing never becomes two, and nothing vanishes."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service import Service
from tests.world import AT_HOME, AT_XIMA_HOME, BUILDING, GRID_A, HOME, IN_DISTRICT_ONLY, OUTSIDE


def test_a_resent_report_is_the_same_ticket(service: Service) -> None:
    rider, key = service.as_("rider"), str(uuid.uuid4())
    first = rider.send(AT_HOME, key=key, category="BJ0123", text="井盖不见了")
    again = rider.send(AT_HOME, key=key, category="LL0107", text="别的话")  # even when the body differs
    other = service.as_("rider2").send(AT_HOME, key=key, category="BJ0123")  # another person's key is another's

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert again.json["number"] == first.json["number"] != other.json["number"]
    assert again.json["category"]["code"] == "BJ0123"


def test_three_more_people_are_offered_to_join(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = service.as_("rider").report(AT_HOME, category="BJ0123", text="井盖不见了")["number"]
    second, third = service.as_("rider2"), service.as_("resident")

    near = second.get("/tickets/nearby", lng=AT_HOME[0], lat=AT_HOME[1], coord_type="wgs84", category="BJ0101")
    assert [item["number"] for item in near.json["items"]] == [number]
    joined = second.send(AT_HOME, join=number, text="我也看到了")
    assert (joined.status_code, joined.json["number"], joined.json["joined"]) == (201, number, True)
    assert third.post(f"/tickets/{number}/join").status_code == 201
    assert third.post(f"/tickets/{number}/join").status_code == 200, "joining twice is joining once"

    insists = service.as_("resident2").report(AT_HOME, category="BJ0123")
    assert [item["number"] for item in insists["similar"]] == [number], "answered, never refused"
    assert insists["number"] != number
    assert service.seat(GRID_A).ticket(number)["joins"] == 2
    assert [item["number"] for item in third.get("/reports").json["items"]] == [number]

    assert second.step(number, "withdraw").status_code == 403, "only who reported first may withdraw"
    assert service.as_("rider").step(number, "withdraw").status_code == 409, "not any more: others joined"


def test_withdrawing_is_possible_until_somebody_takes_it(service: Service) -> None:
    resident, lead = service.as_("resident"), service.seat(HOME)
    early = resident.report(AT_HOME, category="LL0107")["number"]
    late = resident.report(AT_HOME, category="LL0107")["number"]
    lead.did(late, "take")

    assert resident.did(early, "withdraw")["status"] == "withdrawn"
    assert resident.step(late, "withdraw").json["error"]["code"] == "step_not_possible"
    assert resident.did(late, "note", text="不用修了")["status"] == "handling", "later it becomes a note"
    assert resident.send(AT_HOME, join=early).json["error"]["code"] == "ticket_ended"


def test_holder_and_deputy_take_at_once(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
    both = [service.seat(GRID_A), service.as_("deputy-a")]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: one.step(number, "take"), both))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json["error"]["present"]["status"] == "handling"


def test_a_stale_version_gets_the_present_state(service: Service) -> None:
    grid = service.seat(GRID_A)
    number = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
    seen = grid.get(f"/tickets/{number}").headers["ETag"]

    assert grid.step(number, "take", if_match=seen).status_code == 200
    stale = grid.step(number, "note", text="晚了一步", if_match=seen)

    assert (stale.status_code, stale.json["error"]["code"]) == (409, "stale_version")
    assert stale.json["error"]["present"]["status"] == "handling"


def test_the_same_numbers_in_two_data_land_in_two_places(service: Service) -> None:
    rider = service.as_("rider")
    edge = (114.30545, 30.48151)  # as WGS-84 in 甲网格; as GCJ-02 half a kilometre west: in no grid there

    as_wgs84 = rider.report(edge, datum="wgs84", category="BJ0123")
    as_gcj02 = rider.send(edge, datum="gcj02", category="BJ0123")
    missing = rider.post(
        "/reports", {"client_request_id": str(uuid.uuid4()), "location": {"lng": edge[0], "lat": edge[1]}}
    )

    assert as_wgs84["area_code"].startswith(GRID_A)
    assert as_gcj02.status_code == 201
    assert as_gcj02.json["area_code"] != as_wgs84["area_code"]
    assert (missing.status_code, list(missing.json["error"]["fields"])) == (422, ["location.coord_type"])


def test_outside_the_served_streets_nothing_is_stored(service: Service) -> None:
    rider = service.as_("rider")

    for point in (OUTSIDE, IN_DISTRICT_ONLY):
        answer = rider.send(point, category="BJ0123")
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "location_out_of_area")
    assert rider.get("/reports").json["items"] == []
    assert rider.report(AT_HOME, category="BJ0123")["number"].endswith("00001"), "no number was used up"


def test_a_coarse_fix_goes_to_the_community(service: Service) -> None:
    ticket = service.as_("rider").report(AT_HOME, accuracy_m=350, category="LL0107")

    assert ticket["holder"]["level"] == "community"
    assert ticket["flags"] == ["inaccurate"]


def test_without_a_category_the_grid_lead_files_it(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider, grid = service.as_("rider"), service.seat(GRID_A)
    reported = rider.report(AT_HOME, text="楼里一股怪味")
    number = reported["number"]
    assert (reported["status"], reported["holder"]["area_code"]) == ("reported", GRID_A)

    service.at("2026-09-07 10:00")
    filed = grid.did(number, "accept", category="LL0107", condition=1)
    assert (filed["status"], filed["holder"]["area_code"]) == ("dispatched", HOME)
    assert [hop["holder"]["area_code"] for hop in filed["hops"]] == [GRID_A, BUILDING, HOME]
    assert filed["due_at"] == "2026-09-09T01:00:00Z", "limits run from when it was received"

    other = rider.report(AT_HOME, text="随便说说")["number"]
    rejected = grid.did(other, "reject", reason_code="not_in_scope")
    assert (rejected["status"], rejected["holder"]) == ("not_accepted", None)
    service.work()
    assert "不属于受理范围" in rider.told()[-1]


def test_new_year_does_not_crash_and_says_it_is_provisional(service: Service) -> None:
    service.at("2026-12-31 17:00")

    ticket = service.as_("rider").report(AT_HOME, category="BJ0123", condition=2)  # four working hours

    assert ticket["due_at"] == "2027-01-01T03:00:00Z"
    assert ticket["due_provisional"] is True


def test_the_number_carries_beijings_date(service: Service) -> None:
    rider = service.as_("rider")
    service.at("2026-10-04 00:30")  # still yesterday in UTC
    assert rider.report(AT_HOME, category="BJ0123")["number"] == "WC2026100400001"
    assert rider.report(AT_XIMA_HOME, category="BJ0123")["number"] == "JA2026100400001"
    service.at("2026-10-05 00:00")
    assert rider.report(AT_HOME, category="BJ0123")["number"] == "WC2026100500001", "restarts every day"


def test_sources_are_kept_apart(service: Service) -> None:
    rider, lead, hotline = service.as_("rider"), service.seat(GRID_A), service.as_("integrator")

    assert rider.report(AT_HOME, category="BJ0123")["source"] == "rider"
    assert service.as_("resident").report(AT_HOME, category="BJ0123")["source"] == "resident"
    assert lead.report(AT_HOME, category="BJ0123")["source"] == "patrol"
    assert lead.report(AT_HOME, category="LL0107", on_behalf_of="王大爷")["source"] == "on_behalf"
    order = hotline.report(AT_HOME, category="BJ0123", external_no="12345-2026-0001")
    again = hotline.send(AT_HOME, category="BJ0123", external_no="12345-2026-0001")  # another key, the same order
    assert (order["source"], again.status_code, again.json["number"]) == ("hotline", 200, order["number"])
    assert rider.send(AT_HOME, external_no="12345-2026-0002").status_code == 403


def test_an_emergency_is_prompted_and_flagged_but_not_rerouted(service: Service) -> None:
    rider = service.as_("rider")

    asked = rider.post("/categories/suggest", {"text": "家里有煤气味"}).json
    ticket = rider.report(AT_HOME, category="LL0107", text="灯不亮，还有煤气味")

    assert asked["emergency"]["divert"] == "gas"
    assert "室外" in asked["emergency"]["prompt"], "leave, and call from outside"
    assert ticket["emergency"]["divert"] == "gas"
    assert ticket["holder"]["area_code"] == HOME


def test_other_is_no_category_either(service: Service) -> None:
    rider = service.as_("rider")
    cover = rider.report(AT_HOME, category="BJ0123")["number"]

    unclear = rider.report(AT_HOME, category="LL0999", text="这里有点不对劲")

    assert (unclear["status"], unclear["holder"]["area_code"]) == ("reported", GRID_A)
    assert [item["number"] for item in unclear["similar"]] == [cover], "anything that near may be it"


sends = st.lists(
    st.tuples(
        st.sampled_from(["rider", "rider2", "resident"]),
        st.integers(0, 3),  # which of a person's keys
        st.sampled_from([None, "LL0107", "BJ0123"]),
        st.sampled_from([AT_HOME, AT_XIMA_HOME]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sends)
def test_however_often_it_is_resent_a_key_is_one_ticket(
    service: Service, sent: list[tuple[str, int, str | None, tuple[float, float]]]
) -> None:
    run = uuid.uuid4()
    people = {name: service.as_(name) for name, *_ in sent}

    first: dict[tuple[str, int], str] = {}
    for name, key, category, point in sent:
        answer = people[name].send(point, key=str(uuid.uuid5(run, str(key))), category=category)
        known = (name, key) in first
        assert answer.status_code == (200 if known else 201)
        assert first.setdefault((name, key), answer.json["number"]) == answer.json["number"]

    assert len(set(first.values())) == len(first), "as many tickets as different requests"
