"""What to call whoever has the ball: a person for staff, a role for everybody else."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from reporter.api import words
from reporter.models.areas import Department
from reporter.models.people import Person
from reporter.models.tickets import Hop
from reporter.queries import areas
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


class Names:
    """What to call a holder, loaded for all hops of a ticket at once."""

    def __init__(self, uow: UnitOfWork, scene: Scene, staff: bool):
        self._staff = staff
        seats = {seat.area_id: seat for seat in scene.chain}
        elsewhere = {hop.area_id for hop in scene.hops if hop.area_id and hop.area_id not in seats}
        if elsewhere:
            found = areas.seats_by_id(uow.session, list(elsewhere), uow.book, uow.now)
            seats.update({seat.area_id: seat for seat in found})
        self._seats = seats
        departments = {hop.department_id for hop in scene.hops if hop.department_id}
        self._departments = {
            row.id: row
            for row in (
                uow.session.scalars(select(Department).where(Department.id.in_(departments))) if departments else ()
            )
        }
        people = {hop.person_id for hop in scene.hops if hop.person_id} if staff else set()
        self._people: dict[int, str] = (
            {
                row.id: row.name
                for row in uow.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
            }
            if people
            else {}
        )

    def of(self, hop: Hop | None) -> dict[str, Any] | None:
        if hop is None:
            return None
        if hop.department_id is not None:
            row = self._departments[hop.department_id]
            name = words.department_name(row)
            return {"level": "department", "area_code": None, "department_code": row.code, "role": name, "name": name}
        shown = self.of_seat(hop.area_id or 0)
        if self._staff and hop.person_id:
            shown["name"] = self._people.get(hop.person_id)
        return shown

    def of_seat(self, area_id: int) -> dict[str, Any]:
        seat = self._seats[area_id]
        acting = seat.acting()
        title = gettext(seat.title)
        return {
            "level": seat.level.value,
            "area_code": seat.area_code,
            "department_code": None,
            "role": title,
            "name": (acting.name if acting else None) if self._staff else title,
        }
