"""The clocks of generated tickets: ``services/clocks.start`` without its database, over ``timetable.py``."""

from reporter.demo.history.parts import Clock
from reporter.demo.history.timetable import Timetable, length_of, moment_of
from reporter.demo.history.world import Place, World
from reporter.domain import sla
from reporter.domain.areas import Level
from reporter.domain.lifecycle import ClockKind
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Condition
from reporter.domain.sla import Mark, Terms


def clock_for(
    world: World,
    place: Place,
    condition: Condition,
    kind: ClockKind,
    started: int,
    seq: int,
    hop_seq: int,
    level: Level | None,
    *,
    rework: bool,
) -> Clock:
    """A clock with the limit in force at a place; ``level``: of whoever has the ball, None: a department."""
    policy, table = place.policy, place.timetable
    if kind is ClockKind.VERIFY:
        limit, source = policy.verify_limit, "policy verify_limit"
    else:
        row = world.limit(condition, kind, place)
        limit, source = row.limit, row.source
    if rework:
        limit, source = sla.rework_limit(limit, policy), f"{source} × {policy.rework_percent} %"
    terms = sla.terms_for(kind, limit, level, condition.severity, policy)
    mode = policy.workday_mode
    due, provisional = table.deadline(started, limit, mode, daytime_only=terms.daytime_only)
    ahead = [(due, Mark.OVERDUE)]
    if kind is ClockKind.RESOLVE:
        ahead = sorted([*_shares(started, due, terms, policy, table), *ahead])
    return Clock(
        seq=seq,
        kind=kind,
        hop_seq=hop_seq,
        terms=terms,
        mode=mode.value,
        source=source,
        calendar_version=table.calendar.version,
        started=started,
        due=due,
        provisional=provisional,
        ahead=ahead,
        run_at=ahead[0][0],
    )


def _shares(started: int, due: int, terms: Terms, policy: Policy, table: Timetable) -> list[tuple[int, Mark]]:
    """When so much of the limit is used that somebody is told, see ``sla.marks``."""
    total = moment_of(table.elapsed(started, due, terms.counting)) - moment_of(0)
    found = []
    for mark, share in ((Mark.REMINDER, policy.reminder_share), (Mark.AT_RISK, policy.risk_share)):
        if length := length_of(total * share):
            found.append((table.advance(started, length, terms.counting)[0], mark))
    return found
