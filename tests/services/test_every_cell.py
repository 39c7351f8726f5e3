"""Every cell of the table: each action in each status by everybody, allowed and refused, on real tickets.

The table is read row by row and asked nothing: what should come out is reckoned here from a row's own words (who,
from, smallest, department), so rows that are added are tried without a line in this file, unless they ask for a
field that ``FIELDS`` does not know. A refusal leaves every table of tickets, and the version, as they were.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from reporter.domain.actions import REASON_CODES, Action
from reporter.domain.areas import Level
from reporter.domain.lifecycle import TICKET, Who
from reporter.domain.procedures import Move
from reporter.domain.statuses import STATUS_NAMES, Status
from reporter.models.clocks import Clock, ClockTick
from reporter.models.messages import Message
from reporter.models.points import OpenPoint, TicketPoint
from reporter.models.tickets import Event, Hop, Report, Ticket
from tests.databases import Databases
from tests.service import Caller, Service
from tests.services.inside import one, rows
from tests.world import AT_HOME, BUILDING, CENTRAL, GRID_A, GRID_B, HOME, IN_GRID_A_ONLY, NANHU, WUCHANG

COVER, LAMP = "BJ0123", "LL0107"
TABLES = (Ticket, Report, Hop, Clock, ClockTick, Event, Message, OpenPoint, TicketPoint)
SEATS = {
    "district": Level.DISTRICT, "street": Level.STREET, f"seat:{CENTRAL}": Level.COMMUNITY,
    f"seat:{GRID_A}": Level.GRID, f"seat:{BUILDING}": Level.BUILDING, f"seat:{HOME}": Level.NEIGHBOURHOOD,
}  # fmt: skip
HOLDERS = {WUCHANG: "district", NANHU: "street", "water": "department", "power": "power"}
CALLERS = (*SEATS, "department", "rider", "resident", "auditor")
# rows that only a certain past leads to: told in tests/scenarios
BY_THEIR_PAST = {
    "pair_exhausted", "revocable", "unfiled", "filed_before", "recheck_passes", "recheck_fails", "passed_instead",
    "failed_instead", "neighbours_suffice", "neighbours_lack", "neighbour_denies", "hold_granted", "hold_refused",
    "was_handling", "may_be_longer", "street_grants", "street_refuses", "district_grants", "district_refuses",
    "reply_owed", "not_appealed",
}  # fmt: skip
DENIED = {"not_found", "recheck_fails"}  # rows whose claim asks for a no

MOVERS = {Who.SUBMITTER: "rider", Who.ANY_SUBMITTER: "rider", Who.OVERSEER: "district"}

STARTS: dict[str, Callable[["Stage"], str]] = {
    "triage": lambda stage: stage.report(IN_GRID_A_ONLY),
    "cover": lambda stage: stage.report(IN_GRID_A_ONLY, category=COVER),
    "lamp": lambda stage: stage.report(AT_HOME, category=LAMP, photo_ids=[stage.as_("rider").photo()]),
    "street": lambda stage: stage.up(stage.up(stage.report(IN_GRID_A_ONLY, category=COVER))),
    "water": lambda stage: stage.sent(stage.report(IN_GRID_A_ONLY, category=COVER)),
}
REACHED = sorted({move.to for move in TICKET.moves if move.to is not None} | {Status.REPORTED})


@dataclass
class Stage:
    """The service with everybody logged in, and the rows that were followed."""

    service: Service
    callers: dict[str, Caller] = field(default_factory=dict)
    followed: set[int] = field(default_factory=set)

    def as_(self, username: str) -> Caller:
        if username not in self.callers:
            self.callers[username] = self.service.as_(username)
        return self.callers[username]

    def report(self, point: tuple[float, float], **given: Any) -> str:
        return str(self.as_("rider").report(point, **given)["number"])

    def up(self, number: str) -> str:
        self.as_(self.holder(number)).did(number, "escalate", reason="x")
        return number

    def sent(self, number: str) -> str:
        self.as_(f"seat:{GRID_A}").did(number, "dispatch", to="department:water")
        return number

    def shown(self, number: str) -> dict[str, Any]:
        return self.as_("district").ticket(number)

    def holder(self, number: str) -> str:
        """The user name of whoever has the ball; empty when nobody has."""
        holder = self.shown(number)["holder"]
        if holder is None:
            return ""
        code = holder["area_code"] or holder["department_code"]
        return HOLDERS.get(code, f"seat:{code}")

    def relations(self, number: str, username: str) -> set[Who]:
        """What somebody is to a ticket, from what the story knows."""
        holder = self.holder(number)
        found = {Who.ANYBODY}
        if username == holder:
            found.add(Who.HOLDER)
        if username == "rider":
            found |= {Who.SUBMITTER, Who.ANY_SUBMITTER, Who.NEIGHBOUR}
        if username in SEATS and SEATS[username].rank < SEATS.get(holder, Level.BUILDING).rank:
            found.add(Who.OVERSEER)
        if username == self.sender(number):
            found.add(Who.SENDER)
        return found

    def sender(self, number: str) -> str:
        hops = {hop["seq"]: hop["holder"] for hop in self.shown(number)["hops"]}
        sent = rows(
            self.service,
            select(Hop.sent_from).join(Ticket).where(Ticket.number == number, Hop.ended_at.is_(None)),
        )
        holder = hops.get(sent[0]) if sent else None
        code = holder and (holder["area_code"] or holder["department_code"])
        return HOLDERS.get(code, f"seat:{code}") if code else ""

    def given(self, number: str, move: Move, username: str) -> dict[str, Any]:
        """A row's fields, filled so that its claim may hold."""
        asked = [*move.needs, *ASKED_BY_HOOKS.get(move.action, ())]
        fields = FIELDS | {"passed": lambda *_: move.when != "failed"}
        return {name: fields[name](self, number, move, username) for name in asked}

    def drive(self, start: str, status: Status) -> str | None:
        """A fresh ticket of a start, taken to a status; None where the table leads no way from there."""
        number = STARTS[start](self)
        path = _path(Status(self.shown(number)["status"]), status)
        for move in path or ():
            username = MOVERS.get(move.who) or self.holder(number)
            if not username:  # it ended sooner than the way foresaw
                break
            answer = self.as_(username).step(number, move.action, **self.given(number, move, username))
            if answer.status_code != 200:
                return None
        return number if path is not None and self.shown(number)["status"] == status else None

    def counted(self, number: str) -> list[int]:
        counts = [one(self.service, select(func.count()).select_from(table)) for table in TABLES]
        return [*counts, one(self.service, select(Ticket.version).where(Ticket.number == number))]


def _receiver(stage: Stage, number: str, move: Move, username: str) -> str:
    actions = stage.as_(username).ticket(number)["actions"]
    fields = next((action["fields"] for action in actions if action["action"] == move.action), [])
    choices = next((one_of["choices"] for one_of in fields if one_of["name"] == "to"), None)
    return str(choices[-1]["value"]) if choices else f"seat:{HOME}"


# what a hook cannot do without although the row only allows it
ASKED_BY_HOOKS = {
    Action.SOLVE: ("photo_ids", "cause", "effect"),  # the place repeats itself: every story begins here
    Action.MERGE: ("note",),
    Action.RELOCATE: ("area",),
}

FIELDS: dict[str, Callable[[Stage, str, Move, str], Any]] = {
    "category": lambda *_: COVER,
    "note": lambda *_: "说明",
    "text": lambda *_: "备注",
    "reason": lambda *_: "原因",
    "reason_code": lambda stage, number, move, username: sorted(REASON_CODES.get(move.action, {"other": ""}))[0],
    "photo_ids": lambda stage, number, move, username: [stage.as_(username).photo()],
    "to": _receiver,
    "parts": lambda *_: [{"to": f"department:{code}", "note": "办"} for code in ("water", "power")],
    "until": lambda *_: "2026-09-20T09:00:00+08:00",
    "found": lambda stage, number, move, username: move.when not in DENIED,
    "granted": lambda *_: True,
    "card": lambda stage, number, move, username: "red" if move.when == "red_card" else "yellow",
    "fixed": lambda *_: True,
    "cause": lambda *_: "起因",
    "effect": lambda *_: "成效",
    "area": lambda stage, number, move, username: HOME if username == f"seat:{GRID_A}" else GRID_B,
    "into": lambda stage, *_: STARTS["cover"](stage),
}


def _path(start: Status, goal: Status) -> list[Move] | None:
    """The shortest way over rows that holders and submitters can take as a matter of course."""
    ways: dict[Status, list[Move]] = {start: []}
    waiting = [start]
    plain = ("always", "never_taken", "passed", "never_held")
    while waiting:
        here = waiting.pop(0)
        for move in TICKET.moves:
            by_grid = move.who is Who.HOLDER and move.smallest.rank >= Level.GRID.rank
            by_others = move.who in (Who.SUBMITTER, Who.ANY_SUBMITTER, Who.OVERSEER)
            usual = move.when in plain and (by_grid or by_others) and move.action is not Action.FORCE_CLOSE
            if usual and here in move.froms and move.to is not None and move.to not in ways:
                ways[move.to] = [*ways[here], move]
                waiting.append(move.to)
    return ways.get(goal)


def wide_enough(move: Move, username: str, holder: str) -> bool:
    """Whether the level of a holder or an overseer lets them take a row."""
    if move.who is Who.OVERSEER:
        held_by_seat = holder in SEATS
        return (held_by_seat or move.department) and SEATS[username].rank <= move.smallest.rank
    if move.who is not Who.HOLDER:
        return True
    return SEATS[username].rank <= move.smallest.rank if username in SEATS else move.department


def expected(action: Action, status: Status, username: str, who: set[Who], holder: str) -> str | list[Move]:
    """The code of the refusal, or the rows that may be followed."""
    of_action = [move for move in TICKET.moves if move.action is action]
    if not of_action:
        return "action_not_offered"
    mine = [move for move in of_action if move.who in who]
    if not mine:
        return "forbidden"
    here = [move for move in mine if status in move.froms]
    if not here:
        return "step_not_possible"
    return [move for move in here if wide_enough(move, username, holder)] or "forbidden"


@pytest.fixture(scope="module")
def stages(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    """The stage of a kind of database, set when it is first asked for."""
    with ExitStack() as opened:
        made: dict[str, Stage] = {}

        def stage(kind: str) -> Stage:
            if kind not in made:
                url = opened.enter_context(databases.cloned(kind))
                service = Service(url, str(tmp_path_factory.mktemp("cells")))
                opened.callback(service.close)
                made[kind] = Stage(service)
            return made[kind]

        yield stage


@pytest.mark.parametrize("status", REACHED)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(
    stages: Callable[[str], Stage], database_kind: str, status: Status
) -> None:
    stage = stages(database_kind)
    number = stage.drive("triage", status)
    assert number is not None, f"no way to {STATUS_NAMES[status]}"
    before, holder = stage.counted(number), stage.holder(number)
    for username in CALLERS:
        who = stage.relations(number, username)
        hidden = None if stage.as_(username).get(f"/tickets/{number}").status_code == 200 else "not_found"
        if username == "auditor":
            hidden = "forbidden"  # never takes a step
        for action in Action:
            code = expected(action, status, username, who, holder)
            if isinstance(code, list):
                continue
            answer = stage.as_(username).step(number, action)
            found = answer.json["error"]["code"]
            assert found == (hidden or code), (status, action, username)
    assert stage.counted(number) == before


def test_what_the_table_allows_is_done_as_its_row_says_and_every_row_is_reached(
    stages: Callable[[str], Stage], database_kind: str
) -> None:
    """All starts and statuses in one test: a row that none of them reaches is a row that nobody can use."""
    stage = stages(database_kind)
    for start in STARTS:
        for status in REACHED:
            number = stage.drive(start, status)
            if number is not None:  # else from this start the table leads no way there
                _try_all(stage, number, start, status)
    left = [
        (str(move.action), str(move.who), move.when)
        for index, move in enumerate(TICKET.moves)
        if index not in stage.followed and move.when not in BY_THEIR_PAST
    ]
    assert not left, left


def _try_all(stage: Stage, number: str, start: str, status: Status) -> None:
    holder = stage.holder(number)
    for username in (*CALLERS[:-2], *(["power"] if holder == "power" else [])):
        who = stage.relations(number, username)
        for action in Action:
            allowed = expected(action, status, username, who, holder)
            for move in allowed if isinstance(allowed, list) else ():
                if move.when not in BY_THEIR_PAST:
                    number = _follow(stage, number, start, status, username, move)


def _follow(stage: Stage, number: str, start: str, status: Status, username: str, move: Move) -> str:
    """Take the step; the ticket to go on with: the same after a refusal, a fresh one after a step."""
    before = stage.counted(number)
    visible = stage.as_(username).get(f"/tickets/{number}").status_code == 200
    if not visible:
        return number
    given = stage.given(number, move, username)
    before = stage.counted(number)  # photos and other tickets that the fields ask for are there now
    answer = stage.as_(username).step(number, move.action, **given)
    cell = (start, status, username, move.action, move.when, answer.text[:200])
    if answer.status_code != 200:  # its claim does not hold here, or its hook refuses
        assert answer.json["error"]["code"] not in ("forbidden", "action_not_offered", "missing_input"), cell
        assert answer.status_code in (409, 422), cell
        assert stage.counted(number) == before, cell
        return number
    after = Status(stage.shown(number)["status"])
    rivals = [row for row in TICKET.moves if row.action is move.action and status in row.froms]
    assert after in {row.to or status for row in rivals}, cell
    if after == (move.to or status):
        stage.followed.add(TICKET.moves.index(move))
    fresh = stage.drive(start, status)
    assert fresh is not None, cell
    return fresh
