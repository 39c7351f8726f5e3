"""Scenario 9 of the reference: a limit that runs into a year nobody has published yet."""

from pathlib import Path

from sqlalchemy import select

from reporter.models.calendars import ClockRecompute
from tests.service import Service, beijing
from tests.services.almanac import NEW_YEAR, clocks, publish
from tests.services.inside import kinds, one
from tests.world import AT_HOME, HOME


def test_a_deadline_over_new_year_is_provisional_and_moves_only_when_told_to(service: Service, tmp_path: Path) -> None:
    # New Year's Eve at five: four working hours, one of them today; nobody knows yet whether Friday works
    service.at("2026-12-31 17:00")
    rider, home = service.as_("rider"), service.seat(HOME)
    number = rider.report(AT_HOME, category="LL0305", condition=1)["number"]
    home.did(number, "take")
    shown = home.ticket(number)
    assert (shown["due_at"], shown["due_provisional"]) == ("2027-01-01T03:00:00Z", True)
    resolve = next(clock for clock in shown["clocks"] if clock["kind"] == "resolve")
    assert (resolve["limit"], resolve["provisional"]) == ({"value": 4, "unit": "work_hour"}, True)

    # the plan comes in the evening: Friday to Sunday off; the ticket keeps what it was promised
    service.at("2026-12-31 19:00")
    publish(service, tmp_path, *NEW_YEAR)
    service.work()
    assert home.ticket(number)["due_at"] == "2027-01-01T03:00:00Z"
    later = rider.report(AT_HOME, category="LL0305", condition=1)
    assert (later["due_at"], later["due_provisional"]) == ("2027-01-04T04:00:00Z", False), "new ones count with it"

    # the operator looks first: nothing is written
    said = clocks(service, "replay", "--days", "30")
    assert f"{number}  resolve  2027-01-01 11:00:00 → 2027-01-04 11:00:00" in said
    assert f"{number}  response  2027-01-01 17:00:00 → 2027-01-04 17:00:00  (stopped)" in said, (
        "and what it would have been"
    )
    assert said[-2].startswith("2 tickets looked at, 1 of them change: 2 clocks move, 0 become overdue, 0 cease")
    assert said[-1].startswith("1 of these clocks still run")
    assert (home.ticket(number)["due_at"], home.ticket(number)["version"]) == (shown["due_at"], shown["version"])

    # then moves it
    clocks(service, "recompute", "--why", "calendar of 2027", "--by", "operator")
    moved = home.ticket(number)
    assert (moved["due_at"], moved["due_provisional"]) == ("2027-01-04T03:00:00Z", False)
    assert moved["version"] == shown["version"] + 1
    resolve = next(clock for clock in moved["clocks"] if clock["kind"] == "resolve")
    assert (resolve["due_at"], resolve["recomputed_at"]) == ("2027-01-04T03:00:00Z", "2026-12-31T11:00:00Z")
    assert f"工单{number}的到期时间已重新计算，请查看" in home.told()
    run = one(service, select(ClockRecompute.by, ClockRecompute.why, ClockRecompute.finished_at, ClockRecompute.counts))
    counts = {"tickets": 2, "changed": 1, "clocks_moved": 1, "became_overdue": 0, "ceased_overdue": 0}
    assert run == ("operator", "calendar of 2027", beijing("2026-12-31 19:00"), counts)

    # and on Monday it is on time until eleven
    service.at("2027-01-04 11:00").work()
    assert kinds(service, number)["became_overdue"] == 0
    service.at("2027-01-04 11:01").work()
    assert kinds(service, number)["became_overdue"] == 1
