"""Imports a city's standards table: what it would change, row by row. Writing it is ``catalogue_rows.py``."""

from reporter.domain.importing import catalogue as rules
from reporter.domain.importing.catalogue import GivenCategory, GivenCondition, StandingCategory
from reporter.domain.importing.cells import Table, rows_of
from reporter.domain.importing.defaults import defaults_from
from reporter.domain.importing.findings import WHOLE_FILE, Findings
from reporter.queries import importing as standing
from reporter.services import seeding
from reporter.services.importing.batch import Plan
from reporter.services.importing.catalogue_rows import Asked, Writer
from reporter.services.unit_of_work import UnitOfWork

TOUCHES = "catalogue"


def plan(uow: UnitOfWork, table: Table, asked: Asked) -> Plan:
    """What a standards table would change; categories it does not name stay as they are."""
    findings = Findings(table.word)
    defaults = defaults_from(seeding.read("import_defaults.json"))
    if asked.valid_from < uow.today:
        findings.problem(WHOLE_FILE, "--valid-from", f"{asked.valid_from} 已经过去，过去的时限不能改")
    rows = rows_of(table, rules.COLUMNS, findings, rules.IGNORED)
    given = rules.categories(rows, defaults, asked.bare, asked.kind, findings)
    in_force = {category.code: category for category in standing.categories(uow.session)}
    writer = Writer(uow, asked, defaults)
    for category in given:
        known = in_force.get(category.code)
        if known is None:
            _plan_new(writer, category, findings)
        elif known.code_system != asked.code_system:
            sentence = f"{category.code} 已是另一套编码“{known.code_system}”的“{known.name}”，两套编码不能混用"
            findings.problem(category.line, "small_code", sentence)
        elif differing := rules.what_differs(category, known):
            _plan_version(writer, category, known, differing, findings)
        else:
            _plan_limits(writer, category, known, findings)
    kinds = {category.kind.prefix for category in given}
    codes = {category.code for category in given}
    findings.absent = sum(code[:2] in kinds and code not in codes for code in in_force)
    return Plan("catalogue", TOUCHES, findings, writer.write)


def _plan_new(writer: Writer, category: GivenCategory, findings: Findings) -> None:
    if writer.asked.valid_from > writer.uow.today:
        _refuse_later(category, writer.asked, findings)
    writer.new.append((category, None))
    for condition in category.conditions:
        findings.new(condition.line, f"{_named(category, condition)} resolve {rules.shown(condition.resolve)}")


def _plan_version(
    writer: Writer, category: GivenCategory, known: StandingCategory, differing: list[str], findings: Findings
) -> None:
    if known.valid_from >= writer.asked.valid_from:
        sentence = f"{category.code} 从 {known.valid_from} 起的版本已经在用，请用 --valid-from 另定更晚的一天"
        findings.problem(category.line, "small_code", sentence)
        return
    if writer.asked.valid_from > writer.uow.today:
        _refuse_later(category, writer.asked, findings)
    writer.new.append((category, known))
    findings.changed(category.line, f"{category.code} {category.name} 新版本：{'；'.join(differing)}")
    before = {one.text: one for one in known.conditions}
    for condition in category.conditions:
        old = before.get(condition.text)
        said = f"{_named(category, condition)} resolve"
        if old is None:
            findings.new(condition.line, f"{said} {rules.shown(condition.resolve)}")
        elif old.resolve != condition.resolve:
            findings.changed(condition.line, f"{said} {rules.shown(old.resolve)} → {rules.shown(condition.resolve)}")
        else:
            findings.unchanged += 1


def _refuse_later(category: GivenCategory, asked: Asked, findings: Findings) -> None:
    """Suggestions are made from every category that is stored, so one may not wait there for its day."""
    sentence = f"只有时限可以预先改；{category.code} 的名称和立案条件请在 {asked.valid_from} 当天导入"
    findings.problem(category.line, "--valid-from", sentence)


def _plan_limits(writer: Writer, category: GivenCategory, known: StandingCategory, findings: Findings) -> None:
    changed = rules.changed_limits(category, known)
    findings.unchanged += len(category.conditions) - len(changed)
    for condition, old in changed:
        if old.resolve_since and old.resolve_since >= writer.asked.valid_from:
            sentence = f"从 {old.resolve_since} 起的时限已经在用，请用 --valid-from 另定更晚的一天"
            findings.problem(condition.line, "time_limit", sentence)
            continue
        writer.limits.append((condition, old))
        findings.changed(
            condition.line,
            f"{_named(category, condition)} resolve {rules.shown(old.resolve)} → {rules.shown(condition.resolve)}"
            f"，从 {writer.asked.valid_from} 起",
        )


def _named(category: GivenCategory, condition: GivenCondition) -> str:
    return f"{category.code} {category.name} {condition.text}"
