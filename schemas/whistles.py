"""Shapes of whistles (吹哨): one, a list, its events, the steps taken with it, figures of attendance."""

from marshmallow import Schema, fields

from reporter.domain.attendance import Figure
from reporter.domain.whistles import OF_PEOPLE, Kind
from schemas.base import (
    LocationIn,
    LocationOut,
    Moment,
    Paging,
    Shape,
    Text,
    Whole,
    between,
    length,
    not_blank,
    one_of,
)
from schemas.catalogue import LifecycleOut
from schemas.dashboard import RateOut
from schemas.holders import Holder
from schemas.reports import MOST_PHOTOS, PhotoOut
from schemas.tickets import ActionOut
from schemas.whistle_briefs import WhistleBrief

MOST_UNITS = 20  # of one whistle; a district has a few dozen departments


class NewWhistle(Shape):
    client_request_id = fields.UUID(required=True, metadata={"description": "made by the client; a resend is free"})
    kind = Text(required=True, validate=one_of(Kind))
    asked = Text(required=True, validate=[length(1000, 1), not_blank], metadata={"description": "what is asked"})
    place = Text(required=True, validate=[length(200, 1), not_blank], metadata={"description": "in words"})
    lead = Text(required=True, validate=length(40, 1), metadata={"description": "code of the department that leads"})
    helpers = fields.List(Text(validate=length(40, 1)), load_default=list, validate=length(MOST_UNITS))
    ticket = Text(allow_none=True, validate=length(24, 1), metadata={"description": "number of what it is for"})
    location = fields.Nested(
        LocationIn, allow_none=True, metadata={"description": "where to come; the ticket's place when left out"}
    )
    meet_at = Moment(allow_none=True, metadata={"description": "at once when left out"})


class WhistleStep(Shape):
    """A step with its fields; which of them an action needs, the whistle's ``actions`` say."""

    action = Text(required=True, validate=one_of(sorted(OF_PEOPLE)))
    location = fields.Nested(LocationIn, allow_none=True)
    note = Text(allow_none=True, validate=length(1000))
    text = Text(allow_none=True, validate=length(1000))
    reason = Text(allow_none=True, validate=length(500))
    photo_ids = fields.List(fields.UUID(), allow_none=True, validate=length(MOST_PHOTOS))
    unit = Text(allow_none=True, validate=length(40), metadata={"description": "code of the department rated"})
    attended = Whole(allow_none=True, validate=between(1, 5))
    solved = Whole(allow_none=True, validate=between(1, 5))
    attitude = Whole(allow_none=True, validate=between(1, 5))


class WhistleQuery(Paging):
    area = Text(validate=length(24))
    status = Text(validate=length(200), metadata={"description": "several by commas; also open, ended"})
    kind = Text(validate=one_of(Kind))
    department = Text(validate=length(40), metadata={"description": "me, or the code of one that was called"})
    ticket = Text(validate=length(24))
    open_ = fields.Boolean(data_key="open")
    escalated = fields.Boolean(metadata={"description": "a unit did not come or did not feed back in time"})
    mine = fields.Boolean(load_default=False, metadata={"description": "in which it is my turn"})
    figure = Text(validate=one_of(Figure), metadata={"description": "the whistles a figure of attendance counts"})
    from_ = Text(data_key="from", validate=length(40), metadata={"description": "period of the figure"})
    to = Text(validate=length(40))


class GradesOut(Schema):
    attended = fields.Integer()
    solved = fields.Integer()
    attitude = fields.Integer()


class SignInLimit(Schema):
    value = fields.Integer()
    unit = fields.String()


class CallOut(Schema):
    unit = fields.String(metadata={"description": "code of the department"})
    unit_name = fields.String()
    lead = fields.Boolean()
    status = fields.String()
    status_name = fields.String()
    limit = fields.Nested(SignInLimit, metadata={"description": "for signing in"})
    provisional = fields.Boolean()
    sign_in_due_at = Moment()
    no_show_at = Moment(allow_none=True, metadata={"description": "stays when the unit comes late"})
    signed_in_at = Moment(allow_none=True)
    on_time = fields.Boolean(allow_none=True)
    on_site = fields.Boolean(allow_none=True, metadata={"description": "within the radius of the place"})
    distance_m = fields.Float(allow_none=True)
    away_reason = fields.String(allow_none=True)
    feedback_due_at = Moment(allow_none=True)
    feedback_missed_at = Moment(allow_none=True)
    fed_back_at = Moment(allow_none=True)
    feedback = fields.String(allow_none=True)
    rated_at = Moment(allow_none=True)
    grades = fields.Nested(
        GradesOut, allow_none=True, metadata={"description": "a called unit sees its own only, others all"}
    )


class WhistleListItem(WhistleBrief):
    version = fields.Integer()
    turn = fields.String(metadata={"description": "units, lead, whistler, nobody"})
    ticket = fields.String(allow_none=True)
    asked = fields.String()
    place = fields.String()
    meet_at = Moment(allow_none=True)
    area_code = fields.String()
    area_name = fields.String()
    blown_by = fields.Nested(Holder)
    escalated_at = Moment(allow_none=True)
    summed_up_at = Moment(allow_none=True)
    location = fields.Nested(LocationOut)
    calls = fields.List(fields.Nested(CallOut))


class WhistleOut(WhistleListItem):
    """One whistle, with the steps the caller may take now."""

    actions = fields.List(fields.Nested(ActionOut))
    synthetic = fields.Boolean(metadata={"description": "示意数据，非真实边界"})


class WhistleList(Schema):
    items = fields.List(fields.Nested(WhistleListItem))
    next_cursor = fields.String(allow_none=True)


class WhistleEventOut(Schema):
    seq = fields.Integer()
    kind = fields.String()
    name = fields.String()
    at = Moment()
    actor = fields.Nested(Holder, allow_none=True)
    unit = fields.String(allow_none=True)
    status = fields.String()
    status_name = fields.String()
    data = fields.Dict()
    photos = fields.List(fields.Nested(PhotoOut))


class WhistleEventList(Schema):
    items = fields.List(fields.Nested(WhistleEventOut))


class WhistleLives(Schema):
    """Both tables: the life of a whistle, and that of each call in it."""

    whistle = fields.Nested(LifecycleOut)
    call = fields.Nested(LifecycleOut)


class AttendanceCount(Schema):
    name = fields.String()
    value = fields.Integer()
    whistles_url = fields.String()


class MeanOut(Schema):
    name = fields.String()
    sum = fields.Integer()
    n = fields.Integer(metadata={"description": "calls that were graded; those that were not are not in the mean"})
    mean = fields.Float(allow_none=True, metadata={"description": "null: no data, show —"})
    whistles_url = fields.String()


class UnitFigures(Schema):
    unit = fields.String()
    unit_name = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(AttendanceCount))
    rates = fields.Dict(keys=fields.String(), values=fields.Nested(RateOut))
    grades = fields.Dict(keys=fields.String(), values=fields.Nested(MeanOut))


class FiguresOut(Schema):
    area = fields.String()
    area_name = fields.String()
    from_ = fields.String(data_key="from")
    to = fields.String()
    items = fields.List(fields.Nested(UnitFigures))
