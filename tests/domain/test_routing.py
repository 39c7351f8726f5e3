"""Who gets the ball: stories as tables, and the promise that somebody always has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.domain import routing
from reporter.domain.areas import CHAIN_LEVELS, Level, Occupant, Seat, up_to
from reporter.domain.errors import NoLevelAbove

C, D, S, M, G, B, N = CHAIN_LEVELS  # M: the community in the middle

SOMEBODY = 1
TITLES = dict(zip(CHAIN_LEVELS, ("市", "区", "街道", "社区", "网格长", "楼栋长", "邻里长"), strict=True))


def seat(level: Level, state: str = "filled") -> Seat:
    """``filled vacant vacant+deputy away away+deputy away+away``; persons are numbered by level, deputies + 100."""
    person = level.rank + 1
    holder = None if state.startswith("vacant") else Occupant(person, f"p{person}", away=state.startswith("away"))
    deputy = Occupant(person + 100, f"d{person}", away=state == "away+away") if "+" in state else None
    return Seat(level.rank, f"code-{level.value}", f"area-{level.value}", level, TITLES[level], holder, deputy)


def chain(deepest: Level = N, **states: str) -> list[Seat]:
    """All seats filled down to ``deepest``, but for the states given by level name."""
    return [seat(level, states.get(level.value, "filled")) for level in CHAIN_LEVELS if level.rank <= deepest.rank]


@pytest.mark.parametrize(
    ("states", "deepest", "first_level", "stops", "person", "why"),
    [
        ({}, N, N, [G, B, N], 7, "first_level"),  # a stairwell lamp goes three hops down
        ({}, N, G, [G], 5, "first_level"),  # a cover stays with the grid
        ({}, N, B, [G, B], 6, "first_level"),  # a building matter stops at the building
        ({"neighbourhood": "vacant"}, N, N, [G, B], 6, "vacant"),  # the next filled seat up
        ({"neighbourhood": "vacant+deputy"}, N, N, [G, B, N], 107, "deputy"),  # a deputy stands in
        ({"neighbourhood": "away"}, N, N, [G, B], 6, "on_leave"),  # on leave, nobody stands in
        ({"neighbourhood": "away+deputy"}, N, N, [G, B, N], 107, "deputy"),  # on leave: deputy first
        ({"neighbourhood": "away+away"}, N, N, [G, B], 6, "on_leave"),  # both away
        ({"neighbourhood": "vacant", "building": "vacant"}, N, N, [G], 5, "vacant"),  # two gaps, up to the grid
        ({"building": "vacant"}, N, N, [G, N], 7, "first_level"),  # a gap on the way down is stepped over
        ({"grid": "vacant"}, N, G, [M], 4, "vacant"),  # accountable is the next filled seat up
        ({"grid": "vacant"}, N, N, [M, B, N], 7, "first_level"),  # and the lamp still goes down
        ({"grid": "vacant", "community": "away"}, N, G, [S], 3, "on_leave"),  # two levels up
        ({}, G, N, [G], 5, "no_lower_area"),  # a building without a patch
        ({}, S, N, [S], 3, "outside_grids"),  # inside the street, in no grid
    ],
)
def test_the_ball_goes(
    states: dict[str, str], deepest: Level, first_level: Level, stops: list[Level], person: int, why: str
) -> None:
    decision = routing.route(chain(deepest, **states), first_level)

    assert [stop.seat.level for stop in decision.stops] == stops
    assert decision.holder.person is not None
    assert decision.holder.person.person_id == person
    assert why in [reason.code for reason in decision.holder.reasons]


def test_without_a_category_the_grid_lead_decides() -> None:
    decision = routing.route(chain(), N, triage=True)

    assert [stop.seat.level for stop in decision.stops] == [G]
    assert [reason.code for reason in decision.holder.reasons] == ["accountable", "triage"]


def test_a_coarse_location_goes_no_deeper_than_the_community() -> None:
    decision = routing.route(up_to(chain(), M), N, coarse=True)

    assert decision.holder.seat.level is M
    assert "coarse_location" in [reason.code for reason in decision.holder.reasons]


@pytest.mark.parametrize(
    ("states", "conflicted", "holder"),
    [
        ({}, {7}, B),  # the matter is about the neighbour lead
        ({"neighbourhood": "away+deputy"}, {7}, B),  # the deputy works for the person concerned: skipped too
        ({"neighbourhood": "filled+deputy"}, {107}, N),  # about the deputy: the holder is there
        ({"neighbourhood": "vacant+deputy"}, {107}, B),  # about the deputy of an empty seat
        ({}, {7, 6}, G),  # about two of them
        ({}, {5}, N),  # about the grid lead, who is passed over on the way
    ],
)
def test_whom_the_matter_is_about_never_gets_it(states: dict[str, str], conflicted: set[int], holder: Level) -> None:
    decision = routing.route(chain(**states), N, conflicted=frozenset(conflicted))

    assert decision.holder.seat.level is holder
    people = {stop.person.person_id for stop in decision.stops if stop.person}
    assert not people & conflicted


def test_with_nobody_anywhere_the_widest_seat_keeps_it() -> None:
    decision = routing.route([seat(level, "vacant") for level in CHAIN_LEVELS], N)

    assert [stop.seat.level for stop in decision.stops] == [C]
    assert decision.holder.person is None
    assert decision.holder.reasons[-2].code == "accountable" or "unstaffed" in [
        reason.code for reason in decision.holder.reasons
    ]


states = st.sampled_from(["filled", "vacant", "vacant+deputy", "away", "away+deputy", "away+away", "filled+deputy"])
trees = st.tuples(st.integers(0, N.rank), st.lists(states, min_size=7, max_size=7)).map(
    lambda drawn: [seat(level, drawn[1][level.rank]) for level in CHAIN_LEVELS if level.rank <= drawn[0]]
)
people = st.frozensets(st.integers(1, 107), max_size=4)


@given(trees, st.sampled_from(CHAIN_LEVELS), people, st.booleans())
def test_any_tree_with_any_gaps_has_exactly_one_holder(
    tree: list[Seat], first_level: Level, conflicted: frozenset[int], triage: bool
) -> None:
    decision = routing.route(tree, first_level, conflicted=conflicted, triage=triage)

    assert decision.stops
    assert decision.holder is decision.stops[-1]
    levels = [stop.seat.level.rank for stop in decision.stops]
    assert levels == sorted(set(levels)), "each hop goes down, none twice"
    assert all(stop.reasons for stop in decision.stops), "every hop carries its reason"
    for stop in decision.stops:
        assert stop.person == stop.seat.acting(conflicted)
    somebody = any(one.acting(conflicted) for one in tree if one.level.reaches(G)) or (
        tree[0].acting(conflicted) is not None
    )
    assert (decision.holder.person is not None) == somebody


@given(trees, st.sampled_from(CHAIN_LEVELS), people)
def test_climbing_ends_at_a_filled_seat_strictly_above_or_is_refused(
    tree: list[Seat], above: Level, conflicted: frozenset[int]
) -> None:
    possible = [one for one in tree if one.level.rank < above.rank and one.acting(conflicted)]
    try:
        stop = routing.climb(tree, above, "escalated", conflicted=conflicted)
    except NoLevelAbove:
        assert possible == []
    else:
        assert stop.seat == possible[-1], "the nearest of them"


def test_climbing_respects_its_ceiling() -> None:
    with pytest.raises(NoLevelAbove):
        routing.climb(chain(), S, "climbed", ceiling=S)
    assert routing.climb(chain(), M, "climbed", ceiling=S).seat.level is S


def test_who_solved_does_not_verify() -> None:
    assert routing.climb(chain(), G, "verifying", excluded=frozenset({4})).seat.level is S
