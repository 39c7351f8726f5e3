"""申诉: who was charged with a delay asks once, after closing, not to be judged by it; two other persons decide.

Source: ``domain.md`` 3.3 (“only after closing, once, two reviews; the raw overdue fact stays”). There only departments
ask; here a seat that was charged may ask as well, because the same delay is charged to it in the same way.
"""

from reporter.domain.areas import Level
from reporter.domain.errors import Conflict, sentence


class NotClosed(Conflict):
    code = "not_closed_yet"
    message = sentence("结案以后才能申诉")


class AppealedBefore(Conflict):
    code = "appealed_before"
    message = sentence("超期申诉只能提一次")


class NoOpenAppeal(Conflict):
    code = "no_open_appeal"
    message = sentence("没有等待审查的申诉")


def may_review(waits_for: Level, reviewer: Level | None, reviewer_id: int, others: frozenset[int]) -> bool:
    """Whether somebody of a level may decide now; ``others`` are whoever asked and decided before."""
    return reviewer is not None and reviewer.reaches(waits_for) and reviewer_id not in others
