"""Ratings of a ticket over HTTP, for those who may read them: never with a name."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import shown
from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.domain import privacy
from reporter.domain.ratings import GRADES, TAGS
from reporter.models.tickets import Rating
from reporter.queries import tickets
from reporter.services import ratings
from reporter.services.unit_of_work import UnitOfWork
from schemas.ratings import RatingList

blueprint = Blueprint("ratings", __name__, url_prefix="/api/v1/tickets", description="好差评 of a ticket")


@blueprint.get("/<string:number>/ratings")
@transaction()
@blueprint.response(200, RatingList)
def of_ticket(uow: UnitOfWork, number: str) -> dict[str, Any]:
    """What its submitters thought of it, without their names

    Submitters read their own. From those whose work is rated a rating is kept for a while, and as long as too few
    were rated in their unit; ``withheld`` says how many are.
    """
    found, withheld = ratings.read(uow, tickets.get(uow.session, number, uow.caller))
    pictures = ratings.pictures_of(uow, found)
    return {"items": [_rating(uow, row, pictures.get(row.person_id, [])) for row in found], "withheld": withheld}


def _rating(uow: UnitOfWork, row: Rating, pictures: list[Any]) -> dict[str, Any]:
    own = row.person_id == uow.caller.person_id
    return {
        "grade": row.grade,
        "grade_name": gettext(GRADES[row.grade]),
        "first_grade": row.first_grade,
        "tags": [{"value": tag, "name": gettext(TAGS[tag])} for tag in row.tags if tag in TAGS],
        "text": row.text if own or not row.text else privacy.mask_numbers_in(row.text),
        "photos": [shown.photo(picture) for picture in pictures],
        "rated_at": row.rated_at,
        "changed_at": row.changed_at,
        "own": own,
    }
