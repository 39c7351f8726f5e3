"""What a history is made from, as values: the tree with its seats, the rulebook, the people. No database.

``reading.py`` fills it once; it is handed to every producing process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from reporter.demo.history.timetable import Timetable
from reporter.demo.partition import Point
from reporter.domain.areas import CHAIN_LEVELS, Level, Seat
from reporter.domain.lifecycle import ClockKind
from reporter.domain.permissions import Role
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Condition, LimitRow, Rulebook
from reporter.domain.working_time import Calendar
from reporter.services.intake import NO_DISTRICT_PREFIX

BEYOND = timedelta(days=400)  # how far after the last day a deadline may lie


@dataclass(frozen=True, slots=True)
class Spot:
    """A smallest area with its convex patch (closed ring of lng, lat): a point inside it is placed there."""

    area_id: int
    community_id: int | None
    ring: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A department of a district with those who act for it."""

    id: int
    name: str
    staff: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An area as the rules see it; ``columns`` are the ids of its levels, widest first, None where there is none."""

    area_id: int
    chain: tuple[Seat, ...]
    lineage: tuple[int, ...]
    columns: tuple[int | None, ...]
    policy: Policy
    timetable: Timetable
    prefix: str
    limit_areas: tuple[int, ...]  # those of the lineage that have limits of their own


@dataclass(frozen=True)
class World:
    """``on``: the local day whose rules and seats hold for the whole history. ``submitters``: (person, role)."""

    book: Rulebook
    on: date
    first: date
    seats: Mapping[int, Seat]
    lineages: Mapping[int, tuple[int, ...]]
    roles: Mapping[int, Role]
    departments: Mapping[tuple[int, str], Body]
    spots: Sequence[Spot]
    submitters: Sequence[tuple[int, Role]]
    _places: dict[int, Place] = field(default_factory=dict)
    _timetables: dict[tuple[object, ...], Timetable] = field(default_factory=dict)
    _limits: dict[tuple[int, ClockKind, tuple[int, ...]], LimitRow] = field(default_factory=dict)

    def place(self, area_id: int) -> Place:
        """The chain and rules of an area; computed the first time."""
        if area_id not in self._places:
            lineage = self.lineages[area_id]
            chain = tuple(self.seats[one] for one in lineage)
            policy = self.book.policy(lineage, self.on)
            by_level = {seat.level: seat.area_id for seat in chain}
            self._places[area_id] = Place(
                area_id,
                chain,
                lineage,
                tuple(by_level.get(level) for level in CHAIN_LEVELS),
                policy,
                self._timetable(self.book.calendar(policy)),
                next((seat.number_prefix for seat in chain if seat.number_prefix), NO_DISTRICT_PREFIX),
                tuple(one for one in lineage if one in self._limit_areas),
            )
        return self._places[area_id]

    def _timetable(self, calendar: Calendar) -> Timetable:
        key = (calendar.sessions, calendar.daytime, calendar.zone)
        if key not in self._timetables:
            self._timetables[key] = Timetable(calendar, self.first - timedelta(days=1), self.on + BEYOND)
        return self._timetables[key]

    @cached_property
    def _limit_areas(self) -> frozenset[int]:
        return frozenset(row.area_id for row in self.book.limits if row.area_id is not None)

    def limit(self, condition: Condition, kind: ClockKind, place: Place) -> LimitRow:
        """``Rulebook.limit`` for a place, remembered."""
        key = (condition.id, kind, place.limit_areas)
        if key not in self._limits:
            self._limits[key] = self.book.limit(condition, kind, place.limit_areas, self.on)
        return self._limits[key]

    def body(self, place: Place, code: str) -> Body | None:
        """The department of this code in the district of a place."""
        district = place.columns[CHAIN_LEVELS.index(Level.DISTRICT)]
        return self.departments.get((district, code)) if district is not None else None
