"""Whistles over HTTP: blowing, list, one, its events, steps, figures of attendance."""

from typing import Any
from urllib.parse import urlencode

from flask_smorest import Blueprint

from reporter.api import procedures, ticket_lists, times, whistle_shown, words
from reporter.api.edge import if_match, transaction
from reporter.api.words import gettext
from reporter.db import LARGEST_KEY
from reporter.domain import attendance, permissions
from reporter.domain.attendance import FIGURE_NAMES, GRADE_NAMES, RATES, Figure
from reporter.domain.coordinates import Datum
from reporter.domain.errors import Invalid, sentence
from reporter.domain.metrics import percent
from reporter.domain.permissions import Permission
from reporter.domain.whistles import CALL, ENDED, OPEN, STATUS_NAMES, WHISTLE, Action, Kind
from reporter.queries import whistle_figures, whistles
from reporter.queries.whistles import Filters
from reporter.services import whistle_blowing
from reporter.services import whistles as steps
from reporter.services.unit_of_work import UnitOfWork
from reporter.services.whistle_blowing import NewWhistle
from schemas import whistles as shapes
from schemas.dashboard import PeriodQuery
from schemas.tickets import DatumQuery

blueprint = Blueprint("whistles", __name__, url_prefix="/api/v1/whistles", description="Units called to a place (吹哨)")

STATUS_GROUPS = {"open": tuple(sorted(OPEN)), "ended": tuple(sorted(ENDED))}


@blueprint.post("")
@transaction(writes=True)
@blueprint.arguments(shapes.NewWhistle)
@blueprint.response(201, shapes.WhistleOut)
@blueprint.alt_response(200, schema=shapes.WhistleOut, description="The same key was sent before")
def blow(uow: UnitOfWork, given: dict[str, Any]) -> Any:
    """Call departments to a place: one leads, others help

    For a ticket the caller holds or oversees, or on its own in the caller's area; from 社区 up.
    """
    where = given.get("location")
    draft = NewWhistle(
        client_request_id=str(given["client_request_id"]),
        kind=Kind(given["kind"]),
        asked=given["asked"],
        place=given["place"],
        lead=given["lead"],
        helpers=tuple(given["helpers"]),
        ticket=given.get("ticket"),
        where=(where["lng"], where["lat"], Datum(where["coord_type"])) if where else None,
        meet_at=given.get("meet_at"),
    )
    whistle, first = whistle_blowing.blow(uow, draft)
    uow.session.flush()
    answer = whistle_shown.whistle(uow, whistle, Datum.WGS84)
    return answer, 201 if first else 200, {"ETag": f'"{whistle.version}"'}


@blueprint.get("")
@transaction()
@blueprint.arguments(shapes.WhistleQuery, location="query")
@blueprint.response(200, shapes.WhistleList)
def list_whistles(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The whistles I may see, newest first"""
    permissions.require(uow.caller, Permission.SEE_WHISTLES)
    cursor = query.get("cursor")
    if cursor is not None and (not cursor.isdecimal() or int(cursor) > LARGEST_KEY):
        raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
    page = whistles.page(
        uow.session, uow.caller, _filters(uow, query), uow.now, int(cursor) if cursor else None, query["limit"]
    )
    return {
        "items": whistle_shown.items(uow, page.rows, Datum.WGS84),
        "next_cursor": str(page.next_cursor) if page.next_cursor else None,
    }


@blueprint.get("/lifecycle")
@transaction(signed_in=False)
@blueprint.response(200, shapes.WhistleLives)
def lives(uow: UnitOfWork) -> dict[str, Any]:
    """The life of a whistle and of each call in it, from the tables the service follows"""
    return {"whistle": procedures.printed(WHISTLE), "call": procedures.printed(CALL)}


@blueprint.get("/figures")
@transaction()
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, shapes.FiguresOut)
def figures(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """How departments answered the whistles of an area and period; each figure is a link to what it counts"""
    permissions.require(uow.caller, Permission.SEE_WHISTLES)
    area = ticket_lists.area_of(uow, query.get("area"))
    period, first, last = times.period(uow, query.get("from_"), query.get("to"))
    where = {"area": area.code, "from": first.isoformat(), "to": last.isoformat()}
    counted = whistle_figures.by_department(uow.session, uow.caller, area, period, uow.now)
    return {
        "area": area.code,
        "area_name": area.name,
        "from_": first.isoformat(),
        "to": last.isoformat(),
        "items": [_figures(uow, department_id, row, where) for department_id, row in counted.items()],
    }


@blueprint.get("/<string:whistle_number>")
@transaction()
@blueprint.arguments(DatumQuery, location="query")
@blueprint.response(200, shapes.WhistleOut)
def one(uow: UnitOfWork, query: dict[str, Any], whistle_number: str) -> Any:
    """One whistle: who was called and came, and the steps I may take now

    The ``ETag`` is its version; send it back as ``If-Match`` with a step.
    """
    row = whistles.get(uow.session, whistle_number, uow.caller)
    return whistle_shown.whistle(uow, row, Datum(query["coord_type"])), 200, {"ETag": f'"{row.version}"'}


@blueprint.get("/<string:whistle_number>/events")
@transaction()
@blueprint.response(200, shapes.WhistleEventList)
def events(uow: UnitOfWork, whistle_number: str) -> dict[str, Any]:
    """Its timeline, from the beginning"""
    return {"items": whistle_shown.timeline(uow, whistles.get(uow.session, whistle_number, uow.caller))}


@blueprint.post("/<string:whistle_number>/steps")
@transaction(writes=True)
@blueprint.arguments(shapes.WhistleStep)
@blueprint.response(200, shapes.WhistleOut)
def take_step(uow: UnitOfWork, given: dict[str, Any], whistle_number: str) -> Any:
    """Take a step with a whistle: sign in, feed back, sum up, rate, close, withdraw, note"""
    if given.get("photo_ids"):
        given["photo_ids"] = [str(photo_id) for photo_id in given["photo_ids"]]
    action = Action(given.pop("action"))
    row = steps.take(uow, whistle_number, action, given, version=if_match())
    uow.session.flush()
    return whistle_shown.whistle(uow, row, Datum.WGS84), 200, {"ETag": f'"{row.version}"'}


def _filters(uow: UnitOfWork, query: dict[str, Any]) -> Filters:
    figure = Figure(query["figure"]) if "figure" in query else None
    statuses = _statuses(query.get("status"))
    if "open_" in query:
        statuses = STATUS_GROUPS["open" if query["open_"] else "ended"]
    return Filters(
        area=ticket_lists.area_of(uow, query["area"]) if "area" in query else None,
        statuses=statuses,
        kind=query.get("kind"),
        department_id=_department(uow, query.get("department")),
        ticket=query.get("ticket"),
        escalated=query.get("escalated"),
        mine=query["mine"],
        figure=figure,
        period=times.period(uow, query.get("from_"), query.get("to"))[0] if figure else None,
    )


def _statuses(text: str | None) -> tuple[str, ...]:
    found: list[str] = []
    for word in (text or "").split(","):
        if word in STATUS_GROUPS:
            found.extend(STATUS_GROUPS[word])
        elif word in STATUS_NAMES:
            found.append(word)
        elif word:
            raise Invalid(fields={"status": sentence("没有这个状态")})
    return tuple(found)


def _department(uow: UnitOfWork, code: str | None) -> int | None:
    """``me`` is the caller's own; anybody else's by its code. Raises Invalid naming ``department``."""
    if code is None:
        return None
    if code == "me" and uow.caller.department_id is not None:
        return uow.caller.department_id
    return ticket_lists.department_named(uow, code, "department")


def _figures(uow: UnitOfWork, department_id: int, row: dict[str, int], where: dict[str, str]) -> dict[str, Any]:
    unit = uow.book.departments[department_id]

    def url(figure: Figure) -> str:
        return "/api/v1/whistles?" + urlencode({**where, "department": unit.code, "figure": figure.value})

    return {
        "unit": unit.code,
        "unit_name": words.department_name(unit),
        "counts": {
            figure.value: {"name": gettext(FIGURE_NAMES[figure]), "value": row[figure], "whistles_url": url(figure)}
            for figure in Figure
        },
        "rates": {
            key: {
                "name": gettext(rate.name),
                "definition": gettext(rate.definition),
                "numerator": row[rate.numerator],
                "denominator": row[rate.denominator],
                "percent": percent(row[rate.numerator], row[rate.denominator]),
                "numerator_url": url(rate.numerator),
                "denominator_url": url(rate.denominator),
            }
            for key, rate in RATES.items()
        },
        "grades": {
            grade: {
                "name": gettext(name),
                "sum": row[grade],
                "n": row[Figure.GRADED],
                "mean": attendance.mean(row[grade], row[Figure.GRADED]),
                "whistles_url": url(Figure.GRADED),
            }
            for grade, name in GRADE_NAMES.items()
        },
    }
