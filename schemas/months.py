"""Shapes of a month's report."""

from marshmallow import Schema, fields

from schemas.base import Moment, Shape, Text, length
from schemas.dashboard import CountOut, RateOut


class MonthQuery(Shape):
    area = Text(validate=length(24), metadata={"description": "the caller's own area when left out"})
    month = Text(validate=length(40), metadata={"description": "2026-10; the present one"})


class _Figures(Schema):
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(CountOut))
    rates = fields.Dict(keys=fields.String(), values=fields.Nested(RateOut))
    scores = fields.Dict(
        keys=fields.String(),
        values=fields.Float(allow_none=True),
        metadata={"description": "0 to 100 by profile; null: no data"},
    )


class ChildOut(_Figures):
    key = fields.String(allow_none=True)
    name = fields.String()
    cases = fields.Integer(metadata={"description": "tickets received: what the rates rest on"})
    ranks = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(allow_none=True),
        metadata={"description": "by profile, 1 is best; null: too few cases, or no data"},
    )


class TopCategoryOut(Schema):
    key = fields.String()
    name = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    percent = fields.Float(allow_none=True)
    tickets_url = fields.String()


class SpotOut(Schema):
    area = fields.String()
    area_name = fields.String()
    category = fields.String()
    category_name = fields.String()
    value = fields.Integer()
    tickets_url = fields.String()


class HeldOut(Schema):
    key = fields.String()
    name = fields.String()
    value = fields.Integer()
    tickets_url = fields.String()


class CorrectionOut(Schema):
    number = fields.String()
    closed_at = Moment()
    reopened_at = Moment()
    url = fields.String()


class _Defined(Schema):
    name = fields.String()
    definition = fields.String()


class HotSpotsOut(_Defined):
    items = fields.List(fields.Nested(SpotOut))


class ChargedOut(_Defined):
    items = fields.List(fields.Nested(HeldOut))


class CorrectionsOut(_Defined):
    value = fields.Integer()
    items = fields.List(fields.Nested(CorrectionOut), metadata={"description": "the first hundred"})


class CoverageOut(_Defined):
    numerator = fields.Integer()
    denominator = fields.Integer()
    percent = fields.Float(allow_none=True)


class UsedTimeOut(_Defined):
    tickets = fields.Integer()
    tickets_url = fields.String()
    mean_s = fields.Integer(allow_none=True)
    median_s = fields.Integer(allow_none=True)
    p90_s = fields.Integer(allow_none=True)


class MonthOut(_Figures):
    area = fields.String()
    area_name = fields.String()
    month = fields.String()
    from_ = fields.String(data_key="from")
    to = fields.String()
    at = fields.String(metadata={"description": "when it was counted"})
    finished = fields.Boolean(metadata={"description": "whether the month is over"})
    synthetic = fields.Boolean()
    children = fields.List(fields.Nested(ChildOut))
    categories = fields.List(fields.Nested(TopCategoryOut), metadata={"description": "the ten most frequent"})
    hot_spots = fields.Nested(HotSpotsOut)
    coverage = fields.Nested(CoverageOut)
    used_time = fields.Nested(UsedTimeOut)
    charged = fields.Nested(ChargedOut, metadata={"description": "whose the tickets are whose limit ran out"})
    corrections = fields.Nested(CorrectionsOut)
