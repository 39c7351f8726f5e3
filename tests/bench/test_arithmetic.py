"""Medians, percentiles, ratios and floors."""

import pytest

from tests.bench.arithmetic import Floor, Spread, percentile, plain, ratios, spread


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([3.0], Spread(3.0, 3.0, 3.0, 1)),
        ([1.0, 9.0, 2.0], Spread(2.0, 1.0, 9.0, 3)),  # one disturbed run moves the extremes, not the median
        ([1.0, 2.0, 3.0, 4.0], Spread(2.5, 1.0, 4.0, 4)),  # between the two middle ones
    ],
)
def test_a_spread_is_the_middle_and_the_extremes(values: list[float], found: Spread) -> None:
    assert spread(values) == found


def test_a_ratio_is_taken_within_each_pair_of_neighbouring_runs() -> None:
    # the second pair ran beside something else, which slowed both: 5/10 is still a half
    assert ratios([10.0, 5.0, 11.0], [20.0, 10.0, 20.0]) == Spread(0.5, 0.5, 0.55, 3)


@pytest.mark.parametrize(
    ("share", "value"),
    [
        (0.0, 1),  # never less than the least
        (0.5, 5),
        (0.95, 10),  # rounded up: nine of ten are not 95 %
        (0.9, 9),
        (1.0, 10),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile([float(number) for number in range(10, 0, -1)], share) == value


def test_of_nothing_there_is_neither_spread_nor_percentile() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("floor", "measured", "reached", "shown"),
    [
        (Floor(at_least=1 / 3), 1 / 3, True, "≥ 0.333"),  # the bound itself reaches it
        (Floor(at_least=1 / 3), 0.3, False, "≥ 0.333"),
        (Floor(at_most=4), 4, True, "≤ 4"),
        (Floor(at_most=4), 4.1, False, "≤ 4"),
        (Floor(at_most=0), 0, True, "0"),
        (Floor(at_most=0), 1, False, "0"),
        (Floor(2000, 2000), 1999, False, "≥ 2000 and ≤ 2000"),  # exactly
        (Floor(2000, 2000), 2000, True, "≥ 2000 and ≤ 2000"),
    ],
)
def test_a_floor_says_what_it_asks_and_whether_it_is_reached(
    floor: Floor, measured: float, reached: bool, shown: str
) -> None:
    assert (floor.reached(measured), str(floor)) == (reached, shown)


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (1 / 3, "0.333"), (12.48, "12.5"), (1640.2, "1640"), (0.00123, "0.00123")]
)
def test_numbers_show_three_digits_that_matter(number: float, shown: str) -> None:
    assert plain(number) == shown
