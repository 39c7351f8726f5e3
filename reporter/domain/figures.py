"""The figures that tickets are counted in, and what each counts, in words (the building blocks of ``domain.md`` 6).

A figure counts tickets, so each can be opened as a list. The words here and the conditions of
``queries/counting.py`` say the same; what is made of figures is ``metrics.py``.
"""

from dataclasses import dataclass
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
    UNMERGED = "unmerged"
    MERGED = "merged"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    DECIDED_ON_TIME = "decided_on_time"
    TO_HANDLE = "to_handle"
    ON_HOLD = "on_hold"
    WENT_OVERDUE = "went_overdue"
    CLOSED_HANDLED = "closed_handled"
    CLOSED_ON_TIME = "closed_on_time"
    FORCED = "forced"
    RETURNED = "returned"
    RIGHTLY_DISPATCHED = "rightly_dispatched"
    VERIFIED = "verified"
    PASSED_FIRST = "passed_first"
    SELF_SOLVED = "self_solved"
    STRICTLY_SATISFIED = "strictly_satisfied"
    GRADE_5 = "grade_5"
    GRADE_4 = "grade_4"
    GRADE_3 = "grade_3"
    GRADE_2 = "grade_2"
    GRADE_1 = "grade_1"
    SOLUTION_TOLD = "solution_told"
    SOLUTION_CONFIRMED = "solution_confirmed"


@dataclass(frozen=True, slots=True)
class Words:
    """``symbol``: the letter of ``domain.md`` 6, where it has one."""

    name: str
    definition: str
    symbol: str = ""


FIGURES: dict[Figure, Words] = {
    Figure.RECEIVED: Words(sentence("收到"), sentence("本期收到的工单，不含撤回的"), "R"),
    Figure.OPEN: Words(sentence("在办"), sentence("本期收到、还没有结束的工单")),
    Figure.CLOSED: Words(sentence("已结案"), sentence("本期收到、现在已结案的工单"), "C"),
    Figure.OVERDUE: Words(sentence("超期未办"), sentence("本期收到、期限已过还没有处置完的工单，不含挂起的和豁免的")),
    Figure.AT_RISK: Words(sentence("临近超期"), sentence("本期收到、还没有处置完、时限已用去提醒比例的工单")),
    Figure.RESPONSE_DUE: Words(sentence("应响应"), sentence("本期收到、已响应或响应时限已到的工单，不含撤回的")),
    Figure.RESPONDED_ON_TIME: Words(sentence("按时响应"), sentence("应响应的工单中，在响应时限内首次响应的")),
    Figure.HANDLING_DUE: Words(
        sentence("到期应处置"), sentence("应处置的工单中，期限已到或已处置的；现在挂起的另列"), "P_due"
    ),
    Figure.HANDLED_ON_TIME: Words(
        sentence("按期处置"), sentence("到期应处置的工单中，在期限内处置完的，或超期已获豁免的"), "Ht"
    ),
    Figure.HANDLED: Words(sentence("已处置"), sentence("应处置的工单中，已处置完的"), "H"),
    Figure.REWORKED: Words(sentence("返工"), sentence("已处置的工单中，至少有一次核实没有通过的"), "F"),
    Figure.CLOSED_IN_PERIOD: Words(sentence("本期结案"), sentence("本期结案的工单，不论何时收到")),
    Figure.RATED: Words(
        sentence("已评价"), sentence("本期结案、有评价的工单，不含强制结案的；一张工单有几个评价也只算一张"), "Q"
    ),
    Figure.SATISFIED: Words(sentence("评价满意"), sentence("已评价的工单中，每个评价都在基本满意以上的")),
    Figure.CLOSED_AT_ONCE: Words(sentence("即办即结"), sentence("本期收到、当场处置并结案的工单")),
    Figure.NOT_ACCEPTED: Words(sentence("不予受理"), sentence("本期收到、不予受理的工单"), "N"),
    Figure.UNMERGED: Words(sentence("未并入他案"), sentence("本期收到、没有并入其他工单的"), "R − G"),
    Figure.MERGED: Words(sentence("并入他案"), sentence("本期收到、已并入其他工单的"), "G"),
    Figure.ACCEPTED: Words(
        sentence("立案数"), sentence("本期收到、已立案的工单，含作废的，不含不予受理、并入他案和撤回的"), "V"
    ),
    Figure.DECIDED: Words(sentence("已作决定"), sentence("立案的和不予受理的工单"), "V + N"),
    Figure.DECIDED_ON_TIME: Words(
        sentence("按时立案"), sentence("已作决定的工单中，收到时即立案的，或在响应时限内作出决定的")
    ),
    Figure.TO_HANDLE: Words(sentence("应处置"), sentence("本期收到、已派遣、没有作废的工单"), "P"),
    Figure.ON_HOLD: Words(sentence("挂起中"), sentence("应处置的工单中，现在挂起的")),
    Figure.WENT_OVERDUE: Words(sentence("发生过超期"), sentence("应处置的工单中，期限到时没有处置完的，豁免的也在内")),
    Figure.CLOSED_HANDLED: Words(sentence("处置后结案"), sentence("已处置的工单中，已结案的")),
    Figure.CLOSED_ON_TIME: Words(
        sentence("按期结案"), sentence("已结案的工单中，在处置期限内结案的，或超期已获豁免的"), "Ct"
    ),
    Figure.FORCED: Words(sentence("强制结案数"), sentence("已结案的工单中，强制结案的")),
    Figure.RETURNED: Words(sentence("被退回"), sentence("应处置的工单中，至少被退回过一次的"), "B"),
    Figure.RIGHTLY_DISPATCHED: Words(
        sentence("派遣准确"), sentence("应处置的工单中，没有因为区域、职责、类别或部门不对而被退回过的")
    ),
    Figure.VERIFIED: Words(sentence("已核实"), sentence("应处置的工单中，核实过的；即办即结和强制结案的没有核实")),
    Figure.PASSED_FIRST: Words(sentence("一次核实通过"), sentence("已核实的工单中，第一次核实就通过、没有重办过的")),
    Figure.SELF_SOLVED: Words(sentence("自行处置"), sentence("已处置的工单中，由邻里、楼栋或网格处置的")),
    Figure.STRICTLY_SATISFIED: Words(sentence("评价满意（从严）"), sentence("已评价的工单中，每个评价都在满意以上的")),
    Figure.GRADE_5: Words(sentence("最低评价：非常满意"), sentence("已评价的工单中，最低的评价是非常满意的"), "Q5"),
    Figure.GRADE_4: Words(sentence("最低评价：满意"), sentence("已评价的工单中，最低的评价是满意的"), "Q4"),
    Figure.GRADE_3: Words(sentence("最低评价：基本满意"), sentence("已评价的工单中，最低的评价是基本满意的"), "Q3"),
    Figure.GRADE_2: Words(sentence("最低评价：不满意"), sentence("已评价的工单中，最低的评价是不满意的"), "Q2"),
    Figure.GRADE_1: Words(sentence("最低评价：非常不满意"), sentence("已评价的工单中，最低的评价是非常不满意的"), "Q1"),
    Figure.SOLUTION_TOLD: Words(sentence("说明了是否解决"), sentence("已评价的工单中，有评价说明了问题是否解决的")),
    Figure.SOLUTION_CONFIRMED: Words(sentence("确认已解决"), sentence("说明了是否解决的工单中，没有评价说没解决的")),
}

BY_CLOSING = frozenset(
    {
        Figure.CLOSED_IN_PERIOD,
        Figure.RATED,
        Figure.SATISFIED,
        Figure.STRICTLY_SATISFIED,
        Figure.GRADE_5,
        Figure.GRADE_4,
        Figure.GRADE_3,
        Figure.GRADE_2,
        Figure.GRADE_1,
        Figure.SOLUTION_TOLD,
        Figure.SOLUTION_CONFIRMED,
    }
)
"""Figures of tickets closed in the period; all others are of tickets received in it."""

ON_THE_WALL = (
    Figure.RECEIVED,
    Figure.OPEN,
    Figure.CLOSED,
    Figure.OVERDUE,
    Figure.AT_RISK,
    Figure.RESPONSE_DUE,
    Figure.RESPONDED_ON_TIME,
    Figure.HANDLING_DUE,
    Figure.HANDLED_ON_TIME,
    Figure.HANDLED,
    Figure.REWORKED,
    Figure.CLOSED_IN_PERIOD,
    Figure.RATED,
    Figure.SATISFIED,
    Figure.CLOSED_AT_ONCE,
    Figure.NOT_ACCEPTED,
)
"""What each row of a breakdown shows unless all is asked for: two hundred rows of everything are megabytes."""
