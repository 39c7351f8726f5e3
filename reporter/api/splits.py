"""A ticket and its parts as their readers may see them."""

from typing import Any

from reporter.api import words
from reporter.api.words import gettext
from reporter.domain.areas import Level
from reporter.domain.statuses import STATUS_NAMES, Status
from reporter.models.areas import Area
from reporter.models.tickets import Ticket
from reporter.queries import splits
from reporter.services.unit_of_work import UnitOfWork


def parent_of(uow: UnitOfWork, row: Ticket) -> dict[str, Any] | None:
    """The parent's public face: who has a part knows how the whole stands, though the whole may be hidden from them."""
    if row.parent_id is None:
        return None
    return _face(uow.session.get_one(Ticket, row.parent_id))


def parts_of(uow: UnitOfWork, row: Ticket, staff: bool) -> list[dict[str, Any]]:
    """Its parts, for staff: submitters hear only how the whole ends."""
    if not row.parts or not staff:
        return []
    return [_part(uow, found.Ticket, found.Area) for found in splits.of(uow.session, row.id)]


def _face(row: Ticket) -> dict[str, Any]:
    return {"number": row.number, "status": row.status, "status_name": gettext(STATUS_NAMES[Status(row.status)])}


def _part(uow: UnitOfWork, row: Ticket, desk: Area | None) -> dict[str, Any]:
    category = uow.book.category_by_id(row.category_id)
    return {
        **_face(row),
        "category": {"code": category.code, "name": words.category_name(category)},
        "holder": _unit(uow, row, desk),
        "due_at": row.due_at,
        "overdue": row.ended_at is None and row.solved_at is None and row.due_at is not None and row.due_at < uow.now,
    }


def _unit(uow: UnitOfWork, row: Ticket, desk: Area | None) -> dict[str, Any] | None:
    """The unit that has a part, by its role: the part itself names the person."""
    if row.holder_department_id is not None:
        department = uow.book.departments[row.holder_department_id]
        name = words.department_name(department)
        return {
            "level": "department",
            "area_code": None,
            "department_code": department.code,
            "role": name,
            "name": name,
        }
    if desk is None:
        return None
    title = gettext(uow.book.rung(desk.ladder, Level(desk.level).value).title)
    return {"level": desk.level, "area_code": desk.code, "department_code": None, "role": title, "name": title}
