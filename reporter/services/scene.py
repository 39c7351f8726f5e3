"""A ticket with all that a step, or an answer about it, asks: loaded once, in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, literal, or_, select

from reporter.domain.areas import Level, Seat
from reporter.domain.five import ANSWERED_BY_STEPS
from reporter.domain.lifecycle import Facts, Who
from reporter.domain.permissions import Actor, Role
from reporter.domain.rulebook import Category, Condition, Lineage
from reporter.domain.statuses import Status
from reporter.models.clocks import Clock
from reporter.models.people import Person
from reporter.models.photos import Photo
from reporter.models.tickets import Hop, Report, Ticket
from reporter.queries import areas, evidence, places, tickets
from reporter.services import asides as beside
from reporter.services import clocks, holdings
from reporter.services.asides import Asides
from reporter.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Words:
    """A report with who made it."""

    report: Report
    name: str
    role: Role
    elsewhere: bool = False  # made on a ticket that was merged into this one

    @property
    def joined(self) -> bool:
        """Not the first report of this ticket."""
        return self.report.joined or self.elsewhere


@dataclass
class Scene:
    """A ticket with all that a step asks about it, loaded once.

    ``chain``: the seats of the areas it lies in, widest first; ``seats``: those and every other that held it.
    ``people``: names of whoever acted there. ``photos``: all that are not refused, oldest first.
    """

    ticket: Ticket
    category: Category
    condition: Condition
    chain: list[Seat]
    hops: list[Hop]
    clocks: list[Clock]
    words: Sequence[Words]
    photos: Sequence[Photo]
    seats: dict[int, Seat]
    people: dict[int, str]
    facts: Facts
    conflicted: frozenset[int]
    asides: Asides

    @property
    def open_hop(self) -> Hop | None:
        return next((hop for hop in self.hops if hop.ended_at is None), None)

    @property
    def reporters(self) -> list[tuple[int, bool]]:
        """(person, joined) of every report; a part of a split matter was reported by nobody."""
        if self.ticket.parent_id is not None:
            return []
        return [(words.report.submitter_id, words.joined) for words in self.words]


def load(uow: UnitOfWork, ticket: Ticket, timed: list[Clock] | None = None) -> Scene:
    """Read all that a step, or the ``actions`` of an answer, asks about a ticket: three statements, one more for its
    clocks unless they are in memory, and those of ``services/asides.py`` for the few tickets that have any."""
    words, photos = _told(uow, ticket.id) if ticket.parent_id is None else _told_of_part(uow, ticket)
    hops, people, alike = _hops(uow, ticket)
    here = clocks.lineage(ticket)
    elsewhere = {hop.area_id for hop in hops if hop.area_id is not None}.difference(here)
    seats = areas.seats_by_id(uow.session, [*here, *elsewhere], uow.book, uow.now)
    if timed is None:
        timed = list(uow.session.scalars(select(Clock).where(Clock.ticket_id == ticket.id).order_by(Clock.seq)))
    return _of(uow, ticket, seats, hops, timed, words, photos, people, alike)


def filed(
    uow: UnitOfWork,
    ticket: Ticket,
    chain: list[Seat],
    hops: list[Hop],
    timed: list[Clock],
    report: Report,
    photos: Sequence[Photo],
) -> Scene:
    """The scene of a ticket the caller has just filed, from rows that are in memory already. ``chain``: with every
    seat beside it that holds the ticket."""
    people = {one.person_id: one.name for seat in chain for one in (seat.holder, seat.deputy) if one}
    words = [Words(report, uow.caller.name, uow.caller.role)]
    return _of(uow, ticket, chain, hops, timed, words, photos, people)


def _told(uow: UnitOfWork, ticket_id: int) -> tuple[list[Words], list[Photo]]:
    """The reports with their submitters, and the photos of reports and steps; those of steps come with the first."""
    here = Report.ticket_id == ticket_id
    of_report = or_(Photo.report_id == Report.id, and_(Photo.report_id.is_(None), ~Report.joined, here))
    rows = uow.session.execute(
        select(Report, Person.name, Person.role, Photo)
        .join(Person, Person.id == Report.submitter_id)
        .outerjoin(
            Photo,
            and_(Photo.ticket_id == Report.ticket_id, of_report, Photo.state != "refused", ~Photo.of_rating),
        )
        .where(Report.ticket_id.in_(tickets.family(ticket_id)))
        .order_by(Report.id, Photo.created_at)
    ).all()
    words = {
        row.Report.id: Words(row.Report, row.name, Role(row.role), row.Report.ticket_id != ticket_id) for row in rows
    }
    photos = {row.Photo.id: row.Photo for row in rows if row.Photo is not None}
    return list(words.values()), sorted(photos.values(), key=lambda photo: photo.created_at)


def _told_of_part(uow: UnitOfWork, ticket: Ticket) -> tuple[list[Words], list[Photo]]:
    """What its parent was told, and the photos of its own steps."""
    words, photos = _told(uow, ticket.parent_id or 0)
    own = uow.session.scalars(select(Photo).where(Photo.ticket_id == ticket.id, Photo.state != "refused"))
    of_reports = [photo for photo in photos if photo.report_id is not None]
    return words, sorted([*of_reports, *own], key=lambda photo: photo.created_at)


def _hops(uow: UnitOfWork, ticket: Ticket) -> tuple[list[Hop], dict[int, str], int]:
    """With them, in the same statement, how often something alike was reported here, where the caller may end it."""
    rows = uow.session.execute(
        select(Hop, Person.name, _alike_here(uow, ticket).label("alike"))
        .outerjoin(Person, Person.id == Hop.person_id)
        .where(Hop.ticket_id == ticket.id)
        .order_by(Hop.seq)
    ).all()
    people = {row.Hop.person_id: row.name for row in rows if row.name is not None}
    return [row.Hop for row in rows], people, int(rows[0].alike) if rows else 0


def _alike_here(uow: UnitOfWork, ticket: Ticket) -> ColumnElement[int]:
    """How often something alike was reported at this place, itself included; 0 for who does not hold it."""
    if uow.actor is None or ticket.ended_at is not None or not holds(uow.actor, ticket):
        return literal(0, Integer)
    policy = uow.policy(clocks.lineage(ticket))
    category = uow.book.category_by_id(ticket.category_id)
    alike = {one.code for one in uow.book.categories if category.look_alike and one.look_alike == category.look_alike}
    since = uow.now - timedelta(days=policy.repeat_place_days)
    others = places.others_alike(
        ticket, {category.code, *alike}, policy.repeat_place_m, since, policy.repeat_place_count
    )
    return others + 1


def _of(
    uow: UnitOfWork,
    ticket: Ticket,
    seats: Sequence[Seat],
    hops: list[Hop],
    timed: list[Clock],
    words: Sequence[Words],
    photos: Sequence[Photo],
    people: dict[int, str],
    alike: int = 0,
) -> Scene:
    here = clocks.lineage(ticket)
    category = uow.book.category_by_id(ticket.category_id)
    condition = next(condition for condition in category.conditions if condition.id == ticket.condition_id)
    asides = beside.load(uow, ticket)
    facts = Facts(
        holder_level=Level(ticket.holder_level) if ticket.holder_level else None,
        taken_ever=ticket.taken_at is not None,
        joined_by_others=any(one.joined for one in words),
        small_matter=category.kind == "neighbourhood" and ticket.severity <= uow.policy(here).small_matter_max_severity,
        has_before_photo=any(photo.report_id is not None for photo in photos),
        photo_compulsory=category.photo_required,
        guard_asked=condition.guard,
        guarded=ticket.guarded_at is not None,
        overseer_level=_overseen_from(uow, ticket, here),
        repeated_place=alike >= uow.policy(here).repeat_place_count,
        answered=frozenset(name for name in ANSWERED_BY_STEPS if getattr(ticket, name)),
        **beside.facts(uow, ticket, asides),
        pair_exhausted=holdings.pair_exhausted(ticket, hops, uow.policy(here).returns_max),
        revocable=holdings.revocable(hops, timed),
        part=ticket.parent_id is not None,
        unfiled=category.code == uow.book.fallback_code,
        recheck_due=ticket.recheck,
        **_verdict(uow, ticket, category, seats),
    )
    return Scene(
        ticket=ticket,
        category=category,
        condition=condition,
        chain=[seat for seat in seats if seat.area_id in here],
        hops=hops,
        clocks=timed,
        words=words,
        photos=photos,
        seats={seat.area_id: seat for seat in seats},
        people=people,
        facts=facts,
        conflicted=frozenset({ticket.about_person_id}) if ticket.about_person_id else frozenset(),
        asides=asides,
    )


def _verdict(uow: UnitOfWork, ticket: Ticket, category: Category, seats: Sequence[Seat]) -> dict[str, Any]:
    """Who may say that it is solved, asked only of a ticket that waits for that."""
    if ticket.status != Status.FEEDBACK:
        return {}
    desk = next((seat for seat in seats if seat.area_id == ticket.holder_area_id), None)
    verifier = desk.acting(frozenset()) if desk else None
    solved = verifier is not None and verifier.person_id == tickets.solver(uow.session, ticket.id)
    return {"verifier_solved": solved, "confirmations_lacking": _lacking(uow, ticket, category)}


def _lacking(uow: UnitOfWork, ticket: Ticket, category: Category) -> int | None:
    """How many neighbours must still say that it is fixed: of what neighbours share, and sensitive matters are not."""
    if category.kind != "neighbourhood" or ticket.sensitive:
        return None
    given = evidence.confirmations(uow.session, ticket)
    return max(1, uow.policy(clocks.lineage(ticket)).quorum_needed - given)


def _overseen_from(uow: UnitOfWork, ticket: Ticket, here: Lineage) -> Level | None:
    """The widest level from which the caller looks over it: a seat around it wider than the holder's, or the desk of
    its district. A department stands beside the 楼栋: the 网格 and wider oversee it."""
    if uow.actor is None:
        return None
    actor = uow.actor
    if actor.role is Role.DISTRICT and actor.home_area_id in here:
        return Level.DISTRICT
    holder = Level(ticket.holder_level) if ticket.holder_level else Level.BUILDING
    levels = [seat.level for seat in actor.seats if seat.area_id in here and seat.level.rank < holder.rank]
    return min(levels, key=lambda level: level.rank, default=None)


def holds(actor: Actor, ticket: Ticket) -> bool:
    """Whether somebody acts for the seat or department that has the ball."""
    holds_seat = any(seat.area_id == ticket.holder_area_id for seat in actor.seats)
    holds_department = actor.department_id is not None and actor.department_id == ticket.holder_department_id
    return holds_seat or holds_department


def relations(uow: UnitOfWork, scene: Scene) -> frozenset[Who]:
    """What the caller is to this ticket."""
    actor, ticket = uow.caller, scene.ticket
    found = {Who.ANYBODY}
    if holds(actor, ticket):
        found.add(Who.HOLDER)
    if scene.facts.overseer_level is not None:
        found.add(Who.OVERSEER)
    if _sent_it(actor, scene):
        found.add(Who.SENDER)
    joined = [flag for person_id, flag in scene.reporters if person_id == actor.person_id]
    if joined:
        found.add(Who.ANY_SUBMITTER)
        if not actor.is_staff and actor.role is not Role.INTEGRATOR:
            found.add(Who.NEIGHBOUR)
    if any(not flag for flag in joined):
        found.add(Who.SUBMITTER)
    return frozenset(found)


def _sent_it(actor: Actor, scene: Scene) -> bool:
    """Whether the caller acts for the seat or department that sent the ball where it is now."""
    hop = scene.open_hop
    sender = next((one for one in scene.hops if hop and one.seq == hop.sent_from), None)
    if sender is None:
        return False
    if sender.department_id is not None:
        return actor.department_id == sender.department_id
    return any(seat.area_id == sender.area_id for seat in actor.seats)
