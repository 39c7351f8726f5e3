"""Shapes of reporting: the report itself, joining, photos, suggestions."""

from flask_smorest.fields import Upload as RawUpload
from marshmallow import Schema, fields

from schemas.base import Flag, LocationIn, Moment, Shape, Text, Whole, length, not_blank
from schemas.conditions import ConditionOut

LONGEST_TEXT = 5000  # 61 of 4,251 real messages pass 2,000 characters; the longest has 4,878
MOST_PHOTOS = 12  # of one request; how many a report may carry is a policy


class NewReport(Shape):
    client_request_id = fields.UUID(required=True, metadata={"description": "made by the client; a resend is free"})
    location = fields.Nested(LocationIn, required=True)
    text = Text(allow_none=True, validate=length(LONGEST_TEXT))
    category = Text(allow_none=True, validate=length(20, 1))
    condition = Whole(allow_none=True, metadata={"description": "no of a condition of the category"})
    photo_ids = fields.List(fields.UUID(), load_default=list, validate=length(MOST_PHOTOS))
    observed_at = Moment(allow_none=True)
    address = Text(allow_none=True, validate=length(200))
    anonymous = Flag(load_default=False)
    on_behalf_of = Text(allow_none=True, validate=[length(60), not_blank])
    join = Text(allow_none=True, validate=length(24, 1), metadata={"description": "number of an open ticket"})
    external_no = Text(
        allow_none=True, validate=[length(60), not_blank], metadata={"description": "hotline's own number"}
    )
    about = Text(
        allow_none=True,
        validate=length(40),
        metadata={
            "description": "seat:AREA_CODE when the matter is about a lead, who then neither sees nor handles it"
        },
    )


class Join(Shape):
    client_request_id = fields.UUID(load_default=None, allow_none=True)


class LatePhotos(Shape):
    photo_ids = fields.List(fields.UUID(), required=True, validate=length(MOST_PHOTOS, 1))


class SuggestIn(Shape):
    text = Text(required=True, validate=length(LONGEST_TEXT))
    location = fields.Nested(LocationIn, allow_none=True)


class Candidate(Schema):
    code = fields.String()
    name = fields.String()
    score = fields.Float()
    matched = fields.List(fields.String(), metadata={"description": "the words that made it a candidate"})
    severity = fields.Integer()
    photo_required = fields.Boolean()
    conditions = fields.List(
        fields.Nested(ConditionOut), metadata={"description": "to choose from; the strictest counts"}
    )


class Emergency(Schema):
    divert = fields.String()
    number = fields.String()
    prompt = fields.String()


class SuggestOut(Schema):
    candidates = fields.List(fields.Nested(Candidate))
    emergency = fields.Nested(Emergency, allow_none=True)


class PhotoOut(Schema):
    id = fields.String()
    state = fields.String()
    width = fields.Integer()
    height = fields.Integer()
    url = fields.String()
    thumbnail_url = fields.String()


class Upload(Shape):
    file = RawUpload(required=True, metadata={"type": "string", "format": "binary"})
