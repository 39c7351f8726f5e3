"""What the figures of the wall are called, and which are shown as a share of which (``domain.md`` 6).

A figure counts tickets, so each can be opened as a list; which tickets it counts is one condition in
``queries/figures.py``. Sums are of counts, never means of rates; 0/0 is no data.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from reporter.domain.errors import sentence


class Figure(StrEnum):
    RECEIVED = "received"
    OPEN = "open"
    CLOSED = "closed"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    RESPONSE_DUE = "response_due"
    RESPONDED_ON_TIME = "responded_on_time"
    HANDLING_DUE = "handling_due"
    HANDLED_ON_TIME = "handled_on_time"
    HANDLED = "handled"
    REWORKED = "reworked"
    CLOSED_IN_PERIOD = "closed_in_period"
    RATED = "rated"
    SATISFIED = "satisfied"
    CLOSED_AT_ONCE = "closed_at_once"
    NOT_ACCEPTED = "not_accepted"


FIGURE_NAMES = {
    Figure.RECEIVED: sentence("收到"),
    Figure.OPEN: sentence("在办"),
    Figure.CLOSED: sentence("已结案"),
    Figure.OVERDUE: sentence("超期未办"),
    Figure.AT_RISK: sentence("临近超期"),
    Figure.RESPONSE_DUE: sentence("应响应"),
    Figure.RESPONDED_ON_TIME: sentence("按时响应"),
    Figure.HANDLING_DUE: sentence("应处置"),
    Figure.HANDLED_ON_TIME: sentence("按期处置"),
    Figure.HANDLED: sentence("已处置"),
    Figure.REWORKED: sentence("返工"),
    Figure.CLOSED_IN_PERIOD: sentence("本期结案"),
    Figure.RATED: sentence("已评价"),
    Figure.SATISFIED: sentence("评价满意"),
    Figure.CLOSED_AT_ONCE: sentence("即办即结"),
    Figure.NOT_ACCEPTED: sentence("不予受理"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    numerator: Figure
    denominator: Figure
    definition: str


RATES: dict[str, Rate] = {
    "on_time_handling": Rate(
        sentence("按期处置率"),
        Figure.HANDLED_ON_TIME,
        Figure.HANDLING_DUE,
        sentence("期限内处置完的工单，占期限已到或已处置的工单"),
    ),
    "response": Rate(
        sentence("响应率"),
        Figure.RESPONDED_ON_TIME,
        Figure.RESPONSE_DUE,
        sentence("时限内首次响应的工单，占响应时限已到或已响应的工单"),
    ),
    "closing": Rate(sentence("结案率"), Figure.CLOSED, Figure.RECEIVED, sentence("已结案的工单，占本期收到的工单")),
    "rework": Rate(sentence("返工率"), Figure.REWORKED, Figure.HANDLED, sentence("核实未通过过的工单，占已处置的工单")),
    "satisfaction": Rate(
        sentence("满意率"),
        Figure.SATISFIED,
        Figure.RATED,
        sentence("每个评价都在基本满意以上的工单，占本期结案且有评价的工单；没评价不算满意"),
    ),
    "rated_share": Rate(
        sentence("参评率"), Figure.RATED, Figure.CLOSED_IN_PERIOD, sentence("有评价的工单，占本期结案的工单")
    ),
}


def percent(numerator: int, denominator: int) -> float | None:
    """One decimal, half up; None when there is no data (shown as “—”)."""
    if denominator == 0:
        return None
    share = Decimal(numerator) * 100 / Decimal(denominator)
    return float(share.quantize(Decimal("0.1"), ROUND_HALF_UP))
