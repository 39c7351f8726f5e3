"""Checks, holds, extensions, cards, force: the rows of the table, allowed and refused, and the rules they ask."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from reporter.domain import procedures, waiting
from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.errors import Forbidden, Invalid, MissingInput, StepNotPossible
from reporter.domain.lifecycle import TICKET, Ball, Facts, Who
from reporter.domain.policy import policy_from
from reporter.domain.statuses import OPEN, Status
from reporter.services import seeding

HOLDER = frozenset({Who.ANYBODY, Who.HOLDER})
OVERSEER = frozenset({Who.ANYBODY, Who.OVERSEER})
SUBMITTER = frozenset({Who.ANYBODY, Who.SUBMITTER, Who.ANY_SUBMITTER})
HOME, GRID, COMMUNITY, STREET = (
    Facts(holder_level=level) for level in (Level.NEIGHBOURHOOD, Level.GRID, Level.COMMUNITY, Level.STREET)
)
DEPARTMENT = Facts(holder_level=None)
DAY = {"until": "2026-12-31", "reason_code": "season"}
CARD = {"card": "yellow", "note": "n"}
RED = {"card": "red", "note": "n"}


def seen_from(level: Level, facts: Facts = HOME, **more: object) -> Facts:
    return dataclasses.replace(facts, overseer_level=level, **more)  # type: ignore[arg-type]


ASKED_OF_STREET = seen_from(Level.STREET, extension_for=Level.STREET)
ASKED_OF_DISTRICT = seen_from(Level.DISTRICT, extension_for=Level.DISTRICT)
TO_HOLD = seen_from(Level.COMMUNITY, hold_asked=True)
GRANT, REFUSE = {"granted": True}, {"granted": False, "note": "n"}


@pytest.mark.parametrize(
    ("action", "status", "facts", "who", "given", "to", "ball"),
    [
        ("check", "reported", GRID, HOLDER, {"to": "seat:1"}, "checking", "given"),  # somebody below looks
        ("check", "reported", GRID, HOLDER, {}, "checking", "stays"),  # or goes there alone
        ("check", "checking", HOME, HOLDER, {"found": True}, "reported", "to_asker"),
        ("check", "checking", HOME, HOLDER, {"found": False, "note": "n"}, "not_accepted", "nobody"),
        ("appeal", "not_accepted", Facts(), SUBMITTER, {"reason": "r"}, "reported", "above_rejecter"),
        ("hold", "handling", COMMUNITY, HOLDER, DAY, "on_hold", "stays"),  # a 社区 holds at once
        ("hold", "dispatched", STREET, HOLDER, DAY, "on_hold", "stays"),
        ("hold", "handling", seen_from(Level.COMMUNITY), OVERSEER, DAY, "on_hold", "stays"),
        ("hold", "handling", HOME, HOLDER, DAY, None, "stays"),  # a smaller holder asks
        ("hold", "handling", DEPARTMENT, HOLDER, DAY, None, "stays"),  # a department too
        ("approve_hold", "handling", TO_HOLD, OVERSEER, GRANT, "on_hold", "stays"),
        ("approve_hold", "handling", TO_HOLD, OVERSEER, REFUSE, None, "stays"),
        ("resume", "on_hold", dataclasses.replace(HOME, held_from=Status.HANDLING), HOLDER, {}, "handling", "stays"),
        (
            "resume",
            "on_hold",
            seen_from(Level.COMMUNITY, held_from=Status.DISPATCHED),
            OVERSEER,
            {},
            "dispatched",
            "stays",
        ),
        ("request_extension", "handling", DEPARTMENT, HOLDER, {"reason": "r"}, None, "stays"),
        ("approve_extension", "handling", ASKED_OF_STREET, OVERSEER, GRANT, None, "stays"),
        ("approve_extension", "dispatched", ASKED_OF_DISTRICT, OVERSEER, REFUSE, None, "stays"),
        ("supervise", "handling", seen_from(Level.COMMUNITY), OVERSEER, CARD, None, "stays"),
        ("supervise", "on_hold", seen_from(Level.STREET), OVERSEER, RED, None, "stays"),  # also while it is held
        ("reply", "feedback", dataclasses.replace(GRID, reply_owed=True), HOLDER, {"note": "n"}, None, "stays"),
        ("force_close", "on_hold", STREET, HOLDER, {"reason": "r"}, "closed", "nobody"),
        ("force_close", "handling", seen_from(Level.DISTRICT), OVERSEER, {"reason": "r"}, "closed", "nobody"),
        ("void", "reported", COMMUNITY, HOLDER, {"reason": "r"}, "voided", "nobody"),
        ("void", "feedback", seen_from(Level.COMMUNITY), OVERSEER, {"reason": "r"}, "voided", "nobody"),
    ],
)
def test_a_step_leads(
    action: str, status: str, facts: Facts, who: frozenset[Who], given: dict[str, object], to: str | None, ball: str
) -> None:
    move = procedures.move_for(TICKET, Action(action), Status(status), facts, who, given)

    assert (move.to, move.ball) == (Status(to) if to else None, Ball(ball))


@pytest.mark.parametrize(
    ("action", "status", "facts", "who", "given", "refusal"),
    [
        ("check", "reported", HOME, HOLDER, {}, Forbidden),  # the grid and wider decide what is looked at
        ("check", "reported", GRID, SUBMITTER, {}, Forbidden),
        ("check", "accepted", GRID, HOLDER, {}, StepNotPossible),  # 立案 has been decided
        ("check", "checking", HOME, HOLDER, {}, MissingInput),
        ("check", "checking", HOME, HOLDER, {"found": False}, MissingInput),  # what was seen there
        ("appeal", "not_accepted", Facts(appealed=True), SUBMITTER, {"reason": "r"}, StepNotPossible),  # once
        ("appeal", "not_accepted", Facts(), HOLDER, {"reason": "r"}, Forbidden),
        ("appeal", "not_accepted", Facts(), SUBMITTER, {}, MissingInput),
        ("appeal", "closed", Facts(), SUBMITTER, {"reason": "r"}, StepNotPossible),
        ("hold", "handling", dataclasses.replace(HOME, held_ever=True), HOLDER, DAY, StepNotPossible),  # once
        ("hold", "handling", dataclasses.replace(COMMUNITY, held_ever=True), HOLDER, DAY, StepNotPossible),
        ("hold", "handling", dataclasses.replace(HOME, hold_asked=True), HOLDER, DAY, StepNotPossible),
        ("hold", "feedback", COMMUNITY, HOLDER, DAY, StepNotPossible),  # it is done already
        ("hold", "handling", seen_from(Level.GRID), OVERSEER, DAY, Forbidden),  # not from the 网格
        ("hold", "handling", HOME, SUBMITTER, DAY, Forbidden),
        ("hold", "handling", HOME, HOLDER, {"until": "2026-12-31"}, MissingInput),
        ("hold", "handling", HOME, HOLDER, {"reason_code": "season"}, MissingInput),
        ("approve_hold", "handling", seen_from(Level.COMMUNITY), OVERSEER, GRANT, StepNotPossible),  # nobody asked
        ("approve_hold", "handling", seen_from(Level.GRID, hold_asked=True), OVERSEER, GRANT, Forbidden),
        ("approve_hold", "handling", TO_HOLD, HOLDER, GRANT, Forbidden),  # not by whoever asked
        ("approve_hold", "handling", TO_HOLD, OVERSEER, {}, MissingInput),
        ("approve_hold", "handling", TO_HOLD, OVERSEER, {"granted": False}, MissingInput),  # why not
        ("resume", "handling", HOME, HOLDER, {}, StepNotPossible),
        ("resume", "on_hold", seen_from(Level.GRID, held_from=Status.HANDLING), OVERSEER, {}, Forbidden),
        ("take", "on_hold", HOME, HOLDER, {}, StepNotPossible),  # no handling while held
        ("solve", "on_hold", HOME, HOLDER, {}, StepNotPossible),
        ("dispatch", "on_hold", GRID, HOLDER, {"to": "seat:1"}, StepNotPossible),
        (
            "request_extension",
            "handling",
            dataclasses.replace(HOME, overdue=True),
            HOLDER,
            {"reason": "r"},
            StepNotPossible,
        ),
        (
            "request_extension",
            "handling",
            dataclasses.replace(HOME, extensions_left=False),
            HOLDER,
            {"reason": "r"},
            StepNotPossible,
        ),
        (
            "request_extension",
            "handling",
            dataclasses.replace(HOME, extension_for=Level.STREET),
            HOLDER,
            {"reason": "r"},
            StepNotPossible,
        ),
        ("request_extension", "on_hold", HOME, HOLDER, {"reason": "r"}, StepNotPossible),
        ("request_extension", "handling", HOME, OVERSEER, {"reason": "r"}, Forbidden),
        ("request_extension", "handling", HOME, HOLDER, {}, MissingInput),
        ("approve_extension", "handling", seen_from(Level.STREET), OVERSEER, GRANT, StepNotPossible),  # nobody asked
        (
            "approve_extension",
            "handling",
            seen_from(Level.COMMUNITY, extension_for=Level.STREET),
            OVERSEER,
            GRANT,
            Forbidden,
        ),
        (
            "approve_extension",
            "handling",
            seen_from(Level.STREET, extension_for=Level.DISTRICT),
            OVERSEER,
            GRANT,
            StepNotPossible,
        ),  # the street has had its turn
        (
            "approve_extension",
            "handling",
            dataclasses.replace(ASKED_OF_DISTRICT, decided_by_caller=True),
            OVERSEER,
            GRANT,
            StepNotPossible,
        ),  # one person is not two
        (
            "approve_extension",
            "handling",
            dataclasses.replace(ASKED_OF_STREET, overdue=True),
            OVERSEER,
            GRANT,
            StepNotPossible,
        ),
        ("approve_extension", "handling", ASKED_OF_STREET, HOLDER, GRANT, Forbidden),
        ("approve_extension", "handling", ASKED_OF_STREET, OVERSEER, {"granted": False}, MissingInput),
        ("supervise", "handling", seen_from(Level.GRID), OVERSEER, CARD, Forbidden),
        ("supervise", "handling", seen_from(Level.COMMUNITY), OVERSEER, RED, Forbidden),  # red is the street's
        ("supervise", "handling", seen_from(Level.STREET), OVERSEER, {"card": "red"}, MissingInput),
        ("supervise", "handling", seen_from(Level.STREET), OVERSEER, {"note": "n"}, MissingInput),
        ("supervise", "closed", seen_from(Level.STREET), OVERSEER, CARD, StepNotPossible),
        ("reply", "handling", HOME, HOLDER, {"note": "n"}, StepNotPossible),  # no card is open
        ("reply", "handling", dataclasses.replace(HOME, reply_owed=True), OVERSEER, {"note": "n"}, Forbidden),
        ("reply", "handling", dataclasses.replace(HOME, reply_owed=True), HOLDER, {}, MissingInput),
        ("force_close", "handling", COMMUNITY, HOLDER, {"reason": "r"}, Forbidden),
        ("force_close", "handling", seen_from(Level.COMMUNITY), OVERSEER, {"reason": "r"}, Forbidden),
        ("force_close", "handling", DEPARTMENT, HOLDER, {"reason": "r"}, Forbidden),
        ("force_close", "handling", STREET, HOLDER, {}, MissingInput),
        ("force_close", "closed", STREET, HOLDER, {"reason": "r"}, StepNotPossible),
        ("void", "handling", GRID, HOLDER, {"reason": "r"}, Forbidden),
        ("void", "handling", DEPARTMENT, HOLDER, {"reason": "r"}, Forbidden),
        ("void", "handling", COMMUNITY, HOLDER, {}, MissingInput),
        ("void", "voided", COMMUNITY, HOLDER, {"reason": "r"}, StepNotPossible),
    ],
)
def test_a_step_is_refused(
    action: str, status: str, facts: Facts, who: frozenset[Who], given: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        procedures.move_for(TICKET, Action(action), Status(status), facts, who, given)


def test_while_it_is_held_nothing_but_these_is_offered() -> None:
    for facts, who in ((dataclasses.replace(STREET, held_from=Status.HANDLING), HOLDER),):
        offered = {move.action for move in procedures.offered(TICKET, Status.ON_HOLD, facts, who)}
        assert offered == {Action.RESUME, Action.FORCE_CLOSE, Action.VOID, Action.MERGE, Action.NOTE}


def test_what_stops_all_clocks_is_possible_in_every_open_status() -> None:
    for status in OPEN:
        offered = {move.action for move in procedures.offered(TICKET, status, seen_from(Level.DISTRICT), OVERSEER)}
        assert {Action.FORCE_CLOSE, Action.VOID, Action.SUPERVISE} <= offered, status


POLICY = policy_from({row["key"]: row["value"] for row in seeding.read("policy.json")["policies"] if not row["area"]})
NOW = datetime(2026, 9, 7, 1, tzinfo=UTC)  # nine in Beijing


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-09-07", datetime(2026, 9, 7, 16, tzinfo=UTC)),  # the whole of today
        ("2026-12-31", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("2026-09-07T09:00:01+08:00", datetime(2026, 9, 7, 1, 0, 1, tzinfo=UTC)),
        ((NOW + timedelta(days=365)).isoformat(), NOW + timedelta(days=365)),  # a year to the second
    ],
)
def test_until_is_a_day_or_a_moment(text: str, until: datetime) -> None:
    assert waiting.until_of(text, NOW, POLICY) == until


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-06",  # yesterday
        "2026-09-07T09:00:00+08:00",  # now
        (NOW + timedelta(days=365, seconds=1)).isoformat(),
        "9999-12-31",  # beyond which there is no day
        "2026-02-30",
        "2026-12-31T10:00:00",  # whose ten o'clock
        "tomorrow",
        "",
    ],
)
def test_a_day_that_cannot_be_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        waiting.until_of(text, NOW, POLICY)
    assert set(refused.value.fields) == {"until"}


@pytest.mark.parametrize(
    ("holder", "first"),
    [
        (Level.NEIGHBOURHOOD, Level.STREET),
        (Level.COMMUNITY, Level.STREET),
        (None, Level.STREET),  # a department
        (Level.STREET, Level.DISTRICT),  # nobody decides about oneself
        (Level.DISTRICT, Level.DISTRICT),
    ],
)
def test_the_street_decides_first_unless_it_asks_itself(holder: Level | None, first: Level) -> None:
    assert waiting.first_decision_of(holder) is first


def test_a_date_is_local() -> None:
    assert waiting.until_of(date(2026, 9, 7).isoformat(), NOW, POLICY).hour == 16
