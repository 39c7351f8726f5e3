"""Tickets for a person: ``visible_to`` is the only door; below it finding and locking."""

from geoalchemy2 import WKTElement
from sqlalchemy import ColumnElement, Select, and_, delete, insert, literal, or_, select, union, union_all
from sqlalchemy.orm import Session, aliased

from reporter.db import SRID, Key
from reporter.domain.areas import Level
from reporter.domain.errors import NotFound
from reporter.domain.events import EventKind
from reporter.domain.permissions import Actor, Role
from reporter.models.areas import Area
from reporter.models.clocks import Clock
from reporter.models.points import OpenPoint
from reporter.models.tickets import Event, Hop, Rating, Report, Ticket


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which tickets this person sees; the same condition for lists, single tickets, photos and figures.

    Own and joined for everybody; for a seat its subtree and what it ever held; for a department what
    it ever held; for district and auditor their area. Nobody sees a ticket about themselves.
    Source: ``decisions.md`` “Who may see and enter”.
    """
    single = _single(actor)
    # one list of single tickets: who has no subtree is found by it, not by looking at every ticket
    known = Ticket.id.in_(union(*single) if len(single) > 1 else single[0])
    return and_(or_(*_whole(actor), known), not_about(actor))


def open_to(actor: Actor) -> ColumnElement[bool]:
    """The same for one ticket by its number: who reported what was merged into it sees it as if they had joined."""
    return or_(visible_to(actor), and_(Ticket.id.in_(followed_by(actor)), not_about(actor)))


def family(ticket_id: int) -> Select[int]:
    """Ids of a ticket and of those merged into it: whose reports belong to it."""
    followers = select(Ticket.id).where(Ticket.merged_into_id == ticket_id)
    both = union_all(select(literal(ticket_id, Key).label("id")), followers).subquery("family")
    return select(both.c.id)


def followed_by(actor: Actor) -> Select[int | None]:
    """Ids of the tickets into which one was merged that this person reported or joined."""
    mine = aliased(Ticket)
    return (
        select(mine.merged_into_id)
        .join(Report, Report.ticket_id == mine.id)
        .where(Report.submitter_id == actor.person_id, mine.merged_into_id.is_not(None))
    )


def ways(actor: Actor) -> list[ColumnElement[bool]]:
    """The ways by which a ticket is this person's business, each found by an index of its own."""
    return [*_whole(actor), *[Ticket.id.in_(known) for known in _single(actor)]]


def _whole(actor: Actor) -> list[ColumnElement[bool]]:
    """All of a subtree, and all that a department was the last to hold."""
    found = [within(level.value, area_id) for level, area_id in reach(actor)]
    if actor.department_id is not None:
        found.append(Ticket.department_id == actor.department_id)
    return found


def _single(actor: Actor) -> list[Select[int]]:
    """Tickets one by one: reported or joined, and once held where their own columns do not tell it (what lies in a
    seat's subtree, or was held by a department last, is found by those; a wide seat has held very many)."""
    seats = [seat.area_id for seat in actor.seats]
    single = [select(Report.ticket_id).where(Report.submitter_id == actor.person_id)]
    if seats:
        single.append(select(Hop.ticket_id).where(Hop.elsewhere, Hop.area_id.in_(seats)))
    if actor.department_id is not None:
        single.append(select(Hop.ticket_id).where(Hop.elsewhere, Hop.department_id == actor.department_id))
    return single


def not_about(actor: Actor) -> ColumnElement[bool]:
    return or_(Ticket.about_person_id.is_(None), Ticket.about_person_id != actor.person_id)


def reach(actor: Actor) -> list[tuple[Level, int]]:
    """The areas in which everything is this person's business: seats held, and home for auditor and district."""
    found = [(seat.level, seat.area_id) for seat in actor.seats]
    if actor.role in (Role.AUDITOR, Role.DISTRICT) and actor.home_area_id and actor.home_level:
        found.append((actor.home_level, actor.home_area_id))
    return found


def reaches(actor: Actor, area: Area) -> bool:
    """Whether all of an area lies within the person's reach."""
    return any(getattr(area, f"{level.value}_id") == area_id for level, area_id in reach(actor))


def within(level: str, area_id: int) -> ColumnElement[bool]:
    """Tickets that lie in an area of this level."""
    column: ColumnElement[int] = getattr(Ticket, f"{level}_id")
    return column == area_id


def may_see_area(actor: Actor, area: Area) -> bool:
    """Whether figures and lists of an area are the caller's business: it lies in one of theirs."""
    own = [(seat.level.value, seat.area_id) for seat in actor.seats]
    if actor.home_level and actor.home_area_id:
        own.append((actor.home_level.value, actor.home_area_id))
    if actor.department_id is not None:
        return True  # of any area it sees only what it holds or held
    return any(getattr(area, f"{level}_id") == area_id for level, area_id in own)


def get(session: Session, ticket_number: str, actor: Actor) -> Ticket:
    """A ticket the caller may see. Raises NotFound: hidden looks absent."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == ticket_number, open_to(actor)))
    if ticket is None:
        raise NotFound()
    return ticket


def with_clocks(session: Session, ticket_number: str, actor: Actor) -> tuple[Ticket, list[Clock], Rating | None]:
    """The same with its clocks, in order, and the caller's own rating, in one statement. Raises NotFound.

    Only for looking: of a row that is being changed the clocks would be older than its lock.
    """
    rows = session.execute(
        select(Ticket, Clock, Rating)
        .outerjoin(Clock, Clock.ticket_id == Ticket.id)
        .outerjoin(Rating, and_(Rating.ticket_id == Ticket.id, Rating.person_id == actor.person_id))
        .where(Ticket.number == ticket_number, open_to(actor))
        .order_by(Clock.seq)
    ).all()
    if not rows:
        raise NotFound()
    return rows[0].Ticket, [row.Clock for row in rows if row.Clock is not None], rows[0].Rating


def locked(session: Session, ticket_number: str, actor: Actor) -> Ticket:
    """The same, its row locked until the end of the transaction."""
    ticket = session.scalar(
        select(Ticket).where(Ticket.number == ticket_number, open_to(actor)).with_for_update(of=Ticket)
    )
    if ticket is None:
        raise NotFound()
    return ticket


def locked_by_number(session: Session, ticket_number: str) -> Ticket | None:
    """Without the door: only for joining, which asks its own question."""
    return session.scalar(select(Ticket).where(Ticket.number == ticket_number).with_for_update())


def locked_by_id(session: Session, ticket_id: int) -> Ticket | None:
    """Without the door: only for the system's own jobs."""
    return session.scalar(select(Ticket).where(Ticket.id == ticket_id).with_for_update())


def is_visible(session: Session, actor: Actor, ticket_id: int) -> bool:
    return session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, open_to(actor))) is not None


def reported_by(session: Session, actor: Actor, ticket_id: int) -> bool:
    """Whether this person reported or joined a ticket, or one that is merged into it."""
    mine = select(Report.id).where(Report.ticket_id.in_(family(ticket_id)), Report.submitter_id == actor.person_id)
    return session.scalar(mine.limit(1)) is not None


def seen_by(session: Session, ticket_number: str, actor: Actor) -> Ticket | None:
    """A ticket that is this person's business, None when it is hidden or absent."""
    return session.scalar(select(Ticket).where(Ticket.number == ticket_number, visible_to(actor)))


def first_submitter(session: Session, ticket_id: int) -> int:
    """Who made the report that became the ticket."""
    query = select(Report.submitter_id).where(Report.ticket_id == ticket_id, ~Report.joined)
    return session.scalars(query).one()


def solver(session: Session, ticket_id: int) -> int | None:
    """Who said last that it is solved."""
    solved = (EventKind.SOLVED.value, EventKind.CLOSED_AT_ONCE.value)
    query = select(Event.actor_id).where(Event.ticket_id == ticket_id, Event.kind.in_(solved))
    return session.scalar(query.order_by(Event.seq.desc()).limit(1))


def demand_told(session: Session, ticket_id: int) -> int:
    """The highest threshold of demand that was told of a ticket, 0 for none."""
    grown = select(Event.data).where(Event.ticket_id == ticket_id, Event.kind == EventKind.DEMAND_GREW.value)
    return max((int(data["threshold"]) for data in session.scalars(grown)), default=0)


def report_by_key(session: Session, submitter_id: int, key: str) -> tuple[Ticket, Report] | None:
    """What this person's request of this key became the first time."""
    row = session.execute(
        select(Ticket, Report)
        .join(Report, Report.ticket_id == Ticket.id)
        .where(Report.submitter_id == submitter_id, Report.client_request_id == key)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def report_by_external_no(session: Session, submitter_id: int, external_no: str) -> tuple[Ticket, Report] | None:
    """What the hotline's order of this number became the first time."""
    row = session.execute(
        select(Ticket, Report)
        .join(Report, Report.ticket_id == Ticket.id)
        .where(Report.submitter_id == submitter_id, Report.external_no == external_no)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def leave_the_open(session: Session, ticket: Ticket) -> None:
    """A ticket has ended: nobody finds it nearby any more."""
    session.execute(delete(OpenPoint).where(OpenPoint.ticket_id == ticket.id))


def join_the_open(session: Session, ticket: Ticket) -> None:
    """A ticket was reopened: it is found nearby again."""
    point = WKTElement(f"POINT({ticket.lng!r} {ticket.lat!r})", srid=SRID)
    session.execute(insert(OpenPoint).values(ticket_id=ticket.id, geom=point))


def said(q: str) -> ColumnElement[bool]:
    """The number begins so, or a report's words or address contain it."""
    words = select(Report.ticket_id).where(
        or_(Report.text.contains(q, autoescape=True), Report.address.contains(q, autoescape=True))
    )
    return or_(Ticket.number.startswith(q, autoescape=True), Ticket.id.in_(words))
