"""The metrics of ``domain.md`` 6, one row each: what is a share of what, in which words, and which way is better.

The formulas are ours and each answer prints them. Figures (``figures.py``) count tickets, so both numbers of a share
open as lists; where the literature counts operations or ratings, we count the tickets they belong to and say so.
Sums are of counts, never means of rates; 0/0 is no data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from reporter.domain.actions import RETURN_REASONS
from reporter.domain.errors import sentence
from reporter.domain.figures import Figure


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


class Unit(StrEnum):
    PERCENT = "percent"
    TICKETS = "tickets"
    SECONDS = "seconds"


WRONGLY_DISPATCHED = tuple(code for code in RETURN_REASONS if code not in ("cannot_reach", "other"))
"""Reasons of a return that say the ticket should have gone to somebody else."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of tickets in percent; the numerator's tickets are among the denominator's."""

    name: str
    numerator: Figure
    denominator: Figure
    definition: str
    better: Better = Better.HIGHER
    unit: Unit = Unit.PERCENT


RATES: dict[str, Rate] = {
    "on_time_handling": Rate(
        sentence("按期处置率"),
        Figure.HANDLED_ON_TIME,
        Figure.HANDLING_DUE,
        sentence("期限内处置完或获豁免的工单，占期限已到或已处置的工单；挂起的另列"),
    ),
    "response": Rate(
        sentence("响应率"),
        Figure.RESPONDED_ON_TIME,
        Figure.RESPONSE_DUE,
        sentence("时限内首次响应的工单，占响应时限已到或已响应的工单"),
    ),
    "closing": Rate(
        sentence("结案率"), Figure.CLOSED_HANDLED, Figure.HANDLED, sentence("已结案的工单，占已处置的工单")
    ),
    "rework": Rate(
        sentence("返工率"),
        Figure.REWORKED,
        Figure.HANDLED,
        sentence("核实未通过过的工单，占已处置的工单"),
        Better.LOWER,
    ),
    "satisfaction": Rate(
        sentence("满意率"),
        Figure.SATISFIED,
        Figure.RATED,
        sentence("每个评价都在基本满意以上的工单，占本期结案且有评价的工单；没评价不算满意，强制结案的不计"),
    ),
    "rated_share": Rate(
        sentence("参评率"), Figure.RATED, Figure.CLOSED_IN_PERIOD, sentence("有评价的工单，占本期结案的工单")
    ),
    "filing": Rate(sentence("立案率"), Figure.ACCEPTED, Figure.UNMERGED, sentence("立案的工单，占没有并入他案的工单")),
    "on_time_acceptance": Rate(
        sentence("按时立案率"),
        Figure.DECIDED_ON_TIME,
        Figure.DECIDED,
        sentence("收到时即立案、或在响应时限内作出决定的工单，占立案的和不予受理的工单"),
    ),
    "handling": Rate(sentence("处置率"), Figure.HANDLED, Figure.TO_HANDLE, sentence("已处置的工单，占应处置的工单")),
    "closing_of_accepted": Rate(
        sentence("立案结案率"), Figure.CLOSED, Figure.ACCEPTED, sentence("已结案的工单，占立案的工单")
    ),
    "on_time_closing": Rate(
        sentence("按期结案率"),
        Figure.CLOSED_ON_TIME,
        Figure.CLOSED,
        sentence("处置期限内结案或获豁免的工单，占已结案的工单"),
    ),
    "return": Rate(
        sentence("回退率"),
        Figure.RETURNED,
        Figure.TO_HANDLE,
        sentence("至少被退回过一次的工单，占应处置的工单；按工单计，不按退回次数计"),
        Better.LOWER,
    ),
    "correct_dispatch": Rate(
        sentence("准确派遣率"),
        Figure.RIGHTLY_DISPATCHED,
        Figure.TO_HANDLE,
        sentence("没有因派错而被退回过的工单，占应处置的工单"),
    ),
    "verification_pass": Rate(
        sentence("核查通过率"),
        Figure.PASSED_FIRST,
        Figure.VERIFIED,
        sentence("第一次核实就通过的工单，占核实过的工单"),
    ),
    "solve": Rate(
        sentence("解决率"),
        Figure.SOLUTION_CONFIRMED,
        Figure.SOLUTION_TOLD,
        sentence("报事人确认已解决的工单，占报事人说明了是否解决的工单"),
    ),
    "satisfaction_strict": Rate(
        sentence("满意率（从严）"),
        Figure.STRICTLY_SATISFIED,
        Figure.RATED,
        sentence("每个评价都在满意以上的工单，占本期结案且有评价的工单"),
    ),
    "self_solved": Rate(
        sentence("自处置率"),
        Figure.SELF_SOLVED,
        Figure.ACCEPTED,
        sentence("由邻里、楼栋或网格处置的工单，占立案的工单"),
    ),
    "duplicate": Rate(
        sentence("重复率"),
        Figure.MERGED,
        Figure.RECEIVED,
        sentence("并入他案的工单，占收到的工单；加入已有工单的报事不另成工单，不在其内"),
        Better.LOWER,
    ),
}

RATES_ON_THE_WALL = ("on_time_handling", "response", "closing", "rework", "satisfaction", "rated_share")


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric that is no share of tickets; ``figure``: the tickets it is about."""

    name: str
    figure: Figure
    definition: str
    better: Better
    unit: Unit


MEASURES: dict[str, Measure] = {
    "overdue_open": Measure(
        sentence("超期未处置"),
        Figure.OVERDUE,
        sentence("期限已过还没有处置完的工单数，不含挂起的和豁免的"),
        Better.LOWER,
        Unit.TICKETS,
    ),
}


def percent(numerator: int, denominator: int) -> float | None:
    """One decimal, half up; None when there is no data (shown as “—”)."""
    if denominator == 0:
        return None
    share = Decimal(numerator) * 100 / Decimal(denominator)
    return float(share.quantize(Decimal("0.1"), ROUND_HALF_UP))


def rate(code: str, counted: Mapping[Figure, int]) -> float | None:
    """A metric of a row of figures in percent; None when there is no data."""
    found = RATES[code]
    return percent(counted[found.numerator], counted[found.denominator])
