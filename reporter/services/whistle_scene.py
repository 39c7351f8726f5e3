"""A whistle with its calls: what its rows ask about it, and what the caller is to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from reporter.domain.errors import Invalid, sentence
from reporter.domain.permissions import Actor, Role
from reporter.domain.rulebook import Lineage
from reporter.domain.whistles import CallFacts, CallStatus, Facts, Who
from reporter.models.whistles import Whistle, WhistleCall
from reporter.queries import whistles
from reporter.services.unit_of_work import UnitOfWork


@dataclass
class WhistleScene:
    """``calls``: the lead's first. ``codes``: of the departments called, by their id."""

    whistle: Whistle
    calls: list[WhistleCall]
    codes: dict[int, str]

    @property
    def lead(self) -> WhistleCall:
        return next(call for call in self.calls if call.is_lead)

    def code_of(self, call: WhistleCall) -> str:
        return self.codes[call.department_id]

    def call_of(self, code: object) -> WhistleCall:
        """The call of a department. Raises Invalid naming ``unit``."""
        for call in self.calls:
            if self.code_of(call) == code:
                return call
        raise Invalid(fields={"unit": sentence("这个单位不在哨单里")})


def load(uow: UnitOfWork, whistle: Whistle) -> WhistleScene:
    """One statement."""
    return of(uow, whistle, whistles.calls_of(uow.session, [whistle.id])[whistle.id])


def of(uow: UnitOfWork, whistle: Whistle, calls: list[WhistleCall]) -> WhistleScene:
    codes = {call.department_id: uow.book.departments[call.department_id].code for call in calls}
    return WhistleScene(whistle, calls, codes)


def lineage(whistle: Whistle) -> Lineage:
    """Ids of the areas it lies in, widest first, as far as policies differ."""
    ids = (whistle.city_id, whistle.district_id, whistle.street_id, whistle.community_id, whistle.grid_id)
    return [area_id for area_id in ids if area_id is not None]


def running_due(call: WhistleCall) -> datetime | None:
    """When the limit that runs now ends: for signing in, afterwards for feeding back; None: none runs."""
    if call.status == CallStatus.CALLED:
        return call.sign_in_due_at
    if call.status == CallStatus.SIGNED_IN and call.feedback_missed_at is None:
        return call.feedback_due_at
    return None


def facts(scene: WhistleScene) -> Facts:
    lead = scene.lead
    return Facts(
        unanswered=_codes(scene, [call for call in scene.calls if running_due(call) is not None]),
        unrated=_codes(scene, [call for call in scene.calls if _may_be_rated(call)]),
        lead_came=lead.signed_in_at is not None,
        lead_silent=lead.status == CallStatus.NO_SHOW or _fell_silent(lead),
        anybody_answered=any(call.status != CallStatus.CALLED for call in scene.calls),
    )


def call_facts(call: WhistleCall) -> CallFacts:
    return CallFacts(feedback_missed=call.feedback_missed_at is not None)


def _fell_silent(call: WhistleCall) -> bool:
    return call.status == CallStatus.SIGNED_IN and call.feedback_missed_at is not None


def _may_be_rated(call: WhistleCall) -> bool:
    return call.status == CallStatus.FED_BACK or _fell_silent(call)


def _codes(scene: WhistleScene, calls: Collection[WhistleCall]) -> frozenset[str]:
    return frozenset(scene.code_of(call) for call in calls)


def relations(actor: Actor, scene: WhistleScene) -> frozenset[Who]:
    """What the caller is to this whistle."""
    found = {Who.ANYBODY}
    if any(seat.area_id == scene.whistle.blown_from_id for seat in actor.seats):
        found.add(Who.WHISTLER)
    if any(call.department_id == actor.department_id for call in scene.calls):
        found.add(Who.UNIT)
    if scene.lead.department_id == actor.department_id:
        found.add(Who.LEAD)
    district = scene.whistle.district_id
    at_desk = actor.home_area_id == district or any(seat.area_id == district for seat in actor.seats)
    if actor.role is Role.DISTRICT and at_desk:
        found.add(Who.DISTRICT)
    return frozenset(found)
