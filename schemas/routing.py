"""Shapes of routing: its rules, “why here”, neighbouring grids, and what equal corrections propose."""

from marshmallow import Schema, fields

from schemas.base import Flag, LocationIn, LocationOut, Moment, Paging, Shape, Text, Whole, length, one_of
from schemas.holders import ChainLink, Holder
from schemas.reports import LONGEST_TEXT, Emergency
from schemas.tickets import Category, Reason

PROPOSAL_STATES = ("open", "accepted", "dismissed")


class ExplainIn(Shape):
    location = fields.Nested(LocationIn, required=True)
    category = Text(allow_none=True, validate=length(20, 1))
    condition = Whole(allow_none=True, metadata={"description": "no of a condition of the category"})
    text = Text(allow_none=True, validate=length(LONGEST_TEXT), metadata={"description": "read for emergency words"})
    at = Moment(allow_none=True, metadata={"description": "another moment than now: hours, leave and rules of then"})


class LookedAt(Schema):
    code = fields.String()
    version = fields.Integer()
    effect = fields.String()
    target = fields.String()
    outcome = fields.String(metadata={"description": "applied, not_reached, the field that did not fit, or why not"})
    text = fields.String()


class ConsideredOut(Schema):
    """All that was considered when routing decided; for staff of the place."""

    place = fields.Dict(metadata={"description": "{area, flags}"})
    first_level = fields.String()
    seats = fields.Dict(metadata={"description": "area code → acting, deputy, vacant, on_leave, conflict, overloaded"})
    rules = fields.List(fields.Nested(LookedAt))
    copied = fields.String(allow_none=True)


class StopOut(Schema):
    holder = fields.Nested(Holder)
    reasons = fields.List(fields.Nested(Reason))


class ExplainOut(Schema):
    """Why here: what a report at this place and moment would become."""

    at = Moment()
    area_code = fields.String()
    place = fields.String(metadata={"description": "in words, for people"})
    flags = fields.List(fields.String(), metadata={"description": "boundary, snapped, unrouted, inaccurate"})
    location = fields.Nested(LocationOut)
    chain = fields.List(fields.Nested(ChainLink))
    category = fields.Nested(Category)
    condition = fields.Dict(metadata={"description": "{no, text}"})
    severity = fields.Integer()
    triage = fields.Boolean(metadata={"description": "no category yet: the 网格长 decides"})
    accountable = fields.Nested(Holder)
    holder = fields.Nested(Holder)
    reason = fields.String(metadata={"description": "why this holder"})
    stops = fields.List(fields.Nested(StopOut))
    considered = fields.Nested(ConsideredOut, allow_none=True)
    emergency = fields.Nested(Emergency, allow_none=True)


class RulesQuery(Paging):
    on = fields.Date(metadata={"description": "only the versions in force on this day; without, the whole history"})


class RuleOut(Schema):
    code = fields.String()
    version = fields.Integer()
    priority = fields.Integer(metadata={"description": "the smallest is asked first"})
    area_code = fields.String(allow_none=True)
    area_name = fields.String(allow_none=True)
    categories = fields.List(fields.String())
    kind = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    conditions = fields.List(fields.Integer())
    severities = fields.List(fields.Integer())
    sources = fields.List(fields.String())
    days = fields.String()
    weekdays = fields.List(fields.Integer())
    from_time = fields.String(allow_none=True)
    to_time = fields.String(allow_none=True)
    effect = fields.String()
    target = fields.String()
    source = fields.String()
    author = fields.String()
    made_at = Moment()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    in_force = fields.Boolean()


class RuleList(Schema):
    items = fields.List(fields.Nested(RuleOut))
    next_cursor = fields.String(allow_none=True)


class NeighbourOut(Schema):
    area_code = fields.String()
    area_name = fields.String()
    metres = fields.Integer(metadata={"description": "from the ticket's point to the grid"})


class NeighbourList(Schema):
    items = fields.List(fields.Nested(NeighbourOut))


class ProposalsQuery(Paging):
    state = Text(validate=one_of(PROPOSAL_STATES))


class AreaNamed(Schema):
    area_code = fields.String()
    area_name = fields.String()


class ProposalOut(Schema):
    id = fields.Integer()
    from_ = fields.Nested(AreaNamed, data_key="from")
    to = fields.Nested(AreaNamed)
    state = fields.String()
    corrections = fields.Integer(metadata={"description": "accepted corrections behind it"})
    tickets = fields.List(fields.String(), metadata={"description": "those of them the caller may see, newest first"})
    made_at = Moment()
    decided_at = Moment(allow_none=True)
    note = fields.String(allow_none=True)


class ProposalList(Schema):
    items = fields.List(fields.Nested(ProposalOut))
    next_cursor = fields.String(allow_none=True)


class DecisionIn(Shape):
    accepted = Flag(required=True)
    note = Text(allow_none=True, validate=length(500))
