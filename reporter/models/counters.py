"""Counters that give numbers."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base


class TicketCounter(Base):
    """The last number of a prefix and Beijing day; its row lock is what keeps numbers apart."""

    __tablename__ = "ticket_counter"
    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
