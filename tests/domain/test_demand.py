"""When it is said that many ask for one thing."""

import pytest

from reporter.domain import demand


@pytest.mark.parametrize(
    ("joins", "told", "threshold"),
    [
        (4, 0, None),
        (5, 0, 5),
        (6, 5, None),  # told already
        (25, 5, 20),
        (25, 0, 20),  # two passed at once (a merge): only the higher is told
        (4, 5, None),  # taken apart again
        (5, 20, None),
    ],
)
def test_each_threshold_is_told_once(joins: int, told: int, threshold: int | None) -> None:
    assert demand.grown_to(joins, told, (5, 20)) == threshold
