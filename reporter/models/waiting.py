"""What may happen to a ticket beside its way: holds, extensions, cards of supervision, and the overdue appeal.

Parts of a ticket are numbered within it. A ticket that has any of these says so in ``Ticket.asides``, so that the many
that have none cost no statement.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, UTCDateTime
from reporter.models.indexes import lean
from reporter.models.leases import Leased


class Hold(Leased, Base):
    """A request to hold (``granted`` NULL while it waits), or a hold; only one hold a ticket is ever granted.

    ``run_at`` is ``until`` while the ticket is held, so that it resumes by itself; ``from_status`` is where it
    returns to.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("granted IS NULL OR decided_at IS NOT NULL", name="decided_has_time"),
        CheckConstraint("NOT granted OR from_status IN ('dispatched', 'handling')", name="held_from_known"),
        CheckConstraint(
            "run_at IS NULL OR (granted IS NOT NULL AND granted AND resumed_at IS NULL)", name="runs_while_held"
        ),
        lean("uq_hold_granted", "ticket_id", where="granted", on_sqlite="granted = 1", unique=True),
        lean("uq_hold_asked", "ticket_id", where="granted IS NULL", unique=True),
        lean("ix_hold_run_at", "run_at", where="run_at IS NOT NULL"),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    reason_code: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    from_status: Mapped[str | None] = mapped_column(String(20))
    granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: it lapsed, the ticket ended
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resumed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Extension(Base):
    """A request for more time: first decided by the street, then by the district, by two persons.

    ``waits_for`` is the level whose decision is awaited, NULL when it is ``granted``, ``refused`` or ``lapsed``
    (the clock it was about stopped).
    """

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'granted', 'refused', 'lapsed')", name="state_known"),
        CheckConstraint("(state = 'open') = (waits_for IS NOT NULL)", name="open_waits"),
        CheckConstraint("first_by <> last_by", name="two_different_people"),
        lean("uq_extension_open", "ticket_id", where="state = 'open'", unique=True),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    waits_for: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Supervision(Base):
    """A card shown to whoever holds the ticket; open until it is answered or the ticket ends."""

    __tablename__ = "supervision"
    __table_args__ = (
        CheckConstraint("card IN ('yellow', 'red')", name="card_known"),
        CheckConstraint("replied_at IS NULL OR closed_at IS NOT NULL", name="replied_is_closed"),
        CheckConstraint("(replied_at IS NULL) = (reply IS NULL)", name="reply_has_time"),
        lean("uq_supervision_open", "ticket_id", "card", where="closed_at IS NULL", unique=True),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    card: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    shown_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(String(20))  # from which it was shown
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reply: Mapped[str | None] = mapped_column(Text)
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class OverdueAppeal(Base):
    """Whoever was charged with a delay asks once, after closing, not to be judged by it; two persons decide.

    The delay itself stays where it is written; ``upheld`` only sets ``Ticket.exempt``.
    """

    __tablename__ = "overdue_appeal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name="state_known"),
        CheckConstraint("(state = 'open') = (waits_for IS NOT NULL)", name="open_waits"),
        CheckConstraint(
            "first_by <> last_by AND asked_by <> first_by AND asked_by <> last_by", name="different_people"
        ),
        lean("ix_overdue_appeal_open", "ticket_id", where="state = 'open'"),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    hop_seq: Mapped[int]  # the holding that was charged
    state: Mapped[str] = mapped_column(String(10), default="open")
    waits_for: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_note: Mapped[str | None] = mapped_column(Text)
    last_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_note: Mapped[str | None] = mapped_column(Text)
