"""Shares, scores, ranks and used time as tables; the worked example of ``domain.md`` 6."""

from datetime import timedelta
from typing import Any

import pytest

from reporter.domain import metrics
from reporter.domain.figures import BY_CLOSING, FIGURES, ON_THE_WALL, Figure
from reporter.domain.metrics import RATES, RATES_ON_THE_WALL
from reporter.domain.scores import Term, profiles_from, ranks, score
from reporter.domain.sla import ClockEvent, Terms, Tick
from reporter.domain.used_time import Summary, summarised, used
from reporter.domain.working_time import Limit, Unit
from tests.domain.calendars import beijing, calendar

NOTHING = dict.fromkeys(Figure, 0)
WORKED_EXAMPLE = {
    **NOTHING,
    Figure.TO_HANDLE: 40,
    Figure.HANDLING_DUE: 36,
    Figure.HANDLED_ON_TIME: 33,  # of which 1 is exempt
    Figure.HANDLED: 34,
    Figure.REWORKED: 3,
    Figure.CLOSED_IN_PERIOD: 32,
    Figure.RATED: 16,  # 9 × 5, 4 × 4, 1 × 3, 1 × 2, 1 × 1
    Figure.SATISFIED: 14,
    Figure.STRICTLY_SATISFIED: 13,
}


@pytest.mark.parametrize(
    ("metric", "shown"),
    [
        ("on_time_handling", 91.7),
        ("handling", 85.0),
        ("rework", 8.8),
        ("satisfaction", 87.5),
        ("satisfaction_strict", 81.3),  # 81.25, half up
        ("rated_share", 50.0),
        ("response", None),  # 0/0 is no data
    ],
)
def test_the_worked_example(metric: str, shown: float | None) -> None:
    assert metrics.rate(metric, WORKED_EXAMPLE) == shown


def test_every_figure_has_its_words_and_both_numbers_of_a_share_go_by_the_same_time() -> None:
    assert set(FIGURES) == set(Figure)
    mixed = [code for code, rate in RATES.items() if (rate.numerator in BY_CLOSING) != (rate.denominator in BY_CLOSING)]
    assert mixed == []
    assert {RATES[code].numerator for code in RATES_ON_THE_WALL} - {Figure.CLOSED_HANDLED} <= set(ON_THE_WALL)


HALVES = (Term("response", 60, 100), Term("rework", 40, 20))


@pytest.mark.parametrize(
    ("response", "rework", "scored"),
    [
        ((10, 10), (0, 10), 100.0),  # all of the one, none of the other
        ((5, 10), (0, 10), 70.0),  # half of 60 and all of 40
        ((10, 10), (1, 10), 80.0),  # half of the ceiling costs half of 40
        ((10, 10), (5, 10), 60.0),  # beyond the ceiling costs all of it, not more
        ((5, 10), (0, 0), 50.0),  # without data its weight goes to the other
        ((0, 0), (0, 0), None),  # no data at all
        ((1, 3), (0, 10), 60.0),  # a third of 60: what is shown is rounded, what is reckoned is not
    ],
)
def test_a_score_weighs_what_has_data(response: tuple[int, int], rework: tuple[int, int], scored: float | None) -> None:
    counted = {
        **NOTHING,
        Figure.RESPONDED_ON_TIME: response[0],
        Figure.RESPONSE_DUE: response[1],
        Figure.REWORKED: rework[0],
        Figure.HANDLED: rework[1],
    }
    assert score(HALVES, counted) == scored


@pytest.mark.parametrize(
    ("scores", "cases", "ranked"),
    [
        ([90.0, 80.0, 95.0], [5, 5, 5], [2, 3, 1]),
        ([90.0, 90.0, 80.0], [5, 5, 5], [1, 1, 3]),  # equals share a rank
        ([90.0, 99.0, 80.0], [5, 4, 5], [1, None, 2]),  # four cases say nothing
        ([None, 80.0], [9, 9], [None, 1]),  # nor does no data
        ([], [], []),
    ],
)
def test_ranks(scores: list[float | None], cases: list[int], ranked: list[int | None]) -> None:
    assert ranks(scores, cases, least=5) == ranked


def _row(**changes: Any) -> dict[str, Any]:
    return {"metric": "response", "weight": 100, "target": 95, **changes}


@pytest.mark.parametrize(
    "profiles",
    [
        pytest.param({"standard": [_row(weight=99)]}, id="weights of 99"),
        pytest.param({"standard": [_row(weight=120), _row(metric="solve", weight=-20)]}, id="a negative weight"),
        pytest.param({"standard": [_row(metric="luck")]}, id="an unknown metric"),
        pytest.param({"standard": [_row(weight=50), _row(weight=50)]}, id="one metric twice"),
        pytest.param({"standard": [_row(target=0)]}, id="a target of nothing"),
        pytest.param({"standard": [_row(target=101)]}, id="a target nobody reaches"),
        pytest.param({"mine": [_row()]}, id="a profile without a name"),
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused(profiles: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="score profile"):
        profiles_from(profiles)


@pytest.mark.parametrize(
    ("seconds", "summary"),
    [
        ([], None),
        ([7], Summary(7, 7, 7)),
        ([1, 2], Summary(2, 1, 2)),  # a mean of 1.5, half up; the median is one of the two
        (range(1, 11), Summary(6, 5, 9)),
        ([0] * 9 + [100], Summary(10, 0, 0)),  # nine of ten took no longer than nothing
        ([0] * 8 + [100] * 2, Summary(20, 0, 100)),
    ],
)
def test_times_are_summed_up_by_nearest_rank(seconds: Any, summary: Summary | None) -> None:
    assert summarised([timedelta(seconds=one) for one in seconds]) == summary


@pytest.mark.parametrize(
    ("unit", "told", "hours"),
    [
        (Unit.WORK_HOUR, [("started", "2026-09-07 17:00"), ("stopped", "2026-09-08 09:00")], 2),  # not the night
        (Unit.URGENT_HOUR, [("started", "2026-09-07 17:00"), ("stopped", "2026-09-08 09:00")], 16),
        (
            Unit.WORK_HOUR,
            [("started", "2026-09-07 08:00"), ("paused", "2026-09-07 10:00"), ("resumed", "2026-09-09 10:00"),
             ("stopped", "2026-09-09 11:00")],
            3,  # nothing while it is paused
        ),
        (Unit.WORK_HOUR, [("started", "2026-09-07 08:00"), ("paused", "2026-09-07 10:00"),
                          ("stopped", "2026-09-09 11:00")], 2),  # ended while paused
        (Unit.WORK_HOUR, [("started", "2026-09-07 08:00")], 0),  # still runs
    ],
)  # fmt: skip
def test_used_time_is_what_the_clock_counted(unit: Unit, told: list[tuple[str, str]], hours: int) -> None:
    events = [ClockEvent(Tick(tick), beijing(at)) for tick, at in told]
    assert used(Terms(Limit(4, unit)), events, calendar()) == timedelta(hours=hours)
