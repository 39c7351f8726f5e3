"""The numbers a city decides, as one value; none of them has a default here.

Rows of the table ``policy`` (key, value, area, validity, source) become a ``Policy`` for an area; a
nearer area overrides a wider one. The shipped values and their source marks are ``seeds/policy.json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reporter.domain.areas import Level
from reporter.domain.scores import Profile, profiles_from
from reporter.domain.whistles import Kind
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
    accept_limit: Limit
    dispatch_limit: Limit
    rework_percent: int
    small_matter_max_severity: int
    recheck_percent: int
    quorum_needed: int
    reopen_days: int
    rating_days: int
    rating_change_days: int
    rating_reminder_days: int
    rating_photos_max: int
    rating_delay_h: int
    rating_min_sample: int
    revisit_contact_limit: Limit
    revisit_finding_limit: Limit
    revisit_rectify_limit: Limit
    revisit_appeal_days: int
    repeat_place_count: int
    repeat_place_m: float
    repeat_place_days: int
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
    score_profiles: Mapping[str, Profile]
    score_min_cases: int
    hot_spot_cases: int
    hot_spot_days: int
    check_limit: Limit
    hold_max_days: int
    extensions_max: int
    extension_from_share: float
    reply_limit: Limit

    def day_of(self, moment: datetime) -> date:
        """The local day of an aware moment: rows of the rulebook are valid by local days."""
        return moment.astimezone(self.time_zone).date()

    returns_max: int
    corrections_to_propose: int
    neighbours_m: float
    open_cap: int
    sign_in_limits: Mapping[Kind, Limit]
    sign_in_radius_m: float
    feedback_limit: Limit
    whistle_ahead_days: int

    def duplicate_window(self, category_code: str) -> timedelta:
        """How long after it was received a ticket of this category is still looked at as the same thing."""
        return timedelta(hours=self.duplicate_windows_h.get(category_code, self.duplicate_window_h))


def policy_from(values: Mapping[str, Any]) -> Policy:
    """Build a policy from JSON values, e.g. ``{"sessions": [["08:00", "12:00"], …], "snap_m": 200, …}``.

    Raises KeyError for a missing key and ValueError for an unreadable value, so that a table which
    cannot be read is refused when it is loaded, never at midnight.
    """
    return Policy(
        time_zone=ZoneInfo(values["time_zone"]),
        sessions=tuple((_time(start), _time(end)) for start, end in values["sessions"]),
        daytime=(_time(values["daytime"][0]), _time(values["daytime"][1])),
        workday_mode=WorkdayMode(values["workday_mode"]),
        daytime_below_severity=int(values["daytime_below_severity"]),
        reminder_share=float(values["reminder_share"]),
        risk_share=float(values["risk_share"]),
        response_ceiling=Level(values["response_ceiling"]),
        verify_limit=_limit(values["verify_limit"]),
        accept_limit=_limit(values["accept_limit"]),
        dispatch_limit=_limit(values["dispatch_limit"]),
        rework_percent=int(values["rework_percent"]),
        small_matter_max_severity=int(values["small_matter_max_severity"]),
        recheck_percent=int(values["recheck_percent"]),
        quorum_needed=int(values["quorum_needed"]),
        reopen_days=int(values["reopen_days"]),
        rating_days=int(values["rating_days"]),
        rating_change_days=int(values["rating_change_days"]),
        rating_reminder_days=int(values["rating_reminder_days"]),
        rating_photos_max=int(values["rating_photos_max"]),
        rating_delay_h=int(values["rating_delay_h"]),
        rating_min_sample=int(values["rating_min_sample"]),
        revisit_contact_limit=_limit(values["revisit_contact_limit"]),
        revisit_finding_limit=_limit(values["revisit_finding_limit"]),
        revisit_rectify_limit=_limit(values["revisit_rectify_limit"]),
        revisit_appeal_days=int(values["revisit_appeal_days"]),
        repeat_place_count=int(values["repeat_place_count"]),
        repeat_place_m=float(values["repeat_place_m"]),
        repeat_place_days=int(values["repeat_place_days"]),
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
        score_profiles=profiles_from(values["score_profiles"]),
        score_min_cases=int(values["score_min_cases"]),
        hot_spot_cases=int(values["hot_spot_cases"]),
        hot_spot_days=int(values["hot_spot_days"]),
        check_limit=_limit(values["check_limit"]),
        hold_max_days=int(values["hold_max_days"]),
        extensions_max=int(values["extensions_max"]),
        extension_from_share=float(values["extension_from_share"]),
        reply_limit=_limit(values["reply_limit"]),
        sign_in_limits={kind: _limit(values[f"sign_in_limit_{kind.value}"]) for kind in Kind},
        sign_in_radius_m=float(values["sign_in_radius_m"]),
        feedback_limit=_limit(values["feedback_limit"]),
        whistle_ahead_days=int(values["whistle_ahead_days"]),
        returns_max=int(values["returns_max"]),
        corrections_to_propose=int(values["corrections_to_propose"]),
        neighbours_m=float(values["neighbours_m"]),
        open_cap=int(values["open_cap"]),
    )


def _limit(given: Mapping[str, Any]) -> Limit:
    return Limit(int(given["value"]), Unit(given["unit"]))


def _time(text: str) -> time:
    return time.fromisoformat(text)
