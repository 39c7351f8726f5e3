"""Shapes of what may be, or was found to be, one thing: similar tickets, and the main one of a merged ticket."""

from marshmallow import Schema, fields


class MainTicket(Schema):
    number = fields.String()
    status = fields.String()
    status_name = fields.String()


class Near(Schema):
    """What everybody may know of a ticket near by."""

    number = fields.String()
    category = fields.String()
    category_name = fields.String()
    distance_m = fields.Float()
    status = fields.String()
    status_name = fields.String()
    joins = fields.Integer()


class Similar(Near):
    score = fields.Float(metadata={"description": "how alike, 0 to 1: the weighted sum of the parts"})
    parts = fields.Dict(
        keys=fields.String(), values=fields.Float(), metadata={"description": "distance, category, time; 0 to 1 each"}
    )


class Twin(Similar):
    remains = fields.String(metadata={"description": "the number of the main one, should the two be merged"})
    doubt = fields.String(allow_none=True, metadata={"description": "why that would need a note"})


class TwinList(Schema):
    items = fields.List(fields.Nested(Twin))


class NearbyList(Schema):
    items = fields.List(fields.Nested(Near))
