"""How many of everything a demo district has, down to the households of each neighbourhood; all sums are exact.

Deals out the totals by weights that are drawn from hashes, so each number depends on codes and the seed only and never
on which streets are wanted. Where the pieces lie, and their codes, is in ``district.py`` and ``community.py``. Method:
``demo_district.md`` 1 and 3.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import exp, floor, fsum
from statistics import NormalDist
from typing import TypeVar

from reporter.demo.spec import DistrictSpec, NeighbourhoodSize

_STANDARD_NORMAL = NormalDist()

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class BuildingPlan:
    """``key`` names it before it has a code; ``runs`` are the households of its neighbourhoods."""

    key: str
    runs: tuple[int, ...]

    @property
    def households(self) -> int:
        return sum(self.runs)


@dataclass(frozen=True, slots=True)
class GridPlan:
    buildings: tuple[BuildingPlan, ...]

    @property
    def households(self) -> int:
        return sum(building.households for building in self.buildings)


@dataclass(frozen=True, slots=True)
class CommunityPlan:
    """``*_before``: how many the communities with lower codes have, so that numbers can run through the district."""

    compounds: int
    grids: tuple[GridPlan, ...]
    grids_before: int
    buildings_before: int
    neighbourhoods_before: int

    @property
    def households(self) -> int:
        return sum(grid.households for grid in self.grids)


def draw(*key: str) -> float:
    """A number in (0, 1) that depends on the words only (53 bits of their SHA-256)."""
    digest = sha256("/".join(key).encode()).digest()
    return (int.from_bytes(digest[:7], "big") >> 3) / (1 << 53) or 1 / (1 << 53)


def lognormal(sigma: float, *key: str) -> float:
    """A weight around 1, rounded so that the last bit of ``exp`` on another machine changes nothing."""
    return round(exp(sigma * _STANDARD_NORMAL.inv_cdf(draw(*key))), 9)


def share_out(total: int, weights: Mapping[Key, float], pinned: Mapping[Key, int]) -> dict[Key, int]:
    """Whole shares with sum ``total``: pinned ones as given, one for each other, the rest by largest remainder.

    ValueError when there is not enough for one each. Ties go to whoever comes first in ``weights``.
    """
    free = [key for key in weights if key not in pinned]
    left = total - sum(pinned[key] for key in weights if key in pinned) - len(free)
    if left < 0 or (left > 0 and not free):
        raise ValueError(f"{total} cannot be dealt out to {len(weights)}")
    whole = fsum(weights[key] for key in free)
    exact = {key: left * weights[key] / whole for key in free}
    shares = {key: pinned[key] if key in pinned else 1 + floor(exact[key]) for key in weights}
    missing = total - sum(shares.values())
    for key in sorted(free, key=lambda k: floor(exact[k]) - exact[k])[:missing]:
        shares[key] += 1
    return shares


def neighbourhoods_of(households: int, size: NeighbourhoodSize) -> int:
    """Into how many neighbourhoods a building is cut: households / usual, rounded, none too small or too large."""
    nearest = (2 * households + size.usual) // (2 * size.usual)
    return max(-(-households // size.most), min(households // size.least, nearest))


def even_runs(households: int, count: int) -> tuple[int, ...]:
    """Households in ``count`` runs that differ by one at most, larger first."""
    each, more = divmod(households, count)
    return (each + 1,) * more + (each,) * (count - more)


def plan_district(spec: DistrictSpec, communities: Sequence[str]) -> dict[str, CommunityPlan]:
    """The plan of each community (codes in ascending order); all sums are those of ``spec.totals``."""
    weights = {code: lognormal(spec.spread.community, spec.seed, code) for code in communities}
    compounds = share_out(spec.totals.compounds, weights, spec.pinned_compounds)
    grids = share_out(spec.totals.grids, weights, spec.pinned_grids)
    buildings = _next_level(spec.totals.buildings, grids, spec.spread.grid, spec, "buildings")
    neighbourhoods = _next_level(spec.totals.neighbourhoods, buildings, spec.spread.building, spec, "neighbourhoods")
    households = _households(neighbourhoods, spec)

    made = {code: _grids(code, grids[code], buildings, neighbourhoods, households) for code in communities}
    plans: dict[str, CommunityPlan] = {}
    grids_before = buildings_before = neighbourhoods_before = 0
    for code, own in made.items():
        plans[code] = CommunityPlan(compounds[code], own, grids_before, buildings_before, neighbourhoods_before)
        grids_before += len(own)
        buildings_before += sum(len(grid.buildings) for grid in own)
        neighbourhoods_before += sum(len(building.runs) for grid in own for building in grid.buildings)
    return plans


def _grids(
    code: str,
    count: int,
    buildings: Mapping[str, int],
    neighbourhoods: Mapping[str, int],
    households: Mapping[str, int],
) -> tuple[GridPlan, ...]:
    """The dealt-out numbers of one community, put together."""
    grids: list[GridPlan] = []
    for grid in (f"{code}/{i}" for i in range(count)):
        keys = [f"{grid}/{i}" for i in range(buildings[grid])]
        grids.append(GridPlan(tuple(BuildingPlan(k, even_runs(households[k], neighbourhoods[k])) for k in keys)))
    return tuple(grids)


def _next_level(total: int, parents: Mapping[str, int], sigma: float, spec: DistrictSpec, what: str) -> dict[str, int]:
    """How many ``what`` each child of the parents has, by the child's key (parent's key and a number). A ladder may
    fix it."""
    keys = [f"{parent}/{i}" for parent, count in parents.items() for i in range(count)]
    fixed: dict[str, int] = {}
    for key in keys:
        ladder = spec.ladder_of(key.partition("/")[0])
        count = ladder.buildings_per_grid if what == "buildings" else ladder.neighbourhoods_per_building
        if count:
            fixed[key] = count
    return share_out(total, {key: lognormal(sigma, spec.seed, key) for key in keys}, fixed)


def _households(neighbourhoods: Mapping[str, int], spec: DistrictSpec) -> dict[str, int]:
    """Households of each building, drawn from the numbers that the rule cuts into just so many neighbourhoods; then
    some buildings get one more or one less until the total is met."""
    size = spec.size
    allowed = {
        count: [n for n in range(size.least * count, size.most * count + 1) if neighbourhoods_of(n, size) == count]
        for count in set(neighbourhoods.values())
    }
    drawn = {key: draw(spec.seed, key, "households") for key in neighbourhoods}
    places = {key: int(drawn[key] * len(allowed[count])) for key, count in neighbourhoods.items()}
    gap = spec.totals.households - sum(allowed[neighbourhoods[key]][place] for key, place in places.items())
    order = sorted(neighbourhoods, key=lambda key: drawn[key])
    while gap:
        step, before = (1 if gap > 0 else -1), gap
        for key in order:
            if gap and 0 <= places[key] + step < len(allowed[neighbourhoods[key]]):
                places[key] += step
                gap -= step
        if gap == before:
            raise ValueError(f"{spec.totals.households} households do not fit the neighbourhoods")
    return {key: allowed[neighbourhoods[key]][place] for key, place in places.items()}
