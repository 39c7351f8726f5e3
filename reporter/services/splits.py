"""Sub-tickets: several units must act on one matter, each with a number, a deadline and a holder of its own.

A part is a ticket with a parent, and no report: it shows what the parent was told. Its hops begin with the seat that
split the matter, so that a return or a revocation comes back there. The parent closes last (``anchors.md`` B3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.errors import Invalid, UnknownReceiver, sentence
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.passing import MOST_PARTS
from reporter.domain.routing import Reason
from reporter.domain.rulebook import Category, Condition
from reporter.domain.statuses import ENDED, Status
from reporter.models.tickets import Hop, Ticket
from reporter.queries import splits, tickets
from reporter.services import ball, clocks, holdings, intake, landing, messages
from reporter.services.ball import Landing
from reporter.services.landing import Giver
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork

VIA = "split"  # also the source of such a ticket


@dataclass(frozen=True, slots=True)
class Plan:
    """One part, decided and not written yet."""

    given: dict[str, Any]
    category: Category
    condition: Condition
    landing: Landing


def plan(uow: UnitOfWork, scene: Scene, wanted: Sequence[dict[str, Any]]) -> list[Plan]:
    """Decide who gets each part. Raises Invalid and its kin, naming ``parts`` or the field as ``parts.0.to``."""
    if scene.ticket.parts + len(wanted) > MOST_PARTS:
        raise Invalid(fields={"parts": sentence("一件工单最多拆成十份")})
    found: list[Plan] = []
    for place, given in enumerate(wanted):
        try:
            found.append(_plan(uow, scene, given, found))
        except Invalid as refusal:
            refusal.fields = {f"parts.{place}.{name}": text for name, text in refusal.fields.items()}
            raise
    return found


def _plan(uow: UnitOfWork, scene: Scene, given: dict[str, Any], before: Sequence[Plan]) -> Plan:
    category, condition = scene.category, scene.condition
    if given.get("category"):
        category = uow.book.category(given["category"], uow.today)
    if given.get("category") or given.get("condition") is not None:
        condition = uow.book.condition(category, given.get("condition"), clocks.lineage(scene.ticket), uow.today)
    giver = Giver(_level(scene), scene.ticket.holder_area_id, "split_off")
    there = landing.named(uow, scene, given["to"], giver, category)
    unit = holdings.unit_of(there.area_id, there.department_id)
    if any(holdings.unit_of(one.landing.area_id, one.landing.department_id) == unit for one in before):
        raise UnknownReceiver(fields={"to": sentence("前面已有一份派给这个单位")})
    return Plan(given, category, condition, there)


def _level(scene: Scene) -> Level:
    assert scene.ticket.holder_level is not None, "only a seat splits"
    return Level(scene.ticket.holder_level)


def write(uow: UnitOfWork, scene: Scene, decided: Plan) -> Ticket:
    """A part with its number, hops, clocks, event and message."""
    part = _ticket(uow, scene, decided)
    seat = next(seat for seat in scene.chain if seat.area_id == scene.ticket.holder_area_id)
    by = Landing(seat.area_id, None, seat.level, uow.caller.person_id, seat.title, (Reason("splitting", seat.title),))
    ball.hold(part, by)  # an open ticket is never without
    uow.session.add(part)
    uow.session.flush()  # its rows refer to its id
    splits.put_on_the_map(uow.session, part)
    hops: list[Hop] = []
    ball.pass_to(uow, part, hops, by, VIA)
    hop = ball.pass_to(uow, part, hops, decided.landing, VIA)
    for seq, kind in enumerate((ClockKind.RESPONSE, ClockKind.RESOLVE), start=1):
        begun = clocks.begin(
            uow,
            part,
            kind,
            decided.condition,
            seq=seq,
            hop_seq=hop.seq,
            level=decided.landing.level,
            started_at=uow.now,
        )
        clocks.start(uow, begun)
    event = uow.record(
        part,
        EventKind.DISPATCHED,
        hop_seq=hop.seq,
        actor_area_id=seat.area_id,
        part_of=scene.ticket.number,
        to=decided.given["to"],
        note=decided.given["note"],
    )
    uow.session.flush()  # messages refer to the event
    messages.tell(
        uow,
        part,
        event,
        hop,
        scene.chain,
        conflicted=scene.conflicted,
        holder=decided.landing.title,
        category=decided.category.name,
    )
    return part


def _ticket(uow: UnitOfWork, scene: Scene, decided: Plan) -> Ticket:
    """Of the parent: place, people and secrecy; of its own: category, condition and so the limits, from now on."""
    parent, category = scene.ticket, decided.category
    policy = uow.policy(clocks.lineage(parent))
    areas = {f"{level.value}_id": getattr(parent, f"{level.value}_id") for level in CHAIN_LEVELS}
    return Ticket(
        number=splits.next_number(uow.session, intake.series(uow, scene.chain, policy)),
        status=Status.DISPATCHED.value,
        parent_id=parent.id,
        category_id=category.id,
        category_code=category.code,
        condition_id=decided.condition.id,
        severity=decided.condition.severity,
        sensitive=category.sensitive or parent.sensitive,
        emergency=category.emergency_divert or parent.emergency,
        source=VIA,
        about_person_id=parent.about_person_id,
        area_id=parent.area_id,
        lng=parent.lng,
        lat=parent.lat,
        accuracy_m=parent.accuracy_m,
        place_flags=list(parent.place_flags),
        accountable_area_id=parent.accountable_area_id,
        received_at=uow.now,
        version=1,
        parts=0,
        last_event=0,
        **areas,
    )


def lock_parent(uow: UnitOfWork, part: Ticket) -> None:
    """Before a part changes: its end changes the parent too.

    Always the part first and then the parent, and before anything is written: PostgreSQL checks a foreign key again,
    and so shares the parent's row, when a row is written twice in one transaction, and two who share it cannot both
    lock it. Nothing locks them the other way round, because a split only adds parts.
    """
    tickets.locked_by_id(uow.session, part.parent_id or 0)


def tell_parent(uow: UnitOfWork, scene: Scene) -> None:
    """A part has ended: written to the parent's events and told to whoever has the parent, which is locked."""
    part = scene.ticket
    parent = uow.session.get_one(Ticket, part.parent_id)
    if Status(parent.status) in ENDED:
        return
    parent.version += 1  # what may follow has changed
    hop = next(hop for hop in ball.hops_of(uow, parent) if hop.ended_at is None)
    event = uow.record(parent, EventKind.PART_ENDED, hop_seq=hop.seq, part=part.number, part_status=part.status)
    uow.session.flush()  # messages refer to the event
    messages.tell(
        uow,
        parent,
        event,
        hop,
        scene.chain,
        conflicted=scene.conflicted,
        holder=landing.title_of(uow, scene.chain, hop),
        category=uow.book.category_by_id(parent.category_id).name,
        part=part.number,
    )
