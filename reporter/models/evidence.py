"""What speaks for or against a closing: findings about photos, and what neighbours said."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, UTCDateTime
from reporter.domain.evidence import Finding


class PhotoFinding(Base):
    """Something a verifier should know of a photo that shows a result; only the code, never when or where it was
    taken."""

    __tablename__ = "photo_finding"
    __table_args__ = (
        CheckConstraint(f"code IN ({', '.join(repr(str(code)) for code in Finding)})", name="code_known"),
    )
    photo_id: Mapped[str] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Confirmation(Base):
    """What a neighbour says of a result, once for each time it was said to be solved (``solver_hop``)."""

    __tablename__ = "confirmation"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    solver_hop: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    fixed: Mapped[bool]
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
