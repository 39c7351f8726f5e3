"""What a table or map of areas means: codes that keep their rule, parents that exist, nothing moved or closed blindly.

Rules from domain reference 2.1 and 2.2: digits only, a child's code begins with its parent's, zero-padded codes are
stored at natural length, codes are never used again. Polygons are read in ``polygons.py``; whether they overlap or
leave gaps is ``services/importing/topology.py``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reporter.domain.areas import CodeRule, Level, fits
from reporter.domain.importing.cells import Column, Row
from reporter.domain.importing.findings import WHOLE_FILE, Findings

COLUMNS = (
    Column("code", ("adcode", "代码", "区域代码"), 24),
    Column("name", ("名称", "区域名称"), 80),
    Column("level", ("级别", "层级"), 20, needed=False, filled=False),
    Column("parent_code", ("上级代码",), 24, needed=False, filled=False),
    Column("ladder", ("阶梯",), 40, needed=False, filled=False),
    Column("households", ("户数",), 8, needed=False, filled=False),
    Column("ticket_prefix", ("编号前缀",), 4, needed=False, filled=False),
    Column("closed_on", ("停用日期",), 10, needed=False, filled=False),
    Column("replaced_by", ("替代代码",), 24, needed=False, filled=False),
)
IGNORED = ("center", "centroid")
PADDED = 12  # digits to which wider codes are filled up with zeros in national tables
STANDARD_LADDER = "standard"


@dataclass(frozen=True, slots=True)
class GivenArea:
    """None: the file says nothing about it. ``parent_code`` None: the root."""

    line: int
    code: str
    name: str
    level: Level
    parent_code: str | None
    ladder: str | None
    households: int | None
    ticket_prefix: str | None
    closed_on: date | None
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class StandingArea:
    id: int
    code: str
    name: str
    level: Level
    parent_code: str | None
    ladder: str
    households: int | None
    ticket_prefix: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Ground:
    """What a file of areas stands on. ``level``: of rows that name none. ``under``: only this area and what lies in
    it is taken. ``standing``: areas in the database by code, as far as the file can mean them."""

    rules: Mapping[Level, CodeRule]
    parent_levels: Mapping[Level, Level | None]
    standing: Mapping[str, StandingArea]
    today: date
    level: Level | None = None
    under: str | None = None


def codes_meant(rows: Sequence[Row], ground: Ground) -> set[str]:
    """Every code that the rows name or imply, to be looked up before they are read."""
    meant = {ground.under} if ground.under else set()
    for row in rows:
        level = _level(row, ground)
        code = natural(row["code"], ground.rules[level]) if level else row["code"]
        meant |= {code, row["parent_code"], row["replaced_by"]}
        meant.add((_parent_code(row, code, level, ground) or "") if level else "")
    return meant - {""}


def areas(rows: Sequence[Row], ground: Ground, findings: Findings) -> list[GivenArea]:
    """The areas of a file, widest first; rows that cannot be used are problems."""
    stem = _stem(ground.under) if ground.under else ""
    wanted = [row for row in rows if row["code"].startswith(stem)]
    if len(wanted) < len(rows):
        findings.note(WHOLE_FILE, f"不在 {ground.under} 之内、不读的行：{len(rows) - len(wanted)}")
    read = [area for row in wanted if (area := _area(row, ground, findings))]
    by_code: dict[str, GivenArea] = {}
    for area in read:
        if area.code in by_code:
            findings.problem(area.line, "code", f"{area.code} 在第 {by_code[area.code].line} 行已经有了，代码重复")
        else:
            by_code[area.code] = area
    present = {natural_anyhow(row["code"]) for row in wanted} | by_code.keys()
    usable = [area for area in by_code.values() if _stands(area, by_code, present, ground, findings)]
    return sorted(usable, key=lambda area: (area.level.rank, area.code))


def natural(code: str, rule: CodeRule) -> str:
    """A code without the zeros that fill it up: ``420106000000`` of a district is ``420106``."""
    padding = code[rule.length :]
    return code[: rule.length] if len(code) == PADDED > rule.length and not padding.strip("0") else code


def natural_anyhow(code: str) -> str:
    """The same where the level is not known: only good for asking whether a code is there."""
    return code[:6] if len(code) == PADDED and code.endswith("000000") else code


def _stem(code: str) -> str:
    """What the codes of all areas below begin with; only codes of cities end with zeros that mean nothing."""
    return code[:4] if len(code) == 6 and code.endswith("00") else code


def _level(row: Row, ground: Ground) -> Level | None:
    word = row["level"]
    level = Level(word) if word in list(Level) else None if word else ground.level
    return level if level in ground.rules else None


def _parent_code(row: Row, code: str, level: Level, ground: Ground) -> str | None:
    """As the row says, else as the code says; the widest level has none, whatever the row says."""
    parent_level = ground.parent_levels[level]
    if parent_level is None:
        return None
    length = ground.rules[parent_level].length
    if row["parent_code"]:
        return natural(row["parent_code"], ground.rules[parent_level])
    return code[:length] if length < len(code) else code[:4].ljust(length, "0")


def _area(row: Row, ground: Ground, findings: Findings) -> GivenArea | None:
    level = _level(row, ground)
    if level is None:
        known = "、".join(ground.rules)
        sentence = (
            f"不认识“{row['level']}”，可以写：{known}" if row["level"] else "没有说，请用 --level，或加一列 level"
        )
        findings.problem(row.line, "level", sentence)
        return None
    code = natural(row["code"], ground.rules[level])
    before = findings.problems
    parent_code = _parent_code(row, code, level, ground)
    if not fits(code, parent_code, ground.rules[level]):
        length = ground.rules[level].length
        start = f"，并以上级代码 {parent_code} 开头" if parent_code else ""
        findings.problem(row.line, "code", f"{code} 不像 {level.value} 的代码：应为 {length} 位数字{start}")
    area = GivenArea(
        line=row.line,
        code=code,
        name=row["name"],
        level=level,
        parent_code=parent_code,
        ladder=row["ladder"] or None,
        households=_households(row, findings),
        ticket_prefix=_prefix(row, level, findings),
        closed_on=_closed_on(row, ground.today, findings),
        replaced_by=row["replaced_by"] or None,
    )
    return area if findings.problems == before else None


def _households(row: Row, findings: Findings) -> int | None:
    if not row["households"]:
        return None
    if row["households"].isascii() and row["households"].isdigit():
        return int(row["households"])
    findings.problem(row.line, "households", f"“{row['households']}”不是户数")
    return None


def _prefix(row: Row, level: Level, findings: Findings) -> str | None:
    prefix = row["ticket_prefix"]
    if prefix and level is not Level.DISTRICT:
        findings.problem(row.line, "ticket_prefix", "只有区（district）有工单编号前缀")
    elif prefix and not (prefix.isascii() and prefix.isalpha() and prefix.isupper()):
        findings.problem(row.line, "ticket_prefix", f"“{prefix}”不能用：1 到 4 个大写字母")
    return prefix or None


def _closed_on(row: Row, today: date, findings: Findings) -> date | None:
    if not row["closed_on"]:
        if row["replaced_by"]:
            findings.problem(row.line, "replaced_by", "只有停用的区域才有替代者，请填 closed_on")
        return None
    try:
        closed_on = date.fromisoformat(row["closed_on"])
    except ValueError:
        findings.problem(row.line, "closed_on", f"“{row['closed_on']}”不是日期，请写成 2027-01-01 这样")
        return None
    if closed_on < today:
        findings.problem(row.line, "closed_on", f"{closed_on} 已经过去，停用只能从今天起")
    return closed_on


def _stands(
    area: GivenArea, given: Mapping[str, GivenArea], present: Collection[str], ground: Ground, findings: Findings
) -> bool:
    """Whether an area keeps to the tree: its parent, what it was before, who takes its place."""
    before = findings.problems
    parent = given.get(area.parent_code or "") or ground.standing.get(area.parent_code or "")
    if area.parent_code and parent is None and area.parent_code not in present:
        findings.problem(area.line, "parent_code", f"上级 {area.parent_code} 不在文件里，也不在库里")
    elif parent and parent.level.rank >= area.level.rank:
        findings.problem(area.line, "level", f"{area.level.value} 不能在 {parent.code}（{parent.level.value}）之下")
    elif parent and _ended(parent):
        findings.problem(area.line, "parent_code", f"上级 {parent.code} 已停用")
    known = ground.standing.get(area.code)
    if known:
        _check_same(area, known, findings)
    elif area.closed_on:
        findings.problem(area.line, "code", f"库里没有 {area.code}，不能停用")
    heir = given.get(area.replaced_by or "") or ground.standing.get(area.replaced_by or "")
    if area.replaced_by and (heir is None or _ended(heir) or heir.level is not area.level):
        findings.problem(area.line, "replaced_by", f"替代者 {area.replaced_by} 应是同级、在用的另一个区域")
    return findings.problems == before


def _check_same(area: GivenArea, known: StandingArea, findings: Findings) -> None:
    if known.valid_to and known.valid_to != area.closed_on:
        findings.problem(area.line, "code", f"{area.code} 已从 {known.valid_to} 起停用，代码不再使用")
    elif known.level is not area.level:
        findings.problem(area.line, "level", f"{area.code} 在库里是 {known.level.value}，文件里是 {area.level.value}")
    elif known.parent_code != area.parent_code:
        findings.problem(area.line, "parent_code", f"{area.code} 的上级是 {known.parent_code}；换上级要用新代码")
    elif area.closed_on and area.closed_on <= known.valid_from:
        findings.problem(area.line, "closed_on", f"{area.code} 从 {known.valid_from} 起才有效，不能在那之前停用")


def _ended(area: GivenArea | StandingArea) -> bool:
    return bool(area.closed_on if isinstance(area, GivenArea) else area.valid_to)


def what_changes(area: GivenArea, known: StandingArea) -> list[str]:
    """The fields an area says otherwise, in words."""
    pairs = (
        ("name", known.name, area.name),
        ("ladder", known.ladder, area.ladder or known.ladder),
        ("households", known.households, known.households if area.households is None else area.households),
        ("ticket_prefix", known.ticket_prefix, area.ticket_prefix or known.ticket_prefix),
        ("closed_on", known.valid_to, area.closed_on or known.valid_to),
    )
    return [f"{what} {'无' if old is None else old} → {new}" for what, old, new in pairs if old != new]
