"""Photos: taken in as they are, attached to a report or a step, made presentable by the worker."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy import func, select, update

from reporter.domain import permissions
from reporter.domain.errors import Forbidden, Invalid, NotFound, PhotoRefused, sentence
from reporter.domain.events import EventKind
from reporter.domain.permissions import Permission
from reporter.domain.photographs import Developed, Header
from reporter.domain.policy import Policy
from reporter.models.photos import Photo
from reporter.models.tickets import Event, Report, Ticket
from reporter.models.whistles import WhistleEvent
from reporter.queries import leases, splits, tickets, whistles
from reporter.services import clocks, evidence
from reporter.services.unit_of_work import UnitOfWork, Works

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5


class Store(Protocol):
    """Where bytes are kept, by key."""

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...

    def remove(self, keys: Sequence[str]) -> None: ...


class Darkroom(Protocol):
    """Reads and rewrites image bytes. ``look`` and ``develop`` raise PhotoRefused and its kin."""

    def look(self, content: bytes) -> Header: ...

    def develop(self, content: bytes) -> Developed: ...


def original_key(photo_id: str) -> str:
    return f"original/{photo_id}"


def shown_key(photo_id: str) -> str:
    return f"shown/{photo_id}.jpg"


def thumbnail_key(photo_id: str) -> str:
    return f"thumbnail/{photo_id}.webp"


def new_id() -> str:
    return str(uuid.uuid4())


def take_in(uow: UnitOfWork, photo_id: str, header: Header, sha256: str, size: int) -> Photo:
    """Note an uploaded photo; its bytes are in the store already, its pixels are the worker's work."""
    permissions.require(uow.caller, Permission.UPLOAD)
    photo = Photo(
        id=photo_id,
        uploader_id=uow.caller.person_id,
        media_type=header.media_type,
        bytes=size,
        width=header.width,
        height=header.height,
        sha256=sha256,
        created_at=uow.now,
        state="processing",
        run_at=uow.now,
    )
    uow.session.add(photo)
    return photo


def attach(
    uow: UnitOfWork,
    photo_ids: Sequence[str],
    ticket: Ticket,
    policy: Policy,
    *,
    report: Report | None = None,
    event: Event | None = None,
) -> None:
    """Bind the caller's own loose photos to one report or one step that is written already. Raises as ``loose``."""
    if not photo_ids:
        return
    there = 0
    if report is not None:
        there = uow.session.scalar(select(func.count()).where(Photo.report_id == report.id)) or 0
    bind(loose(uow, photo_ids, policy, there), ticket, report=report, event=event)


def loose(uow: UnitOfWork, photo_ids: Sequence[str], policy: Policy, there: int = 0) -> list[Photo]:
    """The caller's own photos of these ids, locked; ``there`` are attached to the same report already.

    Raises Invalid naming ``photo_ids``; an id of somebody else's photo looks like an unknown one.
    """
    wanted = list(dict.fromkeys(photo_ids))
    if not wanted:
        return []
    if there + len(wanted) > policy.photos_max:
        raise Invalid(fields={"photo_ids": sentence("照片太多了")})
    found = list(
        uow.session.scalars(
            select(Photo)
            .where(Photo.id.in_(wanted), Photo.uploader_id == uow.caller.person_id)
            .order_by(Photo.created_at)
            .with_for_update()
        )
    )
    if len(found) != len(wanted) or any(_is_attached(photo) for photo in found):
        raise Invalid(fields={"photo_ids": sentence("有照片不存在，或已经用在别处")})
    if any(photo.state == "refused" for photo in found):
        raise Invalid(fields={"photo_ids": sentence("有照片不能用，请换一张")})
    return found


def _is_attached(photo: Photo) -> bool:
    return photo.ticket_id is not None or photo.whistle_event_id is not None


def bind_to_whistle(photos: Sequence[Photo], event: WhistleEvent) -> None:
    """Attach loose photos to a step of a whistle that is written already."""
    for photo in photos:
        photo.whistle_event_id = event.id


def bind(photos: Sequence[Photo], ticket: Ticket, *, report: Report | None = None, event: Event | None = None) -> None:
    """Attach loose photos to a report or a step that is written already."""
    for photo in photos:
        photo.ticket_id = ticket.id
        photo.report_id = report.id if report else None
        photo.event_seq = event.seq if event else None


def add_late(uow: UnitOfWork, number: str, photo_ids: Sequence[str]) -> Ticket:
    """Photos that arrive after their report, added by whoever made it. Raises NotFound, Forbidden, Invalid."""
    ticket = tickets.locked(uow.session, number, uow.caller)
    mine = select(Report).where(Report.ticket_id == ticket.id, Report.submitter_id == uow.caller.person_id)
    report = uow.session.scalar(mine.order_by(Report.id))
    if report is None:
        raise Forbidden()
    attach(uow, photo_ids, ticket, uow.policy(clocks.lineage(ticket)), report=report)
    uow.record(ticket, EventKind.PHOTOS_ADDED, photos=len(photo_ids))
    return ticket


def readable(uow: UnitOfWork, photo_id: str) -> Photo:
    """A photo the caller may look at: their own, one of a ticket or whistle they may see, or of the report that a part
    they may see was split from. Raises NotFound."""
    photo = uow.session.get(Photo, photo_id)
    if photo is None:
        raise NotFound()
    if photo.uploader_id != uow.caller.person_id and not _is_visible(uow, photo):
        raise NotFound()
    return photo


def _is_visible(uow: UnitOfWork, photo: Photo) -> bool:
    if photo.whistle_event_id is not None:
        return whistles.photo_is_visible(uow.session, uow.caller, photo.whistle_event_id)
    if photo.ticket_id is None:
        return False
    if tickets.is_visible(uow.session, uow.caller, photo.ticket_id):
        return True
    # what a part shows too
    return photo.report_id is not None and splits.any_visible(uow.session, uow.caller, photo.ticket_id)


def develop_waiting(works: Works, store: Store, darkroom: Darkroom, batch: int = 10) -> int:
    """Develop what waits; returns how many were taken. Pixels are worked on outside any transaction."""
    with works.open() as uow:
        taken = [photo_id for (photo_id,) in leases.claim(uow.session, Photo, uow.now, LEASE, batch)]
        deadly = _give_up(uow, taken) if taken else set()
    for photo_id in taken:
        if photo_id not in deadly:
            _develop(works, store, darkroom, photo_id)
    return len(taken)


def _give_up(uow: UnitOfWork, taken: Sequence[str]) -> set[str]:
    """A photo whose worker was killed at every attempt (its pixels do not fit into memory, say) is refused."""
    killers = update(Photo).where(Photo.id.in_(taken), Photo.attempts > MOST_ATTEMPTS)
    refused = killers.values(state="refused", run_at=None, last_error="every attempt ended its worker")
    return set(uow.session.scalars(refused.returning(Photo.id)))


def _develop(works: Works, store: Store, darkroom: Darkroom, photo_id: str) -> None:
    """Writing the same keys twice gives the same files, so a kill at any line only costs time."""
    try:
        developed = darkroom.develop(store.get(original_key(photo_id)))
        store.put(shown_key(photo_id), developed.shown)
        store.put(thumbnail_key(photo_id), developed.thumbnail)
    except PhotoRefused as refusal:
        with works.open() as uow:
            photo = uow.session.get_one(Photo, photo_id)
            photo.state, photo.run_at, photo.last_error = "refused", None, str(refusal)[:300]
        return
    except Exception as error:  # the store or the disk: kept on the row, tried again, in the log
        log.warning("photo_not_developed", photo=photo_id, error=repr(error))
        with works.open() as uow:
            photo = uow.session.get_one(Photo, photo_id)
            photo.last_error = repr(error)[:300]
            if photo.attempts >= MOST_ATTEMPTS:
                photo.state, photo.run_at = "refused", None
        return
    with works.open() as uow:
        ticket = evidence.ticket_of(uow, photo_id)
        photo = uow.session.get_one(Photo, photo_id, with_for_update=True, populate_existing=True)
        if ticket is None and photo.ticket_id is not None:  # attached at this very moment
            ticket = tickets.locked_by_id(uow.session, photo.ticket_id)
        photo.width, photo.height, photo.dhash = developed.width, developed.height, developed.dhash
        photo.captured_at = developed.captured_at
        if developed.captured is not None:
            photo.captured_lng, photo.captured_lat = developed.captured.lng, developed.captured.lat
        photo.state, photo.run_at, photo.last_error = "ready", None, None
        evidence.developed(uow, photo, ticket)


def remove_loose(works: Works, store: Store, batch: int = 100) -> int:
    """Remove photos nobody attached within the days of the policy; returns how many were looked at."""
    with works.open(writes=False) as uow:
        before = uow.now - timedelta(days=uow.policy(()).loose_photo_days)
        loose = uow.session.scalars(select(Photo.id).where(*_LOOSE, Photo.created_at < before).limit(batch)).all()
    for photo_id in loose:
        with works.open() as uow:
            _remove(uow, store, photo_id)
    return len(loose)


_LOOSE = (
    Photo.ticket_id.is_(None),
    Photo.whistle_event_id.is_(None),
    Photo.run_at.is_(None),
)  # not while the darkroom has it


def _remove(uow: UnitOfWork, store: Store, photo_id: str) -> None:
    """The bytes first, the row last: killed in between, the row is still there for the next round.

    Under the row's lock, so that a photo somebody attaches at this moment keeps its bytes.
    """
    photo = uow.session.scalar(select(Photo).where(Photo.id == photo_id, *_LOOSE).with_for_update())
    if photo is not None:
        store.remove([original_key(photo_id), shown_key(photo_id), thumbnail_key(photo_id)])
        uow.session.delete(photo)
