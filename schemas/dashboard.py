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
    metrics = Text(
        load_default="wall",
        validate=one_of(("wall", "all")),
        metadata={"description": "wall: what a screen shows of each row; all: every figure and metric"},
    )


class FigureOut(Schema):
    code = fields.String()
    symbol = fields.String(metadata={"description": "the letter used in formulas, or empty"})
    name = fields.String()
    definition = fields.String()
    by = fields.String(metadata={"description": "the time that puts a ticket into the period"})


class MetricOut(Schema):
    code = fields.String()
    name = fields.String()
    definition = fields.String()
    numerator = fields.String(metadata={"description": "code of a figure"})
    denominator = fields.String(allow_none=True)
    better = fields.String(metadata={"description": "higher or lower"})
    unit = fields.String()


class TermOut(Schema):
    metric = fields.String()
    weight = fields.Integer(metadata={"description": "of 100"})
    target = fields.Float(metadata={"description": "percent: the ceiling where lower is better"})


class ProfileOut(Schema):
    code = fields.String()
    name = fields.String()
    terms = fields.List(fields.Nested(TermOut))
    min_cases = fields.Integer(metadata={"description": "with fewer tickets received there is no rank"})


class DefinitionsOut(Schema):
    figures = fields.List(fields.Nested(FigureOut))
    metrics = fields.List(fields.Nested(MetricOut))
    scores = fields.List(fields.Nested(ProfileOut))


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
