"""What happened to a whistle, and who is told of it: kinds, their names, and one table kind → audience → sentence."""

from enum import StrEnum

from reporter.domain.errors import sentence
from reporter.domain.whistles import Action, Turn


class WhistleEventKind(StrEnum):
    BLOWN = "blown"
    SIGNED_IN = "signed_in"
    FED_BACK = "fed_back"
    NO_SHOW = "no_show"
    FEEDBACK_MISSED = "feedback_missed"
    SUMMED_UP = "summed_up"
    RATED = "rated"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    NOTED = "noted"


EVENT_NAMES = {
    WhistleEventKind.BLOWN: sentence("吹哨"),
    WhistleEventKind.SIGNED_IN: sentence("报到"),
    WhistleEventKind.FED_BACK: sentence("反馈"),
    WhistleEventKind.NO_SHOW: sentence("到时未到，已报区"),
    WhistleEventKind.FEEDBACK_MISSED: sentence("到时未反馈，已报区"),
    WhistleEventKind.SUMMED_UP: sentence("总结"),
    WhistleEventKind.RATED: sentence("评价单位"),
    WhistleEventKind.CLOSED: sentence("结束哨单"),
    WhistleEventKind.WITHDRAWN: sentence("撤回哨单"),
    WhistleEventKind.NOTED: sentence("备注"),
}

EVENT_OF_ACTION = {
    Action.SIGN_IN: WhistleEventKind.SIGNED_IN,
    Action.FEED_BACK: WhistleEventKind.FED_BACK,
    Action.SUM_UP: WhistleEventKind.SUMMED_UP,
    Action.RATE: WhistleEventKind.RATED,
    Action.CLOSE: WhistleEventKind.CLOSED,
    Action.WITHDRAW: WhistleEventKind.WITHDRAWN,
    Action.NOTE: WhistleEventKind.NOTED,
    Action.NO_SHOW: WhistleEventKind.NO_SHOW,
    Action.MISS_FEEDBACK: WhistleEventKind.FEEDBACK_MISSED,
}


class Audience(StrEnum):
    UNITS = "units"  # all that were called
    UNIT = "unit"  # the one the event is about
    LEAD = "lead"
    WHISTLER = "whistler"  # who acts for the seat that blew it
    DISTRICT = "district"  # who acts for the district, or above it


Notices = tuple[tuple[Audience, str], ...]

NOTICES: dict[WhistleEventKind, Notices] = {
    WhistleEventKind.BLOWN: ((Audience.UNITS, sentence("{whistler}吹哨{number}（{kind}）：请于{due}前到{place}报到")),),
    WhistleEventKind.SIGNED_IN: ((Audience.WHISTLER, sentence("{unit}已报到：哨单{number}")),),
    WhistleEventKind.FED_BACK: ((Audience.WHISTLER, sentence("{unit}已反馈：哨单{number}")),),
    WhistleEventKind.NO_SHOW: (
        (Audience.UNIT, sentence("哨单{number}到时未报到，已报区；请尽快到场")),
        (Audience.WHISTLER, sentence("{unit}到时未报到：哨单{number}，已报区")),
        (Audience.DISTRICT, sentence("{unit}到时未报到：{whistler}的哨单{number}")),
    ),
    WhistleEventKind.FEEDBACK_MISSED: (
        (Audience.UNIT, sentence("哨单{number}到时未反馈，已报区；请尽快反馈")),
        (Audience.WHISTLER, sentence("{unit}到时未反馈：哨单{number}，已报区")),
        (Audience.DISTRICT, sentence("{unit}到时未反馈：{whistler}的哨单{number}")),
    ),
    WhistleEventKind.SUMMED_UP: ((Audience.WHISTLER, sentence("哨单{number}已总结，请评价各单位")),),
    WhistleEventKind.RATED: ((Audience.UNIT, sentence("{whistler}评价了您单位在哨单{number}的表现")),),
    WhistleEventKind.CLOSED: ((Audience.UNITS, sentence("哨单{number}已结束")),),
    WhistleEventKind.WITHDRAWN: ((Audience.UNITS, sentence("哨单{number}已撤回，不必再到场")),),
}

# Told besides when the turn passes to somebody with the event.
TURN_NOTICES: dict[Turn, Notices] = {
    Turn.LEAD: ((Audience.LEAD, sentence("哨单{number}各单位都已答复，请牵头总结")),),
    Turn.WHISTLER: ((Audience.WHISTLER, sentence("哨单{number}等您处理")),),
}
