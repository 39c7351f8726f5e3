"""Whistles for a person: ``visible_to`` is the only door; below it finding, locking, numbering and the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from reporter.domain.areas import Level
from reporter.domain.attendance import Figure
from reporter.domain.errors import NotFound
from reporter.domain.permissions import Actor
from reporter.domain.whistles import UNSUMMED, CallStatus, Turn
from reporter.models.areas import Area
from reporter.models.photos import Photo
from reporter.models.tickets import Ticket
from reporter.models.whistles import Whistle, WhistleCall, WhistleCounter, WhistleEvent
from reporter.queries.figures import Period
from reporter.queries.tickets import reach

SEEN_FROM = Level.GRID  # the smallest level whose business a whistle in its area is


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which whistles this person sees: for a seat of a grid or wider those in its area, for a department those it
    was called by, for district and auditor their area. Nobody sees a whistle for a ticket about themselves."""
    ways: list[ColumnElement[bool]] = [
        getattr(Whistle, f"{level.value}_id") == area_id for level, area_id in reach(actor) if level.reaches(SEEN_FROM)
    ]
    if actor.department_id is not None:
        calls = select(WhistleCall.whistle_id).where(WhistleCall.department_id == actor.department_id)
        ways.append(Whistle.id.in_(calls))
    about = exists().where(Ticket.id == Whistle.ticket_id, Ticket.about_person_id == actor.person_id)
    return and_(or_(false(), *ways), ~about)


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Whistles in which it is this person's turn."""
    ways: list[ColumnElement[bool]] = []
    seats = [seat.area_id for seat in actor.seats]
    if seats:
        ways.append(and_(Whistle.turn == Turn.WHISTLER.value, Whistle.blown_from_id.in_(seats)))
    if actor.department_id is not None:
        mine = and_(WhistleCall.whistle_id == Whistle.id, WhistleCall.department_id == actor.department_id)
        owing = WhistleCall.status.in_([CallStatus.CALLED, CallStatus.SIGNED_IN, CallStatus.NO_SHOW])
        ways.append(and_(Whistle.turn == Turn.UNITS.value, exists().where(mine, owing)))
        ways.append(and_(Whistle.turn == Turn.LEAD.value, exists().where(mine, WhistleCall.is_lead)))
    return or_(false(), *ways)


def get(session: Session, number: str, actor: Actor) -> Whistle:
    """A whistle the caller may see. Raises NotFound: hidden looks absent."""
    whistle = session.scalar(select(Whistle).where(Whistle.number == number, visible_to(actor)))
    if whistle is None:
        raise NotFound()
    return whistle


def locked(session: Session, number: str, actor: Actor) -> Whistle:
    """The same, its row locked until the end of the transaction."""
    found = select(Whistle).where(Whistle.number == number, visible_to(actor))
    whistle = session.scalar(found.with_for_update(of=Whistle))
    if whistle is None:
        raise NotFound()
    return whistle


def locked_by_id(session: Session, whistle_id: int) -> Whistle | None:
    """Without the door: only for the system's own jobs."""
    return session.scalar(select(Whistle).where(Whistle.id == whistle_id).with_for_update())


def by_key(session: Session, person_id: int, key: str) -> Whistle | None:
    """What this person's request of this key became the first time."""
    return session.scalar(select(Whistle).where(Whistle.blown_by_id == person_id, Whistle.client_request_id == key))


def of_ticket(session: Session, ticket_id: int, actor: Actor) -> Sequence[Whistle]:
    """The whistles blown for a ticket that the caller may see, oldest first."""
    mine = select(Whistle).where(Whistle.ticket_id == ticket_id, visible_to(actor))
    return session.scalars(mine.order_by(Whistle.id)).all()


def unsummed(session: Session, ticket_id: int) -> str | None:
    """The number of a whistle for this ticket whose joint action is not over."""
    return session.scalar(
        select(Whistle.number).where(Whistle.ticket_id == ticket_id, Whistle.status.in_(sorted(UNSUMMED))).limit(1)
    )


def next_number(session: Session, prefix: str, day: date, digits: int) -> str:
    """The next number of the district's whistles on a local day: WC + S (哨) + date + at least ``digits`` digits that
    may grow. The counter's row stays locked until the transaction ends, so that no number is given twice."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(WhistleCounter).values(prefix=prefix, day=day, last=1)
    counted = first.on_conflict_do_update(
        index_elements=["prefix", "day"], set_={"last": WhistleCounter.last + 1}
    ).returning(WhistleCounter.last)
    return f"{prefix}S{day:%Y%m%d}{session.execute(counted).scalar_one():0{digits}d}"


def calls_of(session: Session, whistle_ids: Sequence[int]) -> dict[int, list[WhistleCall]]:
    """The calls of each whistle, the lead first, then as they were called."""
    found: dict[int, list[WhistleCall]] = {whistle_id: [] for whistle_id in whistle_ids}
    rows = session.scalars(
        select(WhistleCall)
        .where(WhistleCall.whistle_id.in_(whistle_ids))
        .order_by(WhistleCall.is_lead.desc(), WhistleCall.department_id)
        .execution_options(populate_existing=True)  # the lock is newer than what was read before it
    )
    for call in rows:
        found[call.whistle_id].append(call)
    return found


def photos_of(session: Session, whistle_id: int) -> dict[int, list[Photo]]:
    """Its photos that are not refused, by event, oldest first."""
    found: dict[int, list[Photo]] = {}
    rows = session.scalars(
        select(Photo)
        .join(WhistleEvent, WhistleEvent.id == Photo.whistle_event_id)
        .where(WhistleEvent.whistle_id == whistle_id, Photo.state != "refused")
        .order_by(Photo.created_at, Photo.id)
    )
    for photo in rows:
        found.setdefault(photo.whistle_event_id or 0, []).append(photo)
    return found


def photo_is_visible(session: Session, actor: Actor, event_id: int) -> bool:
    """Whether the photo of a step of a whistle is this person's business."""
    mine = select(Whistle.id).join(WhistleEvent, WhistleEvent.whistle_id == Whistle.id)
    return session.scalar(mine.where(WhistleEvent.id == event_id, visible_to(actor))) is not None


@dataclass(frozen=True, slots=True)
class Filters:
    """All optional. A ``figure`` is counted of the calls of ``department_id``, or of any unit without one."""

    area: Area | None = None
    statuses: tuple[str, ...] = ()
    kind: str | None = None
    department_id: int | None = None
    ticket: str | None = None
    escalated: bool | None = None
    mine: bool = False
    figure: Figure | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Whistle]
    next_cursor: int | None  # id of the last row shown; None on the last page


def page(session: Session, actor: Actor, filters: Filters, now: datetime, after: int | None, limit: int) -> Page:
    """One page of what the caller may see, newest first, in one statement."""
    query = select(Whistle).where(visible_to(actor), *_conditions(actor, filters, now))
    if after is not None:
        query = query.where(Whistle.id < after)
    rows = session.scalars(query.order_by(Whistle.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return Page(shown, shown[-1].id if len(rows) > limit else None)


def _conditions(actor: Actor, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area is not None:
        found.append(within(filters.area))
    if filters.statuses:
        found.append(Whistle.status.in_(filters.statuses))
    if filters.kind is not None:
        found.append(Whistle.kind == filters.kind)
    if filters.ticket is not None:
        found.append(Whistle.ticket_id.in_(select(Ticket.id).where(Ticket.number == filters.ticket)))
    if filters.escalated is not None:
        found.append(Whistle.escalated_at.is_not(None) if filters.escalated else Whistle.escalated_at.is_(None))
    if filters.mine:
        found.append(waits_for(actor))
    if filters.department_id is not None or filters.figure is not None:
        called: list[Any] = [WhistleCall.whistle_id == Whistle.id]
        if filters.department_id is not None:
            called.append(WhistleCall.department_id == filters.department_id)
        if filters.figure is not None:
            called.append(counts(filters.figure, now))
        found.append(exists().where(*called))
    if filters.period is not None:
        found.append(in_period(filters.period))
    return found


def within(area: Area) -> ColumnElement[bool]:
    """Whistles in an area; what lies below the grid is never asked for by itself."""
    if not Level(area.level).reaches(SEEN_FROM):
        return Whistle.area_id == area.id
    column: ColumnElement[int] = getattr(Whistle, f"{area.level}_id")
    return column == area.id


def in_period(period: Period) -> ColumnElement[bool]:
    """Blown in these local days."""
    return and_(Whistle.blown_at >= period.start, Whistle.blown_at < period.end)


def counts(figure: Figure, now: datetime) -> ColumnElement[bool]:
    """Which calls a figure counts, of whistles that were not withdrawn; the list behind it asks the same."""
    came = WhistleCall.signed_in_at.is_not(None)
    in_time = WhistleCall.signed_in_at <= WhistleCall.sign_in_due_at
    missed = and_(
        WhistleCall.sign_in_due_at < now,
        or_(Whistle.ended_at.is_(None), Whistle.ended_at > WhistleCall.sign_in_due_at),
        or_(~came, ~in_time),
    )
    conditions: dict[Figure, ColumnElement[bool]] = {
        Figure.CALLED: true(),
        Figure.SIGN_IN_DUE: or_(came, missed),
        Figure.SIGNED_IN_ON_TIME: and_(came, in_time),
        Figure.SIGNED_IN_LATE: and_(came, ~in_time),
        Figure.NO_SHOW: missed,
        Figure.SIGNED_IN: came,
        Figure.ON_SITE: and_(came, WhistleCall.on_site == true()),
        Figure.FED_BACK: WhistleCall.fed_back_at.is_not(None),
        Figure.GRADED: WhistleCall.rated_at.is_not(None),
    }
    return and_(Whistle.status != "withdrawn", conditions[figure])
