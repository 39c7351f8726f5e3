"""划格调整: after a new version of the map, the open tickets that lie elsewhere now are handed over.

What has ended stays where it was, and so do the figures of the past. Source: issue 4 item 3.
"""

from dataclasses import dataclass

from reporter.domain import areas as area_rules
from reporter.domain import routing
from reporter.domain.areas import Seat
from reporter.domain.coordinates import Point
from reporter.domain.errors import LocationOutOfArea, NoLevelAbove
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.routing import Stop
from reporter.domain.statuses import Status
from reporter.models.areas import Area
from reporter.models.tickets import Ticket
from reporter.queries import areas, boundaries, tickets
from reporter.services import ball, clocks, landing, messages
from reporter.services import scene as scene_of
from reporter.services.scene import Scene
from reporter.services.steps.relocating import CORRECTED, GUESSED, place
from reporter.services.unit_of_work import UnitOfWork

BEFORE_WORK = frozenset({Status.ACCEPTED, Status.DISPATCHED, Status.HANDLING})  # begin anew with the other seat
STILL_MINE = frozenset({CORRECTED, "inaccurate"})  # a person's word, or no point to go by: the map changes nothing


@dataclass(frozen=True, slots=True)
class HandOver:
    """An open ticket that changes hands: codes of areas, and whoever has and gets it (a seat's area, a department).

    ``stays``: the ball stays where it is (a department, or a wider seat that both areas have), only the accountable
    seat is another.
    """

    ticket_id: int
    number: str
    from_area: str
    to_area: str
    from_holder: str
    to_holder: str
    stays: bool


def preview(uow: UnitOfWork, under: Area | None = None) -> list[HandOver]:
    """Which open tickets would change hands by the map of today, in the order of their numbers."""
    found = []
    for ticket in boundaries.astray(uow.session, uow.today, under):
        chain = _chain_today(uow, ticket)
        if chain and chain[-1].area_id != ticket.area_id:
            found.append(_hand_over(uow, scene_of.load(uow, ticket), chain))
    return found


def adjust(uow: UnitOfWork, under: Area | None = None) -> list[HandOver]:
    """Do exactly what ``preview`` says, in one transaction: area, accountable seat, and a hop with its reason."""
    planned = preview(uow, under)
    for one in planned:
        ticket = tickets.locked_by_id(uow.session, one.ticket_id)
        if ticket is not None and ticket.ended_at is None:
            _carry_out(uow, ticket, one)
    return planned


def _chain_today(uow: UnitOfWork, ticket: Ticket) -> list[Seat]:
    """The chain of where the point lies by the map of today; empty when nobody moves it."""
    ended = uow.session.get_one(Area, ticket.area_id).valid_to
    if STILL_MINE & set(ticket.place_flags) and (ended is None or ended > uow.today):
        return []
    try:
        around = areas.containing(uow.session, Point(ticket.lng, ticket.lat), uow.today, uow.policy(()).snap_m)
        placement = area_rules.place(around)
    except LocationOutOfArea:
        return []
    return areas.chain_of(uow.session, placement.area_id, uow.book, uow.now)


def _hand_over(uow: UnitOfWork, scene: Scene, chain: list[Seat]) -> HandOver:
    ticket = scene.ticket
    stays = ticket.holder_area_id is None or ticket.holder_area_id in {seat.area_id for seat in chain}
    holder = _holder(uow, scene)
    return HandOver(
        ticket.id,
        ticket.number,
        uow.session.get_one(Area, ticket.area_id).code,
        chain[-1].area_code,
        holder,
        holder if stays else _receiver(scene, chain).seat.area_code,
        stays,
    )


def _holder(uow: UnitOfWork, scene: Scene) -> str:
    ticket = scene.ticket
    if ticket.holder_department_id is not None:
        return uow.book.departments[ticket.holder_department_id].code
    return scene.seats[ticket.holder_area_id or 0].area_code


def _receiver(scene: Scene, chain: list[Seat]) -> Stop:
    """The seat accountable there; while it waits to be verified never the person who solved it, if another is above."""
    stop = routing.accountable_of(chain, scene.conflicted)
    solver = next((hop.person_id for hop in scene.hops if hop.seq == scene.ticket.solver_hop), None)
    if scene.ticket.status != Status.FEEDBACK or stop.person is None or stop.person.person_id != solver:
        return stop
    try:
        return routing.climb(
            chain, stop.seat.level, "verifying", conflicted=scene.conflicted, excluded=frozenset({solver})
        )
    except NoLevelAbove:
        return stop


def _carry_out(uow: UnitOfWork, ticket: Ticket, planned: HandOver) -> None:
    scene = scene_of.load(uow, ticket)
    area = areas.by_code(uow.session, planned.to_area)
    assert area is not None, planned
    chain = areas.chain_of(uow.session, area.id, uow.book, uow.now)
    receiver = _receiver(scene, chain)
    place(ticket, area)
    ball.moved(ticket, scene.hops)
    ticket.place_flags = [flag for flag in ticket.place_flags if flag not in GUESSED | {CORRECTED}]
    ticket.accountable_area_id = routing.accountable_of(chain, scene.conflicted).seat.area_id
    ticket.version += 1
    hop = scene.open_hop
    if not planned.stays:
        reason = routing.Reason("boundary_changed", receiver.seat.title, receiver.seat.area_name)
        stop = Stop(receiver.seat, receiver.person, (reason, *receiver.reasons))
        hop = ball.pass_to(uow, ticket, scene.hops, ball.landing_of(stop), EventKind.RELOCATED.value)
        _begin_response(uow, scene, hop.seq, receiver)
    event = uow.record(
        ticket,
        EventKind.RELOCATED,
        hop_seq=hop.seq if hop else None,
        by_system=True,
        from_area=planned.from_area,
        to_area=planned.to_area,
        boundary_changed=True,
    )
    uow.session.flush()  # messages refer to the event
    messages.tell(
        uow,
        ticket,
        event,
        hop if not planned.stays else None,
        chain,
        conflicted=scene.conflicted,
        holder=landing.title_of(uow, chain, hop),
        category=scene.category.name,
    )


def _begin_response(uow: UnitOfWork, scene: Scene, hop_seq: int, receiver: Stop) -> None:
    """Whoever gets it has a whole limit to answer; the limit to resolve runs on."""
    ticket = scene.ticket
    if ticket.status in BEFORE_WORK:
        ticket.status = Status.DISPATCHED.value
    if ticket.status not in (Status.REPORTED, Status.DISPATCHED):
        return
    clocks.stop(uow, scene.clocks, (ClockKind.RESPONSE,))
    uow.session.flush()  # stopped clocks must be written before new ones of their kind start
    clock = clocks.begin(
        uow,
        ticket,
        ClockKind.RESPONSE,
        scene.condition,
        seq=max((clock.seq for clock in scene.clocks), default=0) + 1,
        hop_seq=hop_seq,
        level=receiver.seat.level,
        started_at=uow.now,
    )
    clocks.start(uow, clock)
