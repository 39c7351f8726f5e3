"""Medians, spreads, percentiles and ratios, and what a floor says about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measurements of one thing: the middle one, the least and the greatest."""

    median: float
    least: float
    most: float
    runs: int


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError when nothing was measured."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(median(values), min(values), max(values), len(values))


def ratios(upper: Sequence[float], lower: Sequence[float]) -> Spread:
    """Of runs that alternated: each pair's own ratio, so that what disturbs both disturbs neither."""
    return spread([one / other for one, other in zip(upper, lower, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that ``share`` (0 to 1) of all do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    rank = -(-share * len(ordered) // 1)  # rounded up
    return ordered[max(int(rank), 1) - 1]


@dataclass(frozen=True, slots=True)
class Floor:
    """What the issue asks for. ``at_least`` and ``at_most`` are compared with the median."""

    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        parts = [f"{sign} {plain(bound)}" for sign, bound in (("≥", self.at_least), ("≤", self.at_most)) if bound]
        return " and ".join(parts) or ("0" if self.at_most == 0 else "")

    def reached(self, measured: float) -> bool:
        high_enough = self.at_least is None or measured >= self.at_least
        return high_enough and (self.at_most is None or measured <= self.at_most)


def plain(number: float) -> str:
    """Three significant digits, large numbers whole: 0.333, 12.5, 1640."""
    if number == 0 or abs(number) >= 100:
        return f"{number:.0f}"
    return f"{number:.3g}"
