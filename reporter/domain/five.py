"""五连问: need, cause, plan, progress, effect; where a place repeats itself, cause and effect must be answered.

Source: the “五连问” of a deputies' contact station (``anchors.md`` 17 and idea 11). The need is the report, progress is
what happened; the other three are fields of steps, and the last answer counts.
"""

from collections.abc import Mapping
from typing import Any

from reporter.domain.actions import Action
from reporter.domain.errors import MissingInput, sentence
from reporter.domain.lifecycle import Facts

ANSWERED_BY_STEPS = ("cause", "plan", "effect")
ASKED_OF_A_REPEATED_PLACE = ("cause", "effect")
ENDING = frozenset({Action.SOLVE, Action.VERIFY})  # what may be the last word on a ticket


class RepeatPlaceUnanswered(MissingInput):
    code = "repeat_place_unanswered"
    message = sentence("这里反复出现同类问题，说明原因和成效以后才能办结")


def still_asked(action: Action, facts: Facts) -> tuple[str, ...]:
    """The answers that this step cannot do without, because nobody gave them before."""
    if not facts.repeated_place or action not in ENDING:
        return ()
    return tuple(name for name in ASKED_OF_A_REPEATED_PLACE if name not in facts.answered)


def check_answered(action: Action, facts: Facts, given: Mapping[str, Any]) -> None:
    """Raises RepeatPlaceUnanswered naming what is missing. Work that failed its verification ends nothing."""
    if given.get("passed") is False:
        return
    missing = [name for name in still_asked(action, facts) if not str(given.get(name) or "").strip()]
    if missing:
        asked = {"cause": sentence("请写明反复出现的原因"), "effect": sentence("请写明办理成效")}
        raise RepeatPlaceUnanswered(fields={name: asked[name] for name in missing})
