"""What happened to everything that was sent, and the figures made of it."""

import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """Each submission has exactly one."""

    ACCEPTED = "accepted"
    SAME = "same"
    JOINED = "joined"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ``POST /reports`` as it ended. ``why`` is the code of a refusal or the kind of an error.

    ``opened``: this submission made the ticket. ``should_be`` is the number that a request sent again must get.
    """

    fate: Fate
    person: int
    ms: float = 0.0
    number: str = ""
    level: str = ""
    why: str = ""
    opened: bool = False
    triage: bool = False
    dirty: bool = False
    should_be: str = ""

    @property
    def doubled(self) -> bool:
        return bool(self.should_be and self.number and self.number != self.should_be)


@dataclass(slots=True)
class Ledger:
    """Filled by many threads. ``read_back`` maps each number that was looked for to whether it was found."""

    outcomes: list[Outcome] = field(default_factory=list)
    suggested: Counter[str] = field(default_factory=Counter)
    suggest_ms: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)
    errors_elsewhere: Counter[str] = field(default_factory=Counter)
    found: Counter[bool] = field(default_factory=Counter)
    dropped: int = 0
    braked: int = 0
    braked_s: float = 0.0
    most_late_s: float = 0.0
    took_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, fate: Fate) -> int:
        return sum(outcome.fate is fate for outcome in self.outcomes)

    @property
    def refusals(self) -> Counter[str]:
        return Counter(outcome.why for outcome in self.outcomes if outcome.fate is Fate.REFUSED)

    @property
    def errors(self) -> Counter[str]:
        """Of submissions and of everything else that was asked."""
        submitting = Counter(f"submit: {outcome.why}" for outcome in self.outcomes if outcome.fate is Fate.ERROR)
        return submitting + self.errors_elsewhere

    @property
    def levels(self) -> Counter[str]:
        return Counter(outcome.level for outcome in self.outcomes if outcome.opened)

    @property
    def to_triage(self) -> int:
        return sum(outcome.triage for outcome in self.outcomes if outcome.opened)

    @property
    def lost(self) -> int:
        """Numbers that were answered 2xx and are not there."""
        return self.found[False]

    @property
    def doubled(self) -> int:
        return sum(outcome.doubled for outcome in self.outcomes)

    @property
    def numbers(self) -> dict[str, int]:
        """Every number that somebody was given, and who."""
        return {outcome.number: outcome.person for outcome in self.outcomes if outcome.number}

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.errors)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0..1) of them do not exceed; 0 for none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
