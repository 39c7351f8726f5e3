"""A revisit as its reader may see it: the rater never by name, and to the rater the others by role only."""

from typing import Any

from reporter.api import words
from reporter.api.words import gettext
from reporter.domain import privacy
from reporter.domain.procedures import Move
from reporter.domain.ratings import TAGS
from reporter.domain.revisits import (
    ACTION_NAMES,
    DUE_NAMES,
    OUTCOME_NAMES,
    STATE_NAMES,
    TRUE,
    Action,
    Due,
    Outcome,
    State,
)
from reporter.models.areas import Area
from reporter.models.revisits import Revisit, RevisitClock, RevisitEvent
from reporter.models.tickets import Rating, Ticket
from reporter.queries import areas
from reporter.queries import revisits as queries
from reporter.services import revisits
from reporter.services.unit_of_work import UnitOfWork


def item(
    uow: UnitOfWork, revisit: Revisit, ticket: Ticket, rating: Rating, clocks: list[RevisitClock]
) -> dict[str, Any]:
    own = rating.person_id == uow.caller.person_id
    return {
        "id": revisit.id,
        "ticket": ticket.number,
        "state": revisit.state,
        "state_name": gettext(STATE_NAMES[State(revisit.state)]),
        "grade": revisit.grade,
        "grade_now": rating.grade,
        "tags": [{"value": tag, "name": gettext(TAGS[tag])} for tag in rating.tags if tag in TAGS],
        "text": rating.text if own or not rating.text else privacy.mask_numbers_in(rating.text),
        "outcome": revisit.outcome,
        "outcome_name": gettext(OUTCOME_NAMES[Outcome(revisit.outcome)]) if revisit.outcome else None,
        "opened_at": revisit.opened_at,
        "done_at": revisit.done_at,
        "withdrawn_at": revisit.withdrawn_at,
        "appealed_at": revisit.appealed_at,
        "late": any(clock.stopped_at is None and clock.due_at < uow.now for clock in clocks),
        "clocks": [_clock(uow, clock) for clock in clocks],
    }


def whole(uow: UnitOfWork, revisit: Revisit, ticket: Ticket) -> dict[str, Any]:
    rating, name, clocks = queries.one(uow.session, revisit)
    own = rating.person_id == uow.caller.person_id
    role, anonymous = queries.said_as(uow.session, revisit)
    visit = revisits.look(uow, revisit, ticket)
    shown_name = name if own else None if anonymous else privacy.mask_name(name)
    return {
        **item(uow, revisit, ticket, rating, clocks),
        "version": revisit.version,
        "evidence": revisit.evidence,
        "rater": {"role": role, "name": shown_name},
        "assigned": _assigned(uow, revisit, own),
        "reasons": words.reasons_shown(revisit.reasons),
        "actions": [_action(move, revisit) for move in revisits.actions_for(uow, visit)],
    }


def _assigned(uow: UnitOfWork, revisit: Revisit, rater: bool) -> dict[str, Any]:
    """The seat with whoever acts there now; by role only for the rater."""
    area_id = revisit.seat_area_id if revisit.seat_area_id is not None else revisit.district_id
    seat = areas.seats_by_id(uow.session, [area_id or 0], uow.book, uow.now)[0]
    acting, title = seat.acting(), gettext(seat.title)
    return {
        "level": seat.level.value,
        "area_code": seat.area_code,
        "department_code": None,
        "role": title,
        "name": title if rater or revisit.seat_area_id is None else acting.name if acting else None,
    }


def _action(move: Move, revisit: Revisit) -> dict[str, Any]:
    optional = [name for name in move.may_have if name not in move.needs]
    if move.action is Action.FIND and "evidence" not in optional:
        optional.append("evidence")
    return {
        "action": str(move.action),
        "name": gettext(ACTION_NAMES[move.action]),
        "fields": [
            {"name": name, "required": name in move.needs, "choices": _choices(move, name)}
            for name in (*move.needs, *optional)
        ],
    }


def _choices(move: Move, name: str) -> list[dict[str, Any]] | None:
    if name != "outcome":
        return None
    offered = [outcome for outcome in Outcome if move.action is Action.FIND or outcome in TRUE]
    return [{"value": outcome.value, "name": gettext(OUTCOME_NAMES[outcome])} for outcome in offered]


def _clock(uow: UnitOfWork, clock: RevisitClock) -> dict[str, Any]:
    if clock.stopped_at is not None:
        state = "kept" if clock.stopped_at <= clock.due_at else "missed"
    else:
        state = "late" if clock.due_at < uow.now else "running"
    return {
        "due": clock.due,
        "name": gettext(DUE_NAMES[Due(clock.due)]),
        "state": state,
        "limit": {"value": clock.limit_value, "unit": clock.limit_unit},
        "source": clock.source,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "late_at": clock.late_at,
    }


def actor(
    uow: UnitOfWork, revisit: Revisit, event: RevisitEvent, name: str | None, area: Area | None
) -> dict[str, Any] | None:
    """The rater by role only, as everywhere; to the rater the others by role only."""
    if event.actor_id is None:
        return None
    if event.actor_id == revisit.rater_id or area is None:
        role = "rater" if event.actor_id == revisit.rater_id else "district"
        return {"level": None, "area_code": None, "department_code": None, "role": role, "name": None}
    title = gettext(uow.book.rung(area.ladder, area.level).title)
    rater = uow.caller.person_id == revisit.rater_id
    return {
        "level": area.level,
        "area_code": area.code,
        "department_code": None,
        "role": title,
        "name": title if rater else name,
    }


def worded(data: dict[str, Any]) -> dict[str, Any]:
    """The event's data with a sentence beside an outcome, and the limit it speaks of in words."""
    worded = {**data}
    if "outcome" in data:
        worded["outcome_name"] = gettext(OUTCOME_NAMES[Outcome(data["outcome"])])
    if "due" in data:
        worded["due"] = words.say(str(data["due"]))
    return worded
