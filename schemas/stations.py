"""Shapes of riders' stations."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from reporter.domain.coordinates import Datum
from reporter.domain.errors import sentence
from schemas.base import LocationOut, Shape, Text, between, length, one_of


class StationQuery(Shape):
    """A point needs all three of its parts; ``coord_type`` alone says in which datum to answer."""

    area = Text(validate=length(24), metadata={"description": "code of a community or a wider area"})
    lng = fields.Float(metadata={"description": "with lat and coord_type: nearest first"})
    lat = fields.Float()
    coord_type = Text(validate=one_of(Datum))
    limit = fields.Integer(load_default=50, validate=between(1, 200))

    @validates_schema(skip_on_field_errors=True)
    def whole_point(self, data: dict[str, Any], **_: Any) -> None:
        if "lng" in data or "lat" in data:
            missing = [name for name in ("lng", "lat", "coord_type") if name not in data]
            if missing:
                raise ValidationError({name: [sentence("必填")] for name in missing})


class StationOut(Schema):
    code = fields.String()
    name = fields.String()
    area_code = fields.String(metadata={"description": "of the community"})
    place = fields.String(metadata={"description": "street and community, for a person"})
    location = fields.Nested(LocationOut)
    metres = fields.Integer(allow_none=True, metadata={"description": "from the point asked about; null without one"})
    synthetic = fields.Boolean(metadata={"description": "示意数据，非真实边界"})


class StationList(Schema):
    items = fields.List(fields.Nested(StationOut))
