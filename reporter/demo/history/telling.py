"""The messages of a generated ticket: ``services/messages.tell`` without its database."""

from collections.abc import Sequence
from typing import Protocol

from reporter.demo.history.landing import level_of
from reporter.demo.history.parts import Event, Filing, Hop, Joining, Told
from reporter.demo.history.world import Place, World
from reporter.domain import routing
from reporter.domain.areas import Level
from reporter.domain.errors import NoLevelAbove
from reporter.domain.events import EventKind
from reporter.domain.notifications import NOTICES, Audience
from reporter.domain.rulebook import Condition


class Tellable(Protocol):
    """What telling asks of a ticket."""

    world: World
    place: Place
    condition: Condition
    emergency: str | None
    accountable_id: int

    @property
    def filing(self) -> Filing: ...

    @property
    def joined(self) -> Sequence[Joining]: ...


def messages_of(ticket: Tellable, event: Event, hop: Hop | None, **filling: str) -> list[Told]:
    """One for each person an event is told to; ``hop`` has the ball afterwards."""
    told: dict[int, Told] = {}
    actor = event.actor[0] if event.actor else None
    for template in NOTICES.get(event.kind, ()):
        for person_id in _people(ticket, event, hop, template.audience):
            own_doing = person_id == actor and template.audience is not Audience.SUBMITTERS
            if person_id not in told and not own_doing:
                told[person_id] = Told(event.seq, event.at, person_id, template.text, dict(filling))
    return list(told.values())


def _people(ticket: Tellable, event: Event, hop: Hop | None, audience: Audience) -> list[int]:
    if audience is Audience.SUBMITTERS:
        return [ticket.filing.submitter[0], *(joining.submitter[0] for joining in ticket.joined)]
    if audience is Audience.HOLDER:
        return _holders(ticket, hop)
    if audience is Audience.ACCOUNTABLE:
        return _acting(ticket, [seat.area_id for seat in ticket.place.chain if seat.area_id == ticket.accountable_id])
    if audience is Audience.COPIED:
        if ticket.condition.severity != 4 or event.kind is EventKind.JOINED:
            return []
        levels = {Level.COMMUNITY, Level.STREET} if ticket.emergency else {Level.COMMUNITY}
        return _acting(ticket, [seat.area_id for seat in ticket.place.chain if seat.level in levels])
    level = level_of(hop.landing) if hop else Level.BUILDING
    try:
        above = routing.climb(ticket.place.chain, level, "climbed")
    except NoLevelAbove:
        return []
    return [above.person.person_id] if above.person else []


def _holders(ticket: Tellable, hop: Hop | None) -> list[int]:
    if hop is None:
        return []
    if hop.landing.department_id is not None:
        bodies = ticket.world.departments.values()
        return [one for body in bodies if body.id == hop.landing.department_id for one in body.staff]
    return [hop.landing.person_id] if hop.landing.person_id else []


def _acting(ticket: Tellable, area_ids: list[int]) -> list[int]:
    people = [ticket.world.seats[area_id].acting() for area_id in area_ids]
    return [person.person_id for person in people if person]
