"""Merging over HTTP: what a ticket may be merged with. The merge itself is a step of the ticket."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import shown
from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.services import twins
from reporter.services.unit_of_work import UnitOfWork
from schemas.merging import TwinList

blueprint = Blueprint("merging", __name__, url_prefix="/api/v1/tickets", description="What may be one thing")


@blueprint.get("/<string:number>/duplicates")
@transaction()
@blueprint.response(200, TwinList)
def duplicates(uow: UnitOfWork, number: str) -> dict[str, Any]:
    """Tickets that may be the same thing, nearest first, for staff

    ``remains`` says which of the two would be the main one; ``doubt`` why the merge would need a note.
    """
    found = twins.of(uow, number)
    shown_alike = shown.similar(uow, [twin.similar for twin in found])
    return {
        "items": [
            {**alike, "remains": twin.remains, "doubt": gettext(twin.doubt) if twin.doubt else None}
            for alike, twin in zip(shown_alike, found, strict=True)
        ]
    }
