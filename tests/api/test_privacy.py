"""A person is shown to nobody who does not need them: names, masks, what is about somebody, and photos."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.models.people import Account, Person, Unmasking
from tests.service import Caller, Service
from tests.world import (
    AT_DESERTED,
    AT_HOME,
    AT_XIMA_HOME,
    BUILDING,
    CENTRAL,
    GRID_A,
    GRID_B,
    HOME,
    NANHU,
    NEXT_DOOR,
    OTHER_BUILDING,
    XIMA_GRID,
    XIMA_HOME,
)

COVER, LAMP, VIOLENCE = "BJ0123", "LL0107", "LL0602"
NAMES = ("示例", "骑手一", "欧阳居民", "李居民")  # every person of the small district has one of these in the name


def said(caller: Caller, path: str, **query: Any) -> str:
    """The whole answer as text."""
    answer = caller.get(path, **query)
    assert answer.status_code == 200, answer.text
    return answer.text


def named(text: str) -> list[str]:
    return [name for name in NAMES if name in text]


def person_of(service: Service, username: str) -> int:
    with service.house.works.open(writes=False) as uow:
        return int(uow.session.scalar(select(Account.person_id).where(Account.username == username)) or 0)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("username", ["", "rider", "street", "integrator"])
def test_locating_names_roles_only(service: Service, username: str) -> None:
    caller = service.as_(username) if username else service.nobody()
    text = said(caller, "/areas/locate", lng=AT_HOME[0], lat=AT_HOME[1], coord_type="wgs84")
    assert "网格长" in text
    assert named(text) == []


def test_nearby_shows_number_category_distance_and_status_only(service: Service) -> None:
    rider = service.as_("rider")
    number = rider.report(AT_HOME, category=COVER, text="13812345678", address="1栋", photo_ids=[rider.photo()])[
        "number"
    ]
    query = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
    for caller in (service.as_("resident"), service.seat(GRID_A)):
        (found,) = caller.get("/tickets/nearby", **query).json["items"]
        assert found["number"] == number
        assert set(found) == {
            "number", "category", "category_name", "distance_m", "status", "status_name", "joins",
        }  # fmt: skip


def test_sensitive_matters_are_never_nearby_and_never_similar(service: Service) -> None:
    service.as_("rider").report(AT_HOME, category=VIOLENCE)
    query = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
    for caller in (service.as_("resident"), service.seat(GRID_A)):
        assert caller.get("/tickets/nearby", **query).json["items"] == []
        assert caller.get("/tickets/nearby", **query, category=VIOLENCE).json["items"] == []
    assert service.as_("resident").report(AT_HOME, category=VIOLENCE)["similar"] == []


def test_a_sensitive_ticket_cannot_be_joined_by_strangers_and_looks_absent(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category=VIOLENCE)["number"]
    stranger = service.as_("resident")
    hidden, absent = stranger.post(f"/tickets/{number}/join"), stranger.post("/tickets/WC2026090799999/join")
    assert (hidden.status_code, hidden.json) == (404, absent.json)
    by_report = stranger.send(AT_HOME, join=number)
    assert (by_report.status_code, by_report.json) == (404, stranger.send(AT_HOME, join="WC2026090799999").json)


def test_a_submitter_reads_roles_and_staff_read_names(service: Service) -> None:
    rider, grid = service.as_("rider"), service.seat(GRID_A)
    receipt = rider.send(AT_HOME, category=COVER)
    number = receipt.json["number"]
    grid.did(number, "take")
    for text in (receipt.text, said(rider, f"/tickets/{number}"), said(rider, f"/tickets/{number}/events")):
        assert "网格长" in text
        assert [name for name in named(text) if name != "骑手一"] == []
    assert named(said(rider, "/reports") + said(rider, "/messages")) == []
    assert "示例·甲网格" in said(grid, f"/tickets/{number}")


def test_staff_see_the_submitter_masked_everywhere(service: Service) -> None:
    resident = service.as_("resident")
    text = "请打13812345678，身份证420106199001011234"
    number = resident.report(AT_HOME, category=COVER, text=text, on_behalf_of="张三丰")["number"]
    grid = service.seat(GRID_A)
    told = grid.ticket(number)["reports"][0]
    assert told["submitter"] == {"role": "resident", "name": "欧阳*", "on_behalf_of": "张*"}
    assert told["text"] == "请打138****5678，身份证420106********1234"
    for path in (f"/tickets/{number}", f"/tickets/{number}/events", "/tickets", "/messages"):
        shown = said(grid, path)
        assert [secret for secret in ("欧阳居民", "张三丰", "13812345678", "199001011234") if secret in shown] == []
    assert resident.ticket(number)["reports"][0]["submitter"]["name"] == "欧阳居民", "one's own name is no secret"


def test_a_lead_who_reports_is_a_submitter_like_any_other(service: Service) -> None:
    reporting, grid = service.seat(OTHER_BUILDING), service.seat(GRID_A)
    number = reporting.report(AT_HOME, category=COVER)["number"]
    assert grid.ticket(number)["reports"][0]["submitter"]["name"] == "示*"
    assert "示例·2栋" not in said(grid, f"/tickets/{number}/events")


def test_somebody_who_joined_learns_nothing_personal_of_the_first(service: Service) -> None:
    rider, resident = service.as_("rider"), service.as_("resident")
    number = rider.report(AT_HOME, category=COVER, text="我是13812345678", address="1栋2单元501室")["number"]
    joined = resident.post(f"/tickets/{number}/join")
    assert joined.status_code == 201
    for text in (joined.text, said(resident, f"/tickets/{number}"), said(resident, "/reports")):
        assert [secret for secret in ("骑手一", "13812345678", "501室") if secret in text] == []


def test_a_submitter_does_not_learn_who_joined(service: Service) -> None:
    rider, resident = service.as_("rider"), service.as_("resident")
    number = rider.report(AT_HOME, category=COVER)["number"]
    resident.post(f"/tickets/{number}/join")
    shown = rider.ticket(number)
    assert shown["joins"] == 1
    assert len(shown["reports"]) == 1
    assert "欧阳" not in said(rider, f"/tickets/{number}/events")


# ---------------------------------------------------------------- anonymous


@pytest.mark.parametrize("username", ["rider", f"seat:{OTHER_BUILDING}"])  # a lead reports as well as anybody
def test_anonymous_hides_the_person_from_staff_but_not_from_the_system(service: Service, username: str) -> None:
    submitter, grid = service.as_(username), service.seat(GRID_A)
    own_name = submitter.get("/me").json["name"]
    number = submitter.report(AT_HOME, category=COVER, anonymous=True, on_behalf_of="张三丰")["number"]
    for path in (f"/tickets/{number}", f"/tickets/{number}/events", "/tickets"):
        text = said(grid, path)
        assert [secret for secret in (own_name, "张三丰", "张*") if secret in text] == []
    assert grid.ticket(number)["reports"][0]["submitter"] is None
    refused = grid.post(f"/tickets/{number}/reveal", {"reason": "回电"})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "forbidden")
    assert submitter.ticket(number)["number"] == number, "the system still knows whose it is"
    assert any(number in text for text in submitter.told())


def test_the_steps_of_an_anonymous_submitter_do_not_give_them_away(service: Service) -> None:
    lead, grid = service.seat(OTHER_BUILDING), service.seat(GRID_A)
    number = lead.report(AT_HOME, category=COVER, anonymous=True)["number"]
    lead.step(number, "note", text="请快一点")
    lead.did(number, "withdraw")
    items = grid.get(f"/tickets/{number}/events").json["items"]
    assert [item["kind"] for item in items] == ["filed", "noted", "withdrawn"]
    assert [item["actor"]["name"] for item in items] == [None, None, None]
    assert [item["actor"]["area_code"] for item in items] == [None, None, None]


def test_an_anonymous_lead_who_then_handles_the_ticket_does_so_by_name(service: Service) -> None:
    grid = service.seat(GRID_A)
    number = grid.report(AT_HOME, category=COVER, anonymous=True)["number"]
    grid.did(number, "take")
    filed, taken = service.seat(CENTRAL).get(f"/tickets/{number}/events").json["items"]
    assert (filed["actor"]["name"], taken["actor"]["name"]) == (None, "示例·甲网格")


# ---------------------------------------------------------------- revealing


def test_revealing_is_written_down_with_its_reason(service: Service) -> None:
    number = service.as_("resident").report(AT_HOME, category=COVER, on_behalf_of="张三丰")["number"]
    answer = service.seat(GRID_A).post(f"/tickets/{number}/reveal", {"reason": "回电核实位置"})
    assert answer.json == {"name": "欧阳居民", "role": "resident", "on_behalf_of": "张三丰"}
    with service.house.works.open(writes=False) as uow:
        (row,) = uow.session.scalars(select(Unmasking)).all()
        actor = uow.session.get_one(Person, row.actor_id).name
        assert (actor, row.reason, row.at) == ("示例·甲网格", "回电核实位置", uow.now)
    assert row.subject_id == person_of(service, "resident")


@pytest.mark.parametrize(
    ("code", "may"),
    [(HOME, False), (BUILDING, False), (GRID_A, True), (CENTRAL, True), (NANHU, True)],
)
def test_below_the_grid_nobody_is_unmasked(service: Service, code: str, may: bool) -> None:
    number = service.as_("resident").report(AT_HOME, category=COVER)["number"]
    answer = service.seat(code).post(f"/tickets/{number}/reveal", {"reason": "回电"})
    assert (answer.status_code == 200) == may
    with service.house.works.open(writes=False) as uow:
        assert len(uow.session.scalars(select(Unmasking)).all()) == int(may), "a refusal shows and writes nothing"


# ---------------------------------------------------------------- reach of a seat, a department, an auditor


def test_a_lead_keeps_seeing_what_the_seat_once_held(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category=COVER)["number"]
    grid, other = service.seat(GRID_A), service.seat(OTHER_BUILDING)
    assert other.get(f"/tickets/{number}").status_code == 404
    grid.did(number, "dispatch", to=f"seat:{OTHER_BUILDING}")
    other.did(number, "return", reason_code="not_my_area")
    assert other.ticket(number)["holder"]["area_code"] == GRID_A
    assert other.step(number, "take").status_code == 403, "seeing is not holding"


def test_a_department_keeps_seeing_what_it_once_held_and_nothing_else(service: Service) -> None:
    rider, grid, water = service.as_("rider"), service.seat(GRID_A), service.as_("department")
    number = rider.report(AT_HOME, category=COVER)["number"]
    never = rider.report(AT_DESERTED, category=COVER)["number"]
    grid.did(number, "dispatch", to="department:water")
    water.did(number, "return", reason_code="not_my_duty")
    assert [item["number"] for item in water.get("/tickets").json["items"]] == [number]
    assert water.get(f"/tickets/{never}").status_code == 404
    assert service.as_("power").get("/tickets").json["items"] == []


@pytest.mark.parametrize("username", ["admin", "reviewer"])
def test_admin_and_reviewer_see_no_ticket(service: Service, username: str) -> None:
    number = service.as_("rider").report(AT_HOME, category=COVER)["number"]
    caller = service.as_(username)
    assert caller.get("/tickets").json["items"] == []
    assert caller.get(f"/tickets/{number}").status_code == 404


def test_an_auditor_reads_and_takes_no_step(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category=COVER)["number"]
    auditor = service.as_("auditor")
    assert auditor.ticket(number)["actions"] == []
    for action, given in (("note", {"text": "x"}), ("take", {}), ("withdraw", {})):
        assert auditor.step(number, action, **given).status_code == 403


# ---------------------------------------------------------------- about somebody


def test_what_is_about_a_lead_is_invisible_to_that_lead_and_goes_past_holder_and_deputy(service: Service) -> None:
    rider = service.as_("rider")
    accused, above = service.seat(GRID_A), service.seat(CENTRAL)
    photo = rider.photo()
    ticket = rider.report(AT_HOME, category=COVER, about=f"seat:{GRID_A}", text="态度很差", photo_ids=[photo])
    number = ticket["number"]
    service.work()

    assert ticket["holder"]["area_code"] == CENTRAL
    assert {"conflict"} <= {reason["code"] for hop in ticket["hops"] for reason in hop["reasons"]}
    assert {hop["holder"]["area_code"] for hop in ticket["hops"]} == {CENTRAL}
    assert above.ticket(number)["reports"][0]["text"] == "态度很差"
    assert above.get(f"/photos/{photo}").status_code == 200

    nowhere = accused.get("/tickets/WC2026090799999")
    for path in (f"/tickets/{number}", f"/tickets/{number}/events"):
        assert (accused.get(path).status_code, accused.get(path).json) == (404, nowhere.json)
    for path, body in (
        ("steps", {"action": "note", "text": "x"}),
        ("rating", {"grade": 5}),
        ("join", {}),
        ("reveal", {"reason": "谁说我"}),
    ):
        assert accused.post(f"/tickets/{number}/{path}", body).status_code == 404
    assert accused.post(f"/reports/{number}/photos", {"photo_ids": [accused.photo()]}).status_code == 404
    assert accused.send(AT_HOME, join=number).status_code == 404
    for path in (f"/photos/{photo}", f"/photos/{photo}/thumbnail"):
        assert accused.get(path).status_code == 404
    for query in ({}, {"q": "态度"}, {"q": number}, {"area": GRID_A}, {"status": "open"}, {"category": COVER}):
        assert accused.get("/tickets", **query).json["items"] == []
    where = {"lng": AT_HOME[0], "lat": AT_HOME[1], "coord_type": "wgs84"}
    assert accused.get("/tickets/nearby", **where, category=COVER).json["items"] == []
    assert accused.report(AT_HOME, category=COVER)["similar"] == []


def test_what_is_about_a_lead_is_not_in_that_leads_figures(service: Service) -> None:
    service.as_("rider").report(AT_HOME, category=COVER, about=f"seat:{GRID_A}")
    ways: list[dict[str, str]] = [{"by": by} for by in ("child", "category", "day", "holder")]

    def received(caller: Caller) -> list[int]:
        summary = caller.get("/dashboard/summary", area=GRID_A).json["counts"]["received"]["value"]
        rows = [caller.get("/dashboard/breakdown", area=GRID_A, **way).json["items"] for way in ways]
        return [summary, *[sum(row["counts"]["received"]["value"] for row in items) for items in rows]]

    assert received(service.seat(GRID_A)) == [0, 0, 0, 0, 0]
    assert received(service.seat(CENTRAL)) == [1, 1, 1, 1, 1]


def test_nobody_is_told_about_what_is_about_them(service: Service) -> None:
    """Through a whole life: joined, late, climbed, solved, sent back."""
    service.at("2026-09-07 09:00")
    rider, accused, above = service.as_("rider"), service.seat(GRID_A), service.seat(CENTRAL)
    number = rider.report(AT_HOME, category=COVER, about=f"seat:{GRID_A}")["number"]
    service.as_("street").step(number, "note", text="请社区处理")
    above.did(number, "take")
    for moment in ("2026-09-07 10:10", "2026-09-07 10:50", "2026-09-08 09:00"):
        service.at(moment).work()
    above = service.seat(CENTRAL)
    above.did(number, "solve", photo_ids=[above.photo()])
    street = service.as_("street")
    street.did(number, "verify", passed=False, note="没有修好")
    above.did(number, "escalate", reason="回避")
    service.work()
    assert [text for text in accused.told() if number in text] == []
    assert [text for text in service.as_("deputy-a").told() if number in text] == []
    assert [text for text in service.as_("street").told() if number in text] != []


def test_one_person_on_two_seats_sees_it_from_neither(service: Service) -> None:
    number = service.as_("rider").report(AT_HOME, category=LAMP, about=f"seat:{NEXT_DOOR}")["number"]
    lead = service.seat(HOME)  # the same person
    assert lead.get(f"/tickets/{number}").status_code == 404
    assert service.seat(BUILDING).ticket(number)["holder"]["area_code"] == BUILDING


# ---------------------------------------------------------------- photos


def test_a_photo_is_for_those_who_see_its_ticket(service: Service) -> None:
    rider, grid = service.as_("rider"), service.seat(GRID_A)
    before, loose = rider.photo("red"), rider.photo("blue")
    number = rider.report(AT_HOME, category=COVER, photo_ids=[before])["number"]
    after = grid.photo("green")
    grid.did(number, "respond", note="已围挡", photo_ids=[after])
    service.work()

    def readers(photo: str) -> set[str]:
        callers = {
            name: service.as_(name)
            for name in (
                "rider",
                "resident",
                f"seat:{GRID_A}",
                f"seat:{GRID_B}",
                f"seat:{XIMA_GRID}",
                "auditor",
                "admin",
            )
        }
        return {name for name, caller in callers.items() if caller.get(f"/photos/{photo}").status_code == 200}

    assert readers(before) == {"rider", f"seat:{GRID_A}", "auditor"}
    assert readers(after) == {"rider", f"seat:{GRID_A}", "auditor"}
    assert readers(loose) == {"rider"}, "not attached yet: the uploader's alone"
    assert service.nobody().get(f"/photos/{before}").status_code == 401
    service.as_("resident").post(f"/tickets/{number}/join")
    assert "resident" in readers(before)


def test_a_photo_cannot_be_taken_from_somebody_else(service: Service) -> None:
    photo = service.as_("rider").photo()
    thief = service.as_("rider2")
    answer = thief.send(AT_XIMA_HOME, category=COVER, photo_ids=[photo])
    assert (answer.status_code, set(answer.json["error"]["fields"])) == (422, {"photo_ids"})


def test_no_answer_carries_where_and_when_a_photo_was_taken(service: Service) -> None:
    rider = service.as_("rider")
    number = rider.report(AT_HOME, category=COVER, photo_ids=[rider.photo()])["number"]
    service.work()
    text = said(service.seat(GRID_A), f"/tickets/{number}") + said(rider, f"/tickets/{number}/events")
    assert "captured" not in text
    assert "sha256" not in text


def test_a_lead_who_joins_elsewhere_is_a_resident_there(service: Service) -> None:
    number = service.as_("resident").report(AT_HOME, category="BJ0123", text="井盖没了")["number"]
    stranger = service.seat(XIMA_HOME)
    assert stranger.post(f"/tickets/{number}/join").status_code == 201

    shown, listed = stranger.ticket(number), stranger.get("/tickets").json["items"][0]

    assert [report["joined"] for report in shown["reports"]] == [True], "only the own words"
    assert (shown["holder"]["name"], listed["holder"]["name"]) == ("网格长", "网格长"), "roles, no names"
    assert listed["text"] is None
    assert "noted" not in stranger.events(number)
