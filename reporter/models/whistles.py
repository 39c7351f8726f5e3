"""A whistle, the units it calls, and what happened to it. Ticket and whistle share nothing but a reference."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.domain.whistle_events import WhistleEventKind
from reporter.domain.whistles import ENDED, CallStatus, Kind, Status, Turn
from reporter.models.indexes import lean
from reporter.models.leases import Leased


def _one_of(column: str, words: Any) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


_ENDED = _one_of("status", sorted(ENDED))


class WhistleCounter(Base):
    """The last number of a prefix and Beijing day; its row lock is what keeps numbers apart."""

    __tablename__ = "whistle_counter"
    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Whistle(Base):
    """Units called to a place. While it is open it is somebody's turn. ``ticket_id``: what it was blown for."""

    __tablename__ = "whistle"
    __table_args__ = (
        CheckConstraint(_one_of("kind", Kind), name="kind_known"),
        CheckConstraint(_one_of("status", Status), name="status_known"),
        CheckConstraint(_one_of("turn", (turn for turn in Turn if turn is not Turn.STAYS)), name="turn_known"),
        CheckConstraint(f"({_ENDED}) = (ended_at IS NOT NULL)", name="ended_has_time"),
        CheckConstraint("(turn = 'nobody') = (ended_at IS NOT NULL)", name="somebodys_turn_while_open"),
        UniqueConstraint("blown_by_id", "client_request_id", name="uq_whistle_key"),
        Index("ix_whistle_blown_from", "blown_from_id", "id"),
        *(Index(f"ix_whistle_{level}", f"{level}_id", "id") for level in ("district", "street", "community", "grid")),
        lean("ix_whistle_ticket", "ticket_id", where="ticket_id IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    turn: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    asked: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    lng: Mapped[float]  # WGS-84
    lat: Mapped[float]
    meet_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # None: at once
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    city_id: Mapped[int | None] = mapped_column(Key)
    district_id: Mapped[int] = mapped_column(Key)
    street_id: Mapped[int | None] = mapped_column(Key)
    community_id: Mapped[int | None] = mapped_column(Key)
    grid_id: Mapped[int | None] = mapped_column(Key)
    blown_from_id: Mapped[int] = mapped_column(ForeignKey("area.id"))  # the seat that blew it
    blown_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    client_request_id: Mapped[str] = mapped_column(String(36))
    blown_at: Mapped[datetime] = mapped_column(UTCDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the district was told of a unit
    summed_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_event: Mapped[int] = mapped_column(default=0)


class WhistleCall(Leased, Base):
    """One department called by a whistle. ``run_at``: when the limit that runs now has passed.

    ``no_show_at`` and ``feedback_missed_at`` are raw facts: they stay when the unit comes or answers late.
    """

    __tablename__ = "whistle_call"
    __table_args__ = (
        CheckConstraint(_one_of("status", CallStatus), name="status_known"),
        CheckConstraint("(status IN ('called', 'no_show')) = (signed_in_at IS NULL)", name="came_has_time"),
        CheckConstraint("status <> 'no_show' OR no_show_at IS NOT NULL", name="no_show_has_time"),
        CheckConstraint("status <> 'fed_back' OR fed_back_at IS NOT NULL", name="feedback_has_time"),
        CheckConstraint("(fed_back_at IS NULL) = (feedback IS NULL)", name="feedback_has_words"),
        CheckConstraint("(signed_in_at IS NULL) = (distance_m IS NULL)", name="came_has_distance"),
        CheckConstraint("(status = 'rated') = (rated_at IS NOT NULL)", name="rated_has_time"),
        CheckConstraint(
            "CASE WHEN rated_at IS NULL THEN attended IS NULL AND solved IS NULL AND attitude IS NULL"
            " ELSE attended IS NOT NULL AND solved IS NOT NULL AND attitude IS NOT NULL END",
            name="all_grades_or_none",
        ),
        CheckConstraint(
            "attended BETWEEN 1 AND 5 AND solved BETWEEN 1 AND 5 AND attitude BETWEEN 1 AND 5", name="grades_known"
        ),
        Index("ix_whistle_call_department", "department_id", "whistle_id"),
        lean("uq_whistle_call_lead", "whistle_id", where="is_lead", unique=True),
        lean("ix_whistle_call_run_at", "run_at", where="run_at IS NOT NULL"),
    )
    whistle_id: Mapped[int] = mapped_column(ForeignKey("whistle.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    is_lead: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    limit_value: Mapped[int]  # for signing in
    limit_unit: Mapped[str] = mapped_column(String(20))
    calendar_version: Mapped[str] = mapped_column(String(40))
    provisional: Mapped[bool] = mapped_column(default=False)
    sign_in_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    no_show_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sign_in_lng: Mapped[float | None]  # WGS-84, never shown
    sign_in_lat: Mapped[float | None]
    distance_m: Mapped[float | None]  # from the place of the whistle
    on_site: Mapped[bool] = mapped_column(default=False)
    away_reason: Mapped[str | None] = mapped_column(String(500))
    feedback_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    feedback_missed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fed_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    feedback: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attended: Mapped[int | None]
    solved: Mapped[int | None]
    attitude: Mapped[int | None]


class WhistleEvent(Base):
    """What happened, append-only: a trigger refuses every change. ``department_id``: the unit it is about."""

    __tablename__ = "whistle_event"
    __table_args__ = (
        CheckConstraint(_one_of("kind", WhistleEventKind), name="kind_known"),
        UniqueConstraint("whistle_id", "seq", name="uq_whistle_event_seq"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    whistle_id: Mapped[int] = mapped_column(ForeignKey("whistle.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the system
    actor_role: Mapped[str | None] = mapped_column(String(20))
    actor_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))  # the seat acted for
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    status: Mapped[str] = mapped_column(String(20))  # the whistle's after the event
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
