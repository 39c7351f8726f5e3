"""What is to be told to whom: the inbox row and the outbox job are one row."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.models.indexes import lean
from reporter.models.leases import Leased
from reporter.models.whistles import WhistleEvent


class Message(Leased, Base):
    """One person is told about one event once. ``state``: waiting, sent or dead; ``data`` fills ``text``,
    with the ticket's number beside it. ``topic``: whose events ``event_seq`` counts: ``ticket``, ``invitation``,
    ``revisit:ID``, ``voice:ID``. What is told of a whistle has no ticket, and the number in ``data``."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state_known"),
        CheckConstraint(
            "(ticket_id IS NULL) <> (whistle_event_id IS NULL) OR (topic <> 'ticket' AND whistle_event_id IS NULL)",
            name="of_ticket_or_whistle",
        ),
        Index("uq_message_once", "ticket_id", "topic", "event_seq", "person_id", unique=True),
        lean(
            "uq_message_whistle_once",
            "whistle_event_id",
            "person_id",
            where="whistle_event_id IS NOT NULL",
            unique=True,
        ),
        Index("ix_message_inbox", "person_id", "id"),
        lean("ix_message_unread", "person_id", where="read_at IS NULL"),
        lean("ix_message_run_at", "run_at", where="run_at IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))  # None: about no ticket
    topic: Mapped[str] = mapped_column(String(32), default="ticket")
    whistle_event_id: Mapped[int | None] = mapped_column(ForeignKey(WhistleEvent.id))
    event_seq: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(120))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Delivery(Base):
    """A message arrived by a channel. The key makes a second delivery after a kill impossible."""

    __tablename__ = "delivery"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
