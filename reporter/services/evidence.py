"""Photos of a result are compared with what is known, at the step and again when their pixels have been read.

The rules are ``domain/evidence.py``. The verifier sees the findings; of a ticket that was closed at once nobody would,
so a doubtful photo puts it on the list of re-checks.
"""

from collections.abc import Sequence

from reporter.domain.coordinates import Point
from reporter.domain.events import EventKind
from reporter.domain.evidence import SUSPICIOUS, Finding, Scene, Shot, findings, tells
from reporter.domain.statuses import Status
from reporter.models.evidence import PhotoFinding
from reporter.models.photos import Photo
from reporter.models.tickets import Event, Ticket
from reporter.queries import areas, evidence, tickets
from reporter.services import clocks, messages
from reporter.services.unit_of_work import UnitOfWork

SHOWS_A_RESULT = frozenset({EventKind.SOLVED.value, EventKind.CLOSED_AT_ONCE.value})


def examine(uow: UnitOfWork, ticket: Ticket, event: Event) -> None:
    """To be called under the ticket's lock, when the photos of a step are attached or one of them was developed.

    What is known already is not noted twice, so it may be called as often as one likes.
    """
    if event.kind not in SHOWS_A_RESULT:
        return
    uow.session.flush()  # photos that were attached just now
    shots = evidence.of_event(uow.session, ticket.id, event.seq)
    if not shots:
        return
    before = evidence.findings_of(uow.session, [photo.id for photo in shots])
    new = {
        (photo.id, finding)
        for photo, found in _found(uow, ticket, event, shots)
        for finding in found
        if finding.value not in before.get(photo.id, ())
    }
    for photo_id, finding in sorted(new):
        uow.session.add(PhotoFinding(photo_id=photo_id, code=finding.value, found_at=uow.now))
    if any(finding in SUSPICIOUS for _, finding in new):
        _order_recheck(uow, ticket)


def developed(uow: UnitOfWork, photo: Photo, ticket: Ticket | None) -> None:
    """A photo can be compared now. ``ticket``: the one it belongs to, locked; None while it is loose."""
    if ticket is not None and photo.event_seq is not None:
        examine(uow, ticket, uow.session.get_one(Event, (ticket.id, photo.event_seq)))


def ticket_of(uow: UnitOfWork, photo_id: str) -> Ticket | None:
    """The ticket a photo belongs to, locked: before the photo, as every step does."""
    photo = uow.session.get_one(Photo, photo_id)
    return tickets.locked_by_id(uow.session, photo.ticket_id) if photo.ticket_id is not None else None


def _found(uow: UnitOfWork, ticket: Ticket, event: Event, shots: Sequence[Photo]) -> list[tuple[Photo, set[Finding]]]:
    policy = uow.policy(clocks.lineage(ticket))
    telling = [photo.dhash for photo in shots if photo.dhash and tells(photo.dhash)]
    elsewhere = evidence.shown_elsewhere(uow.session, shots, ticket.id, event.seq, telling)
    before = evidence.hashes_before(uow.session, ticket.id)
    found = []
    for photo in shots:
        place = None
        if photo.captured_lng is not None and photo.captured_lat is not None:
            place = Point(photo.captured_lng, photo.captured_lat)
        scene = Scene(
            received_at=ticket.received_at,
            point=Point(ticket.lng, ticket.lat),
            accuracy_m=ticket.accuracy_m,
            before=before,
            known=photo.sha256 in elsewhere or (photo.dhash in telling and photo.dhash in elsewhere),
        )
        shot = Shot(photo.state == "ready", photo.dhash, photo.captured_at, place)
        found.append((photo, findings(shot, scene, policy.photo_far_m, policy.photo_near_bits)))
    return found


def _order_recheck(uow: UnitOfWork, ticket: Ticket) -> None:
    """Nobody verified what was closed at once: somebody looks at it now, if not already."""
    if not ticket.closed_at_once or ticket.status != Status.CLOSED or ticket.recheck:
        return
    ticket.recheck = True
    ticket.version += 1
    event = uow.record(ticket, EventKind.RECHECK_ORDERED, by_system=True)
    uow.session.flush()  # messages refer to the event
    chain = areas.seats_by_id(uow.session, clocks.lineage(ticket), uow.book, uow.now)
    messages.tell(uow, ticket, event, None, chain)
