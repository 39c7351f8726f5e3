"""Riders' stations over HTTP: which there are in an area, nearest first, in the datum that was asked for."""

from collections.abc import Callable
from typing import Any

import pytest

from reporter.domain import coordinates
from reporter.domain.coordinates import Datum, Point
from tests.service import Service
from tests.world import (
    AT_HOME,
    AT_XIMA_HOME,
    CENTRAL,
    CITY,
    GRID_A,
    HANBEI,
    HUAJIN,
    IN_GRID_B_ONLY,
    JIANGAN,
    NANHU,
    STATION,
    WUCHANG,
    XIMA_STATION,
)

Opened = Callable[[str], Service]


def asked(opened: Opened, kind: str, **query: Any) -> list[dict[str, Any]]:
    answer = opened(kind).as_("rider").get("/areas/stations", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def at(point: tuple[float, float], datum: str = "wgs84") -> dict[str, Any]:
    lng, lat = coordinates.from_wgs84(Point(*point), Datum(datum))
    return {"lng": lng, "lat": lat, "coord_type": datum}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [XIMA_STATION, STATION]),  # all, by code
        ({"area": CITY}, [XIMA_STATION, STATION]),
        ({"area": WUCHANG}, [STATION]),
        ({"area": NANHU}, [STATION]),
        ({"area": CENTRAL}, [STATION]),
        ({"area": JIANGAN}, [XIMA_STATION]),
        ({"area": HUAJIN}, []),  # a community without one
        ({"area": GRID_A}, []),  # a station belongs to its community, to nothing smaller
        (at(AT_HOME), [STATION, XIMA_STATION]),  # nearest first
        (at(AT_XIMA_HOME), [XIMA_STATION, STATION]),
        ({**at(AT_HOME), "limit": 1}, [STATION]),
        ({**at(AT_HOME), "area": HANBEI}, [XIMA_STATION]),
    ],
    ids=str,
)
def test_stations_of_an_area_nearest_first(
    opened: Opened, database_kind: str, query: dict[str, Any], expected: list[str]
) -> None:
    assert [item["code"] for item in asked(opened, database_kind, **query)] == expected


def test_a_station_says_where_it_is_how_far_and_that_it_is_made_up(opened: Opened, database_kind: str) -> None:
    nearest = asked(opened, database_kind, **at(AT_HOME))[0]
    metres = coordinates.metres_between(Point(*AT_HOME), Point(*IN_GRID_B_ONLY))
    assert nearest == {
        "code": STATION,
        "name": f"示例·{STATION}骑手驿站",
        "area_code": CENTRAL,
        "place": "南湖街道中央花园社区",
        "location": {"lng": IN_GRID_B_ONLY[0], "lat": IN_GRID_B_ONLY[1], "coord_type": "wgs84"},
        "metres": round(metres),
        "synthetic": True,
    }


def test_the_answer_is_in_the_datum_of_the_question(opened: Opened, database_kind: str) -> None:
    there = at(IN_GRID_B_ONLY, "gcj02")
    nearest = asked(opened, database_kind, **there)[0]
    assert (nearest["metres"], nearest["location"]["coord_type"]) == (0, "gcj02")
    assert nearest["location"]["lng"] == pytest.approx(there["lng"], abs=1e-6)
    without_a_point = asked(opened, database_kind, area=NANHU, coord_type="gcj02")[0]
    assert (without_a_point["location"], without_a_point["metres"]) == (nearest["location"], None)
