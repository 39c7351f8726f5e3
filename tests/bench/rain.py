"""The plan of a storm: when and where it is reported, in clusters of 80 metres, all drawn from one seed."""

import math
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RATE = 12.0  # reports a second: 50 times Wuhan's mean of 8,500 a day, in daytime
CLUSTER_M = 80.0
NEW_PLACE = 0.12  # of the reports; the others are about water that somebody has reported before
PLACES_AT_ONCE = 40  # older ones have drained
RESENT = 0.03
CATEGORIES = ("SJ0506", "SJ0506", "SJ0506", "SJ0503", "")  # 渍水, 排水堵塞, and some who name nothing
WORDS = (
    "路口积水过膝，车熄火了",
    "地下通道全是水，过不去",
    "下水道往外冒水，快淹到门口",
    "雨太大，这一段路看不见路沿了",
)
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Drop:
    """One report. ``at_s`` after the beginning; ``cluster`` numbers the place it belongs to."""

    at_s: float
    cluster: int
    lng: float
    lat: float
    category: str
    text: str
    key: str
    joins: bool  # would join a ticket of the same place, if it knows one
    resent: bool


def rain(points: Sequence[tuple[float, float]], seconds: float, seed: int, joining: float = 0.5) -> Iterator[Drop]:
    """The reports of a storm in the order of their times, Poisson at RATE. ``joining``: the share that would join."""
    chance = random.Random(seed)
    open_places: list[tuple[int, float, float]] = []
    at_s, clusters = 0.0, 0
    while (at_s := at_s + chance.expovariate(RATE)) < seconds:
        if not open_places or chance.random() < NEW_PLACE:
            open_places.append((clusters, *chance.choice(points)))
            open_places = open_places[-PLACES_AT_ONCE:]
            clusters += 1
        cluster, lng, lat = chance.choice(open_places)
        metres, turn = CLUSTER_M / 2 * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)
        yield Drop(
            at_s=at_s,
            cluster=cluster,
            lng=lng + metres * math.cos(turn) / (METRES_A_DEGREE * math.cos(math.radians(lat))),
            lat=lat + metres * math.sin(turn) / METRES_A_DEGREE,
            category=chance.choice(CATEGORIES),
            text=chance.choice(WORDS),
            key=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            joins=chance.random() < joining,
            resent=chance.random() < RESENT,
        )
