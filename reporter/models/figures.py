"""Figures of tickets that have ended, added up by area and local day; see ``queries/settled.py``."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key


class Counted:
    """A column for each figure of ``domain/figures.py`` that a ticket which has ended may count in."""

    received: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    response_due: Mapped[int] = mapped_column(default=0)
    responded_on_time: Mapped[int] = mapped_column(default=0)
    handling_due: Mapped[int] = mapped_column(default=0)
    handled_on_time: Mapped[int] = mapped_column(default=0)
    handled: Mapped[int] = mapped_column(default=0)
    reworked: Mapped[int] = mapped_column(default=0)
    closed_in_period: Mapped[int] = mapped_column(default=0)
    rated: Mapped[int] = mapped_column(default=0)
    satisfied: Mapped[int] = mapped_column(default=0)
    closed_at_once: Mapped[int] = mapped_column(default=0)
    not_accepted: Mapped[int] = mapped_column(default=0)
    unmerged: Mapped[int] = mapped_column(default=0)
    merged: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    decided: Mapped[int] = mapped_column(default=0)
    decided_on_time: Mapped[int] = mapped_column(default=0)
    to_handle: Mapped[int] = mapped_column(default=0)
    went_overdue: Mapped[int] = mapped_column(default=0)
    closed_handled: Mapped[int] = mapped_column(default=0)
    closed_on_time: Mapped[int] = mapped_column(default=0)
    forced: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    rightly_dispatched: Mapped[int] = mapped_column(default=0)
    verified: Mapped[int] = mapped_column(default=0)
    passed_first: Mapped[int] = mapped_column(default=0)
    self_solved: Mapped[int] = mapped_column(default=0)
    strictly_satisfied: Mapped[int] = mapped_column(default=0)
    grade_5: Mapped[int] = mapped_column(default=0)
    grade_4: Mapped[int] = mapped_column(default=0)
    grade_3: Mapped[int] = mapped_column(default=0)
    grade_2: Mapped[int] = mapped_column(default=0)
    grade_1: Mapped[int] = mapped_column(default=0)
    solution_told: Mapped[int] = mapped_column(default=0)
    solution_confirmed: Mapped[int] = mapped_column(default=0)


class FigureDay(Counted, Base):
    """Of one area and local day: of the day a ticket was received, or of the day it was closed."""

    __tablename__ = "figure_day"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class FigureDayCategory(Counted, Base):
    """The same by category, for the wider areas."""

    __tablename__ = "figure_day_category"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(String(20), primary_key=True)


class FigureCorrection(Counted, Base):
    """What one ticket had been counted with before it changed after its end; to be taken off.

    Written with the change, beside no other row, so that who changes a ticket never waits for another's.
    """

    __tablename__ = "figure_correction"
    __table_args__ = (Index("ix_figure_correction_ticket_id", "ticket_id"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    category_code: Mapped[str] = mapped_column(String(20))
    city_id: Mapped[int | None] = mapped_column(Key)
    district_id: Mapped[int | None] = mapped_column(Key)
    street_id: Mapped[int | None] = mapped_column(Key)
    community_id: Mapped[int | None] = mapped_column(Key)
    received_day: Mapped[date]
    closed_day: Mapped[date | None]
