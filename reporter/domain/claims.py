"""What must hold for a row of a ticket's life, by the name that the row says; asked of the facts and the fields given.

``FORESEEN`` are those that do not wait for fields, so that a step that must fail is not even offered.
"""

from collections.abc import Mapping

from reporter.domain import waiting
from reporter.domain.procedures import Claim, always

CLAIMS: Mapping[str, Claim] = {
    "always": always,
    "closes_at_once": lambda facts, given: (
        facts.small_matter and facts.has_before_photo and bool(given.get("photo_ids"))
    ),
    "never_taken": lambda facts, given: not facts.taken_ever and not facts.joined_by_others,
    "passed": lambda facts, given: given.get("passed") is True,
    "failed": lambda facts, given: given.get("passed") is False,
    "pair_exhausted": lambda facts, given: facts.pair_exhausted,
    "revocable": lambda facts, given: facts.revocable,
    "whole": lambda facts, given: not facts.part,
    **waiting.CLAIMS,
}
FORESEEN = frozenset({"never_taken", "pair_exhausted", "revocable", "whole"}) | waiting.FORESEEN
