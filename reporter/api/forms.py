"""The steps a caller may take, as forms can show them: fields, which must be filled, what to choose from."""

from typing import Any

from reporter.api import words
from reporter.api.words import gettext
from reporter.domain import lifecycle
from reporter.domain.actions import ACTION_NAMES, REASON_CODES
from reporter.domain.areas import Level
from reporter.domain.procedures import Move
from reporter.domain.routing import DEPARTMENT_OWNED
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


def action(uow: UnitOfWork, scene: Scene, move: Move) -> dict[str, Any]:
    """A step as a form can show it: its fields, which must be filled, and what to choose from."""
    needs = lifecycle.needs_of(move, scene.facts)
    fields = []
    for name in (*needs, *(extra for extra in move.may_have if extra not in needs)):
        fields.append({"name": name, "required": name in needs, "choices": _choices(uow, scene, move, name)})
    return {"action": str(move.action), "name": gettext(ACTION_NAMES[move.action]), "fields": fields}


def _choices(uow: UnitOfWork, scene: Scene, move: Move, name: str) -> list[dict[str, Any]] | None:
    if name == "reason_code":
        return [{"value": code, "name": gettext(text)} for code, text in REASON_CODES[move.action].items()]
    if name == "to":
        return _receivers(uow, scene)
    return None


def _receivers(uow: UnitOfWork, scene: Scene) -> list[dict[str, Any]]:
    """Where the holder may send it: the filled seats of the chain below, and departments if one owns it."""
    holder = Level(scene.ticket.holder_level) if scene.ticket.holder_level else Level.NEIGHBOURHOOD
    found = [
        {"value": f"seat:{seat.area_code}", "name": f"{gettext(seat.title)} {seat.area_name}"}
        for seat in scene.chain
        if seat.level.rank > holder.rank and seat.acting(scene.conflicted)
    ]
    if holder.reaches(Level.GRID) and scene.category.owner_level in DEPARTMENT_OWNED:
        owner = uow.book.department_code(scene.category)
        for row in sorted(uow.book.departments_of(scene.ticket.district_id), key=lambda row: row.code != owner):
            found.append({"value": f"department:{row.code}", "name": words.department_name(row)})
    return found
