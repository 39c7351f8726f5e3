"""Where the ball goes with a step of a generated life: ``services/landing.py`` without its database.

The rules asked are the same (``domain/routing.py``); a test drives generated lives through the real service and
compares every row.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from reporter.demo.history.world import Place, World
from reporter.domain import deciding, routing
from reporter.domain.areas import Level
from reporter.domain.deciding import Verdict
from reporter.domain.lifecycle import Ball
from reporter.domain.routing import Reason
from reporter.domain.rulebook import Category, Condition
from reporter.services.ball import Landing, landing_of, way_of
from reporter.services.landing import Receiver


class Held(Protocol):
    """A holding of the ball, as far as the next landing depends on it."""

    seq: int
    landing: Landing
    sent_from: int | None


class Around(Protocol):
    """What a landing asks of a ticket. ``hops``: first to last, the last is the open one."""

    world: World
    place: Place
    category: Category
    condition: Condition
    source: str
    coarse: bool
    accountable_id: int
    solver_hop: int | None

    @property
    def hops(self) -> list[Any]: ...


def receiver_of(ticket: Around, word: Ball, given: Mapping[str, Any], at: int) -> Receiver | None:
    """Who gets the ball; None when it stays or nobody has it any more. Raises NoLevelAbove."""
    if word is Ball.ROUTED:
        return _routed(ticket, at)
    if word is Ball.GIVEN:
        return Receiver(_department(ticket, str(given["to"])))
    if word is Ball.UP:
        return Receiver(_climb(ticket, level_of(ticket.hops[-1].landing), "escalated"))
    if word is Ball.BACK:
        return Receiver(_back(ticket))
    if word is Ball.TO_VERIFY:
        return Receiver(_verifier(ticket))
    if word is Ball.TO_SOLVER:
        return Receiver(_again(ticket, _solver(ticket), "rework"))
    if word is Ball.ABOVE_SOLVER:
        return Receiver(_above_solver(ticket))
    return None


def level_of(landing: Landing) -> Level:
    """A department stands beside the 楼栋: above it is the 网格."""
    return landing.level or Level.BUILDING


def _routed(ticket: Around, at: int) -> Receiver | None:
    hop = ticket.hops[-1]
    verdict = verdict_of(ticket, at)
    way = way_of(verdict)
    if (way[-1].area_id, way[-1].department_id) == (hop.landing.area_id, hop.landing.department_id):
        hop.decisions.append(verdict.trace)
        return None
    through = [landing for landing in way[1:-1] if landing.area_id != hop.landing.area_id]
    return Receiver(way[-1], tuple(through))


def verdict_of(ticket: Around, at: int, *, triage: bool = False) -> Verdict:
    """What ``services/deciding.py`` asks, of a ticket in memory; ``at`` in microseconds, UTC."""
    book, place = ticket.world.book, ticket.place
    moment = datetime.fromtimestamp(at / 1_000_000, UTC)
    return deciding.decide(
        book,
        place.chain,
        deciding.matter_of(book, place.policy, place.chain, ticket.category, ticket.condition, ticket.source, moment),
        ticket.category.first_level,
        flags=("inaccurate",) if ticket.coarse else (),
        triage=triage,
        cap=deciding.cap_of(place.policy, ticket.condition),
        seat_of=ticket.world.seats.get,
    )


def _department(ticket: Around, to: str) -> Landing:
    body = ticket.world.body(ticket.place, to.removeprefix("department:"))
    assert body is not None, to
    return Landing(None, body.id, None, None, body.name, (Reason("dispatched", body.name),))


def _back(ticket: Around) -> Landing:
    hop = ticket.hops[-1]
    sender = next((one for one in ticket.hops if one.seq == hop.sent_from), None)
    if sender is not None and sender.landing.area_id not in (None, hop.landing.area_id):
        return _again(ticket, sender, "returned")
    return _accountable(ticket, "returned", besides=hop.landing.area_id)


def _verifier(ticket: Around) -> Landing:
    landing = ticket.hops[-1].landing
    solver = frozenset({landing.person_id}) if landing.person_id else frozenset[int]()
    return _accountable(ticket, "verifying", besides=landing.area_id, excluded=solver)


def _above_solver(ticket: Around) -> Landing:
    solver = _solver(ticket).landing
    if solver.department_id is not None:
        return _accountable(ticket, "reopened")
    return _climb(ticket, level_of(solver), "reopened")


def _solver(ticket: Around) -> Held:
    found: Held = next((hop for hop in ticket.hops if hop.seq == ticket.solver_hop), ticket.hops[-1])
    return found


def _again(ticket: Around, hop: Held, code: str) -> Landing:
    landing = hop.landing
    if landing.department_id is not None:
        return Landing(None, landing.department_id, None, None, landing.title, (Reason(code, landing.title),))
    seat = ticket.world.seats[landing.area_id] if landing.area_id is not None else None
    stop = routing.settle(seat, code) if seat else None
    return landing_of(stop) if stop else _climb(ticket, level_of(landing), code)


def _accountable(
    ticket: Around, code: str, *, besides: int | None = None, excluded: frozenset[int] = frozenset()
) -> Landing:
    seat = next(seat for seat in ticket.place.chain if seat.area_id == ticket.accountable_id)
    stop = routing.settle(seat, code)
    fits = stop is not None and seat.area_id != besides and not (stop.person and stop.person.person_id in excluded)
    return landing_of(stop) if stop is not None and fits else _climb(ticket, seat.level, code, excluded)


def _climb(ticket: Around, above: Level, code: str, excluded: frozenset[int] = frozenset()) -> Landing:
    return landing_of(routing.climb(ticket.place.chain, above, code, excluded=excluded))
