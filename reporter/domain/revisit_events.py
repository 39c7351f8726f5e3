"""What happens to a revisit, what each is called, and who is told: one append-only list the handler never sees."""

from enum import StrEnum

from reporter.domain.errors import sentence
from reporter.domain.revisits import Action


class Kind(StrEnum):
    """What happened to a revisit: its own append-only list, which the handler does not see."""

    OPENED = "opened"
    CONTACTED = "contacted"
    FOUND = "found"
    RECTIFIED = "rectified"
    REVIEWED = "reviewed"
    REVIEW_FAILED = "review_failed"
    APPEALED = "appealed"
    TAKEN_OVER = "taken_over"
    WITHDRAWN = "withdrawn"
    REMINDED = "reminded"
    BECAME_LATE = "became_late"


KIND_NAMES = {
    Kind.OPENED: sentence("差评转回访"),
    Kind.CONTACTED: sentence("已联系评价人"),
    Kind.FOUND: sentence("已作出认定"),
    Kind.RECTIFIED: sentence("整改完成"),
    Kind.REVIEWED: sentence("恶意差评复核通过"),
    Kind.REVIEW_FAILED: sentence("恶意差评复核未通过"),
    Kind.APPEALED: sentence("评价人申诉"),
    Kind.TAKEN_OVER: sentence("上级接过回访"),
    Kind.WITHDRAWN: sentence("评价人改为好评"),
    Kind.REMINDED: sentence("回访时限过半提醒"),
    Kind.BECAME_LATE: sentence("回访超时"),
}
KIND_OF_ACTION = {
    Action.CONTACT: Kind.CONTACTED,
    Action.FIND: Kind.FOUND,
    Action.RECTIFY: Kind.RECTIFIED,
    Action.REVIEW: Kind.REVIEWED,
    Action.APPEAL: Kind.APPEALED,
    Action.TAKE_OVER: Kind.TAKEN_OVER,
}
INTERNAL = frozenset({Kind.REVIEWED, Kind.REVIEW_FAILED, Kind.REMINDED, Kind.BECAME_LATE})  # not for the rater


class Audience(StrEnum):
    ASSIGNED = "assigned"
    ABOVE = "above"  # the next filled seat above the assigned one
    RATER = "rater"


NOTICES: dict[Kind, tuple[tuple[Audience, str], ...]] = {
    Kind.OPENED: (
        (Audience.ASSIGNED, sentence("工单{number}收到差评，请回访")),
        (Audience.RATER, sentence("您对{number}的差评已转上一级回访")),
    ),
    Kind.APPEALED: ((Audience.ASSIGNED, sentence("评价人对{number}的回访结果提出申诉，请重新认定")),),
    Kind.TAKEN_OVER: ((Audience.RATER, sentence("{number}的回访已由上级接过")),),
    Kind.WITHDRAWN: ((Audience.ASSIGNED, sentence("{number}的评价人已改为好评，仍请联系")),),
    Kind.REVIEW_FAILED: ((Audience.ASSIGNED, sentence("{number}的恶意差评认定未通过复核，请重新认定")),),
    Kind.REMINDED: ((Audience.ASSIGNED, sentence("{number}的回访（{due}）时限已过半")),),
    Kind.BECAME_LATE: (
        (Audience.ASSIGNED, sentence("{number}的回访（{due}）已超时")),
        (Audience.ABOVE, sentence("下级对{number}的回访（{due}）已超时")),
    ),
}
RESULT_NOTICE = sentence("{number}的回访结果：{outcome}")  # to the rater, whichever step ended it
