"""A ticket with all that a step, or an answer about it, asks: loaded once, in a handful of statements."""

from dataclasses import dataclass

from sqlalchemy import select

from reporter.domain.areas import Level, Seat
from reporter.domain.lifecycle import Facts, Who
from reporter.domain.rulebook import Category, Condition
from reporter.models.photos import Photo
from reporter.models.tickets import Clock, Hop, Report, Ticket
from reporter.queries import areas
from reporter.services import ball, clocks
from reporter.services.unit_of_work import UnitOfWork


@dataclass
class Scene:
    """A ticket with all that a step asks about it, loaded once."""

    ticket: Ticket
    category: Category
    condition: Condition
    chain: list[Seat]
    hops: list[Hop]
    clocks: list[Clock]
    facts: Facts
    conflicted: frozenset[int]
    reporters: list[tuple[int, bool]]  # (person, joined) of every report

    @property
    def open_hop(self) -> Hop | None:
        return next((hop for hop in self.hops if hop.ended_at is None), None)


def load(uow: UnitOfWork, ticket: Ticket) -> Scene:
    """Read all that a step, or the ``actions`` of an answer, asks about a ticket; four statements."""
    reports = uow.session.execute(
        select(Report.submitter_id, Report.joined, Photo.id)
        .outerjoin(Photo, (Photo.report_id == Report.id) & (Photo.state != "refused"))
        .where(Report.ticket_id == ticket.id)
    ).all()
    return of(
        uow,
        ticket,
        areas.chain_of(uow.session, ticket.area_id, uow.book, uow.now),
        ball.hops_of(uow, ticket),
        list(uow.session.scalars(select(Clock).where(Clock.ticket_id == ticket.id).order_by(Clock.seq))),
        [(row.submitter_id, row.joined) for row in reports],
        any(row.id is not None for row in reports),
    )


def of(
    uow: UnitOfWork,
    ticket: Ticket,
    chain: list[Seat],
    hops: list[Hop],
    timed: list[Clock],
    reporters: list[tuple[int, bool]],
    has_before_photo: bool,
) -> Scene:
    """The scene from rows that are in memory already."""
    category = uow.book.category_by_id(ticket.category_id)
    condition = next(condition for condition in category.conditions if condition.id == ticket.condition_id)
    policy = uow.policy(clocks.lineage(ticket))
    facts = Facts(
        holder_level=Level(ticket.holder_level) if ticket.holder_level else None,
        taken_ever=ticket.taken_at is not None,
        joined_by_others=any(joined for _, joined in reporters),
        small_matter=category.kind == "neighbourhood" and ticket.severity <= policy.small_matter_max_severity,
        has_before_photo=has_before_photo,
        photo_compulsory=category.photo_required,
        guard_asked=condition.guard,
        guarded=ticket.guarded_at is not None,
    )
    conflicted = frozenset({ticket.about_person_id}) if ticket.about_person_id else frozenset()
    return Scene(ticket, category, condition, chain, hops, timed, facts, conflicted, reporters)


def relations(uow: UnitOfWork, scene: Scene) -> frozenset[Who]:
    """What the caller is to this ticket."""
    actor, ticket = uow.caller, scene.ticket
    found = {Who.ANYBODY}
    holds_seat = any(seat.area_id == ticket.holder_area_id for seat in actor.seats)
    holds_department = actor.department_id is not None and actor.department_id == ticket.holder_department_id
    if holds_seat or holds_department:
        found.add(Who.HOLDER)
    joined = [flag for person_id, flag in scene.reporters if person_id == actor.person_id]
    if joined:
        found.add(Who.ANY_SUBMITTER)
    if any(not flag for flag in joined):
        found.add(Who.SUBMITTER)
    return frozenset(found)
