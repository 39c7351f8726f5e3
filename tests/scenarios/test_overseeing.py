"""From above and from the ground: cards and replies, closing by force, 作废, checks, and the appeal after a no."""

from sqlalchemy import select

from reporter.models.tickets import Ticket
from reporter.models.waiting import Supervision
from tests.service import Service
from tests.services.inside import count, kinds, one
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, GRID_B, HOME, NANHU, WUCHANG

LAMP = "LL0107"


def dispatched(service: Service, at: str = "2026-09-07 09:00") -> str:
    service.at(at)
    return str(service.as_("resident").report(AT_HOME, category=LAMP)["number"])


def reported(service: Service) -> str:
    """Without a category: the 网格长 has to say what it is."""
    service.at("2026-09-07 09:00")
    ticket = service.as_("resident").report(AT_HOME, text="那个东西又不行了")
    assert (ticket["status"], ticket["holder"]["area_code"]) == ("reported", GRID_A)
    return str(ticket["number"])


def test_a_card_is_owed_a_reply_until_the_holder_gives_it(service: Service) -> None:
    number = dispatched(service)
    home, community, street = service.seat(HOME), service.seat(CENTRAL), service.seat(NANHU)
    community.did(number, "supervise", card="yellow", note="两天没有动静", reason_code="important")
    assert home.told()[-1] == f"工单{number}收到黄牌督办，请限时回复"
    street.did(number, "supervise", card="red", note="限今天办结", reason_code="leader")
    assert service.seat(WUCHANG).told()[-1] == f"下级对工单{number}发出红牌督办", "red: the level above hears"
    assert not [text for text in street.told() if "黄牌" in text]

    owed = home.get("/tickets", holder="me", owes_reply="true").json["items"]
    assert [(item["number"], item["reply_due_at"]) for item in owed] == [(number, "2026-09-08T01:00:00Z")]
    cards = home.ticket(number)["supervisions"]
    assert [(card["card"], card["kind"], card["level"], card["late"]) for card in cards] == [
        ("yellow", "important", "community", False),
        ("red", "leader", "street", False),
    ]
    assert community.step(number, "supervise", card="yellow", note="快").json["error"]["code"] == "card_open"

    service.at("2026-09-08 10:00")  # eight work hours were up at nine
    home = service.seat(HOME)
    assert [card["late"] for card in home.ticket(number)["supervisions"]] == [True, True]
    ticket = home.did(number, "reply", note="灯泡今天到")
    assert [(card["reply"], card["late"]) for card in ticket["supervisions"]] == [("灯泡今天到", True)] * 2
    assert ticket["reply_due_at"] is None
    assert home.get("/tickets", holder="me", owes_reply="true").json["items"] == []
    assert home.step(number, "reply", note="还有").status_code == 409, "nothing is owed any more"

    resident = service.as_("resident")
    assert resident.ticket(number)["supervisions"] == []
    assert not {"supervised", "red_card", "replied"} & set(resident.events(number)), "among staff"
    assert resident.get("/tickets", owes_reply="true").status_code == 403


def test_wrong_cards_are_refused_and_leave_no_row(service: Service) -> None:
    number = dispatched(service)
    for seat, given, status, code in (
        (CENTRAL, {"card": "red", "note": "n"}, 403, "forbidden"),  # red from the street up
        (GRID_A, {"card": "yellow", "note": "n"}, 403, "forbidden"),
        (HOME, {"card": "yellow", "note": "n"}, 403, "forbidden"),  # not to oneself
        (GRID_B, {"card": "yellow", "note": "n"}, 404, "not_found"),  # not one's business
        (NANHU, {"card": "blue", "note": "n"}, 422, "invalid"),
        (NANHU, {"card": "red"}, 422, "missing_input"),
        (NANHU, {"note": "n"}, 422, "missing_input"),
        (NANHU, {"card": "red", "note": "n", "reason_code": "mood"}, 422, "invalid"),
    ):
        answer = service.seat(seat).step(number, "supervise", **given)
        assert (answer.status_code, answer.json["error"]["code"]) == (status, code), (seat, given)
    assert count(service, Supervision) == 0


def test_a_card_ends_with_the_ticket_without_pretending_a_reply(service: Service) -> None:
    number = dispatched(service)
    service.seat(NANHU).did(number, "supervise", card="yellow", note="快")
    ticket = service.seat(NANHU).did(number, "force_close", reason="整片改造")
    assert [(card["reply"], card["replied_at"]) for card in ticket["supervisions"]] == [(None, None)]
    assert ticket["reply_due_at"] is None


def test_closing_by_force_tells_why_and_is_marked(service: Service) -> None:
    number = dispatched(service)
    for seat in (HOME, GRID_A, CENTRAL):
        assert service.seat(seat).step(number, "force_close", reason="r").status_code == 403, seat
    assert service.seat(NANHU).step(number, "force_close").status_code == 422
    ticket = service.seat(NANHU).did(number, "force_close", reason="整片改造{2026}")
    assert (ticket["status"], ticket["forced"], ticket["holder"]) == ("closed", True, None)
    assert all(clock["state"] == "stopped" for clock in ticket["clocks"])
    resident = service.as_("resident")
    assert resident.told()[-1] == f"您的报事{number}已强制结案：整片改造｛2026｝"
    assert "force_closed" in resident.events(number)
    assert service.seat(GRID_A).told()[-1] == f"工单{number}已强制结案"

    again = resident.did(number, "reopen", reason="还是黑的")
    assert (again["status"], again["forced"]) == ("dispatched", False), "nothing of force is left in the second life"


def test_a_delay_is_charged_before_it_is_closed_by_force(service: Service) -> None:
    number = dispatched(service)
    service.seat(HOME).did(number, "take")
    service.at("2026-09-10 09:00")
    ticket = service.seat(NANHU).did(number, "force_close", reason="整片改造")
    assert [hop["overdue_here"] for hop in ticket["hops"]] == [False, False, True]


def test_void_is_for_the_community_and_wider(service: Service) -> None:
    number = dispatched(service)
    for seat in (HOME, BUILDING, GRID_A):
        assert service.seat(seat).step(number, "void", reason="r").status_code == 403, seat
    assert service.seat(CENTRAL).step(number, "void").status_code == 422
    ticket = service.seat(CENTRAL).did(number, "void", reason="演练数据")
    assert (ticket["status"], ticket["closed_at"]) == ("voided", None)
    assert service.as_("resident").told()[-1] == f"您的报事{number}已作废：演练数据"
    assert service.seat(CENTRAL).step(number, "void", reason="r").status_code == 409
    assert len(service.seat(CENTRAL).ticket(number)["hops"]) == 3, "nothing is deleted"


def test_a_check_below_finds_it_and_it_comes_back_to_be_accepted(service: Service) -> None:
    number = reported(service)
    grid, home = service.seat(GRID_A), service.seat(HOME)
    sent = grid.did(number, "check", to=f"seat:{HOME}", note="看看是什么")
    assert (sent["status"], sent["holder"]["area_code"]) == ("checking", HOME)
    assert home.told()[-1].startswith(f"请到现场核查{number}")
    running = {clock["kind"]: clock["due_at"] for clock in sent["clocks"] if clock["state"] == "running"}
    assert (running["check"], set(running)) == ("2026-09-07T01:30:00Z", {"check", "resolve"})
    assert grid.step(number, "accept", category=LAMP).status_code == 403, "the ball is below"

    service.at("2026-09-07 09:20")
    back = home.did(number, "check", found=True, note="楼道灯坏了", photo_ids=[home.photo()])
    assert (back["status"], back["holder"]["area_code"], back["checked"]) == ("reported", GRID_A, True)
    assert {clock["kind"] for clock in back["clocks"] if clock["state"] == "running"} == {
        "accept",
        "response",
        "resolve",
    }
    assert grid.did(number, "accept", category=LAMP)["holder"]["area_code"] == HOME
    assert service.as_("resident").events(number)[1:3] == ["check_started", "checked"]


def test_who_checks_alone_keeps_it(service: Service) -> None:
    number = reported(service)
    grid = service.seat(GRID_A)
    assert grid.did(number, "check")["holder"]["area_code"] == GRID_A
    ticket = grid.did(number, "check", found=True)
    assert (ticket["status"], ticket["holder"]["area_code"], len(ticket["hops"])) == ("reported", GRID_A, 1)


def test_a_check_that_is_slept_through_is_told_above_once(service: Service) -> None:
    number = reported(service)
    service.seat(GRID_A).did(number, "check", to=f"seat:{HOME}")
    service.at("2026-09-07 09:30")
    service.work()
    assert "check_late" not in kinds(service, number), "equality is on time"
    service.at("2026-09-07 09:31")
    service.work()
    service.at("2026-09-07 09:40")
    service.work()
    assert kinds(service, number)["check_late"] == 1
    assert service.seat(BUILDING).told()[-1] == f"工单{number}核查超时"


def test_wrong_checks_are_refused(service: Service) -> None:
    number = reported(service)
    grid = service.seat(GRID_A)
    for given, status, code in (
        ({"to": "department:water"}, 422, "unknown_receiver"),  # works on what was accepted
        ({"to": f"seat:{GRID_B}"}, 422, "unknown_receiver"),
        ({"to": f"seat:{CENTRAL}"}, 422, "unknown_receiver"),  # not below
    ):
        answer = grid.step(number, "check", **given)
        assert (answer.status_code, answer.json["error"]["code"]) == (status, code), given
    offered = {one["action"]: one["fields"] for one in grid.ticket(number)["actions"]}["check"]
    assert all(choice["value"].startswith("seat:") for choice in offered[0]["choices"])
    grid.did(number, "check")
    assert grid.step(number, "check").json["error"]["code"] == "missing_input"
    assert grid.step(number, "check", found=False).json["error"]["fields"].keys() == {"note"}
    assert grid.ticket(number)["status"] == "checking"


def test_not_found_ends_it_and_the_submitter_may_ask_once_to_look_again(service: Service) -> None:
    number = reported(service)
    home, resident = service.seat(HOME), service.as_("resident")
    service.seat(GRID_A).did(number, "check", to=f"seat:{HOME}")
    gone = home.did(number, "check", found=False, note="没有看到")
    assert (gone["status"], gone["holder"]) == ("not_accepted", None)
    assert resident.told()[-1] == f"您的报事{number}不予受理：现场没有发现"
    assert resident.step(number, "appeal").status_code == 422, "why"
    assert service.as_("resident2").step(number, "appeal", reason="r").status_code == 404
    assert home.step(number, "appeal", reason="r").status_code == 403

    service.at("2026-09-08 08:00")
    again = resident.did(number, "appeal", reason="在三楼", photo_ids=[resident.photo()])
    assert (again["status"], again["holder"]["area_code"]) == ("reported", GRID_A), "the 网格 and wider accept"
    assert again["due_at"] > "2026-09-08T00:00:00Z", "its clocks run anew"
    assert {clock["kind"] for clock in again["clocks"] if clock["state"] == "running"} == {
        "accept",
        "response",
        "resolve",
    }
    first, second = (clock["limit"] for clock in again["clocks"] if clock["kind"] == "resolve")
    assert first == second, "the whole limit, not that of rework"
    assert [
        item["number"]
        for item in resident.get("/tickets/nearby", lng=AT_HOME[0], lat=AT_HOME[1], coord_type="wgs84").json["items"]
    ] == [number]

    grid = service.seat(GRID_A)
    grid.did(number, "reject", reason_code="not_in_scope")
    resident = service.as_("resident")
    refused = resident.step(number, "appeal", reason="不服")
    assert (refused.status_code, refused.json["error"]["message"]) == (409, "不予受理只能申请复核一次")
    assert "appeal" not in [action["action"] for action in resident.ticket(number)["actions"]]
    assert one(service, select(Ticket.status)) == "not_accepted"


def test_what_the_grid_did_not_accept_is_looked_at_by_the_community(service: Service) -> None:
    number = dispatched(service)
    service.seat(HOME).did(number, "escalate", reason="不归我")
    service.seat(BUILDING).did(number, "escalate", reason="不归我")
    service.seat(GRID_A).did(number, "dispatch", to=f"seat:{BUILDING}")
    service.seat(BUILDING).did(number, "return", reason_code="not_my_duty")
    service.seat(GRID_A).did(number, "reject", reason_code="private_matter")
    again = service.as_("resident").did(number, "appeal", reason="是公共的灯")
    assert (again["status"], again["holder"]["area_code"]) == ("reported", CENTRAL)
    assert service.seat(CENTRAL).told()[-1] == f"群众对不予受理申请复核：{number}"
    assert service.seat(CENTRAL).did(number, "accept", category=LAMP)["status"] == "dispatched"
