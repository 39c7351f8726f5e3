"""Merging one ticket into another, and taking it out again; the rules are ``domain/merging.py``.

The reports of a merged ticket stay on it. Whoever reported it sees, hears and rates the main one as if they had
joined it (``queries/tickets.family``). A ticket that is taken out goes on with its own limit: its resolve clock is
told again from its beginning with the time while it was merged left out, so that nobody is charged for that time.
"""

from collections.abc import Mapping
from typing import Any

from reporter.domain import merging as rules
from reporter.domain.actions import Action
from reporter.domain.coordinates import Point
from reporter.domain.errors import Invalid, sentence
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.merging import Side
from reporter.domain.statuses import ENDED, Status
from reporter.models.tickets import Hop, Ticket
from reporter.queries import merging as together
from reporter.queries import tickets
from reporter.services import ball, clocks, demand, messages
from reporter.services.nearness import kinds_of
from reporter.services.steps.hooks import Hook, Step
from reporter.services.unit_of_work import UnitOfWork


def locked(uow: UnitOfWork, number: str, action: Action, given: Mapping[str, Any]) -> Ticket:
    """The ticket of a step, locked; a merge locks all it changes in one order. Raises NotFound, StaleVersion."""
    if action is Action.MERGE and given.get("into"):
        return together.locked_together(uow.session, number, str(given["into"]), uow.caller)
    if action is Action.UNMERGE:
        return together.locked_together(uow.session, number, None, uow.caller)
    return tickets.locked(uow.session, number, uow.caller)


def side(uow: UnitOfWork, ticket: Ticket, submitter_id: int | None = None) -> Side:
    """A ticket as the rules of merging see it; its first submitter is looked up when not given."""
    category = uow.book.category_by_id(ticket.category_id)
    policy = uow.policy(clocks.lineage(ticket))
    main = uow.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id is not None else None
    return Side(
        number=ticket.number,
        status=Status(ticket.status),
        severity=ticket.severity,
        received_at=ticket.received_at,
        closed_at=ticket.closed_at,
        kinds=kinds_of(uow, category),
        small=category.kind == "neighbourhood" and ticket.severity <= policy.small_matter_max_severity,
        sensitive=ticket.sensitive,
        submitter_id=submitter_id or tickets.first_submitter(uow.session, ticket.id),
        point=Point(ticket.lng, ticket.lat),
        accuracy_m=ticket.accuracy_m,
        building_id=ticket.building_id,
        main=main.number if main is not None else None,
    )


def _main(step: Step) -> Ticket:
    """The ticket to merge into; one the caller may not see looks absent. Raises Invalid naming ``into``."""
    with step.uow.session.no_autoflush:  # the ticket may be on its way: merged already, into nothing yet
        main = tickets.seen_by(step.uow.session, str(step.given["into"]), step.uow.caller)
    if main is None:
        raise Invalid(fields={"into": sentence("没有这个工单")})
    return main


def _may_merge(step: Step) -> None:
    uow, main = step.uow, _main(step)
    radius = uow.book.category_by_id(main.category_id).duplicate_radius_m
    window = uow.policy(clocks.lineage(main)).duplicate_window(main.category_code)
    rules.check(
        side(uow, step.ticket),
        side(uow, main),
        radius,
        window,
        uow.book.look_alikes.indoors,
        step.given.get("note"),
        uow.now,
    )


def _merge(step: Step) -> None:
    uow, ticket, main = step.uow, step.ticket, _main(step)
    ticket.merged_into_id = main.id
    moved = together.followers_of(uow.session, ticket.id)
    newcomers = _newcomers(uow, main, [ticket, *moved])
    for follower in moved:
        follower.merged_into_id = main.id
        follower.version += 1
        event = uow.record(follower, EventKind.MERGED, into=main.number, moved_with=ticket.number)
        uow.session.flush()  # messages refer to the event
        messages.tell(uow, follower, event, None, (), main=main.number)
    step.filling["main"] = main.number
    _tell_main(uow, main, EventKind.ABSORBED, ticket, newcomers)


def _part(step: Step) -> None:
    """Before the ball moves: an open ticket has no end and no main one."""
    ticket = step.ticket
    main = step.uow.session.get_one(Ticket, ticket.merged_into_id)
    step.data["from"] = main.number
    _tell_main(step.uow, main, EventKind.RELEASED, ticket, -_newcomers(step.uow, main, [ticket]))
    ticket.merged_into_id = ticket.ended_at = ticket.solved_at = ticket.solved_on_time = None


def _newcomers(uow: UnitOfWork, main: Ticket, coming: list[Ticket]) -> int:
    """How many of those who reported ``coming`` have not reported the main one, or what else is merged into it."""
    ids = {ticket.id for ticket in coming}
    others = {main.id, *(ticket.id for ticket in together.followers_of(uow.session, main.id))} - ids
    return len(together.submitters_of(uow.session, ids) - together.submitters_of(uow.session, others))


def _tell_main(uow: UnitOfWork, main: Ticket, kind: EventKind, follower: Ticket, newcomers: int) -> None:
    """The main one counts its new voices; whoever has it hears which ticket came or went."""
    main.joins = max(0, main.joins + newcomers)
    main.version += 1
    hop = _open_hop(uow, main)
    event = uow.record(main, kind, hop_seq=hop.seq if hop else None, follower=follower.number, joins=main.joins)
    uow.session.flush()  # messages refer to the event
    messages.tell(uow, main, event, hop, (), follower=follower.number)
    demand.weigh(uow, main, hop)


def _open_hop(uow: UnitOfWork, ticket: Ticket) -> Hop | None:
    if Status(ticket.status) in ENDED:
        return None
    return next(hop for hop in ball.hops_of(uow, ticket) if hop.ended_at is None)


def _go_on(step: Step) -> None:
    """The resolve clock of before goes on where it was when the ticket was merged."""
    before = together.resolve_clock(step.uow.session, step.ticket.id)
    if before is None or step.after is None:
        return
    seq = max(clock.seq for clock in step.scene.clocks) + 1
    step.scene.clocks.append(clocks.go_on(step.uow, step.ticket, before, seq=seq, hop_seq=step.after.seq))


def _filed_again(step: Step) -> None:
    """立案 counts from when the report came in; of a ticket that was taken out, without the time it was merged."""
    timed = [clock for clock in step.scene.clocks if clock.kind == ClockKind.RESOLVE.value]
    if len(timed) > 1 and any(hop.via == Action.UNMERGE.value for hop in step.scene.hops):
        step.uow.session.flush()  # the first tick of the clock that has begun comes before what is told again
        clocks.leave_out(step.uow, step.ticket, timed[-1], timed[-2])


HOOKS = {
    Action.ACCEPT: Hook(finish=_filed_again),
    Action.MERGE: Hook(check=_may_merge, change=_merge),
    Action.UNMERGE: Hook(prepare=_part, finish=_go_on),
}
