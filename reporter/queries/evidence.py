"""What photos of a result are compared with: those of before, and the same picture elsewhere."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from reporter.models.evidence import Confirmation, PhotoFinding
from reporter.models.photos import Photo
from reporter.models.tickets import Ticket


def of_event(session: Session, ticket_id: int, event_seq: int) -> list[Photo]:
    """The photos of a step that are not refused."""
    return list(
        session.scalars(
            select(Photo).where(Photo.ticket_id == ticket_id, Photo.event_seq == event_seq, Photo.state != "refused")
        )
    )


def hashes_before(session: Session, ticket_id: int) -> list[str]:
    """The picture hashes of what was photographed when it was reported, as far as they are known."""
    reported = and_(Photo.ticket_id == ticket_id, Photo.report_id.is_not(None), Photo.dhash.is_not(None))
    return [found for found in session.scalars(select(Photo.dhash).where(reported)) if found]


def shown_elsewhere(
    session: Session, photos: Sequence[Photo], ticket_id: int, event_seq: int, dhashes: Iterable[str]
) -> set[str]:
    """Which of the bytes (sha256) of these photos, and of these picture hashes, another report or step shows too."""
    same = or_(Photo.sha256.in_([photo.sha256 for photo in photos]), Photo.dhash.in_(list(dhashes)))
    this_step = and_(Photo.ticket_id == ticket_id, func.coalesce(Photo.event_seq, 0) == event_seq)
    rows = session.execute(
        select(Photo.sha256, Photo.dhash).where(Photo.ticket_id.is_not(None), not_(this_step), same).distinct()
    )
    return {value for row in rows for value in row if value}


def findings_of(session: Session, photo_ids: Sequence[str]) -> dict[str, list[str]]:
    """The codes of what was found of each photo, in alphabetical order."""
    found: dict[str, list[str]] = {}
    query = select(PhotoFinding).where(PhotoFinding.photo_id.in_(photo_ids)).order_by(PhotoFinding.code)
    for row in session.scalars(query):
        found.setdefault(row.photo_id, []).append(row.code)
    return found


def confirmations(session: Session, ticket: Ticket) -> int:
    """How many neighbours have said that the present solution holds."""
    query = select(func.count()).where(*_of_this_solution(ticket), Confirmation.fixed)
    return session.scalar(query) or 0


def has_confirmed(session: Session, ticket: Ticket, person_id: int) -> bool:
    """Whether this person has said anything about the present solution."""
    query = select(Confirmation.person_id).where(*_of_this_solution(ticket), Confirmation.person_id == person_id)
    return session.scalar(query) is not None


def _of_this_solution(ticket: Ticket) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Confirmation.ticket_id == ticket.id, Confirmation.solver_hop == ticket.solver_hop
