"""A rating is read without a name, later, and only where others were rated too; what it may say comes from a list."""

from typing import Any

from sqlalchemy import select

from reporter.models.photos import Photo
from reporter.models.tickets import Rating
from tests.service import Caller, Service
from tests.services.inside import count, rows
from tests.world import AT_HOME, AT_NET_HOME, GRID_A, HOME, NANHU, NET_HOME

LAMP = "LL0107"


def closed(service: Service, who: str, point: tuple[float, float] = AT_HOME, seat: str = HOME) -> str:
    submitter, home = service.as_(who), service.seat(seat)
    number = submitter.report(point, category=LAMP, photo_ids=[submitter.photo()])["number"]
    home.did(number, "solve", photo_ids=[home.photo("white")], cause="灯老了", effect="换了")
    return str(number)


def rate(caller: Caller, number: str, **given: Any) -> int:
    return caller.post(f"/tickets/{number}/rating", {"grade": 4, **given}).status_code


def read(caller: Caller, number: str) -> tuple[list[int], int]:
    answer = caller.get(f"/tickets/{number}/ratings").json
    return [item["grade"] for item in answer["items"]], answer["withheld"]


def grades_in_the_timeline(caller: Caller, number: str) -> list[Any]:
    items = caller.get(f"/tickets/{number}/events").json["items"]
    return [item["data"].get("grade") for item in items if item["kind"] == "rated"]


def test_the_rated_read_it_a_day_later_and_among_three(service: Service) -> None:
    first = closed(service, "resident")
    resident, home, auditor = service.as_("resident"), service.seat(HOME), service.as_("auditor")
    assert rate(resident, first, grade=2, tags=["cold"], text="电话13812345678") == 201
    assert (read(home, first), grades_in_the_timeline(home, first)) == (([], 1), [None]), "too fresh"
    assert (read(auditor, first), grades_in_the_timeline(auditor, first)) == (([2], 0), [2])
    assert (read(resident, first), grades_in_the_timeline(resident, first)) == (([2], 0), [2]), "the own one"

    service.at("2026-09-08 09:00")
    assert read(home, first) == ([], 1), "one rating in the grid says who it was"
    for who in ("rider", "rider2"):
        assert rate(service.as_(who), closed(service, who)) == 201
    assert (read(home, first), grades_in_the_timeline(home, first)) == (([2], 0), [2])
    text = home.get(f"/tickets/{first}/ratings").text
    assert "欧阳" not in text
    (item,) = home.get(f"/tickets/{first}/ratings").json["items"]
    assert (item["tags"], item["text"], item["own"]) == (
        [{"value": "cold", "name": "态度差"}],
        "电话138****5678",
        False,
    )


def test_ratings_of_another_grid_hide_nobody(service: Service) -> None:
    first = closed(service, "resident")
    rate(service.as_("resident"), first)
    for who in ("rider", "rider2"):
        rate(service.as_(who), closed(service, who, AT_NET_HOME, NET_HOME))
    service.at("2026-09-08 09:00")
    assert read(service.seat(GRID_A), first) == ([], 1)


def test_other_submitters_read_only_their_own(service: Service) -> None:
    resident, rider, home = service.as_("resident"), service.as_("rider"), service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP)["number"]
    rider.post(f"/tickets/{number}/join")
    home.did(number, "solve", photo_ids=[home.photo()])
    service.seat(GRID_A).did(number, "verify", passed=True)
    rate(resident, number, grade=5)
    rate(rider, number, grade=3)
    assert (read(resident, number), read(rider, number)) == (([5], 0), ([3], 0))
    assert read(service.as_("auditor"), number) == ([5, 3], 0)


def test_photos_of_a_rating_are_not_photos_of_the_work(service: Service) -> None:
    number = closed(service, "resident")
    resident = service.as_("resident")
    assert rate(resident, number, grade=1, photo_ids=[resident.photo("blue") for _ in range(2)]) == 201
    assert len(resident.ticket(number)["photos_after"]) == 1
    (item,) = resident.get(f"/tickets/{number}/ratings").json["items"]
    assert len(item["photos"]) == 2
    assert [len(row["photos"]) for row in service.seat(NANHU).get(f"/tickets/{number}/events").json["items"]][-1] == 0

    too_many = resident.post(f"/tickets/{number}/rating", {"grade": 2, "photo_ids": [resident.photo() for _ in "12"]})
    assert (too_many.status_code, set(too_many.json["error"]["fields"])) == (422, {"photo_ids"}), "three in all"
    assert rows(service, select(Rating.grade, Rating.changed_at)) == [(1, None)]
    assert rate(resident, number, grade=2, photo_ids=[resident.photo()]) == 200
    assert count(service, Photo, Photo.of_rating) == 3


def test_what_a_rating_may_say_is_in_the_catalogue(service: Service) -> None:
    rating = service.nobody().get("/categories").json["rating"]
    assert [grade["value"] for grade in rating["grades"]] == [5, 4, 3, 2, 1]
    assert {"value": "passed_around", "name": "互相推"} in rating["tags"]
    number = closed(service, "resident")
    refused = service.as_("resident").post(f"/tickets/{number}/rating", {"grade": 5, "tags": ["fast", "lovely"]})
    assert (refused.status_code, set(refused.json["error"]["fields"])) == (422, {"tags.1"})
    assert count(service, Rating) == 0
