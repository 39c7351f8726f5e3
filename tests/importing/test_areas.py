"""Areas without polygons: codes, parents, closing; and the lineage that everything else is counted by."""

from datetime import date

import pytest
from sqlalchemy import select

from reporter.models.areas import Area, Department
from tests.importing.desk import Desk, Said
from tests.service import Service
from tests.world import AT_HOME, CENTRAL, GRID_A, GRID_B, HOME, NANHU, UNDRAWN, WUCHANG

HEAD = "code,name,level,parent_code,closed_on,replaced_by"
NEW_GRID = f"{CENTRAL}003"
GOOD = f"{NEW_GRID},丙网格,grid,{CENTRAL},,"


def told(desk: Desk, *lines: str, head: str = HEAD, more: tuple[str, ...] = ()) -> Said:
    return desk.run("areas", desk.csv("areas.csv", head, *lines), *more)


WRONG = [
    # the row (a good one stands in line 2), the field, what is said
    (f"{NEW_GRID},丁网格,grid,{CENTRAL},,", "code", "在第 2 行已经有了，代码重复"),
    ("420106099001001,丁网格,grid,420106099001,,", "parent_code", "上级 420106099001 不在文件里，也不在库里"),  # orphan
    (f"{CENTRAL}04,丁网格,grid,{CENTRAL},,", "code", "应为 15 位数字"),
    (f"420106015001004,丁网格,grid,{CENTRAL},,", "code", f"以上级代码 {CENTRAL} 开头"),
    (f"{GRID_A},甲网格,building,{CENTRAL},,", "code", "不像 building 的代码"),
    (f"{CENTRAL}004,丁网格,parish,{CENTRAL},,", "level", "不认识“parish”"),
    (f"{CENTRAL}004,丁网格,,{CENTRAL},,", "level", "--level"),
    (f"{CENTRAL}004,,grid,{CENTRAL},,", "name", "不能为空"),
    (f"{CENTRAL}004,{'长' * 81},grid,{CENTRAL},,", "name", "有 81 个字"),
    (f"{CENTRAL}004,-1+1,grid,{CENTRAL},,", "name", "公式"),
    (f"{GRID_A},甲网格,grid,{NANHU},,", "parent_code", f"的上级是 {CENTRAL}；换上级要用新代码"),
    (f"{CENTRAL}009,丁网格,grid,{CENTRAL},2026-07-01,", "code", "不能停用"),  # nothing to close
    (f"{GRID_A},甲网格,grid,{CENTRAL},2026-05-31,{GRID_B}", "closed_on", "已经过去"),
    (f"{GRID_A},甲网格,grid,{CENTRAL},soon,", "closed_on", "不是日期"),
    (f"{GRID_A},甲网格,grid,{CENTRAL},,{GRID_B}", "replaced_by", "请填 closed_on"),
    (f"{GRID_A},甲网格,grid,{CENTRAL},2026-07-01,{GRID_A}", "replaced_by", "在用的另一个区域"),
    (f"{GRID_A},甲网格,grid,{CENTRAL},2026-07-01,{NANHU}", "replaced_by", "应是同级"),
    (f"{GRID_A},甲网格,grid,{CENTRAL},2026-07-01,{GRID_B}", "closed_on", "之下还有 3 个在用的区域"),
]


@pytest.mark.parametrize(("row", "field", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_row_is_named_with_line_field_and_reason_and_the_good_ones_are_not_written(
    desk: Desk, row: str, field: str, sentence: str
) -> None:
    before = desk.contents()
    said = told(desk, GOOD, row, more=("--apply",))
    assert said.code == 1
    assert [line for line in said.problems if line.startswith(f"line 3 ! {field}: ") and sentence in line], said.text
    assert desk.contents() == before


@pytest.mark.parametrize(
    ("prefix", "level", "code", "parent", "sentence"),
    [
        ("W", "grid", f"{CENTRAL}004", CENTRAL, "只有区"),
        ("w1", "district", "420103", "420100", "大写字母"),
    ],
)
def test_the_start_of_ticket_numbers_belongs_to_districts(
    desk: Desk, prefix: str, level: str, code: str, parent: str, sentence: str
) -> None:
    said = told(desk, f"{code},某区,{level},{parent},{prefix}", head="code,name,level,parent_code,ticket_prefix")
    assert sentence in said.problems[0]


def test_new_areas_stand_in_the_tree_with_their_lineage_whatever_the_order_of_the_file(desk: Desk) -> None:
    lines = (f"{NEW_GRID}00101,1栋1单元,neighbourhood,,,", f"{NEW_GRID}001,1栋,building,,,", GOOD)
    before = desk.contents()
    dry = told(desk, *lines)
    assert (dry.code, len(dry.about("+"))) == (0, 3)
    assert desk.contents() == before
    assert told(desk, *lines, more=("--apply",)).lines[-1] == "Applied."
    ids = dict(desk.rows(select(Area.code, Area.id)))
    columns = (Area.street_id, Area.community_id, Area.grid_id, Area.building_id, Area.neighbourhood_id, Area.ladder)
    (found,) = desk.rows(select(*columns).where(Area.code == f"{NEW_GRID}00101"))
    above = (NANHU, CENTRAL, NEW_GRID, f"{NEW_GRID}001", f"{NEW_GRID}00101")
    assert found == (*(ids[code] for code in above), "standard")
    after = desk.contents()
    again = told(desk, *lines, more=("--apply",))
    assert again.lines[-1] == "Nothing to change."
    assert desk.contents() == after


def test_a_padded_code_is_stored_at_natural_length_and_a_new_district_has_departments(desk: Desk) -> None:
    head = "code,name,level,ticket_prefix"
    said = told(desk, "420103000000,江汉区,district,JH", "420103001000,民权街道,street,", head=head, more=("--apply",))
    assert said.code == 0, said.text
    assert desk.rows(select(Area.ticket_prefix).where(Area.code == "420103")) == ["JH"]
    departments = select(Department.code).join(Area, Area.id == Department.district_id).where(Area.code == "420103")
    assert "water" in desk.rows(departments)


def test_a_name_is_corrected_and_what_the_file_does_not_name_is_counted_and_kept(desk: Desk) -> None:
    said = told(desk, f"{GRID_A},甲一网格,grid,{CENTRAL},,", more=("--apply",))
    assert said.about("~") == [f"line 2 ~ {GRID_A} 甲一网格 name 甲网格 → 甲一网格"]
    assert "(1 not in file, kept)" in said.text
    assert desk.rows(select(Area.valid_to).where(Area.code == GRID_B)) == [None]


def test_only_what_lies_under_a_code_is_taken(desk: Desk) -> None:
    said = told(desk, GOOD, "420107001,某街道,street,420107,,", more=("--under", WUCHANG))
    assert (said.code, len(said.about("+"))) == (0, 1)
    assert said.about("·") == ["file · 不在 420106 之内、不读的行：1"]


def test_an_area_is_closed_and_its_code_is_never_used_again(desk: Desk) -> None:
    closing = f"{UNDRAWN},3栋,building,{GRID_A},2026-07-01,{GRID_A}001"
    assert told(desk, closing, more=("--apply",)).code == 0
    heir = desk.rows(select(Area.id).where(Area.code == f"{GRID_A}001"))
    closed = select(Area.valid_to, Area.replaced_by_id).where(Area.code == UNDRAWN)
    assert desk.rows(closed) == [(date(2026, 7, 1), heir[0])]
    assert told(desk, closing, more=("--apply",)).lines[-1] == "Nothing to change."
    said = told(desk, f"{UNDRAWN},3栋,building,{GRID_A},,")
    assert "已从 2026-07-01 起停用，代码不再使用" in said.problems[0]
    below = told(desk, f"{UNDRAWN}01,3栋1单元,neighbourhood,{UNDRAWN},,")
    assert f"上级 {UNDRAWN} 已停用" in below.problems[0]


def test_an_area_with_open_tickets_is_closed_only_when_another_takes_its_place(desk: Desk, service: Service) -> None:
    service.at("2026-06-01 08:00")
    service.as_("rider").report(AT_HOME, category="LL0107")
    row = f"{HOME},1栋1单元,neighbourhood,{HOME[:18]},2026-07-01,"
    said = told(desk, row)
    assert said.problems == [f"line 2 ! closed_on: {HOME} 还有 1 件未办结的工单，停用要写明替代者（replaced_by）"]
    assert told(desk, f"{row}{HOME[:18]}02").code == 0


def test_excel_says_what_csv_says(desk: Desk) -> None:
    rows = [HEAD.split(","), GOOD.split(",")]
    assert desk.run("areas", desk.xlsx("areas.xlsx", rows)).text == told(desk, GOOD).text
