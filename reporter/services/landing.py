"""Where the ball lands with a step: each word of ``domain/lifecycle.Ball`` asked of the rules of routing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reporter.domain import passing, routing
from reporter.domain.areas import Level, Seat
from reporter.domain.deciding import Verdict
from reporter.domain.errors import UnknownReceiver, sentence
from reporter.domain.lifecycle import Ball
from reporter.domain.routing import DEPARTMENT_OWNED, Reason
from reporter.domain.rulebook import Category
from reporter.domain.statuses import Status
from reporter.models.tickets import Hop
from reporter.queries import areas
from reporter.services import deciding, holdings
from reporter.services.ball import Landing, landing_of, way_of
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Receiver:
    """The seats the ball passes ``through`` at once, and where it comes to rest."""

    landing: Landing
    through: tuple[Landing, ...] = ()


@dataclass(frozen=True, slots=True)
class Giver:
    """Who names a receiver: the seat of this level around the ticket. ``code`` says why (``routing.REASONS``)."""

    level: Level
    area_id: int | None
    code: str


WHY_AGAIN = {"recheck_fails": "recheck_failed", "neighbour_denies": "denied"}
"""Why a ticket goes above its solver, by the claim of the row; otherwise because a submitter asks for it."""


def of(uow: UnitOfWork, scene: Scene, word: Ball, given: Mapping[str, Any], claim: str = "always") -> Receiver | None:
    """Who gets the ball; None when it stays or the ticket ends. Raises NoLevelAbove, UnknownReceiver."""
    if word is Ball.ROUTED:
        return _routed(uow, scene)
    if word is Ball.RELOCATED:
        return _relocated(uow, scene)
    if word is Ball.GIVEN:
        return Receiver(named(uow, scene, str(given["to"]), _holder(scene), scene.category))
    if word is Ball.HANDED:
        return _handed(uow, scene, str(given["to"]))
    if word is Ball.RECALLED:
        return Receiver(_recalled(uow, scene))
    if word is Ball.TO_STREET:
        return Receiver(_to_street(scene))
    if word is Ball.UP:
        return Receiver(_climb(scene, _level_of(scene.open_hop), "escalated"))
    if word is Ball.BACK:
        return Receiver(_back(uow, scene))
    if word is Ball.TO_VERIFY:
        return Receiver(_verifier(uow, scene))
    if word is Ball.TO_SOLVER:
        return Receiver(_again(uow, scene, _solver(scene), "rework"))
    if word is Ball.ABOVE_SOLVER:
        return Receiver(_above_solver(scene, WHY_AGAIN.get(claim, "reopened")))
    if word is Ball.TO_ASKER:
        sent_to_check = scene.open_hop is not None and scene.open_hop.via == "check"
        return Receiver(_back(uow, scene)) if sent_to_check else None
    if word is Ball.ABOVE_REJECTER:
        level = _level_of(scene.hops[-1])
        return Receiver(_climb(scene, level if level.reaches(Level.GRID) else Level.BUILDING, "appealed"))
    if word is Ball.TO_ACCOUNTABLE:
        return Receiver(_accountable(scene, "unmerged"))
    return None


def title_of(uow: UnitOfWork, chain: Sequence[Seat], hop: Hop | None) -> str:
    """What to call whoever has the ball: 网格长, or the department's name."""
    if hop is None:
        return ""
    if hop.department_id is not None:
        return uow.book.departments[hop.department_id].name
    seat = next((seat for seat in chain if seat.area_id == hop.area_id), None)
    if seat is None and hop.area_id is not None:
        seat = areas.seats_by_id(uow.session, [hop.area_id], uow.book, uow.now)[0]
    return seat.title if seat else ""


def _routed(uow: UnitOfWork, scene: Scene) -> Receiver | None:
    """As the rules and the catalogue say; when that is whoever has it, only what was considered is written down."""
    verdict = _decided(uow, scene)
    way, present = way_of(verdict), scene.open_hop
    if present is not None and (way[-1].area_id, way[-1].department_id) == (present.area_id, present.department_id):
        present.decisions = [*(present.decisions or []), verdict.trace]
        present.failed_rule = present.failed_rule or verdict.failed_rule
        return None
    through = [landing for landing in way[1:-1] if landing.area_id != scene.ticket.holder_area_id]
    return Receiver(way[-1], tuple(through))


def _relocated(uow: UnitOfWork, scene: Scene) -> Receiver:
    """From the seat accountable in the other area down; what has no category yet stays with that one."""
    way = way_of(_decided(uow, scene, triage=scene.ticket.status == Status.REPORTED))
    return Receiver(way[-1], tuple(way[:-1]))


def _decided(uow: UnitOfWork, scene: Scene, *, triage: bool = False) -> Verdict:
    return deciding.decide(
        uow,
        scene.chain,
        scene.category,
        scene.condition,
        scene.ticket.source,
        flags=scene.ticket.place_flags,
        conflicted=scene.conflicted,
        triage=triage,
    )


def _holder(scene: Scene) -> Giver:
    """The holder as giver; what the street gives after it was asked to decide is final."""
    level, area_id = _level_of(scene.open_hop), scene.ticket.holder_area_id
    decides = passing.decides(holdings.of(scene.hops), holdings.unit_of(area_id, None))
    return Giver(level, area_id, passing.ASSIGNED_FINALLY if decides else "dispatched")


def named(uow: UnitOfWork, scene: Scene, to: str, giver: Giver, category: Category) -> Landing:
    """The seat or department written in ``to``, below the giver; a seat nobody acts for goes to the next above it.

    Raises UnknownReceiver naming ``to``.
    """
    kind, _, code = to.partition(":")
    if kind == "department":
        return _department(uow, scene, code, giver, category)
    if kind != "seat":
        raise UnknownReceiver(fields={"to": sentence("写成 seat:区域代码 或 department:部门代码")})
    area = areas.by_code(uow.session, code)
    mine = area is not None and getattr(area, f"{giver.level.value}_id", None) == giver.area_id
    if area is None or not mine or Level(area.level).rank <= giver.level.rank:
        raise UnknownReceiver(fields={"to": sentence("只能派给自己下级的岗位")})
    below = [
        seat for seat in areas.chain_of(uow.session, area.id, uow.book, uow.now) if seat.level.rank > giver.level.rank
    ]
    for seat in reversed(below):
        stop = routing.settle(seat, giver.code, conflicted=scene.conflicted)
        if stop is not None:
            return landing_of(stop)
    raise UnknownReceiver(fields={"to": sentence("这个岗位现在没有人在岗")})


def _department(uow: UnitOfWork, scene: Scene, code: str, giver: Giver, category: Category) -> Landing:
    """网格长 and wider may send to one department, where the catalogue says a department owns the matter.

    What the street owns (不明井盖: “确权后转权属单位”) may be sent too, once somebody knows whose it is.
    """
    if not giver.level.reaches(Level.GRID):
        raise UnknownReceiver(fields={"to": sentence("派给部门要由网格长或以上来做")})
    if category.owner_level not in DEPARTMENT_OWNED:
        raise UnknownReceiver(fields={"to": sentence("这类问题不归职能部门")})
    department = uow.book.department_in(scene.ticket.district_id, code)
    if department is None:
        raise UnknownReceiver(fields={"to": sentence("没有这个部门")})
    return Landing(None, department.id, None, None, department.name, (Reason(giver.code, department.name),))


def _handed(uow: UnitOfWork, scene: Scene, to: str) -> Receiver:
    """By somebody above the holder: through that seat, so that a return or a revocation comes back to it."""
    seat = next(seat for seat in scene.chain if seat.level is scene.facts.overseer_level)
    final = passing.decides(holdings.of(scene.hops), holdings.unit_of(seat.area_id, None))
    giver = Giver(seat.level, seat.area_id, passing.ASSIGNED_FINALLY if final else "reassigned")
    landing = named(uow, scene, to, giver, scene.category)
    there = holdings.unit_of(scene.ticket.holder_area_id, scene.ticket.holder_department_id)
    if holdings.unit_of(landing.area_id, landing.department_id) == there:
        raise UnknownReceiver(fields={"to": sentence("工单已经在那里办理")})
    why = (Reason("reassigning", seat.title),)
    by = Landing(seat.area_id, None, seat.level, uow.caller.person_id, seat.title, why)
    return Receiver(landing, (by,))


def _recalled(uow: UnitOfWork, scene: Scene) -> Landing:
    hop = scene.open_hop
    return _again(uow, scene, next(one for one in scene.hops if hop and one.seq == hop.sent_from), "revoked")


def _to_street(scene: Scene) -> Landing:
    """The street, or whoever is above it when the street itself is one of the two."""
    level = _level_of(scene.open_hop)
    return _climb(scene, level if level.reaches(Level.COMMUNITY) else Level.COMMUNITY, passing.STREET_DECIDES)


def _back(uow: UnitOfWork, scene: Scene) -> Landing:
    """To whoever sent it; what the system sent goes to the accountable seat, or above it if that returns it."""
    hop = scene.open_hop
    sender = next((one for one in scene.hops if hop and one.seq == hop.sent_from), None)
    if sender is not None and sender.area_id is not None and sender.area_id != (hop.area_id if hop else None):
        return _again(uow, scene, sender, "returned")
    return _accountable(scene, "returned", besides=hop.area_id if hop else None)


def _verifier(uow: UnitOfWork, scene: Scene) -> Landing:
    """The accountable seat verifies, but never the person who solved (“社区 if the 网格长 solved”)."""
    hop = scene.open_hop
    solver = frozenset({uow.caller.person_id, *([hop.person_id] if hop and hop.person_id else [])})
    return _accountable(scene, "verifying", besides=hop.area_id if hop else None, excluded=solver)


def _above_solver(scene: Scene, code: str) -> Landing:
    solver = _solver(scene)
    if solver.department_id is not None:
        return _accountable(scene, code)
    return _climb(scene, _level_of(solver), code)


def _solver(scene: Scene) -> Hop:
    return next((hop for hop in scene.hops if hop.seq == scene.ticket.solver_hop), scene.hops[-1])


def _again(uow: UnitOfWork, scene: Scene, hop: Hop, code: str) -> Landing:
    """To whoever had it in that hop; a seat nobody acts for now is climbed over."""
    if hop.department_id is not None:
        department = uow.book.departments[hop.department_id]
        return Landing(None, department.id, None, None, department.name, (Reason(code, department.name),))
    seats = areas.seats_by_id(uow.session, [hop.area_id] if hop.area_id else [], uow.book, uow.now)
    stop = routing.settle(seats[0], code, conflicted=scene.conflicted) if seats else None
    return landing_of(stop) if stop else _climb(scene, _level_of(hop), code)


def _accountable(
    scene: Scene, code: str, *, besides: int | None = None, excluded: frozenset[int] = frozenset()
) -> Landing:
    """The accountable seat; when that is ``besides`` or its person is excluded, the next filled seat above."""
    seat = next(seat for seat in scene.chain if seat.area_id == scene.ticket.accountable_area_id)
    stop = routing.settle(seat, code, conflicted=scene.conflicted)
    fits = stop is not None and seat.area_id != besides and not (stop.person and stop.person.person_id in excluded)
    if stop is not None and fits:
        return landing_of(stop)
    return _climb(scene, seat.level, code, excluded)


def _climb(scene: Scene, above: Level, code: str, excluded: frozenset[int] = frozenset()) -> Landing:
    """Raises NoLevelAbove."""
    return landing_of(routing.climb(scene.chain, above, code, conflicted=scene.conflicted, excluded=excluded))


def _level_of(hop: Hop | None) -> Level:
    """A department stands beside the 楼栋: above it is the 网格."""
    if hop is None or hop.level is None:
        return Level.BUILDING
    return Level(hop.level)
