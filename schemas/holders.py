"""Shapes of seats and of whoever holds something: a person, a seat or a department."""

from marshmallow import Schema, fields


class SeatOut(Schema):
    holder = fields.String(allow_none=True, metadata={"description": "a name for staff, the role for others"})
    vacant = fields.Boolean()
    deputy = fields.String(allow_none=True)


class ChainLink(Schema):
    level = fields.String()
    role = fields.String(metadata={"description": "what the ladder calls its leader"})
    area_code = fields.String()
    area_name = fields.String()
    seat = fields.Nested(SeatOut)


class Holder(Schema):
    level = fields.String(allow_none=True)
    area_code = fields.String(allow_none=True)
    department_code = fields.String(allow_none=True)
    role = fields.String()
    name = fields.String(allow_none=True)
