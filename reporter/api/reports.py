"""Reporting over HTTP: submit, my reports, late photos."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from reporter.api import shown, ticket_lists
from reporter.api.edge import transaction
from reporter.domain import permissions
from reporter.domain.coordinates import Datum
from reporter.domain.permissions import Permission
from reporter.services import intake, photos
from reporter.services.drafts import Draft
from reporter.services.unit_of_work import UnitOfWork
from schemas.base import Paging
from schemas.reports import LatePhotos, NewReport
from schemas.tickets import ReceiptOut, TicketList, TicketOut

blueprint = Blueprint("reports", __name__, url_prefix="/api/v1/reports", description="What somebody tells us")


def _filed_at_once() -> bool:
    """A new ticket without photos is written by one statement (``queries/filing.py``); a join, or photos to be
    attached, are more."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # nested too deeply: refused later
        return False
    return isinstance(body, dict) and not body.get("photo_ids") and not body.get("join")


@blueprint.post("")
@transaction(writes=True, brake="submit", at_once=_filed_at_once)
@blueprint.arguments(NewReport)
@blueprint.response(201, ReceiptOut)
@blueprint.alt_response(200, schema=ReceiptOut, description="The same client_request_id was received before")
def submit(uow: UnitOfWork, given: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Submit a report

    Answers with the ticket's number, who has it and until when. Sending the same ``client_request_id``
    again is free and answers 200 with the first result.
    """
    where = given.pop("location")
    datum = Datum(where["coord_type"])
    receipt = intake.submit(
        uow,
        Draft(
            client_request_id=str(given.pop("client_request_id")),
            lng=where["lng"],
            lat=where["lat"],
            datum=datum,
            accuracy_m=where.get("accuracy_m"),
            photo_ids=tuple(str(photo_id) for photo_id in given.pop("photo_ids")),
            **given,
        ),
    )
    uow.session.flush()
    answer = (
        shown.ticket(uow, receipt.scene, None, datum) if receipt.scene else shown.reread(uow, receipt.ticket, datum)
    )
    answer["joined"] = receipt.report.joined
    answer["similar"] = shown.similar(uow, receipt.similar)
    answer["report"] = {"id": receipt.report.id, "received_at": receipt.report.received_at.isoformat()}
    return answer, 201 if receipt.first else 200


@blueprint.get("")
@transaction()
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, TicketList)
def mine(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """My reports, also those I joined, newest first"""
    permissions.require(uow.caller, Permission.LIST_OWN_REPORTS)
    return ticket_lists.own(uow, query.get("cursor"), query["limit"])


@blueprint.post("/<string:number>/photos")
@transaction(writes=True)
@blueprint.arguments(LatePhotos)
@blueprint.response(200, TicketOut)
def add_photos(uow: UnitOfWork, given: dict[str, Any], number: str) -> dict[str, Any]:
    """Add photos that arrived after the report"""
    ticket = photos.add_late(uow, number, [str(photo_id) for photo_id in given["photo_ids"]])
    uow.session.flush()
    return shown.reread(uow, ticket, Datum.WGS84)
