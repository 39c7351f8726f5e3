"""What happens to a generated ticket: who does what and when, until it is closed and rated or the history ends.

Only chance is here; what each step does to the rows is in ``ledger.py``, and no step is taken that the lifecycle does
not allow. Every step comes after what the sweep had to tell by then.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from reporter.demo.history import sweeping
from reporter.demo.history.curve import Habits
from reporter.demo.history.filings import Filer, submitter_other_than
from reporter.demo.history.ledger import Ledger
from reporter.demo.history.parts import Filing, Grade, Joining
from reporter.demo.history.timetable import SECOND
from reporter.demo.history.world import World
from reporter.domain.actions import REJECT_REASONS, RETURN_REASONS, Action
from reporter.domain.areas import Level
from reporter.domain.claims import CLAIMS
from reporter.domain.errors import NoLevelAbove
from reporter.domain.lifecycle import ClockKind
from reporter.domain.permissions import Role
from reporter.domain.ratings import SATISFIED_FROM
from reporter.domain.routing import DEPARTMENT_OWNED
from reporter.domain.statuses import Status

_HOUR = 3600 * SECOND
_DAY = 24 * _HOUR
_PHOTO = {"photo_ids": ("not stored",)}  # the step is taken as if with photos; generated tickets have none
_HURRIED = (0.05, 0.3)  # what a step takes of the time left when its own pace would go past the end of the history


class Over(Exception):
    """The life goes no further."""


class Life:
    """One ticket from its report on. ``stage``: where it stands open at the end, None when it ends before."""

    def __init__(
        self,
        world: World,
        filer: Filer,
        habits: Habits,
        now: int,
        chance: random.Random,
        stage: str | None,
        tells: bool,
    ):
        self._world, self._filer, self._now, self._chance = world, filer, now, chance
        self._share, self._pace, self._habits = habits["steps"], habits["pace"], habits
        self._stage, self._tells = stage, tells

    def live(self, filing: Filing, area_id: int, *, in_storm: bool) -> Ledger:
        self._at = filing.at
        self.ledger = Ledger(self._world, self._world.place(area_id), filing, tells=self._tells)
        self._joins = self._joins_of(in_storm)
        try:
            self._story()
        except Over:
            pass
        except NoLevelAbove:
            pass  # nobody is left who could do it: it stays where it is
        if self.ledger.ended is None:
            while self._pass(self._now) < self._now:
                pass
        return self.ledger

    # ------------------------------------------------------------ the story

    def _story(self) -> None:
        if self.ledger.status is Status.REPORTED:
            self._triage()
        if self.ledger.ended is None:
            self._hand_over()
        if self.ledger.ended is None:
            self._work()
        if self.ledger.closed is not None:
            self._afterwards()

    def _triage(self) -> None:
        self._stop_at("untaken")
        if self._turn("rejected_in_triage"):
            self._until(lambda: self._natural(ClockKind.RESPONSE, "respond"), Action.REJECT, self._rejection())
            return
        category = self._filer.category(self._chance)
        given: dict[str, Any] = {"category": category.code}
        if len(category.conditions) > 1 and self._chance.random() < 0.5:
            given["condition"] = self._chance.choice(category.conditions).no
        self._until(lambda: self._natural(ClockKind.RESPONSE, "respond"), Action.ACCEPT, given)

    def _hand_over(self) -> None:
        """What may happen before anybody takes it."""
        self._stop_at("untaken")
        if self._turn("withdrawn") and not self.ledger.joined and not self._joins:
            at = self._settled(lambda: self._at + self._drawn_hours("withdraw_hours"))
            self.ledger.step(at, Action.WITHDRAW, {}, *self.ledger.filing.submitter, submitter=True)
            return
        if self._turn("rejected") and self._wide():
            self._until(lambda: self._natural(ClockKind.RESPONSE, "respond"), Action.REJECT, self._rejection())
            return
        if self._turn("escalated") and self.ledger.holder_level is not None:
            self._until(
                lambda: self._natural(ClockKind.RESPONSE, "respond"), Action.ESCALATE, {"reason": "超出本级处理能力"}
            )
        elif self._chance.random() < self._share["to_department"]:
            self._send_to_department()

    def _send_to_department(self) -> None:
        category = self.ledger.category
        code = self._world.book.department_code(category)
        body = self._world.body(self.ledger.place, code) if code else None
        if category.owner_level in DEPARTMENT_OWNED and body is not None and body.staff and self._wide():
            self._until(
                lambda: self._natural(ClockKind.RESPONSE, "respond"), Action.DISPATCH, {"to": f"department:{code}"}
            )

    def _work(self) -> None:
        """Taken, done, verified; again while the verification fails."""
        ledger = self.ledger
        if ledger.status is Status.DISPATCHED:
            self._until(lambda: self._natural(ClockKind.RESPONSE, "respond"), Action.TAKE, {})
        if self._stage == "returned" or self._turn("returned"):
            self._until(
                lambda: self._natural(ClockKind.RESOLVE, "solve", 0.2),
                Action.RETURN,
                {"reason_code": self._chance.choice(sorted(RETURN_REASONS))},
            )
            self._stop_at("returned")
        unguarded = ledger.condition.guard and ledger.guarded is None and ledger.status is not Status.ACCEPTED
        if unguarded and self._chance.random() < self._share["guarded_first"]:
            self._until(
                lambda: self._natural(ClockKind.RESPONSE, "respond", 0.7),
                Action.RESPOND,
                {"note": "已到现场围护", **_PHOTO},
            )
        self._stop_at("taken")
        if self._stage == "solved" and self._closes_at_once():
            raise Over
        while ledger.closed is None:
            note = {"note": "已处理完毕"} if self._turn("noted") else {}
            self._until(lambda: self._natural(ClockKind.RESOLVE, "solve"), Action.SOLVE, {**note, **_PHOTO})
            if ledger.ended is not None:  # closed at once
                return
            self._stop_at("solved")
            failed = self._turn("failed_verification") and ledger.reworks < 2
            verdict = {"passed": False, "note": "现场没有处理到位"} if failed else {"passed": True}
            self._until(lambda: self._natural(ClockKind.VERIFY, "verify"), Action.VERIFY, verdict)

    def _afterwards(self) -> None:
        """Reopened by its submitter, or rated."""
        ledger = self.ledger
        self._joins.clear()
        person_id, role = ledger.filing.submitter
        if ledger.reopened == 0 and (self._stage == "reopened" or self._turn("reopened")):
            window = min(int(self._drawn("reopen_days") * _DAY), ledger.place.policy.reopen_days * _DAY - _HOUR)
            if self._stage == "reopened" or self._at + window < self._now:
                at = self._moment(self._at + window)
                ledger.step(at, Action.REOPEN, {"reason": "问题又出现了"}, person_id, role, submitter=True)
                self._stop_at("reopened")
                self._work()
                self._afterwards()
                return
        if self._turn("rated") and ledger.closed is not None:
            at = self._at + SECOND * int(self._drawn("rate_days") * 86400)
            if at < min(self._now, ledger.closed + ledger.place.policy.rating_days * _DAY):
                ledger.rate(self._grade(at), role)

    def _grade(self, at: int) -> Grade:
        late = self.ledger.overdue is not None or self.ledger.reworks or self.ledger.reopened
        weights: Mapping[str, int] = self._habits["grades"]["late" if late else "in_time"]
        grade = int(self._chance.choices(list(weights), list(weights.values()))[0])
        tags = self._habits["grades"]["tags"]["satisfied" if grade >= SATISFIED_FROM else "dissatisfied"]
        chosen = tuple(self._chance.sample(tags, self._chance.randint(0, 2)))
        return Grade(at, self.ledger.filing.submitter[0], grade, chosen)

    # ------------------------------------------------------------ one step

    def _until(self, natural: Callable[[], int], action: Action, given: Mapping[str, Any]) -> None:
        """Take a step when its time comes. Who loses the ball to the level above leaves the step to it."""
        ledger = self.ledger
        at = self._settled(natural)
        landing = ledger.hops[-1].landing
        if landing.department_id is not None:
            staff = next(b.staff for b in self._world.departments.values() if b.id == landing.department_id)
            actor, role = self._chance.choice(staff), Role.DEPARTMENT
        elif landing.person_id is not None:
            actor, role = landing.person_id, self._world.roles[landing.person_id]
        else:
            raise Over
        ledger.step(at, action, given, actor, role)

    def _settled(self, natural: Callable[[], int]) -> int:
        """The moment of a step; drawn anew for whoever gets the ball when it climbs before."""
        while True:
            hops = len(self.ledger.hops)
            at = self._moment(natural())
            if len(self.ledger.hops) == hops:
                return at

    def _moment(self, natural: int) -> int:
        """When it really happens: before the end of the history, and after the sweeps and joins that come first."""
        at = (
            natural if natural < self._now else self._at + int((self._now - self._at) * self._chance.uniform(*_HURRIED))
        )
        at = self._pass(max(at - at % SECOND, self._at + SECOND))
        if at >= self._now:
            raise Over
        self._at = at
        return at

    def _pass(self, until: int) -> int:
        """Let sweeps and joins happen before ``until``; a step that would overtake a sweep waits for it.

        Returns the moment that was reached: ``until`` or a little later, or the moment at which the ball climbed.
        """
        while True:
            swept = sweeping.next_sweep(self.ledger, self._at)
            joins = self._joins[-1].at if self._joins else until
            if joins < min(until, self._now, swept or until):
                joining = self._joins.pop()
                if not self.ledger.category.sensitive:  # a sensitive ticket looks absent to others
                    self.ledger.join(joining)
            elif swept is not None and swept - SECOND < until and swept <= self._now:
                hops = len(self.ledger.hops)
                sweeping.sweep(self.ledger, swept)
                if len(self.ledger.hops) > hops:
                    return swept
                if until < self._now:
                    until = max(until, swept + SECOND)
            else:
                return until

    # ------------------------------------------------------------ chance

    def _turn(self, name: str) -> bool:
        """Whether this life takes a turn; one that stands open at the end takes none."""
        drawn = self._chance.random() < self._share[name]
        return drawn and (self._stage is None or name == "noted")

    def _stop_at(self, stage: str) -> None:
        if self._stage == stage:
            raise Over

    def _natural(self, kind: ClockKind, pace: str, times: float = 1.0) -> int:
        """A share of the time that the running clock of a kind leaves, or a sooner one; hours where none runs."""
        running = [clock for clock in self.ledger.clocks if clock.stopped is None and clock.due > self._at]
        if all(clock.kind is not kind for clock in running):
            return self._at + self._drawn_hours("without_limit_hours")
        left = min(clock.due for clock in running) - self._at
        return self._at + int(times * self._drawn(pace) * left)

    def _drawn(self, pace: str) -> float:
        median, spread = self._pace[pace]
        return float(median * self._chance.lognormvariate(0, spread))

    def _drawn_hours(self, pace: str) -> int:
        return int(self._drawn(pace) * _HOUR)

    def _closes_at_once(self) -> bool:
        return CLAIMS["closes_at_once"](self.ledger.facts(), _PHOTO) and self.ledger.holder_level is not None

    def _wide(self) -> bool:
        level = self.ledger.holder_level
        return level is not None and level.reaches(Level.GRID)

    def _rejection(self) -> dict[str, Any]:
        return {"reason_code": self._chance.choice(sorted(REJECT_REASONS))}

    def _joins_of(self, in_storm: bool) -> list[Joining]:
        """Who else will meet the same thing in its first hours, latest first."""
        more = self._habits["storms" if in_storm else "reports"]["joined"]
        shape = self._habits["reports"]
        taken = {self.ledger.filing.submitter[0]}
        found: list[Joining] = []
        while len(found) < shape["most_joins"] and self._chance.random() < more:
            submitter = submitter_other_than(self._world, taken, self._chance)
            if submitter is None:
                break
            taken.add(submitter[0])
            at = self._at + SECOND * (1 + int(self._chance.random() ** 2 * shape["join_hours"] * 3600))
            found.append(Joining(at, submitter, f"{self._chance.getrandbits(128):032x}"))
        return sorted(found, key=lambda joining: -joining.at)
