"""Which parts there are, in which order, and how large each run is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PARTS = ("submit", "lists", "dashboard", "sweep", "location", "growth", "memory", "photo", "storm")
KINDS = ("postgis", "spatialite")


@dataclass(frozen=True, slots=True)
class Sizes:
    """``small`` to ``large``: tickets in a database. ``pairs``: alternating runs, each of ``seconds``."""

    small: int
    middle: int
    large: int
    submitters: int
    pairs: int
    seconds: float
    open_few: int
    open_many: int
    due: int
    points: int
    requests_few: int
    requests_many: int
    storm_s: float


FULL = Sizes(
    small=10_000,
    middle=100_000,
    large=1_000_000,
    submitters=8_000,
    pairs=5,
    seconds=5.0,
    open_few=10_000,
    open_many=100_000,
    due=2_000,
    points=2_000,
    requests_few=10_000,
    requests_many=100_000,
    storm_s=120.0,
)
QUICK = Sizes(
    small=1_000,
    middle=2_000,
    large=10_000,
    submitters=2_000,
    pairs=2,
    seconds=2.0,
    open_few=500,
    open_many=2_000,
    due=100,
    points=200,
    requests_few=300,
    requests_many=1_000,
    storm_s=15.0,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """``profile``: also say in which functions the processors were."""

    parts: tuple[str, ...]
    kinds: tuple[str, ...]
    quick: bool
    profile: bool

    @property
    def sizes(self) -> Sizes:
        return QUICK if self.quick else FULL

    @property
    def whole(self) -> bool:
        """Whether this run may stand as the report of the repository."""
        return not self.quick and self.parts == PARTS and self.kinds == KINDS


def chosen(text: str, known: Sequence[str], what: str) -> tuple[str, ...]:
    """The words of ``a,b`` in the order of ``known``; all when there are none. Raises ValueError for a strange one."""
    words = text.replace(",", " ").split()
    strange = [word for word in words if word not in known]
    if strange:
        raise ValueError(f"there is no {what} {' '.join(strange)}: name some of {', '.join(known)}")
    return tuple(word for word in known if word in words) if words else tuple(known)


def plan_from(arguments: Sequence[str], env: Mapping[str, str]) -> Plan:
    """Parts and flags from the command line, else from PARTS, DATABASES, BENCH_QUICK and BENCH_PROFILE.

    Raises ValueError.
    """
    flags = {argument for argument in arguments if argument.startswith("--")}
    unknown = flags - {"--quick", "--profile"}
    if unknown:
        raise ValueError(f"there is no {' '.join(sorted(unknown))}: there are --quick and --profile")
    named = " ".join(argument for argument in arguments if not argument.startswith("--"))
    return Plan(
        parts=chosen(named or env.get("PARTS", ""), PARTS, "part"),
        kinds=chosen(env.get("DATABASES", ""), KINDS, "database"),
        quick="--quick" in flags or env.get("BENCH_QUICK") == "1",
        profile="--profile" in flags or env.get("BENCH_PROFILE") == "1",
    )
