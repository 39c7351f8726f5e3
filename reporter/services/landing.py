"""Where the ball lands with a step: each word of ``domain/lifecycle.Ball`` asked of the rules of routing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reporter.domain import routing
from reporter.domain.areas import Level, Seat
from reporter.domain.errors import UnknownReceiver, sentence
from reporter.domain.lifecycle import Ball
from reporter.domain.routing import Reason
from reporter.models.tickets import Hop
from reporter.queries import areas
from reporter.services.ball import Landing, landing_of
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork

DEPARTMENT_OWNED = frozenset({"department", "street"})


@dataclass(frozen=True, slots=True)
class Receiver:
    """The seats the ball passes ``through`` at once, and where it comes to rest."""

    landing: Landing
    through: tuple[Landing, ...] = ()


WHY_AGAIN = {"recheck_fails": "recheck_failed", "neighbour_denies": "denied"}
"""Why a ticket goes above its solver, by the claim of the row; otherwise because a submitter asks for it."""


def of(uow: UnitOfWork, scene: Scene, word: Ball, given: Mapping[str, Any], claim: str = "always") -> Receiver | None:
    """Who gets the ball; None when it stays or the ticket ends. Raises NoLevelAbove, UnknownReceiver."""
    if word is Ball.ROUTED:
        return _routed(scene)
    if word is Ball.GIVEN:
        return Receiver(_given(uow, scene, str(given["to"])))
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


def _routed(scene: Scene) -> Receiver | None:
    decision = routing.route(
        scene.chain,
        scene.category.first_level,
        conflicted=scene.conflicted,
        coarse="inaccurate" in scene.ticket.place_flags,
    )
    if decision.holder.seat.area_id == scene.ticket.holder_area_id:
        return None
    through = [stop for stop in decision.stops[1:-1] if stop.seat.area_id != scene.ticket.holder_area_id]
    return Receiver(landing_of(decision.holder), tuple(landing_of(stop) for stop in through))


def _given(uow: UnitOfWork, scene: Scene, to: str) -> Landing:
    kind, _, code = to.partition(":")
    if kind == "department":
        return _department(uow, scene, code)
    if kind != "seat":
        raise UnknownReceiver(fields={"to": sentence("写成 seat:区域代码 或 department:部门代码")})
    area = areas.by_code(uow.session, code)
    holder_level = _level_of(scene.open_hop)
    mine = area is not None and getattr(area, f"{holder_level.value}_id", None) == scene.ticket.holder_area_id
    if area is None or not mine or Level(area.level).rank <= holder_level.rank:
        raise UnknownReceiver(fields={"to": sentence("只能派给自己下级的岗位")})
    below = [
        seat for seat in areas.chain_of(uow.session, area.id, uow.book, uow.now) if seat.level.rank > holder_level.rank
    ]
    for seat in reversed(below):
        stop = routing.settle(seat, "dispatched", conflicted=scene.conflicted)
        if stop is not None:
            return landing_of(stop)
    raise UnknownReceiver(fields={"to": sentence("这个岗位现在没有人在岗")})


def _department(uow: UnitOfWork, scene: Scene, code: str) -> Landing:
    """网格长 and wider may send to one department, where the catalogue says a department owns the matter.

    What the street owns (不明井盖: “确权后转权属单位”) may be sent too, once somebody knows whose it is.
    """
    if not _level_of(scene.open_hop).reaches(Level.GRID):
        raise UnknownReceiver(fields={"to": sentence("派给部门要由网格长或以上来做")})
    if scene.category.owner_level not in DEPARTMENT_OWNED:
        raise UnknownReceiver(fields={"to": sentence("这类问题不归职能部门")})
    department = uow.book.department_in(scene.ticket.district_id, code)
    if department is None:
        raise UnknownReceiver(fields={"to": sentence("没有这个部门")})
    return Landing(None, department.id, None, None, department.name, (Reason("dispatched", department.name),))


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
