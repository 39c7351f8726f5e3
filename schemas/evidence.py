"""Shapes of what speaks for or against a closing."""

from marshmallow import Schema, fields

from schemas.reports import PhotoOut


class FindingOut(Schema):
    code = fields.String()
    name = fields.String()


class ResultPhoto(PhotoOut):
    findings = fields.List(
        fields.Nested(FindingOut), metadata={"description": "what a verifier should know of it; for staff only"}
    )
