"""Two hands on one ball: of a step that takes it away and one that answers, one is told it was too late."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from reporter.models.clocks import Clock
from reporter.models.tickets import Event, Hop, Ticket
from tests.service import Service
from tests.services.inside import count, kinds, one, rows
from tests.services.test_concurrency import at_once, statuses
from tests.world import AT_HOME, CENTRAL, GRID_A, HOME, IN_GRID_A_ONLY, NEXT_DOOR, OTHER_BUILDING

COVER, LAMP = "BJ0123", "LL0107"
TOO_LATE = {403, 409}  # whoever lost the ball may not any more, or finds that it is not possible any more


def is_whole(service: Service, tickets: int) -> None:
    """One holder each, and one running clock of a kind."""
    assert count(service, Hop, Hop.ended_at.is_(None)) == tickets
    running = rows(service, select(Clock.ticket_id, Clock.kind).where(Clock.stopped_at.is_(None)))
    assert len(running) == len(set(running))


def test_of_taking_it_and_taking_it_back_one_wins(service: Service) -> None:
    rider, grid, water = service.as_("rider"), service.seat(GRID_A), service.as_("department")
    numbers = [rider.report(IN_GRID_A_ONLY, category=COVER)["number"] for _ in range(4)]
    for number in numbers:
        grid.did(number, "dispatch", to="department:water")
        answers = at_once([lambda: water.step(number, "take"), lambda: grid.step(number, "revoke")])  # noqa: B023
        took, revoked = (answer.status_code for answer in answers)
        assert (took == 200) != (revoked == 200), (took, revoked)
        assert {took, revoked} - {200} <= TOO_LATE
        shown = grid.ticket(number)
        expected = ("handling", "water") if took == 200 else ("accepted", None)
        assert (shown["status"], shown["holder"]["department_code"]) == expected
        assert kinds(service, number)["taken"] + kinds(service, number)["revoked"] == 1
    is_whole(service, len(numbers))


def test_of_solving_it_and_giving_it_to_another_one_wins(service: Service) -> None:
    resident, grid, home = service.as_("resident"), service.seat(GRID_A), service.seat(HOME)
    numbers = [resident.report(AT_HOME, category=LAMP)["number"] for _ in range(4)]
    for number in numbers:
        photo = home.photo()
        home.did(number, "take")
        calls: list[Callable[[], TestResponse]] = [
            lambda: home.step(number, "solve", note="好了", photo_ids=[photo]),  # noqa: B023
            lambda: grid.step(number, "reassign", to=f"seat:{OTHER_BUILDING}", reason="换人"),  # noqa: B023
        ]
        solved, given = (answer.status_code for answer in at_once(calls))
        assert (solved == 200) != (given == 200), (solved, given)
        assert {solved, given} - {200} <= TOO_LATE
        shown = grid.ticket(number)
        expected = ("feedback", GRID_A) if solved == 200 else ("dispatched", OTHER_BUILDING)
        assert (shown["status"], shown["holder"]["area_code"]) == expected
    is_whole(service, len(numbers))


@pytest.mark.parametrize("same_version", [True, False])
def test_of_two_who_give_it_to_another_with_one_version_one_is_told(service: Service, same_version: bool) -> None:
    number = service.as_("resident").report(AT_HOME, category=LAMP)["number"]
    grid, community = service.seat(GRID_A), service.seat(CENTRAL)
    version = {"if_match": f'"{grid.ticket(number)["version"]}"'} if same_version else {}
    answers = at_once(
        [
            lambda: grid.step(number, "reassign", to=f"seat:{NEXT_DOOR}", reason="a", **version),
            lambda: community.step(number, "reassign", to=f"seat:{OTHER_BUILDING}", reason="b", **version),
        ]
    )
    assert statuses(answers) == ({200: 1, 409: 1} if same_version else {200: 2}), "one after the other is no conflict"
    is_whole(service, 1)


def test_a_matter_split_twice_at_once_has_the_parts_of_both_or_of_one(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    service.seat(GRID_A).did(number, "escalate", reason="x")
    community = service.seat(CENTRAL)
    version = f'"{community.ticket(number)["version"]}"'
    parts = [{"to": "department:water", "note": "a"}, {"to": "department:power", "note": "b"}]
    answers = at_once([lambda: community.step(number, "split", parts=parts, if_match=version)] * 3)
    assert statuses(answers) == {200: 1, 409: 2}
    assert one(service, select(Ticket.parts).where(Ticket.number == number)) == 2
    assert count(service, Ticket, Ticket.parent_id.is_not(None)) == 2
    assert len(set(rows(service, select(Ticket.number)))) == 3


def test_two_parts_that_end_at_once_are_both_written_down_on_the_whole(service: Service) -> None:
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    service.seat(GRID_A).did(number, "escalate", reason="x")
    community = service.seat(CENTRAL)
    parts = [{"to": f"department:{code}", "note": "n"} for code in ("water", "power")]
    ends = [part["number"] for part in community.did(number, "split", parts=parts)["parts"]]
    for part in ends:
        community.did(part, "revoke")
    calls: list[Callable[[], TestResponse]] = [
        lambda part=part: community.step(part, "reject", reason_code="duplicate")  # type: ignore[misc]
        for part in ends
    ]
    assert statuses(at_once(calls)) == {200: 2}
    told = rows(service, select(Event.data).where(Event.kind == "part_ended").order_by(Event.seq))
    assert sorted(data["part"] for data in told) == ends
    community.did(number, "solve", note="好了", photo_ids=[community.photo()])
