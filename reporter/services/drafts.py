"""What somebody wants to tell us, before it is anything: what is wrong with it, what it names, its report row.

Where it belongs and what becomes of it is ``intake.py``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reporter.db import plain
from reporter.domain import coordinates, permissions
from reporter.domain.coordinates import Datum, Point
from reporter.domain.errors import Invalid, sentence
from reporter.domain.permissions import Actor, Permission, Role
from reporter.domain.rulebook import Category
from reporter.models.tickets import Report
from reporter.queries import areas
from reporter.services.unit_of_work import UnitOfWork

CLOCK_SKEW = timedelta(minutes=5)  # phones run a little ahead of us


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to tell us. ``datum`` says what ``lng`` and ``lat`` mean."""

    client_request_id: str
    lng: float
    lat: float
    datum: Datum
    accuracy_m: float | None = None
    text: str | None = None
    category: str | None = None
    condition: int | None = None
    photo_ids: tuple[str, ...] = ()
    observed_at: datetime | None = None
    address: str | None = None
    anonymous: bool = False
    on_behalf_of: str | None = None
    join: str | None = None
    external_no: str | None = None
    about: str | None = None  # "seat:CODE" whose people the matter is about


def point(uow: UnitOfWork, draft: Draft) -> Point:
    """Where it is, when nothing is wrong with the draft whatever the place. Raises BadLocation, Invalid."""
    coordinates.check(draft.lng, draft.lat)
    if draft.observed_at is not None:
        back = timedelta(days=uow.policy(()).observed_back_days)
        if draft.observed_at > uow.now + CLOCK_SKEW:
            raise Invalid(fields={"observed_at": sentence("发现时间不能在将来")})
        if draft.observed_at < uow.now - back:
            raise Invalid(fields={"observed_at": sentence("发现时间太久远")})
    if draft.condition is not None and draft.category is None:
        raise Invalid(fields={"condition": sentence("选了情形就要选类别")})
    if draft.external_no is not None:
        permissions.require(uow.caller, Permission.REGISTER_HOTLINE)
    return coordinates.to_wgs84(draft.lng, draft.lat, draft.datum)


def category_named(uow: UnitOfWork, draft: Draft) -> Category | None:
    """What the submitter says it is; None leaves that to the 网格长, and 其他 says as much. Raises UnknownCategory."""
    if draft.category in (None, uow.book.fallback_code):
        return None
    return uow.book.category(draft.category or "", uow.today)


def about(uow: UnitOfWork, draft: Draft) -> frozenset[int]:
    """The person the matter is about, who must neither handle nor see it. Raises Invalid."""
    if draft.about is None:
        return frozenset()
    kind, _, code = draft.about.partition(":")
    area = areas.by_code(uow.session, code) if kind == "seat" else None
    seats = areas.seats_by_id(uow.session, [area.id], uow.book, uow.now) if area else []
    if not seats or seats[0].holder is None:
        raise Invalid(fields={"about": sentence("没有这个岗位")})
    return frozenset({seats[0].holder.person_id})


def report(uow: UnitOfWork, draft: Draft, *, joined: bool) -> Report:
    """The submitter's words and place exactly as they came, to be kept beside the ticket they belong to."""
    return plain(
        Report,
        joined=joined,
        submitter_id=uow.caller.person_id,
        client_request_id=draft.client_request_id,
        source=source_of(uow.caller, draft),
        external_no=draft.external_no,
        on_behalf_of=draft.on_behalf_of,
        anonymous=draft.anonymous,
        text=draft.text,
        address=draft.address,
        category_given=draft.category,
        raw_lng=draft.lng,
        raw_lat=draft.lat,
        datum=draft.datum.value,
        accuracy_m=draft.accuracy_m,
        observed_at=draft.observed_at,
        received_at=uow.now,
    )


def source_of(actor: Actor, draft: Draft) -> str:
    """Who it came through: hotline, on behalf, rider, resident or patrol."""
    if draft.external_no is not None:
        return "hotline"
    if draft.on_behalf_of is not None:
        return "on_behalf"
    return {Role.RIDER: "rider", Role.LEAD: "patrol", Role.INTEGRATOR: "transfer"}.get(actor.role, "resident")
