"""Shapes of ratings, given and read, and of the five answers."""

from marshmallow import Schema, fields

from reporter.domain.ratings import TAGS
from schemas.base import Moment, Shape, Text, Whole, between, length, one_of
from schemas.reports import MOST_PHOTOS, PhotoOut


class RatingIn(Shape):
    grade = Whole(required=True, validate=between(1, 5))
    tags = fields.List(Text(validate=one_of(TAGS)), load_default=list, validate=length(8))
    text = Text(allow_none=True, validate=length(200))
    photo_ids = fields.List(fields.UUID(), load_default=list, validate=length(MOST_PHOTOS))


class RatingOut(Schema):
    grade = fields.Integer()
    tags = fields.List(Text())
    text = fields.String(allow_none=True)
    rated_at = Moment()
    changed_at = Moment(allow_none=True)


class GradeOut(Schema):
    value = fields.Integer()
    name = fields.String()


class TagOut(Schema):
    value = fields.String()
    name = fields.String()


class RatingWords(Schema):
    grades = fields.List(fields.Nested(GradeOut))
    tags = fields.List(fields.Nested(TagOut))


class RatingRead(Schema):
    grade = fields.Integer()
    grade_name = fields.String()
    first_grade = fields.Integer()
    tags = fields.List(fields.Nested(TagOut))
    text = fields.String(allow_none=True)
    photos = fields.List(fields.Nested(PhotoOut))
    rated_at = Moment()
    changed_at = Moment(allow_none=True)
    own = fields.Boolean()


class RatingList(Schema):
    items = fields.List(fields.Nested(RatingRead))
    withheld = fields.Integer(metadata={"description": "how many are kept from the caller for now"})


class Five(Schema):
    """五连问, as far as somebody answered."""

    demand = fields.String(allow_none=True)
    cause = fields.String(allow_none=True)
    plan = fields.String(allow_none=True)
    progress = fields.String()
    effect = fields.String(allow_none=True)


class Answers(Shape):
    """The answers that steps may bring."""

    cause = Text(allow_none=True, validate=length(500))
    plan = Text(allow_none=True, validate=length(500))
    effect = Text(allow_none=True, validate=length(500))
