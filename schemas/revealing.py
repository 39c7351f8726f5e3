"""Shapes of unmasking a submitter."""

from marshmallow import Schema, fields

from schemas.base import Shape, Text, length, not_blank


class RevealIn(Shape):
    reason = Text(required=True, validate=[length(200, 1), not_blank])


class RevealOut(Schema):
    name = fields.String()
    role = fields.String()
    on_behalf_of = fields.String(allow_none=True)
