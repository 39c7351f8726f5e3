"""Merged tickets, findings about photos, confirmations by neighbours, false closings, and their kinds of events."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0016_merging"
down_revision = "0015_whistle"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "merged",
    "unmerged",
    "absorbed",
    "released",
    "recheck_ordered",
    "rechecked",
    "recheck_failed",
    "confirmed",
    "confirmed_by_neighbours",
    "demand_grew",
)
FINDINGS = "code IN ('taken_before_filing', 'far_away', 'reused', 'near_copy', 'no_capture_data')"
MERGED = "merged_into_id IS NOT NULL"
RECHECK, RECHECK_ON_SQLITE = "recheck", "recheck = 1"  # SQLite's planner compares words with those of a question
DHASH = "dhash IS NOT NULL"


def upgrade() -> None:
    # constraints of the columns: adding one to a table that exists would copy the table on SQLite
    key = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE ticket ADD COLUMN merged_into_id {key}"
        " CONSTRAINT fk_ticket_merged_into_id REFERENCES ticket (id)"
        " CONSTRAINT ck_ticket_merged_has_main CHECK ((status = 'merged') = (merged_into_id IS NOT NULL))"
        " CONSTRAINT ck_ticket_not_its_own_main CHECK (merged_into_id <> id)"
    )
    op.execute("ALTER TABLE hop ADD COLUMN false_closing BOOLEAN NOT NULL DEFAULT false")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("hop", "false_closing", server_default=None)
    _partial("ix_ticket_merged_into", "ticket", ["merged_into_id"], MERGED)
    _partial("ix_ticket_recheck", "ticket", ["closed_at", "id"], RECHECK, RECHECK_ON_SQLITE)
    _partial("ix_photo_dhash", "photo", ["dhash"], DHASH)
    op.create_table(
        "photo_finding",
        sa.Column("photo_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(FINDINGS, name=op.f("ck_photo_finding_code_known")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_finding_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", "code", name=op.f("pk_photo_finding")),
    )
    op.create_table(
        "confirmation",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("solver_hop", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_confirmation_ticket_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_confirmation_person_id")),
        sa.PrimaryKeyConstraint("ticket_id", "solver_hop", "person_id", name=op.f("pk_confirmation")),
    )
    _change_kinds(lambda known: [*known, *(kind for kind in KINDS if kind not in known)], valid=True)


def downgrade() -> None:
    _change_kinds(lambda known: [kind for kind in known if kind not in KINDS], valid=False)
    op.drop_table("confirmation")
    op.drop_table("photo_finding")
    op.drop_index("ix_photo_dhash", table_name="photo")
    op.drop_index("ix_ticket_recheck", table_name="ticket")
    op.drop_index("ix_ticket_merged_into", table_name="ticket")
    op.drop_column("hop", "false_closing")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("merged_has_main", "not_its_own_main"):
            op.drop_constraint(op.f(f"ck_ticket_{name}"), "ticket", type_="check")
    op.drop_column("ticket", "merged_into_id")


def _partial(name: str, table: str, columns: list[str], where: str, on_sqlite: str | None = None) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(on_sqlite or where))


def _change_kinds(changed: Callable[[list[str]], list[str]], *, valid: bool) -> None:
    """Let ``event.kind`` have other words, whichever words the database knows by now.

    The table is neither copied nor are its rows touched: events are append-only and photos refer to them. What
    happened stays: a narrower rule binds what is written from now on.
    """
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        told = bind.scalar(
            sa.text(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conname = 'ck_event_kind_known' AND conrelid = 'event'::regclass"
            )
        )
        known = re.findall(r"'(\w+)'", told)
        # rows that a narrower rule once did not bind are not asked now either
        unseen = "" if valid and "NOT VALID" not in told else " NOT VALID"
        op.drop_constraint(op.f("ck_event_kind_known"), "event", type_="check")
        rule = f"CHECK (kind IN ({_listed(changed(known))})){unseen}"
        op.execute(f"ALTER TABLE event ADD CONSTRAINT ck_event_kind_known {rule}")
        return
    table = bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'event'"))
    before = re.search(r"CONSTRAINT ck_event_kind_known CHECK \(kind IN \(([^)]*)\)\)", table)
    words = _listed(changed(re.findall(r"'(\w+)'", before[1])))
    # what SQLite's own manual says for constraints that do not change what lies on the disk
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'event'"),
        {"sql": table.replace(before[1], words)},
    )
    bind.execute(sa.text("PRAGMA writable_schema = RESET"))


def _listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
