"""Shapes of conditions: what fixes severity and limits, each limit with its source."""

from marshmallow import Schema, fields


class LimitOut(Schema):
    value = fields.Integer()
    unit = fields.String()
    source = fields.String(metadata={"description": "where the number comes from; see sources"})


class ConditionOut(Schema):
    no = fields.Integer()
    text = fields.String()
    severity = fields.Integer()
    guard = fields.Boolean()
    close_condition = fields.String()
    response_limit = fields.Nested(LimitOut)
    resolve_limit = fields.Nested(LimitOut)
