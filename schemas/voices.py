"""Shapes of 点赞/吐槽."""

from marshmallow import Schema, fields

from reporter.domain.voices import VoiceKind
from schemas.base import Flag, Moment, Shape, Text, length, not_blank, one_of


class VoiceIn(Shape):
    client_request_id = fields.UUID(required=True)
    kind = Text(required=True, validate=one_of(VoiceKind))
    text = Text(required=True, validate=[length(500, 1), not_blank])
    anonymous = Flag(load_default=False)


class AnswerIn(Shape):
    text = Text(required=True, validate=[length(500, 1), not_blank])


class VoiceOut(Schema):
    id = fields.Integer()
    area_code = fields.String()
    area_name = fields.String()
    kind = fields.String()
    kind_name = fields.String()
    text = fields.String()
    author = fields.String(allow_none=True, metadata={"description": "masked; null: anonymous, or about the reader"})
    own = fields.Boolean()
    created_at = Moment()
    answer = fields.String(allow_none=True)
    answered_at = Moment(allow_none=True)
    may_answer = fields.Boolean()


class VoiceList(Schema):
    items = fields.List(fields.Nested(VoiceOut))
    next_cursor = fields.String(allow_none=True)
