"""Checks, holds, extensions, cards of supervision, appeals: what happens to a ticket beside its way."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0011_waiting"
down_revision = "0010_ratings"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = re.compile(r"'(\w+)'")
WORDS = {
    "clock": ("check",),
    "event": (
        "check_started",
        "checked",
        "not_found",
        "check_late",
        "appealed",
        "hold_requested",
        "hold_refused",
        "held",
        "resumed",
        "extension_requested",
        "extension_endorsed",
        "extension_granted",
        "extension_refused",
        "supervised",
        "red_card",
        "replied",
        "force_closed",
        "voided",
        "overdue_appealed",
        "overdue_appeal_endorsed",
        "overdue_appeal_upheld",
        "overdue_appeal_dismissed",
    ),
}
FLAGS = ("asides", "checked", "appealed", "exempt")
# What a database in use lacks; a new one gets these with its other policies. key → (JSON, source)
POLICIES = {
    "check_limit": ('{"value": 30, "unit": "urgent_minute"}', "R read system"),
    "hold_max_days": ("365", "R read system: at most one year"),
    "extensions_max": ("2", "R read system"),
    "extension_from_share": ("0.8", "D"),
    "reply_limit": ('{"value": 8, "unit": "work_hour"}', "PR; the sources ask for a reply without a length"),
}


def upgrade() -> None:
    for table, words in WORDS.items():
        _let(table, lambda known, more=words: [*known, *more], valid=True)
    # constraints with their columns: adding one to a table that exists would copy the table on SQLite
    moment = "TIMESTAMP WITH TIME ZONE" if _on_postgresql() else "DATETIME"
    held = "CHECK ((status = 'on_hold') = (hold_until IS NOT NULL))"
    op.execute(f"ALTER TABLE ticket ADD COLUMN hold_until {moment} CONSTRAINT ck_ticket_held_has_end {held}")
    closed = "CHECK (NOT forced OR closed_at IS NOT NULL)"
    op.execute(
        "ALTER TABLE ticket ADD COLUMN forced BOOLEAN NOT NULL DEFAULT false"
        f" CONSTRAINT ck_ticket_forced_is_closed {closed}"
    )
    op.add_column("ticket", sa.Column("reply_due_at", MOMENT, nullable=True))
    for name in FLAGS:
        op.add_column("ticket", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    if _on_postgresql():
        for name in ("forced", *FLAGS):
            op.alter_column("ticket", name, server_default=None)
    _lean("ix_ticket_reply_owed", "ticket", ["reply_due_at"], "reply_due_at IS NOT NULL")
    _holds()
    _extensions()
    _cards()
    _appeals()
    for key, (value, source) in POLICIES.items():
        op.execute(
            "INSERT INTO policy (area_id, key, value, source, valid_from)"  # noqa: S608 — our own words, above
            f" SELECT NULL, '{key}', '{value}', '{source}', min(valid_from) FROM policy"
            " WHERE area_id IS NULL AND key = 'rating_days' HAVING count(*) > 0"
        )
    op.execute("UPDATE reference_version SET version = version + 1 WHERE name = 'policy'")


def downgrade() -> None:
    for key in POLICIES:
        op.get_bind().execute(sa.text("DELETE FROM policy WHERE key = :key"), {"key": key})
    for table in ("overdue_appeal", "supervision", "extension", "hold"):
        op.drop_table(table)
    op.drop_index("ix_ticket_reply_owed", table_name="ticket")
    if _on_postgresql():
        op.drop_constraint(op.f("ck_ticket_held_has_end"), "ticket", type_="check")
        op.drop_constraint(op.f("ck_ticket_forced_is_closed"), "ticket", type_="check")
    for name in (*reversed(FLAGS), "reply_due_at", "forced", "hold_until"):
        op.drop_column("ticket", name)
    for table, words in WORDS.items():
        # what happened stays: the narrower rule binds what is written from now on
        _let(table, lambda known, less=words: [word for word in known if word not in less], valid=False)


def _holds() -> None:
    op.create_table(
        "hold",
        *_part(),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        *_asked(),
        sa.Column("from_status", sa.String(length=20), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("resumed_at", MOMENT, nullable=True),
        sa.Column("run_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("granted IS NULL OR decided_at IS NOT NULL", name=op.f("ck_hold_decided_has_time")),
        sa.CheckConstraint(
            "NOT granted OR from_status IN ('dispatched', 'handling')", name=op.f("ck_hold_held_from_known")
        ),
        sa.CheckConstraint(
            "run_at IS NULL OR (granted IS NOT NULL AND granted AND resumed_at IS NULL)",
            name=op.f("ck_hold_runs_while_held"),
        ),
        *_keys("hold", "asked_by", "decided_by"),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_hold")),
    )
    granted = "granted" if _on_postgresql() else "granted = 1"  # as models/indexes.py says
    _lean("uq_hold_granted", "hold", ["ticket_id"], granted, unique=True)
    _lean("uq_hold_asked", "hold", ["ticket_id"], "granted IS NULL", unique=True)
    _lean("ix_hold_run_at", "hold", ["run_at"], "run_at IS NOT NULL")


def _extensions() -> None:
    op.create_table(
        "extension",
        *_part(),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("waits_for", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_asked(),
        sa.Column("first_by", KEY, nullable=True),
        sa.Column("first_at", MOMENT, nullable=True),
        sa.Column("last_by", KEY, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'granted', 'refused', 'lapsed')", name=op.f("ck_extension_state_known")),
        sa.CheckConstraint("(state = 'open') = (waits_for IS NOT NULL)", name=op.f("ck_extension_open_waits")),
        sa.CheckConstraint("first_by <> last_by", name=op.f("ck_extension_two_different_people")),
        *_keys("extension", "asked_by", "first_by", "last_by"),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_extension")),
    )
    _lean("uq_extension_open", "extension", ["ticket_id"], "state = 'open'", unique=True)


def _cards() -> None:
    op.create_table(
        "supervision",
        *_part(),
        sa.Column("card", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("shown_by", KEY, nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_by", KEY, nullable=True),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("card IN ('yellow', 'red')", name=op.f("ck_supervision_card_known")),
        sa.CheckConstraint(
            "replied_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_supervision_replied_is_closed")
        ),
        sa.CheckConstraint("(replied_at IS NULL) = (reply IS NULL)", name=op.f("ck_supervision_reply_has_time")),
        *_keys("supervision", "shown_by", "replied_by"),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_supervision")),
    )
    _lean("uq_supervision_open", "supervision", ["ticket_id", "card"], "closed_at IS NULL", unique=True)


def _appeals() -> None:
    op.create_table(
        "overdue_appeal",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("hop_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("waits_for", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_asked(),
        sa.Column("first_by", KEY, nullable=True),
        sa.Column("first_at", MOMENT, nullable=True),
        sa.Column("first_note", sa.Text(), nullable=True),
        sa.Column("last_by", KEY, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("last_note", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_overdue_appeal_state_known")),
        sa.CheckConstraint("(state = 'open') = (waits_for IS NOT NULL)", name=op.f("ck_overdue_appeal_open_waits")),
        sa.CheckConstraint(
            "first_by <> last_by AND asked_by <> first_by AND asked_by <> last_by",
            name=op.f("ck_overdue_appeal_different_people"),
        ),
        *_keys("overdue_appeal", "asked_by", "first_by", "last_by"),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_overdue_appeal")),
    )
    _lean("ix_overdue_appeal_open", "overdue_appeal", ["ticket_id"], "state = 'open'")


def _part() -> list[sa.Column[int]]:
    return [sa.Column("ticket_id", KEY, nullable=False), sa.Column("seq", sa.Integer(), nullable=False)]


def _asked() -> list[sa.Column[object]]:
    return [sa.Column("asked_by", KEY, nullable=False), sa.Column("asked_at", MOMENT, nullable=False)]


def _keys(table: str, *people: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f(f"fk_{table}_ticket_id")),
        *(sa.ForeignKeyConstraint([one], ["person.id"], name=op.f(f"fk_{table}_{one}")) for one in people),
    ]


def _lean(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _let(table: str, change: Callable[[list[str]], list[str]], *, valid: bool) -> None:
    """Change which words the column ``kind`` may hold, from whatever they are now.

    SQLite cannot alter a constraint; copying a table that others refer to and that has triggers would be worse than
    its documented way for constraints, which writes the new words into the schema (sqlite.org, “ALTER TABLE”, 7).
    """
    name, bind = f"ck_{table}_kind_known", op.get_bind()
    if bind.dialect.name == "postgresql":
        text = bind.scalar(
            sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"), {"name": name}
        )
        # rows that a narrower rule once did not bind are not asked now either
        unseen = "" if valid and "NOT VALID" not in text else " NOT VALID"
        op.drop_constraint(op.f(name), table, type_="check")
        rule = f"kind IN ({_quoted(change(WORD.findall(text)))})"
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}){unseen}")
        return
    text = bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table})
    found = re.search(rf"(CONSTRAINT {name} CHECK \(kind IN \()([^)]*)\)", text)
    assert found is not None, f"{table} has no {name}"
    words = _quoted(change(WORD.findall(found[2])))
    changed = text[: found.start()] + found[1] + words + ")" + text[found.end() :]
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": changed, "name": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
