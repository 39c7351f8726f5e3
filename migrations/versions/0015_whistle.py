"""吹哨报到: whistles, the units they call, what happened to them; messages and photos may belong to one."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015_whistle"
down_revision = "0014_routing"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LEVELS = ("district", "street", "community", "grid")
POLICIES = (
    ("sign_in_limit_emergency", {"value": 30, "unit": "urgent_minute"}, "D domain.md 9.3"),
    ("sign_in_limit_enforcement", {"value": 2, "unit": "work_hour"}, "D domain.md 9.3"),
    ("sign_in_limit_key_project", {"value": 1, "unit": "work_day"}, "D domain.md 9.3"),
    ("sign_in_limit_resource", {"value": 3, "unit": "work_day"}, "D domain.md 9.3"),
    ("sign_in_radius_m", 150, "PR"),
    ("feedback_limit", {"value": 3, "unit": "work_day"}, "R Nanjing Gulou: called units report in 3 working days"),
    ("whistle_ahead_days", 30, "PR"),
)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _lean(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


def upgrade() -> None:
    op.create_table(
        "whistle_counter",
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "day", name=op.f("pk_whistle_counter")),
    )
    _whistles()
    _calls()
    op.create_table(
        "whistle_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("whistle_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=True),
        sa.Column("actor_area_id", KEY, nullable=True),
        sa.Column("department_id", KEY, nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        _check(
            "whistle_event",
            "kind_known",
            "kind IN ('blown', 'signed_in', 'fed_back', 'no_show', 'feedback_missed', 'summed_up', 'rated', 'closed',"
            " 'withdrawn', 'noted')",
        ),
        _key("whistle_event", "whistle_id", "whistle.id"),
        _key("whistle_event", "actor_id", "person.id"),
        _key("whistle_event", "actor_area_id", "area.id"),
        _key("whistle_event", "department_id", "department.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle_event")),
        sa.UniqueConstraint("whistle_id", "seq", name=op.f("uq_whistle_event_seq")),
    )
    _make_append_only()
    _belongings()
    op.execute("ALTER TABLE ticket ADD COLUMN whistles INTEGER NOT NULL DEFAULT 0")
    _policies()


def _whistles() -> None:
    op.create_table(
        "whistle",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("turn", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("meet_at", MOMENT, nullable=True),
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("city_id", KEY, nullable=True),
        sa.Column("district_id", KEY, nullable=False),
        sa.Column("street_id", KEY, nullable=True),
        sa.Column("community_id", KEY, nullable=True),
        sa.Column("grid_id", KEY, nullable=True),
        sa.Column("blown_from_id", KEY, nullable=False),
        sa.Column("blown_by_id", KEY, nullable=False),
        sa.Column("client_request_id", sa.String(length=36), nullable=False),
        sa.Column("blown_at", MOMENT, nullable=False),
        sa.Column("escalated_at", MOMENT, nullable=True),
        sa.Column("summed_up_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("last_event", sa.Integer(), nullable=False),
        _check("whistle", "kind_known", "kind IN ('enforcement', 'key_project', 'emergency', 'resource')"),
        _check(
            "whistle",
            "status_known",
            "status IN ('blown', 'attended', 'acting', 'summed_up', 'rated', 'closed', 'withdrawn')",
        ),
        _check("whistle", "turn_known", "turn IN ('units', 'lead', 'whistler', 'nobody')"),
        _check("whistle", "ended_has_time", "(status IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)"),
        _check("whistle", "somebodys_turn_while_open", "(turn = 'nobody') = (ended_at IS NOT NULL)"),
        _key("whistle", "ticket_id", "ticket.id"),
        _key("whistle", "area_id", "area.id"),
        _key("whistle", "blown_from_id", "area.id"),
        _key("whistle", "blown_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle")),
        sa.UniqueConstraint("number", name=op.f("uq_whistle_number")),
        sa.UniqueConstraint("blown_by_id", "client_request_id", name=op.f("uq_whistle_key")),
    )
    op.create_index("ix_whistle_blown_from", "whistle", ["blown_from_id", "id"])
    for level in LEVELS:
        op.create_index(f"ix_whistle_{level}", "whistle", [f"{level}_id", "id"])
    _lean("ix_whistle_ticket", "whistle", ["ticket_id"], "ticket_id IS NOT NULL")


def _calls() -> None:
    op.create_table(
        "whistle_call",
        sa.Column("whistle_id", KEY, nullable=False),
        sa.Column("department_id", KEY, nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(length=20), nullable=False),
        sa.Column("calendar_version", sa.String(length=40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("sign_in_due_at", MOMENT, nullable=False),
        sa.Column("no_show_at", MOMENT, nullable=True),
        sa.Column("signed_in_at", MOMENT, nullable=True),
        sa.Column("signed_in_by_id", KEY, nullable=True),
        sa.Column("sign_in_lng", sa.Double(), nullable=True),
        sa.Column("sign_in_lat", sa.Double(), nullable=True),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("away_reason", sa.String(length=500), nullable=True),
        sa.Column("feedback_due_at", MOMENT, nullable=True),
        sa.Column("feedback_missed_at", MOMENT, nullable=True),
        sa.Column("fed_back_at", MOMENT, nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("rated_at", MOMENT, nullable=True),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Integer(), nullable=True),
        sa.Column("attitude", sa.Integer(), nullable=True),
        sa.Column("run_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        _check("whistle_call", "status_known", "status IN ('called', 'signed_in', 'fed_back', 'rated', 'no_show')"),
        _check("whistle_call", "came_has_time", "(status IN ('called', 'no_show')) = (signed_in_at IS NULL)"),
        _check("whistle_call", "no_show_has_time", "status <> 'no_show' OR no_show_at IS NOT NULL"),
        _check("whistle_call", "feedback_has_time", "status <> 'fed_back' OR fed_back_at IS NOT NULL"),
        _check("whistle_call", "feedback_has_words", "(fed_back_at IS NULL) = (feedback IS NULL)"),
        _check("whistle_call", "came_has_distance", "(signed_in_at IS NULL) = (distance_m IS NULL)"),
        _check("whistle_call", "rated_has_time", "(status = 'rated') = (rated_at IS NOT NULL)"),
        _check(
            "whistle_call",
            "all_grades_or_none",
            "CASE WHEN rated_at IS NULL THEN attended IS NULL AND solved IS NULL AND attitude IS NULL"
            " ELSE attended IS NOT NULL AND solved IS NOT NULL AND attitude IS NOT NULL END",
        ),
        _check(
            "whistle_call",
            "grades_known",
            "attended BETWEEN 1 AND 5 AND solved BETWEEN 1 AND 5 AND attitude BETWEEN 1 AND 5",
        ),
        _key("whistle_call", "whistle_id", "whistle.id"),
        _key("whistle_call", "department_id", "department.id"),
        _key("whistle_call", "signed_in_by_id", "person.id"),
        sa.PrimaryKeyConstraint("whistle_id", "department_id", name=op.f("pk_whistle_call")),
    )
    op.create_index("ix_whistle_call_department", "whistle_call", ["department_id", "whistle_id"])
    _lean("uq_whistle_call_lead", "whistle_call", ["whistle_id"], "is_lead", unique=True)
    _lean("ix_whistle_call_run_at", "whistle_call", ["run_at"], "run_at IS NOT NULL")


def _make_append_only() -> None:
    if not _on_sqlite():
        op.execute(
            "CREATE TRIGGER whistle_event_append_only BEFORE UPDATE OR DELETE ON whistle_event"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER whistle_event_no_{change.lower()} BEFORE {change} ON whistle_event"
            " BEGIN SELECT RAISE(ABORT, 'whistle_event is append-only'); END"
        )


OF_MESSAGE = "(ticket_id IS NULL) <> (whistle_event_id IS NULL) OR (topic <> 'ticket' AND whistle_event_id IS NULL)"
OF_PHOTO = "ticket_id IS NULL OR whistle_event_id IS NULL"


def _belongings() -> None:
    """Messages and photos of a whistle. The constraints come with the column: SQLite need not copy the table."""
    kind = "INTEGER" if _on_sqlite() else "BIGINT"
    for table, condition in (("message", OF_MESSAGE), ("photo", OF_PHOTO)):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN whistle_event_id {kind}"
            f" CONSTRAINT fk_{table}_whistle_event_id REFERENCES whistle_event (id)"
            f" CONSTRAINT ck_{table}_of_ticket_or_whistle CHECK ({condition})"
        )
    there = "whistle_event_id IS NOT NULL"
    _lean("uq_message_whistle_once", "message", ["whistle_event_id", "person_id"], there, unique=True)
    _lean("ix_photo_whistle", "photo", ["whistle_event_id"], there)


def _policies() -> None:
    """For a city that runs already; a new one gets them with its seeds."""
    value_of = ":value" if _on_sqlite() else "CAST(:value AS JSON)"
    for key, value, source in POLICIES:
        op.execute(
            sa.text(
                "INSERT INTO policy (area_id, key, value, source, valid_from)"  # noqa: S608 — as above
                f" SELECT NULL, :key, {value_of}, :source, min(valid_from) FROM policy"
                " WHERE key = 'snap_m' AND area_id IS NULL GROUP BY key"
            ).bindparams(key=key, value=json.dumps(value), source=source)
        )
    op.execute("UPDATE reference_version SET version = version + 1 WHERE name = 'policy'")


def downgrade() -> None:
    for key, _, _ in POLICIES:
        op.execute(sa.text("DELETE FROM policy WHERE key = :key").bindparams(key=key))
    op.execute("UPDATE reference_version SET version = version + 1 WHERE name = 'policy'")
    op.drop_column("ticket", "whistles")
    op.drop_index("ix_photo_whistle", table_name="photo")
    op.drop_index("uq_message_whistle_once", table_name="message")
    told = "SELECT id FROM message WHERE whistle_event_id IS NOT NULL"
    op.execute(f"DELETE FROM delivery WHERE message_id IN ({told})")  # noqa: S608 — as above
    op.execute("DELETE FROM message WHERE whistle_event_id IS NOT NULL")
    for table in ("message", "photo"):
        if not _on_sqlite():
            op.drop_constraint(op.f(f"ck_{table}_of_ticket_or_whistle"), table, type_="check")
        op.drop_column(table, "whistle_event_id")
    for table in ("whistle_event", "whistle_call", "whistle", "whistle_counter"):
        op.drop_table(table)
