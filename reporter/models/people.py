"""People, how they prove who they are, and who looked at whose personal details."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime
from reporter.domain.permissions import Role

_ROLES = ", ".join(f"'{role.value}'" for role in Role)


class Person(Base):
    """Somebody, apart from any way to log in. ``home_area_id`` bounds district, auditor and admin."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(f"role IN ({_ROLES})", name="role_known"),
        CheckConstraint("(role = 'department') = (department_id IS NOT NULL)", name="department_has_one"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    home_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    synthetic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WechatIdentity(Base):
    """A WeChat user of one mini-program. The session_key is never kept: nothing here needs it."""

    __tablename__ = "wechat_identity"
    __table_args__ = (UniqueConstraint("appid", "openid"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    appid: Mapped[str] = mapped_column(String(40))
    openid: Mapped[str] = mapped_column(String(64))
    unionid: Mapped[str | None] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Account(Base):
    """A user name; without a password hash only the demo login opens it."""

    __tablename__ = "account"
    username: Mapped[str] = mapped_column(String(60), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LoginSession(Base):
    """A token's hash, never the token. ``idle_minutes``: ends when unused for so long, None: never."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_expires_at", "expires_at"),)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    idle_minutes: Mapped[int | None]
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Unmasking(Base):
    """Who was shown whose personal details, when and why."""

    __tablename__ = "unmasking"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DemoHint(Base):
    """A line of the demo's list of accounts: whom to log in as, and what to try."""

    __tablename__ = "demo_hint"
    username: Mapped[str] = mapped_column(String(60), primary_key=True)
    rank: Mapped[int]
    area_code: Mapped[str | None] = mapped_column(String(24))
    what_to_try: Mapped[str] = mapped_column(String(300))
