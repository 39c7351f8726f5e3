"""Levels, seats and the place of a report in the tree of areas.

Which levels a community really uses, and what it calls them, is data (its *ladder*); the words of
this module are only the vocabulary that ladders are written in. Finding the polygons around a point
is in ``queries/areas.py``; who gets the ball is in ``routing.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reporter.domain.errors import LocationOutOfArea, sentence


class Level(StrEnum):
    """Widest first. ``household_group`` (邻 in 华锦) is a tier below: no seat, no clock, no polygon."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"
    NEIGHBOURHOOD = "neighbourhood"
    HOUSEHOLD_GROUP = "household_group"

    @property
    def rank(self) -> int:
        """0 for the city; greater is smaller."""
        return _RANK[self]

    def reaches(self, other: "Level") -> bool:
        """True when this level is ``other`` or wider."""
        return self.rank <= other.rank


_RANK = {level: rank for rank, level in enumerate(Level)}

CHAIN_LEVELS = tuple(level for level in Level if level is not Level.HOUSEHOLD_GROUP)
FINE_LEVELS = (Level.GRID, Level.BUILDING, Level.NEIGHBOURHOOD)  # what a point falls into first
VOLUNTEER_LEVELS = frozenset({Level.BUILDING, Level.NEIGHBOURHOOD})  # not woken at night


@dataclass(frozen=True, slots=True)
class Occupant:
    """A person on a seat. ``away``: on leave at the moment the chain was read."""

    person_id: int
    name: str
    away: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """One link of a chain: an area with the people who hold it. ``title`` is the ladder's (网格长…)."""

    area_id: int
    area_code: str
    area_name: str
    level: Level
    title: str
    holder: Occupant | None = None
    deputy: Occupant | None = None
    number_prefix: str | None = None  # of a district: the start of its ticket numbers
    synthetic: bool = False  # a generated area: said wherever it is shown
    load: int = 0  # open tickets it holds; counted for volunteers where a city caps them

    @property
    def vacant(self) -> bool:
        return self.holder is None

    def acting(self, conflicted: frozenset[int] = frozenset()) -> Occupant | None:
        """Who would really get the ball here now, if anybody.

        The deputy stands in for a vacant seat or a holder on leave. A conflict of interest of the
        holder skips both, because the deputy works for the person the matter is about
        (``decisions.md``, “Who gets it” 1).
        """
        if self.holder and self.holder.person_id in conflicted:
            return None
        for person in (self.holder, self.deputy):
            if person and not person.away and person.person_id not in conflicted:
                return person
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """A polygon around (or near) a point. ``size`` in square degrees, only ever compared."""

    area_id: int
    code: str
    level: Level
    size: float = 0.0
    metres: float = 0.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a report belongs and how surely: flags are ``boundary snapped unrouted inaccurate``."""

    area_id: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the database found: fine areas that hold the point, else grids near it, else the street."""

    holding: Sequence[Found] = field(default=())
    near_grids: Sequence[Found] = field(default=())
    streets: Sequence[Found] = field(default=())


def place(around: Surroundings) -> Placement:
    """The smallest area that holds the point, a near grid, or the street; see ``domain.md`` 4 “Where”.

    Ties (a point on an edge, overlapping polygons) go to the smallest area, then the lowest code, and
    are flagged ``boundary``. Raises LocationOutOfArea.
    """
    if around.holding:
        deepest = max(found.level.rank for found in around.holding)
        tied = sorted(
            (found for found in around.holding if found.level.rank == deepest),
            key=lambda found: (found.size, found.code),
        )
        return Placement(tied[0].area_id, ("boundary",) if len(tied) > 1 else ())
    if around.near_grids:
        nearest = min(around.near_grids, key=lambda found: (found.metres, found.code))
        return Placement(nearest.area_id, ("snapped",))
    if around.streets:
        street = min(around.streets, key=lambda found: (found.size, found.code))
        return Placement(street.area_id, ("unrouted",))
    raise LocationOutOfArea(fields={"location": sentence("这个位置不在服务范围内，请检查坐标或移动图钉")})


def up_to(chain: Sequence[Seat], level: Level) -> list[Seat]:
    """The part of a chain that is ``level`` or wider: where a coarse location may be routed at most."""
    return [seat for seat in chain if seat.level.reaches(level)]


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How codes of a level are made: so many digits, beginning with the parent's (``domain.md`` 2.2)."""

    level: Level
    length: int


def fits(code: str, parent_code: str | None, rule: CodeRule) -> bool:
    """Whether a code keeps its rule. A parent of the same length (city and district) is read without its zeros."""
    if not code.isascii() or not code.isdigit() or len(code) != rule.length:
        return False
    if parent_code is None:
        return True
    return code.startswith(parent_code if len(parent_code) < len(code) else parent_code.rstrip("0"))
