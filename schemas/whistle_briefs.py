"""The shape of a whistle where something else names it."""

from marshmallow import Schema, fields

from schemas.base import Moment


class WhistleBrief(Schema):
    """A whistle (吹哨) blown for a ticket."""

    number = fields.String()
    status = fields.String()
    status_name = fields.String()
    kind = fields.String()
    kind_name = fields.String()
    blown_at = Moment()
    ended_at = Moment(allow_none=True)
