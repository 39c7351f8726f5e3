"""Small rules as tables: placing, nearness, rating, masking, percentages, reach of roles."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from reporter.domain import areas, duplicates, metrics, permissions, privacy, ratings
from reporter.domain.areas import Found, Level, Surroundings
from reporter.domain.coordinates import Point
from reporter.domain.duplicates import Known, Thing
from reporter.domain.errors import Conflict, Forbidden, LocationOutOfArea, TooLate
from reporter.domain.permissions import PERMISSIONS, Actor, HeldSeat, Permission, Role
from tests.domain.calendars import beijing, policy

NOW = beijing("2026-09-07 09:00")
HERE = Point(114.3000, 30.5000)


@pytest.mark.parametrize(
    ("around", "area", "flags"),
    [
        (Surroundings(holding=[Found(1, "g", Level.GRID, 9), Found(2, "b", Level.BUILDING, 4)]), 2, ()),  # the smallest
        (Surroundings(holding=[Found(1, "g", Level.GRID, 9)]), 1, ()),  # only the grid
        (Surroundings(holding=[Found(1, "n2", Level.NEIGHBOURHOOD, 5), Found(2, "n1", Level.NEIGHBOURHOOD, 4)]), 2,
         ("boundary",)),  # two hold it: the smaller
        (Surroundings(holding=[Found(1, "n2", Level.NEIGHBOURHOOD, 4), Found(2, "n1", Level.NEIGHBOURHOOD, 4)]), 2,
         ("boundary",)),  # equally small: the lower code
        (Surroundings(near_grids=[Found(1, "g", Level.GRID, 1, 150), Found(2, "h", Level.GRID, 1, 90)]), 2,
         ("snapped",)),
        (Surroundings(streets=[Found(7, "s", Level.STREET)]), 7, ("unrouted",)),  # in a street, in no grid
    ],
)  # fmt: skip
def test_where_a_report_belongs(around: Surroundings, area: int, flags: tuple[str, ...]) -> None:
    placement = areas.place(around)

    assert (placement.area_id, placement.flags) == (area, flags)


@pytest.mark.parametrize(
    ("code", "parent", "length", "keeps"),
    [
        ("420106015002001", "420106015002", 15, True),  # a grid of ours
        ("42010601500201", "420106015002", 14, True),  # another city's grids have 14 digits: a row, no code
        ("420106", "420100", 6, True),  # district and city are equally long
        ("420206", "420100", 6, False),  # of another city
        ("420106015003001", "420106015002", 15, False),  # of another community
        ("42010601500200", "420106015002", 15, False),  # a digit is missing
        ("42010601500200a", "420106015002", 15, False),  # digits only
        ("４２０１０６", "420100", 6, False),  # and ordinary ones
        ("420100", None, 6, True),  # the top
    ],
)
def test_codes_follow_a_table(code: str, parent: str | None, length: int, keeps: bool) -> None:
    assert areas.fits(code, parent, areas.CodeRule(Level.GRID, length)) is keeps


def test_outside_every_street_is_refused_by_name() -> None:
    with pytest.raises(LocationOutOfArea) as refused:
        areas.place(Surroundings())
    assert set(refused.value.fields) == {"location"}


def known(
    number: str, category: str, lat: float, *, look_alike: str | None = None, hours: float = 1, accuracy: float = 0
) -> Known:
    kinds = frozenset({category, *([look_alike] if look_alike else [])})
    return Known(number, category, kinds, Point(114.3000, lat), accuracy, NOW - timedelta(hours=hours), "dispatched")


COVER = Thing(HERE, 0.0, "BJ0123", frozenset({"BJ0123", "cover"}))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (known("A", "BJ0123", 30.50005), True),  # 5.6 m away, radius 10
        (known("A", "BJ0123", 30.50015), False),  # 16.7 m
        (known("A", "BJ0101", 30.50005, look_alike="cover"), True),  # reporters cannot tell covers apart
        (known("A", "SJ0110", 30.50005), False),  # something else
        (known("A", "BJ0123", 30.50005, hours=25), False),  # outside the window
        (known("A", "BJ0123", 30.50015, accuracy=10), True),  # within both accuracies
        (known("A", "BJ0123", 30.50025, accuracy=500), False),  # but never beyond twice the radius
    ],
)
def test_what_may_be_the_same_thing(other: Known, same: bool) -> None:
    found = duplicates.similar(COVER, 10, timedelta(hours=24), NOW, [other])

    assert bool(found) is same


def test_similar_ones_come_nearest_first() -> None:
    others = [known("far", "BJ0123", 30.50008), known("near", "BJ0123", 30.50001)]

    found = duplicates.similar(COVER, 10, timedelta(hours=24), NOW, others)

    assert [item.known.number for item in found] == ["near", "far"]


@pytest.mark.parametrize(
    ("closed", "rated", "changed", "refusal"),
    [
        (None, None, None, ratings.NotClosedYet),  # nothing to rate yet
        (1, None, None, None),
        (15, None, None, None),  # the last day counts
        (15.01, None, None, TooLate),
        (10, 6, None, None),  # one change within seven days
        (10, 7.01, None, TooLate),
        (10, 6, 5, ratings.AlreadyChanged),  # but only one
    ],
)
def test_who_may_still_rate(
    closed: float | None, rated: float | None, changed: float | None, refusal: type[Conflict] | None
) -> None:
    def ago(days: float | None) -> object:
        return None if days is None else NOW - timedelta(days=days)

    with pytest.raises(refusal) if refusal else nullcontext():
        ratings.check_may_rate(ago(closed), ago(rated), ago(changed), NOW, policy())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳娜娜", "欧阳*"), ("欧阳", "欧*"), ("李", "*"), ("", ""), (" 王五 ", "王*"), ("Bob", "B*")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert privacy.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("027-88881234", "027-****1234"),
        ("02788881234", "027-****1234"),
        ("95588", "95****88"),
        ("123", "****"),
    ],
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert privacy.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("找我13812341234谢谢", "找我138****1234谢谢"),  # a mobile inside a sentence
        ("身份证420106199001011234", "身份证420106********1234"),
        ("身份证42010619900101123X", "身份证420106********123X"),
        ("工单WC2026100300001", "工单WC2026100300001"),  # a ticket number is no telephone number
        ("订单138123412345678", "订单138123412345678"),  # nor is a longer number
    ],
)
def test_numbers_inside_words_are_masked(text: str, masked: str) -> None:
    assert privacy.mask_numbers_in(text) == masked


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [(33, 36, 91.7), (34, 40, 85.0), (3, 34, 8.8), (14, 16, 87.5), (1, 16, 6.3), (0, 5, 0.0), (0, 0, None)],
)
def test_percentages_are_rounded_half_up_and_nothing_is_no_data(
    numerator: int, denominator: int, shown: float | None
) -> None:
    assert metrics.percent(numerator, denominator) == shown


def test_every_permission_has_its_row() -> None:
    assert set(PERMISSIONS) == set(Permission)


@pytest.mark.parametrize(
    ("role", "level", "allowed"),
    [
        (Role.LEAD, Level.GRID, True),
        (Role.LEAD, Level.STREET, True),
        (Role.LEAD, Level.BUILDING, False),  # a volunteer need not call anybody back
        (Role.LEAD, Level.NEIGHBOURHOOD, False),
        (Role.DISTRICT, Level.DISTRICT, True),
        (Role.AUDITOR, None, True),
        (Role.DEPARTMENT, None, False),
        (Role.RESIDENT, None, False),
        (Role.ADMIN, None, False),
    ],
)
def test_who_may_see_a_submitter_unmasked(role: Role, level: Level | None, allowed: bool) -> None:
    seats = (HeldSeat(1, "1", "a", level, "t"),) if level else ()
    actor = Actor(1, role, "n", seats)

    with nullcontext() if allowed else pytest.raises(Forbidden):
        permissions.require_reveal(actor)
