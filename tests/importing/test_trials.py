"""Real tables and maps, which stay outside the repository: the 519 rows of Yuncheng, Wuhan's districts and divisions.

Left out where they are not beside the repository.
"""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reporter.db import session_for
from reporter.domain.lifecycle import ClockKind
from reporter.models.areas import Area, AreaShape
from reporter.models.catalogue import CalendarDay
from reporter.queries.rulebook import load
from tests.importing.desk import Desk

SHARED = Path(__file__).parents[3] / "shared" / "data"
YUNCHENG = SHARED / "standards" / "yuncheng_case_standards.csv"
WITH_LAW = SHARED / "standards" / "yuncheng_component_standards_with_law.csv"
DIVISIONS = SHARED / "divisions" / "wuhan_divisions.csv"
SIMPLE = SHARED / "boundaries" / "wuhan_districts_datav_gcj02.geojson"
DETAILED = SHARED / "boundaries" / "wuhan_districts_datav_detail_gcj02.geojson"
HOLIDAYS = SHARED / "calendar" / "cn_holidays_2004_2026.csv"
GB = ("--code-system", "GB/T 30428.2", "--bare-units", "working")
DISTRICTS = ("--datum", "gcj02", "--level", "district", "--under", "420100")
NOT_IN_YUNCHENG = {f"BJ0{n}" for n in (105, 107, 108, 109, 112, 113, 124, 291)} | {"SJ0409"}
BROKEN = ("420113", "420115", "420117")

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the real tables are not beside the repository")


def test_yunchengs_519_rows_are_read_and_one_limit_is_refused(empty_desk: Desk) -> None:
    before = empty_desk.contents()
    said = empty_desk.run("catalogue", str(YUNCHENG), *GB, "--apply")
    assert said.problems == [
        "line 403 ! time_limit: “1紧急工作时制止”：时限后面还有“制止”，看不出是什么的时限，请只写时限"
    ]
    assert empty_desk.contents() == before
    unsaid = empty_desk.run("catalogue", str(YUNCHENG), "--code-system", "GB/T 30428.2")
    assert sum("--bare-units" in line for line in unsaid.problems) == 473  # of 519: hours and days of which kind?


def test_yuncheng_once_corrected_is_in_force_and_stays_as_it_is(empty_desk: Desk) -> None:
    text = YUNCHENG.read_text(encoding="utf-8-sig").replace("1紧急工作时制止", "1紧急工作时")
    corrected = empty_desk.csv("yuncheng.csv", text)
    said = empty_desk.run("catalogue", corrected, *GB, "--apply")
    assert (said.code, said.lines[-1]) == (0, "Applied.")
    assert empty_desk.run("catalogue", corrected, *GB, "--apply").lines[-1] == "Nothing to change."
    with session_for(empty_desk.engine, writes=False) as session:
        book = load(session)
    today = date(2026, 6, 1)
    valid = [one for one in book.categories if one.valid.on(today) and one.kind in ("component", "event")]
    assert len(valid) == 190 + 9  # the 9 of the seed that Yuncheng does not have stay
    imported = [one for one in valid if one.code not in NOT_IN_YUNCHENG]
    assert sum(len(one.conditions) for one in imported) == 519
    limits = [book.limit(each, ClockKind.RESOLVE, (), today) for one in imported for each in one.conditions]
    assert {row.source for row in limits} == {"yuncheng.csv"}
    cover = book.condition(book.category("BJ0101", today), None, (), today)
    limit = book.limit(cover, ClockKind.RESOLVE, (), today)
    assert (cover.text, limit.limit.value, limit.limit.unit) == ("缺失、移位、开裂，存在安全隐患的", 2, "urgent_hour")
    for category in valid:  # every one can be routed and timed
        for condition in category.conditions:
            assert all(book.limit(condition, kind, (), today) for kind in (ClockKind.RESPONSE, ClockKind.RESOLVE))


def test_the_table_with_the_law_has_two_faults(empty_desk: Desk) -> None:
    said = empty_desk.run("catalogue", str(WITH_LAW), *GB, "--kind", "部件")
    assert said.problems == [
        "line 126 ! big_name: 大类 02 在前面叫“道路交通设施”，从这一行起叫“交通设施”",
        "line 229 ! time_limit: “种植季节15工作日”：时限前面有条件，请分成两行，条件写进立案条件",
    ]


def test_wuhans_divisions_are_a_tree(empty_desk: Desk) -> None:
    said = empty_desk.run("areas", str(DIVISIONS), "--under", "420100", "--apply")
    assert said.code == 0
    assert "+ 3702 new" in said.text
    assert said.about("·")[0] == "file · 不在 420100 之内、不读的行：1"  # the province
    counted = dict(empty_desk.rows(select(Area.level, func.count()).group_by(Area.level)))
    assert counted == {"city": 1, "district": 13, "street": 193, "community": 3495}
    again = empty_desk.run("areas", str(DIVISIONS), "--under", "420100", "--apply")
    assert "= 3702 unchanged" in again.text


@pytest.fixture
def wuhan(empty_desk: Desk) -> Desk:
    """A desk in a city of that name and nothing else."""
    city = empty_desk.csv("city.csv", "code,name,level", "420100,武汉市,city")
    assert empty_desk.run("areas", city, "--apply").code == 0
    return empty_desk


@pytest.mark.parametrize("file", [SIMPLE, DETAILED])
def test_three_districts_are_no_valid_polygons(wuhan: Desk, file: Path) -> None:
    before = wuhan.contents()
    said = wuhan.run("areas", str(file), *DISTRICTS, "--apply", "--overlap-tolerance-m2", "1e9")
    broken = [line for line in said.problems if "图形无效：Self-intersection" in line]
    assert [line.split()[4] for line in broken] == list(BROKEN)
    assert wuhan.contents() == before


def test_the_simple_map_is_repaired_loaded_and_known_again(wuhan: Desk) -> None:
    repairing = (*DISTRICTS, "--repair", "--apply")
    said = wuhan.run("areas", str(SIMPLE), *repairing)
    assert len(said.problems) == 1
    assert "420100 内有 611859.5 m² 没有划给任何 district" in said.problems[0]  # a real hole, near 新洲
    tolerant = (*repairing, "--gap-tolerance-m2", "700000")
    assert wuhan.run("areas", str(SIMPLE), *tolerant).lines[-1] == "Applied."
    assert wuhan.rows(select(func.count()).select_from(AreaShape)) == [13]
    assert wuhan.run("areas", str(SIMPLE), *tolerant).lines[-1] == "Nothing to change."


@pytest.mark.parametrize(
    ("gap_m2", "overlap_m2", "gaps", "overlaps"),
    [
        ("200", "5", 311, 28),  # the same figures in another equal-area projection
        ("10000", "2000", 1, 11),
        ("1000000", "1000000", 0, 0),  # 1 km²: nothing is left
    ],
)
def test_the_detailed_maps_slivers_are_told_against_the_tolerance(
    wuhan: Desk, gap_m2: str, overlap_m2: str, gaps: int, overlaps: int
) -> None:
    tolerances = ("--gap-tolerance-m2", gap_m2, "--overlap-tolerance-m2", overlap_m2)
    said = wuhan.run("areas", str(DETAILED), *DISTRICTS, "--repair", *tolerances)
    assert sum("没有划给" in line for line in said.problems) == gaps
    assert sum("重叠" in line for line in said.problems) == overlaps


def test_chinas_holidays_say_what_the_seeds_say(empty_desk: Desk) -> None:
    said = empty_desk.run("calendar", str(HOLIDAYS), "--apply")
    assert (said.code, said.about("~")) == (0, [])  # 2025 and 2026 are known and the same
    days = select(func.count()).select_from(CalendarDay).where(CalendarDay.day < date(2025, 1, 1))
    assert empty_desk.rows(days) == [7671]  # 2004 to 2024, to the last day
    assert empty_desk.run("calendar", str(HOLIDAYS), "--apply").lines[-1] == "Nothing to change."
