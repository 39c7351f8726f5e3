"""Places over HTTP: the chain around a point."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import shown
from reporter.api.edge import transaction
from reporter.domain import areas as area_rules
from reporter.domain import coordinates
from reporter.domain.areas import Level
from reporter.domain.coordinates import Datum
from reporter.queries import areas
from reporter.services.unit_of_work import UnitOfWork
from schemas.base import CoordinateQuery
from schemas.catalogue import Located

blueprint = Blueprint("areas", __name__, url_prefix="/api/v1/areas", description="Where things are")


@blueprint.get("/locate")
@transaction(signed_in=False)
@blueprint.arguments(CoordinateQuery, location="query")
@blueprint.response(200, Located)
def locate(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The chain around a point, widest first: areas and roles, no names"""
    coordinates.check(query["lng"], query["lat"])
    point = coordinates.to_wgs84(query["lng"], query["lat"], Datum(query["coord_type"]))
    placement = area_rules.place(areas.containing(uow.session, point, uow.today, uow.policy(()).snap_m))
    chain = areas.chain_of(uow.session, placement.area_id, uow.book, uow.now)
    community = next((seat.area_id for seat in chain if seat.level is Level.COMMUNITY), None)
    compound = areas.near_compound(uow.session, point, community)
    place = shown.place_of([seat for seat in chain if seat.level.rank <= Level.COMMUNITY.rank])
    return {
        "chain": shown.chain(chain, staff=False),
        "flags": list(placement.flags),
        "place": f"{place} {compound.name}" if compound else place,
        "synthetic": chain[-1].synthetic,
    }
