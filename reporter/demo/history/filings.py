"""What somebody reports: the kind of problem, the words, the point, the submitter. Pure, by the given chance."""

import random
import uuid
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from reporter.demo.history.curve import Arrival, Habits
from reporter.demo.history.parts import Filing
from reporter.demo.history.world import Spot, World
from reporter.domain import catalogue
from reporter.domain.permissions import Role
from reporter.domain.rulebook import Category, Condition

_INSIDE = 0.9  # how much of the way from a patch's middle to its edge a point may lie: never on an edge
_DIGITS = 7  # of a degree: a centimetre


class Filer:
    """Draws first reports for a world."""

    def __init__(self, world: World, habits: Habits):
        self._world = world
        self._habits = habits["reports"]
        self._storms = habits["storms"]
        self._kinds = habits["categories"]
        self._spoken: dict[str, str | None] = {}
        self._strictest: dict[tuple[int, tuple[int, ...]], Condition] = {}

    def draw(self, arrival: Arrival, number: str, chance: random.Random) -> tuple[Filing, int]:
        """A first report and the area it is placed in."""
        spot = self._world.spots[arrival.spot]
        lng, lat = inside(spot.ring, chance)
        rough = spot.community_id is not None and chance.random() < self._habits["rough_fix"]
        area_id = spot.community_id if rough and spot.community_id is not None else spot.area_id
        accuracy = chance.uniform(*self._habits["rough_accuracy_m" if rough else "accuracy_m"])
        unsure = not arrival.in_storm and chance.random() < self._kinds["unsure"]
        meant = self.category(chance, in_storm=arrival.in_storm)
        text = chance.choice(meant.aliases or (meant.name,))
        category = self._world.book.category(self._world.book.fallback_code, self._world.on) if unsure else meant
        filing = Filing(
            at=arrival.at,
            number=number,
            submitter=chance.choice(self._world.submitters),
            key=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            text=text,
            given=None if unsure else category.code,
            category=category,
            condition=self._condition(category, area_id, None if unsure else chance),
            lng=lng,
            lat=lat,
            accuracy_m=round(accuracy, 1),
            has_photo=category.photo_required or chance.random() < self._habits["with_photo"],
            emergency=self._emergency(text),
            coarse=rough,
        )
        return filing, area_id

    def category(self, chance: random.Random, *, in_storm: bool = False) -> Category:
        """What it is, by its weight; in a storm mostly water and covers."""
        categories, sums = self._stormy if in_storm else self._ordinary
        return chance.choices(categories, cum_weights=sums)[0]

    @cached_property
    def _ordinary(self) -> tuple[list[Category], list[float]]:
        weights, others = self._kinds["weights"], self._kinds["others"]
        valid = [
            category
            for category in self._world.book.categories
            if category.valid.on(self._world.on) and category.code != self._world.book.fallback_code
        ]
        return valid, list(accumulate(weights.get(category.code, others) for category in valid))

    @cached_property
    def _stormy(self) -> tuple[list[Category], list[float]]:
        weights = self._storms["categories"]
        return [self._world.book.category(code, self._world.on) for code in weights], list(accumulate(weights.values()))

    def _condition(self, category: Category, area_id: int, chance: random.Random | None) -> Condition:
        """The one the submitter chose, or the strictest, as ``Rulebook.condition`` says."""
        if chance is not None and chance.random() >= self._habits["strictest_condition"]:
            return chance.choice(category.conditions)
        place = self._world.place(area_id)
        key = (category.id, place.limit_areas)
        if key not in self._strictest:
            self._strictest[key] = self._world.book.condition(category, None, place.limit_areas, self._world.on)
        return self._strictest[key]

    def _emergency(self, text: str) -> str | None:
        if text not in self._spoken:
            book = self._world.book
            self._spoken[text] = catalogue.emergency(text, book.words, book.matching["traditional"])
        return self._spoken[text]


def inside(ring: Sequence[tuple[float, float]], chance: random.Random) -> tuple[float, float]:
    """A point well inside a closed convex ring: in a triangle of its middle and one of its edges."""
    corners = ring[:-1]
    middle = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    index = chance.randrange(len(corners))
    (ax, ay), (bx, by) = ring[index], ring[index + 1]
    u, v = chance.random(), chance.random()
    if u + v > 1:
        u, v = 1 - u, 1 - v
    lng = middle[0] + _INSIDE * (u * (ax - middle[0]) + v * (bx - middle[0]))
    lat = middle[1] + _INSIDE * (u * (ay - middle[1]) + v * (by - middle[1]))
    return round(lng, _DIGITS), round(lat, _DIGITS)


def storm_spots(spots: Sequence[Spot], habits: Habits, chance: random.Random) -> list[int]:
    """Where a storm's water stands: a few spots in each of a few communities, as indexes."""
    shape = habits["storms"]
    by_community: dict[int | None, list[int]] = {}
    for index, spot in enumerate(spots):
        by_community.setdefault(spot.community_id, []).append(index)
    wet = chance.sample(sorted(by_community, key=str), min(len(by_community), chance.randint(*shape["communities"])))
    found: list[int] = []
    for community in wet:
        inside_it = by_community[community]
        found += chance.sample(inside_it, min(len(inside_it), shape["spots_in_each"]))
    return found


def submitter_other_than(world: World, taken: set[int], chance: random.Random) -> tuple[int, Role] | None:
    """Somebody who has not reported this yet; None when nobody is found quickly."""
    for _ in range(5):
        found = chance.choice(world.submitters)
        if found[0] not in taken:
            return found
    return None
