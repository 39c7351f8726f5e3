"""What the service would have written about one ticket, in memory: ``services/{intake,lifecycle,clocks,ball}.py``.

The rules are asked where the service asks them — ``procedures.move_for``, ``routing``, ``sla``; only the database and
the photos are missing. What the sweep does is in ``sweeping.py``, who is told in ``telling.py``. A test drives
generated lives through the real service and compares every row.
"""

from collections.abc import Mapping
from typing import Any

from reporter.demo.history import landing, telling, timing
from reporter.demo.history.parts import Clock, Event, Filing, Grade, Hop, Joining, Told
from reporter.demo.history.world import Place, World
from reporter.domain import actions, procedures
from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.events import EVENT_OF_ACTION, EventKind
from reporter.domain.lifecycle import TICKET, Ball, ClockKind, Facts, Who, clocks_when_filed, stage_clocks
from reporter.domain.permissions import Role
from reporter.domain.procedures import Move
from reporter.domain.rulebook import Category, Condition
from reporter.domain.statuses import Status
from reporter.services.ball import Landing, way_of
from reporter.services.steps.ending import drawn_for_recheck

_HOLDER = frozenset({Who.ANYBODY, Who.HOLDER})
_SUBMITTER = frozenset({Who.ANYBODY, Who.SUBMITTER, Who.ANY_SUBMITTER})
Actor = tuple[int, Role, int | None]


class Ledger:
    """One ticket with its parts. ``tells``: whether messages are written down too."""

    def __init__(self, world: World, place: Place, filing: Filing, *, tells: bool):
        self.world, self.place, self.filing, self.tells = world, place, filing, tells
        self.source = {Role.RIDER: "rider"}.get(filing.submitter[1], "resident")
        self.category: Category = filing.category
        self.condition: Condition = filing.condition
        self.coarse = filing.coarse
        self.emergency = filing.category.emergency_divert or filing.emergency
        self.status = Status.REPORTED if filing.category.code == world.book.fallback_code else Status.DISPATCHED
        self.version = 1
        self.due: int | None = None
        self.due_provisional = False
        self.response_due: int | None = None
        self.responded: int | None = None
        self.taken: int | None = None
        self.guarded: int | None = None
        self.solved: int | None = None
        self.solver_hop: int | None = None
        self.solved_on_time: bool | None = None
        self.overdue: int | None = None
        self.closed: int | None = None
        self.ended: int | None = None
        self.reworks = self.reopened = 0
        self.closed_at_once = self.recheck = False
        self.hops: list[Hop] = []
        self.clocks: list[Clock] = []
        self.events: list[Event] = []
        self.joined: list[Joining] = []
        self.grades: list[Grade] = []
        self.told: list[Told] = []
        self._file()

    # ------------------------------------------------------------ in: intake.submit, joining.join, ratings.rate

    def _file(self) -> None:
        filing = self.filing
        triage = filing.category.code == self.world.book.fallback_code
        verdict = landing.verdict_of(self, filing.at, triage=triage)
        self.accountable_id = verdict.accountable.seat.area_id
        way = way_of(verdict)
        for stop in way:
            self._begin_hop(stop, "filed", None, filing.at)
            if stop is not way[-1]:
                self.hops[-1].ended = filing.at
        for kind in clocks_when_filed(self.status):
            self.start_clock(kind, filing.at)
        event = self.record(
            EventKind.FILED,
            filing.at,
            (*filing.submitter, None),
            self.hops[-1].seq,
            {"source": self.source, "category": self.category.code, "condition": self.condition.no},
        )
        self.tell(event, self.hops[-1], holder=self.hops[-1].landing.title, category=self.category.name)

    def join(self, joining: Joining) -> None:
        """Somebody else has met the same thing."""
        self.joined.append(joining)
        hop = self.hops[-1]
        event = self.record(
            EventKind.JOINED, joining.at, (*joining.submitter, None), hop.seq, {"joins": len(self.joined)}
        )
        self.tell(event, hop)

    def rate(self, grade: Grade, role: Role) -> None:
        self.grades.append(grade)
        self.record(EventKind.RATED, grade.at, (grade.person_id, role, None), None, {"grade": grade.grade})

    # ------------------------------------------------------------ lifecycle.take

    def step(
        self,
        at: int,
        action: Action,
        given: Mapping[str, Any],
        actor: int,
        role: Role,
        *,
        submitter: bool = False,
    ) -> None:
        """Take a step as the holder, or as the ``submitter``. Raises what the service raises; then nothing changed."""
        hop = self.hops[-1]
        before = None if self.ended is not None else hop
        facts = self.facts()
        move = procedures.move_for(TICKET, action, self.status, facts, _SUBMITTER if submitter else _HOLDER, given)
        acting_for = None if submitter else hop.landing.area_id
        if action is Action.ACCEPT:
            self._refile(given)
        receiver = landing.receiver_of(self, move.ball, given, at)
        stage_stops, stage_starts = stage_clocks(self.status, move.to or self.status, passed_on=receiver is not None)
        self.stop_clocks(at, (*self._stops(move, facts), *stage_stops))
        self._note_times(at, move, facts, before)
        self.version += 1
        if move.to is not None:
            self.status = move.to
        after = before
        if move.to in TICKET.ended:
            self.ended = hop.ended = at
            after = None
        elif receiver is not None:
            for passed in (*receiver.through, receiver.landing):
                after = self.pass_to(passed, action.value, at)
        for kind in (*move.starts, *stage_starts):
            filed = move.ball is Ball.ROUTED and kind is ClockKind.RESOLVE
            rework = kind is ClockKind.RESOLVE and move.ball is not Ball.ROUTED
            self.start_clock(kind, self.filing.at if filed else at, rework=rework, present=at)
        names = [name for name in (*move.needs, *move.may_have) if name != "photo_ids"]
        event = self.record(
            self._kind(move),
            at,
            (actor, role, acting_for),
            after.seq if after else None,
            {name: given[name] for name in names if given.get(name) not in (None, "")},
        )
        self.tell(
            event,
            after,
            holder=after.landing.title if after else "",
            category=self.category.name,
            reason=actions.reason_name(str(given.get("reason_code", ""))),
        )

    def facts(self) -> Facts:
        """What ``services/scene.py`` reads from the rows."""
        return Facts(
            holder_level=self.hops[-1].landing.level if self.ended is None else None,
            taken_ever=self.taken is not None,
            joined_by_others=bool(self.joined),
            small_matter=self.category.kind == "neighbourhood"
            and self.condition.severity <= self.place.policy.small_matter_max_severity,
            has_before_photo=self.filing.has_photo,
            photo_compulsory=self.category.photo_required,
            guard_asked=self.condition.guard,
            guarded=self.guarded is not None,
        )

    def _refile(self, given: Mapping[str, Any]) -> None:
        self.category = self.world.book.category(given["category"], self.world.on)
        self.condition = self.world.book.condition(
            self.category, given.get("condition"), self.place.lineage, self.world.on
        )
        self.emergency = self.category.emergency_divert or self.emergency

    @staticmethod
    def _stops(move: Move, facts: Facts) -> tuple[ClockKind, ...]:
        if move.action is Action.TAKE and facts.guard_asked and not facts.guarded:
            return tuple(kind for kind in move.stops if kind is not ClockKind.RESPONSE)
        return move.stops

    def _note_times(self, at: int, move: Move, facts: Facts, before: Hop | None) -> None:
        answers = move.who is Who.HOLDER and move.ball is not Ball.ABOVE_SOLVER
        if facts.guard_asked and not facts.guarded:
            answers = move.action in (Action.RESPOND, Action.SOLVE, Action.REJECT)
        if answers and self.responded is None:
            self.responded = at
        if move.action in (Action.TAKE, Action.SOLVE) and self.taken is None:
            self.taken = at
        if move.action is Action.RESPOND and self.guarded is None:
            self.guarded = at
        if move.action is Action.SOLVE:
            self.solved, self.solver_hop = at, before.seq if before else None
            self.solved_on_time = self.overdue is None and (self.due is None or at <= self.due)
        if move.to is Status.CLOSED:
            self.closed = at
            if move.action is Action.SOLVE:
                self.closed_at_once = True
                self.recheck = drawn_for_recheck(self.filing.number, self.place.policy.recheck_percent)
        if move.when == "failed":
            self.reworks += 1
            self.solved = self.solved_on_time = None
        if move.action is Action.REOPEN:
            self.reopened += 1
            self.closed = self.ended = self.solved = self.solved_on_time = None
            self.closed_at_once = self.recheck = False

    @staticmethod
    def _kind(move: Move) -> EventKind:
        if move.action is Action.SOLVE and move.to is Status.CLOSED:
            return EventKind.CLOSED_AT_ONCE
        return EventKind.VERIFICATION_FAILED if move.when == "failed" else EVENT_OF_ACTION[move.action]

    # ------------------------------------------------------------ ball and clocks

    def pass_to(self, to: Landing, via: str, at: int) -> Hop:
        """The next holding; the one before ends now, unless it ended long ago."""
        last = self.hops[-1]
        sent_from = last.seq if last.ended is None else None
        if last.ended is None:
            last.ended = at
        self._begin_hop(to, via, sent_from, at)
        return self.hops[-1]

    def _begin_hop(self, to: Landing, via: str, sent_from: int | None, at: int) -> None:
        decisions = [dict(to.decision)] if to.decision else []
        self.hops.append(Hop(len(self.hops) + 1, to, via, sent_from, at, decisions=decisions))

    def start_clock(self, kind: ClockKind, started: int, *, rework: bool = False, present: int | None = None) -> None:
        """With the limit in force here, for whoever has the ball; the resolve clock's deadline is the ticket's."""
        hop, seq = self.hops[-1], len(self.clocks) + 1
        clock = timing.clock_for(
            self.world,
            self.place,
            self.condition,
            kind,
            started,
            seq,
            hop.seq,
            hop.landing.level,
            rework=rework,
            present=started if present is None else present,
        )
        self.clocks.append(clock)
        if kind is ClockKind.RESOLVE:
            self.due, self.due_provisional = clock.due, clock.provisional
        elif kind is ClockKind.RESPONSE and self.response_due is None:
            self.response_due = clock.due

    def stop_clocks(self, at: int, kinds: tuple[ClockKind, ...]) -> None:
        for clock in self.clocks:
            if clock.stopped is None and clock.kind in kinds:
                self.stop_clock(clock, at)

    @staticmethod
    def stop_clock(clock: Clock, at: int) -> None:
        clock.stopped, clock.run_at = at, None

    # ------------------------------------------------------------ what happened

    def record(self, kind: EventKind, at: int, actor: Actor | None, hop_seq: int | None, data: dict[str, Any]) -> Event:
        event = Event(len(self.events) + 1, kind, at, actor, self.status, hop_seq, data)
        self.events.append(event)
        return event

    def tell(self, event: Event, hop: Hop | None, **filling: str) -> None:
        if self.tells:
            self.told += telling.messages_of(self, event, hop, **filling)

    @property
    def holder_level(self) -> Level | None:
        return self.hops[-1].landing.level

    @property
    def last_department(self) -> int | None:
        held = [hop.landing.department_id for hop in self.hops if hop.landing.department_id is not None]
        return held[-1] if held else None
