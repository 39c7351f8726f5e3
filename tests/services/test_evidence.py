"""The photo of a result against what is known: seen by who verifies, and nobody learns where a phone has been."""

from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from reporter.models.evidence import PhotoFinding
from reporter.models.tickets import Ticket
from tests.adapters.test_darkroom import GPS, WUHAN, encoded, exif_of, scene
from tests.service import Service
from tests.services import mortal
from tests.services.inside import kinds, one, rows
from tests.services.mortal import Death
from tests.services.test_photos import upload
from tests.world import AT_HOME, CENTRAL, GRID_A, HOME

LAMP, COVER = "LL0107", "BJ0123"
FAR_NORTH = {**WUHAN, GPS.GPSLatitude: (30.0, 29.0, 53.436)}  # a minute of latitude: 1.8 km
THAT_MORNING, THE_DAY_BEFORE = "2026:09:07 09:20:00", "2026:09:06 09:20:00"


def fixed() -> Image.Image:
    return scene().transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def solved(service: Service, content: bytes, *, category: str = LAMP, before: bytes | None = None) -> dict[str, Any]:
    """A ticket solved with this photo, as its verifier sees it; the worker has done its work."""
    service.at("2026-09-07 09:00")
    resident, grid = service.as_("resident"), service.seat(GRID_A if category == COVER else HOME)
    number = resident.report(AT_HOME, category=category, photo_ids=[upload(resident, before or encoded(scene()))])[
        "number"
    ]
    service.at("2026-09-07 09:30")
    grid.did(number, "solve", note="好了", photo_ids=[upload(grid, content)])
    service.work()
    return service.seat(CENTRAL).ticket(number)


def codes(ticket: dict[str, Any]) -> list[list[str]]:
    return [[finding["code"] for finding in photo["findings"]] for photo in ticket["photos_after"]]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (encoded(fixed(), exif=exif_of(WUHAN, THAT_MORNING)), []),
        (encoded(fixed()), ["no_capture_data"]),
        (encoded(fixed(), exif=exif_of(FAR_NORTH, THAT_MORNING)), ["far_away"]),
        (encoded(fixed(), exif=exif_of(WUHAN, THE_DAY_BEFORE)), ["taken_before_filing"]),
        (encoded(scene(), quality=60, exif=exif_of(WUHAN, THAT_MORNING)), ["near_copy", "reused"]),  # saved again
    ],
)
def test_the_verifier_sees_what_was_found(service: Service, content: bytes, found: list[str]) -> None:
    ticket = solved(service, content, category=COVER)

    assert ticket["status"] == "feedback"
    assert codes(ticket) == [found]
    resident = service.as_("resident")
    assert codes(resident.ticket(ticket["number"])) == [[]], "not for outsiders"
    told = service.seat(CENTRAL).get(f"/tickets/{ticket['number']}").text
    assert "captured" not in told
    assert "09:20" not in told


def test_the_same_bytes_are_known_at_once_and_again_in_another_ticket(service: Service) -> None:
    picture = encoded(fixed(), exif=exif_of(WUHAN, THAT_MORNING))
    assert codes(solved(service, picture, category=COVER)) == [[]]
    grid, rider = service.seat(GRID_A), service.as_("rider")
    second = rider.report(AT_HOME, category=COVER)["number"]
    after = grid.did(second, "solve", note="好了", photo_ids=[upload(grid, picture)])
    assert codes(after) == [["reused"]], "before the worker has seen it"


def test_a_doubtful_photo_of_a_ticket_closed_at_once_orders_one_recheck(service: Service) -> None:
    ticket = solved(service, encoded(fixed(), exif=exif_of(FAR_NORTH, THE_DAY_BEFORE)))
    number, community = ticket["number"], service.seat(CENTRAL)

    assert ticket["status"] == "closed"
    assert codes(ticket) == [["far_away", "taken_before_filing"]]
    assert [item["number"] for item in community.get("/tickets", recheck="true").json["items"]] == [number]
    assert kinds(service, number)["recheck_ordered"] == 1
    assert sum("请复核" in text for text in community.told()) == 1
    assert "recheck_ordered" not in service.as_("resident").events(number)
    service.work()
    assert kinds(service, number)["recheck_ordered"] == 1
    assert community.did(number, "check", found=True)["status"] == "closed"


@pytest.mark.parametrize("before_solving", [True, False])
def test_it_makes_no_difference_whether_the_worker_was_faster(service: Service, before_solving: bool) -> None:
    service.at("2026-09-07 09:00")
    resident, home = service.as_("resident"), service.seat(HOME)
    number = resident.report(AT_HOME, category=LAMP, photo_ids=[upload(resident, encoded(scene()))])["number"]
    photo = upload(home, encoded(fixed(), exif=exif_of(FAR_NORTH, THAT_MORNING)))
    if before_solving:
        service.work()
    home.did(number, "solve", photo_ids=[photo])
    service.work()
    assert codes(service.seat(CENTRAL).ticket(number)) == [["far_away"]]


def test_a_worker_killed_in_between_finds_it_the_next_time(service: Service) -> None:
    service.at("2026-09-07 09:00")
    number = service.as_("resident").report(AT_HOME, category=COVER)["number"]
    grid = service.seat(GRID_A)
    grid.did(number, "solve", note="好", photo_ids=[upload(grid, encoded(fixed()))])
    mortal.die(service, mortal.develop, Death("before commit", 2))
    assert rows(service, select(PhotoFinding.code)) == []
    service.at("2026-09-07 09:05")
    service.work()
    assert one(service, select(PhotoFinding.code)) == "no_capture_data"
    assert one(service, select(Ticket.recheck)) is False
