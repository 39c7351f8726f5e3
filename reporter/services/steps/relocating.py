"""回格: “not in my grid” with a suggested place, and the move to another area by whoever leads both.

Equal corrections propose a fix of the boundary or a rule. Source: issue 4 item 3, ``domain.md`` 4.
"""

from reporter.domain import routing
from reporter.domain.actions import Action
from reporter.domain.areas import CHAIN_LEVELS, FINE_LEVELS
from reporter.domain.errors import Forbidden, Invalid, MissingInput, sentence
from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.routing import PlaceCorrection, RoutingProposal
from reporter.models.tickets import Ticket
from reporter.queries import areas, corrections
from reporter.services import ball, clocks
from reporter.services.steps.hooks import Hook, Step
from reporter.services.unit_of_work import UnitOfWork

GUESSED = frozenset({"boundary", "snapped", "unrouted", "inaccurate"})  # flags that a person's word settles
CORRECTED = "corrected"


def check_suggestion(step: Step) -> None:
    """Of a return: the suggested area exists, is another one, and the reason fits. Raises Invalid."""
    code = step.given.get("suggested_area")
    if not code:
        return
    if step.given.get("reason_code") != "not_my_area":
        raise Invalid(fields={"suggested_area": sentence("只有“不在我的责任区”才写应属的区域")})
    _destination(step, str(code), "suggested_area")


def note_suggestion(step: Step) -> None:
    """Keep what was suggested; an older suggestion that nobody followed is refused by this."""
    code = step.given.get("suggested_area")
    if not code:
        return
    known = corrections.of_ticket(step.uow.session, step.ticket.id)
    for one in known:
        if one.state == "suggested":
            _decide(step.uow, one, "refused")
    step.uow.session.flush()  # one open suggestion a ticket
    area = _destination(step, str(code), "suggested_area")
    step.uow.session.add(_correction(step, area, len(known) + 1))


def _may_relocate(step: Step) -> None:
    """Only an area that the caller leads a common parent of, or nothing where one is suggested. Raises Invalid,
    MissingInput, Forbidden."""
    area = _chosen(step)
    if not _leads(step.uow.caller, area):
        raise Forbidden(sentence("只能改到您负责的范围之内"))


def _relocate(step: Step) -> None:
    """The ticket lies elsewhere from now on: its areas, its chain and who is accountable."""
    uow, scene, ticket = step.uow, step.scene, step.ticket
    area = _chosen(step)
    before = _pair(ticket, area)
    step.data.update(from_area=scene.chain[-1].area_code, to_area=area.code)
    _settle_corrections(step, area, before)
    place(ticket, area)
    ball.moved(ticket, scene.hops)
    ticket.place_flags = [*(flag for flag in ticket.place_flags if flag not in GUESSED | {CORRECTED}), CORRECTED]
    scene.chain = areas.chain_of(uow.session, area.id, uow.book, uow.now)
    scene.seats.update({seat.area_id: seat for seat in scene.chain})
    ticket.accountable_area_id = routing.accountable_of(scene.chain, scene.conflicted).seat.area_id


def place(ticket: Ticket, area: Area) -> None:
    """Let a ticket lie in an area: the area, and its ancestors that are kept beside it."""
    ticket.area_id = area.id
    for level in CHAIN_LEVELS:
        setattr(ticket, f"{level.value}_id", getattr(area, f"{level.value}_id"))


def _chosen(step: Step) -> Area:
    """The area named in the step, else the suggested one."""
    code = step.given.get("area")
    if code:
        return _destination(step, str(code), "area")
    for one in corrections.of_ticket(step.uow.session, step.ticket.id):
        if one.state == "suggested":
            return _destination(step, step.uow.session.get_one(Area, one.to_area_id).code, "area")
    raise MissingInput(fields={"area": sentence("请选择应属的区域")})


def _destination(step: Step, code: str, field: str) -> Area:
    """A grid or smaller, in force, of the same district, that the ticket does not lie in. Raises Invalid."""
    area, today = areas.by_code(step.uow.session, code), step.uow.today
    if area is None or area.valid_from > today or (area.valid_to is not None and area.valid_to <= today):
        raise Invalid(fields={field: sentence("没有这个区域")})
    if area.level not in FINE_LEVELS or area.district_id != step.ticket.district_id:
        raise Invalid(fields={field: sentence("要写本区的一个网格，或网格之内的区域")})
    if getattr(step.ticket, f"{area.level}_id") == area.id:
        raise Invalid(fields={field: sentence("工单已经在这个区域里")})
    return area


def _leads(actor: Actor, area: Area) -> bool:
    led = {seat.area_id for seat in actor.seats}
    if actor.home_area_id is not None:
        led.add(actor.home_area_id)
    return any(getattr(area, f"{level.value}_id") in led for level in CHAIN_LEVELS)


def _pair(ticket: Ticket, area: Area) -> tuple[int, int]:
    """From and to, as grids where they differ: a boundary lies between grids."""
    grids = ticket.grid_id or ticket.area_id, area.grid_id or area.id
    return grids if grids[0] != grids[1] else (ticket.area_id, area.id)


def _correction(step: Step, area: Area, seq: int) -> PlaceCorrection:
    before, after = _pair(step.ticket, area)
    return PlaceCorrection(
        ticket_id=step.ticket.id,
        seq=seq,
        from_area_id=before,
        to_area_id=after,
        state="suggested",
        by_id=step.uow.caller.person_id,
        at=step.uow.now,
    )


def _decide(uow: UnitOfWork, one: PlaceCorrection, state: str) -> None:
    one.state, one.decided_by, one.decided_at = state, uow.caller.person_id, uow.now


def _settle_corrections(step: Step, area: Area, pair: tuple[int, int]) -> None:
    """Accept what was suggested when it comes to the same, else refuse it; a move nobody suggested counts too."""
    uow = step.uow
    known = corrections.of_ticket(uow.session, step.ticket.id)
    accepted = None
    for one in known:
        if one.state == "suggested":
            same = (one.from_area_id, one.to_area_id) == pair
            _decide(uow, one, "accepted" if same else "refused")
            accepted = one if same else accepted
    if accepted is None:
        made = _correction(step, area, len(known) + 1)
        _decide(uow, made, "accepted")
        uow.session.add(made)
    uow.session.flush()  # counted below
    _propose(step, pair)


def _propose(step: Step, pair: tuple[int, int]) -> None:
    """Enough equal corrections ask the district for a fix; what follows stands behind the same proposal."""
    session, ticket = step.uow.session, step.ticket
    proposal = corrections.open_proposal(session, *pair)
    enough = step.uow.policy(clocks.lineage(ticket)).corrections_to_propose
    if proposal is None and corrections.unproposed(session, *pair) >= enough:
        proposal = RoutingProposal(
            district_id=ticket.district_id, from_area_id=pair[0], to_area_id=pair[1], state="open", made_at=step.uow.now
        )
        session.add(proposal)
        session.flush()  # its corrections refer to it
    if proposal is not None:
        corrections.stand_behind(session, proposal)


HOOKS = {
    Action.RETURN: Hook(check=check_suggestion, change=note_suggestion),
    Action.RELOCATE: Hook(check=_may_relocate, prepare=_relocate),
}
