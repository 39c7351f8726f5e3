"""A ticket with its reports, hops, clocks and events. Parts of a ticket are numbered within it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.domain.events import EventKind
from reporter.domain.statuses import ENDED, Status
from reporter.models.indexes import lean, one_of

_WAITS = "ended_at IS NULL AND solved_at IS NULL AND due_at IS NOT NULL"
_ENDED = one_of("status", sorted(ENDED))


class Ticket(Base):
    """The work on a report. An open ticket always has exactly one holder: a seat or a department."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status_known"),
        CheckConstraint(
            f"CASE WHEN {_ENDED} THEN holder_area_id IS NULL AND holder_department_id IS NULL"
            " ELSE (holder_area_id IS NULL) <> (holder_department_id IS NULL) END",
            name="one_holder_while_open",
        ),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint(f"({_ENDED}) = (ended_at IS NOT NULL)", name="ended_has_time"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity_known"),
        Index("ix_ticket_received", "received_at", "id"),
        Index("ix_ticket_district", "district_id", "received_at", "id"),
        Index("ix_ticket_street", "street_id", "received_at", "id"),
        Index("ix_ticket_community", "community_id", "received_at", "id"),
        Index("ix_ticket_grid", "grid_id", "received_at", "id"),
        Index("ix_ticket_building", "building_id", "received_at", "id"),
        Index("ix_ticket_neighbourhood", "neighbourhood_id", "received_at", "id"),
        lean("ix_ticket_closed", "closed_at", where="closed_at IS NOT NULL"),
        *(
            lean(
                f"ix_ticket_{level}_unsettled",
                f"{level}_id",
                "received_at",
                "id",
                where="NOT settled",
                on_sqlite="settled = 0",
            )
            for level in ("district", "street", "community")
        ),
        lean("ix_ticket_department", "department_id", "received_at", "id", where="department_id IS NOT NULL"),
        lean(
            "ix_ticket_department_unsettled",
            "department_id",
            "received_at",
            "id",
            where="department_id IS NOT NULL AND NOT settled",
            on_sqlite="department_id IS NOT NULL AND settled = 0",
        ),
        lean(
            "ix_ticket_to_settle",
            "ended_at",
            where="NOT settled AND ended_at IS NOT NULL",
            on_sqlite="settled = 0 AND ended_at IS NOT NULL",
        ),
        lean("ix_ticket_waiting", "due_at", "id", where=_WAITS),
        lean(
            "ix_ticket_street_waiting",
            "street_id",
            "due_at",
            "id",
            where=_WAITS,
        ),
        CheckConstraint("(status = 'on_hold') = (hold_until IS NOT NULL)", name="held_has_end"),
        CheckConstraint("NOT forced OR closed_at IS NOT NULL", name="forced_is_closed"),
        lean("ix_ticket_reply_owed", "reply_due_at", where="reply_due_at IS NOT NULL"),
        lean("ix_ticket_about", "about_person_id", where="about_person_id IS NOT NULL"),
        lean("ix_ticket_reopened", "received_at", where="reopened > 0"),
        lean("ix_ticket_parent", "parent_id", where="parent_id IS NOT NULL"),
        CheckConstraint("parts = 0 OR parent_id IS NULL", name="part_has_no_parts"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_has_main"),
        CheckConstraint("merged_into_id <> id", name="not_its_own_main"),
        lean("ix_ticket_merged_into", "merged_into_id", where="merged_into_id IS NOT NULL"),
        lean("ix_ticket_recheck", "closed_at", "id", where="recheck", on_sqlite="recheck = 1"),
        CheckConstraint("NOT settled OR ended_at IS NOT NULL", name="settled_has_ended"),
        *(
            lean(f"ix_ticket_holder_{holder}", f"holder_{holder}_id", "due_at", where=f"holder_{holder}_id IS NOT NULL")
            for holder in ("area", "department")
        ),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    category_code: Mapped[str] = mapped_column(String(20))
    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"))
    severity: Mapped[int]
    sensitive: Mapped[bool] = mapped_column(default=False)
    emergency: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    about_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    city_id: Mapped[int | None] = mapped_column(Key)
    district_id: Mapped[int | None] = mapped_column(Key)
    street_id: Mapped[int | None] = mapped_column(Key)
    community_id: Mapped[int | None] = mapped_column(Key)
    grid_id: Mapped[int | None] = mapped_column(Key)
    building_id: Mapped[int | None] = mapped_column(Key)
    neighbourhood_id: Mapped[int | None] = mapped_column(Key)
    lng: Mapped[float]  # WGS-84, of the first report
    lat: Mapped[float]
    accuracy_m: Mapped[float] = mapped_column(default=0)
    place_flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    accountable_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    holder_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    holder_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    holder_level: Mapped[str | None] = mapped_column(String(20))
    department_id: Mapped[int | None] = mapped_column(Key)  # the last that held it
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of the resolve clock that counts now
    due_provisional: Mapped[bool] = mapped_column(default=False)
    response_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of the first response clock
    responded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # first staff action that counts as an answer
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    guarded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    solved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    solver_hop: Mapped[int | None]
    solved_on_time: Mapped[bool | None]
    overdue_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reworks: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    joins: Mapped[int] = mapped_column(default=0)
    closed_at_once: Mapped[bool] = mapped_column(default=False)
    recheck: Mapped[bool] = mapped_column(default=False)  # closed at once and drawn for a re-check
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))  # the main one, while it is merged
    last_event: Mapped[int] = mapped_column(default=0)
    settled: Mapped[bool] = mapped_column(default=False)  # ended, and counted in figure_day
    cause: Mapped[str | None] = mapped_column(Text)  # 五连问: what was answered last, see domain/five.py
    plan: Mapped[str | None] = mapped_column(Text)
    effect: Mapped[str | None] = mapped_column(Text)
    asides: Mapped[bool] = mapped_column(default=False)  # has rows of models/waiting.py
    hold_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # while it is held
    reply_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # while a card is open: of the first to answer
    checked: Mapped[bool] = mapped_column(default=False)  # somebody went there before it was accepted
    appealed: Mapped[bool] = mapped_column(default=False)  # not accepted once, and asked about again
    forced: Mapped[bool] = mapped_column(default=False)  # closed by force: no answer to whether it was done well
    exempt: Mapped[bool] = mapped_column(default=False)  # an overdue appeal was upheld; the delay stays written
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))  # of a part: the matter that was split
    parts: Mapped[int] = mapped_column(default=0)  # into how many parts it was split
    whistles: Mapped[int] = mapped_column(default=0)  # how many were blown for it; most tickets are never asked further


class Report(Base):
    """What somebody told us, never edited. Several reports may belong to one ticket."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("submitter_id", "client_request_id", name="uq_report_key"),
        CheckConstraint("(source = 'hotline') = (external_no IS NOT NULL)", name="hotline_has_number"),
        Index("ix_report_ticket", "ticket_id"),
        Index("ix_report_submitter", "submitter_id", "received_at"),
        lean("uq_report_first", "ticket_id", where="NOT joined", unique=True),
        lean("uq_report_external", "submitter_id", "external_no", where="external_no IS NOT NULL", unique=True),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    joined: Mapped[bool] = mapped_column(default=False)
    submitter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    client_request_id: Mapped[str] = mapped_column(String(36))
    source: Mapped[str] = mapped_column(String(20))
    external_no: Mapped[str | None] = mapped_column(String(60))
    on_behalf_of: Mapped[str | None] = mapped_column(String(60))
    anonymous: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(200))
    category_given: Mapped[str | None] = mapped_column(String(20))
    raw_lng: Mapped[float | None]
    raw_lat: Mapped[float | None]
    datum: Mapped[str | None] = mapped_column(String(10))
    accuracy_m: Mapped[float | None]
    observed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Hop(Base):
    """One holding of the ball. The unique index on open hops makes two holders impossible."""

    __tablename__ = "hop"
    __table_args__ = (
        CheckConstraint("(area_id IS NULL) <> (department_id IS NULL)", name="seat_or_department"),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="hop_in_order"),
        lean("ix_hop_failed_rule", "failed_rule", where="failed_rule IS NOT NULL"),
        lean("uq_hop_open", "ticket_id", where="ended_at IS NULL", unique=True),
        *(
            lean(
                f"ix_hop_elsewhere_{holder}", f"{holder}_id", "ticket_id", where="elsewhere", on_sqlite="elsewhere = 1"
            )
            for holder in ("area", "department")
        ),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    level: Mapped[str | None] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who acted there when it came
    via: Mapped[str] = mapped_column(String(20))
    sent_from: Mapped[int | None]  # seq of the hop that sent it, None: the system
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # by a seat around which the ticket does not lie, or a department before the ticket's last one
    elsewhere: Mapped[bool] = mapped_column(default=False)
    overdue_here: Mapped[bool] = mapped_column(default=False)  # the resolve clock ran out while it was here
    response_missed: Mapped[bool] = mapped_column(default=False)
    # all that was considered when routing sent it here (domain/deciding.Verdict.trace), None: a step named the way
    decisions: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    failed_rule: Mapped[str | None] = mapped_column(String(40))  # code of a routing rule that could not be applied
    false_closing: Mapped[bool] = mapped_column(default=False)  # said solved here; the re-check found it was not


class Event(Base):
    """What happened, append-only: a trigger refuses every change (see the first migration)."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(one_of("kind", EventKind), name="kind_known"),
        Index("ix_event_at", "at"),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the system
    actor_role: Mapped[str | None] = mapped_column(String(20))
    actor_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))  # the seat acted for
    status: Mapped[str] = mapped_column(String(20))  # the ticket's after the event
    hop_seq: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Rating(Base):
    """好差评 of one person for one ticket; the first grade is kept when it is changed."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("grade BETWEEN 1 AND 5 AND first_grade BETWEEN 1 AND 5", name="grade_known"),
        Index("ix_rating_ticket", "ticket_id"),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    grade: Mapped[int]
    first_grade: Mapped[int]
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    text: Mapped[str | None] = mapped_column(String(200))
    rated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
