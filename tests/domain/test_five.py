"""五连问: at a repeated place cause and effect are asked, once, by what ends the work."""

from contextlib import nullcontext

import pytest

from reporter.domain import five
from reporter.domain.actions import Action
from reporter.domain.five import RepeatPlaceUnanswered
from reporter.domain.lifecycle import TICKET, Facts

ONCE, AGAIN = Facts(), Facts(repeated_place=True)
KNOWN = Facts(repeated_place=True, answered=frozenset({"cause", "effect"}))
HALF = Facts(repeated_place=True, answered=frozenset({"cause"}))
BOTH = {"cause": "c", "effect": "e"}


@pytest.mark.parametrize(
    ("action", "facts", "given", "missing"),
    [
        ("solve", ONCE, {}, set()),
        ("solve", AGAIN, {}, {"cause", "effect"}),
        ("solve", AGAIN, {"cause": "c"}, {"effect"}),
        ("solve", AGAIN, {"cause": " ", "effect": "e"}, {"cause"}),  # blanks are no answer
        ("solve", AGAIN, BOTH, set()),
        ("solve", HALF, {}, {"effect"}),
        ("verify", AGAIN, {"passed": True}, {"cause", "effect"}),  # nobody asked when it was solved
        ("verify", AGAIN, {"passed": False}, set()),  # sending back ends nothing
        ("verify", KNOWN, {"passed": True}, set()),
        ("take", AGAIN, {}, set()),
        ("reject", AGAIN, {}, set()),  # what was not accepted has no effect
    ],
)
def test_what_is_still_asked(action: str, facts: Facts, given: dict[str, object], missing: set[str]) -> None:
    with pytest.raises(RepeatPlaceUnanswered) if missing else nullcontext() as refused:
        five.check_answered(Action(action), facts, given)
    if refused is not None:
        assert set(refused.value.fields) == missing


def test_what_is_asked_can_be_given() -> None:
    for move in TICKET.moves:
        if five.still_asked(move.action, AGAIN) and move.when not in ("failed", "failed_instead"):
            assert set(five.ASKED_OF_A_REPEATED_PLACE) <= set(move.may_have), move
