"""What a changed calendar or limit would do to a clock that was started before: its deadline then and now."""

from dataclasses import dataclass
from datetime import datetime

from reporter.domain.lifecycle import ClockKind
from reporter.domain.working_time import Limit


@dataclass(frozen=True, slots=True)
class Shift:
    """One clock as it stands, and as it would stand with today's limit and calendar. All times UTC.

    ``until`` is when it stopped, None while it runs. A deadline is None while its clock is paused.
    """

    kind: ClockKind
    limit_before: Limit
    limit_after: Limit
    due_before: datetime | None
    due_after: datetime | None
    until: datetime | None

    @property
    def moves(self) -> bool:
        """Whether anybody would see a difference: another deadline, or another limit."""
        return self.due_before != self.due_after or self.limit_before != self.limit_after

    def becomes_overdue(self, now: datetime) -> bool:
        return not self._late(self.due_before, now) and self._late(self.due_after, now)

    def ceases_overdue(self, now: datetime) -> bool:
        return self._late(self.due_before, now) and not self._late(self.due_after, now)

    def _late(self, due_at: datetime | None, now: datetime) -> bool:
        """Equality is on time (``domain.md`` 5.2)."""
        return due_at is not None and (self.until or now) > due_at


def is_rework(kind: ClockKind, started_at: datetime, received_at: datetime) -> bool:
    """A resolve clock that begins after the report came in is one of rework or reopening, with a share of the limit:
    all others count from the report (``decisions.md`` “Who gets it”)."""
    return kind is ClockKind.RESOLVE and started_at > received_at
