"""A bad rating's revisit with its limits and events, and the invitation to rate that a closed ticket waits for."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.domain.revisit_events import Kind
from reporter.domain.revisits import Due, Outcome, State
from reporter.models.indexes import lean
from reporter.models.leases import Leased


def _one_of(column: str, words: Any) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class Revisit(Base):
    """What follows one person's bad rating of one ticket. ``seat_area_id`` None: the district's desk has it.

    ``grade`` is the one that opened it and never changes; the rating itself is in ``rating``.
    """

    __tablename__ = "revisit"
    __table_args__ = (
        UniqueConstraint("ticket_id", "rater_id", name="uq_revisit_rating"),
        CheckConstraint("grade BETWEEN 1 AND 2", name="grade_is_bad"),
        CheckConstraint(_one_of("state", State), name="state_known"),
        CheckConstraint(_one_of("outcome", Outcome), name="outcome_known"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_time"),
        CheckConstraint("state <> 'done' OR outcome IS NOT NULL", name="done_has_outcome"),
        CheckConstraint(
            "evidence IS NOT NULL OR outcome IS NULL OR outcome NOT IN ('untrue', 'malicious')",
            name="doubt_has_evidence",
        ),
        CheckConstraint(
            "reviewer_id <> second_reviewer_id AND finder_id <> reviewer_id AND finder_id <> second_reviewer_id",
            name="three_different_people",
        ),
        CheckConstraint(
            "state <> 'done' OR outcome <> 'malicious' OR second_reviewer_id IS NOT NULL", name="malice_is_reviewed"
        ),
        lean("ix_revisit_seat", "seat_area_id", where="done_at IS NULL AND seat_area_id IS NOT NULL"),
        Index("ix_revisit_opened", "opened_at"),
        Index("ix_revisit_rater", "rater_id"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    grade: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(20))
    evidence: Mapped[str | None] = mapped_column(Text)
    seat_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    seat_level: Mapped[str] = mapped_column(String(20))
    district_id: Mapped[int | None] = mapped_column(Key)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    finder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    appealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the rater changed to a good grade
    last_event: Mapped[int] = mapped_column(default=0)


class RevisitHandler(Base):
    """Somebody who handled the ticket: never visits for it, and does not see that somebody does."""

    __tablename__ = "revisit_handler"
    revisit_id: Mapped[int] = mapped_column(ForeignKey("revisit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class RevisitClock(Leased, Base):
    """A limit of a revisit. ``run_at`` is the next moment at which somebody must be told, NULL when there is none."""

    __tablename__ = "revisit_clock"
    __table_args__ = (
        CheckConstraint(_one_of("due", Due), name="due_known"),
        lean("ix_revisit_clock_run_at", "run_at", where="run_at IS NOT NULL"),
        lean("uq_revisit_clock_running", "revisit_id", "due", where="stopped_at IS NULL", unique=True),
    )
    revisit_id: Mapped[int] = mapped_column(ForeignKey("revisit.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[str] = mapped_column(String(10))
    limit_value: Mapped[int]
    limit_unit: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(120))
    calendar_version: Mapped[str] = mapped_column(String(40))
    provisional: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    remind_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    late_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RevisitEvent(Base):
    """What happened, append-only: a trigger refuses every change, as of a ticket's events."""

    __tablename__ = "revisit_event"
    __table_args__ = (CheckConstraint(_one_of("kind", Kind), name="kind_known"),)
    revisit_id: Mapped[int] = mapped_column(ForeignKey("revisit.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the system
    actor_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))  # the seat acted for
    state: Mapped[str] = mapped_column(String(12))  # the revisit's after the event
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Invitation(Leased, Base):
    """Who has not rated a closed ticket is reminded once, at ``run_at``; NULL when that is done or not wanted."""

    __tablename__ = "invitation"
    __table_args__ = (lean("ix_invitation_run_at", "run_at", where="run_at IS NOT NULL"),)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
