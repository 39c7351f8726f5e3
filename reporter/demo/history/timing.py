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
    present: int,
) -> Clock:
    """A clock with the limit in force at a place; ``level``: of whoever has the ball, None: a department.

    ``present`` is when it is started; it may count from earlier.
    """
    policy, table = place.policy, place.timetable
    limit, source = sla.policy_limit(kind, policy), f"policy {kind.value}_limit"
    if limit is None:
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
        rules_on=_other_day(started, present, policy),
        started=started,
        due=due,
        provisional=provisional,
        ahead=ahead,
        run_at=ahead[0][0],
    )


def _other_day(started: int, present: int, policy: Policy) -> str | None:
    """The local day of ``present`` when it is not that of ``started``."""
    if started == present:
        return None
    day = policy.day_of(moment_of(present))
    return day.isoformat() if day != policy.day_of(moment_of(started)) else None


def _shares(started: int, due: int, terms: Terms, policy: Policy, table: Timetable) -> list[tuple[int, Mark]]:
    """When so much of the limit is used that somebody is told, see ``sla.marks``."""
    total = moment_of(table.elapsed(started, due, terms.counting)) - moment_of(0)
    found = []
    for mark, share in ((Mark.REMINDER, policy.reminder_share), (Mark.AT_RISK, policy.risk_share)):
        if length := length_of(total * share):
            found.append((table.advance(started, length, terms.counting)[0], mark))
    return found
