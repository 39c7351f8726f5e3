"""Shapes of what happens to a ticket beside its way: holds, extensions, cards, overdue appeals."""

from marshmallow import Schema, fields

from schemas.base import Flag, Moment, Paging, Shape, Text, length, not_blank

DECISION = {"description": "true, false, or null while nobody has decided"}


class HoldOut(Schema):
    until = Moment()
    reason_code = fields.String()
    reason = fields.String()
    note = fields.String(allow_none=True)
    asked_at = Moment()
    granted = fields.Boolean(allow_none=True, metadata=DECISION)
    decided_at = Moment(allow_none=True)
    resumed_at = Moment(allow_none=True)


class ExtensionOut(Schema):
    state = fields.String(metadata={"description": "open, granted, refused, lapsed (the clock stopped first)"})
    waits_for = fields.String(allow_none=True, metadata={"description": "the level whose decision is awaited"})
    reason = fields.String()
    asked_at = Moment()
    ended_at = Moment(allow_none=True)


class SupervisionOut(Schema):
    card = fields.String(metadata={"description": "yellow, red"})
    name = fields.String()
    kind = fields.String(allow_none=True)
    note = fields.String()
    level = fields.String(metadata={"description": "from which it was shown"})
    opened_at = Moment()
    due_at = Moment()
    late = fields.Boolean(metadata={"description": "the reply is overdue, or came late"})
    reply = fields.String(allow_none=True)
    replied_at = Moment(allow_none=True)


class OverdueAppealOut(Schema):
    number = fields.String()
    state = fields.String(metadata={"description": "open, upheld, dismissed"})
    waits_for = fields.String(allow_none=True, metadata={"description": "the level whose decision is awaited"})
    reason = fields.String()
    asked_at = Moment()
    first_note = fields.String(allow_none=True)
    last_note = fields.String(allow_none=True)
    ended_at = Moment(allow_none=True)


class Beside(Schema):
    """The fields of one ticket that speak of it."""

    hold_until = Moment(allow_none=True, metadata={"description": "while it is held; it then resumes by itself"})
    holds = fields.List(fields.Nested(HoldOut), metadata={"description": "for others than staff only a granted one"})
    extensions = fields.List(fields.Nested(ExtensionOut), metadata={"description": "for staff"})
    supervisions = fields.List(fields.Nested(SupervisionOut), metadata={"description": "for staff"})
    overdue_appeal = fields.Nested(OverdueAppealOut, allow_none=True, metadata={"description": "for staff"})
    reply_due_at = Moment(allow_none=True, metadata={"description": "for staff: when the holder must answer a card"})
    checked = fields.Boolean(metadata={"description": "somebody went there before it was accepted"})
    forced = fields.Boolean(metadata={"description": "closed by force"})
    exempt = fields.Boolean(metadata={"description": "an overdue appeal was upheld; the delay itself stays"})


class BesideListed(Schema):
    """The same of a ticket in a list."""

    hold_until = Moment(allow_none=True, metadata={"description": "while it is held"})
    reply_due_at = Moment(allow_none=True, metadata={"description": "for staff: while a card is open"})


class OverdueAppealIn(Shape):
    reason = Text(required=True, validate=[length(500, 1), not_blank])


class OverdueReviewIn(Shape):
    upheld = Flag(required=True)
    note = Text(required=True, validate=[length(1000, 1), not_blank])


class OverdueAppealQuery(Paging):
    """The open appeals that wait for the caller."""


class OverdueAppealList(Schema):
    items = fields.List(fields.Nested(OverdueAppealOut))
    next_cursor = fields.String(allow_none=True)
