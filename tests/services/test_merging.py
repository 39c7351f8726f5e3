"""Two who merge at the same moment, in both directions: one of them is told, and nobody waits for ever."""

import pytest
from sqlalchemy import select

from reporter.models.tickets import Event, Ticket
from tests.service import Service
from tests.services.inside import count, kinds, one
from tests.services.test_concurrency import at_once, statuses
from tests.world import CENTRAL, GRID_A, IN_GRID_A_ONLY

COVER = "BJ0123"


def covers(service: Service, how_many: int) -> list[str]:
    rider = service.as_("rider")
    return [rider.report(IN_GRID_A_ONLY, category=COVER)["number"] for _ in range(how_many)]


@pytest.mark.parametrize("pair", range(4))
def test_opposite_merges_at_once_end_with_one_merged(service: Service, pair: int) -> None:
    one_, other = covers(service, 2)
    callers = [service.seat(CENTRAL), service.as_("street"), service.seat(GRID_A), service.as_("deputy-a")]
    ways = [(other, one_), (one_, other), (other, one_), (one_, other)]
    answers = at_once(
        [
            lambda who=who, way=way: who.step(way[0], "merge", into=way[1])  # type: ignore[misc]
            for who, way in zip(callers, ways, strict=True)
        ]
    )

    assert statuses(answers) == {200: 1, 409: 3}, [answer.json for answer in answers]
    assert one(service, select(Ticket.number).where(Ticket.status == "merged")) == other
    assert (kinds(service, other)["merged"], kinds(service, one_)["absorbed"]) == (1, 1)


def test_a_main_is_merged_while_another_is_merged_into_it(service: Service) -> None:
    first, second, third = covers(service, 3)
    community, street = service.seat(CENTRAL), service.as_("street")
    answers = at_once(
        [
            lambda: community.step(second, "merge", into=first),
            lambda: street.step(third, "merge", into=second),
        ]
    )

    assert {answer.status_code for answer in answers} <= {200, 409}, [answer.json for answer in answers]
    chains = select(Ticket.id).where(Ticket.merged_into_id.in_(select(Ticket.id).where(Ticket.status == "merged")))
    assert count(service, Ticket, Ticket.id.in_(chains)) == 0, "no chain, whoever was first"


def test_a_refused_merge_leaves_no_row(service: Service) -> None:
    first, second = covers(service, 2)
    before = count(service, Event)
    assert service.seat(CENTRAL).step(first, "merge", into=second).status_code == 409
    assert count(service, Event) == before
    assert count(service, Ticket, Ticket.version > 1) == 0
