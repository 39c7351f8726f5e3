"""Blowing a whistle: for what, where, from which seat, and which units are called until when.

What becomes of it afterwards is ``services/whistles.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporter.domain import areas as area_rules
from reporter.domain import attendance, coordinates, permissions
from reporter.domain.areas import Level
from reporter.domain.coordinates import Datum, Point
from reporter.domain.errors import (
    Forbidden,
    Invalid,
    LocationOutOfArea,
    MissingInput,
    NotFound,
    TicketEnded,
    sentence,
)
from reporter.domain.events import EventKind
from reporter.domain.permissions import HeldSeat, Permission
from reporter.domain.rulebook import Department, Lineage
from reporter.domain.statuses import ENDED as TICKET_ENDED
from reporter.domain.statuses import Status as TicketStatus
from reporter.domain.whistle_events import WhistleEventKind
from reporter.domain.whistles import SMALLEST_WHISTLER, CallStatus, Kind, Status, Turn
from reporter.models.areas import Area
from reporter.models.tickets import Ticket
from reporter.models.whistles import Whistle, WhistleCall
from reporter.queries import areas, tickets, whistles
from reporter.services import whistle_messages, whistle_scene, whistle_steps
from reporter.services.unit_of_work import UnitOfWork

CLOCK_SKEW = timedelta(minutes=5)  # phones run a little ahead of us
NO_DISTRICT_PREFIX = "GR"


@dataclass(frozen=True, slots=True)
class NewWhistle:
    """What somebody asks of whom. ``lead`` and ``helpers`` are codes of departments of the district; ``ticket`` the
    number of what it is for; ``where`` ``(lng, lat, datum)``, which a ticket has already."""

    client_request_id: str
    kind: Kind
    asked: str
    place: str
    lead: str
    helpers: tuple[str, ...] = ()
    ticket: str | None = None
    where: tuple[float, float, Datum] | None = None
    meet_at: datetime | None = None


def blow(uow: UnitOfWork, draft: NewWhistle) -> tuple[Whistle, bool]:
    """Call the units; the same key returns what it made the first time. Returns the whistle and whether it is new.

    Raises Forbidden (a seat of 社区 or wider blows, over what it holds or oversees), NotFound, TicketEnded,
    MissingInput, BadLocation and kin, LocationOutOfArea, Invalid.
    """
    permissions.require(uow.caller, Permission.BLOW_WHISTLE)
    before = whistles.by_key(uow.session, uow.caller.person_id, draft.client_request_id)
    if before is not None:
        return before, False
    seats = [seat for seat in uow.caller.seats if seat.level.reaches(SMALLEST_WHISTLER)]
    if not seats:
        raise Forbidden()
    ticket = _ticket(uow, draft.ticket) if draft.ticket is not None else None
    point = _point(draft, ticket)
    area, seat = _over_ticket(uow, ticket, seats) if ticket is not None else _over_place(uow, point, seats)
    if area.district_id is None:
        raise LocationOutOfArea(fields={"location": sentence("这个地点不在任何区内")})
    units = _units(uow, area.district_id, draft)
    _check_meeting(uow, draft, _lineage(area))

    whistle = _write(uow, draft, ticket, point, area, seat)
    scene = whistle_scene.of(uow, whistle, _calls(uow, whistle, units))
    if ticket is not None:
        ticket.whistles += 1
        ticket.version += 1
        uow.record(ticket, EventKind.NOTED, actor_area_id=seat.area_id, text=draft.asked, whistle=whistle.number)
    event = whistle_steps.record(
        uow, scene, WhistleEventKind.BLOWN, asked=draft.asked, units=[unit.code for unit in units]
    )
    uow.session.flush()  # messages refer to the event
    whistle_messages.tell(uow, scene, event, None, None)
    return whistle, True


def _ticket(uow: UnitOfWork, number: str) -> Ticket:
    """The open ticket it is for, locked. Raises NotFound naming ``ticket``, TicketEnded."""
    try:
        ticket = tickets.locked(uow.session, number, uow.caller)
    except NotFound as absent:
        raise NotFound(fields={"ticket": sentence("没有这个工单")}) from absent
    if TicketStatus(ticket.status) in TICKET_ENDED:
        raise TicketEnded(present={"number": ticket.number, "status": ticket.status})
    return ticket


def _point(draft: NewWhistle, ticket: Ticket | None) -> Point:
    if draft.where is not None:
        lng, lat, datum = draft.where
        coordinates.check(lng, lat)
        return coordinates.to_wgs84(lng, lat, datum)
    if ticket is None:
        raise MissingInput(fields={"location": sentence("请定位集合地点")})
    return Point(ticket.lng, ticket.lat)


def _over_ticket(uow: UnitOfWork, ticket: Ticket, seats: Sequence[HeldSeat]) -> tuple[Area, HeldSeat]:
    """Its area, and the smallest seat of the caller that holds it or oversees its holder. Raises Forbidden."""
    area = uow.session.get_one(Area, ticket.area_id)
    holder = Level(ticket.holder_level) if ticket.holder_level else Level.BUILDING  # a department stands beside it
    over = [
        seat
        for seat in seats
        if seat.area_id in _lineage(area) and (seat.area_id == ticket.holder_area_id or seat.level.rank < holder.rank)
    ]
    if not over:
        raise Forbidden()
    return area, over[-1]


def _over_place(uow: UnitOfWork, point: Point, seats: Sequence[HeldSeat]) -> tuple[Area, HeldSeat]:
    """The area of a place, and the smallest seat of the caller around it. Raises LocationOutOfArea."""
    around = areas.containing(uow.session, point, uow.today, uow.policy(()).snap_m)
    area = uow.session.get_one(Area, area_rules.place(around).area_id)
    over = [seat for seat in seats if seat.area_id in _lineage(area)]
    if not over:
        raise LocationOutOfArea(fields={"location": sentence("这个地点不在您的辖区内")})
    return area, over[-1]


def _lineage(area: Area) -> Lineage:
    """Ids of the areas a whistle there lies in, widest first."""
    ids = (area.city_id, area.district_id, area.street_id, area.community_id, area.grid_id)
    return [area_id for area_id in ids if area_id is not None]


def _units(uow: UnitOfWork, district_id: int, draft: NewWhistle) -> list[Department]:
    """The departments called, the lead first. Raises Invalid naming ``lead`` or ``helpers``."""
    lead = uow.book.department_in(district_id, draft.lead)
    if lead is None:
        raise Invalid(fields={"lead": sentence("没有这个部门")})
    helpers = [uow.book.department_in(district_id, code) for code in draft.helpers]
    found = [helper for helper in helpers if helper is not None]
    if len(found) != len(helpers):
        raise Invalid(fields={"helpers": sentence("没有这个部门")})
    if len({lead.id, *(helper.id for helper in found)}) != len(found) + 1:
        raise Invalid(fields={"helpers": sentence("一个单位只能叫一次")})
    return [lead, *found]


def _check_meeting(uow: UnitOfWork, draft: NewWhistle, here: Lineage) -> None:
    """Raises Invalid naming ``meet_at``."""
    if draft.meet_at is None:
        return
    if draft.meet_at < uow.now - CLOCK_SKEW:
        raise Invalid(fields={"meet_at": sentence("集合时间已经过了")})
    if draft.meet_at > uow.now + timedelta(days=uow.policy(here).whistle_ahead_days):
        raise Invalid(fields={"meet_at": sentence("集合时间太远")})


def _write(
    uow: UnitOfWork, draft: NewWhistle, ticket: Ticket | None, point: Point, area: Area, seat: HeldSeat
) -> Whistle:
    chain = areas.seats_by_id(uow.session, _lineage(area), uow.book, uow.now)
    prefix = next((one.number_prefix for one in chain if one.number_prefix), NO_DISTRICT_PREFIX)
    whistle = Whistle(
        number=whistles.next_number(uow.session, prefix, uow.today, uow.policy(_lineage(area)).number_digits),
        kind=draft.kind.value,
        status=Status.BLOWN.value,
        turn=Turn.UNITS.value,
        version=1,
        last_event=0,
        ticket_id=ticket.id if ticket else None,
        asked=draft.asked,
        place=draft.place,
        lng=point.lng,
        lat=point.lat,
        meet_at=draft.meet_at,
        area_id=area.id,
        city_id=area.city_id,
        district_id=area.district_id,
        street_id=area.street_id,
        community_id=area.community_id,
        grid_id=area.grid_id,
        blown_from_id=seat.area_id,
        blown_by_id=uow.caller.person_id,
        client_request_id=draft.client_request_id,
        blown_at=uow.now,
    )
    uow.session.add(whistle)
    uow.session.flush()  # calls and events refer to it
    return whistle


def _calls(uow: UnitOfWork, whistle: Whistle, units: Sequence[Department]) -> list[WhistleCall]:
    """The calls, the lead's first; the limit for signing in runs for all from now."""
    policy = uow.policy(whistle_scene.lineage(whistle))
    calendar = uow.book.calendar(policy)
    limit = policy.sign_in_limits[Kind(whistle.kind)]
    due = attendance.sign_in_due(uow.now, whistle.meet_at, limit, calendar)
    calls = [
        WhistleCall(
            whistle_id=whistle.id,
            department_id=unit.id,
            is_lead=unit is units[0],
            status=CallStatus.CALLED.value,
            limit_value=limit.value,
            limit_unit=limit.unit.value,
            calendar_version=calendar.version,
            provisional=due.provisional,
            sign_in_due_at=due.at,
            run_at=due.at + whistle_steps.JUST_AFTER,
        )
        for unit in units
    ]
    uow.session.add_all(calls)
    return calls
