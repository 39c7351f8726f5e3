"""Shapes of clocks: what runs, with which limit and calendar, and how long each level had the ball."""

from marshmallow import Schema, fields

from schemas.base import Moment


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
