"""English by the same catalogue: errors, reasons, names of departments."""

import pytest

from tests.service import Service
from tests.world import AT_HOME, GRID_A

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"grade": 6}, "grade", "between 1 and 5"),  # filled after it was translated
        ({"grade": "x"}, "grade", "whole number"),
        ({}, "grade", "required"),
    ],
)
def test_a_wrong_field_is_told_in_english(service: Service, body: dict[str, object], field: str, words: str) -> None:
    answer = service.as_("rider").post("/tickets/X/rating", body, headers=ENGLISH)

    assert answer.status_code == 422
    assert words in answer.json["error"]["fields"][field].lower()


def test_a_ticket_speaks_english(service: Service) -> None:
    rider, grid = service.as_("rider"), service.seat(GRID_A)
    number = rider.report(AT_HOME, category="BJ0102")["number"]
    grid.did(number, "dispatch", to="department:water")

    shown = grid.request("GET", f"/tickets/{number}", headers=ENGLISH).json
    listed = grid.request("GET", "/tickets", headers=ENGLISH).json["items"][0]

    assert (shown["holder"]["name"], listed["holder"]["name"]) == ("Water", "Water")
    assert shown["category"]["name"] == "Sewage manhole cover"
    assert shown["hops"][0]["reasons"][0]["text"].startswith("Grid lead")
