"""A storm's reports."""

from collections import defaultdict

from reporter.domain.coordinates import Point, metres_between
from tests.bench.rain import CLUSTER_M, RATE, Drop, rain

POINTS = [(114.30 + step / 100, 30.50 + step / 200) for step in range(10)]
DROPS = list(rain(POINTS, 600.0, seed=1))


def test_the_rate_is_the_true_one_in_order_of_time() -> None:
    assert abs(len(DROPS) / 600.0 - RATE) < 1
    times = [drop.at_s for drop in DROPS]
    assert times == sorted(times) and times[-1] < 600


def test_reports_of_a_place_lie_within_80_metres_of_each_other() -> None:
    places: dict[int, list[Drop]] = defaultdict(list)
    for drop in DROPS:
        places[drop.cluster].append(drop)
    first = max(places.values(), key=len)
    assert len(first) > 5
    here = [Point(drop.lng, drop.lat) for drop in first]
    assert max(metres_between(one, other) for one in here for other in here) <= CLUSTER_M * 1.01


def test_about_half_would_join_and_a_few_are_sent_again() -> None:
    assert 0.45 < sum(drop.joins for drop in DROPS) / len(DROPS) < 0.55
    assert 0.01 < sum(drop.resent for drop in DROPS) / len(DROPS) < 0.05
    assert len({drop.key for drop in DROPS}) == len(DROPS)


def test_one_seed_is_one_storm() -> None:
    assert list(rain(POINTS, 20.0, seed=2)) == list(rain(POINTS, 20.0, seed=2)) != list(rain(POINTS, 20.0, seed=3))
