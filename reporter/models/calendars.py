"""What changed in the calendar, and the commands that let it change deadlines."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime


class CalendarChange(Base):
    """A day that got another kind with a version of the calendar; ``before`` NULL: it was not known. So a clock can
    be read with the days it was started with (``domain/calendar_versions.py``)."""

    __tablename__ = "calendar_change"
    __table_args__ = (CheckConstraint("before IN ('workday', 'restday')", name="before_known"),)
    version: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    before: Mapped[str | None] = mapped_column(String(10))


class ClockRecompute(Base):
    """One command to recompute the clocks of open tickets: who, why, and how far it has come.

    ``last_ticket_id``: all up to it are done, so that a killed command goes on there. ``counts``: see
    ``services/recomputing.py``.
    """

    __tablename__ = "clock_recompute"
    __table_args__ = (CheckConstraint("finished_at IS NULL OR finished_at >= started_at", name="recompute_in_order"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    by: Mapped[str] = mapped_column(String(60))
    why: Mapped[str] = mapped_column(String(200))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_ticket_id: Mapped[int] = mapped_column(Key, default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
