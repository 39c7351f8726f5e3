"""Limits that run, and what happened to each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.domain.lifecycle import ClockKind
from reporter.domain.sla import Tick
from reporter.models.indexes import lean, one_of
from reporter.models.leases import Leased


class Clock(Leased, Base):
    """A limit that runs. ``due_at`` is what its events give (``domain/sla.replay``), stored.

    ``run_at`` is the next moment at which somebody must be told, NULL when there is none.
    """

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint(one_of("kind", ClockKind), name="kind_known"),
        lean("ix_clock_run_at", "run_at", where="run_at IS NOT NULL"),
        lean("uq_clock_running", "ticket_id", "kind", where="stopped_at IS NULL", unique=True),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    hop_seq: Mapped[int]
    limit_value: Mapped[int]
    limit_unit: Mapped[str] = mapped_column(String(20))
    daytime_only: Mapped[bool] = mapped_column(default=False)
    workday_mode: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(120))
    calendar_version: Mapped[str] = mapped_column(String(40))
    rules_on: Mapped[date | None]  # the local day whose hours and numbers count; NULL: that of the start
    provisional: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recomputed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # by command, see ``services/recomputing.py``
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    at_risk_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    overdue_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ClockTick(Base):
    """What happened to a clock; never changed, because the deadline is derived from it."""

    __tablename__ = "clock_tick"
    __table_args__ = (
        ForeignKeyConstraint(["ticket_id", "clock_seq"], ["clock.ticket_id", "clock.seq"]),
        CheckConstraint(one_of("tick", Tick), name="tick_known"),
        CheckConstraint("(tick = 'extended') = (extra_value IS NOT NULL)", name="extension_has_length"),
    )
    ticket_id: Mapped[int] = mapped_column(Key, primary_key=True)
    clock_seq: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    tick: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    extra_value: Mapped[int | None]
    extra_unit: Mapped[str | None] = mapped_column(String(20))
