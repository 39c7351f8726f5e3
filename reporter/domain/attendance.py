"""How long a called unit has, whether it is where it was called to, and how attendance is counted.

The limits themselves are policy (``domain/policy.py``); the steps of a whistle are ``domain/whistles.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from reporter.domain.errors import Conflict, Invalid, sentence
from reporter.domain.policy import Policy
from reporter.domain.working_time import Calendar, Limit, Moment, deadline


class WhistleOpen(Conflict):
    code = "whistle_open"
    message = sentence("哨单{number}还没有总结，工单不能办结")


class NotOnSite(Invalid):
    code = "not_on_site"
    message = sentence("离约定地点还有 {metres} 米，不在现场报到要写明原因")


def sign_in_due(blown_at: datetime, meet_at: datetime | None, limit: Limit, calendar: Calendar) -> Moment:
    """Until when a unit must have signed in: the limit from the whistle, or the time of meeting if that is later.

    Nobody can sign in at a place before there is anything to come to.
    """
    due = deadline(blown_at, limit, calendar)
    if meet_at is not None and meet_at > due.at:
        return Moment(meet_at, provisional=False)
    return due


def is_on_site(metres: float, accuracy_m: float, policy: Policy) -> bool:
    """A fix may be as far off as it says, but nobody comes nearer by a fix that is worse than a coarse one."""
    return metres <= policy.sign_in_radius_m + min(accuracy_m, policy.coarse_accuracy_m)


class Figure(StrEnum):
    """What is counted of the calls of a unit; each is a list of whistles, because a unit is called once in each."""

    CALLED = "called"
    SIGN_IN_DUE = "sign_in_due"
    SIGNED_IN_ON_TIME = "signed_in_on_time"
    SIGNED_IN_LATE = "signed_in_late"
    NO_SHOW = "no_show"
    ON_SITE = "on_site"
    SIGNED_IN = "signed_in"
    FED_BACK = "fed_back"
    GRADED = "graded"


FIGURE_NAMES = {
    Figure.CALLED: sentence("被吹哨"),
    Figure.SIGN_IN_DUE: sentence("应报到"),
    Figure.SIGNED_IN_ON_TIME: sentence("按时报到"),
    Figure.SIGNED_IN_LATE: sentence("迟到报到"),
    Figure.NO_SHOW: sentence("到时未到"),
    Figure.ON_SITE: sentence("现场报到"),
    Figure.SIGNED_IN: sentence("报到"),
    Figure.FED_BACK: sentence("已反馈"),
    Figure.GRADED: sentence("已被评价"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    numerator: Figure
    denominator: Figure
    definition: str


RATES: Mapping[str, Rate] = {
    "on_time": Rate(
        sentence("按时报到率"),
        Figure.SIGNED_IN_ON_TIME,
        Figure.SIGN_IN_DUE,
        sentence("限时内报到的次数，占已报到或限时已过的次数"),
    ),
    "no_show": Rate(
        sentence("到时未到率"),
        Figure.NO_SHOW,
        Figure.SIGN_IN_DUE,
        sentence("限时已过还没有报到的次数（后来补到的也算），占已报到或限时已过的次数"),
    ),
    "on_site": Rate(
        sentence("现场报到率"), Figure.ON_SITE, Figure.SIGNED_IN, sentence("在约定地点报到的次数，占报到的次数")
    ),
    "feedback": Rate(sentence("反馈率"), Figure.FED_BACK, Figure.SIGNED_IN, sentence("已反馈的次数，占报到的次数")),
}

GRADE_NAMES = {
    "attended": sentence("到场"),
    "solved": sentence("解决"),
    "attitude": sentence("态度"),
}


def mean(total: int, n: int) -> float | None:
    """The mean of ``n`` grades to two decimals, half up; None when there is none (shown as “—”)."""
    if n == 0:
        return None
    return float((Decimal(total) / Decimal(n)).quantize(Decimal("0.01"), ROUND_HALF_UP))
