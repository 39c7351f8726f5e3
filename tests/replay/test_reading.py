"""What is made of the files: messages, waits, points; and the figures of the table."""

import gzip
import random
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.replay import arrivals, places, words
from reporter.replay.ledger import percentile
from reporter.replay.places import NothingServed, Spot
from reporter.replay.player import plan
from reporter.replay.tables import UnusableFile
from reporter.replay.words import Message
from tests.replay.conftest import write


@pytest.mark.parametrize(
    ("gaps", "count", "speed", "due"),
    [
        ((2.0, 4.0, 6.0), 4, 1.0, [0, 2, 6, 12]),  # as it was
        ((2.0, 4.0, 6.0), 4, 2.0, [0, 1, 3, 6]),  # twice as fast
        ((2.0, 4.0, 6.0), 3, inf, [0, 0, 0]),  # no waits
        ((2.0, 4.0), 5, 1.0, [0, 2, 6, 8, 12]),  # the waits begin again
        ((2.0,), 1, 1.0, [0]),
        ((2.0,), 0, 1.0, []),
    ],
)
def test_when_requests_are_due(gaps: tuple[float, ...], count: int, speed: float, due: list[float]) -> None:
    assert arrivals.schedule(gaps, count, speed) == due


def arrivals_file(folder: Path) -> Path:
    rows = [
        ("sample", "2014-01-01 00:00:00", "39.0", "-77.0"),  # years apart: no waits in it
        ("burst", "2026-06-27 01:00:09", "0.0", "0.0"),  # newest first, as the portal wrote it
        ("burst", "2026-06-27 01:00:04", "", ""),
        ("burst", "2026-06-27 01:00:00", "40.5", "-73.9"),
        ("sample", "2019-01-01 00:00:00", "x", "nan"),
    ]
    return write(folder / "arrivals.csv", ("extract", "created", "lat", "lon"), rows)


def test_waits_are_those_of_the_densest_extract_in_order_of_time(tmp_path: Path) -> None:
    found = arrivals.read(arrivals_file(tmp_path))
    assert (found.extract, found.gaps_s) == ("burst", (4.0, 5.0))


def test_points_are_those_of_all_rows_as_they_are(tmp_path: Path) -> None:
    found = arrivals.read(arrivals_file(tmp_path), "sample")
    assert found.extract == "sample"
    assert [(spot.lng, spot.lat) for spot in found.spots] == [
        (-77.0, 39.0),
        (0.0, 0.0),
        (None, None),
        (-73.9, 40.5),
        (None, None),  # JSON knows neither a word nor NaN as a number
    ]
    assert {spot.datum for spot in found.spots} == {"wgs84"}


def test_messages_are_title_and_body_also_from_a_gzipped_file(tmp_path: Path) -> None:
    path = tmp_path / "words.csv.gz"
    path.write_bytes(gzip.compress("user,title,body\na,灯,不亮\nb,只有标题,\nc,,\n".encode()))
    assert [(one.author, one.text) for one in words.read(path)] == [("a", "灯\n不亮"), ("b", "只有标题")]


def test_a_message_does_not_show_itself() -> None:
    assert "灯" not in repr(Message("a", "灯"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("user,title\na,b\n", "has no column body"),
        ("user,title,body\n", "has no rows"),
        ("", "has no column"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "words.csv"
    path.write_text(content)
    with pytest.raises(UnusableFile, match=sentence):
        words.read(path)


@pytest.mark.parametrize(
    ("name", "columns", "spot"),
    [
        ("shops_gcj02.csv", ("lng", "lat"), Spot(114.3, 30.5, "gcj02")),
        ("estates_wgs84.csv", ("lon", "lat"), Spot(114.3, 30.5, "wgs84")),
    ],
)
def test_the_name_of_a_file_says_its_datum(tmp_path: Path, name: str, columns: tuple[str, str], spot: Spot) -> None:
    assert places.of_file(write(tmp_path / name, columns, [("114.3", "30.5")])) == [spot]


def test_points_of_an_unknown_datum_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="datum"):
        places.of_file(write(tmp_path / "estates_2018.csv", ("lon", "lat"), [("114.3", "30.5")]))


def in_the_middle(spot: Spot) -> bool:
    return spot.lng is not None and spot.lat is not None and 4 <= spot.lng < 5 and 4 <= spot.lat < 5


def test_the_served_area_is_found_with_its_edges() -> None:
    cells = places.discover((0, 0, 10, 10), in_the_middle, map, per_side=10)
    assert len(cells) == 9
    assert (min(cell[0] for cell in cells), max(cell[2] for cell in cells)) == (3, 6)


def test_nothing_served_is_said() -> None:
    with pytest.raises(NothingServed):
        places.discover((0, 0, 10, 10), lambda spot: False, map, per_side=4)


@given(st.integers())
def test_drawn_points_are_served_and_the_same_for_one_seed(seed: int) -> None:
    cells = [(3.0, 3.0, 6.0, 6.0)]
    spots = [places.draw(cells, in_the_middle, random.Random(seed)) for _ in range(2)]
    assert in_the_middle(spots[0])
    assert spots[0] == spots[1]


def test_every_so_manyth_request_has_a_point_of_the_file() -> None:
    messages = [Message("a", str(number)) for number in range(6)]
    known, dirty = Spot(1.0, 1.0, "gcj02"), Spot(0.0, 0.0, "wgs84")
    requests = plan(messages, [0.0] * 6, [known], [dirty], 3, random.Random(1))
    assert [request.spot for request in requests] == [known, None, dirty, None, None, dirty]
    assert [request.dirty for request in requests] == [False, False, True, False, False, True]
    assert {request.message.text for request in requests} == {message.text for message in messages}


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, 0),
        ([7], 0.99, 7),
        ([1, 2, 3], 0.5, 2),  # one of three is not half
        ([1, 2, 3, 4], 0.5, 2),  # half of them do not exceed 2
        (list(range(1, 101)), 0.95, 95),
        (list(range(1, 101)), 0.99, 99),
        ([3, 1, 2], 1.0, 3),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected
