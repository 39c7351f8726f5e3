"""好差评: the submitters of a closed ticket say how it went; who may read it, and when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from reporter.domain import permissions, ratings
from reporter.domain.errors import Forbidden, Invalid, sentence
from reporter.domain.events import EventKind
from reporter.domain.permissions import Permission, Role
from reporter.domain.policy import Policy
from reporter.models.photos import Photo
from reporter.models.tickets import Event, Rating, Ticket
from reporter.queries import tickets
from reporter.queries.tickets import within
from reporter.services import clocks, photos, revisits, settling
from reporter.services.unit_of_work import UnitOfWork

RATED_ROLES = frozenset({Role.LEAD, Role.DEPARTMENT})  # whose work is rated; district and auditor read at once


def rate(
    uow: UnitOfWork, number: str, grade: int, tags: Sequence[str], text: str | None, photo_ids: Sequence[str] = ()
) -> tuple[Rating, bool]:
    """Rate, or change the rating once; a bad one opens a revisit. Returns the rating and whether it is new.

    Raises Forbidden (did not report it), NotFound, NotClosedYet, TooLate, AlreadyChanged, Invalid (photos).
    """
    permissions.require(uow.caller, Permission.RATE)
    ticket: Ticket = tickets.locked(uow.session, number, uow.caller)
    if not tickets.reported_by(uow.session, uow.caller, ticket.id):
        raise Forbidden()
    known = uow.session.get(Rating, (ticket.id, uow.caller.person_id))
    policy = uow.policy(clocks.lineage(ticket))
    ratings.check_may_rate(
        ticket.closed_at,
        known.rated_at if known else None,
        known.changed_at if known else None,
        uow.now,
        policy,
    )
    pictures = _pictures(uow, ticket, photo_ids, policy)
    settling.unsettle(uow, ticket)
    first = known is None
    if known is not None:
        known.grade, known.tags, known.text, known.changed_at = grade, list(tags), text, uow.now
    else:
        known = Rating(
            ticket_id=ticket.id,
            person_id=uow.caller.person_id,
            grade=grade,
            first_grade=grade,
            tags=list(tags),
            text=text,
            rated_at=uow.now,
        )
        uow.session.add(known)
    event = uow.record(ticket, EventKind.RATED, grade=grade)
    uow.session.flush()  # photos refer to the event
    photos.bind(pictures, ticket, event=event)
    for picture in pictures:
        picture.of_rating = True
    revisits.after_rating(uow, ticket, known, first=first)
    return known, first


def _pictures(uow: UnitOfWork, ticket: Ticket, photo_ids: Sequence[str], policy: Policy) -> list[Photo]:
    """The caller's loose photos of these ids; with those shown before not more than the policy says."""
    if not photo_ids:
        return []
    mine = (Photo.ticket_id == ticket.id, Photo.of_rating, Photo.uploader_id == uow.caller.person_id)
    there = uow.session.scalar(select(func.count()).where(*mine)) or 0
    if there + len(set(photo_ids)) > policy.rating_photos_max:
        raise Invalid(fields={"photo_ids": sentence("照片太多了")})
    return photos.loose(uow, photo_ids, policy)


def read(uow: UnitOfWork, ticket: Ticket) -> tuple[list[Rating], int]:
    """The ratings of a ticket its reader may know now, and how many are kept back; submitters read their own."""
    rows = uow.session.scalars(select(Rating).where(Rating.ticket_id == ticket.id).order_by(Rating.rated_at)).all()
    staff = permissions.reads_as_staff(
        uow.caller,
        clocks.lineage(ticket),
        lambda: tickets.reported_by(uow.session, uow.caller, ticket.id),
    )
    if not staff:
        return [row for row in rows if row.person_id == uow.caller.person_id], 0
    sample = sample_of(uow, ticket) if rows else 0
    shown = [row for row in rows if not kept_back(uow, ticket, row.person_id, row.changed_at or row.rated_at, sample)]
    return shown, len(rows) - len(shown)


def kept_back(uow: UnitOfWork, ticket: Ticket, rater_id: int | None, rated_at: datetime, sample: int) -> bool:
    """Whether a rating given at a moment is not for the caller yet (``domain/ratings.withheld``)."""
    return ratings.withheld(
        rater_id == uow.caller.person_id,
        uow.caller.role in RATED_ROLES,
        rated_at,
        sample,
        uow.now,
        uow.policy(clocks.lineage(ticket)),
    )


def sample_of(uow: UnitOfWork, ticket: Ticket) -> int:
    """How many tickets of its unit (the grid, where there is one) were rated; counted no further than needed."""
    if uow.caller.role not in RATED_ROLES:
        return 0  # nothing is kept from them, so nobody counts
    unit = next(
        (
            (level, area_id)
            for level, area_id in (
                ("grid", ticket.grid_id),
                ("community", ticket.community_id),
                ("street", ticket.street_id),
            )
            if area_id is not None
        ),
        ("district", ticket.district_id or 0),
    )
    enough = uow.policy(clocks.lineage(ticket)).rating_min_sample
    rated = select(Ticket.id).where(within(*unit), Ticket.id.in_(select(Rating.ticket_id))).limit(enough)
    return uow.session.scalar(select(func.count()).select_from(rated.subquery())) or 0


def grades_kept_back(uow: UnitOfWork, ticket: Ticket, events: Sequence[Event]) -> set[int]:
    """The numbers of those events of a timeline that tell of a rating the caller may not know yet."""
    rated = [event for event in events if event.kind == EventKind.RATED]
    if not rated or uow.caller.role not in RATED_ROLES:
        return set()
    sample = sample_of(uow, ticket)
    return {event.seq for event in rated if kept_back(uow, ticket, event.actor_id, event.at, sample)}


def pictures_of(uow: UnitOfWork, rows: Sequence[Rating]) -> dict[int, list[Photo]]:
    """The photos shown with ratings of one ticket, by rater."""
    if not rows:
        return {}
    found: dict[int, list[Photo]] = {}
    for photo in uow.session.scalars(
        select(Photo)
        .where(Photo.ticket_id == rows[0].ticket_id, Photo.of_rating, Photo.state != "refused")
        .order_by(Photo.created_at)
    ):
        found.setdefault(photo.uploader_id, []).append(photo)
    return found
