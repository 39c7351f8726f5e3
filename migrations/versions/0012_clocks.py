"""Clocks of acceptance and dispatch, versions of the calendar, and recomputing by command."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0012_clocks"
down_revision = "0011_waiting"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = re.compile(r"'(\w+)'")
WORDS = {
    "clock": ("accept", "dispatch"),
    "event": ("acceptance_late", "dispatch_late", "clock_recomputed"),
}


def upgrade() -> None:
    for table, words in WORDS.items():
        _let(table, lambda known, more=words: [*known, *more], valid=True)
    op.add_column("clock", sa.Column("rules_on", sa.Date(), nullable=True))
    op.add_column("clock", sa.Column("recomputed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "calendar_change",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=True),
        sa.CheckConstraint("before IN ('workday', 'restday')", name=op.f("ck_calendar_change_before_known")),
        sa.PrimaryKeyConstraint("version", "day", name=op.f("pk_calendar_change")),
    )
    op.create_table(
        "clock_recompute",
        sa.Column("id", KEY, nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("area_id", KEY, nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ticket_id", KEY, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "finished_at IS NULL OR finished_at >= started_at", name=op.f("ck_clock_recompute_recompute_in_order")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_clock_recompute_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_recompute")),
    )


def downgrade() -> None:
    op.drop_table("clock_recompute")
    op.drop_table("calendar_change")
    op.drop_column("clock", "recomputed_at")
    op.drop_column("clock", "rules_on")
    for table, words in WORDS.items():
        # what happened stays: the narrower rule binds what is written from now on
        _let(table, lambda known, less=words: [word for word in known if word not in less], valid=False)


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
