"""The catalogue, its limits and the policies of each area: what a city decides, as rows with sources."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key
from reporter.domain.working_time import Unit

_UNITS = ", ".join(f"'{unit.value}'" for unit in Unit)


class Category(Base):
    """A kind of problem; ``code`` is unique while valid. See ``domain.md`` 8."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    code_system: Mapped[str] = mapped_column(String(40))
    std_code: Mapped[str | None] = mapped_column(String(10))
    code_status: Mapped[str] = mapped_column(String(20))
    major_code: Mapped[str] = mapped_column(String(10))
    major_name: Mapped[str] = mapped_column(String(40))
    major_name_en: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(100))
    aliases: Mapped[list[str]] = mapped_column(JSON)
    first_level: Mapped[str] = mapped_column(String(20))
    owner_level: Mapped[str] = mapped_column(String(20))
    department_hint: Mapped[str | None] = mapped_column(String(80))
    photo_required: Mapped[bool]
    sensitive: Mapped[bool]
    duplicate_radius_m: Mapped[int]
    look_alike: Mapped[str | None] = mapped_column(String(40))
    generic_of: Mapped[str | None] = mapped_column(String(40))
    emergency_divert: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(300))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Condition(Base):
    """立案条件: fixes severity and, through its limits, the deadlines."""

    __tablename__ = "condition"
    __table_args__ = (
        UniqueConstraint("category_id", "no"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity_known"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    no: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    severity: Mapped[int]
    guard: Mapped[bool]
    close_condition: Mapped[str] = mapped_column(String(200))


class ConditionLimit(Base):
    """A limit of a condition, everywhere or in one area (and all below it); a nearer area wins."""

    __tablename__ = "condition_limit"
    __table_args__ = (
        CheckConstraint("kind IN ('response', 'resolve')", name="kind_known"),
        CheckConstraint(f"unit IN ({_UNITS})", name="unit_known"),
        CheckConstraint("value > 0", name="value_positive"),
        UniqueConstraint("condition_id", "area_id", "kind", "valid_from"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class EmergencyWord(Base):
    """A word that switches the emergency prompt on; ``divert`` says which number it shows."""

    __tablename__ = "emergency_word"
    word: Mapped[str] = mapped_column(String(20), primary_key=True)
    divert: Mapped[str] = mapped_column(ForeignKey("emergency_prompt.divert"))
    rank: Mapped[int]


class EmergencyPrompt(Base):
    __tablename__ = "emergency_prompt"
    divert: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    prompt: Mapped[str] = mapped_column(String(600))
    prompt_en: Mapped[str] = mapped_column(String(600))


class PolicyValue(Base):
    """One number a city decides, everywhere or in one area; read by ``domain/policy.py``."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("area_id", "key", "valid_from"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CalendarDay(Base):
    """A day whose kind is published. Years without rows count Monday–Friday, provisionally."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("kind IN ('workday', 'restday')", name="kind_known"),)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(60))


class ReferenceVersion(Base):
    """One row per table that processes keep in memory; raised by whoever changes it."""

    __tablename__ = "reference_version"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int]
