"""Shapes of what speaks for or against a closing."""

from marshmallow import Schema, fields

from schemas.base import Flag, Shape, Text, length
from schemas.reports import MOST_PHOTOS, PhotoOut


class FindingOut(Schema):
    code = fields.String()
    name = fields.String()


class ResultPhoto(PhotoOut):
    findings = fields.List(
        fields.Nested(FindingOut), metadata={"description": "what a verifier should know of it; for staff only"}
    )


class ConfirmationIn(Shape):
    """A neighbour's word; “not fixed” needs a photo."""

    fixed = Flag(required=True)
    note = Text(allow_none=True, validate=length(1000))
    photo_ids = fields.List(fields.UUID(), load_default=list, validate=length(MOST_PHOTOS))
