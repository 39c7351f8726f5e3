"""Where a ticket is in its life, and what people call that (``domain.md`` 3.2)."""

from enum import StrEnum

from reporter.domain.errors import sentence


class Status(StrEnum):
    REPORTED = "reported"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    ON_HOLD = "on_hold"
    FEEDBACK = "feedback"
    CLOSED = "closed"
    NOT_ACCEPTED = "not_accepted"
    VOIDED = "voided"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


STATUS_NAMES = {
    Status.REPORTED: sentence("已上报"),
    Status.CHECKING: sentence("核查中"),
    Status.ACCEPTED: sentence("已立案"),
    Status.DISPATCHED: sentence("已派遣"),
    Status.HANDLING: sentence("处理中"),
    Status.ON_HOLD: sentence("挂起"),
    Status.FEEDBACK: sentence("已反馈待核实"),
    Status.CLOSED: sentence("已结案"),
    Status.NOT_ACCEPTED: sentence("不予受理"),
    Status.VOIDED: sentence("作废"),
    Status.MERGED: sentence("已合并"),
    Status.WITHDRAWN: sentence("已撤回"),
}
ENDED = frozenset({Status.CLOSED, Status.NOT_ACCEPTED, Status.VOIDED, Status.MERGED, Status.WITHDRAWN})
OPEN = frozenset(Status) - ENDED
