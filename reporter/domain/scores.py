"""The composite score 综合得分 of an area, and who may be ranked by it (``domain.md`` 6).

A profile is data: which metrics count, how much, and what is aimed at. The shipped ones, with their sources, are
``seeds/policy.json``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reporter.domain.errors import sentence
from reporter.domain.figures import Figure
from reporter.domain.metrics import RATES, Better, rate

PROFILE_NAMES = {"standard": sentence("综合得分"), "three_rates": sentence("接诉即办三率")}
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Term:
    """``target`` in percent: what earns the whole weight, or for what should be low, what earns none of it."""

    metric: str
    weight: int
    target: float


Profile = tuple[Term, ...]


def profiles_from(values: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Profile]:
    """Read ``{"standard": [{"metric": "response", "weight": 100, "target": 95}], …}``.

    Raises ValueError for weights that are not 100 together, an unknown profile, an unknown metric, a metric named
    twice, and a target that is not above 0 and at most 100.
    """
    found = {}
    for name, rows in values.items():
        terms = tuple(Term(str(row["metric"]), int(row["weight"]), float(row["target"])) for row in rows)
        metrics = [term.metric for term in terms]
        if name not in PROFILE_NAMES:
            raise ValueError(f"no name for the score profile {name}")
        if len(set(metrics)) < len(metrics) or not set(metrics) <= set(RATES):
            raise ValueError(f"score profile {name}: unknown metric, or one named twice")
        if sum(term.weight for term in terms) != WHOLE or any(term.weight < 0 for term in terms):
            raise ValueError(f"score profile {name}: weights must sum to {WHOLE}")
        if not all(0 < term.target <= WHOLE for term in terms):
            raise ValueError(f"score profile {name}: a target lies between 0 and 100 percent")
        found[name] = terms
    return found


def score(profile: Profile, counted: Mapping[Figure, int]) -> float | None:
    """0–100 with one decimal, half up. A metric without data gives its weight to the others in proportion; None
    when none has data."""
    reached, weights = Decimal(0), 0
    for term in profile:
        value = rate(term.metric, counted)
        if value is None:
            continue
        share = min(Decimal(1), _exact(term, counted) / Decimal(str(term.target)))
        reached += term.weight * (1 - share if RATES[term.metric].better is Better.LOWER else share)
        weights += term.weight
    if weights == 0:
        return None
    return float((reached * WHOLE / weights).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _exact(term: Term, counted: Mapping[Figure, int]) -> Decimal:
    """The metric in percent, not rounded: only what is shown is rounded."""
    found = RATES[term.metric]
    return Decimal(counted[found.numerator]) * WHOLE / Decimal(counted[found.denominator])


def ranks(scores: Sequence[float | None], cases: Sequence[int], least: int) -> list[int | None]:
    """The rank of each, best first; equal scores share one, and fewer than ``least`` cases or no score have none."""
    ranked = [value if value is not None and many >= least else None for value, many in zip(scores, cases, strict=True)]
    better = [value for value in ranked if value is not None]
    return [None if value is None else 1 + sum(other > value for other in better) for value in ranked]
