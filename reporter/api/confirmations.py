"""What neighbours say of a result, over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import shown
from reporter.api.edge import transaction
from reporter.domain.actions import Action
from reporter.domain.coordinates import Datum
from reporter.services import lifecycle
from reporter.services.unit_of_work import UnitOfWork
from schemas.evidence import ConfirmationIn
from schemas.tickets import TicketOut

blueprint = Blueprint("confirmations", __name__, url_prefix="/api/v1/tickets", description="Neighbours about a result")


@blueprint.post("/<string:number>/confirmations")
@transaction(writes=True)
@blueprint.arguments(ConfirmationIn)
@blueprint.response(200, TicketOut)
def confirm(uow: UnitOfWork, given: dict[str, Any], number: str) -> Any:
    """Say whether it is really fixed, as one who reported or joined it

    Of what neighbours share, two who say so close it; one who says no, with a photo, sends it one level up.
    """
    given["photo_ids"] = [str(photo_id) for photo_id in given["photo_ids"]]
    ticket = lifecycle.take(uow, number, Action.CONFIRM, given)
    uow.session.flush()
    return shown.reread(uow, ticket, Datum.WGS84)
