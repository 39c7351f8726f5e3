"""A report comes in: located, compared, routed, numbered, timed and told, in one transaction. ★

Whoever gets a number has a ticket with a holder and a deadline. Source: ``decisions.md`` “Who gets
it”, “Clocks”, “Number, key, join”, “Coordinates”.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporter.domain import areas as area_rules
from reporter.domain import catalogue, coordinates, permissions, routing
from reporter.domain.areas import Level, Placement, Seat
from reporter.domain.coordinates import Datum, Point
from reporter.domain.duplicates import Similar
from reporter.domain.errors import Invalid, sentence
from reporter.domain.events import EventKind
from reporter.domain.lifecycle import ClockKind
from reporter.domain.permissions import Actor, Permission, Role
from reporter.domain.rulebook import Category, Condition
from reporter.domain.statuses import Status
from reporter.models.tickets import Report, Ticket
from reporter.queries import areas, tickets
from reporter.services import ball, clocks, joining, messages, nearness, photos, scene
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork

NO_DISTRICT_PREFIX = "T"  # for a tree that does not say one; still a unique series of its own
CLOCK_SKEW = timedelta(minutes=5)  # phones run a little ahead of us


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to tell us. ``datum`` says what ``lng`` and ``lat`` mean."""

    client_request_id: str
    lng: float
    lat: float
    datum: Datum
    accuracy_m: float | None = None
    text: str | None = None
    category: str | None = None
    condition: int | None = None
    photo_ids: tuple[str, ...] = ()
    observed_at: datetime | None = None
    address: str | None = None
    anonymous: bool = False
    on_behalf_of: str | None = None
    join: str | None = None
    external_no: str | None = None
    about: str | None = None  # "seat:CODE" whose people the matter is about


@dataclass(frozen=True, slots=True)
class Receipt:
    """``first`` is False when the same key was answered before."""

    ticket: Ticket
    report: Report
    first: bool
    similar: Sequence[Similar] = ()
    scene: Scene | None = None  # what was just written, so that answering need not read it again


def submit(uow: UnitOfWork, draft: Draft) -> Receipt:
    """Take in a report: the first half of a ticket's life, in order.

    Two resends that race both get here; the loser breaks the unique key, and its second try, which the
    edge makes, finds what the first stored. Raises Forbidden, Invalid and its kin (each names
    its field), LocationOutOfArea, and for a join NotFound or TicketEnded. Nothing is stored when it raises.
    """
    permissions.require(uow.caller, Permission.SUBMIT)
    before = _received_before(uow, draft)
    if before is not None:
        return before
    _check(uow, draft)
    point = coordinates.to_wgs84(draft.lng, draft.lat, draft.datum)

    if draft.join is not None:
        return _join(uow, draft, point)

    placement, chain = _locate(uow, draft, point)
    here = [seat.area_id for seat in chain]
    triage = draft.category in (None, uow.book.fallback_code)
    category = uow.book.category(draft.category or uow.book.fallback_code, uow.today)
    condition = uow.book.condition(category, draft.condition, here, uow.today)
    similar = (
        nearness.around(uow, point, None)  # nobody has said what it is: anything that near may be it
        if triage
        else nearness.of_category(uow, point, category, draft.accuracy_m or 0.0, uow.policy(here))
    )

    about = _about(uow, draft)
    decision = routing.route(
        chain,
        category.first_level,
        conflicted=about,
        triage=triage,
        coarse="inaccurate" in placement.flags,
    )
    ticket = _open(uow, draft, point, placement, chain, category, condition, decision, min(about, default=None))
    hops = ball.open_with(uow, ticket, decision, via="filed")
    timed = [
        clocks.start(
            uow,
            ticket,
            kind,
            condition,
            seq=seq,
            hop_seq=hops[-1].seq,
            level=decision.holder.seat.level,
            started_at=uow.now,
        )
        for seq, kind in enumerate((ClockKind.RESPONSE, ClockKind.RESOLVE), start=1)
    ]
    report = write_report(uow, draft, ticket, joined=False)
    event = uow.record(
        ticket,
        EventKind.FILED,
        hop_seq=hops[-1].seq,
        source=report.source,
        category=category.code,
        condition=condition.no,
    )
    messages.tell(
        uow,
        ticket,
        event,
        hops[-1],
        chain,
        submitters=[uow.caller.person_id],
        conflicted=about,
        holder=decision.holder.seat.title,
        category=category.name,
    )
    uow.session.flush()  # photos refer to the report
    photos.attach(uow, draft.photo_ids, ticket, uow.policy(here), report=report)
    filed = scene.of(uow, ticket, chain, hops, timed, [(report.submitter_id, False)], bool(draft.photo_ids))
    return Receipt(ticket, report, True, similar, filed)


def _received_before(uow: UnitOfWork, draft: Draft) -> Receipt | None:
    """What this key, or this order of the hotline, became the first time."""
    found = tickets.report_by_key(uow.session, uow.caller.person_id, draft.client_request_id)
    if found is None and draft.external_no is not None:
        found = tickets.report_by_external_no(uow.session, uow.caller.person_id, draft.external_no)
    return Receipt(found[0], found[1], False) if found else None


def _check(uow: UnitOfWork, draft: Draft) -> None:
    """What is wrong whatever the place. Raises BadLocation, Invalid."""
    coordinates.check(draft.lng, draft.lat)
    if draft.observed_at is not None:
        back = timedelta(days=uow.policy(()).observed_back_days)
        if draft.observed_at > uow.now + CLOCK_SKEW:
            raise Invalid(fields={"observed_at": sentence("发现时间不能在将来")})
        if draft.observed_at < uow.now - back:
            raise Invalid(fields={"observed_at": sentence("发现时间太久远")})
    if draft.condition is not None and draft.category is None:
        raise Invalid(fields={"condition": sentence("选了情形就要选类别")})
    if draft.external_no is not None:
        permissions.require(uow.caller, Permission.REGISTER_HOTLINE)


def _locate(uow: UnitOfWork, draft: Draft, point: Point) -> tuple[Placement, list[Seat]]:
    """The area and its chain of seats. A coarse fix goes no deeper than the community."""
    placement = area_rules.place(areas.containing(uow.session, point, uow.today, uow.policy(()).snap_m))
    chain = areas.chain_of(uow.session, placement.area_id, uow.book, uow.now)
    coarse = uow.policy([seat.area_id for seat in chain]).coarse_accuracy_m
    if draft.accuracy_m is not None and draft.accuracy_m > coarse:
        chain = area_rules.up_to(chain, Level.COMMUNITY)
        placement = Placement(chain[-1].area_id, (*placement.flags, "inaccurate"))
    return placement, chain


def _about(uow: UnitOfWork, draft: Draft) -> frozenset[int]:
    """The person the matter is about, who must neither handle nor see it. Raises Invalid."""
    if draft.about is None:
        return frozenset()
    kind, _, code = draft.about.partition(":")
    area = areas.by_code(uow.session, code) if kind == "seat" else None
    seats = areas.seats_by_id(uow.session, [area.id], uow.book, uow.now) if area else []
    if not seats or seats[0].holder is None:
        raise Invalid(fields={"about": sentence("没有这个岗位")})
    return frozenset({seats[0].holder.person_id})


def _open(
    uow: UnitOfWork,
    draft: Draft,
    point: Point,
    placement: Placement,
    chain: Sequence[Seat],
    category: Category,
    condition: Condition,
    decision: routing.Decision,
    about: int | None,
) -> Ticket:
    policy = uow.policy([seat.area_id for seat in chain])
    prefix = next((seat.number_prefix for seat in chain if seat.number_prefix), NO_DISTRICT_PREFIX)
    spoken = catalogue.emergency(draft.text or "", uow.book.words, uow.book.matching["traditional"])
    ticket = Ticket(
        number=tickets.next_number(uow.session, prefix, uow.today, policy.number_digits),
        status=(Status.REPORTED if category.code == uow.book.fallback_code else Status.DISPATCHED).value,
        category_id=category.id,
        category_code=category.code,
        condition_id=condition.id,
        severity=condition.severity,
        sensitive=category.sensitive or about is not None,
        emergency=category.emergency_divert or spoken,
        source=source_of(uow.caller, draft),
        about_person_id=about,
        area_id=placement.area_id,
        lng=point.lng,
        lat=point.lat,
        accuracy_m=draft.accuracy_m or 0.0,
        place_flags=list(placement.flags),
        accountable_area_id=decision.accountable.seat.area_id,
        received_at=uow.now,
        last_event=0,
        **{f"{seat.level.value}_id": seat.area_id for seat in chain},
    )
    ball.hold(ticket, ball.landing_of(decision.holder))
    tickets.write(uow.session, ticket)
    return ticket


def write_report(uow: UnitOfWork, draft: Draft, ticket: Ticket, *, joined: bool) -> Report:
    """The submitter's words and place exactly as they came, beside the ticket they belong to."""
    report = Report(
        ticket_id=ticket.id,
        joined=joined,
        submitter_id=uow.caller.person_id,
        client_request_id=draft.client_request_id,
        source=source_of(uow.caller, draft),
        external_no=draft.external_no,
        on_behalf_of=draft.on_behalf_of,
        anonymous=draft.anonymous,
        text=draft.text,
        address=draft.address,
        category_given=draft.category,
        raw_lng=draft.lng,
        raw_lat=draft.lat,
        datum=draft.datum.value,
        accuracy_m=draft.accuracy_m,
        observed_at=draft.observed_at,
        received_at=uow.now,
    )
    uow.session.add(report)
    return report


def _join(uow: UnitOfWork, draft: Draft, point: Point) -> Receipt:
    """The report belongs to a known ticket: it carries that number and nothing is routed again."""
    ticket = joining.joinable(uow, draft.join or "")
    joining.check_near(uow, ticket, point, draft.accuracy_m or 0.0)
    report = write_report(uow, draft, ticket, joined=True)
    uow.session.flush()  # photos refer to the report
    photos.attach(uow, draft.photo_ids, ticket, uow.policy(clocks.lineage(ticket)), report=report)
    joining.record_join(uow, ticket)
    return Receipt(ticket, report, True)


def source_of(actor: Actor, draft: Draft) -> str:
    """Who it came through: hotline, on behalf, rider, resident or patrol."""
    if draft.external_no is not None:
        return "hotline"
    if draft.on_behalf_of is not None:
        return "on_behalf"
    return {Role.RIDER: "rider", Role.LEAD: "patrol", Role.INTEGRATOR: "transfer"}.get(actor.role, "resident")
