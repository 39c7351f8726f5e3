"""Imports the days that a city publishes into ``calendar_day``."""

from datetime import date

from sqlalchemy import insert, update

from reporter.domain.importing import calendar as rules
from reporter.domain.importing.cells import Table, rows_of
from reporter.domain.importing.findings import WHOLE_FILE, Findings
from reporter.models.calendars import CalendarChange
from reporter.models.catalogue import CalendarDay
from reporter.queries import importing as standing
from reporter.services import seeding
from reporter.services.importing.batch import Plan
from reporter.services.unit_of_work import UnitOfWork

TOUCHES = "calendar"
MOST_SOURCE = 60


def plan(uow: UnitOfWork, table: Table, source: str) -> Plan:
    """What the table of days would change; days it does not name are kept, or filled in for years it does name."""
    findings = Findings(table.word)
    given = rules.days(rows_of(table, rules.COLUMNS, findings, rules.IGNORED), findings)
    known = standing.days(uow.session)
    filled = rules.filling(given, known)
    new = [day for day in given if day.day not in known]
    changed = [day for day in given if day.day in known and _differs(day, known[day.day])]
    for day in new:
        findings.new(day.line, f"{day.day} {day.kind} {day.name or ''}".rstrip())
    for day in changed:
        _change(day, known[day.day], uow.today, findings)
    for year in sorted({day.day.year for day in filled}):
        count = sum(day.day.year == year for day in filled)
        findings.new(WHOLE_FILE, f"{year} 其余 {count} 天，按周一至周五")
    findings.unchanged = len(given) - len(new) - len(changed)
    findings.absent = len(known) - (len(given) - len(new))

    def write() -> None:
        version = seeding.coming_version(uow.session, TOUCHES)
        moved = [day for day in changed if day.kind != known[day.day][0]]
        before = [(day.day, None) for day in (*new, *filled)] + [(day.day, known[day.day][0]) for day in moved]
        if before:  # so that clocks that were started with the days as they are can still be read with them
            journal = [{"version": version, "day": day, "before": kind} for day, kind in before]
            uow.session.execute(insert(CalendarChange), journal)
        rows = [_row(day, source) for day in (*new, *filled)]
        if rows:
            uow.session.execute(insert(CalendarDay), rows)
        for day in changed:
            values = {**_row(day, source), "name": day.name or known[day.day][1]}
            uow.session.execute(update(CalendarDay).where(CalendarDay.day == day.day).values(values))

    return Plan("calendar", TOUCHES, findings, write)


def _differs(given: rules.GivenDay, known: tuple[str, str | None]) -> bool:
    kind, name = known
    return given.kind != kind or given.name not in (None, name)


def _change(given: rules.GivenDay, known: tuple[str, str | None], today: date, findings: Findings) -> None:
    kind, name = known
    if given.kind != kind and given.day < today:
        findings.problem(given.line, "date", f"{given.day} 已经过去，库里是 {kind}，过去的日子不能改")
        return
    named = f" {name or '无'} → {given.name}" if given.name not in (None, name) else ""
    findings.changed(given.line, f"{given.day} {kind} → {given.kind}{named}")


def _row(day: rules.GivenDay, source: str) -> dict[str, object]:
    return {"day": day.day, "kind": day.kind, "name": day.name, "source": source[:MOST_SOURCE]}
