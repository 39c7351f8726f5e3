"""The rows of a demo district: totals, sizes, names, codes, ladders, and that the same spec gives the same bytes."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

import pytest

from reporter.demo.district import generate
from reporter.demo.partition import covers
from reporter.demo.plan import neighbourhoods_of
from reporter.demo.rows import District
from reporter.demo.spec import DistrictSpec, Division, FixedCompound
from tests.demo.conftest import JIANGAN, NANHU, WUCHANG, XIMA, Made

HUAJIN = "420106015001"
LEVELS = ["city", "district", "street", "community", "grid", "building", "neighbourhood", "household_group"]
DIGITS = dict(zip(LEVELS, [6, 6, 9, 12, 15, 18, 20, 22], strict=True))


def fingerprint(district: District) -> str:
    return sha256(json.dumps(asdict(district), ensure_ascii=False).encode()).hexdigest()


def test_the_totals_of_wuchang_are_exact(wuchang: Made) -> None:
    counted = Counter(row.level for row in wuchang.district.areas if row.level != "household_group")
    assert counted == {
        "city": 1,
        "district": 1,
        "street": 15,
        "community": 144,
        "grid": 1272,
        "building": 6360,
        "neighbourhood": 25440,
    }
    assert len(wuchang.district.compounds) == 568
    assert len(wuchang.district.stations) == 15
    assert sum(row.households for row in wuchang.at("neighbourhood")) == 381600


def test_the_totals_of_xima_are_those_of_its_spec(xima: Made) -> None:
    totals, counted = xima.spec.totals, Counter(row.level for row in xima.district.areas)
    assert [len(xima.district.compounds), counted["grid"], counted["building"], counted["neighbourhood"]] == [
        totals.compounds,
        totals.grids,
        totals.buildings,
        totals.neighbourhoods,
    ]
    assert sum(row.households for row in xima.at("neighbourhood")) == totals.households


def test_every_neighbourhood_has_10_to_20_households(made: Made) -> None:
    assert {row.code: row.households for row in made.at("neighbourhood") if not 10 <= row.households <= 20} == {}


def test_households_add_up_on_every_level(made: Made) -> None:
    for row in made.district.areas:
        below = made.children.get(row.code, [])
        if below and row.level not in ("city", "district"):
            assert row.households == sum(child.households for child in below)


def test_every_building_is_cut_by_the_rule(made: Made) -> None:
    for row in made.at("building"):
        assert len(made.children[row.code]) == neighbourhoods_of(row.households, made.spec.size)


def test_grids_have_about_300_households(wuchang: Made) -> None:
    sizes = sorted(row.households for row in wuchang.at("grid"))
    assert sum(sizes) / len(sizes) == 300
    assert sizes[len(sizes) // 20] > 150  # nineteen in twenty
    assert sizes[-len(sizes) // 20] < 500


def test_parents_come_before_children_and_wide_before_small(made: Made) -> None:
    order = [LEVELS.index(row.level) for row in made.district.areas]
    assert order == sorted(order)
    seen = {None}
    for row in made.district.areas:
        assert row.parent_code in seen
        seen.add(row.code)
    assert len(seen) == len(made.district.areas) + 1


def test_codes_have_their_length_begin_with_the_parent_and_count_from_one(made: Made) -> None:
    for row in made.district.areas:
        assert re.fullmatch(rf"[0-9]{{{DIGITS[row.level]}}}", row.code)
        if LEVELS.index(row.level) > 2:
            assert row.code.startswith(row.parent_code)
    for parent in [*made.at("community"), *made.at("grid"), *made.at("building")]:
        numbers = [int(child.code[len(parent.code) :]) for child in made.children[parent.code]]
        assert numbers == list(range(1, len(numbers) + 1))


def test_running_numbers_are_unique_in_the_district(wuchang: Made) -> None:
    for level in LEVELS[2:-1]:
        serials = [row.attributes["serial"] for row in wuchang.at(level)]
        assert sorted(serials) == list(range(1, len(serials) + 1))


@pytest.mark.parametrize(
    ("code", "name", "official"),
    [
        ("420100", "武汉市", "武汉市"),
        ("420106", "武昌区", "武昌区"),
        ("420106490", "东湖风景区街道（武昌）", "东湖风景区街道（武昌）"),  # counts as a street
        ("420106015001", "华锦社区", "华锦社区居委会"),  # the office is not the place
        ("420106001022", "融侨华府社区", "融侨华府社区"),  # no suffix in the table
    ],
)
def test_official_places_keep_their_names(wuchang: Made, code: str, name: str, official: str) -> None:
    row = wuchang.by_code[code]
    assert (row.name, row.attributes["official_name"]) == (name, official)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("420106015007003", "都市桃源社区第3网格"),
        ("420106015007002001", "5栋"),  # buildings are numbered through the community: the first grid has four
        ("42010601500700200102", "5栋2单元邻里"),
        ("420106015001003", "华锦社区第3网"),
        ("420106015001003002", "12格"),
        ("42010601500100300203", "12格3里"),
        ("4201060150010030020301", "12格3里1邻"),
    ],
)
def test_generated_places_are_named_by_the_ladder(nanhu: Made, code: str, name: str) -> None:
    assert nanhu.by_code[code].name == name


def test_huajin_counts_in_its_own_way(nanhu: Made) -> None:
    below = {row.level for row in nanhu.district.areas if row.ladder == "huajin"}
    assert below == {"community", "grid", "building", "neighbourhood", "household_group"}
    for grid in nanhu.children[HUAJIN]:
        assert len(nanhu.children[grid.code]) == 5  # 五格为网
        for building in nanhu.children[grid.code]:
            assert len(nanhu.children[building.code]) == 4  # 四里为格


def test_groups_exist_in_huajin_only_without_a_patch_about_five_households_each(nanhu: Made) -> None:
    groups = nanhu.at("household_group")
    assert {row.code[:12] for row in groups} == {HUAJIN}
    assert {row.ring for row in groups} == {None}
    assert {row.households for row in groups} <= {4, 5, 6}


def test_known_figures_are_kept(wuchang: Made, xima: Made) -> None:
    assert len(wuchang.children["420106015001"]) == 19  # 95 格, next to the 96 楼栋群 of the news
    assert wuchang.by_code["420106011033"].households == pytest.approx(9300, rel=0.05)  # 百瑞景
    assert Counter(c.community_code for c in xima.district.compounds)["420102007002"] == 7  # 江汉北路


def test_every_row_says_that_it_is_synthetic_and_how_it_was_made(made: Made) -> None:
    marks = {(row.synthetic, row.seed, row.generator_version) for row in made.district.areas}
    assert marks == {(True, made.spec.seed, "1")}
    places = [*made.district.compounds, *made.district.stations]
    assert {place.synthetic for place in places} == {True}


def test_the_same_spec_gives_the_same_bytes_on_any_machine(wuchang: Made, xima: Made) -> None:
    """Whoever changes a row of an unchanged spec raises GENERATOR_VERSION; a new kind of row changes this only."""
    assert [fingerprint(made.district)[:16] for made in (wuchang, xima)] == ["27b0e989f9fe9a68", "fe7c3bec5e1ad40a"]


def test_another_seed_gives_another_district(specs: Mapping[str, DistrictSpec], divisions: Sequence[Division]) -> None:
    usual, other = specs[JIANGAN], replace(specs[JIANGAN], seed="another")
    assert fingerprint(generate(usual, divisions)) != fingerprint(generate(other, divisions))


def test_a_street_alone_is_the_same_as_in_the_whole_district(nanhu: Made, wuchang: Made) -> None:
    whole = tuple(
        row for row in wuchang.district.areas if row.code.startswith(NANHU) or row.level in ("city", "district")
    )
    assert nanhu.district.areas == whole
    assert nanhu.district.compounds == tuple(
        c for c in wuchang.district.compounds if c.community_code.startswith(NANHU)
    )
    assert nanhu.district.notes == wuchang.district.notes
    assert nanhu.district.stations == tuple(s for s in wuchang.district.stations if s.code.startswith(NANHU))


def test_streets_of_another_district_are_left_out(
    specs: Mapping[str, DistrictSpec], divisions: Sequence[Division]
) -> None:
    made = generate(specs[WUCHANG], divisions, streets={XIMA})
    assert [row.code for row in made.areas] == ["420100", "420106"]
    assert made.compounds == made.stations == ()


@pytest.mark.parametrize(
    ("change", "streets", "says"),
    [
        ({}, ["420106999"], "not a street of 420106: 420106999"),  # a typing error is not an empty demo
        ({"building_without_patch": "420106015007002999"}, [NANHU], "no building 420106015007002999"),
        ({"fixed_compounds": [FixedCompound("门", "420106015002", (114.40, 30.60))]}, [NANHU], "not in 420106015002"),
        ({"pinned_grids": {"420106015001": 1200}}, [NANHU], "cannot be dealt out"),  # 72 for 143 communities
    ],
)
def test_impossible_wishes_are_refused(
    specs: Mapping[str, DistrictSpec],
    divisions: Sequence[Division],
    change: dict[str, Any],
    streets: list[str],
    says: str,
) -> None:
    with pytest.raises(ValueError, match=says):
        generate(replace(specs[WUCHANG], **change), divisions, streets=streets)


def test_compounds_share_the_grids_out(made: Made) -> None:
    codes = [compound.code for compound in made.district.compounds]
    assert len(codes) == len(set(codes))
    served = {grid for compound in made.district.compounds for grid in compound.grid_codes}
    assert served == {row.code for row in made.at("grid")}
    for compound in made.district.compounds:
        assert any(covers(made.by_code[grid].ring[:-1], compound.gate) for grid in compound.grid_codes)


def test_every_street_of_wuchang_has_one_station_inside_a_neighbourhood_and_xima_none(
    wuchang: Made, xima: Made
) -> None:
    stations = wuchang.district.stations
    assert [station.code for station in stations] == [f"{street.code}S01" for street in wuchang.at("street")]
    for station, street in zip(stations, wuchang.at("street"), strict=True):
        assert station.name == f"示例·{street.name}骑手驿站"
        assert wuchang.by_code[station.community_code].parent_code == street.code
        homes = [row for row in wuchang.at("neighbourhood") if row.code.startswith(station.community_code) and row.ring]
        assert [covers(row.ring[:-1], station.point) for row in homes].count(True) == 1
    assert xima.district.stations == ()


def test_each_street_is_told_before_it_is_made(
    specs: Mapping[str, DistrictSpec], divisions: Sequence[Division]
) -> None:
    told: list[str] = []
    generate(specs[WUCHANG], divisions, streets={NANHU, "420106014"}, told=told.append)
    assert told == ["石洞街道", "南湖街道"]
