"""The same cover reported again and again, and two families' noise (``domain.md`` 12.3 no. 2 and 3); taking apart."""

from typing import Any

from tests.service import Caller, Service
from tests.world import AT_HOME, AT_NEXT_DOOR, CENTRAL, GRID_A, GRID_B, HOME, IN_GRID_A_ONLY

COVER, RAIN_COVER, LAMP, NOISE, BIN, HELP = "BJ0123", "BJ0103", "LL0107", "LL0302", "BJ0305", "LL0401"


def said(caller: Caller, words: str) -> int:
    return sum(words in text for text in caller.told())


def refused(answer: Any) -> tuple[int, str, set[str]]:
    error = answer.json["error"]
    return answer.status_code, error["code"], set(error["fields"])


def test_the_same_cover_and_three_more_people(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider, grid, community = service.as_("rider"), service.seat(GRID_A), service.seat(CENTRAL)
    main = rider.report(AT_HOME, text="井盖不见了", category=COVER)["number"]

    service.at("2026-09-07 09:20")
    for name in ("rider2", "resident"):
        near = service.as_(name).get(
            "/tickets/nearby", lng=AT_HOME[0], lat=AT_HOME[1], coord_type="wgs84", category=COVER
        )
        assert [item["number"] for item in near.json["items"]] == [main], "offered: add yourself"
        assert service.as_(name).post(f"/tickets/{main}/join").status_code == 201
    insists = service.as_("resident2")
    second = insists.report(AT_HOME, text="雨水井盖没了", category=RAIN_COVER)
    assert [item["number"] for item in second["similar"]] == [main], "covers cannot be told apart"
    number = second["number"]

    merged = community.did(number, "merge", into=main)
    assert (merged["status"], merged["holder"], merged["merged_into"]["number"]) == ("merged", None, main)
    assert {clock["state"] for clock in merged["clocks"]} == {"stopped"}
    assert merged["reports"][0]["text"] == "雨水井盖没了", "the report stays on its ticket"
    assert grid.ticket(main)["joins"] == 3
    assert grid.ticket(main)["merged"] == [number]
    assert said(insists, f"与{main}是同一件事") == 1
    assert said(grid, f"{number}并入{main}") == 1

    seen = insists.ticket(main)
    assert (seen["number"], seen["holder"]["name"], seen["merged"]) == (main, "网格长", []), "as if joined: no names"
    assert [report["text"] for report in seen["reports"]] == ["雨水井盖没了"], "own words only"
    mine = insists.get("/reports").json["items"][0]
    assert (mine["number"], mine["status"], mine["merged_into"]["status"]) == (number, "merged", "dispatched")
    assert insists.step(main, "withdraw").status_code == 403, "it is not theirs to take back"
    assert rider.step(main, "withdraw").status_code == 409, "others follow it"

    grid.did(main, "take")
    solved = grid.did(main, "solve", note="已换新盖", photo_ids=[grid.photo()])
    assert solved["holder"]["area_code"] == CENTRAL
    community.did(main, "verify", passed=True)
    for name in ("rider", "rider2", "resident", "resident2"):
        person = service.as_(name)
        assert said(person, f"{main}已修好并核实结案") == 1, name
        assert person.ticket(main)["may_rate"], name
        assert person.post(f"/tickets/{main}/rating", {"grade": 5}).status_code == 201, name
    assert insists.get("/reports").json["items"][0]["merged_into"]["status"] == "closed"
    assert service.as_("rider").events(main).count("absorbed") == 0, "which tickets came is for staff"


def test_two_families_noise_on_one_evening_stays_two(service: Service) -> None:
    service.at("2026-09-07 20:00")
    community = service.seat(CENTRAL)
    one = service.as_("resident").report(AT_HOME, category=NOISE)["number"]
    other = service.as_("resident2").report(AT_NEXT_DOOR, category=NOISE)["number"]
    service.work()

    assert {community.ticket(number)["status"] for number in (one, other)} == {"dispatched"}
    for given in ({}, {"note": "同一台空调外机"}):
        assert refused(community.step(other, "merge", into=one, **given)) == (409, "cannot_merge", {"into"})


def test_small_matters_of_two_people_are_one_only_when_somebody_says_why(service: Service) -> None:
    community = service.seat(CENTRAL)
    one = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    other = service.as_("resident2").report(AT_HOME, category=LAMP)["number"]

    assert refused(community.step(other, "merge", into=one)) == (422, "missing_input", {"note"})
    assert community.ticket(other)["status"] == "dispatched"
    assert community.did(other, "merge", into=one, note="同一盏灯")["status"] == "merged"


def test_one_persons_two_small_reports_need_no_words(service: Service) -> None:
    resident, community = service.as_("resident"), service.seat(CENTRAL)
    one, other = (resident.report(AT_HOME, category=LAMP)["number"] for _ in range(2))

    assert community.did(other, "merge", into=one)["status"] == "merged"
    assert community.ticket(one)["joins"] == 0, "the same voice"


def test_what_may_not_be_merged_says_why(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider, community, grid = service.as_("rider"), service.seat(CENTRAL), service.seat(GRID_A)
    first = rider.report(IN_GRID_A_ONLY, category=BIN)["number"]
    cover = rider.report(IN_GRID_A_ONLY, category=COVER)["number"]
    far = rider.report(AT_HOME, category=BIN)["number"]
    help_ = [service.as_("resident").report(AT_HOME, category=HELP)["number"] for _ in range(2)]

    table: list[tuple[Caller, str, dict[str, Any], tuple[int, str, set[str]]]] = [
        (community, far, {}, (422, "missing_input", {"into"})),
        (community, far, {"into": far}, (409, "cannot_merge", {"into"})),  # into itself
        (community, far, {"into": "WC2026090799999"}, (422, "invalid", {"into"})),  # there is none
        (community, far, {"into": first}, (422, "missing_input", {"note"})),  # 300 m away
        (community, first, {"into": far, "note": "同一处"}, (409, "wrong_main", set())),  # the earlier one stays
        (community, first, {"into": cover}, (422, "missing_input", {"note"})),  # another kind of thing
        (community, cover, {"into": first, "note": "同一处"}, (409, "wrong_main", set())),  # the graver one stays
        (service.seat(HOME), first, {"into": cover}, (404, "not_found", set())),  # not in that neighbourhood
        (service.seat(GRID_B), first, {"into": cover}, (404, "not_found", set())),
        (rider, first, {"into": cover}, (403, "forbidden", set())),  # a submitter does not
        (grid, help_[1], {"into": help_[0], "note": "同一户"}, (403, "forbidden", set())),  # not the holder
        (community, help_[1], {"into": help_[0], "note": "同一户"}, (409, "cannot_merge", {"into"})),  # sensitive
    ]
    for caller, number, given, answer in table:
        assert refused(caller.step(number, "merge", **given)) == answer, given
    hint = community.step(first, "merge", into=far, note="同一处").json["error"]
    assert hint["present"]["number"] == first
    for number in (first, cover, far, *help_):
        assert service.as_("street").ticket(number)["merged_into"] is None
        assert "merged" not in service.as_("street").events(number)


def test_the_holding_grid_may_merge_and_a_closed_one_of_today_still_counts(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider, grid, community = service.as_("rider"), service.seat(GRID_A), service.seat(CENTRAL)
    old = rider.report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid.did(old, "solve", note="好了", photo_ids=[grid.photo()])
    community.did(old, "verify", passed=True)

    service.at("2026-09-07 20:00")
    late = service.as_("resident").report(IN_GRID_A_ONLY, category=COVER)["number"]
    service.at("2026-09-08 09:30")
    later = service.as_("resident2").report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid = service.seat(GRID_A)
    assert refused(grid.step(later, "merge", into=old))[:2] == (409, "cannot_merge"), "closed too long ago"
    service.at("2026-09-08 08:00")
    assert service.seat(GRID_A).did(late, "merge", into=old)["merged_into"]["status"] == "closed"


def test_what_is_merged_is_no_main_and_its_followers_move_along(service: Service) -> None:
    people = [service.as_(name) for name in ("rider", "rider2", "resident")]
    one, two, three = (person.report(IN_GRID_A_ONLY, category=COVER)["number"] for person in people)
    community = service.seat(CENTRAL)
    community.did(three, "merge", into=two)
    four = service.as_("resident2").report(IN_GRID_A_ONLY, category=COVER)["number"]
    here = {"lng": IN_GRID_A_ONLY[0], "lat": IN_GRID_A_ONLY[1], "coord_type": "wgs84", "category": COVER}
    near = people[0].get("/tickets/nearby", **here).json["items"]
    assert [item["number"] for item in near] == [one, two, four], "the merged one is not offered"
    community.did(two, "merge", into=one)

    assert community.ticket(three)["merged_into"]["number"] == one
    assert sorted(community.ticket(one)["merged"]) == [two, three]
    assert said(people[2], f"与{one}是同一件事") == 1
    answer = community.step(four, "merge", into=two)
    assert refused(answer) == (409, "cannot_merge", {"into"})
    assert answer.json["error"]["present"]["number"] == one
    assert community.step(three, "merge", into=one).status_code == 409, "it is merged already"
    assert people[0].post(f"/tickets/{three}/join").json["error"]["code"] == "ticket_ended"


def test_taken_out_again_it_goes_on_with_the_time_it_had(service: Service) -> None:
    service.at("2026-09-07 09:00")  # a Monday
    main = service.as_("rider").report(IN_GRID_A_ONLY, category=BIN, condition=2)["number"]
    other = service.as_("rider2").report(IN_GRID_A_ONLY, category=BIN, condition=2)  # three work days
    number = other["number"]
    assert other["due_at"] == "2026-09-10T01:00:00Z"
    service.at("2026-09-07 11:00")
    community = service.seat(CENTRAL)
    community.did(number, "merge", into=main)
    service.at("2026-09-14 17:00")
    service.work()
    community = service.seat(CENTRAL)
    out = community.did(number, "unmerge", note="是另一只桶")

    assert (out["status"], out["holder"]["area_code"], out["merged_into"]) == ("accepted", GRID_A, None)
    assert out["due_at"] == "2026-09-17T07:00:00Z", "two hours were used, 22 are left: 15:00 three work days later"
    assert not out["overdue"]
    assert "became_overdue" not in community.events(number), "nobody is charged for the time it was merged"
    assert community.ticket(main)["joins"] == 0
    assert community.ticket(main)["merged"] == []
    rider2 = service.as_("rider2")
    assert said(rider2, "已单独办理") == 1
    assert rider2.get(f"/tickets/{main}").status_code == 404, "it is not theirs any more"
    service.at("2026-09-17 15:01")
    service.work()
    assert "became_overdue" in service.seat(CENTRAL).events(number)


def test_what_nobody_had_filed_is_reported_again_and_filed_without_the_merged_time(service: Service) -> None:
    service.at("2026-09-07 09:00")
    main = service.as_("rider").report(IN_GRID_A_ONLY, text="说不清")["number"]
    number = service.as_("rider2").report(IN_GRID_A_ONLY, text="说不清")["number"]
    service.at("2026-09-07 11:00")
    service.seat(CENTRAL).did(number, "merge", into=main, note="同一处")
    service.at("2026-09-08 11:00")
    assert service.seat(CENTRAL).did(number, "unmerge")["status"] == "reported"
    filed = service.seat(GRID_A).did(number, "accept", category=BIN, condition=2)
    assert filed["due_at"] == "2026-09-11T01:00:00Z", "three work days from Monday 09:00, one of them merged"


def test_only_a_community_or_wider_takes_apart(service: Service) -> None:
    main = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    number = service.as_("rider2").report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid = service.seat(GRID_A)
    grid.did(number, "merge", into=main)

    assert grid.step(number, "unmerge").status_code == 403
    assert service.as_("rider2").step(number, "unmerge").status_code == 403
    assert service.as_("street").step(main, "unmerge").status_code == 409, "it is not merged"
    assert service.as_("district").did(number, "unmerge")["status"] == "accepted"


def test_staff_see_what_may_be_one_thing_and_which_would_remain(service: Service) -> None:
    service.at("2026-09-07 09:00")
    rider, grid, community = service.as_("rider"), service.seat(GRID_A), service.seat(CENTRAL)
    first = rider.report(IN_GRID_A_ONLY, category=RAIN_COVER)["number"]
    closed = rider.report(IN_GRID_A_ONLY, category=COVER)["number"]
    grid.did(closed, "solve", note="好了", photo_ids=[grid.photo()])
    community.did(closed, "verify", passed=True)
    rider.report(AT_HOME, category=COVER)
    number = service.as_("resident").report(IN_GRID_A_ONLY, category=COVER)["number"]

    found = community.get(f"/tickets/{number}/duplicates").json["items"]
    assert [(item["number"], item["remains"], item["status"]) for item in found] == [
        (first, first, "dispatched"),
        (closed, closed, "closed"),
    ]
    assert found[1]["parts"] == {"distance": 1.0, "category": 1.0, "time": 1.0}
    assert (found[0]["score"], found[0]["doubt"]) == (0.85, None)
    home = [service.as_(name).report(AT_HOME, category=LAMP)["number"] for name in ("resident", "resident2")]
    assert "两家人" in community.get(f"/tickets/{home[1]}/duplicates").json["items"][0]["doubt"]
    assert community.get(
        f"/tickets/{service.as_('resident').report(AT_HOME, category=HELP)['number']}/duplicates"
    ).json == {"items": []}, "sensitive matters have none"
