"""Who is told what of a whistle: messages of the same outbox, written with the event and sent by the worker."""

from collections.abc import Iterable

from sqlalchemy import insert, select

from reporter.domain.whistle_events import NOTICES, TURN_NOTICES, Audience, WhistleEventKind
from reporter.domain.whistles import KIND_NAMES, Kind, Turn
from reporter.models.messages import Message
from reporter.models.people import Person
from reporter.models.tickets import Ticket
from reporter.models.whistles import WhistleCall, WhistleEvent
from reporter.queries import areas
from reporter.services import messages
from reporter.services.unit_of_work import UnitOfWork
from reporter.services.whistle_scene import WhistleScene


def tell(
    uow: UnitOfWork, scene: WhistleScene, event: WhistleEvent, call: WhistleCall | None, turned: Turn | None
) -> None:
    """Write the messages an event, and a turn that passed with it, call for: one a person, in its own transaction."""
    notices = NOTICES.get(WhistleEventKind(event.kind), ())
    if turned is not None:
        notices = (*notices, *TURN_NOTICES.get(turned, ()))
    if not notices:
        return
    conflicted, filling = _conflicted(uow, scene), _filling(uow, scene, call)
    told: dict[int, str] = {}
    for audience, text in notices:
        for person_id in _people(uow, scene, call, audience, conflicted):
            if person_id != event.actor_id and person_id not in conflicted:
                told.setdefault(person_id, text)
    if told:
        of_event = {"ticket_id": None, "whistle_event_id": event.id, "event_seq": event.seq}
        rows = [of_event | messages.waiting_for(uow, person_id, text, filling) for person_id, text in told.items()]
        uow.session.execute(insert(Message), rows)


def _filling(uow: UnitOfWork, scene: WhistleScene, call: WhistleCall | None) -> dict[str, str]:
    whistle = scene.whistle
    seat = areas.seats_by_id(uow.session, [whistle.blown_from_id], uow.book, uow.now)[0]
    due_at = scene.lead.sign_in_due_at.astimezone(uow.policy(()).time_zone)
    return {
        "number": whistle.number,
        "whistler": seat.area_name,
        "kind": KIND_NAMES[Kind(whistle.kind)],
        "place": whistle.place,
        "due": f"{due_at:%m-%d %H:%M}",
        "unit": uow.book.departments[call.department_id].name if call else "",
    }


def _conflicted(uow: UnitOfWork, scene: WhistleScene) -> frozenset[int]:
    """Whoever the ticket is about hears nothing of it."""
    about = select(Ticket.about_person_id).where(Ticket.id == scene.whistle.ticket_id)
    person_id = uow.session.scalar(about) if scene.whistle.ticket_id is not None else None
    return frozenset() if person_id is None else frozenset({person_id})


def _people(
    uow: UnitOfWork, scene: WhistleScene, call: WhistleCall | None, audience: Audience, conflicted: frozenset[int]
) -> list[int]:
    whistle = scene.whistle
    if audience is Audience.UNITS:
        return _of_departments(uow, [one.department_id for one in scene.calls])
    if audience is Audience.LEAD:
        return _of_departments(uow, [scene.lead.department_id])
    if audience is Audience.UNIT:
        return _of_departments(uow, [call.department_id] if call else [])
    if audience is Audience.WHISTLER:
        return _acting(uow, [whistle.blown_from_id], conflicted)
    return _acting(uow, [area_id for area_id in (whistle.district_id, whistle.city_id) if area_id], conflicted)


def _of_departments(uow: UnitOfWork, ids: Iterable[int]) -> list[int]:
    return list(uow.session.scalars(select(Person.id).where(Person.department_id.in_(list(ids))).order_by(Person.id)))


def _acting(uow: UnitOfWork, area_ids: list[int], conflicted: frozenset[int]) -> list[int]:
    """Whoever acts for the smallest of these areas that has somebody."""
    for seat in reversed(areas.seats_by_id(uow.session, area_ids, uow.book, uow.now)):
        person = seat.acting(conflicted)
        if person is not None:
            return [person.person_id]
    return []
