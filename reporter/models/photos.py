"""Photos and what was read from them. Capture place and time are kept apart from what is shown."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, UTCDateTime
from reporter.models.indexes import lean
from reporter.models.leases import Leased
from reporter.models.whistles import WhistleEvent


class Photo(Leased, Base):
    """``id`` is a random UUID, so that an address cannot be guessed. ``captured_*`` are never shown."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("state IN ('processing', 'ready', 'refused')", name="state_known"),
        CheckConstraint("report_id IS NULL OR event_seq IS NULL", name="report_or_step"),
        CheckConstraint("(ticket_id IS NULL) = (report_id IS NULL AND event_seq IS NULL)", name="attached_to_a_ticket"),
        CheckConstraint("ticket_id IS NULL OR whistle_event_id IS NULL", name="of_ticket_or_whistle"),
        ForeignKeyConstraint(["ticket_id", "event_seq"], ["event.ticket_id", "event.seq"]),
        Index("ix_photo_ticket", "ticket_id"),
        lean("ix_photo_whistle", "whistle_event_id", where="whistle_event_id IS NOT NULL"),
        lean("ix_photo_loose", "created_at", where="ticket_id IS NULL"),
        lean("ix_photo_run_at", "run_at", where="run_at IS NOT NULL"),
        lean("ix_photo_dhash", "dhash", where="dhash IS NOT NULL"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    event_seq: Mapped[int | None]
    of_rating: Mapped[bool] = mapped_column(default=False)  # shows why a grade was given, not the work
    whistle_event_id: Mapped[int | None] = mapped_column(ForeignKey(WhistleEvent.id))
    state: Mapped[str] = mapped_column(String(12), default="processing")
    media_type: Mapped[str] = mapped_column(String(20))
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    dhash: Mapped[str | None] = mapped_column(String(16))
    captured_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    captured_lng: Mapped[float | None]
    captured_lat: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
