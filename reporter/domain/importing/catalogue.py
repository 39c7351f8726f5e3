"""What a standards table means: categories with their conditions and limits, and how they differ from those in force.

One row is one condition (立案条件); rows of one small code are one category. What tickets point at is never
rewritten: a changed limit ends and a new one begins, a changed category ends and a new version begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reporter.domain.importing.cells import Column, Row
from reporter.domain.importing.defaults import Defaults, Kind, hint
from reporter.domain.importing.findings import Findings
from reporter.domain.importing.limits import Bare, Unreadable, parse
from reporter.domain.working_time import Limit

MOST_HINT = 80
COLUMNS = (
    Column("kind", ("类型", "部件/事件"), 20, needed=False, filled=False),
    Column("big_code", ("大类代码", "大类编码"), 4),
    Column("big_name", ("大类名称", "大类"), 40),
    Column("small_code", ("小类代码", "小类编码"), 4),
    Column("small_name", ("小类名称", "小类"), 60),
    Column("handling_unit", ("responsible", "处置单位", "责任单位", "责任主体"), 200, needed=False, filled=False),
    Column("open_condition", ("立案条件",), 200),
    Column("close_condition", ("结案条件", "结案规范", "结案标准"), 200),
    Column("time_limit", ("处置时限", "时限"), 60),
)
IGNORED = ("supervisor", "law", "law_article", "collection_notes", "监督单位", "主管部门")
CODE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class GivenCondition:
    line: int
    text: str
    close_condition: str
    resolve: Limit


@dataclass
class GivenCategory:
    """``code`` is ours: prefix of the kind, major, minor (``domain.md`` 2.4)."""

    line: int
    kind: Kind
    code: str
    name: str
    major_code: str
    major_name: str
    handling_unit: str
    code_status: str
    conditions: list[GivenCondition] = field(default_factory=list)

    @property
    def std_code(self) -> str:
        return self.code.removeprefix(self.kind.prefix)

    @property
    def department_hint(self) -> str | None:
        return hint(self.handling_unit, MOST_HINT) or None


@dataclass(frozen=True, slots=True)
class StandingCondition:
    """A condition in force. ``resolve_ids``: rows of its resolve limit that hold everywhere and have no end."""

    id: int
    text: str
    close_condition: str
    resolve: Limit | None
    resolve_id: int | None
    resolve_since: date | None


@dataclass(frozen=True, slots=True)
class StandingCategory:
    id: int
    code: str
    code_system: str
    name: str
    major_name: str
    department_hint: str | None
    valid_from: date
    conditions: Sequence[StandingCondition]


def categories(
    rows: Sequence[Row], defaults: Defaults, bare: Bare | None, kind: str | None, findings: Findings
) -> list[GivenCategory]:
    """The categories of a table. ``kind``: of rows that name none."""
    found: dict[str, GivenCategory] = {}
    majors: dict[str, str] = {}
    said: set[tuple[str, str]] = set()
    for row in rows:
        category = _category(row, defaults, kind, findings)
        if category is None:
            continue
        known_major = majors.setdefault(category.major_code, category.major_name)
        if known_major != category.major_name and (category.major_code, category.major_name) not in said:
            said.add((category.major_code, category.major_name))
            findings.problem(
                row.line,
                "big_name",
                f"大类 {row['big_code']} 在前面叫“{known_major}”，从这一行起叫“{category.major_name}”",
            )
        category = _joined(found.setdefault(category.code, category), category, findings)
        _add_condition(category, row, bare, findings)
    return list(found.values())


def _category(row: Row, defaults: Defaults, kind_word: str | None, findings: Findings) -> GivenCategory | None:
    kind = defaults.kind_of(row["kind"] or kind_word or "")
    if kind is None:
        words = "、".join(word for known in defaults.kinds for word in known.words[:1])
        said = f"不认识“{row['kind']}”，可以写" if row["kind"] else "没有说，请用 --kind，或加一列，写"
        findings.problem(row.line, "kind", f"{said}：{words}")
        return None
    big, small = (_digits(row, name, findings) for name in ("big_code", "small_code"))
    if big is None or small is None:
        return None
    return GivenCategory(
        line=row.line,
        kind=kind,
        code=f"{kind.prefix}{big}{small}",
        name=row["small_name"],
        major_code=f"{kind.prefix}{big}",
        major_name=row["big_name"],
        handling_unit=row["handling_unit"],
        code_status="local_ext" if int(small) >= defaults.local_from else "read",
    )


def _digits(row: Row, name: str, findings: Findings) -> str | None:
    """Two digits; a spreadsheet that took “01” for a number wrote “1”."""
    text = row[name].zfill(CODE_DIGITS)
    if len(text) == CODE_DIGITS and text.isascii() and text.isdigit():
        return text
    findings.problem(row.line, name, f"“{row[name]}”不是 {CODE_DIGITS} 位数字")
    return None


def _joined(first: GivenCategory, again: GivenCategory, findings: Findings) -> GivenCategory:
    """The category of the first row, when this one says the same about it; an empty unit is a merged cell."""
    if again.name != first.name:
        findings.problem(again.line, "small_code", f"{first.code} 在第 {first.line} 行是“{first.name}”，代码重复")
    if again.handling_unit and not first.handling_unit:
        first.handling_unit = again.handling_unit
    if again.handling_unit and again.handling_unit != first.handling_unit:
        findings.problem(
            again.line, "handling_unit", f"{first.code} 的处置单位与第 {first.line} 行不同，一个小类只能有一种"
        )
    return first


def _add_condition(category: GivenCategory, row: Row, bare: Bare | None, findings: Findings) -> None:
    twin = next((one for one in category.conditions if one.text == row["open_condition"]), None)
    if twin:
        findings.problem(row.line, "open_condition", f"与第 {twin.line} 行重复：{category.code} {twin.text}")
        return
    try:
        limit = parse(row["time_limit"], bare)
    except Unreadable as why:
        findings.problem(row.line, "time_limit", str(why))
        return
    category.conditions.append(GivenCondition(row.line, row["open_condition"], row["close_condition"], limit))


def what_differs(given: GivenCategory, standing: StandingCategory) -> list[str]:
    """What only a new version of the category can say, in words; limits alone need none."""
    pairs = (
        ("名称", standing.name, given.name),
        ("大类", standing.major_name, given.major_name),
        ("处置单位", standing.department_hint, given.department_hint or standing.department_hint),
    )
    differing = [f"{what} {before or '无'} → {after}" for what, before, after in pairs if before != after]
    before = {(one.text, one.close_condition) for one in standing.conditions}
    after = {(one.text, one.close_condition) for one in given.conditions}
    if before != after:
        kept = len(before & after)
        differing.append(f"立案条件保留 {kept} 条，新增 {len(after) - kept} 条，不再使用 {len(before) - kept} 条")
    return differing


def changed_limits(given: GivenCategory, standing: StandingCategory) -> list[tuple[GivenCondition, StandingCondition]]:
    """Conditions whose resolve limit is another one now."""
    by_text: Mapping[str, StandingCondition] = {one.text: one for one in standing.conditions}
    pairs = ((one, by_text[one.text]) for one in given.conditions if one.text in by_text)
    return [(one, known) for one, known in pairs if one.resolve != known.resolve]


def shown(limit: Limit | None) -> str:
    return f"{limit.value} {limit.unit.value}" if limit else "无"
