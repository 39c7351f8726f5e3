"""Tickets over HTTP: list, one, its events, steps, rating, joining, nearness, revealing."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from reporter.api import shown, ticket_lists, words
from reporter.api.edge import if_match, transaction
from reporter.api.words import gettext
from reporter.domain import coordinates, permissions
from reporter.domain.actions import Action, reason_name
from reporter.domain.coordinates import Datum
from reporter.domain.events import BY_SUBMITTERS, EVENT_NAMES, INTERNAL, EventKind
from reporter.domain.permissions import Permission
from reporter.domain.statuses import STATUS_NAMES, Status
from reporter.models.areas import Area
from reporter.models.people import Person
from reporter.models.photos import Photo
from reporter.models.tickets import Event, Report, Ticket
from reporter.queries import tickets
from reporter.services import clocks, joining, lifecycle, nearness, photos, ratings, revealing, scene
from reporter.services.unit_of_work import UnitOfWork
from schemas.merging import NearbyList
from schemas.ratings import RatingIn, RatingOut
from schemas.reports import Join
from schemas.revealing import RevealIn, RevealOut
from schemas.tickets import (
    DatumQuery,
    EventList,
    NearbyQuery,
    Step,
    TicketList,
    TicketOut,
    TicketQuery,
)

blueprint = Blueprint("tickets", __name__, url_prefix="/api/v1/tickets", description="The work on what was reported")


@blueprint.get("")
@transaction()
@blueprint.arguments(TicketQuery, location="query")
@blueprint.response(200, TicketList)
def list_tickets(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The tickets I may see"""
    permissions.require(uow.caller, Permission.LIST_TICKETS)
    return ticket_lists.visible(uow, query)


@blueprint.get("/nearby")
@transaction()
@blueprint.arguments(NearbyQuery, location="query")
@blueprint.response(200, NearbyList)
def nearby(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """Open tickets a new report here may belong to; only what everybody may know of them"""
    permissions.require(uow.caller, Permission.SEE_NEARBY)
    coordinates.check(query["lng"], query["lat"])
    point = coordinates.to_wgs84(query["lng"], query["lat"], Datum(query["coord_type"]))
    return {"items": shown.similar(uow, nearness.around(uow, point, query.get("category")), scored=False)}


@blueprint.get("/<string:number>")
@transaction()
@blueprint.arguments(DatumQuery, location="query")
@blueprint.response(200, TicketOut)
def one(uow: UnitOfWork, query: dict[str, Any], number: str) -> Any:
    """One ticket: chain, hops, clocks, and the steps I may take now

    The ``ETag`` is its version; send it back as ``If-Match`` with a step.
    """
    ticket, timed, mine = tickets.with_clocks(uow.session, number, uow.caller)
    answer = shown.ticket(uow, scene.load(uow, ticket, timed), mine, Datum(query["coord_type"]))
    return answer, 200, {"ETag": f'"{ticket.version}"'}


@blueprint.get("/<string:number>/events")
@transaction()
@blueprint.response(200, EventList)
def events(uow: UnitOfWork, number: str) -> dict[str, Any]:
    """Its timeline, from the beginning"""
    ticket = tickets.get(uow.session, number, uow.caller)
    return {"items": _timeline(uow, ticket)}


@blueprint.post("/<string:number>/steps")
@transaction(writes=True)
@blueprint.arguments(Step)
@blueprint.response(200, TicketOut)
def take_step(uow: UnitOfWork, given: dict[str, Any], number: str) -> Any:
    """Take a step with a ticket"""
    if given.get("photo_ids"):
        given["photo_ids"] = [str(photo_id) for photo_id in given["photo_ids"]]
    ticket = lifecycle.take(uow, number, Action(given.pop("action")), given, version=if_match())
    uow.session.flush()
    return shown.reread(uow, ticket, Datum.WGS84), 200, {"ETag": f'"{ticket.version}"'}


@blueprint.post("/<string:number>/rating")
@transaction(writes=True)
@blueprint.arguments(RatingIn)
@blueprint.response(201, RatingOut)
@blueprint.alt_response(200, schema=RatingOut, description="The rating was changed")
def rate(uow: UnitOfWork, given: dict[str, Any], number: str) -> Any:
    """好差评: rate a closed ticket, or change the rating once"""
    rating, first = ratings.rate(
        uow, number, given["grade"], given["tags"], given.get("text"), [str(one) for one in given["photo_ids"]]
    )
    return rating, 201 if first else 200


@blueprint.post("/<string:number>/join")
@transaction(writes=True, brake="submit")
@blueprint.arguments(Join)
@blueprint.response(201, TicketOut)
@blueprint.alt_response(200, schema=TicketOut, description="Joined before")
def join(uow: UnitOfWork, given: dict[str, Any], number: str) -> Any:
    """“Me too”: join an open ticket instead of reporting the same again"""
    key = str(given.get("client_request_id") or photos.new_id())
    ticket, first = joining.join(uow, number, key)
    uow.session.flush()
    return shown.reread(uow, ticket, Datum.WGS84), 201 if first else 200


@blueprint.post("/<string:number>/reveal")
@transaction(writes=True)
@blueprint.arguments(RevealIn)
@blueprint.response(200, RevealOut)
def reveal(uow: UnitOfWork, given: dict[str, Any], number: str) -> dict[str, Any]:
    """Show who reported, unmasked; written down with the reason"""
    return revealing.reveal(uow, number, given["reason"])


def _timeline(uow: UnitOfWork, ticket: Ticket) -> list[dict[str, Any]]:
    """Submitters see what happened and which role did it; staff also see the names of staff and what is internal.

    A lead who reports, or adds a note to an own anonymous report, does so as a submitter: by role only.
    """
    staff = permissions.reads_as_staff(
        uow.caller, clocks.lineage(ticket), lambda: tickets.reported_by(uow.session, uow.caller, ticket.id)
    )
    rows = uow.session.execute(
        select(Event, Person.name, Area)
        .outerjoin(Person, Person.id == Event.actor_id)
        .outerjoin(Area, Area.id == Event.actor_area_id)
        .where(Event.ticket_id == ticket.id)
        .order_by(Event.seq)
    ).all()
    nameless = set(
        uow.session.scalars(select(Report.submitter_id).where(Report.ticket_id == ticket.id, Report.anonymous))
    )
    pictures: dict[int, list[dict[str, Any]]] = {}
    for photo in uow.session.scalars(
        select(Photo).where(Photo.ticket_id == ticket.id, Photo.event_seq.is_not(None), Photo.state != "refused")
    ):
        pictures.setdefault(photo.event_seq or 0, []).append(shown.photo(photo))
    kept = ratings.grades_kept_back(uow, ticket, [event for event, _, _ in rows])
    found = []
    for event, name, area in rows:
        kind = EventKind(event.kind)
        own = event.actor_id == uow.caller.person_id
        if not staff and kind in INTERNAL and not own:
            continue
        as_submitter = kind in BY_SUBMITTERS or (kind is EventKind.NOTED and event.actor_id in nameless)
        found.append(
            {
                "seq": event.seq,
                "kind": event.kind,
                "name": gettext(EVENT_NAMES[kind]),
                "at": event.at,
                "actor": _actor(uow, event, name, None if as_submitter else area, staff and not as_submitter, own),
                "status": event.status,
                "status_name": gettext(STATUS_NAMES[Status(event.status)]),
                "data": {} if event.seq in kept else _worded(event.data),
                "photos": [] if event.seq in kept else pictures.get(event.seq, []),
            }
        )
    return found


def _actor(
    uow: UnitOfWork, event: Event, name: str | None, area: Area | None, staff: bool, own: bool
) -> dict[str, Any] | None:
    if event.actor_id is None:
        return None
    if area is not None:
        title = gettext(uow.book.rung(area.ladder, area.level).title)
        named = name if staff else title
        return {"level": area.level, "area_code": area.code, "department_code": None, "role": title, "name": named}
    role = event.actor_role or ""
    handler = role in ("department", "district", "lead")
    named = name if own or (staff and handler) else None
    return {"level": None, "area_code": None, "department_code": None, "role": role, "name": named}


def _worded(data: dict[str, Any]) -> dict[str, Any]:
    """The event's data with a sentence beside each reason code."""
    text = reason_name(str(data.get("reason_code", "")))
    return {**data, "reason_name": words.say(text)} if text else data
