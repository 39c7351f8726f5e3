"""What to call whoever has the ball: a person for staff, a role for everybody else."""

from typing import Any

from reporter.api import words
from reporter.api.words import gettext
from reporter.models.tickets import Hop
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


class Names:
    """What to call the holders of a ticket, from what its scene knows."""

    def __init__(self, uow: UnitOfWork, scene: Scene, staff: bool):
        self._departments = uow.book.departments
        self._scene = scene
        self._staff = staff

    def of(self, hop: Hop | None) -> dict[str, Any] | None:
        if hop is None:
            return None
        if hop.department_id is not None:
            row = self._departments[hop.department_id]
            name = words.department_name(row)
            return {"level": "department", "area_code": None, "department_code": row.code, "role": name, "name": name}
        shown = self.of_seat(hop.area_id or 0)
        if self._staff and hop.person_id:
            shown["name"] = self._scene.people.get(hop.person_id)
        return shown

    def of_seat(self, area_id: int) -> dict[str, Any]:
        seat = self._scene.seats[area_id]
        acting = seat.acting()
        title = gettext(seat.title)
        return {
            "level": seat.level.value,
            "area_code": seat.area_code,
            "department_code": None,
            "role": title,
            "name": (acting.name if acting else None) if self._staff else title,
        }
