"""Shapes of the catalogue and of places."""

from marshmallow import Schema, fields

from schemas.conditions import ConditionOut
from schemas.holders import ChainLink
from schemas.ratings import RatingWords


class CategoryOut(Schema):
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    major_code = fields.String()
    major_name = fields.String()
    code_system = fields.String()
    std_code = fields.String(allow_none=True)
    code_status = fields.String()
    first_level = fields.String()
    owner_level = fields.String()
    photo_required = fields.Boolean()
    sensitive = fields.Boolean()
    duplicate_radius_m = fields.Integer()
    emergency_divert = fields.String(allow_none=True)
    conditions = fields.List(fields.Nested(ConditionOut))


class CategoryList(Schema):
    items = fields.List(fields.Nested(CategoryOut))
    version = fields.String()
    rating = fields.Nested(RatingWords, metadata={"description": "what a rating may say"})


class Located(Schema):
    chain = fields.List(fields.Nested(ChainLink))
    flags = fields.List(fields.String())
    place = fields.String()
    synthetic = fields.Boolean()


class StatusOut(Schema):
    status = fields.String()
    name = fields.String()
    ended = fields.Boolean()


class MoveOut(Schema):
    action = fields.String()
    name = fields.String()
    from_ = fields.List(fields.String(), data_key="from", attribute="from")
    to = fields.String(allow_none=True, metadata={"description": "null: the status stays"})
    who = fields.String()
    ball = fields.String(metadata={"description": "where the ball goes"})
    when = fields.String(metadata={"description": "a further claim; the first row that fits wins"})
    needs = fields.List(fields.String())
    may_have = fields.List(fields.String())
    starts = fields.List(fields.String())
    stops = fields.List(fields.String())
    pauses = fields.List(fields.String())
    resumes = fields.List(fields.String())
    smallest = fields.String(metadata={"description": "the smallest level that may, as holder or overseer"})
    department = fields.Boolean(metadata={"description": "whether it may be a department that holds"})


class LifecycleOut(Schema):
    statuses = fields.List(fields.Nested(StatusOut))
    moves = fields.List(fields.Nested(MoveOut))
