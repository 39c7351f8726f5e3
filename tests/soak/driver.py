"""A town at random: people report, take whatever step they are offered, go on leave; the worker is slow or dies.

Everything is drawn from one seed and done through the interface, with the fields that the offered forms ask for: a
new row of the life of a ticket is driven without a word here.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from reporter import worker
from reporter.db import session_for
from reporter.domain.actions import Action
from reporter.domain.errors import Refusal
from reporter.domain.statuses import ENDED
from reporter.models.areas import Area, Leave, Seat
from reporter.models.calendars import ClockRecompute
from reporter.models.catalogue import CalendarDay
from reporter.models.clocks import Clock
from reporter.models.tickets import Hop, Ticket
from reporter.queries import people
from reporter.services import lifecycle
from reporter.services.sessions import hash_of
from tests import world
from tests.queries.test_settled import period
from tests.service import BEIJING, Caller, Service
from tests.services import mortal
from tests.services.almanac import clocks, publish
from tests.services.inside import rows
from tests.services.mortal import Death
from tests.soak.invariants import Witness, figures_are_counts, state_of

POINTS = (
    world.AT_HOME, world.AT_NEXT_DOOR, world.AT_EMPTY_HOME, world.AT_AWAY_HOME, world.IN_GRID_A_ONLY,
    world.AT_DESERTED, world.AT_DEPUTISED, world.IN_GRID_B_ONLY, world.AT_NET_HOME, world.NEAR_GRID_B,
    world.IN_STREET_ONLY, world.AT_XIMA_HOME,
)  # fmt: skip
SUBMITTERS = ("rider", "rider2", "resident", "resident2")
OFFICES = ("street", "district", "department", "power")
DEATHS = (Death("after commit", 1), Death("before commit", 2), Death("after commit", 2), Death("before commit", 3))
BEGIN = "2026-12-20 09:00"  # so that the life of the town runs into a year that nobody has published
MOST_OPEN = 12
LEAST_DAYS_AHEAD, MOST_DAYS_AHEAD = 1, 40


class Crash(Exception):
    """The process is gone before the commit."""


class Town:
    """``happened`` counts what was done; ``trace`` is what to read when something does not hold."""

    def __init__(self, service: Service, seed: int, folder: Path, *, deaths: bool):
        self.service, self.folder = service, folder
        self.chance = random.Random(seed)
        self.witness = Witness()
        self.happened: Counter[str] = Counter()
        self.trace: list[str] = []
        self.touched: list[int] = []  # tickets of this turn
        self.emptied: dict[int, int] = {}  # area of a seat that was emptied → who held it
        service.at(BEGIN)
        self.codes: dict[int, str] = dict(rows(service, select(Area.id, Area.code)))
        self.categories = [item["code"] for item in service.nobody().get("/categories").json["items"]]
        self.turns: dict[Callable[[], None], int] = {
            self.report: 12,
            self.join: 3,
            self.step: 60,
            self.time_passes: 22,
            self.worker_works: 14,
            self.somebody_leaves: 4,
            self.calendar_changes: 4,
            self.deadlines_are_recomputed: 2,
            self.crash_before_commit: 4,
            self.figures: 2,
            **({self.sweeper_dies: 1} if deaths else {}),
        }

    def turn(self) -> None:
        """One thing happens, and everything still holds."""
        turns = list(self.turns)
        self.chance.choices(turns, [self.turns[turn] for turn in turns])[0]()
        if self.chance.random() < 0.1:
            self.look()
        elif self.touched:
            self.look(*self.touched)
        self.touched = []

    def look(self, *ticket_ids: int) -> None:
        """At these tickets; or at all that are open and some that have ended."""
        with self.service.house.works.open(writes=False) as uow:
            rest = uow.session.execute(select(Ticket.id, Ticket.ended_at.is_(None)).order_by(Ticket.id)).all()
            ended = [ticket_id for ticket_id, is_open in rest if not is_open]
            some = self.chance.sample(ended, min(len(ended), 10))
            everything = [*some, *(ticket_id for ticket_id, is_open in rest if is_open)]
            self.witness.look(uow, ticket_ids or everything)

    # ------------------------------------------------------------ people

    def report(self) -> None:
        if len(self._tickets(open_only=True)) >= MOST_OPEN:
            return self.step()
        given: dict[str, Any] = {}
        rider = self.service.as_(self.chance.choice(SUBMITTERS))
        if self.chance.random() < 0.75:
            given["category"] = self.chance.choice(self.categories)
        if self.chance.random() < 0.5:
            given["photo_ids"] = [rider.photo()]
        answer = rider.send(self.chance.choice(POINTS), text="随机", **given)
        self._note("report", f"{given.get('category')} → {answer.status_code} {answer.json.get('number')}")
        assert answer.status_code == 201, answer.text
        self._touch(answer.json["number"])

    def join(self) -> None:
        if number := self._some_ticket():
            who = self.chance.choice(SUBMITTERS)
            answer = self.service.as_(who).post(f"/tickets/{number}/join")
            self._note("join", f"{number} by {who} → {answer.status_code}")
            assert answer.status_code < 500, answer.text
            self._touch(number)

    def step(self) -> None:
        """Somebody looks at a ticket and does one of the things that are offered."""
        found = self._offer()
        if found is None:
            return
        number, caller, version, action, given = found
        before = self._state(number)
        answer = caller.step(number, action, **given)
        self._note(action, f"{number} v{version} by {caller.username} {given} → {answer.status_code}")
        self._touch(number)
        if answer.status_code == 200:
            assert answer.json["version"] == version + 1, "a step is one version"
        else:
            self.happened["refused"] += 1
            self.happened[answer.json["error"]["code"]] += 1
            assert 400 <= answer.status_code < 500, answer.text
            assert self._state(number) == before, f"a refusal left something: {answer.text}"

    def crash_before_commit(self) -> None:
        """A step is taken, and the process is gone before anybody heard of it."""
        found = self._offer()
        if found is None:
            return
        number, caller, _, action, given = found
        before = self._state(number)
        try:
            with self.service.house.works.open() as uow:
                uow.actor = people.actor(people.by_token(uow.session, hash_of(caller.token or "")), uow.book)
                lifecycle.take(uow, number, Action(action), given)
                uow.session.flush()
                raise Crash
        except (Crash, Refusal) as end:
            self._note("crash", f"in {action} {number}: {end!r}"[:200])
        assert self._state(number) == before, "what was not committed is there"

    def somebody_leaves(self) -> None:
        """For some days, or for good; or a seat that was emptied is filled again."""
        turn = self.chance.random()
        with session_for(self.service.engine, writes=True) as session:
            if turn < 0.3 and self.emptied:
                area_id, person_id = self.emptied.popitem()
                session.execute(update(Seat).where(Seat.area_id == area_id).values(holder_id=person_id))
                self._note("seat", f"{self.codes[area_id]} is filled again")
                return
            seats = session.execute(select(Seat.area_id, Seat.holder_id).where(Seat.holder_id.is_not(None))).all()
            area_id, person_id = self.chance.choice(sorted(tuple(row) for row in seats))
            now = self.service.clock()
            if turn < 0.7:
                days = timedelta(days=self.chance.randint(1, 6))
                session.add(Leave(person_id=person_id, starts_at=now, ends_at=now + days))
                self._note("leave", f"person {person_id} of {self.codes[area_id]}, for {days}")
            elif len(self.emptied) < 3 and len(self.codes[area_id]) > len(world.NANHU):
                self.emptied[area_id] = person_id
                session.execute(update(Seat).where(Seat.area_id == area_id).values(holder_id=None))
                self._note("seat", f"{self.codes[area_id]} is vacant")

    # ------------------------------------------------------------ time, worker, city

    def time_passes(self) -> None:
        minutes = self.chance.choice((1, 7, 30, 60, 240, 600, 1440, 4000)) * self.chance.uniform(0.5, 1.5)
        self.service.clock.present += timedelta(minutes=minutes)
        self._note("time", f"{minutes:.0f} minutes pass: {self.service.clock.present:%F %T}")

    def worker_works(self) -> None:
        tools = self.service.workshop
        for job in worker.jobs(tools.works, tools.channels[:1], tools.store, tools.darkroom):
            if "photos" not in job.name:
                while job.run():
                    continue
        self._note("work", "the worker has done what was due")
        self.look()

    def sweeper_dies(self) -> None:
        """Somewhere in a sweep; or it has nothing to do and lives."""
        death = self.chance.choice(DEATHS)
        code = mortal.ended(mortal.start(self.service, mortal.sweep, death=death))
        self._note("sweeper", f"dies {death}: {code}")
        self.look()

    def calendar_changes(self) -> None:
        """The city says of some days to come that they are holidays or not, often for the first time."""
        today = self.service.clock.present.astimezone(BEIJING).date()
        days = {today + timedelta(days=self.chance.randint(LEAST_DAYS_AHEAD, MOST_DAYS_AHEAD)) for _ in range(4)}
        # and of some on which a ticket is due
        waiting = select(Clock.due_at).where(Clock.stopped_at.is_(None), Clock.due_at > self.service.clock())
        due = sorted({moment.astimezone(BEIJING).date() for moment in rows(self.service, waiting)})
        days |= set(self.chance.sample(due, min(len(due), 3)))
        kinds = {day: self.chance.choice(("holiday", "makeup_workday")) for day in sorted(days)}
        publish(self.service, self.folder, *(f"{day},{kind},x" for day, kind in kinds.items()))
        assert rows(self.service, select(CalendarDay.day).where(CalendarDay.day.in_(days)))
        self._note("calendar", ", ".join(f"{day} {kind}" for day, kind in kinds.items()))
        self.look()

    def deadlines_are_recomputed(self) -> None:
        said = clocks(self.service, "recompute", "--why", "soak", "--batch", "3")
        self._note("recompute", said[-1])
        self.look()
        again = clocks(self.service, "recompute", "--why", "soak again")
        assert "0 of them change" in again[-1], again
        assert not rows(self.service, select(ClockRecompute.id).where(ClockRecompute.finished_at.is_(None)))

    def figures(self) -> None:
        """Of the last fifty days, everywhere."""
        district = self.service.as_("district")
        with self.service.house.works.open(writes=False) as uow:
            actor = people.actor(people.by_token(uow.session, hash_of(district.token or "")), uow.book)
            last = uow.today
            first = last - timedelta(days=50)
            when = period(first.isoformat(), last.isoformat())
            for code in (world.WUCHANG, world.NANHU, world.CENTRAL):
                area = uow.session.scalars(select(Area).where(Area.code == code)).one()
                figures_are_counts(uow, actor, area, when)
        self._note("figures", "are counts")

    # ------------------------------------------------------------ choosing

    def _offer(self) -> tuple[str, Caller, int, str, dict[str, Any]] | None:
        """A ticket, somebody who may do something with it, and that, with its fields filled; None: not this time."""
        number = self._some_ticket()
        caller = self._somebody(number) if number else None
        if number is None or caller is None:
            return None
        seen = caller.get(f"/tickets/{number}")
        assert seen.status_code in (200, 404), seen.text
        offered = seen.json.get("actions", []) if seen.status_code == 200 else []
        rare = {"note", "withdraw", "reject"}
        weights = [1 if one["action"] in rare else 4 for one in offered]
        if not offered:
            return None
        form = self.chance.choices(offered, weights)[0]
        given = self._filled(form, caller, number)
        return None if given is None else (number, caller, seen.json["version"], form["action"], given)

    def _some_ticket(self) -> str | None:
        """Mostly an open one; else one of those that were closed last, which may be reopened."""
        found = [number for number, _ in self._tickets(open_only=True)]
        if self.chance.random() > 0.85:
            closed = select(Ticket.number).where(Ticket.closed_at.is_not(None)).order_by(Ticket.closed_at.desc())
            found = rows(self.service, closed.limit(3)) or found
        return self.chance.choice(found) if found else None

    def _tickets(self, *, open_only: bool) -> list[tuple[str, int]]:
        query = select(Ticket.number, Ticket.id).order_by(Ticket.id)
        if open_only:
            query = query.where(Ticket.status.not_in(sorted(ENDED)))
        return [tuple(row) for row in rows(self.service, query)]

    def _somebody(self, number: str) -> Caller | None:
        """Mostly whoever has the ball; else a submitter, an office, or some other seat that had it. Of what has ended
        nobody has it."""
        turn = self.chance.random()
        hops = select(Hop.area_id, Hop.department_id, Hop.ended_at).join(Ticket, Ticket.id == Hop.ticket_id)
        held = rows(self.service, hops.where(Ticket.number == number).order_by(Hop.seq.desc()))
        area_id, department_id, ended_at = held[0] if turn < 0.65 else self.chance.choice(held)
        if ended_at is not None:
            turn += 0.4
        if turn >= 0.8:
            name = self.chance.choice((*SUBMITTERS, *OFFICES))
        elif department_id is not None:
            name = self.chance.choice(("department", "power"))
        else:
            name = f"seat:{self.codes[area_id]}"
        answer = self.service.nobody().post("/sessions/demo", {"username": name})
        if answer.status_code == 404:  # the seat is vacant
            return None
        return Caller(self.service.app.test_client(), answer.json["token"], name)

    def _filled(self, form: dict[str, Any], caller: Caller, number: str) -> dict[str, Any] | None:
        """The fields of a form, the optional ones now and then. None: it must choose and there is nothing to choose."""
        given: dict[str, Any] = {}
        for item in form["fields"]:
            if not item["required"] and self.chance.random() < 0.5:
                continue
            if item["choices"] is not None:
                if item["choices"]:
                    given[item["name"]] = self.chance.choice(item["choices"])["value"]
                elif item["required"]:
                    return None
                continue
            value = self._value(item["name"], caller, number)
            if value is not None:
                given[item["name"]] = value
        return given

    def _value(self, name: str, caller: Caller, number: str) -> Any:
        """Something sensible for a field that is no choice, by its name; a sentence for a name nobody told us."""
        later = self.service.clock.present + timedelta(hours=self.chance.randint(1, 200))
        others = [other for other, _ in self._tickets(open_only=True) if other != number]
        known: dict[str, Callable[[], Any]] = {
            "photo_ids": lambda: [caller.photo()],
            "passed": lambda: self.chance.random() < 0.6,
            "found": lambda: self.chance.random() < 0.7,
            "granted": lambda: self.chance.random() < 0.7,
            "category": lambda: self.chance.choice(self.categories),
            "condition": lambda: None,
            "until": later.isoformat,
            "card": lambda: "yellow",
            "into": lambda: self.chance.choice(others) if others else None,
            "parts": lambda: [{"to": "department:water", "note": "一"}, {"to": "department:power", "note": "二"}],
        }
        return known[name]() if name in known else "随机写的一句话"

    # ------------------------------------------------------------ looking

    def _state(self, number: str) -> Any:
        with session_for(self.service.engine, writes=False) as session:
            return state_of(session, session.scalars(select(Ticket.id).where(Ticket.number == number)).one())

    def _touch(self, number: str) -> None:
        self.touched = [*self.touched, *rows(self.service, select(Ticket.id).where(Ticket.number == number))]

    def _note(self, what: str, text: str) -> None:
        self.happened[what] += 1
        self.trace.append(f"{what}: {text}")
