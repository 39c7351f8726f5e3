"""Shapes of a split: the parts of a step, and what a ticket says of its parts and its parent."""

from marshmallow import Schema, fields

from reporter.domain.passing import FEWEST_PARTS, MOST_PARTS
from schemas.base import Moment, Shape, Text, Whole, length, not_blank
from schemas.holders import Holder


class PartIn(Shape):
    """One part: who gets it, and what they are to do; of another category where that differs."""

    to = Text(required=True, validate=length(60, 1))
    note = Text(required=True, validate=[length(1000), not_blank])
    category = Text(allow_none=True, validate=length(20, 1))
    condition = Whole(allow_none=True)


class Split(Shape):
    """The field of a step that splits."""

    parts = fields.List(fields.Nested(PartIn), allow_none=True, validate=length(MOST_PARTS, FEWEST_PARTS))


class WholeOut(Schema):
    """What whoever has a part may know of the whole."""

    number = fields.String()
    status = fields.String()
    status_name = fields.String()


class PartOut(WholeOut):
    category = fields.Nested("schemas.tickets.Category")
    holder = fields.Nested(Holder, allow_none=True, metadata={"description": "by role"})
    due_at = Moment(allow_none=True)
    overdue = fields.Boolean()


class Related(Schema):
    """What one ticket says of others."""

    parent = fields.Nested(WholeOut, allow_none=True, metadata={"description": "of a part: what it was split from"})
    parts = fields.List(fields.Nested(PartOut), metadata={"description": "what it was split into; for staff"})


class PartOf(Schema):
    parent_number = fields.String(allow_none=True, metadata={"description": "of a part: what it was split from"})
