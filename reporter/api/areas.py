"""Places over HTTP: the chain around a point, and the riders' stations."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import shown
from reporter.api.edge import transaction
from reporter.domain import areas as area_rules
from reporter.domain import coordinates
from reporter.domain.areas import Level
from reporter.domain.coordinates import Datum, Point
from reporter.domain.errors import Invalid, sentence
from reporter.models.areas import Area
from reporter.queries import areas, stations
from reporter.services.unit_of_work import UnitOfWork
from schemas.base import CoordinateQuery
from schemas.catalogue import Located
from schemas.stations import StationList, StationQuery

blueprint = Blueprint("areas", __name__, url_prefix="/api/v1/areas", description="Where things are")


@blueprint.get("/locate")
@transaction(signed_in=False)
@blueprint.arguments(CoordinateQuery, location="query")
@blueprint.response(200, Located)
def locate(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The chain around a point, widest first: areas and roles, no names"""
    point = _point(query)
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


@blueprint.get("/stations")
@transaction()
@blueprint.arguments(StationQuery, location="query")
@blueprint.response(200, StationList)
def list_stations(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The riders' stations (骑手驿站) of an area, nearest first where a point is given"""
    near = _point(query) if "lng" in query else None
    found = stations.listed(uow.session, _area(uow, query.get("area")), near, query["limit"])
    datum = Datum(query.get("coord_type", Datum.WGS84))
    return {"items": [_station(row, near, datum) for row in found]}


def _point(query: dict[str, Any]) -> Point:
    coordinates.check(query["lng"], query["lat"])
    return coordinates.to_wgs84(query["lng"], query["lat"], Datum(query["coord_type"]))


def _area(uow: UnitOfWork, code: str | None) -> Area | None:
    """Any area: where the stations are is no secret. Raises Invalid for one that does not exist."""
    area = areas.by_code(uow.session, code) if code is not None else None
    if code is not None and area is None:
        raise Invalid(fields={"area": sentence("没有这个区域")})
    return area


def _station(row: stations.Listed, near: Point | None, datum: Datum) -> dict[str, Any]:
    point = Point(row.station.lng, row.station.lat)
    return {
        "code": row.station.code,
        "name": row.station.name,
        "area_code": row.area_code,
        "place": f"{row.street_name}{row.community_name}",
        "location": shown.location(point, datum),
        "metres": round(coordinates.metres_between(point, near)) if near else None,
        "synthetic": row.station.synthetic,
    }
