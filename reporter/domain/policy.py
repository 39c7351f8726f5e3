"""The numbers a city decides, as one value; none of them has a default here.

Rows of the table ``policy`` (key, value, area, validity, source) become a ``Policy`` for an area; a
nearer area overrides a wider one. The shipped values and their source marks are ``seeds/policy.json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reporter.domain.areas import Level
from reporter.domain.working_time import Limit, Unit, WorkdayMode


@dataclass(frozen=True, slots=True)
class Policy:
    """Lengths say their unit in their name; shares are 0..1; ``sessions`` are local times."""

    time_zone: ZoneInfo
    sessions: tuple[tuple[time, time], ...]
    daytime: tuple[time, time]
    workday_mode: WorkdayMode
    daytime_below_severity: int
    reminder_share: float
    risk_share: float
    response_ceiling: Level
    verify_limit: Limit
    rework_percent: int
    small_matter_max_severity: int
    recheck_percent: int
    quorum_needed: int
    reopen_days: int
    rating_days: int
    rating_change_days: int
    observed_back_days: int
    snap_m: float
    coarse_accuracy_m: float
    joins_raise_at: tuple[int, ...]
    duplicate_window_h: int
    duplicate_windows_h: Mapping[str, int]  # of categories that have one of their own
    loose_photo_days: int
    photos_max: int
    photo_far_m: float
    photo_near_bits: int
    number_digits: int

    def duplicate_window(self, category_code: str) -> timedelta:
        """How long after it was received a ticket of this category is still looked at as the same thing."""
        return timedelta(hours=self.duplicate_windows_h.get(category_code, self.duplicate_window_h))


def policy_from(values: Mapping[str, Any]) -> Policy:
    """Build a policy from JSON values, e.g. ``{"sessions": [["08:00", "12:00"], …], "snap_m": 200, …}``.

    Raises KeyError for a missing key and ValueError for an unreadable value, so that a table which
    cannot be read is refused when it is loaded, never at midnight.
    """
    limit = values["verify_limit"]
    return Policy(
        time_zone=ZoneInfo(values["time_zone"]),
        sessions=tuple((_time(start), _time(end)) for start, end in values["sessions"]),
        daytime=(_time(values["daytime"][0]), _time(values["daytime"][1])),
        workday_mode=WorkdayMode(values["workday_mode"]),
        daytime_below_severity=int(values["daytime_below_severity"]),
        reminder_share=float(values["reminder_share"]),
        risk_share=float(values["risk_share"]),
        response_ceiling=Level(values["response_ceiling"]),
        verify_limit=Limit(int(limit["value"]), Unit(limit["unit"])),
        rework_percent=int(values["rework_percent"]),
        small_matter_max_severity=int(values["small_matter_max_severity"]),
        recheck_percent=int(values["recheck_percent"]),
        quorum_needed=int(values["quorum_needed"]),
        reopen_days=int(values["reopen_days"]),
        rating_days=int(values["rating_days"]),
        rating_change_days=int(values["rating_change_days"]),
        observed_back_days=int(values["observed_back_days"]),
        snap_m=float(values["snap_m"]),
        coarse_accuracy_m=float(values["coarse_accuracy_m"]),
        joins_raise_at=tuple(sorted(int(joins) for joins in values["joins_raise_at"])),
        duplicate_window_h=int(values["duplicate_window_h"]),
        duplicate_windows_h={str(code): int(hours) for code, hours in values["duplicate_windows_h"].items()},
        loose_photo_days=int(values["loose_photo_days"]),
        photos_max=int(values["photos_max"]),
        photo_far_m=float(values["photo_far_m"]),
        photo_near_bits=int(values["photo_near_bits"]),
        number_digits=int(values["number_digits"]),
    )


def _time(text: str) -> time:
    return time.fromisoformat(text)
