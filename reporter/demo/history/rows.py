"""Generated tickets as rows: tuples in the order of ``layouts.LAYOUTS``, moments as text that both databases read."""

import json
from typing import Any

from reporter.db import SRID
from reporter.demo.history.layouts import Row
from reporter.demo.history.ledger import Ledger
from reporter.demo.history.parts import Clock
from reporter.demo.history.timetable import SECOND, moment_of
from reporter.domain.coordinates import Datum
from reporter.domain.sla import Mark, Tick

_DAY = 86_400 * SECOND
_READ_AFTER = 3600 * SECOND  # when somebody reads a message, if the history lasts so long


class Stamps:
    """Moments as text in UTC, ``2026-10-03 13:40:00.000000``; whole seconds of known days are only joined."""

    def __init__(self) -> None:
        self._days: dict[int, str] = {}
        self._seconds = [f" {s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}." for s in range(86_400)]

    def __call__(self, at: int | None) -> str | None:
        if at is None:
            return None
        day, within = divmod(at, _DAY)
        if day not in self._days:
            self._days[day] = f"{moment_of(day * _DAY):%Y-%m-%d}"
        second, rest = divmod(within, SECOND)
        return f"{self._days[day]}{self._seconds[second]}{rest:06}"


class Rower:
    """Turns finished ledgers into rows; ``now`` is the end of the history."""

    def __init__(self, now: int):
        self._at = Stamps()
        self._now = now
        self._reasons: dict[Any, str] = {}

    def rows(self, ticket_id: int, ledger: Ledger) -> list[tuple[str, list[Row]]]:
        """The rows of one ticket by table, without the constants of the layouts."""
        return [
            ("ticket", [self._ticket(ticket_id, ledger)]),
            ("ticket_point", [(ticket_id, f"SRID={SRID};POINT({ledger.filing.lng!r} {ledger.filing.lat!r})")]),
            ("report", self._reports(ticket_id, ledger)),
            ("hop", self._hops(ticket_id, ledger)),
            ("clock", [self._clock(ticket_id, clock) for clock in ledger.clocks]),
            ("clock_tick", self._ticks(ticket_id, ledger)),
            ("event", self._events(ticket_id, ledger)),
            (
                "rating",
                [
                    (ticket_id, one.person_id, one.grade, one.grade, json.dumps(one.tags), self._at(one.at))
                    for one in ledger.grades
                ],
            ),
            ("message", self._messages(ticket_id, ledger)),
        ]

    def _ticket(self, ticket_id: int, ledger: Ledger) -> Row:
        at, filing, category = self._at, ledger.filing, ledger.category
        holder = ledger.hops[-1].landing if ledger.ended is None else None
        return (
            ticket_id,
            filing.number,
            ledger.status.value,
            ledger.version,
            category.id,
            category.code,
            ledger.condition.id,
            ledger.condition.severity,
            int(category.sensitive),
            ledger.emergency,
            ledger.source,
            ledger.place.area_id,
            *ledger.place.columns,
            filing.lng,
            filing.lat,
            filing.accuracy_m,
            '["inaccurate"]' if ledger.coarse else "[]",
            ledger.accountable_id,
            holder.area_id if holder else None,
            holder.department_id if holder else None,
            holder.level.value if holder and holder.level else None,
            ledger.last_department,
            at(filing.at),
            at(ledger.due),
            int(ledger.due_provisional),
            at(ledger.response_due),
            at(ledger.responded),
            at(ledger.taken),
            at(ledger.guarded),
            at(ledger.solved),
            ledger.solver_hop,
            None if ledger.solved_on_time is None else int(ledger.solved_on_time),
            at(ledger.overdue),
            at(ledger.closed),
            at(ledger.ended),
            ledger.reworks,
            ledger.reopened,
            len(ledger.joined),
            int(ledger.closed_at_once),
            int(ledger.recheck),
            len(ledger.events),
        )

    def _reports(self, ticket_id: int, ledger: Ledger) -> list[Row]:
        filing = ledger.filing
        first: Row = (
            ticket_id, 0, filing.submitter[0], filing.key, ledger.source, filing.text, filing.given, filing.lng,
            filing.lat, Datum.WGS84.value, filing.accuracy_m, self._at(filing.at),
        )  # fmt: skip
        nothing = (None,) * 6
        return [
            first,
            *(
                (ticket_id, 1, one.submitter[0], one.key, one.submitter[1].value, *nothing, self._at(one.at))
                for one in ledger.joined
            ),
        ]

    def _hops(self, ticket_id: int, ledger: Ledger) -> list[Row]:
        return [
            (
                ticket_id,
                hop.seq,
                hop.landing.area_id,
                hop.landing.department_id,
                int(hop.landing.department_id not in (None, ledger.last_department)),
                hop.landing.level.value if hop.landing.level else None,
                hop.landing.person_id,
                hop.via,
                hop.sent_from,
                self._reasons_of(hop.landing.reasons),
                self._at(hop.started),
                self._at(hop.ended),
                int(hop.overdue_here),
                int(hop.response_missed),
                json.dumps(hop.decisions) if hop.decisions else None,
            )
            for hop in ledger.hops
        ]

    def _reasons_of(self, reasons: tuple[Any, ...]) -> str:
        if reasons not in self._reasons:
            self._reasons[reasons] = json.dumps([reason.as_json() for reason in reasons])
        return self._reasons[reasons]

    def _clock(self, ticket_id: int, clock: Clock) -> Row:
        at, told = self._at, clock.told.get
        return (
            ticket_id,
            clock.seq,
            clock.kind.value,
            clock.hop_seq,
            clock.terms.limit.value,
            clock.terms.limit.unit.value,
            int(clock.terms.daytime_only),
            clock.mode,
            clock.source,
            clock.calendar_version,
            clock.rules_on,
            int(clock.provisional),
            at(clock.started),
            at(clock.due),
            at(clock.stopped),
            at(told(Mark.REMINDER)),
            at(told(Mark.AT_RISK)),
            at(told(Mark.OVERDUE)),
            at(clock.run_at),
            clock.attempts,
        )

    def _ticks(self, ticket_id: int, ledger: Ledger) -> list[Row]:
        found: list[Row] = []
        for clock in ledger.clocks:
            found.append((ticket_id, clock.seq, 1, Tick.STARTED.value, self._at(clock.started)))
            if clock.stopped is not None:
                found.append((ticket_id, clock.seq, 2, Tick.STOPPED.value, self._at(clock.stopped)))
        return found

    def _events(self, ticket_id: int, ledger: Ledger) -> list[Row]:
        return [
            (
                ticket_id,
                event.seq,
                event.kind.value,
                self._at(event.at),
                *((event.actor[0], event.actor[1].value, event.actor[2]) if event.actor else (None, None, None)),
                event.status.value,
                event.hop_seq,
                json.dumps(event.data),
            )
            for event in ledger.events
        ]

    def _messages(self, ticket_id: int, ledger: Ledger) -> list[Row]:
        found: list[Row] = []
        for told in ledger.told:
            read = told.at + _READ_AFTER
            found.append(
                (
                    ticket_id,
                    told.event_seq,
                    told.person_id,
                    told.text,
                    json.dumps(told.data),
                    "sent",
                    self._at(told.at),
                    self._at(read) if read < self._now else None,
                    1,
                )
            )
        return found
