"""点赞/吐槽 about whoever sits on a seat."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime


class Voice(Base):
    """Said once by ``author_id`` about the seat of ``area_id``; heard by the seat of ``heard_area_id``.

    ``about_person_id``: who sat there then, and is never shown a grumble about themselves.
    """

    __tablename__ = "voice"
    __table_args__ = (
        UniqueConstraint("author_id", "client_request_id", name="uq_voice_key"),
        CheckConstraint("kind IN ('thanks', 'grumble')", name="kind_known"),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answerer_id IS NULL)", name="answer_whole"
        ),
        Index("ix_voice_heard", "heard_area_id", "id"),
        Index("ix_voice_about", "area_id"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    client_request_id: Mapped[str] = mapped_column(String(36))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    about_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    heard_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    heard_level: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(500))
    anonymous: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
