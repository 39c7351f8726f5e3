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
    Action.MERGE: EventKind.MERGED,
    Action.UNMERGE: EventKind.UNMERGED,
    Action.CHECK: EventKind.RECHECKED,
    Action.CONFIRM: EventKind.CONFIRMED,
}

# Where one action is recorded in several ways, by the claim of its row.
EVENT_OF_CLAIM = {
    "failed": EventKind.VERIFICATION_FAILED,
    "failed_instead": EventKind.VERIFICATION_FAILED,
    "recheck_passes": EventKind.RECHECKED,
    "recheck_fails": EventKind.RECHECK_FAILED,
    "neighbours_suffice": EventKind.CONFIRMED_BY_NEIGHBOURS,
    "neighbour_denies": EventKind.VERIFICATION_FAILED,
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
        EventKind.CONFIRMED,
        EventKind.CONFIRMED_BY_NEIGHBOURS,
    }
)
