"""What happened to a ticket: one append-only list that timeline, messages and figures all read.

A kind is past tense; a step of the lifecycle is recorded under its action's past tense. What an event
carries besides is JSON in ``data``; personal details never are.
"""

from enum import StrEnum

from reporter.domain.actions import Action
from reporter.domain.errors import sentence


class EventKind(StrEnum):
    FILED = "filed"
    JOINED = "joined"
    PHOTOS_ADDED = "photos_added"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    TAKEN = "taken"
    RESPONDED = "responded"
    SOLVED = "solved"
    CLOSED_AT_ONCE = "closed_at_once"
    VERIFIED = "verified"
    VERIFICATION_FAILED = "verification_failed"
    ESCALATED = "escalated"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    NOTED = "noted"
    RATED = "rated"
    REMINDED = "reminded"
    BECAME_AT_RISK = "became_at_risk"
    BECAME_OVERDUE = "became_overdue"
    CLIMBED = "climbed"
    RESPONSE_MISSED = "response_missed"
    VERIFICATION_LATE = "verification_late"
    CHECK_STARTED = "check_started"
    CHECKED = "checked"
    NOT_FOUND = "not_found"
    CHECK_LATE = "check_late"
    APPEALED = "appealed"
    HOLD_REQUESTED = "hold_requested"
    HOLD_REFUSED = "hold_refused"
    HELD = "held"
    RESUMED = "resumed"
    EXTENSION_REQUESTED = "extension_requested"
    EXTENSION_ENDORSED = "extension_endorsed"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    SUPERVISED = "supervised"
    RED_CARD = "red_card"
    REPLIED = "replied"
    FORCE_CLOSED = "force_closed"
    VOIDED = "voided"
    OVERDUE_APPEALED = "overdue_appealed"
    OVERDUE_APPEAL_ENDORSED = "overdue_appeal_endorsed"
    OVERDUE_APPEAL_UPHELD = "overdue_appeal_upheld"
    OVERDUE_APPEAL_DISMISSED = "overdue_appeal_dismissed"
    ACCEPTANCE_LATE = "acceptance_late"
    DISPATCH_LATE = "dispatch_late"
    CLOCK_RECOMPUTED = "clock_recomputed"
    REVOKED = "revoked"
    REASSIGNED = "reassigned"
    SPLIT = "split"
    PART_ENDED = "part_ended"
    RELOCATED = "relocated"
    MERGED = "merged"
    UNMERGED = "unmerged"
    ABSORBED = "absorbed"  # another ticket was merged into this one
    RELEASED = "released"  # and taken out again
    RECHECK_ORDERED = "recheck_ordered"
    RECHECKED = "rechecked"
    RECHECK_FAILED = "recheck_failed"
    CONFIRMED = "confirmed"
    CONFIRMED_BY_NEIGHBOURS = "confirmed_by_neighbours"
    DEMAND_GREW = "demand_grew"


EVENT_NAMES = {
    EventKind.FILED: sentence("上报"),
    EventKind.JOINED: sentence("有人也遇到了"),
    EventKind.PHOTOS_ADDED: sentence("补充照片"),
    EventKind.ACCEPTED: sentence("立案"),
    EventKind.DISPATCHED: sentence("派单"),
    EventKind.TAKEN: sentence("接单"),
    EventKind.RESPONDED: sentence("已到场响应"),
    EventKind.SOLVED: sentence("处理完成，待核实"),
    EventKind.CLOSED_AT_ONCE: sentence("即办即结"),
    EventKind.VERIFIED: sentence("核实通过，结案"),
    EventKind.VERIFICATION_FAILED: sentence("核实未通过，返工"),
    EventKind.ESCALATED: sentence("上报上一级"),
    EventKind.RETURNED: sentence("退回"),
    EventKind.REJECTED: sentence("不予受理"),
    EventKind.WITHDRAWN: sentence("撤回"),
    EventKind.REOPENED: sentence("要求重办"),
    EventKind.NOTED: sentence("备注"),
    EventKind.RATED: sentence("评价"),
    EventKind.REMINDED: sentence("时限过半提醒"),
    EventKind.BECAME_AT_RISK: sentence("临近超期"),
    EventKind.BECAME_OVERDUE: sentence("已超期"),
    EventKind.CLIMBED: sentence("响应超时，自动上报"),
    EventKind.RESPONSE_MISSED: sentence("响应超时"),
    EventKind.VERIFICATION_LATE: sentence("核实超时"),
    EventKind.CHECK_STARTED: sentence("安排核查"),
    EventKind.CHECKED: sentence("核查属实"),
    EventKind.NOT_FOUND: sentence("核查未发现，不予受理"),
    EventKind.CHECK_LATE: sentence("核查超时"),
    EventKind.APPEALED: sentence("申请复核，重新受理"),
    EventKind.HOLD_REQUESTED: sentence("申请挂起"),
    EventKind.HOLD_REFUSED: sentence("不同意挂起"),
    EventKind.HELD: sentence("挂起"),
    EventKind.RESUMED: sentence("恢复办理"),
    EventKind.EXTENSION_REQUESTED: sentence("申请延期"),
    EventKind.EXTENSION_ENDORSED: sentence("街道同意延期，报区审批"),
    EventKind.EXTENSION_GRANTED: sentence("同意延期"),
    EventKind.EXTENSION_REFUSED: sentence("不同意延期"),
    EventKind.SUPERVISED: sentence("黄牌督办"),
    EventKind.RED_CARD: sentence("红牌督办"),
    EventKind.REPLIED: sentence("回复督办"),
    EventKind.FORCE_CLOSED: sentence("强制结案"),
    EventKind.VOIDED: sentence("作废"),
    EventKind.OVERDUE_APPEALED: sentence("超期申诉"),
    EventKind.OVERDUE_APPEAL_ENDORSED: sentence("超期申诉初审同意"),
    EventKind.OVERDUE_APPEAL_UPHELD: sentence("超期申诉成立，免予考核"),
    EventKind.OVERDUE_APPEAL_DISMISSED: sentence("超期申诉不成立"),
    EventKind.ACCEPTANCE_LATE: sentence("立案超时"),
    EventKind.DISPATCH_LATE: sentence("派遣超时"),
    EventKind.CLOCK_RECOMPUTED: sentence("时限重新计算"),
    EventKind.REVOKED: sentence("撤回派单"),
    EventKind.REASSIGNED: sentence("改派"),
    EventKind.SPLIT: sentence("拆分会办"),
    EventKind.PART_ENDED: sentence("子工单已结束"),
    EventKind.RELOCATED: sentence("改划网格"),
    EventKind.MERGED: sentence("并入另一工单"),
    EventKind.UNMERGED: sentence("从合并中拆出"),
    EventKind.ABSORBED: sentence("另一工单并入"),
    EventKind.RELEASED: sentence("并入的工单已拆出"),
    EventKind.RECHECK_ORDERED: sentence("列入复核"),
    EventKind.RECHECKED: sentence("复核属实"),
    EventKind.RECHECK_FAILED: sentence("复核不属实，重新办理"),
    EventKind.CONFIRMED: sentence("邻居确认已修好"),
    EventKind.CONFIRMED_BY_NEIGHBOURS: sentence("邻居共同确认，结案"),
    EventKind.DEMAND_GREW: sentence("反映的人增多"),
}

EVENT_OF_ACTION = {
    Action.ACCEPT: EventKind.ACCEPTED,
    Action.DISPATCH: EventKind.DISPATCHED,
    Action.TAKE: EventKind.TAKEN,
    Action.RESPOND: EventKind.RESPONDED,
    Action.SOLVE: EventKind.SOLVED,
    Action.VERIFY: EventKind.VERIFIED,
    Action.ESCALATE: EventKind.ESCALATED,
    Action.RETURN: EventKind.RETURNED,
    Action.REJECT: EventKind.REJECTED,
    Action.WITHDRAW: EventKind.WITHDRAWN,
    Action.REOPEN: EventKind.REOPENED,
    Action.NOTE: EventKind.NOTED,
    Action.RELOCATE: EventKind.RELOCATED,
    Action.REVOKE: EventKind.REVOKED,
    Action.REASSIGN: EventKind.REASSIGNED,
    Action.SPLIT: EventKind.SPLIT,
    Action.CHECK: EventKind.CHECK_STARTED,
    Action.APPEAL: EventKind.APPEALED,
    Action.HOLD: EventKind.HELD,
    Action.APPROVE_HOLD: EventKind.HELD,
    Action.RESUME: EventKind.RESUMED,
    Action.REQUEST_EXTENSION: EventKind.EXTENSION_REQUESTED,
    Action.APPROVE_EXTENSION: EventKind.EXTENSION_GRANTED,
    Action.SUPERVISE: EventKind.SUPERVISED,
    Action.REPLY: EventKind.REPLIED,
    Action.FORCE_CLOSE: EventKind.FORCE_CLOSED,
    Action.VOID: EventKind.VOIDED,
    Action.MERGE: EventKind.MERGED,
    Action.UNMERGE: EventKind.UNMERGED,
    Action.CONFIRM: EventKind.CONFIRMED,
}

# rows of an action that are told under another name, by the row's claim
EVENT_OF_ROW = {
    (Action.CHECK, "found"): EventKind.CHECKED,
    (Action.CHECK, "not_found"): EventKind.NOT_FOUND,
    (Action.HOLD, "may_ask_to_hold"): EventKind.HOLD_REQUESTED,
    (Action.SUPERVISE, "red_card"): EventKind.RED_CARD,
    (Action.APPROVE_HOLD, "hold_refused"): EventKind.HOLD_REFUSED,
    (Action.APPROVE_EXTENSION, "street_grants"): EventKind.EXTENSION_ENDORSED,
    (Action.APPROVE_EXTENSION, "street_refuses"): EventKind.EXTENSION_REFUSED,
    (Action.APPROVE_EXTENSION, "district_refuses"): EventKind.EXTENSION_REFUSED,
    (Action.VERIFY, "failed"): EventKind.VERIFICATION_FAILED,
    (Action.VERIFY, "failed_instead"): EventKind.VERIFICATION_FAILED,
    (Action.CHECK, "recheck_passes"): EventKind.RECHECKED,
    (Action.CHECK, "recheck_fails"): EventKind.RECHECK_FAILED,
    (Action.CONFIRM, "neighbours_suffice"): EventKind.CONFIRMED_BY_NEIGHBOURS,
    (Action.CONFIRM, "neighbour_denies"): EventKind.VERIFICATION_FAILED,
}

# Kept from submitters: what staff say among themselves, and who was slow.
INTERNAL = frozenset(
    {
        EventKind.NOTED,
        EventKind.REMINDED,
        EventKind.BECAME_AT_RISK,
        EventKind.BECAME_OVERDUE,
        EventKind.RESPONSE_MISSED,
        EventKind.VERIFICATION_LATE,
        EventKind.CHECK_LATE,
        EventKind.HOLD_REQUESTED,
        EventKind.HOLD_REFUSED,
        EventKind.EXTENSION_REQUESTED,
        EventKind.EXTENSION_ENDORSED,
        EventKind.EXTENSION_GRANTED,
        EventKind.EXTENSION_REFUSED,
        EventKind.SUPERVISED,
        EventKind.RED_CARD,
        EventKind.REPLIED,
        EventKind.OVERDUE_APPEALED,
        EventKind.OVERDUE_APPEAL_ENDORSED,
        EventKind.OVERDUE_APPEAL_UPHELD,
        EventKind.OVERDUE_APPEAL_DISMISSED,
        EventKind.ACCEPTANCE_LATE,
        EventKind.DISPATCH_LATE,
        EventKind.SPLIT,
        EventKind.PART_ENDED,
        EventKind.ABSORBED,
        EventKind.RELEASED,
        EventKind.RECHECK_ORDERED,
        EventKind.DEMAND_GREW,
    }
)

# What people do as submitters, whatever else they are: shown by role, without name and seat.
BY_SUBMITTERS = frozenset(
    {
        EventKind.FILED,
        EventKind.JOINED,
        EventKind.PHOTOS_ADDED,
        EventKind.WITHDRAWN,
        EventKind.REOPENED,
        EventKind.RATED,
        EventKind.APPEALED,
        EventKind.CONFIRMED,
        EventKind.CONFIRMED_BY_NEIGHBOURS,
    }
)
