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
    COMMUNITY_UP = "community_up"  # the next filled seat from the community, which may grant a hold
    STREET_UP = "street_up"  # the same from the street: first to decide an extension or an appeal
    DISTRICT_UP = "district_up"  # the same from the district: second
    ABOVE_ACTOR = "above_actor"  # the next filled seat above whoever did it
    BEFORE = "before"  # whoever had the ball until the event
    COPIED = "copied"  # community (severity 4) and street too (emergencies), and whom a routing rule copies


@dataclass(frozen=True, slots=True)
class Template:
    audience: Audience
    text: str


INVITED = sentence("{number}已办结，还没有您的评价，{until}前都可以评")  # no event: the worker's reminder

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
    EventKind.CHECK_STARTED: (Template(Audience.HOLDER, sentence("请到现场核查{number}：{category}")),),
    EventKind.CHECKED: (Template(Audience.HOLDER, sentence("{number}核查属实，请受理")),),
    EventKind.NOT_FOUND: (Template(Audience.SUBMITTERS, sentence("您的报事{number}不予受理：{reason}")),),
    EventKind.CHECK_LATE: (Template(Audience.ONE_ABOVE, sentence("工单{number}核查超时")),),
    EventKind.APPEALED: (
        Template(Audience.HOLDER, sentence("群众对不予受理申请复核：{number}")),
        Template(Audience.ACCOUNTABLE, sentence("群众对不予受理申请复核：{number}")),
    ),
    EventKind.HOLD_REQUESTED: (Template(Audience.COMMUNITY_UP, sentence("工单{number}申请挂起，请审批")),),
    EventKind.HOLD_REFUSED: (Template(Audience.HOLDER, sentence("工单{number}的挂起申请没有同意")),),
    EventKind.HELD: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}暂时挂起，预计{until}恢复办理：{reason}")),
        Template(Audience.HOLDER, sentence("工单{number}已挂起，到{until}自动恢复")),
    ),
    EventKind.RESUMED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已恢复办理")),
        Template(Audience.HOLDER, sentence("工单{number}已恢复办理")),
    ),
    EventKind.EXTENSION_REQUESTED: (Template(Audience.STREET_UP, sentence("工单{number}申请延期，请审批")),),
    EventKind.EXTENSION_ENDORSED: (
        Template(Audience.HOLDER, sentence("工单{number}的延期申请已报区审批")),
        Template(Audience.DISTRICT_UP, sentence("工单{number}申请延期，请审批")),
    ),
    EventKind.EXTENSION_GRANTED: (
        Template(Audience.HOLDER, sentence("工单{number}已同意延期")),
        Template(Audience.STREET_UP, sentence("工单{number}已同意延期")),
    ),
    EventKind.EXTENSION_REFUSED: (
        Template(Audience.HOLDER, sentence("工单{number}的延期申请没有同意")),
        Template(Audience.STREET_UP, sentence("工单{number}的延期申请没有同意")),
    ),
    EventKind.SUPERVISED: (Template(Audience.HOLDER, sentence("工单{number}收到黄牌督办，请限时回复")),),
    EventKind.RED_CARD: (
        Template(Audience.HOLDER, sentence("工单{number}收到红牌督办，请限时回复")),
        Template(Audience.ABOVE_ACTOR, sentence("下级对工单{number}发出红牌督办")),
    ),
    EventKind.FORCE_CLOSED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已强制结案：{reason}")),
        Template(Audience.ACCOUNTABLE, sentence("工单{number}已强制结案")),
    ),
    EventKind.VOIDED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已作废：{reason}")),
        Template(Audience.ACCOUNTABLE, sentence("工单{number}已作废")),
    ),
    EventKind.OVERDUE_APPEALED: (Template(Audience.STREET_UP, sentence("工单{number}有超期申诉，请审查")),),
    EventKind.OVERDUE_APPEAL_ENDORSED: (
        Template(Audience.HOLDER, sentence("工单{number}的超期申诉已报区审查")),
        Template(Audience.DISTRICT_UP, sentence("工单{number}有超期申诉，请审查")),
    ),
    EventKind.OVERDUE_APPEAL_UPHELD: (Template(Audience.HOLDER, sentence("工单{number}的超期申诉成立")),),
    EventKind.OVERDUE_APPEAL_DISMISSED: (Template(Audience.HOLDER, sentence("工单{number}的超期申诉不成立")),),
    EventKind.ACCEPTANCE_LATE: (Template(Audience.ONE_ABOVE, sentence("下级工单{number}立案超时")),),
    EventKind.DISPATCH_LATE: (Template(Audience.ONE_ABOVE, sentence("下级工单{number}派遣超时")),),
    EventKind.CLOCK_RECOMPUTED: (Template(Audience.HOLDER, sentence("工单{number}的到期时间已重新计算，请查看")),),
    EventKind.REVOKED: (Template(Audience.BEFORE, sentence("工单{number}已被{holder}撤回")),),
    EventKind.REASSIGNED: (
        Template(Audience.HOLDER, sentence("新派工单{number}：{category}")),
        Template(Audience.BEFORE, sentence("工单{number}已改派给{holder}")),
    ),
    EventKind.PART_ENDED: (Template(Audience.HOLDER, sentence("{number}的子工单{part}已结束")),),
    EventKind.RELOCATED: (
        Template(Audience.HOLDER, sentence("工单{number}改划到您的责任区：{category}")),
        Template(Audience.ACCOUNTABLE, sentence("工单{number}改划到您的网格")),
    ),
    EventKind.MERGED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}与{main}是同一件事，已合并办理，请看{main}的进展")),
    ),
    EventKind.UNMERGED: (
        Template(Audience.SUBMITTERS, sentence("您的报事{number}已单独办理，现由{holder}办理")),
        Template(Audience.HOLDER, sentence("工单{number}已从合并中拆出，请办理")),
    ),
    EventKind.ABSORBED: (Template(Audience.HOLDER, sentence("工单{follower}并入{number}，请一并办理")),),
    EventKind.RELEASED: (Template(Audience.HOLDER, sentence("工单{follower}已从{number}拆出")),),
    EventKind.RECHECK_ORDERED: (Template(Audience.COMMUNITY_UP, sentence("即办即结工单{number}的照片有疑点，请复核")),),
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
