"""What all shapes share: sentences for wrong fields in Chinese, times with a zone, coordinates."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from reporter.domain.coordinates import Datum
from reporter.domain.errors import sentence

fields.Field.default_error_messages.update(
    required=sentence("必填"), null=sentence("不能为空"), validator_failed=sentence("内容不对")
)
for kind, message in (
    (fields.String, sentence("要写成文字")),
    (fields.Integer, sentence("要写成整数")),
    (fields.Float, sentence("要写成数字")),
    (fields.Boolean, sentence("要写成是或否")),
    (fields.List, sentence("要写成列表")),
    (fields.Nested, sentence("要写成一组内容")),
    (fields.UUID, sentence("要写成 UUID")),
    (fields.DateTime, sentence("要写成带时区的时间")),
    (fields.Date, sentence("要写成日期，如 2026-10-03")),
):
    kind.default_error_messages.update(
        dict.fromkeys(("invalid", "type", "invalid_uuid", "too_large", "special", "format"), message)
    )
fields.Float.default_error_messages.update(special=sentence("要写成普通数字"))


class Shape(Schema):
    """Every body is closed: a field nobody knows is a wrong field."""

    error_messages = {"unknown": sentence("不认识这个字段"), "type": sentence("要写成一组内容")}  # noqa: RUF012 — marshmallow's


class Moment(fields.AwareDateTime):
    """RFC 3339 with a zone; a time without one is refused, because nobody knows what it means."""

    default_error_messages = {"awareness": sentence("时间要带时区")}  # noqa: RUF012 — marshmallow's

    def __init__(self, **kwargs: Any):
        super().__init__(format="iso", **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else None


class Finite(fields.Float):
    """A number as JSON writes it: no NaN, no text, no true."""

    def _validated(self, value: Any) -> Any:
        if isinstance(value, (str, bool)):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Text(fields.String):
    """Text that every database and every answer can hold: no NUL, and no half of a character."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValidationError(sentence("有不能保存的字符")) from error
        if "\0" in text:
            raise ValidationError(sentence("有不能保存的字符"))
        return text


class Whole(fields.Integer):
    """A whole number as JSON writes it: not 1.5, not 1.0, no text, no true."""

    def __init__(self, **kwargs: Any):
        super().__init__(strict=True, **kwargs)


class Flag(fields.Boolean):
    """true or false as JSON writes them; "no" and 1 are guesses."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Filled(str):
    """A sentence with its braces filled, that still knows its key in the translation catalogue."""

    __slots__ = ("filling", "template")
    template: str
    filling: dict[str, Any]

    def __new__(cls, template: str, **filling: Any) -> "Filled":
        made = super().__new__(cls, template.format(**filling))
        made.template, made.filling = template, filling
        return made


class _Length(validate.Length):
    def _format_error(self, value: Any, message: str) -> str:
        return Filled(sentence("长度要在 {min} 到 {max} 之间"), min=self.min or 0, max=self.max)


class _OneOf(validate.OneOf):
    def _format_error(self, value: Any) -> str:
        return Filled(sentence("只能是：{choices}"), choices=self.choices_text)


class _Range(validate.Range):
    def _format_error(self, value: Any, message: str) -> str:
        return Filled(sentence("要在 {min} 到 {max} 之间"), min=self.min, max=self.max)


def length(most: int, least: int = 0) -> validate.Length:
    return _Length(min=least, max=most)


def one_of(words: Any) -> validate.OneOf:
    return _OneOf([str(word) for word in words])


def between(least: float, most: float) -> validate.Range:
    return _Range(min=least, max=most)


def not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError(sentence("不能为空"))


class CoordinateQuery(Shape):
    """A point in the query string; ``coord_type`` has no default, because a wrong guess is 600 m wrong."""

    lng = fields.Float(required=True, metadata={"description": "longitude"})
    lat = fields.Float(required=True, metadata={"description": "latitude"})
    coord_type = Text(required=True, validate=one_of(Datum))


class LocationIn(Shape):
    lng = Finite(required=True)
    lat = Finite(required=True)
    coord_type = Text(required=True, validate=one_of(Datum))
    accuracy_m = Finite(allow_none=True, validate=between(0, 1_000_000))


class Paging(Shape):
    cursor = Text(validate=length(400))
    limit = fields.Integer(load_default=50, validate=between(1, 200))


class LocationOut(Schema):
    lng = fields.Float()
    lat = fields.Float()
    coord_type = fields.String()


class ErrorBody(Schema):
    code = fields.String(metadata={"description": "stable, for programs"})
    message = fields.String(metadata={"description": "for a person"})
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), values=fields.String())


class ErrorOut(Schema):
    error = fields.Nested(ErrorBody)
