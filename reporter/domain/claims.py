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
    "unfiled": lambda facts, given: facts.unfiled,
    "filed_before": lambda facts, given: not facts.unfiled,
    "recheck_passes": lambda facts, given: facts.recheck_due and given.get("found") is not False,
    "recheck_fails": lambda facts, given: facts.recheck_due and given.get("found") is False,
    "passed_instead": lambda facts, given: facts.verifier_solved and given.get("passed") is not False,
    "failed_instead": lambda facts, given: facts.verifier_solved and given.get("passed") is False,
    "neighbours_suffice": lambda facts, given: facts.confirmations_lacking == 1 and given.get("fixed") is not False,
    "neighbours_lack": lambda facts, given: (facts.confirmations_lacking or 0) > 1 and given.get("fixed") is not False,
    "neighbour_denies": lambda facts, given: facts.confirmations_lacking is not None and given.get("fixed") is False,
    "pair_exhausted": lambda facts, given: facts.pair_exhausted,
    "revocable": lambda facts, given: facts.revocable,
    "whole": lambda facts, given: not facts.part,
    **waiting.CLAIMS,
}
FORESEEN = (
    frozenset({"never_taken", "unfiled", "filed_before", "pair_exhausted", "revocable", "whole"})
    | {"recheck_passes", "recheck_fails", "passed_instead", "failed_instead"}
    | {"neighbours_suffice", "neighbours_lack", "neighbour_denies"}
    | waiting.FORESEEN
)
