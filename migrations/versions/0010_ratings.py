"""Revisits of bad ratings, invitations to rate, photos of ratings, and the five answers of a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0010_ratings"
down_revision = "0009_metrics"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATES = "'contacting', 'finding', 'reviewing', 'rectifying', 'done'"
OUTCOMES = "'true_fixed', 'true_not_fixable', 'untrue', 'malicious'"
KINDS = (
    "'opened', 'contacted', 'found', 'rectified', 'reviewed', 'review_failed', 'appealed', 'taken_over', 'withdrawn',"
    " 'reminded', 'became_late'"
)
FIVE = ("cause", "plan", "effect")
# What a database in use lacks; a new one gets these with its other policies. key → (JSON, source)
POLICIES = {
    "rating_reminder_days": ("3", "R 亳州: invited after 3 days without rating"),
    "rating_photos_max": ("3", "D"),
    "rating_delay_h": ("24", "PR; D asks for a delay without a length"),
    "rating_min_sample": ("3", "D"),
    "revisit_contact_limit": ('{"value": 1, "unit": "work_day"}', "D"),
    "revisit_finding_limit": ('{"value": 5, "unit": "work_day"}', "D"),
    "revisit_rectify_limit": ('{"value": 15, "unit": "work_day"}', "R 什邡: put right within 15 working days"),
    "revisit_appeal_days": ("15", "PR as long as the rating window"),
    "repeat_place_count": ("5", "PR, this one included; the source (五连问) has no number"),
    "repeat_place_m": ("50", "PR the default merging radius"),
    "repeat_place_days": ("90", "PR"),
}


def upgrade() -> None:
    _revisits()
    op.create_table(
        "invitation",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        *_leased(),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_invitation_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_invitation")),
    )
    _lean("ix_invitation_run_at", "invitation", ["run_at"], "run_at IS NOT NULL")
    op.add_column("photo", sa.Column("of_rating", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("topic", sa.String(length=32), nullable=False, server_default="ticket"))
    _messages_about_no_ticket(True)
    _voices()
    op.drop_index("uq_message_once", table_name="message")
    op.create_index("uq_message_once", "message", ["ticket_id", "topic", "event_seq", "person_id"], unique=True)
    for answer in FIVE:
        op.add_column("ticket", sa.Column(answer, sa.Text(), nullable=True))
    for key, (value, source) in POLICIES.items():
        op.execute(
            "INSERT INTO policy (area_id, key, value, source, valid_from)"  # noqa: S608 — our own words, above
            f" SELECT NULL, '{key}', '{value}', '{source}', min(valid_from) FROM policy"
            " WHERE area_id IS NULL AND key = 'rating_days' HAVING count(*) > 0"
        )
    op.execute("UPDATE reference_version SET version = version + 1 WHERE name = 'policy'")


def downgrade() -> None:
    keys = ", ".join(f"'{key}'" for key in POLICIES)
    op.execute(f"DELETE FROM policy WHERE key IN ({keys})")  # noqa: S608 — as above
    for answer in reversed(FIVE):
        op.drop_column("ticket", answer)
    op.execute("DELETE FROM delivery WHERE message_id IN (SELECT id FROM message WHERE topic <> 'ticket')")
    op.execute("DELETE FROM message WHERE topic <> 'ticket'")  # the old shape has no place for them
    op.drop_index("uq_message_once", table_name="message")
    op.create_index("uq_message_once", "message", ["ticket_id", "event_seq", "person_id"], unique=True)
    op.drop_column("message", "topic")
    _messages_about_no_ticket(False)
    op.drop_column("photo", "of_rating")
    for table in ("voice", "invitation", "revisit_event", "revisit_clock", "revisit_handler", "revisit"):
        op.drop_table(table)


def _messages_about_no_ticket(may_be: bool) -> None:
    """On SQLite only the words of the table change, as its manual describes for NOT NULL: nothing is copied, so that
    what refers to the table, and its indexes, stay."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("message", "ticket_id", existing_type=KEY, nullable=may_be)
        return
    strict, loose = "ticket_id INTEGER NOT NULL", "ticket_id INTEGER"
    before, after = (strict, loose) if may_be else (loose, strict)
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        f"UPDATE sqlite_master SET sql = replace(sql, '{before},', '{after},')"  # noqa: S608 — our own words
        " WHERE type = 'table' AND name = 'message'"
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _voices() -> None:
    op.create_table(
        "voice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("client_request_id", sa.String(length=36), nullable=False),
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("about_person_id", KEY, nullable=True),
        sa.Column("heard_area_id", KEY, nullable=False),
        sa.Column("heard_level", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answerer_id", KEY, nullable=True),
        sa.CheckConstraint("kind IN ('thanks', 'grumble')", name=op.f("ck_voice_kind_known")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answerer_id IS NULL)",
            name=op.f("ck_voice_answer_whole"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_voice_area_id")),
        sa.ForeignKeyConstraint(["heard_area_id"], ["area.id"], name=op.f("fk_voice_heard_area_id")),
        *_people("voice", "author_id", "about_person_id", "answerer_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("author_id", "client_request_id", name="uq_voice_key"),
    )
    op.create_index("ix_voice_heard", "voice", ["heard_area_id", "id"])
    op.create_index("ix_voice_about", "voice", ["area_id"])


def _leased() -> list[sa.Column[object]]:
    return [
        sa.Column("run_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
    ]


def _lean(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def _people(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}")) for column in columns]


def _revisits() -> None:
    op.create_table(
        "revisit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("rater_id", KEY, nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("seat_area_id", KEY, nullable=True),
        sa.Column("seat_level", sa.String(length=20), nullable=False),
        sa.Column("district_id", KEY, nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("finder_id", KEY, nullable=True),
        sa.Column("reviewer_id", KEY, nullable=True),
        sa.Column("second_reviewer_id", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("appealed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 2", name=op.f("ck_revisit_grade_is_bad")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_revisit_state_known")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_revisit_outcome_known")),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_revisit_done_has_time")),
        sa.CheckConstraint("state <> 'done' OR outcome IS NOT NULL", name=op.f("ck_revisit_done_has_outcome")),
        sa.CheckConstraint(
            "evidence IS NOT NULL OR outcome IS NULL OR outcome NOT IN ('untrue', 'malicious')",
            name=op.f("ck_revisit_doubt_has_evidence"),
        ),
        sa.CheckConstraint(
            "reviewer_id <> second_reviewer_id AND finder_id <> reviewer_id AND finder_id <> second_reviewer_id",
            name=op.f("ck_revisit_three_different_people"),
        ),
        sa.CheckConstraint(
            "state <> 'done' OR outcome <> 'malicious' OR second_reviewer_id IS NOT NULL",
            name=op.f("ck_revisit_malice_is_reviewed"),
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_revisit_ticket_id")),
        sa.ForeignKeyConstraint(["seat_area_id"], ["area.id"], name=op.f("fk_revisit_seat_area_id")),
        *_people("revisit", "rater_id", "finder_id", "reviewer_id", "second_reviewer_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisit")),
        sa.UniqueConstraint("ticket_id", "rater_id", name="uq_revisit_rating"),
    )
    _lean("ix_revisit_seat", "revisit", ["seat_area_id"], "done_at IS NULL AND seat_area_id IS NOT NULL")
    op.create_index("ix_revisit_opened", "revisit", ["opened_at"])
    op.create_index("ix_revisit_rater", "revisit", ["rater_id"])
    op.create_table(
        "revisit_handler",
        sa.Column("revisit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["revisit_id"], ["revisit.id"], name=op.f("fk_revisit_handler_revisit_id")),
        *_people("revisit_handler", "person_id"),
        sa.PrimaryKeyConstraint("revisit_id", "person_id", name=op.f("pk_revisit_handler")),
    )
    op.create_table(
        "revisit_clock",
        sa.Column("revisit_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("calendar_version", sa.String(length=40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("remind_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("late_at", MOMENT, nullable=True),
        *_leased(),
        sa.CheckConstraint("due IN ('contact', 'finding', 'rectify')", name=op.f("ck_revisit_clock_due_known")),
        sa.ForeignKeyConstraint(["revisit_id"], ["revisit.id"], name=op.f("fk_revisit_clock_revisit_id")),
        sa.PrimaryKeyConstraint("revisit_id", "seq", name=op.f("pk_revisit_clock")),
    )
    _lean("ix_revisit_clock_run_at", "revisit_clock", ["run_at"], "run_at IS NOT NULL")
    _lean("uq_revisit_clock_running", "revisit_clock", ["revisit_id", "due"], "stopped_at IS NULL", unique=True)
    op.create_table(
        "revisit_event",
        sa.Column("revisit_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("actor_area_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_revisit_event_kind_known")),
        sa.ForeignKeyConstraint(["revisit_id"], ["revisit.id"], name=op.f("fk_revisit_event_revisit_id")),
        sa.ForeignKeyConstraint(["actor_area_id"], ["area.id"], name=op.f("fk_revisit_event_actor_area_id")),
        *_people("revisit_event", "actor_id"),
        sa.PrimaryKeyConstraint("revisit_id", "seq", name=op.f("pk_revisit_event")),
    )
    _make_append_only("revisit_event")


def _make_append_only(table: str) -> None:
    """As the first migration does for a ticket's events; ``refuse_change()`` is its function."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
