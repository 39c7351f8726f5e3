"""The catalogue over HTTP, suggestions from words, and the life of a ticket as data."""

from typing import Any

from flask_smorest import Blueprint

from reporter.api import procedures, words
from reporter.api.edge import house, transaction
from reporter.api.words import gettext
from reporter.domain import catalogue, coordinates, lifecycle, ratings
from reporter.domain.coordinates import Datum
from reporter.domain.errors import Refusal
from reporter.domain.lifecycle import ClockKind
from reporter.domain.rulebook import Category, Condition
from reporter.queries import areas
from reporter.services.unit_of_work import UnitOfWork
from schemas.catalogue import CategoryList, LifecycleOut
from schemas.reports import SuggestIn, SuggestOut

blueprint = Blueprint("catalogue", __name__, url_prefix="/api/v1", description="Kinds of problems, and their life")


@blueprint.get("/categories")
@transaction(signed_in=False)
@blueprint.response(200, CategoryList)
def categories(uow: UnitOfWork) -> dict[str, Any]:
    """The catalogue with conditions and limits, each limit with its source"""
    valid = [category for category in uow.book.categories if category.valid.on(uow.today)]
    return {
        "items": [_category(uow, category) for category in valid],
        "version": uow.book.version,
        "rating": _rating_words(),
    }


@blueprint.post("/categories/suggest")
@transaction()
@blueprint.arguments(SuggestIn)
@blueprint.response(200, SuggestOut)
def suggest(uow: UnitOfWork, given: dict[str, Any]) -> dict[str, Any]:
    """Up to three candidates for what somebody wrote, best first; never a decision"""
    house().limiter.hit("write", f"suggest:{uow.caller.person_id}")
    candidates = uow.book.index.suggest(given["text"], indoors=_indoors(uow, given.get("location")))
    divert = catalogue.emergency(given["text"], uow.book.words, uow.book.matching["traditional"])
    shown = []
    for candidate in candidates:
        category = uow.book.category(candidate.code, uow.today)
        divert = divert or (category.emergency_divert if candidate is candidates[0] else None)
        shown.append(
            {
                "code": candidate.code,
                "name": words.category_name(category),
                "score": candidate.score,
                "matched": list(candidate.matched),
                "severity": max(condition.severity for condition in category.conditions),
                "photo_required": category.photo_required,
                "conditions": [_condition(uow, condition) for condition in category.conditions],
            }
        )
    return {"candidates": shown, "emergency": words.prompt_shown(uow.book.prompts.get(divert or ""))}


@blueprint.get("/lifecycle")
@transaction(signed_in=False)
@blueprint.response(200, LifecycleOut)
def life(uow: UnitOfWork) -> dict[str, Any]:
    """The life of a ticket: every status and every step that leads on, from the table the service follows"""
    return procedures.printed(lifecycle.TICKET)


def _rating_words() -> dict[str, Any]:
    """What a rating may say, best grade first."""
    return {
        "grades": [{"value": grade, "name": gettext(name)} for grade, name in ratings.GRADES.items()],
        "tags": [{"value": tag, "name": gettext(name)} for tag, name in ratings.TAGS.items()],
    }


def _indoors(uow: UnitOfWork, location: dict[str, Any] | None) -> bool | None:
    """True inside a building; else nobody knows. Only a hint, so a bad point is no reason to refuse."""
    if location is None:
        return None
    try:
        coordinates.check(location["lng"], location["lat"])
    except Refusal:
        return None
    point = coordinates.to_wgs84(location["lng"], location["lat"], Datum(location["coord_type"]))
    rings = areas.footprints_at(uow.session, point, uow.today)
    return True if any(coordinates.is_inside(point, ring) for ring in rings) else None


def _category(uow: UnitOfWork, category: Category) -> dict[str, Any]:
    english = words.english()
    return {
        "code": category.code,
        "name": words.category_name(category),
        "kind": category.kind,
        "major_code": category.major_code,
        "major_name": category.major_name_en if english else category.major_name,
        "code_system": category.code_system,
        "std_code": category.std_code,
        "code_status": category.code_status,
        "first_level": "emergency" if category.emergency_first else category.first_level.value,
        "owner_level": category.owner_level,
        "photo_required": category.photo_required,
        "sensitive": category.sensitive,
        "duplicate_radius_m": category.duplicate_radius_m,
        "emergency_divert": category.emergency_divert,
        "conditions": [_condition(uow, condition) for condition in category.conditions],
    }


def _condition(uow: UnitOfWork, condition: Condition) -> dict[str, Any]:
    """With the limits that hold where no area has its own."""
    shown: dict[str, Any] = {
        "no": condition.no,
        "text": condition.text,
        "severity": condition.severity,
        "guard": condition.guard,
        "close_condition": condition.close_condition,
    }
    for kind in (ClockKind.RESPONSE, ClockKind.RESOLVE):
        row = uow.book.limit(condition, kind, (), uow.today)
        shown[f"{kind.value}_limit"] = {"value": row.limit.value, "unit": row.limit.unit.value, "source": row.source}
    return shown
