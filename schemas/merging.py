"""Shapes of what may be, or was found to be, one thing: similar tickets, and the main one of a merged ticket."""

from marshmallow import Schema, fields


class MainTicket(Schema):
    number = fields.String()
    status = fields.String()
    status_name = fields.String()


class Similar(Schema):
    number = fields.String()
    category = fields.String()
    category_name = fields.String()
    distance_m = fields.Float()
    status = fields.String()
    status_name = fields.String()
    joins = fields.Integer()


class NearbyList(Schema):
    items = fields.List(fields.Nested(Similar))
