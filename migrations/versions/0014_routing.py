"""Routing: rules as data, what was considered with each decision, corrections of place and what they propose."""

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0014_routing"
down_revision = "0013_passing"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FAILED = "failed_rule IS NOT NULL"
OPEN_CORRECTION = "state = 'suggested'"
OPEN_PROPOSAL = "state = 'open'"

BATCHES = ("areas", "seats", "catalogue", "calendar")
WORD = re.compile(r"'(\w+)'")
NEW_POLICIES = (
    ("corrections_to_propose", 3, "PR issue 4: three equal corrections propose a fix"),
    ("neighbours_m", 500, "PR: how far away a neighbouring grid may be to be offered"),
    ("open_cap", 0, "PR: 0 is off; a city that knows its volunteers sets it"),
)

_policy = sa.table(
    "policy",
    sa.column("area_id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("value", sa.JSON),
    sa.column("source", sa.String),
    sa.column("valid_from", sa.Date),
)


def upgrade() -> None:
    _make_rules()
    _make_corrections()
    op.add_column("hop", sa.Column("decisions", sa.JSON(), nullable=True))
    op.add_column("hop", sa.Column("failed_rule", sa.String(length=40), nullable=True))
    where = sa.text(FAILED)
    op.create_index("ix_hop_failed_rule", "hop", ["failed_rule"], postgresql_where=where, sqlite_where=where)
    _know("import_batch", (*BATCHES, "rules"))
    _let_events_be(lambda known: [*known, "relocated"], valid=True)
    _add_policies()


def downgrade() -> None:
    """Only where no rules were imported."""
    op.execute(sa.delete(_policy).where(_policy.c.key.in_([key for key, _, _ in NEW_POLICIES])))
    # what happened stays: the narrower rule binds what is written from now on
    _let_events_be(lambda known: [word for word in known if word != "relocated"], valid=False)
    _know("import_batch", BATCHES)
    op.drop_index("ix_hop_failed_rule", table_name="hop")
    op.drop_column("hop", "failed_rule")
    op.drop_column("hop", "decisions")
    op.drop_table("place_correction")
    op.drop_table("routing_proposal")
    op.drop_table("routing_rule")


def _make_rules() -> None:
    op.create_table(
        "routing_rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("area_id", KEY, nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("owner", sa.String(length=20), nullable=True),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("severities", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("days", sa.String(length=10), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("from_time", sa.String(length=5), nullable=True),
        sa.Column("to_time", sa.String(length=5), nullable=True),
        sa.Column("effect", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("seat_area_id", KEY, nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_routing_rule_validity_in_order")
        ),
        sa.CheckConstraint("effect IN ('first_level', 'holder', 'copy')", name=op.f("ck_routing_rule_effect_known")),
        sa.CheckConstraint("days IN ('any', 'workday', 'restday')", name=op.f("ck_routing_rule_days_known")),
        sa.CheckConstraint(
            "(from_time IS NULL) = (to_time IS NULL)", name=op.f("ck_routing_rule_hours_have_both_ends")
        ),
        sa.CheckConstraint(
            "effect <> 'copy' OR seat_area_id IS NOT NULL", name=op.f("ck_routing_rule_copy_names_a_seat")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_routing_rule_area_id")),
        sa.ForeignKeyConstraint(["seat_area_id"], ["area.id"], name=op.f("fk_routing_rule_seat_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_routing_rule_code_version")),
    )
    op.create_index("ix_routing_rule_order", "routing_rule", ["priority", "code", "version"])


def _make_corrections() -> None:
    op.create_table(
        "routing_proposal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("district_id", KEY, nullable=True),
        sa.Column("from_area_id", KEY, nullable=False),
        sa.Column("to_area_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'dismissed')", name=op.f("ck_routing_proposal_state_known")),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_routing_proposal_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_routing_proposal_decided_by")),
        sa.ForeignKeyConstraint(["from_area_id"], ["area.id"], name=op.f("fk_routing_proposal_from_area_id")),
        sa.ForeignKeyConstraint(["to_area_id"], ["area.id"], name=op.f("fk_routing_proposal_to_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_proposal")),
    )
    op.create_index("ix_routing_proposal_district", "routing_proposal", ["district_id", "id"])
    where = sa.text(OPEN_PROPOSAL)
    op.create_index(
        "uq_routing_proposal_open",
        "routing_proposal",
        ["from_area_id", "to_area_id"],
        unique=True,
        postgresql_where=where,
        sqlite_where=where,
    )
    op.create_table(
        "place_correction",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("from_area_id", KEY, nullable=False),
        sa.Column("to_area_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposal_id", KEY, nullable=True),
        sa.CheckConstraint(
            "state IN ('suggested', 'accepted', 'refused')", name=op.f("ck_place_correction_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'suggested') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_place_correction_decided_by_somebody"),
        ),
        sa.CheckConstraint("from_area_id <> to_area_id", name=op.f("ck_place_correction_to_elsewhere")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_place_correction_by_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_place_correction_decided_by")),
        sa.ForeignKeyConstraint(["from_area_id"], ["area.id"], name=op.f("fk_place_correction_from_area_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["routing_proposal.id"], name=op.f("fk_place_correction_proposal_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_place_correction_ticket_id")),
        sa.ForeignKeyConstraint(["to_area_id"], ["area.id"], name=op.f("fk_place_correction_to_area_id")),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_place_correction")),
    )
    where = sa.text(OPEN_CORRECTION)
    op.create_index(
        "uq_place_correction_open",
        "place_correction",
        ["ticket_id"],
        unique=True,
        postgresql_where=where,
        sqlite_where=where,
    )
    op.create_index("ix_place_correction_pair", "place_correction", ["from_area_id", "to_area_id"])
    op.create_index(op.f("ix_place_correction_proposal_id"), "place_correction", ["proposal_id"])


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


def _know(table: str, words: Sequence[str]) -> None:
    """The whole list of words that the column ``kind`` may hold.

    SQLite cannot change a check; making the table anew would copy every event, lose its triggers and break what
    refers to it. Its manual names this way for a check: the words of the table are written, no row is touched
    (sqlite.org/lang_altertable.html, “Making Other Kinds Of Table Schema Changes”).
    """
    listed = ", ".join(f"'{word}'" for word in words)
    name, condition = op.f(f"ck_{table}_kind_known"), f"kind IN ({listed})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, condition)
        return
    connection = op.get_bind()
    made = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table}
    ).scalar_one()
    changed, count = re.subn(r"kind IN \([^)]*\)", condition, made)
    assert count == 1, made
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": changed, "name": table},
    )
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))  # so that everybody reads it again
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))


def _add_policies() -> None:
    """For a city that runs already; a new one gets them with its seeds."""
    connection = op.get_bind()
    since = connection.execute(sa.select(sa.func.min(_policy.c.valid_from))).scalar()
    if since is not None:
        op.bulk_insert(
            _policy,
            [
                {"area_id": None, "key": key, "value": value, "source": source, "valid_from": since}
                for key, value, source in NEW_POLICIES
            ],
        )
