"""The steps a caller may take, as forms can show them: fields, which must be filled, what to choose from."""

from typing import Any

from reporter.api import words
from reporter.api.words import gettext
from reporter.domain import five, lifecycle
from reporter.domain.actions import ACTION_NAMES, REASON_CODES, Action
from reporter.domain.areas import Level
from reporter.domain.lifecycle import Who
from reporter.domain.procedures import Move
from reporter.domain.routing import DEPARTMENT_OWNED
from reporter.domain.waiting import CARD_NAMES, Card
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


def action(uow: UnitOfWork, scene: Scene, move: Move) -> dict[str, Any]:
    """A step as a form can show it: its fields, which must be filled, and what to choose from."""
    needs = (*lifecycle.needs_of(move, scene.facts), *five.still_asked(move.action, scene.facts))
    fields = []
    for name in (*needs, *(extra for extra in move.may_have if extra not in needs)):
        fields.append({"name": name, "required": name in needs, "choices": _choices(uow, scene, move, name)})
    return {"action": str(move.action), "name": gettext(ACTION_NAMES[move.action]), "fields": fields}


def _choices(uow: UnitOfWork, scene: Scene, move: Move, name: str) -> list[dict[str, Any]] | None:
    if name == "reason_code":
        return [{"value": code, "name": gettext(text)} for code, text in REASON_CODES[move.action].items()]
    if name == "to":
        found = _receivers(uow, scene, move)
        return [one for one in found if one["value"].startswith("seat:")] if move.action is Action.CHECK else found
    if name == "card":
        level = scene.facts.overseer_level
        cards = list(Card) if level and level.reaches(Level.STREET) else [Card.YELLOW]
        return [{"value": card.value, "name": gettext(CARD_NAMES[card])} for card in cards]
    return None


def _receivers(uow: UnitOfWork, scene: Scene, move: Move) -> list[dict[str, Any]]:
    """Where the holder, or who is above it, may send it: the filled seats of the chain below, and departments if one
    owns it."""
    holder = Level(scene.ticket.holder_level) if scene.ticket.holder_level else Level.NEIGHBOURHOOD
    if move.who is Who.OVERSEER:
        holder = scene.facts.overseer_level or holder
    found = [
        {"value": f"seat:{seat.area_code}", "name": f"{gettext(seat.title)} {seat.area_name}"}
        for seat in scene.chain
        if seat.level.rank > holder.rank
        and seat.area_id != scene.ticket.holder_area_id
        and seat.acting(scene.conflicted)
    ]
    if holder.reaches(Level.GRID) and scene.category.owner_level in DEPARTMENT_OWNED:
        owner = uow.book.department_code(scene.category)
        for row in sorted(uow.book.departments_of(scene.ticket.district_id), key=lambda row: row.code != owner):
            if row.id != scene.ticket.holder_department_id:
                found.append({"value": f"department:{row.code}", "name": words.department_name(row)})
    return found
