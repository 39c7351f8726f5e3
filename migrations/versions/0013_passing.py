"""Passing back and forth, and splitting: kinds of events, how often a pair may return a ticket, parts of a ticket."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0013_passing"
down_revision = "0012_clocks"
branch_labels = None
depends_on = None

WORD = re.compile(r"'(\w+)'")
KINDS = ("revoked", "reassigned", "split", "part_ended")
RETURNS_MAX = ("returns_max", "2", "D domain.md 3.3: returns between the same pair, then the street decides")


def upgrade() -> None:
    _let_events_be(lambda known: [*known, *KINDS], valid=True)
    key, value, source = RETURNS_MAX
    # a city that runs already gets the number too; an empty database is seeded later
    op.execute(
        "INSERT INTO policy (area_id, key, value, source, valid_from)"  # noqa: S608 — our own words, above
        f" SELECT NULL, '{key}', '{value}', '{source}', min(valid_from) FROM policy"
        " HAVING min(valid_from) IS NOT NULL"
    )
    op.execute("UPDATE reference_version SET version = version + 1 WHERE name = 'policy'")
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    # constraints of the columns: adding one to a table that exists would copy the table on SQLite
    op.execute(
        f"ALTER TABLE ticket ADD COLUMN parent_id {'BIGINT' if on_postgresql else 'INTEGER'}"
        " CONSTRAINT fk_ticket_parent_id REFERENCES ticket (id)"
    )
    op.execute(
        "ALTER TABLE ticket ADD COLUMN parts INTEGER NOT NULL DEFAULT 0"
        " CONSTRAINT ck_ticket_part_has_no_parts CHECK (parts = 0 OR parent_id IS NULL)"
    )
    if on_postgresql:
        op.alter_column("ticket", "parts", server_default=None)
    where = sa.text("parent_id IS NOT NULL")
    op.create_index("ix_ticket_parent", "ticket", ["parent_id"], postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    op.drop_index("ix_ticket_parent", table_name="ticket")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_ticket_part_has_no_parts"), "ticket", type_="check")
    op.drop_column("ticket", "parts")
    op.drop_column("ticket", "parent_id")
    op.execute(f"DELETE FROM policy WHERE key = '{RETURNS_MAX[0]}'")  # noqa: S608 — as above
    op.execute("UPDATE reference_version SET version = version + 1 WHERE name = 'policy'")
    # what happened stays: the narrower rule binds what is written from now on
    _let_events_be(lambda known: [word for word in known if word not in KINDS], valid=False)


def _let_events_be(change: Callable[[list[str]], list[str]], *, valid: bool) -> None:
    """Change which kinds an event may have, from whatever they are now.

    SQLite cannot alter a constraint, and copying a table that has triggers would lose them: its documented way for
    constraints writes the new words into the schema (sqlite.org, “ALTER TABLE”, 7).
    """
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        text = bind.scalar(
            sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_event_kind_known'")
        )
        # rows that a narrower rule once did not bind are not asked now either
        unseen = "" if valid and "NOT VALID" not in text else " NOT VALID"
        op.drop_constraint(op.f("ck_event_kind_known"), "event", type_="check")
        rule = f"kind IN ({_quoted(change(WORD.findall(text)))})"
        op.execute(f"ALTER TABLE event ADD CONSTRAINT ck_event_kind_known CHECK ({rule}){unseen}")
        return
    text = bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'event'"))
    found = re.search(r"(CONSTRAINT ck_event_kind_known CHECK \(kind IN \()([^)]*)\)", text)
    assert found is not None, "event has no ck_event_kind_known"
    changed = text[: found.start()] + found[1] + _quoted(change(WORD.findall(found[2]))) + ")" + text[found.end() :]
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'event'"), {"sql": changed}
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
