"""好差评: who may rate, until when, and what a grade means (``domain.md`` 9.1)."""

from datetime import datetime, timedelta

from reporter.domain.errors import Conflict, TooLate, sentence
from reporter.domain.policy import Policy

GRADES = {
    5: sentence("非常满意"),
    4: sentence("满意"),
    3: sentence("基本满意"),
    2: sentence("不满意"),
    1: sentence("非常不满意"),
}
SATISFIED_FROM = 3  # 基本满意 counts as satisfied under 好差评
TAGS = {
    "fast": sentence("速度快"),
    "polite": sentence("态度好"),
    "solved": sentence("真解决"),
    "not_solved": sentence("没解决"),
    "cold": sentence("态度差"),
    "slow": sentence("太慢"),
    "passed_around": sentence("互相推"),
}


class NotClosedYet(Conflict):
    code = "not_closed_yet"
    message = sentence("结案以后才能评价")


class AlreadyChanged(Conflict):
    code = "rating_already_changed"
    message = sentence("评价只能修改一次")


def withheld(own: bool, by_the_rated: bool, rated_at: datetime, sample: int, now: datetime, policy: Policy) -> bool:
    """Whether a rating is kept from its reader: from those it is about, until some time has passed and so many others
    were rated there that nobody can be guessed (``domain.md`` 9.1). ``sample``: rated tickets of the unit."""
    if own or not by_the_rated:
        return False
    return now - rated_at < timedelta(hours=policy.rating_delay_h) or sample < policy.rating_min_sample


def in_window(closed_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Whether a ticket may still be rated for the first time."""
    return closed_at is not None and now - closed_at <= timedelta(days=policy.rating_days)


def check_may_rate(
    closed_at: datetime | None, rated_at: datetime | None, changed_at: datetime | None, now: datetime, policy: Policy
) -> None:
    """First rating within ``rating_days`` of closing; one change within ``rating_change_days`` of it.

    Raises NotClosedYet, TooLate, AlreadyChanged.
    """
    if closed_at is None:
        raise NotClosedYet()
    if rated_at is None:
        if not in_window(closed_at, now, policy):
            raise TooLate(sentence("评价期已经过了"))
        return
    if changed_at is not None:
        raise AlreadyChanged()
    if now - rated_at > timedelta(days=policy.rating_change_days):
        raise TooLate(sentence("修改评价的期限已经过了"))
