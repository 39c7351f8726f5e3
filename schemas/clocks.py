"""Shapes of clocks: what runs, with which limit and calendar, and how long each level had the ball."""

from marshmallow import Schema, fields

from schemas.base import Moment, Shape, Text, Whole, between, length


class LevelSeconds(Schema):
    level = fields.String(allow_none=True, metadata={"description": "null: departments"})
    seconds = fields.Integer(metadata={"description": "wall clock; all levels together are the ticket's open time"})


class ClockOut(Schema):
    kind = fields.String(metadata={"description": "accept, dispatch, response, resolve, verify"})
    hop = fields.Integer(metadata={"description": "seq of the hop it was started for"})
    state = fields.String(metadata={"description": "running, at_risk, overdue, stopped"})
    limit = fields.Dict(metadata={"description": "{value, unit}"})
    source = fields.String()
    daytime_only = fields.Boolean()
    calendar_version = fields.String(metadata={"description": "the state of the calendar it counts with"})
    provisional = fields.Boolean()
    recomputed_at = Moment(allow_none=True, metadata={"description": "by command, after calendar or limits changed"})
    started_at = Moment()
    due_at = Moment(allow_none=True)
    stopped_at = Moment(allow_none=True)
    reminded_at = Moment(allow_none=True)
    at_risk_at = Moment(allow_none=True)
    overdue_at = Moment(allow_none=True)


class ReplayIn(Shape):
    """Which tickets to look at, a page of them."""

    days = Whole(load_default=30, validate=between(1, 366), metadata={"description": "received in so many days"})
    area = Text(validate=length(24), metadata={"description": "area code; by default the caller's own"})
    cursor = Text(validate=length(60))
    limit = Whole(load_default=100, validate=between(1, 200), metadata={"description": "tickets looked at"})


class ShiftOut(Schema):
    """A clock that today's calendar and limits would move."""

    number = fields.String()
    kind = fields.String()
    due_before = Moment(allow_none=True, metadata={"description": "null: paused"})
    due_at = Moment(allow_none=True, metadata={"description": "as it would be"})
    limit_before = fields.Dict(metadata={"description": "{value, unit}"})
    limit = fields.Dict(metadata={"description": "{value, unit}, as it would be"})
    becomes_overdue = fields.Boolean()
    ceases_overdue = fields.Boolean()
    still_runs = fields.Boolean(metadata={"description": "whether `reporter clocks recompute` would move it"})


class ReplayOut(Schema):
    items = fields.List(fields.Nested(ShiftOut))
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "of this page: tickets, changed, clocks_moved, became_overdue, ceased_overdue"},
    )
    next_cursor = fields.String(allow_none=True)
