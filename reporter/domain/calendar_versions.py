"""The calendar as it stood in each of its versions: a deadline is counted with the one its clock was started with.

Days are stored as they are now, and beside them what each change replaced; taking changes back, newest first, gives
any earlier state exactly (``domain.md`` 5.2: a deadline is stored with the calendar version used).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reporter.domain.policy import Policy
from reporter.domain.working_time import Calendar


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that got another kind with ``version``. ``before``: whether it worked until then, None: nobody knew."""

    version: int
    day: date
    before: bool | None


def serial(version: str) -> int:
    """``calendar:7`` is the seventh."""
    return int(version.rpartition(":")[2])


class Calendars:
    """``days``: as they are in ``version``, the present one. ``changes``: newest first."""

    def __init__(self, days: Mapping[date, bool], version: str, changes: Sequence[DayChange]):
        self._changes = changes
        self._present = version
        self._days = {version: days}
        self._made: dict[tuple[int, str], tuple[Policy, Calendar]] = {}

    def of(self, policy: Policy, version: str | None = None) -> Calendar:
        """The days and sessions a policy counts in, as of a version (None: the present one); made once for each."""
        version = version or self._present
        known = self._made.get((id(policy), version))
        if known is None or known[0] is not policy:
            calendar = Calendar(
                days=self._days_at(version),
                version=version,
                sessions=policy.sessions,
                daytime=policy.daytime,
                workday_mode=policy.workday_mode,
                zone=policy.time_zone,
            )
            known = self._made[(id(policy), version)] = (policy, calendar)
        return known[1]

    def _days_at(self, version: str) -> Mapping[date, bool]:
        if version not in self._days:
            days = dict(self._days[self._present])
            for change in self._changes:
                if change.version <= serial(version):
                    continue
                if change.before is None:
                    days.pop(change.day, None)
                else:
                    days[change.day] = change.before
            self._days[version] = days
        return self._days[version]
