"""A ticket as its reader may see it: names for staff, roles for others, personal details masked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from reporter.api import words
from reporter.domain import coordinates, lifecycle, privacy
from reporter.domain.areas import Level, Seat
from reporter.domain.coordinates import Datum, Point
from reporter.domain.duplicates import Similar
from reporter.domain.errors import Conflict
from reporter.domain.lifecycle import ENDED, STATUS_NAMES, Action, Move, Status
from reporter.domain.permissions import Actor, Role
from reporter.domain.ratings import check_may_rate
from reporter.models.areas import Department
from reporter.models.people import Person
from reporter.models.photos import Photo
from reporter.models.tickets import Clock, Hop, Rating, Report, Ticket
from reporter.queries import areas
from reporter.services import clocks
from reporter.services import lifecycle as steps
from reporter.services import scene as scenes
from reporter.services.landing import DEPARTMENT_OWNED
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork

MANNER = {  # which choices a form offers for a field of a step
    Action.REJECT: ("reason_code", lifecycle.REJECT_REASONS),
    Action.RETURN: ("reason_code", lifecycle.RETURN_REASONS),
}


def ticket(uow: UnitOfWork, row: Ticket, datum: Datum, scene: Scene | None = None) -> dict[str, Any]:
    """One ticket with chain, hops, clocks and the caller's actions; ``scene`` when it is in memory already."""
    scene = scene or scenes.load(uow, row)
    staff = uow.caller.is_staff
    names = _Names(uow, scene, staff)
    status = Status(row.status)
    open_hop = scene.open_hop
    here = clocks.lineage(row)
    return {
        "number": row.number,
        "status": row.status,
        "status_name": gettext(STATUS_NAMES[status]),
        "version": row.version,
        "category": {"code": scene.category.code, "name": words.category_name(scene.category)},
        "condition": {
            "no": scene.condition.no,
            "text": scene.condition.text,
            "close_condition": scene.condition.close_condition,
            "guard": scene.condition.guard,
        },
        "severity": row.severity,
        "source": row.source,
        "received_at": row.received_at,
        "due_at": row.due_at,
        "due_provisional": row.due_provisional,
        "response_due_at": row.response_due_at,
        "responded_at": row.responded_at,
        "overdue": is_overdue(row, uow.now),
        "closed_at": row.closed_at,
        "area_code": scene.chain[-1].area_code,
        "place": place_of(scene.chain),
        "flags": row.place_flags,
        "location": location(Point(row.lng, row.lat), datum),
        "chain": chain(scene.chain, staff),
        "holder": names.of(open_hop),
        "reason": words.sentence_of(open_hop.reasons) if open_hop else "",
        "accountable": names.of_seat(row.accountable_area_id),
        "hops": [_hop(hop, names, uow.now) for hop in scene.hops],
        "clocks": [_clock(clock, uow.now) for clock in scene.clocks],
        "actions": [_action(uow, scene, move) for move in steps.actions_for(uow, scene)],
        **_told(uow, scene, staff),
        "joins": row.joins,
        "reworks": row.reworks,
        "emergency": words.prompt_shown(uow.book.prompts.get(row.emergency or "")),
        **_rating(uow, scene, here),
        "synthetic": scene.chain[-1].synthetic,
    }


def is_overdue(row: Ticket, now: datetime) -> bool:
    return Status(row.status) not in ENDED and row.solved_at is None and row.due_at is not None and row.due_at < now


def location(point: Point, datum: Datum) -> dict[str, Any]:
    lng, lat = coordinates.from_wgs84(point, datum)
    return {"lng": round(lng, 6), "lat": round(lat, 6), "coord_type": datum.value}


def place_of(seats: Sequence[Seat]) -> str:
    """Street, community and below, in words."""
    return " ".join(seat.area_name for seat in seats if seat.level.rank >= Level.STREET.rank)


def chain(seats: Sequence[Seat], staff: bool) -> list[dict[str, Any]]:
    """Names for staff; for everybody else only which role sits there."""
    return [
        {
            "level": seat.level.value,
            "role": gettext(seat.title),
            "area_code": seat.area_code,
            "area_name": seat.area_name,
            "seat": {
                "holder": (seat.holder.name if staff else gettext(seat.title)) if seat.holder else None,
                "vacant": seat.vacant,
                "deputy": (seat.deputy.name if staff else gettext("副手")) if seat.deputy else None,
            },
        }
        for seat in seats
    ]


def similar(uow: UnitOfWork, found: Sequence[Similar]) -> list[dict[str, Any]]:
    """The public projection: number, category, distance, status."""
    return [
        {
            "number": item.known.number,
            "category": item.known.category,
            "category_name": words.category_name(uow.book.category(item.known.category, uow.today)),
            "distance_m": round(item.metres, 1),
            "status": item.known.status,
            "status_name": gettext(STATUS_NAMES[Status(item.known.status)]),
            "joins": item.known.joins,
        }
        for item in found
    ]


def photo(row: Photo) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "width": row.width,
        "height": row.height,
        "url": f"/api/v1/photos/{row.id}",
        "thumbnail_url": f"/api/v1/photos/{row.id}/thumbnail",
    }


class _Names:
    """What to call a holder, loaded for all hops of a ticket at once."""

    def __init__(self, uow: UnitOfWork, scene: Scene, staff: bool):
        self._staff = staff
        seats = {seat.area_id: seat for seat in scene.chain}
        elsewhere = {hop.area_id for hop in scene.hops if hop.area_id and hop.area_id not in seats}
        if elsewhere:
            found = areas.seats_by_id(uow.session, list(elsewhere), uow.book, uow.now)
            seats.update({seat.area_id: seat for seat in found})
        self._seats = seats
        departments = {hop.department_id for hop in scene.hops if hop.department_id}
        self._departments = {
            row.id: row
            for row in (
                uow.session.scalars(select(Department).where(Department.id.in_(departments))) if departments else ()
            )
        }
        people = {hop.person_id for hop in scene.hops if hop.person_id} if staff else set()
        self._people: dict[int, str] = (
            {
                row.id: row.name
                for row in uow.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
            }
            if people
            else {}
        )

    def of(self, hop: Hop | None) -> dict[str, Any] | None:
        if hop is None:
            return None
        if hop.department_id is not None:
            row = self._departments[hop.department_id]
            name = row.name_en if words.english() else row.name
            return {"level": "department", "area_code": None, "department_code": row.code, "role": name, "name": name}
        shown = self.of_seat(hop.area_id or 0)
        if self._staff and hop.person_id:
            shown["name"] = self._people.get(hop.person_id)
        return shown

    def of_seat(self, area_id: int) -> dict[str, Any]:
        seat = self._seats[area_id]
        acting = seat.acting()
        title = gettext(seat.title)
        return {
            "level": seat.level.value,
            "area_code": seat.area_code,
            "department_code": None,
            "role": title,
            "name": (acting.name if acting else None) if self._staff else title,
        }


def _hop(hop: Hop, names: _Names, now: datetime) -> dict[str, Any]:
    return {
        "seq": hop.seq,
        "holder": names.of(hop),
        "via": hop.via,
        "reason": words.sentence_of(hop.reasons),
        "reasons": words.reasons_shown(hop.reasons),
        "started_at": hop.started_at,
        "ended_at": hop.ended_at,
        "seconds": int(((hop.ended_at or now) - hop.started_at).total_seconds()),
        "overdue_here": hop.overdue_here,
        "response_missed": hop.response_missed,
    }


def _clock(clock: Clock, now: datetime) -> dict[str, Any]:
    state = "stopped" if clock.stopped_at else "running"
    if state == "running" and clock.due_at and clock.due_at < now:
        state = "overdue"
    elif state == "running" and clock.at_risk_at:
        state = "at_risk"
    return {
        "kind": clock.kind,
        "state": state,
        "limit": {"value": clock.limit_value, "unit": clock.limit_unit},
        "source": clock.source,
        "daytime_only": clock.daytime_only,
        "provisional": clock.provisional,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "reminded_at": clock.reminded_at,
        "at_risk_at": clock.at_risk_at,
        "overdue_at": clock.overdue_at,
    }


def _action(uow: UnitOfWork, scene: Scene, move: Move) -> dict[str, Any]:
    """A step as a form can show it: its fields, which must be filled, and what to choose from."""
    needs = lifecycle.needs_of(move, scene.facts)
    fields = []
    for name in (*needs, *(extra for extra in move.may_have if extra not in needs)):
        fields.append({"name": name, "required": name in needs, "choices": _choices(uow, scene, move, name)})
    return {"action": move.action.value, "name": gettext(lifecycle.ACTION_NAMES[move.action]), "fields": fields}


def _choices(uow: UnitOfWork, scene: Scene, move: Move, name: str) -> list[dict[str, Any]] | None:
    field, codes = MANNER.get(move.action, ("", {}))
    if name == field:
        return [{"value": code, "name": gettext(text)} for code, text in codes.items()]
    if name == "to":
        return _receivers(uow, scene)
    return None


def _receivers(uow: UnitOfWork, scene: Scene) -> list[dict[str, Any]]:
    """Where the holder may send it: the filled seats of the chain below, and departments if one owns it."""
    holder = Level(scene.ticket.holder_level) if scene.ticket.holder_level else Level.NEIGHBOURHOOD
    found = [
        {"value": f"seat:{seat.area_code}", "name": f"{gettext(seat.title)} {seat.area_name}"}
        for seat in scene.chain
        if seat.level.rank > holder.rank and seat.acting(scene.conflicted)
    ]
    if holder.reaches(Level.GRID) and scene.category.owner_level in DEPARTMENT_OWNED:
        owner = uow.book.department_code(scene.category)
        rows = uow.session.scalars(
            select(Department).where(Department.district_id == scene.ticket.district_id).order_by(Department.id)
        ).all()
        for row in sorted(rows, key=lambda row: row.code != owner):
            found.append({"value": f"department:{row.code}", "name": row.name_en if words.english() else row.name})
    return found


def _told(uow: UnitOfWork, scene: Scene, staff: bool) -> dict[str, Any]:
    """What was reported, by whom as far as the reader may know, and the photos before and after."""
    rows = uow.session.execute(
        select(Report, Person)
        .join(Person, Person.id == Report.submitter_id)
        .where(Report.ticket_id == scene.ticket.id)
        .order_by(Report.id)
    ).all()
    photos = uow.session.scalars(
        select(Photo).where(Photo.ticket_id == scene.ticket.id, Photo.state != "refused").order_by(Photo.created_at)
    ).all()
    reports = []
    for report, person in rows:
        own = report.submitter_id == uow.caller.person_id
        if not staff and not own and report.joined:
            continue  # who else joined is nobody's business; how many did is a number
        reports.append(
            {
                "text": report.text if own else privacy.mask_numbers_in(report.text or "") or None,
                "address": report.address,
                "source": report.source,
                "submitter": _submitter(report, person, own, staff),
                "received_at": report.received_at,
                "observed_at": report.observed_at,
                "joined": report.joined,
                "photos": [photo(one) for one in photos if one.report_id == report.id],
            }
        )
    return {"reports": reports, "photos_after": [photo(one) for one in photos if one.event_seq is not None]}


def _submitter(report: Report, person: Person, own: bool, staff: bool) -> dict[str, Any] | None:
    if not own and (report.anonymous or not staff):
        return None
    behalf = report.on_behalf_of
    return {
        "role": person.role,
        "name": person.name if own else privacy.mask_name(person.name),
        "on_behalf_of": (behalf if own else privacy.mask_name(behalf)) if behalf else None,
    }


def _rating(uow: UnitOfWork, scene: Scene, here: Sequence[int]) -> dict[str, Any]:
    """The caller's own rating, and whether there is still one to give."""
    closed = scene.ticket.closed_at is not None
    mine = uow.session.get(Rating, (scene.ticket.id, uow.caller.person_id)) if closed else None
    return {
        "rating": mine,
        "may_rate": reported_by(scene, uow.caller) and rating_open(uow, scene.ticket, mine, here),
    }


def rating_open(uow: UnitOfWork, row: Ticket, mine: Rating | None, here: Sequence[int]) -> bool:
    """Whether the caller's rating, or a change of it, would be taken now."""
    try:
        check_may_rate(
            row.closed_at,
            mine.rated_at if mine else None,
            mine.changed_at if mine else None,
            uow.now,
            uow.policy(here),
        )
    except Conflict:
        return False
    return True


def reported_by(scene: Scene, actor: Actor) -> bool:
    rates = actor.role in (Role.RESIDENT, Role.RIDER, Role.LEAD)
    return rates and any(person_id == actor.person_id for person_id, _ in scene.reporters)
