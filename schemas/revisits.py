"""Shapes of the revisits that follow bad ratings."""

from marshmallow import Schema, fields

from reporter.domain.revisits import Action, Outcome
from schemas.base import Flag, Moment, Paging, Shape, Text, length, not_blank, one_of
from schemas.holders import Holder
from schemas.ratings import TagOut
from schemas.tickets import ActionOut, Reason


class RaterOut(Schema):
    role = fields.String()
    name = fields.String(allow_none=True, metadata={"description": "masked; null for an anonymous report"})


class DueOut(Schema):
    due = fields.String(metadata={"description": "contact, finding, rectify"})
    name = fields.String()
    state = fields.String(metadata={"description": "running, late, kept, missed"})
    limit = fields.Dict(metadata={"description": "{value, unit}"})
    source = fields.String()
    started_at = Moment()
    due_at = Moment()
    stopped_at = Moment(allow_none=True)
    late_at = Moment(allow_none=True)


class RevisitItem(Schema):
    id = fields.Integer()
    ticket = fields.String(metadata={"description": "its number"})
    state = fields.String()
    state_name = fields.String()
    grade = fields.Integer(metadata={"description": "the one that opened it"})
    grade_now = fields.Integer()
    tags = fields.List(fields.Nested(TagOut))
    text = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    opened_at = Moment()
    done_at = Moment(allow_none=True)
    withdrawn_at = Moment(allow_none=True, metadata={"description": "when the rater changed to a good grade"})
    appealed_at = Moment(allow_none=True)
    late = fields.Boolean()
    clocks = fields.List(fields.Nested(DueOut))


class RevisitOut(RevisitItem):
    version = fields.Integer()
    evidence = fields.String(allow_none=True)
    rater = fields.Nested(RaterOut)
    assigned = fields.Nested(Holder)
    reasons = fields.List(fields.Nested(Reason))
    actions = fields.List(fields.Nested(ActionOut))


class RevisitList(Schema):
    items = fields.List(fields.Nested(RevisitItem))
    next_cursor = fields.String(allow_none=True)


class RevisitQuery(Paging):
    area = Text(validate=length(24))
    mine = fields.Boolean(metadata={"description": "what my seats, or my district's desk, have to do"})
    open = fields.Boolean()
    late = fields.Boolean()


class RevisitStep(Shape):
    """A step with its fields; which of them an action needs, the revisit's ``actions`` say."""

    action = Text(required=True, validate=one_of(Action))
    note = Text(allow_none=True, validate=length(1000))
    outcome = Text(allow_none=True, validate=one_of(Outcome))
    evidence = Text(allow_none=True, validate=[length(1000), not_blank])
    passed = Flag(allow_none=True)
    reason = Text(allow_none=True, validate=length(500))


class RevisitEventOut(Schema):
    seq = fields.Integer()
    kind = fields.String()
    name = fields.String()
    at = Moment()
    actor = fields.Nested(Holder, allow_none=True)
    state = fields.String()
    state_name = fields.String()
    data = fields.Dict()


class RevisitEventList(Schema):
    items = fields.List(fields.Nested(RevisitEventOut))


class ShareOut(Schema):
    name = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    percent = fields.Float(allow_none=True, metadata={"description": "null: no data, show —"})


class RevisitFigures(Schema):
    area = fields.String()
    from_ = fields.String(data_key="from")
    to = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    rates = fields.Dict(keys=fields.String(), values=fields.Nested(ShareOut))
