"""Which seat gets the ball, and why. ★

A chain (widest seat first) and the level that should act go in; the hops come out, the last of them
the only holder. A decision always has exactly one holder, whatever is vacant, and always its reasons.
Source of the rules: ``decisions.md``, “Who gets it” 1–4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reporter.domain.areas import VOLUNTEER_LEVELS, Level, Occupant, Seat
from reporter.domain.errors import NoLevelAbove, sentence

DEPARTMENT_OWNED = frozenset({"department", "street"})  # owners of categories whose matters a department may hold

REASONS = {
    "appealed": sentence("对不予受理的复核由{title}办理"),
    "accountable": sentence("{title}负责到底，直到办结"),
    "passed_down": sentence("系统经{title}下派"),
    "first_level": sentence("这类问题由{title}先办"),
    "no_lower_area": sentence("这个位置下面没有更小的责任区，由{title}先办"),
    "coarse_location": sentence("定位不够精确，先由{title}处理"),
    "outside_grids": sentence("这个位置不在任何网格里，由{title}处理"),
    "vacant": sentence("{area}的{title}空缺"),
    "on_leave": sentence("{area}的{title}请假，也没有副手"),
    "overloaded": sentence("{area}的{title}手上的工单已满"),
    "conflict": sentence("{area}的{title}与此事有关，回避"),
    "next_up": sentence("由{title}接手"),
    "deputy": sentence("{title}的副手代为处理"),
    "unstaffed": sentence("整条责任链都没有人在岗，暂挂在{title}名下"),
    "triage": sentence("没有选类别，由{title}研判"),
    "escalated": sentence("下级上报给{title}"),
    "climbed": sentence("响应时限已过，自动上报给{title}"),
    "dispatched": sentence("派给{title}"),
    "returned": sentence("退回给{title}"),
    "verifying": sentence("由{title}核实"),
    "rework": sentence("核实未通过，由{title}返工"),
    "boundary_changed": sentence("划格调整后划归{area}的{title}"),
    "reopened": sentence("群众要求重办，升一级给{title}"),
    "voice": sentence("由{title}听取"),
    "taken_over": sentence("由{title}接过"),
    "revisit": sentence("差评由没有经手的上级回访：{title}"),
    "street_decides": sentence("双方多次退回，由{title}裁定归属"),
    "assigned_finally": sentence("裁定由{title}办理，结案前不再退回"),
    "revoked": sentence("由{title}撤回"),
    "reassigning": sentence("由{title}改派"),
    "reassigned": sentence("改派给{title}"),
    "splitting": sentence("由{title}拆分"),
    "split_off": sentence("拆分后派给{title}"),
    "rule": sentence("按派单规则{rule}由{title}先办"),
    "rule_level": sentence("按派单规则{rule}定先办的一级"),
    "unmerged": sentence("从合并中拆出，交给{title}"),
    "recheck_failed": sentence("复核不属实，升一级给{title}"),
    "denied": sentence("邻居说没有修好，升一级给{title}"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code of ``REASONS`` with what fills its braces; stored as JSON, worded when shown."""

    code: str
    title: str = ""
    area: str = ""
    rule: str = ""  # code of the routing rule, where one decided

    def as_json(self) -> dict[str, Any]:
        named = {"rule": self.rule} if self.rule else {}
        return {"code": self.code, "title": self.title, "area": self.area, **named}


@dataclass(frozen=True, slots=True)
class Stop:
    """A seat the ball passes or rests at. ``person`` is who acts there now, None when nobody does."""

    seat: Seat
    person: Occupant | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """``stops`` in the order of the ball; the first is accountable, the last is the holder."""

    stops: tuple[Stop, ...]

    @property
    def accountable(self) -> Stop:
        return self.stops[0]

    @property
    def holder(self) -> Stop:
        return self.stops[-1]


def route(
    chain: Sequence[Seat],
    first_level: Level,
    *,
    conflicted: frozenset[int] = frozenset(),
    triage: bool = False,
    coarse: bool = False,
    cap: int = 0,
) -> Decision:
    """From the accountable 网格长 down to the seat that acts first.

    ``chain`` is widest first and not empty. ``conflicted`` are the persons the matter is about.
    ``triage``: no category yet, so the ball stays with the accountable seat. ``coarse``: the location
    was too rough, so the chain was cut at the community. ``cap``: a volunteer who holds so many open
    tickets gets no more, the deputy takes as many again, then it goes up; 0: no cap.
    """
    accountable = accountable_of(chain, conflicted)
    if triage:
        why = (*accountable.reasons, Reason("triage", accountable.seat.title))
        accountable = Stop(accountable.seat, accountable.person, why)
    stops = [accountable]
    if triage or accountable.person is None:
        return Decision(tuple(stops))

    target = [seat for seat in chain if seat.level.reaches(first_level)]
    below = [seat for seat in target if seat.level.rank > Level.GRID.rank]  # the rest was asked above
    missed: list[Reason] = []  # absences below the last seat that could take it
    for seat in below:
        person = taker(seat, conflicted, cap)
        if person is None:
            missed.append(_absence(seat, conflicted))
            continue
        missed.clear()
        stop = Stop(seat, person, ())
        stops.append(Stop(seat, person, (Reason("passed_down", seat.title), *_standing_in(stop))))

    last = stops[-1]
    settled = Reason("next_up", last.seat.title) if missed else _settled(chain, first_level, last, coarse)
    stops[-1] = Stop(last.seat, last.person, (*_without(last.reasons, "passed_down"), *missed, settled))
    return Decision(tuple(stops))


def accountable_of(chain: Sequence[Seat], conflicted: frozenset[int] = frozenset()) -> Stop:
    """The 网格长, or the next filled seat up: accountable until closing."""
    on_top = [seat for seat in chain if seat.level.reaches(Level.GRID)] or [chain[0]]
    accountable, skipped = _filled(on_top, conflicted)
    why = (*skipped, Reason("accountable", accountable.seat.title), *_standing_in(accountable))
    return Stop(accountable.seat, accountable.person, why)


def climb(
    chain: Sequence[Seat],
    above: Level,
    code: str,
    *,
    conflicted: frozenset[int] = frozenset(),
    ceiling: Level = Level.CITY,
    excluded: frozenset[int] = frozenset(),
) -> Stop:
    """The next filled seat strictly above a level; ``code`` names why it climbs.

    ``ceiling`` is the widest level allowed; ``excluded`` are persons who may not get it without being
    in conflict (the one who solved does not verify). Raises NoLevelAbove.
    """
    skipped: list[Reason] = []
    for seat in reversed(chain):
        if seat.level.rank >= above.rank or not ceiling.reaches(seat.level):
            continue
        person = seat.acting(conflicted)
        if person is None:
            skipped.append(_absence(seat, conflicted))
            continue
        if person.person_id in excluded:
            continue
        stop = Stop(seat, person, ())
        return Stop(seat, person, (*skipped, Reason(code, seat.title), *_standing_in(stop)))
    raise NoLevelAbove()


def settle(seat: Seat, code: str, *, conflicted: frozenset[int] = frozenset(), rule: str = "") -> Stop | None:
    """The ball at exactly this seat, or None when nobody acts there. ``rule``: the routing rule that says so."""
    person = seat.acting(conflicted)
    if person is None:
        return None
    stop = Stop(seat, person, ())
    return Stop(seat, person, (Reason(code, seat.title, rule=rule), *_standing_in(stop)))


def absence(seat: Seat, conflicted: frozenset[int] = frozenset(), cap: int = 0) -> str | None:
    """Why nobody takes it at a seat: ``vacant``, ``on_leave``, ``conflict`` or ``overloaded``; None: somebody does."""
    return None if taker(seat, conflicted, cap) else _absence(seat, conflicted).code


def taker(seat: Seat, conflicted: frozenset[int], cap: int) -> Occupant | None:
    """Who would get one more here. Over the cap of volunteers the deputy helps out, up to as many again."""
    person = seat.acting(conflicted)
    if not cap or seat.level not in VOLUNTEER_LEVELS or seat.load < cap:
        return person
    deputy = seat.deputy
    helps = deputy is not None and not deputy.away and deputy.person_id not in conflicted
    return deputy if helps and person is seat.holder and seat.load < 2 * cap else None


def _filled(seats: Sequence[Seat], conflicted: frozenset[int]) -> tuple[Stop, list[Reason]]:
    """The lowest filled seat; with nobody anywhere the widest keeps it, so that a holder always exists."""
    skipped: list[Reason] = []
    for seat in reversed(seats):
        person = seat.acting(conflicted)
        if person is not None:
            return Stop(seat, person, ()), skipped
        skipped.append(_absence(seat, conflicted))
    return Stop(seats[0], None, ()), [*skipped, Reason("unstaffed", seats[0].title, seats[0].area_name)]


def _absence(seat: Seat, conflicted: frozenset[int]) -> Reason:
    people = [person for person in (seat.holder, seat.deputy) if person]
    if seat.acting(conflicted):
        return Reason("overloaded", seat.title, seat.area_name)
    if any(person.person_id in conflicted for person in people):
        return Reason("conflict", seat.title, seat.area_name)
    return Reason("vacant" if seat.vacant else "on_leave", seat.title, seat.area_name)


def _standing_in(stop: Stop) -> tuple[Reason, ...]:
    deputising = stop.person is not None and stop.person is stop.seat.deputy
    return (Reason("deputy", stop.seat.title, stop.seat.area_name),) if deputising else ()


def _without(reasons: tuple[Reason, ...], code: str) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if reason.code != code)


def _settled(chain: Sequence[Seat], first_level: Level, last: Stop, coarse: bool) -> Reason:
    """Why it stops here: as the catalogue says, or because there is no smaller area to go to."""
    deepest = chain[-1].level
    if coarse:
        return Reason("coarse_location", last.seat.title)
    if not deepest.rank >= Level.GRID.rank:
        return Reason("outside_grids", last.seat.title)
    if deepest.rank < first_level.rank:
        return Reason("no_lower_area", last.seat.title)
    return Reason("first_level", last.seat.title)
