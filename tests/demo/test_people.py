"""Seats and role names: some vacant, some away, some leaders twice; the seats of the story always there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from reporter.demo.partition import covers
from reporter.demo.people import PersonRow, SeatRow, people_for, seats_for, showcase
from reporter.domain.areas import FINE_LEVELS
from tests.demo.conftest import NANHU, Made

NOBODY_THERE = {"vacant_neighbourhood", "on_leave_without_deputy"}


@dataclass(frozen=True)
class Staff:
    made: Made
    seats: list[SeatRow]
    people: list[PersonRow]

    @property
    def by_area(self) -> Mapping[str, SeatRow]:
        return {seat.area_code: seat for seat in self.seats}

    def fine(self) -> list[SeatRow]:
        return [seat for seat in self.seats if self.made.by_code[seat.area_code].level in FINE_LEVELS]


def staff_of(made: Made) -> Staff:
    seats = seats_for(made.district.areas, made.spec, made.spec.seed)
    return Staff(made, seats, people_for(seats, made.district.areas, made.spec))


@pytest.fixture(scope="module")
def nanhu_staff(nanhu: Made) -> Staff:
    return staff_of(nanhu)


@pytest.fixture(scope="module")
def wuchang_staff(wuchang: Made) -> Staff:
    return staff_of(wuchang)


def test_every_area_but_a_group_has_one_seat(nanhu: Made, nanhu_staff: Staff) -> None:
    assert [seat.area_code for seat in nanhu_staff.seats] == [
        row.code for row in nanhu.district.areas if row.level != "household_group"
    ]


def test_seats_from_the_community_up_are_filled_and_present(wuchang_staff: Staff) -> None:
    above = [seat for seat in wuchang_staff.seats if len(seat.area_code) <= 12]
    assert {(seat.holder is None, seat.on_leave) for seat in above} == {(False, False)}


def test_about_three_in_a_hundred_seats_are_vacant(wuchang_staff: Staff) -> None:
    fine = wuchang_staff.fine()
    assert sum(seat.holder is None for seat in fine) / len(fine) == pytest.approx(0.03, abs=0.003)
    assert not any(seat.on_leave for seat in fine if seat.holder is None)


def test_vacant_and_absent_holders_have_a_deputy_sometimes(nanhu_staff: Staff) -> None:
    kinds = {(seat.holder is None, seat.on_leave, seat.deputy is not None) for seat in nanhu_staff.fine()}
    assert kinds == {
        (False, False, False),
        (False, False, True),
        (False, True, False),
        (False, True, True),
        (True, False, False),
        (True, False, True),
    }


def test_some_leaders_hold_two_seats_next_to_each_other_and_nobody_three(nanhu_staff: Staff) -> None:
    seats = Counter(seat.holder for seat in nanhu_staff.seats if seat.holder)
    assert set(seats.values()) == {1, 2}
    pairs = [
        (first, seat)
        for seat in nanhu_staff.seats
        if seat.holder and (first := nanhu_staff.by_area[seat.holder.partition(":")[0]]) is not seat
    ]
    steps = Counter(
        "next neighbourhood"
        if int(seat.area_code) - 1 == int(first.area_code)
        else seat.area_code[len(first.area_code) :]
        for first, seat in pairs
    )
    assert set(steps) == {"next neighbourhood", "01"}  # 01: the building's leader has the first neighbourhood, too
    assert all(first.on_leave == seat.on_leave for first, seat in pairs)  # one person, one leave


def test_nobody_has_three_seats_or_takes_a_vacant_one_along_even_when_most_share(nanhu: Made) -> None:
    shares = replace(nanhu.spec.seats, vacant=0.3, two_neighbourhoods=0.9, building_and_neighbourhood=0.9)
    seats = seats_for(nanhu.district.areas, replace(nanhu.spec, seats=shares), "any")
    held = Counter(seat.holder for seat in seats if seat.holder)
    assert set(held.values()) == {1, 2}
    first_seats = {seat.area_code for seat in seats if seat.holder == f"{seat.area_code}:holder"}
    assert {key.partition(":")[0] for key in held} == first_seats


def test_role_names_say_what_the_person_is_for(nanhu_staff: Staff) -> None:
    names = {person.key: person.name for person in nanhu_staff.people}
    assert names["420100:holder"] == "示例·市平台01"
    assert names["420106:holder"] == "示例·区平台01"
    assert names["420106015:holder"] == "示例·街道值班14"
    assert names["420106015007:holder"] == "示例·社区书记140"
    by_area = nanhu_staff.by_area
    titles = {
        (row.ladder, row.level): by_area[row.code].title
        for row in nanhu_staff.made.district.areas
        if row.code in by_area
    }
    assert [titles["standard", level] for level in FINE_LEVELS] == ["网格长", "楼栋长", "邻里长"]
    assert [titles["huajin", level] for level in FINE_LEVELS] == ["网长", "格长", "里长"]


def test_names_are_unique_in_both_districts_together(wuchang_staff: Staff, xima: Made) -> None:
    people = {person.key: person.name for person in [*wuchang_staff.people, *staff_of(xima).people]}
    assert len(set(people.values())) == len(people)


def test_everybody_on_a_seat_is_a_person_and_the_other_way_round(nanhu_staff: Staff) -> None:
    on_seats = {key for seat in nanhu_staff.seats for key in (seat.holder, seat.deputy) if key}
    assert {person.key for person in nanhu_staff.people} == on_seats


def test_a_street_alone_has_the_same_people(nanhu_staff: Staff, wuchang_staff: Staff) -> None:
    assert nanhu_staff.seats == [
        seat for seat in wuchang_staff.seats if seat.area_code.startswith(NANHU) or len(seat.area_code) == 6
    ]
    assert set(nanhu_staff.people) <= set(wuchang_staff.people)


@pytest.mark.parametrize("seed", ["weilin-20261122", *"abcdefgh"])
def test_the_seats_at_the_gate_of_the_story_are_filled_and_present(nanhu: Made, seed: str) -> None:
    everybody_gone = replace(nanhu.spec, seats=replace(nanhu.spec.seats, vacant=0.5, on_leave=0.9))
    by_area = {seat.area_code: seat for seat in seats_for(nanhu.district.areas, everybody_gone, seed)}
    gate = nanhu.district.notes["gates"]["大华公园世家"]
    for code in (gate.grid, gate.building, gate.neighbourhood):
        assert (by_area[code].holder, by_area[code].on_leave) == (f"{code}:holder", False)


@pytest.mark.parametrize(
    ("name", "vacant", "on_leave", "deputy"),
    [
        ("vacant_neighbourhood", True, False, False),
        ("vacant_with_deputy", True, False, True),
        ("on_leave_with_deputy", False, True, True),
        ("on_leave_without_deputy", False, True, False),
        ("two_seats", False, False, None),  # a deputy or none: both will do
    ],
)
def test_the_showcase_has_an_example(
    nanhu: Made, nanhu_staff: Staff, name: str, vacant: bool, on_leave: bool, deputy: bool | None
) -> None:
    example = showcase(nanhu.district, nanhu_staff.seats, nanhu.spec)[name]
    seat, row = nanhu_staff.by_area[example.area_code], nanhu.by_code[example.area_code]
    assert (row.level, row.ladder) == ("neighbourhood", "standard")
    assert covers(row.ring[:-1], example.point)
    assert (seat.holder is None, seat.on_leave) == (vacant, on_leave)
    assert deputy in (None, seat.deputy is not None)


@pytest.mark.parametrize("seed", ["weilin-20261122", *"abcdefgh"])
def test_somebody_above_takes_the_ball_where_nobody_is_there(nanhu: Made, seed: str) -> None:
    half_empty = replace(nanhu.spec, seats=replace(nanhu.spec.seats, vacant=0.4, on_leave=0.4))
    seats = seats_for(nanhu.district.areas, half_empty, seed)
    shown, by_area = showcase(nanhu.district, seats, nanhu.spec), {seat.area_code: seat for seat in seats}
    for name in NOBODY_THERE:
        above = by_area[shown[name].area_code[:18]]
        assert (above.holder is None, above.on_leave) == (False, False)


def test_the_showcase_names_the_other_area(nanhu: Made, nanhu_staff: Staff) -> None:
    shown = showcase(nanhu.district, nanhu_staff.seats, nanhu.spec)
    twice = shown["two_seats"]
    assert nanhu_staff.by_area[twice.area_code].holder == nanhu_staff.by_area[twice.other_code].holder
    hole = shown["building_without_patch"]
    assert (hole.area_code, hole.other_code) == ("420106015007002003", "420106015007002")
    assert covers(nanhu.by_code[hole.other_code].ring[:-1], hole.point)
    gate = nanhu.district.notes["gates"]["大华公园世家"]
    assert (shown["大华公园世家"].area_code, shown["大华公园世家"].point) == (gate.neighbourhood, gate.point)


def test_a_street_without_examples_shows_none_and_a_missing_one_is_said(nanhu: Made, xima: Made) -> None:
    assert showcase(xima.district, staff_of(xima).seats, xima.spec) == {}
    nobody_leaves = replace(nanhu.spec, seats=replace(nanhu.spec.seats, vacant=0.0))
    with pytest.raises(LookupError, match="no vacant_neighbourhood"):
        showcase(nanhu.district, seats_for(nanhu.district.areas, nobody_leaves, "any"), nanhu.spec)
