"""Puts the demo into a database: 武昌区 at its real size and 西马街道 of another district, with people, accounts, and
what to try.

Generated rows say ``synthetic``; loading again adds nothing, and a load that breaks off leaves nothing, because all of
it is one transaction. Progress goes to a callable, so that a person sees it and a test does not.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reporter.demo import accounts
from reporter.demo.district import generate
from reporter.demo.spec import DistrictSpec, Division, read_divisions, read_specs
from reporter.demo.writer import Writer
from reporter.domain.areas import Level
from reporter.models.areas import Area
from reporter.services import seeding

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    areas: int
    seats: int
    people: int
    stations: int


def load(session: Session, now: datetime, progress: Progress, streets: Collection[str] | None = None) -> Loaded:
    """Load the demo once. ``now``: when leaves begin and people appear, aware UTC. ``streets``: codes, None for all.

    ``progress`` hears ``steps_of(streets)`` times what is done next; never when there are areas already. Raises
    ValueError for a street that the demo does not have.
    """
    if session.scalar(select(func.count()).select_from(Area)):
        return Loaded(0, 0, 0, 0)
    divisions = read_divisions()
    plans = [(spec, _streets_in(spec, divisions, streets)) for spec in read_specs().values()]
    progress("类别、时限、日历")
    since = seeding.seed_rules(session, now.date())
    towns = [
        (spec, generate(spec, divisions, streets=wanted, told=lambda name: progress(f"生成{name}")))
        for spec, wanted in plans
    ]
    writer = Writer(session, now, since)
    seats = []
    names = {row.code: row.name for row in divisions}
    for spec, district in towns:
        progress(f"写入{names[spec.code]}的区域")
        writer.add_areas(spec, district)
        progress(f"写入{names[spec.code]}的岗位和人员")
        seats.append(writer.add_people(spec, district))
    progress("账号")
    writer.finish()
    policies = seeding.read("policy.json")
    seeding.load_policies(session, policies["policies"], since)
    seeding.load_local_limits(session, policies["limits"], since)
    stories = [accounts.Town(spec, district, rows) for (spec, district), rows in zip(towns, seats, strict=True)]
    accounts.add(session, now, stories, writer)
    return Loaded(len(writer.ids), writer.seats, len(writer.person_ids), writer.stations)


def steps_of(streets: Collection[str] | None = None) -> int:
    """How often ``load`` tells its progress: rules, each street, areas and people of each district, accounts."""
    divisions, specs = read_divisions(), read_specs().values()
    return 2 + sum(2 + len(_streets_in(spec, divisions, streets)) for spec in specs)


def _streets_in(spec: DistrictSpec, divisions: Sequence[Division], streets: Collection[str] | None) -> set[str]:
    """Which of the wanted streets belong to the district; None wants all."""
    if streets is None:
        return {row.code for row in divisions if row.level == Level.STREET and row.parent_code == spec.code}
    return {code for code in streets if code.startswith(spec.code)}
