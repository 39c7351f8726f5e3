"""Imports the rules of routing: a changed rule is a new version, and what held until then stays readable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.importing import rules as rules_of_files
from reporter.domain.importing.cells import Row, Table, rows_of
from reporter.domain.importing.findings import WHOLE_FILE, Findings
from reporter.domain.importing.rules import GivenRule, Ground, KnownArea, KnownCategory
from reporter.domain.routing_rules import Reach, RoutingRule
from reporter.models.routing import RoutingRule as RuleRow
from reporter.queries import importing as standing_in
from reporter.queries import routing
from reporter.services.importing.batch import Plan
from reporter.services.unit_of_work import UnitOfWork

TOUCHES = "routing"


def plan(uow: UnitOfWork, table: Table, source: str, author: str, since: date) -> Plan:
    """What the table of rules would change; rules it does not name stay. ``since``: the first day of new versions."""
    findings = Findings(table.word)
    rows = rows_of(table, rules_of_files.COLUMNS, findings, rules_of_files.IGNORED)
    if since < uow.today:
        findings.problem(WHOLE_FILE, "valid_from", f"{since} 已经过去，规则只能从今天起生效")
    ground = _ground(uow, rows, since)
    given = rules_of_files.rules(rows, ground, findings)
    every = routing.rules(uow.session)
    present = {rule.code: rule for rule in every if rule.end is None or rule.end > since}
    others = [rule for code, rule in present.items() if code not in {one.rule.code for one in given}]
    rules_of_files.contradictions(given, _with_reach(uow, others, ground), findings)
    writer = _Writer(uow, every, source, author)
    for one in given:
        _compare(one, present.get(one.rule.code), writer, findings)
    findings.absent = len(others)
    return Plan("rules", TOUCHES, findings, writer.write)


def _ground(uow: UnitOfWork, rows: Sequence[Row], since: date) -> Ground:
    codes = rules_of_files.codes_meant(rows)
    lineages = standing_in.lineages(uow.session, codes)
    areas = {
        code: _known(area.id, area.level, area.valid_to is not None and area.valid_to <= since, lineages[code])
        for code, area in standing_in.areas(uow.session, codes).items()
    }
    return Ground(
        categories={
            category.code: KnownCategory(
                category.kind, category.owner_level, frozenset(condition.no for condition in category.conditions)
            )
            for category in uow.book.categories
            if category.valid.on(since)
        },
        areas=areas,
        departments=frozenset((one.district_id, one.code) for one in uow.book.departments.values()),
        today=uow.today,
        since=since,
    )


def _known(area_id: int, level: Level, ended: bool, above: Mapping[str, int | None]) -> KnownArea:
    lineage = tuple(one for each in CHAIN_LEVELS if (one := above[f"{each.value}_id"]) is not None)
    return KnownArea(area_id, level, lineage, above["district_id"], ended)


def _with_reach(uow: UnitOfWork, rules: Sequence[RoutingRule], ground: Ground) -> list[tuple[RoutingRule, Reach]]:
    ids = {rule.scope.area_id for rule in rules if rule.scope.area_id is not None}
    lineages = routing.lineages(uow.session, ids)
    return [(rule, ground.reach(rule.scope, lineages.get(rule.scope.area_id or 0, ()))) for rule in rules]


def _compare(one: GivenRule, known: RoutingRule | None, writer: "_Writer", findings: Findings) -> None:
    new = one.rule
    if known is None and one.closes:
        findings.problem(one.line, "code", f"没有在用的规则 {new.code}，不能停用")
    elif known is None:
        writer.new.append(new)
        findings.new(one.line, f"{new.code} 优先级 {new.priority} {new.effect.value} {new.target}")
    elif one.closes:
        _close(one, known, writer, findings)
    elif differing := rules_of_files.what_changes(new, known):
        if known.start > new.start:
            findings.problem(one.line, "code", f"{new.code} 从 {known.start} 起才有效，不能在那之前改")
            return
        writer.closed.append((known, new.start))
        writer.new.append(new)
        findings.changed(one.line, f"{new.code} 第 {known.version} 版 → 新版：{'；'.join(differing)}")
    else:
        findings.unchanged += 1


def _close(one: GivenRule, known: RoutingRule, writer: "_Writer", findings: Findings) -> None:
    closed_on = one.rule.end
    if closed_on == known.end:
        findings.unchanged += 1
    elif closed_on is not None and closed_on < known.start:
        findings.problem(one.line, "closed_on", f"{known.code} 从 {known.start} 起才有效，不能在那之前停用")
    else:
        writer.closed.append((known, closed_on))
        findings.changed(one.line, f"{known.code} 从 {closed_on} 起停用")


class _Writer:
    """What is to be written: ``new`` versions, and which versions end when."""

    def __init__(self, uow: UnitOfWork, every: Sequence[RoutingRule], source: str, author: str):
        self.new: list[RoutingRule] = []
        self.closed: list[tuple[RoutingRule, date | None]] = []
        self._uow, self._source, self._author = uow, source, author
        self._last = {rule.code: rule.version for rule in every}  # in the order of their versions

    def write(self) -> None:
        for rule, until in self.closed:
            routing.row_of(self._uow.session, rule.code, rule.version).valid_to = until
        for rule in self.new:
            self._uow.session.add(self._row(replace(rule, version=self._last.get(rule.code, 0) + 1)))
        self._uow.session.flush()

    def _row(self, rule: RoutingRule) -> RuleRow:
        scope = rule.scope
        start, end = scope.hours or (None, None)
        return RuleRow(
            code=rule.code,
            version=rule.version,
            priority=rule.priority,
            area_id=scope.area_id,
            categories=sorted(scope.categories),
            kind=scope.kind,
            owner=scope.owner,
            conditions=sorted(scope.conditions),
            severities=sorted(scope.severities),
            sources=sorted(scope.sources),
            days=scope.days.value,
            weekdays=sorted(scope.weekdays),
            from_time=start.isoformat("minutes") if start else None,
            to_time=end.isoformat("minutes") if end else None,
            effect=rule.effect.value,
            target=rule.target,
            seat_area_id=rule.seat_id,
            source=self._source[:120],
            author=self._author[:60],
            made_at=self._uow.now,
            valid_from=rule.start,
            valid_to=None,
        )
