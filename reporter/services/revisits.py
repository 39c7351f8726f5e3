"""回访: a bad rating opens one, somebody who did not handle the ticket looks into it, step by step to a result. ★

The table is ``domain/revisits.py``; load → may I → does the state allow it → change → record, as with a ticket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reporter.domain import permissions, procedures, revisits
from reporter.domain.areas import Level, Seat
from reporter.domain.errors import Forbidden, StaleVersion, StepNotPossible, sentence
from reporter.domain.permissions import Actor, Permission, Role
from reporter.domain.procedures import Move
from reporter.domain.revisit_events import KIND_OF_ACTION, Kind
from reporter.domain.revisits import REVISIT, Action, Desk, Due, Facts, RevisitNotPossible, State, Who
from reporter.domain.routing import Reason, Stop
from reporter.models.people import Unmasking
from reporter.models.revisits import Revisit, RevisitClock, RevisitHandler
from reporter.models.tickets import Hop, Rating, Report, Ticket
from reporter.queries import revisits as queries
from reporter.services import clocks, revisit_clocks
from reporter.services.revisit_telling import chain_of, conflicted, record
from reporter.services.unit_of_work import UnitOfWork


@dataclass
class Visit:
    """A revisit with all that a step asks about it. ``handlers``: who may not take one."""

    revisit: Revisit
    ticket: Ticket
    handlers: frozenset[int]
    facts: Facts


def after_rating(uow: UnitOfWork, ticket: Ticket, rating: Rating, *, first: bool) -> None:
    """A bad rating opens a revisit; one changed to a good one marks it, and the contact stays due."""
    bad = revisits.is_bad(rating.grade)
    if first and not bad:
        return
    known = None if first else queries.of_rating(uow.session, ticket.id, rating.person_id)
    if known is None and bad:
        _open(uow, ticket, rating)
    elif known is not None and not bad and known.withdrawn_at is None:
        known.withdrawn_at = uow.now
        known.version += 1
        record(uow, known, ticket, Kind.WITHDRAWN, grade=rating.grade)


def _open(uow: UnitOfWork, ticket: Ticket, rating: Rating) -> None:
    handlers = queries.who_handled(uow.session, ticket)
    solver = uow.session.scalar(select(Hop.level).where(Hop.ticket_id == ticket.id, Hop.seq == ticket.solver_hop))
    above = Level(solver) if solver else Level.BUILDING  # above a department stands the grid
    revisit = Revisit(
        ticket_id=ticket.id,
        rater_id=rating.person_id,
        grade=rating.grade,
        state=State.CONTACTING.value,
        district_id=ticket.district_id,
        version=1,
        opened_at=uow.now,
        last_event=0,
    )
    chain = chain_of(uow, ticket)
    _give(revisit, chain, revisits.assign(chain, above, {*handlers, rating.person_id}, conflicted(ticket)))
    uow.session.add(revisit)
    uow.session.flush()  # handlers, limits and events refer to it
    uow.session.add_all(RevisitHandler(revisit_id=revisit.id, person_id=person) for person in handlers)
    revisit_clocks.begin(uow, revisit, ticket, Due)
    uow.session.flush()  # the messages ask who handled it
    record(uow, revisit, ticket, Kind.OPENED, grade=rating.grade)


def take(
    uow: UnitOfWork, revisit_id: int, action: Action, given: Mapping[str, Any], *, version: int | None = None
) -> tuple[Revisit, Ticket]:
    """Take a step. ``version`` is what the caller last saw.

    Raises NotFound, StaleVersion, Forbidden, RevisitNotPossible, MissingInput. Nothing changes when it raises.
    """
    permissions.require(uow.caller, Permission.STEP)
    revisit, ticket = queries.locked(uow.session, revisit_id, uow.caller)
    if version is not None and version != revisit.version:
        raise StaleVersion(sentence("别人刚刚处理过这次回访，请看最新状态"), present=present(revisit))
    visit = look(uow, revisit, ticket)
    try:
        move = procedures.move_for(REVISIT, action, State(revisit.state), visit.facts, relations(uow, visit), given)
    except StepNotPossible as refusal:
        raise RevisitNotPossible(present=present(revisit), **refusal.params) from refusal
    running = queries.clocks_of(uow.session, [revisit.id]).get(revisit.id, [])
    revisit_clocks.catch_up(uow, revisit, ticket, running)
    _change(uow, visit, move, given, running)
    given_words = {name: given[name] for name in (*move.needs, *move.may_have) if given.get(name) not in (None, "")}
    kind = Kind.REVIEW_FAILED if move.when == "failed" else KIND_OF_ACTION[action]
    record(uow, revisit, ticket, kind, actor_area_id=_seat_acted_for(uow.caller, visit), **given_words)
    return revisit, ticket


def actions_for(uow: UnitOfWork, visit: Visit) -> list[Move]:
    """The steps the caller may take now."""
    if not permissions.may(uow.caller, Permission.STEP):
        return []
    return procedures.offered(REVISIT, State(visit.revisit.state), visit.facts, relations(uow, visit))


def reveal(uow: UnitOfWork, revisit_id: int, reason: str) -> dict[str, Any]:
    """Who rated, unmasked, for whoever has to call them; written down. Raises NotFound, Forbidden."""
    revisit, ticket = queries.get(uow.session, revisit_id, uow.caller)
    if Who.ASSIGNED not in relations(uow, look(uow, revisit, ticket)):
        raise Forbidden()
    report = uow.session.scalars(
        select(Report)
        .where(Report.ticket_id == ticket.id, Report.submitter_id == revisit.rater_id)
        .order_by(Report.anonymous.desc(), Report.id)
    ).first()
    if report is None or report.anonymous:
        raise Forbidden(sentence("这件报事是匿名的"))
    name, role = queries.rater_of(uow.session, revisit)
    uow.session.add(
        Unmasking(
            actor_id=uow.caller.person_id, subject_id=revisit.rater_id, ticket_id=ticket.id, reason=reason, at=uow.now
        )
    )
    return {"name": name, "role": role, "on_behalf_of": report.on_behalf_of}


def look(uow: UnitOfWork, revisit: Revisit, ticket: Ticket) -> Visit:
    """With what the rules ask, in two statements. Who has handled the ticket since it was opened counts as well."""
    handlers = queries.handlers_of(uow.session, revisit.id) | queries.who_handled(uow.session, ticket)
    facts = Facts(
        appealed=revisit.appealed_at is not None,
        appeal_open=revisits.in_appeal_window(revisit.done_at, uow.now, uow.policy(clocks.lineage(ticket))),
        from_level=_seen_from(uow.caller, ticket),
    )
    return Visit(revisit, ticket, frozenset(handlers), facts)


def relations(uow: UnitOfWork, visit: Visit) -> frozenset[Who]:
    """What the caller is to this revisit; whoever handled the ticket, or rated it, is no visitor."""
    actor, revisit = uow.caller, visit.revisit
    if actor.person_id == revisit.rater_id:
        return frozenset({Who.RATER})
    if actor.person_id in visit.handlers or actor.person_id == visit.ticket.about_person_id:
        return frozenset()
    found = set()
    at_desk = actor.role is Role.DISTRICT and actor.home_area_id is not None
    if revisit.seat_area_id is None:
        assigned = at_desk and actor.home_area_id == revisit.district_id
    else:
        assigned = any(seat.area_id == revisit.seat_area_id for seat in actor.seats)
    if assigned:
        found.add(Who.ASSIGNED)
    elif visit.facts.from_level is not None and visit.facts.from_level.rank < Level(revisit.seat_level).rank:
        found.add(Who.ABOVE)
    if actor.person_id not in (revisit.finder_id, revisit.reviewer_id):
        found.add(Who.FIRST_REVIEWER if revisit.reviewer_id is None else Who.SECOND_REVIEWER)
    return frozenset(found)


def present(revisit: Revisit) -> dict[str, Any]:
    """What a caller who was too late should look at now."""
    return {"id": revisit.id, "state": revisit.state, "version": revisit.version}


def _change(uow: UnitOfWork, visit: Visit, move: Move, given: Mapping[str, Any], running: list[RevisitClock]) -> None:
    revisit, caller = visit.revisit, uow.caller.person_id
    revisit_clocks.stop(uow, running, move.stops)
    revisit.version += 1
    if move.action is Action.FIND:
        revisit.outcome, revisit.evidence, revisit.finder_id = given["outcome"], given.get("evidence"), caller
    elif move.action is Action.RECTIFY:
        revisit.outcome = given.get("outcome") or revisit.outcome
    elif move.action is Action.REVIEW and move.when == "passed":
        if move.who is Who.FIRST_REVIEWER:
            revisit.reviewer_id = caller
        else:
            revisit.second_reviewer_id = caller
    elif move.action is Action.APPEAL:
        revisit.appealed_at = uow.now
    chain = chain_of(uow, visit.ticket) if move.ball in (Desk.UP, Desk.TAKER) else []
    if move.ball is Desk.UP:
        barred = {*visit.handlers, revisit.rater_id, *([revisit.finder_id] if revisit.finder_id else [])}
        above = revisits.assign(chain, Level(revisit.seat_level), barred, conflicted(visit.ticket))
        _give(revisit, chain, above)
    elif move.ball is Desk.TAKER:
        _give_to_taker(revisit, chain, uow.caller)
    if move.to is State.FINDING and move.action is not Action.CONTACT:  # found anew
        revisit.outcome = revisit.evidence = revisit.finder_id = revisit.reviewer_id = None
        revisit.second_reviewer_id = revisit.done_at = None
    if move.to is not None:
        revisit.state = move.to.value
    if move.to in REVISIT.ended:
        revisit.done_at = uow.now
    uow.session.flush()  # stopped limits must be written before new ones of their kind start
    revisit_clocks.begin(uow, revisit, visit.ticket, move.starts, after=max(clock.seq for clock in running))


def _give(revisit: Revisit, chain: list[Seat], stop: Stop | None) -> None:
    """To a seat, or to the district's desk; why is stored."""
    if stop is not None:
        revisit.seat_area_id, revisit.seat_level = stop.seat.area_id, stop.seat.level.value
        revisit.reasons = [reason.as_json() for reason in stop.reasons]
        return
    district = next((seat for seat in chain if seat.level is Level.DISTRICT), chain[0])
    revisit.seat_area_id, revisit.seat_level = None, Level.DISTRICT.value
    revisit.reasons = [Reason("revisit", district.title, district.area_name).as_json()]


def _give_to_taker(revisit: Revisit, chain: list[Seat], taker: Actor) -> None:
    """The smallest of the taker's seats around the ticket that is wider than where it was, else the desk."""
    held = {seat.area_id for seat in taker.seats}
    wider = [seat for seat in chain if seat.area_id in held and seat.level.rank < Level(revisit.seat_level).rank]
    if wider:
        seat = wider[-1]
        revisit.seat_area_id, revisit.seat_level = seat.area_id, seat.level.value
        revisit.reasons = [Reason("taken_over", seat.title, seat.area_name).as_json()]
    else:
        _give(revisit, chain, None)


def _seen_from(actor: Actor, ticket: Ticket) -> Level | None:
    """The widest level from which somebody looks over a ticket: a seat around it, or the desk of its district."""
    here = clocks.lineage(ticket)
    levels = [seat.level for seat in actor.seats if seat.area_id in here]
    if actor.role is Role.DISTRICT and actor.home_area_id in here:
        levels.append(Level.DISTRICT)
    return min(levels, key=lambda level: level.rank, default=None)


def _seat_acted_for(actor: Actor, visit: Visit) -> int | None:
    here = clocks.lineage(visit.ticket)
    held = [seat.area_id for seat in actor.seats if seat.area_id in here]
    return visit.revisit.seat_area_id if visit.revisit.seat_area_id in held else next(iter(held), None)
