"""The accounts of the demo and what to try with each: those of ``demo_accounts.json``, and seats of the stories.

A person reads the list, so it names a handful of seats however many a district has; any other seat is entered by its
code.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporter.demo import people
from reporter.demo.people import SeatRow
from reporter.demo.rows import District
from reporter.demo.spec import DistrictSpec
from reporter.demo.writer import Writer
from reporter.domain.permissions import Role
from reporter.models.areas import Seat
from reporter.models.people import Account, DemoHint, Person
from reporter.services import seeding


@dataclass(frozen=True, slots=True)
class Town:
    """A district that was loaded, with its seats."""

    spec: DistrictSpec
    district: District
    seats: Sequence[SeatRow]


def add(session: Session, now: datetime, towns: Sequence[Town], writer: Writer) -> None:
    """Write accounts and hints; the areas and seats they name must be there. KeyError for an area that is not."""
    script = seeding.read("demo_accounts.json")
    for rank, row in enumerate(script["accounts"]):
        person_id = _person(session, now, row, writer)
        if person_id is not None:
            session.add(Account(username=row["username"], person_id=person_id))
        session.add(
            DemoHint(username=row["username"], rank=rank, area_code=row.get("area"), what_to_try=row["what_to_try"])
        )
    told = [line for town in towns for line in _stories(script, town)]
    for rank, (username, code, text) in enumerate(told, start=len(script["accounts"])):
        session.add(DemoHint(username=username, rank=rank, area_code=code, what_to_try=text))


def _person(session: Session, now: datetime, row: Mapping[str, Any], writer: Writer) -> int | None:
    """The holder of a seat for ``seat`` accounts; else a person of its own."""
    if "seat" in row:
        holder = session.scalar(select(Seat.holder_id).where(Seat.area_id == writer.ids[row["seat"]]))
        if row["role"] == Role.DISTRICT.value and holder is not None:
            session.get_one(Person, holder).home_area_id = writer.ids[row["area"]]
        return holder
    person = Person(name=row["name"], role=row["role"], synthetic=True, created_at=now)
    if row["role"] == Role.DEPARTMENT.value:
        person.department_id = writer.departments[(row["area"], row["department"])]
    elif "area" in row:
        person.home_area_id = writer.ids[row["area"]]
    session.add(person)
    session.flush()  # the account refers to the person
    return person.id


def _stories(script: Mapping[str, Any], town: Town) -> Iterator[tuple[str, str, str]]:
    """Seats that the stories name: those at the gate, and the showcase of vacancies and leaves."""
    for name, gate in town.district.notes["gates"].items():
        place = {"compound": name, "lng": gate.point[0], "lat": gate.point[1]}
        for level in ("neighbourhood", "building", "grid"):
            code = getattr(gate, level)
            yield f"seat:{code}", code, script["gate"][level].format(**place)
    for name, example in people.showcase(town.district, town.seats, town.spec).items():
        if name in script["showcase"]:  # the gates are told above
            text = script["showcase"][name].format(lng=example.point[0], lat=example.point[1])
            yield f"seat:{example.area_code}", example.area_code, text
