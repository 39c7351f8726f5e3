"""The tree of areas, the ladders and codes that shape it, and the seats people hold in it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import SRID, Base, Key, UTCDateTime
from reporter.models.geometry import Geometry


class CodeRule(Base):
    """How codes of a level are made: a child's begins with its parent's (``domain.md`` 2.2)."""

    __tablename__ = "code_rule"
    level: Mapped[str] = mapped_column(String(20), primary_key=True)
    length: Mapped[int]
    parent_level: Mapped[str | None] = mapped_column(String(20))


class LadderStep(Base):
    """What one community's ladder calls a level and its leader; another community may use other words."""

    __tablename__ = "ladder_step"
    ladder: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(20))
    title_en: Mapped[str] = mapped_column(String(40))


class Area(Base):
    """A node of the tree. The ``*_id`` of its ancestors (itself included) are kept beside it, because
    “everything in this street” is asked all day and must be one index range."""

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity_in_order"),
        Index("ix_area_parent_id", "parent_id"),
        Index("ix_area_level_code", "level", "code"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    ladder: Mapped[str] = mapped_column(String(40))
    households: Mapped[int | None]
    ticket_prefix: Mapped[str | None] = mapped_column(String(4))  # of a district: the start of its numbers
    synthetic: Mapped[bool] = mapped_column(default=False)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    city_id: Mapped[int | None] = mapped_column(Key)
    district_id: Mapped[int | None] = mapped_column(Key, index=True)
    street_id: Mapped[int | None] = mapped_column(Key, index=True)
    community_id: Mapped[int | None] = mapped_column(Key, index=True)
    grid_id: Mapped[int | None] = mapped_column(Key, index=True)
    building_id: Mapped[int | None] = mapped_column(Key)
    neighbourhood_id: Mapped[int | None] = mapped_column(Key)


class AreaShape(Base):
    """The polygon of an area, in its own narrow table: altering a spatial table loses its index on
    SpatiaLite (tech.md 2, trap 2). ``fine``: grid and smaller, what a point is looked up in first."""

    __tablename__ = "area_shape"
    __table_args__ = (
        Index("ix_area_shape_fine_geom", "geom", postgresql_using="gist", postgresql_where=text("fine")).ddl_if(
            dialect="postgresql"
        ),
    )
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    level: Mapped[str] = mapped_column(String(20))
    fine: Mapped[bool]
    size: Mapped[float]  # square degrees, to choose the smallest
    geom: Mapped[Any] = mapped_column(Geometry("POLYGON", srid=SRID, spatial_index=True), nullable=False)


class Compound(Base):
    """小区: a place that grids refer to, never a step of the chain. The gate is a WGS-84 point."""

    __tablename__ = "compound"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    community_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    gate_lng: Mapped[float]
    gate_lat: Mapped[float]
    synthetic: Mapped[bool] = mapped_column(default=False)


class CompoundGrid(Base):
    __tablename__ = "compound_grid"
    compound_id: Mapped[int] = mapped_column(ForeignKey("compound.id"), primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)


class Station(Base):
    """骑手驿站: where riders rest and report from, in a community. A place, no step of the chain. WGS-84."""

    __tablename__ = "station"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    community_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    lng: Mapped[float]
    lat: Mapped[float]
    synthetic: Mapped[bool] = mapped_column(default=False)


class Seat(Base):
    """The post of an area: one holder, at most one deputy; empty means vacant."""

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("deputy_id IS NULL OR holder_id IS NULL OR deputy_id <> holder_id", name="deputy_is_another"),
    )
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class Leave(Base):
    """A person away from all their seats, half-open: from ``starts_at`` until before ``ends_at``."""

    __tablename__ = "leave"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="leave_in_order"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Department(Base):
    """A body that does the work in a district: 水务, 电力, 城管 …"""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("district_id", "code"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))


class DepartmentDuty(Base):
    """Which department a hint of the catalogue (水务/供水企业) means."""

    __tablename__ = "department_duty"
    hint: Mapped[str] = mapped_column(String(80), primary_key=True)
    department_code: Mapped[str] = mapped_column(String(40))
