"""Shapes of logging in and of who is calling."""

from marshmallow import Schema, fields

from schemas.base import Moment, Shape, Text, length


class WechatIn(Shape):
    code = Text(required=True, validate=length(256, 1))


class PasswordIn(Shape):
    username = Text(required=True, validate=length(60, 1))
    password = Text(required=True, validate=length(200, 1), load_only=True)
    otp = Text(allow_none=True, validate=length(12), load_only=True)


class DemoIn(Shape):
    username = Text(required=True, validate=length(60, 1))


class HeldSeat(Schema):
    area_code = fields.String()
    area_name = fields.String()
    level = fields.String()
    title = fields.String()
    as_deputy = fields.Boolean()


class Me(Schema):
    role = fields.String()
    name = fields.String()
    level = fields.String(allow_none=True)
    area = fields.String(allow_none=True, metadata={"description": "code of the widest area held or bound to"})
    area_name = fields.String(allow_none=True)
    seats = fields.List(fields.Nested(HeldSeat))
    department = fields.String(allow_none=True)
    unread = fields.Integer()
    whistles = fields.Integer(metadata={"description": "in which it is my turn"})
    points = fields.Integer()


class Session(Schema):
    token = fields.String()
    expires_at = Moment()
    user = fields.Nested(Me)
    csrf_token = fields.String(metadata={"description": "for pages that keep the token in a cookie"})


class DemoAccount(Schema):
    username = fields.String()
    role = fields.String()
    area = fields.String(allow_none=True)
    what_to_try = fields.String()
