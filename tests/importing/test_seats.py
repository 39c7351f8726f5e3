"""Seats and people: what each wrong row is told, and that nobody is doubled."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from reporter.db import session_for
from reporter.models.areas import Area, Seat
from reporter.models.imports import PersonKey
from reporter.models.people import Account, Person
from tests.importing.desk import Desk, Said
from tests.world import EMPTY_HOME, GRID_A, GRID_B, HOME, NANHU, NET, WUCHANG

HEAD = "area_code,person_key,holder_name,holder_username,deputy_key,deputy_name,deputy_username"
GOOD = f"{GRID_A},W001,张三,zhangsan,W002,李四,"


def told(desk: Desk, *lines: str, head: str = HEAD, apply: bool = False) -> Said:
    return desk.run("seats", desk.csv("seats.csv", head, *lines), *(["--apply"] if apply else []))


WRONG = [
    # the row (a good one stands in line 2), the field, what is said
    ("420106015002999,W003,王五,,,,", "area_code", "没有 420106015002999 这个区域"),  # an orphan
    (f"{GRID_A},W003,王五,,,,", "area_code", "在第 2 行已经有了"),  # one seat, two holders
    (f"{GRID_B},W003,王五,,W003,王五,", "deputy_key", "副手和负责人是同一个人"),
    (f"{GRID_B},,王五,,,,", "holder_key", "没有编号也没有用户名"),  # who would it be next time?
    (f"{GRID_B},W003,,,,,", "holder_name", "没有姓名"),
    (f"{GRID_B},W001,张三丰,,,,", "holder_name", "编号 W001 在第 2 行叫“张三”"),  # one key, two people
    (f"{GRID_B},W001,张三,zhang3,,,", "holder_username", "用户名是“zhangsan”"),
    (f"{GRID_B},W003,王五,zhangsan,,,", "holder_username", "已经是 W001 的用户名"),
    (f"{GRID_B},W003,王五,seat:{GRID_B},,,", "holder_username", "不能用"),  # taken by the demo
    (f"{GRID_B},W003,王五,Wang Wu,,,", "holder_username", "不能用"),
    (f"{GRID_B},W003,王五,rider,,,", "key", "身份是 rider，这个岗位要 lead"),  # somebody else's account
    (f"{GRID_B},W003,@王五,,,,", "holder_name", "公式"),
    (f"{GRID_B},W003,{'王' * 61},,,,", "holder_name", "有 61 个字"),
]


@pytest.mark.parametrize(("row", "field", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_row_is_named_with_line_field_and_reason_and_the_good_ones_are_not_written(
    desk: Desk, row: str, field: str, sentence: str
) -> None:
    before = desk.contents()
    said = told(desk, GOOD, row, apply=True)
    assert said.code == 1
    assert [line for line in said.problems if line.startswith(f"line 3 ! {field}: ") and sentence in line], said.text
    assert desk.contents() == before


@dataclass
class Held:
    holder: str | None
    deputy: str | None


def held(desk: Desk, code: str) -> Held:
    with session_for(desk.engine, writes=False) as session:
        seat = session.scalars(select(Seat).join(Area).where(Area.code == code)).one()
        names = [session.get_one(Person, one).name if one else None for one in (seat.holder_id, seat.deputy_id)]
    return Held(*names)


def test_a_dry_run_changes_nothing_and_says_who_comes_for_whom(desk: Desk) -> None:
    before = desk.contents()
    said = told(desk, GOOD)
    assert said.about("+") == ["line 2 + 人员 W001 张三", "line 2 + 人员 W002 李四"]
    assert said.about("~") == [f"line 2 ~ {GRID_A} 甲网格 示例·甲网格 / 示例·副·甲网格 → 张三 / 李四"]
    assert desk.contents() == before


def test_applied_twice_nobody_is_doubled(desk: Desk) -> None:
    assert told(desk, GOOD, apply=True).lines[-1] == "Applied."
    assert held(desk, GRID_A) == Held("张三", "李四")
    assert desk.rows(select(Account.password_hash).where(Account.username == "zhangsan")) == [None]
    after = desk.contents()
    assert told(desk, GOOD, apply=True).lines[-1] == "Nothing to change."
    assert desk.contents() == after


def test_one_person_may_hold_several_seats_and_be_deputy_elsewhere(desk: Desk) -> None:
    lines = (f"{GRID_A},W001,张三,,W002,李四,", f"{GRID_B},W001,张三,,,,", f"{NET},W002,李四,,W001,张三,")
    assert told(desk, *lines, apply=True).code == 0
    assert len(desk.rows(select(PersonKey.key))) == 2
    assert (held(desk, GRID_B), held(desk, NET)) == (Held("张三", None), Held("李四", "张三"))


def test_a_seat_can_be_left_empty_and_filled_again(desk: Desk) -> None:
    assert told(desk, f"{HOME},,,,,,", f"{EMPTY_HOME},W001,张三,,,,", apply=True).code == 0
    assert (held(desk, HOME), held(desk, EMPTY_HOME)) == (Held(None, None), Held("张三", None))


def test_a_person_is_known_by_key_whatever_the_name_is_now(desk: Desk) -> None:
    told(desk, GOOD, apply=True)
    said = told(desk, GOOD.replace("张三", "张三丰"), apply=True)
    assert said.about("~") == ["line 2 ~ 人员 W001 姓名 张三 → 张三丰"]
    assert held(desk, GRID_A) == Held("张三丰", "李四")


def test_an_account_that_was_there_is_used_and_gets_the_key(desk: Desk) -> None:
    said = told(desk, f"{NANHU},S001,南湖街道,street,,,", apply=True)
    assert said.code == 0, said.text
    assert "编号 无 → S001" in said.about("~")[0]
    assert told(desk, f"{NANHU},S001,南湖街道,,,,", apply=True).lines[-1] == "Nothing to change."


def test_whoever_holds_a_district_looks_after_it(desk: Desk) -> None:
    assert told(desk, f"{WUCHANG},D001,区长,,,,", apply=True).code == 0
    roles = select(Person.role, Area.code).join(Area, Area.id == Person.home_area_id).where(Person.name == "区长")
    assert desk.rows(roles) == [("district", WUCHANG)]


def test_a_lead_is_not_made_a_district_silently(desk: Desk) -> None:
    told(desk, GOOD, apply=True)
    said = told(desk, f"{WUCHANG},W001,张三,,,,", apply=True)
    assert said.problems == ["line 2 ! key: 张三 的身份是 lead，这个岗位要 district"]


@pytest.mark.parametrize("header", ["password", "初始密码", "Passwd"])
def test_a_file_with_passwords_is_refused_whole(desk: Desk, header: str) -> None:
    before = desk.contents()
    said = told(desk, f"{GOOD},secret", head=f"{HEAD},{header}", apply=True)
    assert said.code == 1
    assert "密码不能放在文件里" in said.problems[0]
    assert "secret" not in said.text
    assert desk.contents() == before


def test_a_long_code_that_excel_took_for_a_number_is_refused(desk: Desk) -> None:
    rows = [HEAD.split(","), [int(HOME), "W001", "张三", "", "", "", ""]]
    assert len(HOME) == 20
    said = desk.run("seats", desk.xlsx("seats.xlsx", rows))
    assert "15 位以后已经丢失" in said.problems[0]


def test_excel_says_what_csv_says(desk: Desk) -> None:
    rows = [HEAD.split(","), [None if cell == "" else cell for cell in GOOD.split(",")]]
    rows[1][0] = int(GRID_A)  # 15 digits: a number in Excel keeps just these
    assert desk.run("seats", desk.xlsx("seats.xlsx", rows)).text == told(desk, GOOD).text
