"""Passing the ball back and forth: how often a pair may, when the street decides, and what is final. ★

Sources: ``domain.md`` 3.3 (return, revoke) and 9.2 (首接负责: “after two returns the street assigns and the
assignment is final until closing”). What was decided stands in the reasons of the holdings (``routing.REASONS``), so
that it can be shown as well as asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Unit = tuple[str, int]  # ("seat", area id) or ("department", department id)

RETURNED, REOPENED = "return", "reopen"  # how a holding began
REVOCABLE = frozenset({"dispatch", "reassign", "split"})  # what somebody gave by name; the system takes nothing back
STREET_DECIDES, ASSIGNED_FINALLY = "street_decides", "assigned_finally"  # codes of routing.REASONS

FEWEST_PARTS, MOST_PARTS = 2, 10  # of a split; ten as in the peer (``anchors.md`` B3)

WRONG_DISPATCH = frozenset({"not_my_area", "not_my_duty", "wrong_category", "needs_department"})
"""Reasons of a return that say it was sent to the wrong one (``domain.md`` 6, 准确派遣率)."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One holding of the ball as these rules see it; ``sent_from`` is the ``seq`` of the one that sent it."""

    seq: int
    unit: Unit
    via: str
    sent_from: int | None
    reasons: frozenset[str] = frozenset()


def returned_by(held: Sequence[Holding]) -> Unit | None:
    """Who returned it to its present holder; None when it came another way."""
    sender = _sender(held, held[-1]) if held and held[-1].via == RETURNED else None
    return sender.unit if sender else None


def returns_between(held: Sequence[Holding], one: Unit, other: Unit) -> int:
    """How often the ball was returned between two, in either direction, in this round of the ticket's life."""
    pairs = [
        {holding.unit, sender.unit}
        for holding in _this_round(held)
        if holding.via == RETURNED and (sender := _sender(held, holding)) is not None
    ]
    return pairs.count({one, other})


def decides(held: Sequence[Holding], unit: Unit) -> bool:
    """Whether this unit was asked to decide whose it is: to whom it gives it, it gives it finally."""
    asked = [holding.unit for holding in _this_round(held) if STREET_DECIDES in holding.reasons]
    return bool(asked) and unit == asked[-1]


def is_final(held: Sequence[Holding]) -> bool:
    """Whether the present holder has it by the street's decision, and so keeps it until closing."""
    assigned = [holding.unit for holding in _this_round(held) if ASSIGNED_FINALLY in holding.reasons]
    return bool(assigned) and held[-1].unit == assigned[-1]


def _this_round(held: Sequence[Holding]) -> Sequence[Holding]:
    """The holdings since the last closing: a ticket that was reopened begins anew."""
    begins = max((place for place, holding in enumerate(held) if holding.via == REOPENED), default=0)
    return held[begins:]


def _sender(held: Sequence[Holding], holding: Holding) -> Holding | None:
    return next((one for one in held if one.seq == holding.sent_from), None)
