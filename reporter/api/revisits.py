"""Revisits of bad ratings over HTTP: list, one, its events, steps, figures, revealing."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from reporter.api import procedures, revisits_shown, ticket_lists, times
from reporter.api.edge import if_match, transaction
from reporter.api.words import gettext
from reporter.db import LARGEST_KEY
from reporter.domain import permissions
from reporter.domain.metrics import percent
from reporter.domain.permissions import Permission
from reporter.domain.revisit_events import INTERNAL, KIND_NAMES, Kind
from reporter.domain.revisits import RATE_NAMES, RATES, REVISIT, STATE_NAMES, Action, State
from reporter.models.areas import Area
from reporter.models.people import Person
from reporter.models.revisits import RevisitEvent
from reporter.queries import revisits as queries
from reporter.services import revisits
from reporter.services.unit_of_work import UnitOfWork
from schemas.catalogue import LifecycleOut
from schemas.dashboard import PeriodQuery
from schemas.revealing import RevealIn, RevealOut
from schemas.revisits import (
    RevisitEventList,
    RevisitFigures,
    RevisitList,
    RevisitOut,
    RevisitQuery,
    RevisitStep,
)

blueprint = Blueprint("revisits", __name__, url_prefix="/api/v1/revisits", description="What follows a bad rating")
ONE = f"/<int(max={LARGEST_KEY}):revisit_id>"


@blueprint.get("")
@transaction()
@blueprint.arguments(RevisitQuery, location="query")
@blueprint.response(200, RevisitList)
def list_revisits(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The revisits I may see, newest first

    A seat sees what it or a narrower one has, the rater their own. Who handled the
    ticket does not see that there is one.
    """
    filters = queries.Filters(
        area=ticket_lists.area_of(uow, query["area"]) if "area" in query else None,
        mine=query.get("mine", False),
        open=query.get("open"),
        late=query.get("late"),
    )
    page = queries.page(uow.session, uow.caller, filters, query.get("cursor"), query["limit"], uow.now)
    return {"items": [revisits_shown.item(uow, *row) for row in page.rows], "next_cursor": page.next_cursor}


@blueprint.get("/lifecycle")
@transaction(signed_in=False)
@blueprint.response(200, LifecycleOut)
def life(uow: UnitOfWork) -> dict[str, Any]:
    """The life of a revisit, from the table the service follows"""
    return procedures.printed(REVISIT)


@blueprint.get("/figures")
@transaction()
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, RevisitFigures)
def figures(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """Revisits opened in a period: how many, contacted in time, and what was found, each with its denominator"""
    permissions.require(uow.caller, Permission.DASHBOARD)
    area = ticket_lists.area_of(uow, query.get("area"))
    period, first, last = times.period(uow, query.get("from_"), query.get("to"))
    counts = queries.figures(uow.session, uow.caller, area, period.start, period.end, uow.now)
    return {
        "area": area.code,
        "from_": first.isoformat(),
        "to": last.isoformat(),
        "counts": counts,
        "rates": {
            key: {
                "name": gettext(RATE_NAMES[key]),
                "numerator": counts[over],
                "denominator": counts[under],
                "percent": percent(counts[over], counts[under]),
            }
            for key, (over, under) in RATES.items()
        },
    }


@blueprint.get(ONE)
@transaction()
@blueprint.response(200, RevisitOut)
def one(uow: UnitOfWork, revisit_id: int) -> Any:
    """One revisit with its limits and the steps I may take now

    The ``ETag`` is its version; send it back as ``If-Match`` with a step.
    """
    revisit, ticket = queries.get(uow.session, revisit_id, uow.caller)
    return revisits_shown.whole(uow, revisit, ticket), 200, {"ETag": f'"{revisit.version}"'}


@blueprint.get(f"{ONE}/events")
@transaction()
@blueprint.response(200, RevisitEventList)
def events(uow: UnitOfWork, revisit_id: int) -> dict[str, Any]:
    """What happened to it, from the beginning"""
    revisit, _ = queries.get(uow.session, revisit_id, uow.caller)
    rater = revisit.rater_id == uow.caller.person_id
    rows = uow.session.execute(
        select(RevisitEvent, Person.name, Area)
        .outerjoin(Person, Person.id == RevisitEvent.actor_id)
        .outerjoin(Area, Area.id == RevisitEvent.actor_area_id)
        .where(RevisitEvent.revisit_id == revisit.id)
        .order_by(RevisitEvent.seq)
    ).all()
    return {
        "items": [
            {
                "seq": event.seq,
                "kind": event.kind,
                "name": gettext(KIND_NAMES[Kind(event.kind)]),
                "at": event.at,
                "actor": revisits_shown.actor(uow, revisit, event, name, area),
                "state": event.state,
                "state_name": gettext(STATE_NAMES[State(event.state)]),
                "data": revisits_shown.worded(event.data),
            }
            for event, name, area in rows
            if not (rater and Kind(event.kind) in INTERNAL)
        ]
    }


@blueprint.post(f"{ONE}/steps")
@transaction(writes=True)
@blueprint.arguments(RevisitStep)
@blueprint.response(200, RevisitOut)
def take_step(uow: UnitOfWork, given: dict[str, Any], revisit_id: int) -> Any:
    """Take a step with a revisit"""
    revisit, ticket = revisits.take(uow, revisit_id, Action(given.pop("action")), given, version=if_match())
    uow.session.flush()
    return revisits_shown.whole(uow, revisit, ticket), 200, {"ETag": f'"{revisit.version}"'}


@blueprint.post(f"{ONE}/reveal")
@transaction(writes=True)
@blueprint.arguments(RevealIn)
@blueprint.response(200, RevealOut)
def reveal(uow: UnitOfWork, given: dict[str, Any], revisit_id: int) -> dict[str, Any]:
    """Show the rater, unmasked, to whoever has to call them; written down with the reason"""
    return revisits.reveal(uow, revisit_id, given["reason"])
