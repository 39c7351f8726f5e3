"""Who is told what: one table event → audience → sentence.

A sentence's braces are filled from the event when the message is shown. Channels, quotas and quiet
hours are the worker's business (``services/messages.py``).
"""

from dataclasses import dataclass
from enum import StrEnum

from reporter.domain.errors import sentence
from reporter.domain.events import EventKind


class Audience(StrEnum):
    SUBMITTERS = "submitters"  # everybody who reported or joined
    HOLDER = "holder"  # whoever has the ball after the event
    ONE_ABOVE = "one_above"  # the next filled seat above the holder
    ACCOUNTABLE = "accountable"
    CHECKERS = "checkers"  # whoever acts for the community, or the next filled seat above it
    COPIED = "copied"  # community (severity 4) and street too (emergencies)


@dataclass(frozen=True, slots=True)
class Template:
    audience: Audience
    text: str


NOTICES: dict[EventKind, tuple[Template, ...]] = {
    EventKind.FILED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已收到，现由{holder}办理")),
        Template(Audience.HOLDER, sentence("新工单{number}：{category}")),
        Template(Audience.COPIED, sentence("抄送：{number} {category}，由{holder}办理")),
    ),
    EventKind.JOINED: (Template(Audience.HOLDER, sentence("{number}又有一人反映")),),
    EventKind.ACCEPTED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已立案，现由{holder}办理")),
        Template(Audience.HOLDER, sentence("新工单{number}：{category}")),
        Template(Audience.COPIED, sentence("抄送：{number} {category}，由{holder}办理")),
    ),
    EventKind.DISPATCHED: (Template(Audience.HOLDER, sentence("新派工单{number}：{category}")),),
    EventKind.TAKEN: (Template(Audience.SUBMITTERS, sentence("{holder}已接单：{number}")),),
    EventKind.RESPONDED: (Template(Audience.SUBMITTERS, sentence("{number}已有人到场，正在处理")),),
    EventKind.SOLVED: (Template(Audience.HOLDER, sentence("{number}已处理，请核实")),),
    EventKind.CLOSED_AT_ONCE: (Template(Audience.SUBMITTERS, sentence("{number}已办结，请评价")),),
    EventKind.VERIFIED: (Template(Audience.SUBMITTERS, sentence("{number}已修好并核实结案，请评价")),),
    EventKind.VERIFICATION_FAILED: (Template(Audience.HOLDER, sentence("{number}核实未通过，请返工")),),
    EventKind.ESCALATED: (Template(Audience.HOLDER, sentence("下级上报工单{number}：{category}")),),
    EventKind.RETURNED: (Template(Audience.HOLDER, sentence("工单{number}被退回，请重新安排")),),
    EventKind.REJECTED: (Template(Audience.SUBMITTERS, sentence("您的报事{number}不予受理：{reason}")),),
    EventKind.REOPENED: (
        Template(Audience.HOLDER, sentence("群众要求重办工单{number}")),
        Template(Audience.ACCOUNTABLE, sentence("工单{number}被要求重办")),
    ),
    EventKind.REMINDED: (Template(Audience.HOLDER, sentence("工单{number}时限已过半")),),
    EventKind.BECAME_AT_RISK: (Template(Audience.HOLDER, sentence("工单{number}即将超期")),),
    EventKind.BECAME_OVERDUE: (
        Template(Audience.HOLDER, sentence("工单{number}已超期")),
        Template(Audience.ONE_ABOVE, sentence("下级工单{number}已超期")),
    ),
    EventKind.CLIMBED: (Template(Audience.HOLDER, sentence("工单{number}响应超时，已自动转给您")),),
    EventKind.RESPONSE_MISSED: (Template(Audience.ONE_ABOVE, sentence("下级工单{number}响应超时")),),
    EventKind.VERIFICATION_LATE: (Template(Audience.ONE_ABOVE, sentence("工单{number}核实超时")),),
    EventKind.MERGED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}与{main}是同一件事，已合并办理，请看{main}的进展")),
    ),
    EventKind.UNMERGED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已单独办理，现由{holder}办理")),
        Template(Audience.HOLDER, sentence("工单{number}已从合并中拆出，请办理")),
    ),
    EventKind.ABSORBED: (Template(Audience.HOLDER, sentence("工单{follower}并入{number}，请一并办理")),),
    EventKind.RELEASED: (Template(Audience.HOLDER, sentence("工单{follower}已从{number}拆出")),),
    EventKind.RECHECK_ORDERED: (Template(Audience.CHECKERS, sentence("即办即结工单{number}的照片有疑点，请复核")),),
    EventKind.RECHECK_FAILED: (
        Template(Audience.HOLDER, sentence("工单{number}复核不属实，请重新办理")),
        Template(Audience.SUBMITTERS, sentence("{number}复核发现没有办好，已重新办理")),
    ),
    EventKind.CONFIRMED: (Template(Audience.HOLDER, sentence("有邻居确认{number}已修好")),),
    EventKind.CONFIRMED_BY_NEIGHBOURS: (
        Template(Audience.SUBMITTERS, sentence("{number}已由邻居确认修好并结案，请评价")),
        Template(Audience.ACCOUNTABLE, sentence("{number}已由邻居确认修好并结案")),
    ),
    EventKind.DEMAND_GREW: (
        Template(Audience.HOLDER, sentence("{number}已有{joins}人反映，请优先办理")),
        Template(Audience.ONE_ABOVE, sentence("下级工单{number}已有{joins}人反映")),
    ),
}
