"""A report comes in: located, compared, routed, numbered, timed and told, in one transaction. ★

Whoever gets a number has a ticket with a holder and a deadline. Source: ``decisions.md`` “Who gets
it”, “Clocks”, “Number, key, join”, “Coordinates”.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reporter.db import plain
from reporter.domain import catalogue, permissions
from reporter.domain.areas import Placement, Seat
from reporter.domain.coordinates import Point
from reporter.domain.deciding import Verdict
from reporter.domain.duplicates import Similar
from reporter.domain.errors import Refusal
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import clocks_when_filed
from reporter.domain.permissions import Permission
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Category, Condition
from reporter.domain.statuses import Status
from reporter.models.tickets import Report, Ticket
from reporter.queries import filing, surroundings, tickets
from reporter.queries.filing import Filing, Series
from reporter.services import ball, clocks, deciding, drafts, joining, messages, nearness, photos, scene
from reporter.services.drafts import Draft
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork, next_event

NO_DISTRICT_PREFIX = "T"  # for a tree that does not say one; still a unique series of its own


@dataclass(frozen=True, slots=True)
class Receipt:
    """``first`` is False when the same key was answered before."""

    ticket: Ticket
    report: Report
    first: bool
    similar: Sequence[Similar] = ()
    scene: Scene | None = None  # what was just written, so that answering need not read it again


def submit(uow: UnitOfWork, draft: Draft) -> Receipt:
    """Take in a report. The same key is answered with what it became, whatever is wrong with the body by now.

    Two resends that race both get here; the loser breaks the unique key, and its second try, which the
    edge makes, finds what the first stored. Raises Forbidden, Invalid and its kin (each names
    its field), LocationOutOfArea, and for a join NotFound or TicketEnded. Nothing is stored when it raises.
    """
    permissions.require(uow.caller, Permission.SUBMIT)
    if draft.join is not None:
        return _received_before(uow, draft) or _join(uow, draft, draft.join)
    try:
        return _file(uow, draft)
    except Refusal:  # raised before anything is written
        before = _received_before(uow, draft)
        if before is None:
            raise
        return before


def _file(uow: UnitOfWork, draft: Draft) -> Receipt:
    """The first half of a ticket's life, in order: three statements on PostgreSQL, the caller's included."""
    point = drafts.point(uow, draft)
    named = drafts.category_named(uow, draft)
    around = surroundings.look(
        uow.session,
        uow.book,
        point,
        nearness.vicinity(uow, named),
        submitter_id=uow.caller.person_id,
        client_request_id=draft.client_request_id,
        external_no=draft.external_no,
        now=uow.now,
        today=uow.today,
    )
    if around.received_before:
        before = _received_before(uow, draft)
        assert before is not None
        return before

    placement, chain = deciding.locate(uow, point, draft.accuracy_m, around)
    here = [seat.area_id for seat in chain]
    policy = uow.policy(here)
    category = named or uow.book.category(uow.book.fallback_code, uow.today)
    condition = uow.book.condition(category, draft.condition, here, uow.today)
    about = drafts.about(uow, draft)
    pictures = photos.loose(uow, draft.photo_ids, policy)
    verdict = deciding.decide(
        uow,
        chain,
        category,
        condition,
        drafts.source_of(uow.caller, draft),
        flags=placement.flags,
        conflicted=about,
        triage=named is None,
    )
    way = ball.way_of(verdict)

    ticket = _ticket(uow, draft, point, placement, chain, category, condition, verdict, min(about, default=None))
    hops = ball.first_hops(ticket, way, "filed", uow.now)
    timed = [
        clocks.begin(
            uow,
            ticket,
            kind,
            condition,
            seq=seq,
            hop_seq=hops[-1].seq,
            level=way[-1].level,
            started_at=uow.now,
        )
        for seq, kind in enumerate(clocks_when_filed(Status(ticket.status)), start=1)
    ]
    report = drafts.report(uow, draft, joined=False)
    event = next_event(
        ticket,
        EventKind.FILED,
        uow.now,
        uow.caller,
        hop_seq=hops[-1].seq,
        data={"source": report.source, "category": category.code, "condition": condition.no},
    )
    told = messages.called_for(
        uow,
        ticket,
        event,
        hops[-1],
        chain,
        submitters=[uow.caller.person_id],
        conflicted=about,
        holder=way[-1].title,
        category=category.name,
    )
    ticks = [clocks.first_tick(clock) for clock in timed]
    numbers = series(uow, chain, policy)
    filing.write(uow.session, Filing(numbers, ticket, report, hops, timed, ticks, event, told))
    photos.bind(pictures, ticket, report=report)

    filed = scene.filed(uow, ticket, [*chain, *verdict.elsewhere(chain)], hops, timed, report, pictures)
    similar = nearness.alike(uow, point, named, draft.accuracy_m or 0.0, policy, around.near, ticket.building_id)
    return Receipt(ticket, report, True, similar, filed)


def _received_before(uow: UnitOfWork, draft: Draft) -> Receipt | None:
    """What this key, or this order of the hotline, became the first time."""
    found = tickets.report_by_key(uow.session, uow.caller.person_id, draft.client_request_id)
    if found is None and draft.external_no is not None:
        found = tickets.report_by_external_no(uow.session, uow.caller.person_id, draft.external_no)
    return Receipt(found[0], found[1], False) if found else None


def series(uow: UnitOfWork, chain: Sequence[Seat], policy: Policy) -> Series:
    """Which numbers tickets of a place get."""
    prefix = next((seat.number_prefix for seat in chain if seat.number_prefix), NO_DISTRICT_PREFIX)
    return Series(prefix, uow.today, policy.number_digits)


def _ticket(
    uow: UnitOfWork,
    draft: Draft,
    point: Point,
    placement: Placement,
    chain: Sequence[Seat],
    category: Category,
    condition: Condition,
    verdict: Verdict,
    about: int | None,
) -> Ticket:
    spoken = catalogue.emergency(draft.text or "", uow.book.words, uow.book.matching["traditional"])
    return plain(
        Ticket,
        status=(Status.REPORTED if category.code == uow.book.fallback_code else Status.DISPATCHED).value,
        version=1,
        category_id=category.id,
        category_code=category.code,
        condition_id=condition.id,
        severity=condition.severity,
        sensitive=category.sensitive or about is not None,
        emergency=category.emergency_divert or spoken,
        source=drafts.source_of(uow.caller, draft),
        about_person_id=about,
        area_id=placement.area_id,
        lng=point.lng,
        lat=point.lat,
        accuracy_m=draft.accuracy_m or 0.0,
        place_flags=list(placement.flags),
        accountable_area_id=verdict.accountable.seat.area_id,
        received_at=uow.now,
        joins=0,
        reworks=0,
        last_event=0,
        **{f"{seat.level.value}_id": seat.area_id for seat in chain},
    )


def _join(uow: UnitOfWork, draft: Draft, number: str) -> Receipt:
    """The report belongs to a known ticket: it carries that number and nothing is routed again."""
    point = drafts.point(uow, draft)
    ticket = joining.joinable(uow, number)
    joining.check_near(uow, ticket, point, draft.accuracy_m or 0.0)
    report = drafts.report(uow, draft, joined=True)
    report.ticket_id = ticket.id
    uow.session.add(report)
    uow.session.flush()  # photos refer to the report
    photos.attach(uow, draft.photo_ids, ticket, uow.policy(clocks.lineage(ticket)), report=report)
    joining.record_join(uow, ticket)
    return Receipt(ticket, report, True)
