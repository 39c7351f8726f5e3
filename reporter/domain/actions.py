"""What can be done with a ticket: actions, their reasons and the sentences that ask for their fields."""

from enum import StrEnum

from reporter.domain.errors import sentence


class Action(StrEnum):
    """Every action of the interface; those without a row in the table answer ``action_not_offered``."""

    ACCEPT = "accept"
    CHECK = "check"
    DISPATCH = "dispatch"
    REASSIGN = "reassign"
    REVOKE = "revoke"
    TAKE = "take"
    RESPOND = "respond"
    SOLVE = "solve"
    VERIFY = "verify"
    ESCALATE = "escalate"
    RETURN = "return"
    REJECT = "reject"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    HOLD = "hold"
    RESUME = "resume"
    REQUEST_EXTENSION = "request_extension"
    APPROVE_EXTENSION = "approve_extension"
    SUPERVISE = "supervise"
    NOTE = "note"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    FORCE_CLOSE = "force_close"
    VOID = "void"
    APPROVE_HOLD = "approve_hold"
    REPLY = "reply"
    RELOCATE = "relocate"  # 回格: it belongs to another area
    CONFIRM = "confirm"  # by POST …/confirmations only


ACTION_NAMES = {
    Action.ACCEPT: sentence("立案"),
    Action.DISPATCH: sentence("派单"),
    Action.TAKE: sentence("接单"),
    Action.RESPOND: sentence("到场响应"),
    Action.SOLVE: sentence("办结反馈"),
    Action.VERIFY: sentence("核实"),
    Action.ESCALATE: sentence("上报上级"),
    Action.RETURN: sentence("退回"),
    Action.REJECT: sentence("不予受理"),
    Action.WITHDRAW: sentence("撤回"),
    Action.REOPEN: sentence("要求重办"),
    Action.NOTE: sentence("备注"),
    Action.CHECK: sentence("核查"),
    Action.APPEAL: sentence("申请复核"),
    Action.HOLD: sentence("挂起"),
    Action.APPROVE_HOLD: sentence("审批挂起"),
    Action.RESUME: sentence("恢复办理"),
    Action.REQUEST_EXTENSION: sentence("申请延期"),
    Action.APPROVE_EXTENSION: sentence("审批延期"),
    Action.SUPERVISE: sentence("督办"),
    Action.REPLY: sentence("回复督办"),
    Action.FORCE_CLOSE: sentence("强制结案"),
    Action.VOID: sentence("作废"),
    Action.REVOKE: sentence("撤回派单"),
    Action.REASSIGN: sentence("改派"),
    Action.SPLIT: sentence("拆分会办"),
    Action.RELOCATE: sentence("改划网格"),
    Action.MERGE: sentence("合并"),
    Action.UNMERGE: sentence("拆出"),
    Action.CHECK: sentence("核查"),
    Action.CONFIRM: sentence("邻居确认"),
}

REJECT_REASONS = {
    "not_in_scope": sentence("不属于受理范围"),
    "not_found_on_site": sentence("现场没有发现"),
    "cannot_be_located": sentence("找不到位置"),
    "duplicate": sentence("重复上报"),
    "private_matter": sentence("属于私人事务"),
    "in_court_or_petition": sentence("已进入诉讼或信访渠道"),
    "insufficient_facts": sentence("两次补充后事实仍不清"),
}
RETURN_REASONS = {
    "not_my_area": sentence("不在我的责任区"),
    "not_my_duty": sentence("不是我的职责"),
    "wrong_category": sentence("类别不对"),
    "needs_department": sentence("需要职能部门处理"),
    "cannot_reach": sentence("无法到场"),
    "other": sentence("其他原因"),
}

HOLD_REASONS = {
    "needs_budget": sentence("需要经费"),
    "season": sentence("受季节限制"),
    "litigation": sentence("涉及诉讼"),
    "awaiting_owner": sentence("等待权属单位"),
    "awaiting_other_project": sentence("等待其他工程"),
}
SUPERVISE_REASONS = {
    "overdue": sentence("超期督办"),
    "leader": sentence("领导督办"),
    "important": sentence("重要事项督办"),
}

# which codes the field ``reason_code`` of a step may have
REASON_CODES = {
    Action.REJECT: REJECT_REASONS,
    Action.RETURN: RETURN_REASONS,
    Action.HOLD: HOLD_REASONS,
    Action.SUPERVISE: SUPERVISE_REASONS,
}

FIELD_SENTENCES = {
    "category": sentence("请选择类别"),
    "note": sentence("请写明情况"),
    "photo_ids": sentence("请附上照片"),
    "passed": sentence("请说明是否通过"),
    "to": sentence("请选择派给谁"),
    "reason": sentence("请写明原因"),
    "reason_code": sentence("请选择原因"),
    "text": sentence("请写备注内容"),
    "found": sentence("请说明现场是否属实"),
    "until": sentence("请写明挂起到哪一天"),
    "granted": sentence("请说明是否同意"),
    "card": sentence("请选择黄牌或红牌"),
    "parts": sentence("请写明拆成哪几份"),
    "area": sentence("请选择应属的区域"),
    "suggested_area": sentence("请选择应属的区域"),
    "into": sentence("请写并入哪个工单"),
    "fixed": sentence("请说明修好了没有"),
}


def reason_name(code: str) -> str:
    """The sentence of a reason code of any action, empty for a strange one."""
    return next((codes[code] for codes in REASON_CODES.values() if code in codes), "")
