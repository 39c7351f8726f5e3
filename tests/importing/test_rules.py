"""Importing rules of routing: what is taken, what is refused and by which line, and that history stays."""

import pytest
from sqlalchemy import select

from reporter.models.imports import ImportBatch
from reporter.models.routing import RoutingRule
from tests.importing.desk import Desk, Said
from tests.world import BUILDING, CENTRAL, GRID_A, GRID_B, HOME, NANHU, XIMA_GRID

HEAD = "code,priority,area_code,categories,kind,owner,conditions,severities,sources,days,hours,effect,target,closed_on"
NIGHT = f"R-night,10,{GRID_A},LL0107,,,,1 2,,,22:00-06:00,holder,seat:{CENTRAL},"
LEVEL = f"R-level,20,{NANHU},LL0107,,,,,,workday,,first_level,building,"
COPY = f"R-copy,10,{GRID_A},,component,,,4,,,,copy,seat:{NANHU},"
GOOD = (NIGHT, LEVEL, COPY)


def told(desk: Desk, *lines: str, apply: bool = False, head: str = HEAD, more: tuple[str, ...] = ()) -> Said:
    return desk.run("rules", desk.csv("rules.csv", head, *lines), *more, *(("--apply",) if apply else ()))


def test_what_a_dry_run_says_is_written_and_twice_is_once(desk: Desk) -> None:
    before = desk.contents()
    said = told(desk, *GOOD)
    assert said.about("+") == [
        f"line 2 + R-night 优先级 10 holder seat:{CENTRAL}",
        "line 3 + R-level 优先级 20 first_level building",
        f"line 4 + R-copy 优先级 10 copy seat:{NANHU}",
    ]
    assert desk.contents() == before, "a dry run writes nothing"

    assert told(desk, *GOOD, apply=True).lines[-1] == "Applied."
    after = desk.contents()
    assert told(desk, *GOOD, apply=True).lines[-1] == "Nothing to change."
    assert desk.contents() == after
    assert desk.rows(select(ImportBatch.kind, ImportBatch.counts)) == [
        ("rules", {"new": 3, "changed": 0, "unchanged": 0, "not_in_file": 0, "problems": 0})
    ]


def test_a_change_is_a_new_version_and_the_old_one_stays(desk: Desk) -> None:
    told(desk, *GOOD, apply=True)
    changed = LEVEL.replace("workday", "restday")
    said = told(desk, changed, apply=True, more=("--valid-from", "2026-07-01"))
    assert said.about("~") == ["line 2 ~ R-level 第 1 版 → 新版：days workday → restday"]
    assert "(2 not in file, kept)" in said.text
    columns = (RoutingRule.version, RoutingRule.days, RoutingRule.valid_from, RoutingRule.valid_to)
    versions = desk.rows(select(*columns).where(RoutingRule.code == "R-level").order_by(RoutingRule.version))
    assert [(version, days, str(start), str(end)) for version, days, start, end in versions] == [
        (1, "workday", "2026-06-01", "2026-07-01"),
        (2, "restday", "2026-07-01", "None"),
    ]


def test_a_rule_ends_only_by_a_row_that_says_so(desk: Desk) -> None:
    told(desk, *GOOD, apply=True)
    said = told(desk, f"{LEVEL}2026-08-01", apply=True)
    assert said.about("~") == ["line 2 ~ R-level 从 2026-08-01 起停用"]
    assert told(desk, f"{LEVEL}2026-08-01", apply=True).lines[-1] == "Nothing to change."


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("R1,x,,,,,,,,,,first_level,grid,", "priority: “x”不能用"),
        ("R1,0,,,,,,,,,,first_level,grid,", "priority: “0”不能用"),
        ("R1,1,420199,,,,,,,,,first_level,grid,", "area_code: 没有区域 420199"),
        ("R1,1,,LL9,,,,,,,,first_level,grid,", "categories: 没有类别 LL9"),
        ("R1,1,,LL0107,component,,,,,,,first_level,grid,", "categories: 没有一个类别符合"),
        ("R1,1,,,thing,,,,,,,first_level,grid,", "kind: 不认识“thing”"),
        ("R1,1,,,,nobody,,,,,,first_level,grid,", "owner: 不认识“nobody”"),
        ("R1,1,,,,,1,,,,,first_level,grid,", "conditions: 写情形时要正好写一个类别"),
        ("R1,1,,LL0107,,,99,,,,,first_level,grid,", "conditions: 类别 LL0107 没有情形 99"),
        ("R1,1,,,,,,5,,,,first_level,grid,", "severities: “5”不能用"),
        ("R1,1,,,,,,,pigeon,,,first_level,grid,", "sources: 不认识来源“pigeon”"),
        ("R1,1,,,,,,,,8,,first_level,grid,", "days: “8”不能用"),
        ("R1,1,,,,,,,,,22,first_level,grid,", "hours: “22”不是时段"),
        ("R1,1,,,,,,,,,08:00-08:00,first_level,grid,", "hours: “08:00-08:00”不是时段"),
        ("R1,1,,,,,,,,,,delete,grid,", "effect: 不认识“delete”"),
        ("R1,1,,,,,,,,,,first_level,street,", "target: 先办的一级只能是"),  # the 网格长 is accountable anyway
        ("R1,1,,,,,,,,,,holder,seat:420199,", "target: 没有区域 420199"),
        (f"R1,1,{GRID_A},,,,,,,,,holder,seat:{XIMA_GRID},", f"target: 岗位 {XIMA_GRID} 在另一个区"),
        ("R1,1,,,,,,,,,,holder,somebody,", "target: 写成 seat:区域代码 或 department:部门代码"),
        ("R1,1,,BJ0123,,,,,,,,holder,department:gas,", "target: 没有部门 gas"),
        ("R1,1,,LL0107,,,,,,,,holder,department:water,", "target: 类别 LL0107 不归职能部门"),
        (f"R1,1,,,,,,,,,,copy,seat:{NANHU},", "target: 抄送的岗位"),  # everywhere: the street does not see it
        (f"R1,1,{GRID_A},,,,,,,,,copy,seat:{GRID_B},", "target: 抄送的岗位"),
        ("R1,1,,,,,,,,,,first_level,grid,2026-05-01", "closed_on: 2026-05-01 已经过去"),
        ("R1,1,,,,,,,,,,first_level,grid,2026-09-01", "code: 没有在用的规则 R1，不能停用"),
        ("R1,1,,,,,,,,,,first_level,=grid,", "target: 以“=”开头"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_line_and_nothing_is_written(desk: Desk, line: str, problem: str) -> None:
    before = desk.contents()
    said = told(desk, LEVEL, line, apply=True)
    assert said.code == 1
    assert [one.startswith(f"line 3 ! {problem}") for one in said.problems] == [True], said.problems
    assert desk.contents() == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"R1,5,{GRID_A},LL0107,,,,,,,,first_level,grid,", f"R2,5,{NANHU},,,,,,,,,first_level,building,"),
        (f"R1,5,,LL0107,,,,,,,22:00-06:00,holder,seat:{CENTRAL},", f"R2,5,,,neighbourhood,,,,,,,holder,seat:{NANHU},"),
    ],
)
def test_two_rules_of_one_priority_about_the_same_are_refused_naming_both(desk: Desk, one: str, other: str) -> None:
    assert told(desk, one, other).problems == [
        "line 3 ! priority: R2 和第 2 行的 R1，优先级都是 5，时间和范围有重叠，分不出先后"
    ]
    assert told(desk, one, apply=True).code == 0
    assert told(desk, other, apply=True).problems == [
        "line 2 ! priority: R2 和库里的 R1（第 1 版），优先级都是 5，时间和范围有重叠，分不出先后"
    ]
    assert told(desk, other.replace(",5,", ",6,"), apply=True).code == 0


def test_a_rule_cannot_begin_in_the_past(desk: Desk) -> None:
    said = told(desk, LEVEL, apply=True, more=("--valid-from", "2026-05-31"))
    assert said.problems == ["file ! valid_from: 2026-05-31 已经过去，规则只能从今天起生效"]


def test_twice_the_same_code_is_refused(desk: Desk) -> None:
    assert told(desk, LEVEL, LEVEL).problems == ["line 3 ! code: R-level 在第 2 行已经有了"]


def test_areas_of_one_grid_do_not_meet_those_of_another(desk: Desk) -> None:
    lines = [f"R{at},5,{code},,,,,,,,,first_level,grid," for at, code in enumerate((BUILDING, GRID_B))]
    assert told(desk, *lines, apply=True).code == 0
    assert "R0" in told(desk, f"R9,5,{HOME},,,,,,,,,first_level,grid,").problems[0]
