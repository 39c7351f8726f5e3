"""The real calendar and the shipped policy, for tests of rules."""

import csv
import json
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from reporter.domain.policy import Policy, policy_from
from reporter.domain.working_time import Calendar, WorkdayMode

ROOT = Path(__file__).resolve().parents[2]
BEIJING = ZoneInfo("Asia/Shanghai")


def beijing(text: str) -> datetime:
    """``"2026-10-03 21:40"`` as an aware datetime."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@cache
def policy() -> Policy:
    rows = json.loads((ROOT / "reporter/seeds/policy.json").read_text(encoding="utf-8"))["policies"]
    return policy_from({row["key"]: row["value"] for row in rows if row["area"] is None})


@cache
def calendar(mode: WorkdayMode = WorkdayMode.ROLLING) -> Calendar:
    """2025 and 2026 as published; 2027 is not known."""
    published = {}
    path = ROOT.parent / "shared" / "data" / "calendar" / "cn_holidays_2004_2026.csv"
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            published[date.fromisoformat(row["date"])] = row["kind"] == "makeup_workday"
    day, days = date(2025, 1, 1), {}
    while day.year < 2027:
        days[day] = published.get(day, day.weekday() < 5)
        day += timedelta(days=1)
    rules = policy()
    return Calendar(days, "test", rules.sessions, rules.daytime, mode, rules.time_zone)
