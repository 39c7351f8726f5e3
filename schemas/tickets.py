"""Shapes of tickets: one, a list, its events, and the steps taken with it."""

from marshmallow import Schema, fields

from reporter.domain.actions import Action
from reporter.domain.coordinates import Datum
from reporter.domain.figures import Figure
from schemas.asides import Beside, BesideListed
from schemas.base import (
    CoordinateQuery,
    Flag,
    LocationOut,
    Moment,
    Paging,
    Shape,
    Text,
    Whole,
    between,
    length,
    one_of,
)
from schemas.clocks import ClockOut, LevelSeconds
from schemas.evidence import ResultPhoto
from schemas.holders import ChainLink, Holder
from schemas.merging import MainTicket, Similar
from schemas.ratings import Answers, Five, RatingOut
from schemas.reports import MOST_PHOTOS, Emergency, PhotoOut
from schemas.splits import PartOf, Related, Split
from schemas.whistle_briefs import WhistleBrief

SORTS = ("-received_at", "received_at", "due_at", "-due_at", "severity", "-severity")


class Reason(Schema):
    code = fields.String()
    text = fields.String()


class HopOut(Schema):
    seq = fields.Integer()
    holder = fields.Nested(Holder)
    via = fields.String()
    reason = fields.String()
    reasons = fields.List(fields.Nested(Reason))
    started_at = Moment()
    ended_at = Moment(allow_none=True)
    seconds = fields.Integer(metadata={"description": "wall clock; all hops together are the ticket's whole time"})
    overdue_here = fields.Boolean()
    response_missed = fields.Boolean()
    false_closing = fields.Boolean(metadata={"description": "said solved here; the re-check found it was not"})
    considered = fields.List(fields.Dict(), metadata={"description": "for staff: all that routing considered"})


class Field(Schema):
    name = fields.String()
    required = fields.Boolean()
    choices = fields.List(fields.Dict(), allow_none=True)


class ActionOut(Schema):
    action = fields.String()
    name = fields.String()
    fields_ = fields.List(fields.Nested(Field), data_key="fields", attribute="fields")


class Category(Schema):
    code = fields.String()
    name = fields.String()


class Condition(Schema):
    no = fields.Integer()
    text = fields.String()
    close_condition = fields.String()
    guard = fields.Boolean()


class Submitter(Schema):
    role = fields.String()
    name = fields.String(allow_none=True, metadata={"description": "masked"})
    on_behalf_of = fields.String(allow_none=True, metadata={"description": "masked"})


class Words(Schema):
    text = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    source = fields.String()
    submitter = fields.Nested(Submitter, allow_none=True)
    received_at = Moment()
    observed_at = Moment(allow_none=True)
    joined = fields.Boolean()
    photos = fields.List(fields.Nested(PhotoOut))


class TicketOut(Beside, Related):
    """One ticket. What the caller has no business with is absent or masked."""

    number = fields.String()
    status = fields.String()
    status_name = fields.String()
    version = fields.Integer()
    category = fields.Nested(Category)
    condition = fields.Nested(Condition)
    severity = fields.Integer()
    source = fields.String()
    received_at = Moment()
    due_at = Moment(allow_none=True)
    due_provisional = fields.Boolean()
    response_due_at = Moment(allow_none=True)
    responded_at = Moment(allow_none=True)
    overdue = fields.Boolean()
    closed_at = Moment(allow_none=True)
    area_code = fields.String()
    place = fields.String(metadata={"description": "in words, for people"})
    flags = fields.List(fields.String())
    location = fields.Nested(LocationOut)
    chain = fields.List(fields.Nested(ChainLink))
    holder = fields.Nested(Holder, allow_none=True)
    reason = fields.String(metadata={"description": "why this holder"})
    accountable = fields.Nested(Holder, allow_none=True)
    hops = fields.List(fields.Nested(HopOut))
    level_seconds = fields.List(fields.Nested(LevelSeconds))
    clocks = fields.List(fields.Nested(ClockOut))
    actions = fields.List(fields.Nested(ActionOut))
    reports = fields.List(fields.Nested(Words))
    photos_after = fields.List(fields.Nested(ResultPhoto))
    merged_into = fields.Nested(MainTicket, allow_none=True)
    merged = fields.List(fields.String(), metadata={"description": "numbers of what is merged into it, for staff"})
    joins = fields.Integer()
    whistles = fields.List(
        fields.Nested(WhistleBrief), metadata={"description": "blown for it, for those who see them"}
    )
    reworks = fields.Integer()
    emergency = fields.Nested(Emergency, allow_none=True)
    rating = fields.Nested(RatingOut, allow_none=True)
    may_rate = fields.Boolean()
    five = fields.Nested(Five, metadata={"description": "五连问"})
    synthetic = fields.Boolean(metadata={"description": "示意数据，非真实边界"})


class ReceiptOut(TicketOut):
    """What a submitter gets back: the ticket, and whether this report joined one that was there."""

    joined = fields.Boolean()
    similar = fields.List(fields.Nested(Similar))
    report = fields.Dict(metadata={"description": "{id, received_at} of this report"})


class TicketListItem(BesideListed, PartOf):
    number = fields.String()
    status = fields.String()
    status_name = fields.String()
    category = fields.Nested(Category)
    severity = fields.Integer()
    received_at = Moment()
    due_at = Moment(allow_none=True)
    overdue = fields.Boolean()
    at_risk = fields.Boolean()
    area_code = fields.String()
    area_name = fields.String()
    address = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    holder = fields.Nested(Holder, allow_none=True)
    location = fields.Nested(LocationOut)
    joins = fields.Integer()
    thumbnail_url = fields.String(allow_none=True)
    joined = fields.Boolean()
    may_rate = fields.Boolean()
    merged_into = fields.Nested(MainTicket, allow_none=True)


class TicketList(Schema):
    items = fields.List(fields.Nested(TicketListItem))
    next_cursor = fields.String(allow_none=True)


class TicketQuery(Paging):
    area = Text(validate=length(24))
    status = Text(validate=length(200), metadata={"description": "several by commas; also open, ended"})
    category = Text(validate=length(20))
    holder = Text(validate=length(60), metadata={"description": "me, seat:AREA_CODE or department:CODE"})
    overdue = fields.Boolean()
    owes_reply = fields.Boolean(metadata={"description": "a card is open; with holder=me: the cards I owe"})
    severity = fields.Integer(validate=between(1, 4))
    q = Text(validate=length(60, 1))
    created_from = Text(validate=length(40), metadata={"description": "date or RFC 3339, inclusive"})
    created_to = Text(validate=length(40), metadata={"description": "date (inclusive) or RFC 3339 (exclusive)"})
    bbox = Text(validate=length(120), metadata={"description": "min_lng,min_lat,max_lng,max_lat"})
    coord_type = Text(
        load_default="wgs84", validate=one_of(Datum), metadata={"description": "of bbox, and of the points answered"}
    )
    sort = Text(load_default="-received_at", validate=one_of(SORTS))
    recheck = fields.Boolean(metadata={"description": "closed at once and waiting for a re-check"})
    figure = Text(validate=one_of(Figure), metadata={"description": "the tickets a dashboard figure counts"})
    from_ = Text(data_key="from", validate=length(40), metadata={"description": "period of the figure"})
    directly = fields.Boolean(metadata={"description": "only what lies in the area but in none of its children"})
    to = Text(validate=length(40))
    charged = Text(validate=length(40), metadata={"description": "who had it when its limit ran out, as in holder"})


class NearbyQuery(CoordinateQuery):
    category = Text(validate=length(20))


class DatumQuery(Shape):
    coord_type = Text(load_default="wgs84", validate=one_of(Datum), metadata={"description": "of the answer"})


class Step(Answers, Split):
    """A step with its fields; which of them an action needs, the ticket's ``actions`` say."""

    action = Text(required=True, validate=one_of(Action))
    note = Text(allow_none=True, validate=length(1000))
    text = Text(allow_none=True, validate=length(1000))
    reason = Text(allow_none=True, validate=length(500))
    reason_code = Text(allow_none=True, validate=length(40))
    photo_ids = fields.List(fields.UUID(), allow_none=True, validate=length(MOST_PHOTOS))
    category = Text(allow_none=True, validate=length(20))
    condition = Whole(allow_none=True)
    to = Text(allow_none=True, validate=length(60))
    passed = Flag(allow_none=True)
    found = Flag(allow_none=True)
    fixed = Flag(allow_none=True)
    granted = Flag(allow_none=True)
    until = Text(allow_none=True, validate=length(40))
    card = Text(allow_none=True, validate=length(20))
    into = Text(allow_none=True, validate=length(24))
    area = Text(allow_none=True, validate=length(24))
    suggested_area = Text(allow_none=True, validate=length(24))


class EventOut(Schema):
    seq = fields.Integer()
    kind = fields.String()
    name = fields.String()
    at = Moment()
    actor = fields.Nested(Holder, allow_none=True)
    status = fields.String()
    status_name = fields.String()
    data = fields.Dict()
    photos = fields.List(fields.Nested(PhotoOut))


class EventList(Schema):
    items = fields.List(fields.Nested(EventOut))
