"""Questions about riders' stations: which there are in an area, and which is nearest."""

from math import cos, radians
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from reporter.domain.coordinates import Point
from reporter.models.areas import Area, Station
from reporter.queries.spatial import number


class Listed(NamedTuple):
    """A station with the code of its community and the names of street and community."""

    station: Station
    area_code: str
    street_name: str
    community_name: str


def listed(session: Session, area: Area | None, near: Point | None, limit: int) -> list[Listed]:
    """At most ``limit`` stations whose community lies in ``area``; nearest first, without a point by code."""
    street = aliased(Area)
    question = (
        select(Station, Area.code, street.name, Area.name)
        .join(Area, Area.id == Station.community_id)
        .join(street, street.id == Area.street_id)
        .order_by(*([_nearness(near)] if near else []), Station.code)
        .limit(limit)
    )
    if area is not None:
        question = question.where(getattr(Area, f"{area.level}_id") == area.id)
    return [Listed(*row) for row in session.execute(question)]


def _nearness(point: Point) -> ColumnElement[float]:
    """Grows with the distance; on a plane, which puts no two stations of a city in the wrong order by a metre."""
    east = (Station.lng - number(point.lng)) * number(cos(radians(point.lat)))
    north = Station.lat - number(point.lat)
    return east * east + north * north
