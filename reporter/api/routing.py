"""Routing over HTTP: its rules with their history, “why here” without a ticket, corrections and what they propose."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_smorest import Blueprint

from reporter.api import considered, shown, words
from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.domain import permissions
from reporter.domain.coordinates import Datum, Point
from reporter.domain.errors import Invalid, sentence
from reporter.domain.permissions import Permission
from reporter.domain.routing import Reason, Stop
from reporter.domain.rulebook import Department
from reporter.queries import areas, corrections, routing, tickets
from reporter.queries.corrections import Proposed
from reporter.queries.routing import Listed
from reporter.services import clocks, deciding, drafts, photos, proposals
from reporter.services.deciding import Explanation
from reporter.services.drafts import Draft
from reporter.services.unit_of_work import UnitOfWork
from schemas.routing import (
    DecisionIn,
    ExplainIn,
    ExplainOut,
    NeighbourList,
    ProposalList,
    ProposalOut,
    ProposalsQuery,
    RuleList,
    RulesQuery,
)

blueprint = Blueprint("routing", __name__, url_prefix="/api/v1", description="Who gets it, and why")

MOST_NEIGHBOURS = 20
FARTHEST = timedelta(days=366)  # from now, that “why here” may be asked about


@blueprint.get("/routing/rules")
@transaction()
@blueprint.arguments(RulesQuery, location="query")
@blueprint.response(200, RuleList)
def rules(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The rules of routing in the order in which they are asked, with every version there ever was

    They are written by ``reporter import rules``, which refuses what is wrong.
    """
    permissions.require(uow.caller, Permission.READ_ROUTING)
    page, cursor = routing.page(uow.session, query.get("on"), query.get("cursor"), query["limit"])
    return {"items": [_rule(uow, listed) for listed in page], "next_cursor": cursor}


@blueprint.post("/routing/explain")
@transaction()
@blueprint.arguments(ExplainIn)
@blueprint.response(200, ExplainOut)
def explain(uow: UnitOfWork, given: dict[str, Any]) -> dict[str, Any]:
    """Why here: who would get a report at this place, and all that is considered; no ticket is made

    The same functions decide as for a real report. Names are for the staff of the place.
    """
    where = given["location"]
    then = replace(uow, now=_moment(uow, given["at"])) if given.get("at") else uow
    draft = Draft(
        client_request_id=photos.new_id(),  # nobody used it before
        lng=where["lng"],
        lat=where["lat"],
        datum=Datum(where["coord_type"]),
        accuracy_m=where.get("accuracy_m"),
        text=given.get("text"),
        category=given.get("category"),
        condition=given.get("condition"),
    )
    return _explained(then, draft, deciding.explain(then, draft))


@blueprint.get("/tickets/<string:number>/neighbours")
@transaction()
@blueprint.response(200, NeighbourList)
def neighbours(uow: UnitOfWork, number: str) -> dict[str, Any]:
    """Grids near a ticket's place, nearest first: to choose from when it is not in mine (``suggested_area``)"""
    ticket = tickets.get(uow.session, number, uow.caller)
    metres = uow.policy(clocks.lineage(ticket)).neighbours_m
    near = [
        found
        for found in areas.near_grids(uow.session, Point(ticket.lng, ticket.lat), uow.today, metres)
        if found.area_id != ticket.grid_id
    ]
    nearest = sorted(near, key=lambda found: (found.metres, found.code))[:MOST_NEIGHBOURS]
    rows = {row.id: row for row in areas.by_ids(uow.session, [found.area_id for found in nearest])}
    return {
        "items": [
            {"area_code": found.code, "area_name": rows[found.area_id].name, "metres": round(found.metres)}
            for found in nearest
            if rows[found.area_id].district_id == ticket.district_id
        ]
    }


@blueprint.get("/routing/proposals")
@transaction()
@blueprint.arguments(ProposalsQuery, location="query")
@blueprint.response(200, ProposalList)
def list_proposals(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """Fixes of a boundary or a rule that equal corrections propose, newest first, with the tickets behind them"""
    permissions.require(uow.caller, Permission.READ_ROUTING)
    page, cursor = corrections.proposals(
        uow.session, uow.caller, query.get("state"), query.get("cursor"), query["limit"]
    )
    return {"items": [_proposal(one) for one in page], "next_cursor": cursor}


@blueprint.post("/routing/proposals/<int(max=9223372036854775807):proposal_id>/decision")
@transaction(writes=True)
@blueprint.arguments(DecisionIn)
@blueprint.response(200, ProposalOut)
def decide_proposal(uow: UnitOfWork, given: dict[str, Any], proposal_id: int) -> dict[str, Any]:
    """Accept a proposed fix, or dismiss it"""
    proposals.decide(uow, proposal_id, accepted=given["accepted"], note=given.get("note"))
    uow.session.flush()
    (one,), _ = corrections.proposals(uow.session, uow.caller, None, None, 1, only=proposal_id)
    return _proposal(one)


def _moment(uow: UnitOfWork, at: datetime) -> datetime:
    """The moment asked about, UTC. Raises Invalid for one that nobody has rules for."""
    if abs(at - uow.now) > FARTHEST:
        raise Invalid(fields={"at": sentence("只能问前后一年之内的时间")})
    return at.astimezone(UTC)


def _rule(uow: UnitOfWork, listed: Listed) -> dict[str, Any]:
    row = listed.rule
    names = [column.name for column in row.__table__.columns]
    return {
        **{name: getattr(row, name) for name in names},
        "area_code": listed.area_code,
        "area_name": listed.area_name,
        "in_force": routing.rule_of(row).on(uow.today),
    }


def _explained(uow: UnitOfWork, draft: Draft, found: Explanation) -> dict[str, Any]:
    here = {seat.area_id for seat in found.chain}
    staff = any(area_id in here for _, area_id in tickets.reach(uow.caller))
    verdict = found.verdict
    stops = [{"holder": _seat(stop, staff), "reasons": _reasons(stop.reasons)} for stop in verdict.stops]
    why = verdict.stops[-1].reasons
    if verdict.department is not None:
        why = verdict.department_reasons
        stops.append({"holder": _department(verdict.department), "reasons": _reasons(why)})
    return {
        "at": uow.now,
        "area_code": found.chain[-1].area_code,
        "place": shown.place_of(found.chain),
        "flags": list(found.placement.flags),
        "location": shown.location(drafts.point(uow, draft), draft.datum),
        "chain": shown.chain(found.chain, staff),
        "category": {"code": found.category.code, "name": words.category_name(found.category)},
        "condition": {"no": found.condition.no, "text": found.condition.text},
        "severity": found.condition.severity,
        "triage": found.triage,
        "accountable": _seat(verdict.accountable, staff),
        "holder": stops[-1]["holder"],
        "reason": words.sentence_of([reason.as_json() for reason in why]),
        "stops": stops,
        "considered": considered.shown(verdict.trace) if staff else None,
        "emergency": words.prompt_shown(uow.book.prompts.get(found.emergency or "")),
    }


def _reasons(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    return words.reasons_shown([reason.as_json() for reason in reasons])


def _seat(stop: Stop, staff: bool) -> dict[str, Any]:
    title = gettext(stop.seat.title)
    name = stop.person.name if stop.person else None
    return {
        "level": stop.seat.level.value,
        "area_code": stop.seat.area_code,
        "department_code": None,
        "role": title,
        "name": name if staff else title,
    }


def _department(body: Department) -> dict[str, Any]:
    name = words.department_name(body)
    return {"level": "department", "area_code": None, "department_code": body.code, "role": name, "name": name}


def _proposal(one: Proposed) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id,
        "from_": {"area_code": one.from_area.code, "area_name": one.from_area.name},
        "to": {"area_code": one.to_area.code, "area_name": one.to_area.name},
        "state": row.state,
        "corrections": one.corrections,
        "tickets": one.tickets,
        "made_at": row.made_at,
        "decided_at": row.decided_at,
        "note": row.note,
    }
