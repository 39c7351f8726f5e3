"""Dealing out totals: exact sums, at least one each, and the rule that cuts a building into neighbourhoods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.demo.plan import draw, even_runs, neighbourhoods_of, share_out
from reporter.demo.spec import NeighbourhoodSize

SIZE = NeighbourhoodSize(least=10, usual=15, most=20)


@pytest.mark.parametrize(
    ("households", "expected"),
    [
        (10, 1),  # the smallest building
        (20, 1),  # 20 / 15 rounds to 1, and 20 still fit
        (21, 2),  # rounds to 1, but one neighbourhood holds 20 at most
        (22, 2),  # the last that needs the upper bound
        (23, 2),  # rounds to 2
        (37, 2),  # 2.47
        (38, 3),  # 2.53
        (60, 4),  # the usual building
        (112, 7),  # 7.47
    ],
)
def test_a_building_is_cut_by_the_rule(households: int, expected: int) -> None:
    assert neighbourhoods_of(households, SIZE) == expected


@given(st.integers(10, 2000))
def test_runs_of_any_building_keep_the_bounds(households: int) -> None:
    runs = even_runs(households, neighbourhoods_of(households, SIZE))
    assert sum(runs) == households
    assert 10 <= min(runs) <= max(runs) <= 20


@pytest.mark.parametrize(
    ("total", "weights", "pinned", "expected"),
    [
        (10, {"a": 1.0, "b": 1.0}, {}, {"a": 5, "b": 5}),
        (3, {"a": 9.0, "b": 0.1, "c": 0.1}, {}, {"a": 1, "b": 1, "c": 1}),  # one each comes first
        (11, {"a": 1.0, "b": 1.0}, {}, {"a": 6, "b": 5}),  # a tie goes to the first
        (10, {"a": 1.0, "b": 1.0, "c": 1.0}, {"b": 4}, {"a": 3, "b": 4, "c": 3}),  # known figures stay
        (8, {"a": 3.0, "b": 1.0}, {}, {"a": 6, "b": 2}),  # 1 + 4.5 and 1 + 1.5: equal remainders, the first
    ],
)
def test_shares(total: int, weights: dict[str, float], pinned: dict[str, int], expected: dict[str, int]) -> None:
    assert share_out(total, weights, pinned) == expected


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50), st.integers(0, 1000))
def test_shares_add_up_and_nobody_goes_without(given_weights: list[float], more: int) -> None:
    shares = share_out(len(given_weights) + more, dict(enumerate(given_weights)), {})
    assert sum(shares.values()) == len(given_weights) + more
    assert min(shares.values()) >= 1


@pytest.mark.parametrize(
    ("total", "pinned"),
    [
        (1, {}),  # two want one each
        (9, {"a": 4, "b": 4}),  # nobody is left to take the ninth
    ],
)
def test_impossible_shares_are_refused(total: int, pinned: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="dealt out"):
        share_out(total, {"a": 1.0, "b": 1.0}, pinned)


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_a_draw_depends_on_the_words_only_and_lies_between_0_and_1(words: list[str]) -> None:
    assert 0 < draw(*words) < 1
    assert draw(*words) == draw(*words)
