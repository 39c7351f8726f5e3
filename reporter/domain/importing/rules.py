"""What a table of routing rules means: whom each rule is about, what it does, and why it cannot be taken as it is.

A rule that could not be applied is refused here, by its line, and so are two that contradict each other: none of
them is switched off later without a word (``anchors.md``, “Traps”, 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reporter.domain.areas import CHAIN_LEVELS, FINE_LEVELS, Level
from reporter.domain.importing import rule_cells as cells
from reporter.domain.importing.cells import Column, Row
from reporter.domain.importing.findings import Findings
from reporter.domain.importing.rule_cells import Wrong
from reporter.domain.routing import DEPARTMENT_OWNED
from reporter.domain.routing_rules import Days, Effect, Reach, RoutingRule, Scope, contradict

COLUMNS = (
    Column("code", ("rule", "规则", "规则编号"), 40),
    Column("priority", ("优先级",), 5),
    Column("area_code", ("区域代码",), 24, needed=False, filled=False),
    Column("categories", ("类别", "类别代码"), 2000, needed=False, filled=False),
    Column("kind", ("大类",), 20, needed=False, filled=False),
    Column("owner", ("责任层级",), 20, needed=False, filled=False),
    Column("conditions", ("情形",), 60, needed=False, filled=False),
    Column("severities", ("严重程度",), 20, needed=False, filled=False),
    Column("sources", ("来源",), 100, needed=False, filled=False),
    Column("days", ("日期",), 20, needed=False, filled=False),
    Column("hours", ("时段",), 11, needed=False, filled=False),
    Column("effect", ("作用",), 20),
    Column("target", ("对象",), 60),
    Column("closed_on", ("停用日期",), 10, needed=False, filled=False),
)
IGNORED = ("note", "备注")
EFFECT_WORDS = {
    **{effect.value: effect for effect in Effect},
    "先办层级": Effect.FIRST_LEVEL,
    "先办人": Effect.HOLDER,
    "抄送": Effect.COPY,
}
KIND_WORDS = {"部件": "component", "事件": "event", "邻里": "neighbourhood"}
DAYS_WORDS = {"工作日": Days.WORKDAY, "休息日": Days.RESTDAY, **{days.value: days for days in Days}}


@dataclass(frozen=True, slots=True)
class KnownCategory:
    kind: str
    owner: str
    conditions: frozenset[int]


@dataclass(frozen=True, slots=True)
class KnownArea:
    """``lineage``: ids from the city down to its own. ``district_id`` None: a city."""

    id: int
    level: Level
    lineage: tuple[int, ...]
    district_id: int | None
    ended: bool


@dataclass(frozen=True)
class Ground:
    """What a table of rules stands on. ``departments``: (district id, code). ``since``: the first new day."""

    categories: Mapping[str, KnownCategory]
    areas: Mapping[str, KnownArea]
    departments: frozenset[tuple[int, str]]
    today: date
    since: date

    def reach(self, scope: Scope, lineage: tuple[int, ...]) -> Reach:
        """What a scope comes to in this catalogue."""
        found = {
            code
            for code, known in self.categories.items()
            if (not scope.categories or code in scope.categories)
            and scope.kind in (None, known.kind)
            and scope.owner in (None, known.owner)
        }
        return Reach(frozenset(found), lineage)


@dataclass(frozen=True, slots=True)
class GivenRule:
    """``rule`` with version 0: which one it becomes depends on what is known."""

    line: int
    rule: RoutingRule
    reach: Reach

    @property
    def closes(self) -> bool:
        return self.rule.end is not None


def codes_meant(rows: Sequence[Row]) -> set[str]:
    """Codes of the areas that the rows name."""
    seats = {row["target"].removeprefix("seat:") for row in rows if row["target"].startswith("seat:")}
    return seats | {row["area_code"] for row in rows if row["area_code"]}


def rules(rows: Sequence[Row], ground: Ground, findings: Findings) -> list[GivenRule]:
    """The rules of a table; what cannot be used is a problem of its line."""
    found: dict[str, GivenRule] = {}
    for row in rows:
        try:
            given = _rule(row, ground)
        except Wrong as wrong:
            findings.problem(row.line, *wrong.args)
            continue
        if row["code"] in found:
            findings.problem(row.line, "code", f"{row['code']} 在第 {found[row['code']].line} 行已经有了")
        else:
            found[row["code"]] = given
    return list(found.values())


def contradictions(
    given: Sequence[GivenRule], standing: Sequence[tuple[RoutingRule, Reach]], findings: Findings
) -> None:
    """Each pair of equal priority that some report would fit both of, named by both. ``standing``: in the database
    and not in the file."""
    for at, one in enumerate(given):
        for other in given[:at]:
            if contradict(one.rule, one.reach, other.rule, other.reach):
                _complain(one, f"第 {other.line} 行的 {other.rule.code}", findings)
        for rule, reach in standing:
            if contradict(one.rule, one.reach, rule, reach):
                _complain(one, f"库里的 {rule.code}（第 {rule.version} 版）", findings)


def _complain(one: GivenRule, other: str, findings: Findings) -> None:
    sentence = f"{one.rule.code} 和{other}，优先级都是 {one.rule.priority}，时间和范围有重叠，分不出先后"
    findings.problem(one.line, "priority", sentence)


def _rule(row: Row, ground: Ground) -> GivenRule:
    area = _area(row["area_code"], "area_code", ground) if row["area_code"] else None
    named = frozenset(cells.words(row["categories"]))
    for code in sorted(named):
        if code not in ground.categories:
            raise Wrong("categories", f"没有类别 {code}")
    scope = Scope(
        area_id=area.id if area else None,
        categories=named,
        kind=cells.one_of(row, "kind", {known.kind for known in ground.categories.values()}, KIND_WORDS),
        owner=cells.one_of(row, "owner", {known.owner for known in ground.categories.values()}, {}),
        conditions=_conditions(row, named, ground),
        severities=cells.numbers(row, "severities", range(1, 5)),
        sources=cells.sources(row),
        days=DAYS_WORDS.get(row["days"], Days.ANY),
        weekdays=cells.numbers(row, "days", range(1, 8)) if row["days"] not in DAYS_WORDS else frozenset(),
        hours=cells.hours(row["hours"]),
    )
    reach = ground.reach(scope, area.lineage if area else ())
    if not reach.categories:
        raise Wrong("categories", "没有一个类别符合 categories、kind、owner 合在一起的要求")
    if row["effect"] not in EFFECT_WORDS:
        raise Wrong("effect", f"不认识“{row['effect']}”，可以写：{'、'.join(EFFECT_WORDS)}")
    effect = EFFECT_WORDS[row["effect"]]
    check = {Effect.FIRST_LEVEL: _first_level, Effect.HOLDER: _holder, Effect.COPY: _copied}[effect]
    rule = RoutingRule(
        code=row["code"],
        version=0,
        priority=cells.priority(row["priority"]),
        scope=scope,
        effect=effect,
        target=row["target"],
        start=ground.since,
        end=cells.closed_on(row["closed_on"], ground.today),
        seat_id=check(row["target"], area, reach, ground),
    )
    return GivenRule(row.line, rule, reach)


# ---------------------------------------------------------------- what a rule does


def _first_level(target: str, area: KnownArea | None, reach: Reach, ground: Ground) -> None:
    """The 网格长 is accountable and wider levels do not act first: for those a seat is named."""
    if target not in FINE_LEVELS:
        raise Wrong("target", f"先办的一级只能是 {'、'.join(FINE_LEVELS)}；更上的一级请写 seat:区域代码")


def _holder(target: str, area: KnownArea | None, reach: Reach, ground: Ground) -> int | None:
    kind, _, code = target.partition(":")
    if kind == "seat":
        seat = _area(code, "target", ground)
        if area and area.district_id and seat.district_id not in (None, area.district_id):
            raise Wrong("target", f"岗位 {code} 在另一个区")
        return seat.id
    if kind != "department":
        raise Wrong("target", "写成 seat:区域代码 或 department:部门代码")
    districts = {district for district, known in ground.departments if known == code}
    if not districts or (area and area.district_id and area.district_id not in districts):
        raise Wrong("target", f"没有部门 {code}")
    others = sorted(one for one in reach.categories if ground.categories[one].owner not in DEPARTMENT_OWNED)
    if others:
        raise Wrong("target", f"类别 {others[0]} 不归职能部门，不能先派给部门")
    return None


def _copied(target: str, area: KnownArea | None, reach: Reach, ground: Ground) -> int:
    """Only to a seat that sees the ticket: one whose area holds the rule's."""
    kind, _, code = target.partition(":")
    if kind != "seat":
        raise Wrong("target", "抄送写成 seat:区域代码")
    seat = _area(code, "target", ground)
    if area is None or seat.id not in area.lineage:
        raise Wrong("target", f"抄送的岗位 {code} 看不到这里的工单：规则要写 area_code，并在这个岗位的区域之内")
    return seat.id


def _area(code: str, column: str, ground: Ground) -> KnownArea:
    area = ground.areas.get(code)
    if area is None:
        raise Wrong(column, f"没有区域 {code}")
    if area.ended:
        raise Wrong(column, f"区域 {code} 已停用")
    if area.level not in CHAIN_LEVELS:
        raise Wrong(column, f"{code}（{area.level.value}）没有岗位")
    return area


def _conditions(row: Row, named: frozenset[str], ground: Ground) -> frozenset[int]:
    numbers = cells.numbers(row, "conditions", range(1, 100))
    if numbers and len(named) != 1:
        raise Wrong("conditions", "写情形时要正好写一个类别")
    for number in sorted(numbers):
        (code,) = named
        if number not in ground.categories[code].conditions:
            raise Wrong("conditions", f"类别 {code} 没有情形 {number}")
    return numbers


def what_changes(new: RoutingRule, old: RoutingRule) -> list[str]:
    """What a new version says otherwise, in words."""
    pairs: list[tuple[str, object, object]] = [
        ("priority", old.priority, new.priority),
        ("effect", old.effect.value, new.effect.value),
        ("target", old.target, new.target),
    ]
    for name in Scope.__slots__:
        pairs.append((name, _shown(getattr(old.scope, name)), _shown(getattr(new.scope, name))))
    return [f"{name} {was} → {now}" for name, was, now in pairs if was != now]


def _shown(value: object) -> str:
    if isinstance(value, frozenset):
        return "、".join(map(str, sorted(value))) or "不限"
    if isinstance(value, tuple):
        return "-".join(one.isoformat("minutes") for one in value)
    return "不限" if value is None else str(value)
