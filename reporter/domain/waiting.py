"""When a ticket may be held, prolonged, supervised, checked or asked about again: claims of its life. ★

Each takes the facts of ``domain/lifecycle.Facts`` and the fields of a step. Source: ``domain.md`` 3.2–3.3, “Special
actions”. A claim of ``FORESEEN`` is also asked with no fields, before the row is offered: what is then not said yet
speaks for nothing.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from reporter.domain.areas import Level
from reporter.domain.errors import Conflict, Invalid, sentence
from reporter.domain.policy import Policy
from reporter.domain.procedures import Claim
from reporter.domain.statuses import Status


class Card(StrEnum):
    YELLOW = "yellow"
    RED = "red"


CARD_NAMES = {Card.YELLOW: sentence("黄牌"), Card.RED: sentence("红牌")}


class ExtensionTooEarly(Conflict):
    code = "extension_too_early"
    message = sentence("时限才用了{used}%，用到{needed}%以后再申请延期")


class CardOpen(Conflict):
    code = "card_open"
    message = sentence("这张牌已经发出，还没有回复")


def _yes(given: Mapping[str, Any]) -> bool:
    return given.get("granted") in (None, True)


def _no(given: Mapping[str, Any]) -> bool:
    return given.get("granted") in (None, False)


def _decides(facts: Any, level: Level) -> bool:
    """Whether the request waits for this level, in time, and for somebody else than who decided first."""
    return facts.extension_for is level and not facts.overdue and not facts.decided_by_caller


CLAIMS: Mapping[str, Claim] = {
    "to_somebody": lambda facts, given: given.get("to") not in (None, ""),
    "found": lambda facts, given: given.get("found") is True,
    "not_found": lambda facts, given: given.get("found") is False,
    "not_appealed": lambda facts, given: not facts.appealed,
    "never_held": lambda facts, given: not facts.held_ever,
    "may_ask_to_hold": lambda facts, given: not facts.held_ever and not facts.hold_asked,
    "hold_granted": lambda facts, given: facts.hold_asked and not facts.held_ever and _yes(given),
    "hold_refused": lambda facts, given: facts.hold_asked and not facts.held_ever and _no(given),
    "was_handling": lambda facts, given: facts.held_from is Status.HANDLING,
    "was_dispatched": lambda facts, given: facts.held_from is Status.DISPATCHED,
    "may_be_longer": lambda facts, given: not facts.overdue and facts.extensions_left and facts.extension_for is None,
    "street_grants": lambda facts, given: _decides(facts, Level.STREET) and _yes(given),
    "street_refuses": lambda facts, given: _decides(facts, Level.STREET) and _no(given),
    "district_grants": lambda facts, given: _decides(facts, Level.DISTRICT) and _yes(given),
    "district_refuses": lambda facts, given: _decides(facts, Level.DISTRICT) and _no(given),
    "red_card": lambda facts, given: given.get("card") == Card.RED,
    "other_card": lambda facts, given: given.get("card") != Card.RED,
    "reply_owed": lambda facts, given: facts.reply_owed,
}
# what to tell whoever asks in vain
CLAIM_SENTENCES = {
    "not_appealed": sentence("不予受理只能申请复核一次"),
    "never_held": sentence("一个工单只能挂起一次"),
    "may_ask_to_hold": sentence("这个工单已经挂起过，或者申请正在等待审批"),
    "hold_granted": sentence("没有等待审批的挂起申请"),
    "may_be_longer": sentence("已超期、已批满次数或有申请正在等待审批，不能申请延期"),
    "street_grants": sentence("没有等待您审批的延期申请，或者已经超期"),
    "reply_owed": sentence("没有需要回复的督办"),
}
_BY_FIELDS_ALONE = frozenset({"to_somebody", "found", "not_found", "red_card", "other_card"})
FORESEEN = frozenset(CLAIMS) - _BY_FIELDS_ALONE


def until_of(text: str, now: datetime, policy: Policy) -> datetime:
    """Until when to hold: a date (that local day is still held) or RFC 3339; UTC.

    Raises Invalid naming ``until`` for what is unreadable, past, or more than ``hold_max_days`` ahead.
    """
    until = _read(text, policy.time_zone)
    if until <= now:
        raise Invalid(fields={"until": sentence("挂起的日期要在将来")})
    if until > now + timedelta(days=policy.hold_max_days):
        raise Invalid(fields={"until": sentence("挂起的时间太长")})
    return until


def _read(text: str, zone: ZoneInfo) -> datetime:
    wrong = Invalid(fields={"until": sentence("要写成日期，如 2026-10-03，或带时区的时间")})
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise wrong
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong from error


def first_decision_of(holder: Level | None) -> Level:
    """Who decides about an extension or an overdue appeal first: the street, unless the street itself asks."""
    return Level.DISTRICT if holder is not None and holder.reaches(Level.STREET) else Level.STREET
