"""Shapes of the figures: each with what it counts, each a link to exactly those tickets."""

from marshmallow import Schema, fields

from schemas.base import Shape, Text, length, one_of

DIMENSIONS = ("child", "category", "day", "holder")


class PeriodQuery(Shape):
    area = Text(validate=length(24), metadata={"description": "the caller's own area when left out"})
    from_ = Text(data_key="from", validate=length(40), metadata={"description": "date, inclusive; 30 days back"})
    to = Text(validate=length(40), metadata={"description": "date, inclusive; today"})


class BreakdownQuery(PeriodQuery):
    by = Text(required=True, validate=one_of(DIMENSIONS))


class CountOut(Schema):
    name = fields.String()
    value = fields.Integer()
    tickets_url = fields.String()


class RateOut(Schema):
    name = fields.String()
    definition = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    percent = fields.Float(allow_none=True, metadata={"description": "null: no data, show —"})
    numerator_url = fields.String()
    denominator_url = fields.String()


class AreaOut(Schema):
    code = fields.String()
    name = fields.String()
    level = fields.String()


class SummaryOut(Schema):
    area = fields.String()
    area_name = fields.String()
    path = fields.List(
        fields.Nested(AreaOut), metadata={"description": "from the widest area the caller may ask about to this one"}
    )
    from_ = fields.String(data_key="from")
    to = fields.String()
    at = fields.String(metadata={"description": "when it was counted"})
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(CountOut))
    rates = fields.Dict(keys=fields.String(), values=fields.Nested(RateOut))
    synthetic = fields.Boolean()


class RowOut(Schema):
    key = fields.String(allow_none=True)
    name = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(CountOut))
    rates = fields.Dict(keys=fields.String(), values=fields.Nested(RateOut))


class BreakdownOut(Schema):
    area = fields.String()
    by = fields.String()
    from_ = fields.String(data_key="from")
    to = fields.String()
    items = fields.List(fields.Nested(RowOut))
