"""Overdue appeals over HTTP: asked after closing by whoever was charged, reviewed twice, listed for who decides."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import beside
from reporter.api.edge import transaction
from reporter.db import LARGEST_KEY
from reporter.domain import permissions
from reporter.domain.errors import Invalid, sentence
from reporter.domain.permissions import Permission
from reporter.queries import overdue_appeals as found
from reporter.services import overdue_appeals
from reporter.services.unit_of_work import UnitOfWork
from schemas.asides import (
    OverdueAppealIn,
    OverdueAppealList,
    OverdueAppealOut,
    OverdueAppealQuery,
    OverdueReviewIn,
)

blueprint = Blueprint("overdue_appeals", __name__, url_prefix="/api/v1", description="Who was charged with a delay")


@blueprint.post("/tickets/<string:number>/overdue-appeal")
@transaction(writes=True)
@blueprint.arguments(OverdueAppealIn)
@blueprint.response(201, OverdueAppealOut)
def appeal(uow: UnitOfWork, given: dict[str, Any], number: str) -> Any:
    """Ask once, after closing, not to be judged by a delay I was charged with"""
    return beside.appeal(*overdue_appeals.appeal(uow, number, given["reason"]))


@blueprint.post("/tickets/<string:number>/overdue-appeal/review")
@transaction(writes=True)
@blueprint.arguments(OverdueReviewIn)
@blueprint.response(200, OverdueAppealOut)
def review(uow: UnitOfWork, given: dict[str, Any], number: str) -> Any:
    """Decide about it: the street first, then somebody else of the district"""
    return beside.appeal(*overdue_appeals.review(uow, number, given["upheld"], given["note"]))


@blueprint.get("/overdue-appeals")
@transaction()
@blueprint.arguments(OverdueAppealQuery, location="query")
@blueprint.response(200, OverdueAppealList)
def waiting(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The open ones that wait for my decision, oldest ticket first"""
    permissions.require(uow.caller, Permission.STEP)
    rows = found.waiting_for(uow.session, uow.caller, _after(query.get("cursor")), query["limit"] + 1)
    page = rows[: query["limit"]]
    return {
        "items": [beside.appeal(ticket, row) for ticket, row in page],
        "next_cursor": str(page[-1][0].id) if len(rows) > len(page) else None,
    }


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and int(cursor[:20]) <= LARGEST_KEY and len(cursor) < 20):
        raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
    return int(cursor)
