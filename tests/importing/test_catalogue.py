"""A city's standards table: what each wrong row is told, and how a changed limit or category keeps history."""

from datetime import date

import pytest
from sqlalchemy import select

from reporter.db import session_for
from reporter.domain.lifecycle import ClockKind
from reporter.models import catalogue as tables
from reporter.models.areas import DepartmentDuty
from reporter.queries.rulebook import load
from tests.importing.desk import Desk, Said

HEAD = "kind,big_code,big_name,small_code,small_name,handling_unit,supervisor,open_condition,close_condition,time_limit"
COVER = "部件,91,试验设施,01,试验井盖,某市排水中心、各产权单位,某局"
GOOD = (f"{COVER},缺失,恢复,2紧急工作时", f"{COVER},破损,更换,4工作时")
CODE = "BJ9101"
SYSTEM = ("--code-system", "GB/T 30428.2")


def told(desk: Desk, *lines: str, more: tuple[str, ...] = ()) -> Said:
    return desk.run("catalogue", desk.csv("standards.csv", HEAD, *lines), *SYSTEM, *more)


def limits(desk: Desk, text: str) -> list[tuple[str, int, str, date, date | None]]:
    found = select(
        tables.ConditionLimit.kind,
        tables.ConditionLimit.value,
        tables.ConditionLimit.unit,
        tables.ConditionLimit.valid_from,
        tables.ConditionLimit.valid_to,
    ).join(tables.Condition, tables.Condition.id == tables.ConditionLimit.condition_id)
    return sorted(desk.rows(found.where(tables.Condition.text == text)), key=str)


WRONG = [
    # the row (the good ones stand in lines 2 and 3), the field, what is said, and why
    (f"{COVER},被盗,恢复,立即", "time_limit", "“立即”没有数"),  # a limit without a number
    (f"{COVER},被盗,恢复,4小时", "time_limit", "--bare-units"),  # working hours or round the clock?
    (f"{COVER},缺失,恢复,4工作时", "open_condition", "与第 2 行重复"),  # one condition, two limits
    (f"{COVER},,恢复,4工作时", "open_condition", "不能为空"),
    (
        "部件,91,试验设施,01,别的井盖,,,被盗,恢复,4工作时",
        "small_code",
        f"{CODE} 在第 2 行是“试验井盖”",
    ),  # one code, two
    ("部件,91,别的大类,02,试验箱,,,缺失,恢复,4工作时", "big_name", "大类 91 在前面叫“试验设施”"),
    ("部件,91,试验设施,01,试验井盖,别的中心,,被盗,恢复,4工作时", "handling_unit", "与第 2 行不同"),
    ("物件,91,试验设施,02,试验箱,,,缺失,恢复,4工作时", "kind", "不认识“物件”"),
    (",91,试验设施,02,试验箱,,,缺失,恢复,4工作时", "kind", "--kind"),  # neither in the row nor asked for
    ("部件,91,试验设施,2A,试验箱,,,缺失,恢复,4工作时", "small_code", "不是 2 位数字"),
    ("部件,91,试验设施,02,=HYPERLINK(1),,,缺失,恢复,4工作时", "small_name", "公式"),  # run when it is exported
    ("部件,91,试验设施,02,试验\0箱,,,缺失,恢复,4工作时", "small_name", "U+0000"),  # PostgreSQL keeps no NUL
    ("部件,91,试验设施,02,试验\u202e箱,,,缺失,恢复,4工作时", "small_name", "U+202E"),  # written backwards on screens
    (f"部件,91,试验设施,02,{'长' * 61},,,缺失,恢复,4工作时", "small_name", "有 61 个字，最多 60 个"),
    ("部件,01,公用设施,13,试验箱,,,缺失,恢复,4工作时,多", "kind", "比表头多 1 格"),  # a comma inside a text
]


@pytest.mark.parametrize(("row", "field", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_row_is_named_with_line_field_and_reason_and_the_good_ones_are_not_written(
    desk: Desk, row: str, field: str, sentence: str
) -> None:
    before = desk.contents()
    said = told(desk, *GOOD, row, more=("--apply",))
    assert said.code == 1
    assert [line for line in said.problems if line.startswith(f"line 4 ! {field}: ") and sentence in line], said.text
    assert len(said.problems) == 1
    assert desk.contents() == before


def test_a_dry_run_says_everything_and_changes_nothing(desk: Desk) -> None:
    before = desk.contents()
    said = told(desk, *GOOD)
    assert said.code == 0
    assert said.about("+") == [
        f"line 2 + {CODE} 试验井盖 缺失 resolve 2 urgent_hour",
        f"line 3 + {CODE} 试验井盖 破损 resolve 4 work_hour",
    ]
    assert desk.contents() == before


def test_applied_twice_is_applied_once_and_leaves_one_record(desk: Desk) -> None:
    said = told(desk, *GOOD, more=("--apply", "--by", "李工", "--source", "某市2026标准"))
    assert (said.code, said.lines[-1]) == (0, "Applied.")
    after = desk.contents()
    again = told(desk, *GOOD, more=("--apply",))
    assert again.lines[-1] == "Nothing to change."
    assert "= 2 unchanged" in again.text
    assert desk.contents() == after
    (record,) = after["import_batch"]
    assert "'catalogue', 'standards.csv'" in record
    assert "'李工', '某市2026标准'" in record


def test_what_the_table_does_not_say_comes_from_the_defaults_and_says_so(desk: Desk) -> None:
    told(desk, *GOOD, more=("--apply",))
    with session_for(desk.engine, writes=False) as session:
        book = load(session)
        category = book.category(CODE, date(2026, 6, 1))
        cover, broken = category.conditions
        assert (category.first_level, category.owner_level) == ("grid", "department")
        assert category.department_hint == "某市排水中心、各产权单位"
        assert book.department_code(category) == "water"
        assert (cover.severity, cover.guard) == (4, True)
        assert (broken.severity, broken.guard) == (2, False)
        response = book.limit(cover, ClockKind.RESPONSE, (), date(2026, 6, 1))
        assert (response.limit.value, response.limit.unit, response.source) == (30, "urgent_minute", "PR")


def test_an_unknown_unit_stays_a_hint_and_no_department(desk: Desk) -> None:
    told(desk, "部件,91,试验设施,01,试验井盖,火星办、各产权单位,,缺失,恢复,2紧急工作时", more=("--apply",))
    with session_for(desk.engine, writes=False) as session:
        book = load(session)
        category = book.category(CODE, date(2026, 6, 1))
    assert (category.owner_level, category.department_hint) == ("street", "火星办、各产权单位")
    assert book.department_code(category) is None
    assert not desk.rows(select(DepartmentDuty.hint).where(DepartmentDuty.hint.startswith("火星")))


def test_a_changed_limit_ends_the_old_one_on_the_day_it_begins(desk: Desk) -> None:
    told(desk, *GOOD, more=("--apply",))
    said = told(desk, GOOD[0].replace("2紧急", "3紧急"), GOOD[1], more=("--apply", "--valid-from", "2026-07-01"))
    assert said.about("~") == [f"line 2 ~ {CODE} 试验井盖 缺失 resolve 2 urgent_hour → 3 urgent_hour，从 2026-07-01 起"]
    june, july = date(2026, 6, 1), date(2026, 7, 1)
    found = [row for row in limits(desk, "缺失") if row[0] == "resolve"]
    assert found == [("resolve", 2, "urgent_hour", june, july), ("resolve", 3, "urgent_hour", july, None)]


def test_a_limit_is_not_changed_twice_from_the_same_day(desk: Desk) -> None:
    told(desk, *GOOD, more=("--apply",))
    said = told(desk, GOOD[0].replace("2紧急", "3紧急"), GOOD[1], more=("--apply",))
    assert said.problems == ["line 2 ! time_limit: 从 2026-06-01 起的时限已经在用，请用 --valid-from 另定更晚的一天"]


def test_the_past_is_not_changed(desk: Desk) -> None:
    said = told(desk, *GOOD, more=("--apply", "--valid-from", "2026-05-31"))
    assert said.problems == ["file ! --valid-from: 2026-05-31 已经过去，过去的时限不能改"]


def test_other_conditions_make_a_new_version_and_the_old_one_stays_for_its_tickets(desk: Desk) -> None:
    line = "部件,01,公用设施,01,上水井盖,,,缺失、移位、开裂，有坠落危险,恢复原状或临时加盖并围护,3紧急工作时"
    said = told(desk, line, more=("--apply",))
    assert said.code == 0, said.text
    assert "保留 1 条，新增 0 条，不再使用 3 条" in said.about("~")[0]
    with session_for(desk.engine, writes=False) as session:
        book = load(session)
    old, new = (book.category("BJ0101", day) for day in (date(2026, 5, 31), date(2026, 6, 1)))
    assert (len(old.conditions), len(new.conditions)) == (4, 1)
    assert (new.aliases, new.first_level, new.department_hint) == (old.aliases, old.first_level, old.department_hint)
    assert (new.conditions[0].severity, new.conditions[0].guard) == (4, True)
    for day in (date(2026, 5, 31), date(2027, 1, 1)):
        assert book.limit(old.conditions[0], ClockKind.RESOLVE, (), day).limit.value == 2
    assert book.limit(new.conditions[0], ClockKind.RESOLVE, (), date(2026, 6, 1)).limit.value == 3
    strictest = book.condition(new, None, (), date(2026, 6, 1))
    assert strictest.text.startswith("缺失"), "the conditions no longer used decide nothing"


def test_a_new_version_may_not_wait_in_the_table_for_its_day(desk: Desk) -> None:
    said = told(desk, *GOOD, more=("--valid-from", "2026-07-01"))
    assert "只有时限可以预先改" in said.problems[0]


def test_the_code_of_another_numbering_is_refused(desk: Desk) -> None:
    line = "部件,01,公用设施,13,消防设施,,,缺失,恢复,2紧急工作时"
    said = desk.run("catalogue", desk.csv("cj.csv", HEAD, line), "--code-system", "CJ/T 214")
    assert "两套编码不能混用" in said.problems[0]  # 0113 there is another thing (domain.md 2.4)


def test_excel_with_merged_cells_and_gb18030_say_what_utf_8_says(desk: Desk) -> None:
    rows = [HEAD.split(","), *(line.split(",") for line in GOOD)]
    rows[2][:7] = [None] * 7
    rows[1][3] = 1  # Excel took 01 for a number
    merged = [f"{column}2:{column}3" for column in "ABCDEFG"]
    excel = desk.run("catalogue", desk.xlsx("standards.xlsx", rows, merged), *SYSTEM)
    chinese = desk.run("catalogue", desk.csv("gb.csv", HEAD, *GOOD, encoding="gb18030"), *SYSTEM)
    marked = desk.run("catalogue", desk.csv("bom.csv", HEAD, *GOOD, encoding="utf-8-sig"), *SYSTEM)
    assert told(desk, *GOOD).text == excel.text == chinese.text == marked.text


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("=1+1", "是公式"),  # never evaluated, and what was stored with it is not trusted
        ("#REF!", "是错误值"),
    ],
)
def test_a_cell_that_is_no_text_is_a_problem(desk: Desk, value: str, sentence: str) -> None:
    rows = [HEAD.split(","), *(line.split(",") for line in GOOD)]
    rows[1][7] = value
    said = desk.run("catalogue", desk.xlsx("standards.xlsx", rows), *SYSTEM)
    assert sentence in said.problems[0]
    assert said.problems[0].startswith("line 2 ! open_condition")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "文件是空的"),
        ('a,"b', "不是 CSV"),  # a quote that never ends
        (HEAD.removesuffix(",time_limit"), "time_limit: 文件里没有这一列"),
        (f"{HEAD},时限", "time_limit: 有几列都是它"),
        (f"{HEAD},备注", "不读的列：备注"),  # said, and no problem
    ],
)
def test_a_file_of_another_shape_is_told_so(desk: Desk, content: str, sentence: str) -> None:
    assert sentence in desk.run("catalogue", desk.csv("odd.csv", content), *SYSTEM).text


def test_bytes_that_are_no_text_are_told_so(desk: Desk) -> None:
    (desk.folder / "odd.csv").write_bytes(b"\xff\xfe\x81")
    assert "编码" in desk.run("catalogue", str(desk.folder / "odd.csv"), *SYSTEM).text
