"""Who is charged when the ball is on its way back: around the moment of the deadline, at the millisecond."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reporter.models.clocks import Clock
from reporter.models.tickets import Hop
from tests.service import Service, beijing
from tests.services.inside import kinds, rows
from tests.world import GRID_A, IN_GRID_A_ONLY

TICK = timedelta(milliseconds=1)
COVER = "BJ0123"  # half an hour to answer, two hours to resolve


def dispatched(service: Service) -> str:
    """At nine it came in, at ten past nine the waterworks have it: they are to answer by 9:40; all is due at eleven."""
    service.at("2026-09-07 09:00")
    number = str(service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"])
    service.at("2026-09-07 09:10")
    service.seat(GRID_A).did(number, "dispatch", to="department:water")
    return number


def work(service: Service) -> None:
    while sum(service.work().values()):
        continue


@pytest.mark.parametrize(
    ("swept", "after", "missed"),
    [
        (False, -TICK, False),
        (False, timedelta(0), False),  # equality is on time
        (False, TICK, True),  # nobody swept: the step itself finds it
        (True, timedelta(0), False),
    ],
)
def test_who_returns_within_the_time_to_answer_has_missed_nothing(
    service: Service, swept: bool, after: timedelta, missed: bool
) -> None:
    number = dispatched(service)
    service.clock.present = beijing("2026-09-07 09:40") + after
    if swept:
        work(service)
    service.as_("department").did(number, "return", reason_code="not_my_duty")

    service.clock.present = beijing("2026-09-07 09:45")
    work(service)
    assert rows(service, select(Hop.response_missed).order_by(Hop.seq)) == [False, missed, False]
    assert kinds(service, number)["response_missed"] == int(missed)
    assert kinds(service, number)["climbed"] == 0


@pytest.mark.parametrize(
    ("after", "late"),
    [
        (-TICK, [False, False, True]),  # it lay with the 网格长 again when the time ran out
        (timedelta(0), [False, False, True]),  # at the moment itself it was still on time
        (TICK, [False, True, False]),  # it had run out before
    ],
)
@pytest.mark.parametrize("swept", [False, True])
def test_overdue_is_charged_to_who_held_it_when_the_time_ran_out(
    service: Service, after: timedelta, late: list[bool], swept: bool
) -> None:
    number = dispatched(service)
    water = service.as_("department")
    water.did(number, "take")
    service.clock.present = beijing("2026-09-07 11:00") + after
    if swept:
        work(service)
    water.did(number, "return", reason_code="not_my_duty")

    service.clock.present = beijing("2026-09-07 11:05")
    work(service)
    assert rows(service, select(Hop.overdue_here).order_by(Hop.seq)) == late
    assert kinds(service, number)["became_overdue"] == 1, "once"


def test_the_resolve_clock_is_the_same_one_all_the_way(service: Service) -> None:
    number = dispatched(service)
    grid, water = service.seat(GRID_A), service.as_("department")
    water.did(number, "return", reason_code="not_my_duty")
    grid.did(number, "dispatch", to="department:power")
    grid.did(number, "revoke")
    service.seat("420106015").did(number, "reassign", to="department:water", reason="先办")
    resolve = rows(service, select(Clock.started_at, Clock.due_at, Clock.stopped_at).where(Clock.kind == "resolve"))
    assert resolve == [(beijing("2026-09-07 09:00"), beijing("2026-09-07 11:00"), None)]
    response = rows(service, select(Clock.hop_seq, Clock.stopped_at).where(Clock.kind == "response"))
    assert [stopped is None for _, stopped in sorted(response)] == [False] * (len(response) - 1) + [True]
