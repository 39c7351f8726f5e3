"""Shapes of the inbox."""

from marshmallow import Schema, fields

from schemas.base import Moment


class MessageOut(Schema):
    id = fields.Integer()
    ticket = fields.String(allow_none=True)
    whistle = fields.String(allow_none=True, metadata={"description": "instead of a ticket"})
    text = fields.String()
    created_at = Moment()
    read_at = Moment(allow_none=True)


class MessageList(Schema):
    items = fields.List(fields.Nested(MessageOut))
    unread = fields.Integer()
    next_cursor = fields.String(allow_none=True)
