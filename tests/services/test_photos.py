"""Photos on their way: taken in, attached by their uploader only, developed, and removed when nobody wanted them."""

import threading
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from reporter.db import session_for
from reporter.models.photos import Photo
from reporter.models.tickets import Report, Ticket
from reporter.services import photos
from tests.service import Caller, Service, picture
from tests.services import mortal
from tests.services.inside import count, kinds, later, one, rows
from tests.services.mortal import Death
from tests.world import AT_HOME, GRID_A, IN_GRID_A_ONLY

COLOURS = ("red", "green", "blue", "black", "white", "grey", "pink")


def files(service: Service) -> list[str]:
    """What lies in the store, by its place in it."""
    folder = Path(service.settings.photo_store.removeprefix("file://"))
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def upload(caller: Caller, content: bytes) -> str:
    answer = caller.request("POST", "/photos", data={"file": (BytesIO(content), "a.jpg", "image/jpeg")})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_loose_photo_goes_after_seven_days_with_all_its_files(service: Service) -> None:
    rider = service.as_("rider")
    loose, kept = rider.photo("red"), rider.photo("blue")
    rider.report(AT_HOME, category="LL0107", photo_ids=[kept])
    service.work()
    later(service, days=7)
    service.work()
    assert count(service, Photo) == 2, "seven days are not over"
    later(service, seconds=1)
    service.work()
    assert rows(service, select(Photo.id)) == [kept]
    assert files(service) == [f"original/{kept}", f"shown/{kept}.jpg", f"thumbnail/{kept}.webp"]
    assert rider.get(f"/photos/{loose}").status_code == 404


@pytest.mark.parametrize("death", [Death("before commit", 2), Death("after commit", 2)], ids=str)
def test_removing_that_is_killed_leaves_no_file_without_a_row(service: Service, death: Death) -> None:
    rider = service.as_("rider")
    for colour in ("red", "blue"):
        rider.photo(colour)
    service.work()
    later(service, days=8)
    mortal.die(service, mortal.remove_loose, death)
    named = {name.split("/")[1].split(".")[0] for name in files(service)}
    assert named <= set(rows(service, select(Photo.id)))
    service.work()
    assert (count(service, Photo), files(service)) == (0, [])


def test_a_photo_attached_while_loose_ones_are_removed_keeps_its_files(service: Service) -> None:
    rider = service.as_("rider")
    photo_id = rider.photo()
    service.work()
    number = rider.report(AT_HOME, category="LL0107")["number"]
    later(service, days=8)
    workshop = service.workshop
    remover = threading.Thread(target=photos.remove_loose, args=(workshop.works, workshop.store))
    with session_for(service.engine, writes=True) as session:
        ticket_id = session.scalar(select(Ticket.id).where(Ticket.number == number))
        report_id = session.scalar(select(Report.id))
        session.execute(update(Photo).where(Photo.id == photo_id).values(ticket_id=ticket_id, report_id=report_id))
        remover.start()
        time.sleep(0.3)  # the remover has seen the loose photo, or waits for us
    remover.join()
    assert rows(service, select(Photo.id)) == [photo_id]
    assert len(files(service)) == 3


def test_a_photo_in_the_darkroom_is_not_removed_under_its_hands(service: Service) -> None:
    service.as_("rider").photo()
    later(service, days=8)  # no worker ran for a week
    assert photos.remove_loose(service.workshop.works, service.workshop.store) == 0
    assert one(service, select(Photo.state)) == "processing"


def test_late_photos_belong_to_the_report_and_are_counted_with_the_first(service: Service) -> None:
    rider = service.as_("rider")
    number = rider.report(AT_HOME, category="LL0107", photo_ids=[rider.photo(name) for name in COLOURS[:4]])["number"]
    two = rider.post(f"/reports/{number}/photos", {"photo_ids": [rider.photo(name) for name in COLOURS[4:6]]})
    assert two.status_code == 200, two.text
    assert len(two.json["reports"][0]["photos"]) == 6
    seventh = rider.post(f"/reports/{number}/photos", {"photo_ids": [rider.photo(COLOURS[6])]})
    assert (seventh.status_code, set(seventh.json["error"]["fields"])) == (422, {"photo_ids"})
    assert kinds(service, number)["photos_added"] == 1


def test_seven_photos_are_refused_and_nothing_is_stored(service: Service) -> None:
    rider = service.as_("rider")
    answer = rider.send(AT_HOME, category="LL0107", photo_ids=[rider.photo(name) for name in COLOURS])
    assert answer.status_code == 422
    assert count(service, Ticket) == 0
    assert count(service, Photo, Photo.ticket_id.is_not(None)) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("rider", 200),  # the submitter
        ("rider2", 404),  # a stranger does not see the ticket
        (f"seat:{GRID_A}", 403),  # whoever handles it adds photos with a step, not to the report
    ],
)
def test_only_who_made_the_report_adds_photos_to_it(service: Service, who: str, status: int) -> None:
    number = service.as_("rider").report(AT_HOME, category="LL0107")["number"]
    caller = service.as_(who)
    assert caller.post(f"/reports/{number}/photos", {"photo_ids": [caller.photo()]}).status_code == status


def test_a_photo_is_attached_by_its_uploader_only_and_only_once(service: Service) -> None:
    rider, other = service.as_("rider"), service.as_("rider2")
    mine, theirs, used = rider.photo("red"), other.photo("blue"), rider.photo("green")
    number = rider.report(IN_GRID_A_ONLY, category="BJ0305", photo_ids=[used])["number"]
    tries: Sequence[tuple[str, list[str]]] = [
        ("somebody else's", [mine, theirs]),
        ("of another report", [mine, used]),
        ("unknown", [mine, photos.new_id()]),
    ]
    for what, photo_ids in tries:
        answer = rider.send(AT_HOME, category="LL0107", photo_ids=photo_ids)
        assert (answer.status_code, set(answer.json["error"]["fields"])) == (422, {"photo_ids"}), what
    assert service.seat(GRID_A).step(number, "note", text="看", photo_ids=[mine]).status_code == 422
    assert rows(service, select(Photo.id).where(Photo.ticket_id.is_not(None))) == [used]


def test_a_damaged_photo_is_refused_once_and_cannot_be_attached_afterwards(service: Service) -> None:
    rider = service.as_("rider")
    photo_id = upload(rider, picture(size=(640, 480))[:-400])
    service.work()
    assert one(service, select(Photo.state, Photo.run_at)) == ("refused", None)
    assert rider.get(f"/photos/{photo_id}").status_code == 404
    answer = rider.send(AT_HOME, category="LL0107", photo_ids=[photo_id])
    assert (answer.status_code, set(answer.json["error"]["fields"])) == (422, {"photo_ids"})


class AwayStore:
    """A store that does not answer."""

    def put(self, key: str, content: bytes) -> None:
        raise ConnectionError("away")

    def get(self, key: str) -> bytes:
        raise ConnectionError("away")

    def remove(self, keys: Sequence[str]) -> None:
        raise ConnectionError("away")


def test_a_store_that_is_away_for_a_while_costs_time_and_no_photo(service: Service) -> None:
    service.as_("rider").photo()
    works, darkroom = service.workshop.works, service.workshop.darkroom
    for attempt in range(1, photos.MOST_ATTEMPTS):
        assert photos.develop_waiting(works, AwayStore(), darkroom) == 1
        assert photos.develop_waiting(works, AwayStore(), darkroom) == 0, "not again before the lease ends"
        state, attempts, error = one(service, select(Photo.state, Photo.attempts, Photo.last_error))
        assert (state, attempts) == ("processing", attempt)
        assert "away" in error
        later(service, seconds=61)
    service.work()
    assert one(service, select(Photo.state, Photo.last_error)) == ("ready", None)


def test_a_photo_that_ends_every_worker_is_given_up_and_the_others_go_on(service: Service) -> None:
    rider = service.as_("rider")
    deadly = rider.photo("red")
    with session_for(service.engine, writes=True) as session:  # as if each attempt had been killed
        session.execute(update(Photo).values(attempts=photos.MOST_ATTEMPTS))
    other = rider.photo("blue")
    service.work()
    assert dict(rows(service, select(Photo.id, Photo.state))) == {deadly: "refused", other: "ready"}
