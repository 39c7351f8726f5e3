"""Revisits for a person: ``visible_to`` is the only door; below it pages, handlers and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from reporter.db import LARGEST_KEY
from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, NotFound, sentence
from reporter.domain.events import BY_SUBMITTERS, EventKind
from reporter.domain.permissions import Actor, Role
from reporter.domain.revisits import Due, Outcome, State
from reporter.models.areas import Area
from reporter.models.people import Person
from reporter.models.revisits import Revisit, RevisitClock, RevisitHandler
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket
from reporter.queries.tickets import not_about, within

_IS_NO_HANDLING = frozenset({*BY_SUBMITTERS, EventKind.NOTED})


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which revisits this person sees; asked of ``Revisit`` joined with its ``Ticket``.

    The rater their own; a seat what it or a narrower seat of its area has; the district's desk and auditor their
    area. Nobody sees one for a ticket they handled, or that is about them.
    """
    handled = exists().where(RevisitHandler.revisit_id == Revisit.id, RevisitHandler.person_id == actor.person_id)
    own = Revisit.rater_id == actor.person_id
    return or_(own, and_(or_(false(), *_reach(actor)), ~handled, not_about(actor)))


def _reach(actor: Actor) -> list[ColumnElement[bool]]:
    found = []
    for seat in actor.seats:
        narrower = [level.value for level in Level if level.rank >= seat.level.rank]
        due_here: ColumnElement[bool] = Revisit.seat_level.in_(narrower)
        if seat.level.reaches(Level.STREET):  # what a wider seat calls malicious may need their review
            due_here = or_(due_here, Revisit.state == State.REVIEWING.value)
        found.append(and_(within(seat.level.value, seat.area_id), due_here))
    if actor.role in (Role.AUDITOR, Role.DISTRICT) and actor.home_area_id and actor.home_level:
        found.append(within(actor.home_level.value, actor.home_area_id))
    return found


def _question(actor: Actor) -> Any:
    return select(Revisit, Ticket).join(Ticket, Ticket.id == Revisit.ticket_id).where(visible_to(actor))


def get(session: Session, revisit_id: int, actor: Actor) -> tuple[Revisit, Ticket]:
    """A revisit the caller may see, with its ticket. Raises NotFound: hidden looks absent."""
    row = session.execute(_question(actor).where(Revisit.id == revisit_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1]


def locked(session: Session, revisit_id: int, actor: Actor) -> tuple[Revisit, Ticket]:
    """The same, the revisit's row locked until the end of the transaction."""
    row = session.execute(_question(actor).where(Revisit.id == revisit_id).with_for_update(of=Revisit)).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1]


def locked_by_id(session: Session, revisit_id: int) -> tuple[Revisit, Ticket]:
    """Without the door: only for the system's own jobs."""
    row = session.execute(
        select(Revisit, Ticket)
        .join(Ticket, Ticket.id == Revisit.ticket_id)
        .where(Revisit.id == revisit_id)
        .with_for_update(of=Revisit)
    ).one()
    return row[0], row[1]


def of_rating(session: Session, ticket_id: int, rater_id: int) -> Revisit | None:
    """What a person's bad rating of a ticket led to, its row locked."""
    return session.scalar(
        select(Revisit).where(Revisit.ticket_id == ticket_id, Revisit.rater_id == rater_id).with_for_update()
    )


def who_handled(session: Session, ticket: Ticket) -> set[int]:
    """Everybody who took a step of the work: not the submitters, not who only left a note."""
    acted = session.scalars(
        select(Event.actor_id)
        .where(
            Event.ticket_id == ticket.id,
            Event.actor_id.is_not(None),
            Event.kind.not_in([kind.value for kind in _IS_NO_HANDLING]),
        )
        .distinct()
    )
    solver = session.scalar(select(Hop.person_id).where(Hop.ticket_id == ticket.id, Hop.seq == ticket.solver_hop))
    return {person for person in (*acted, solver) if person is not None}


def handlers_of(session: Session, revisit_id: int) -> set[int]:
    """The same, as they were when the revisit was opened."""
    return set(session.scalars(select(RevisitHandler.person_id).where(RevisitHandler.revisit_id == revisit_id)))


def rater_of(session: Session, revisit: Revisit) -> tuple[str, str]:
    """Name and role of the rater."""
    row = session.execute(select(Person.name, Person.role).where(Person.id == revisit.rater_id)).one()
    return row[0], row[1]


def said_as(session: Session, revisit: Revisit) -> tuple[str, bool]:
    """The rater's role, and whether any of the rater's reports of the ticket was anonymous."""
    row = session.execute(
        select(Person.role, func.max(case((Report.anonymous, 1), else_=0)).label("anonymous"))
        .join(Report, and_(Report.submitter_id == Person.id, Report.ticket_id == revisit.ticket_id))
        .where(Person.id == revisit.rater_id)
        .group_by(Person.role)
    ).one()
    return row.role, bool(row.anonymous)


def desk_of(session: Session, district_id: int | None) -> list[int]:
    """The people at a district's desk."""
    return list(
        session.scalars(select(Person.id).where(Person.role == Role.DISTRICT.value, Person.home_area_id == district_id))
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """All optional. ``mine``: of the caller's seats, or of the caller's district desk."""

    area: Area | None = None
    mine: bool = False
    open: bool | None = None
    late: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """``rows``: (Revisit, Ticket, Rating, clocks), newest first."""

    rows: Sequence[tuple[Revisit, Ticket, Rating, list[RevisitClock]]]
    next_cursor: str | None


def page(session: Session, actor: Actor, filters: Filters, cursor: str | None, limit: int, now: datetime) -> Page:
    """One page of what the caller may see, in two statements. Raises Invalid for an unreadable cursor."""
    conditions = _conditions(actor, filters, now)
    if cursor is not None:
        if not cursor.isdecimal() or int(cursor) > LARGEST_KEY:
            raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
        conditions.append(Revisit.id < int(cursor))
    rows = _with_rating(session, actor, conditions, limit + 1)
    shown = rows[:limit]
    clocks = clocks_of(session, [row[0].id for row in shown])
    return Page(
        [(*row, clocks.get(row[0].id, [])) for row in shown], str(shown[-1][0].id) if len(rows) > limit else None
    )


def one(session: Session, revisit: Revisit) -> tuple[Rating, str, list[RevisitClock]]:
    """The rating, the rater's name and the clocks of a revisit, in two statements."""
    row = session.execute(
        select(Rating, Person.name)
        .join(Person, Person.id == Rating.person_id)
        .where(Rating.ticket_id == revisit.ticket_id, Rating.person_id == revisit.rater_id)
    ).one()
    return row[0], row[1], clocks_of(session, [revisit.id]).get(revisit.id, [])


def clocks_of(session: Session, revisit_ids: Sequence[int]) -> dict[int, list[RevisitClock]]:
    found: dict[int, list[RevisitClock]] = {}
    rows = session.scalars(
        select(RevisitClock).where(RevisitClock.revisit_id.in_(revisit_ids)).order_by(RevisitClock.seq)
    )
    for clock in rows:
        found.setdefault(clock.revisit_id, []).append(clock)
    return found


def _with_rating(
    session: Session, actor: Actor, conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[tuple[Revisit, Ticket, Rating]]:
    rows = session.execute(
        select(Revisit, Ticket, Rating)
        .join(Ticket, Ticket.id == Revisit.ticket_id)
        .join(Rating, and_(Rating.ticket_id == Revisit.ticket_id, Rating.person_id == Revisit.rater_id))
        .where(visible_to(actor), *conditions)
        .order_by(Revisit.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _conditions(actor: Actor, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area is not None:
        found.append(within(filters.area.level, filters.area.id))
    if filters.mine:
        desk = [] if actor.home_area_id is None or actor.role is not Role.DISTRICT else [_at_desk(actor.home_area_id)]
        found.append(or_(Revisit.seat_area_id.in_([seat.area_id for seat in actor.seats]), *desk))
    if filters.open is not None:
        found.append(Revisit.done_at.is_(None) if filters.open else Revisit.done_at.is_not(None))
    if filters.late is not None:
        found.append(is_late(now) if filters.late else ~is_late(now))
    return found


def _at_desk(district_id: int) -> ColumnElement[bool]:
    return and_(Revisit.seat_area_id.is_(None), Revisit.district_id == district_id)


def is_late(now: datetime) -> ColumnElement[bool]:
    """A limit is running that has run out."""
    return exists().where(
        RevisitClock.revisit_id == Revisit.id, RevisitClock.stopped_at.is_(None), RevisitClock.due_at < now
    )


def figures(
    session: Session, actor: Actor, area: Area, start: datetime, end: datetime, now: datetime
) -> dict[str, int]:
    """Counts of the visible revisits opened in a period, by name; in one statement.

    ``contact_due``: contacted, or the time for it is over; ``contacted_in_time`` of those.
    """
    first = and_(RevisitClock.revisit_id == Revisit.id, RevisitClock.due == Due.CONTACT.value)
    stopped = select(RevisitClock.stopped_at).where(first).limit(1).scalar_subquery()
    due_at = select(RevisitClock.due_at).where(first).limit(1).scalar_subquery()

    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    done = Revisit.done_at.is_not(None)
    columns = {
        "opened": func.count(),
        "open": counted(~done),
        "done": counted(done),
        "late": counted(is_late(now)),
        "contact_due": counted(or_(stopped.is_not(None), due_at < now)),
        "contacted_in_time": counted(and_(stopped.is_not(None), stopped <= due_at)),
        "withdrawn": counted(Revisit.withdrawn_at.is_not(None)),
        "appealed": counted(Revisit.appealed_at.is_not(None)),
        **{outcome.value: counted(and_(done, Revisit.outcome == outcome.value)) for outcome in Outcome},
    }
    row = session.execute(
        select(*[column.label(name) for name, column in columns.items()])
        .select_from(Revisit)
        .join(Ticket, Ticket.id == Revisit.ticket_id)
        .where(
            visible_to(actor),
            within(area.level, area.id),
            Revisit.opened_at >= start,
            Revisit.opened_at < end,
        )
    ).one()
    return {name: int(row._mapping[name]) for name in columns}
