"""A whistle as its reader may see it. Who sees one is staff, so its people are named; where they stood is not shown."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from reporter.api import shown, whistle_briefs, words
from reporter.api.words import gettext
from reporter.domain.coordinates import Datum, Point
from reporter.domain.procedures import Move
from reporter.domain.whistle_events import EVENT_NAMES, WhistleEventKind
from reporter.domain.whistles import (
    ACTION_NAMES,
    CALL_STATUS_NAMES,
    GRADES,
    STATUS_NAMES,
    Action,
    CallStatus,
    Status,
)
from reporter.models.areas import Area
from reporter.models.people import Person
from reporter.models.tickets import Ticket
from reporter.models.whistles import Whistle, WhistleCall, WhistleEvent
from reporter.queries import areas, whistles
from reporter.services import whistle_scene
from reporter.services import whistles as steps
from reporter.services.unit_of_work import UnitOfWork
from reporter.services.whistle_scene import WhistleScene


def whistle(uow: UnitOfWork, row: Whistle, datum: Datum) -> dict[str, Any]:
    """One whistle with its calls and the caller's actions."""
    (item,) = items(uow, [row], datum)
    scene = whistle_scene.load(uow, row)
    return {
        **item,
        "actions": [_action(uow, scene, move) for move in steps.actions_for(uow, scene)],
        "synthetic": uow.session.get_one(Area, row.area_id).synthetic,
    }


def items(uow: UnitOfWork, rows: Sequence[Whistle], datum: Datum) -> list[dict[str, Any]]:
    """The same for a list, in four statements however long it is."""
    calls = whistles.calls_of(uow.session, [row.id for row in rows])
    area_ids = {row.area_id for row in rows} | {row.blown_from_id for row in rows}
    places = {area.id: area for area in areas.by_ids(uow.session, sorted(area_ids))}
    named = select(Person.id, Person.name).where(Person.id.in_({row.blown_by_id for row in rows}))
    people = dict(uow.session.execute(named).all())
    numbered = select(Ticket.id, Ticket.number).where(Ticket.id.in_({row.ticket_id for row in rows if row.ticket_id}))
    numbers = dict(uow.session.execute(numbered).all())
    return [
        {
            **whistle_briefs.brief(row),
            "version": row.version,
            "turn": row.turn,
            "ticket": numbers.get(row.ticket_id or 0),
            "asked": row.asked,
            "place": row.place,
            "meet_at": row.meet_at,
            "area_code": places[row.area_id].code,
            "area_name": places[row.area_id].name,
            "blown_by": seat(uow, places[row.blown_from_id], people[row.blown_by_id]),
            "escalated_at": row.escalated_at,
            "summed_up_at": row.summed_up_at,
            "location": shown.location(Point(row.lng, row.lat), datum),
            "calls": [_call(uow, call) for call in calls[row.id]],
        }
        for row in rows
    ]


def seat(uow: UnitOfWork, area: Area, name: str | None) -> dict[str, Any]:
    role = gettext(uow.book.rung(area.ladder, area.level).title)
    return {"level": area.level, "area_code": area.code, "department_code": None, "role": role, "name": name}


def _call(uow: UnitOfWork, call: WhistleCall) -> dict[str, Any]:
    department = uow.book.departments[call.department_id]
    came = call.signed_in_at is not None
    own_or_office = uow.caller.department_id in (None, call.department_id)
    return {
        "unit": department.code,
        "unit_name": words.department_name(department),
        "lead": call.is_lead,
        "status": call.status,
        "status_name": gettext(CALL_STATUS_NAMES[CallStatus(call.status)]),
        "limit": {"value": call.limit_value, "unit": call.limit_unit},
        "provisional": call.provisional,
        "sign_in_due_at": call.sign_in_due_at,
        "no_show_at": call.no_show_at,
        "signed_in_at": call.signed_in_at,
        "on_time": call.signed_in_at <= call.sign_in_due_at if call.signed_in_at else None,
        "on_site": call.on_site if came else None,
        "distance_m": call.distance_m,
        "away_reason": call.away_reason,
        "feedback_due_at": call.feedback_due_at,
        "feedback_missed_at": call.feedback_missed_at,
        "fed_back_at": call.fed_back_at,
        "feedback": call.feedback,
        "rated_at": call.rated_at,
        "grades": {grade: getattr(call, grade) for grade in GRADES} if call.rated_at and own_or_office else None,
    }


def _action(uow: UnitOfWork, scene: WhistleScene, move: Move) -> dict[str, Any]:
    """A step as a form can show it."""
    fields = [
        {"name": name, "required": name in move.needs, "choices": _choices(uow, scene, move.action, name)}
        for name in (*move.needs, *move.may_have)
    ]
    return {"action": str(move.action), "name": gettext(ACTION_NAMES[move.action]), "fields": fields}


def _choices(uow: UnitOfWork, scene: WhistleScene, action: Action, name: str) -> list[dict[str, Any]] | None:
    if name == "unit":
        departments = [uow.book.departments[call.department_id] for call in steps.units_for(uow.caller, scene, action)]
        return [{"value": row.code, "name": words.department_name(row)} for row in departments]
    if name in GRADES:
        return [{"value": str(grade), "name": str(grade)} for grade in range(5, 0, -1)]
    return None


def timeline(uow: UnitOfWork, row: Whistle) -> list[dict[str, Any]]:
    """What happened, from the beginning. A called unit does not see how another was rated."""
    rows = uow.session.execute(
        select(WhistleEvent, Person.name, Area)
        .outerjoin(Person, Person.id == WhistleEvent.actor_id)
        .outerjoin(Area, Area.id == WhistleEvent.actor_area_id)
        .where(WhistleEvent.whistle_id == row.id)
        .order_by(WhistleEvent.seq)
    ).all()
    pictures = whistles.photos_of(uow.session, row.id)
    mine = uow.caller.department_id
    return [
        {
            "seq": event.seq,
            "kind": event.kind,
            "name": gettext(EVENT_NAMES[WhistleEventKind(event.kind)]),
            "at": event.at,
            "actor": _actor(uow, event, name, area),
            "unit": uow.book.departments[event.department_id].code if event.department_id else None,
            "status": event.status,
            "status_name": gettext(STATUS_NAMES[Status(event.status)]),
            "data": event.data,
            "photos": [shown.photo(photo) for photo in pictures.get(event.id, [])],
        }
        for event, name, area in rows
        if event.kind != WhistleEventKind.RATED or mine in (None, event.department_id)
    ]


def _actor(uow: UnitOfWork, event: WhistleEvent, name: str | None, area: Area | None) -> dict[str, Any] | None:
    if event.actor_id is None:
        return None
    if area is not None:
        return seat(uow, area, name)
    role = event.actor_role or ""
    if role == "department" and event.department_id is not None:
        department = uow.book.departments[event.department_id]
        title = words.department_name(department)
        return {
            "level": "department",
            "area_code": None,
            "department_code": department.code,
            "role": title,
            "name": name,
        }
    return {"level": None, "area_code": None, "department_code": None, "role": role, "name": name}
