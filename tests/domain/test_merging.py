"""Which of two tickets remains, what may not be merged at all, and what needs a word of a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reporter.domain import duplicates, merging
from reporter.domain.coordinates import Point
from reporter.domain.duplicates import Known, Thing
from reporter.domain.errors import MissingInput
from reporter.domain.merging import CannotMerge, Side, WrongMain
from reporter.domain.statuses import Status

NOW = datetime(2026, 9, 7, 4, tzinfo=UTC)
DAY = timedelta(hours=24)
INDOORS = frozenset({"lamp"})
MAIN = Side(
    number="WC1", status=Status.HANDLING, severity=3, received_at=NOW - timedelta(hours=3), closed_at=None,
    kinds=frozenset({"BJ0123", "cover"}), small=False, sensitive=False, submitter_id=1, point=Point(114.3, 30.5),
    accuracy_m=0,
)  # fmt: skip
FOLLOWER = replace(MAIN, number="WC2", received_at=NOW - timedelta(hours=1), submitter_id=2, status=Status.DISPATCHED)
NORTH_16_M = Point(114.3, 30.50015)


def check(follower: Side, main: Side, note: str | None = None) -> None:
    merging.check(follower, main, 10, DAY, INDOORS, note, NOW)


@pytest.mark.parametrize(
    ("one", "other", "remains"),
    [
        (MAIN, FOLLOWER, "WC1"),  # the earlier
        (FOLLOWER, MAIN, "WC1"),  # whichever is named first
        (MAIN, replace(FOLLOWER, severity=4), "WC2"),  # the graver, although later
        (replace(MAIN, severity=4), replace(FOLLOWER, status=Status.CLOSED, closed_at=NOW), "WC2"),  # ended: remains
        (replace(MAIN, received_at=FOLLOWER.received_at), FOLLOWER, "WC1"),  # one moment: the lower number
    ],
)
def test_which_remains(one: Side, other: Side, remains: str) -> None:
    assert merging.main_of(one, other).number == remains


@pytest.mark.parametrize(
    ("follower", "main", "refusal"),
    [
        (MAIN, MAIN, CannotMerge),  # itself
        (replace(FOLLOWER, sensitive=True), MAIN, CannotMerge),
        (FOLLOWER, replace(MAIN, sensitive=True), CannotMerge),
        (FOLLOWER, replace(MAIN, main="WC0", status=Status.MERGED), CannotMerge),  # no chains
        (FOLLOWER, replace(MAIN, status=Status.CLOSED, closed_at=NOW - DAY), CannotMerge),  # closed a day ago
        (FOLLOWER, replace(MAIN, status=Status.WITHDRAWN), CannotMerge),  # ended in another way
        (MAIN, FOLLOWER, WrongMain),
        (replace(FOLLOWER, severity=4), MAIN, WrongMain),
        (replace(FOLLOWER, small=True), MAIN, MissingInput),  # two families
        (FOLLOWER, replace(MAIN, small=True), MissingInput),
        (replace(FOLLOWER, kinds=frozenset({"SJ0110"})), MAIN, MissingInput),  # another kind of thing
        (replace(FOLLOWER, point=NORTH_16_M), MAIN, MissingInput),  # too far for a cover
        (FOLLOWER, replace(MAIN, received_at=NOW - timedelta(hours=26)), MissingInput),  # reported long apart
    ],
)
def test_what_is_refused(follower: Side, main: Side, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check(follower, main, "  ")


@pytest.mark.parametrize(
    ("follower", "main", "note"),
    [
        (FOLLOWER, MAIN, None),
        (FOLLOWER, replace(MAIN, status=Status.CLOSED, closed_at=NOW - timedelta(hours=23)), None),
        (replace(FOLLOWER, small=True), replace(MAIN, small=True, submitter_id=2), None),  # one person's two reports
        (replace(FOLLOWER, point=NORTH_16_M, accuracy_m=10), MAIN, None),  # within the accuracy
        (replace(FOLLOWER, small=True), MAIN, "同一盏灯"),
        (replace(FOLLOWER, point=NORTH_16_M), MAIN, "门口只有一只井"),
    ],
)
def test_what_is_allowed(follower: Side, main: Side, note: str | None) -> None:
    check(follower, main, note)


@pytest.mark.parametrize(
    ("own", "others", "buildings", "alike"),
    [
        ({"BJ0137", "lamp"}, {"LL0107", "lamp"}, (7, 7), True),  # street lamp and stairway lamp of one building
        ({"BJ0137", "lamp"}, {"LL0107", "lamp"}, (7, 8), False),
        ({"BJ0137", "lamp"}, {"LL0107", "lamp"}, (None, None), False),  # no building known: two lamps
        ({"BJ0137", "lamp"}, {"BJ0137", "lamp"}, (None, 7), True),  # the category itself asks for no building
        ({"BJ0104", "cover", "standing_water"}, {"SJ0506", "standing_water"}, (None, None), True),  # blocked grate
        ({"BJ0104", "cover", "standing_water"}, {"BJ0123", "cover"}, (None, None), True),  # and a cover
        ({"SJ0506", "standing_water"}, {"BJ0123", "cover"}, (None, None), False),
    ],
)
def test_look_alikes(own: set[str], others: set[str], buildings: tuple[int | None, int | None], alike: bool) -> None:
    here = Point(114.3, 30.5)
    known = Known("A", max(others), frozenset(others), here, 0, NOW, "dispatched", building_id=buildings[1])
    thing = Thing(here, 0, max(own), frozenset(own), buildings[0])
    assert bool(duplicates.similar(thing, 10, DAY, NOW, [known], INDOORS)) is alike


def test_the_score_has_its_parts() -> None:
    here = Point(114.3, 30.5)
    thing = Thing(here, 0, "BJ0123", frozenset({"BJ0123", "cover"}))
    same = Known("A", "BJ0123", frozenset({"BJ0123", "cover"}), here, 0, NOW, "dispatched")
    other = replace(same, number="B", category="BJ0101", kinds=frozenset({"cover"}), received_at=NOW - DAY / 2)
    first, second = duplicates.similar(thing, 10, DAY, NOW, [same, other])
    assert (first.score, first.parts) == (1.0, {"distance": 1.0, "category": 1.0, "time": 1.0})
    assert (second.score, second.parts) == (0.75, {"distance": 1.0, "category": 0.5, "time": 0.5})
