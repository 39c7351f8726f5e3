"""Rules of routing as a city writes them, corrections of place, and the fixes that equal corrections propose."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.domain.routing_rules import Days, Effect
from reporter.models.indexes import lean

_EFFECTS = ", ".join(f"'{effect.value}'" for effect in Effect)
_DAYS = ", ".join(f"'{days.value}'" for days in Days)


class RoutingRule(Base):
    """A version of a rule, half-open in local days: a change is a new version, what held once stays readable.

    Empty lists and NULL ask nothing. Hours are local, ``HH:MM``.
    """

    __tablename__ = "routing_rule"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity_in_order"),
        CheckConstraint(f"effect IN ({_EFFECTS})", name="effect_known"),
        CheckConstraint(f"days IN ({_DAYS})", name="days_known"),
        CheckConstraint("(from_time IS NULL) = (to_time IS NULL)", name="hours_have_both_ends"),
        CheckConstraint("effect <> 'copy' OR seat_area_id IS NOT NULL", name="copy_names_a_seat"),
        Index("ix_routing_rule_order", "priority", "code", "version"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    priority: Mapped[int]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    categories: Mapped[list[str]] = mapped_column(JSON)
    kind: Mapped[str | None] = mapped_column(String(20))
    owner: Mapped[str | None] = mapped_column(String(20))
    conditions: Mapped[list[int]] = mapped_column(JSON)
    severities: Mapped[list[int]] = mapped_column(JSON)
    sources: Mapped[list[str]] = mapped_column(JSON)
    days: Mapped[str] = mapped_column(String(10))
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    from_time: Mapped[str | None] = mapped_column(String(5))
    to_time: Mapped[str | None] = mapped_column(String(5))
    effect: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(60))
    seat_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    source: Mapped[str] = mapped_column(String(120))
    author: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class PlaceCorrection(Base):
    """回格: somebody says a ticket belongs to another area. From and to are grids, or what is nearest to one."""

    __tablename__ = "place_correction"
    __table_args__ = (
        CheckConstraint("state IN ('suggested', 'accepted', 'refused')", name="state_known"),
        CheckConstraint(
            "(state = 'suggested') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("from_area_id <> to_area_id", name="to_elsewhere"),
        lean("uq_place_correction_open", "ticket_id", where="state = 'suggested'", unique=True),
        Index("ix_place_correction_pair", "from_area_id", "to_area_id"),
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    from_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    to_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    state: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("routing_proposal.id"), index=True)


class RoutingProposal(Base):
    """Equal corrections again and again: the district is asked to mend the boundary or to write a rule."""

    __tablename__ = "routing_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'dismissed')", name="state_known"),
        CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_by_somebody",
        ),
        lean("uq_routing_proposal_open", "from_area_id", "to_area_id", where="state = 'open'", unique=True),
        Index("ix_routing_proposal_district", "district_id", "id"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    district_id: Mapped[int | None] = mapped_column(Key)
    from_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    to_area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(String(500))
