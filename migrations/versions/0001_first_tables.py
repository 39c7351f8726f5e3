"""The first tables: tree, people, catalogue, tickets, messages, photos; and what refuses to be changed."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "area",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("ladder", sa.String(length=40), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("ticket_prefix", sa.String(length=4), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("replaced_by_id", KEY, nullable=True),
        sa.Column("city_id", KEY, nullable=True),
        sa.Column("district_id", KEY, nullable=True),
        sa.Column("street_id", KEY, nullable=True),
        sa.Column("community_id", KEY, nullable=True),
        sa.Column("grid_id", KEY, nullable=True),
        sa.Column("building_id", KEY, nullable=True),
        sa.Column("neighbourhood_id", KEY, nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_area_validity_in_order")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["area.id"], name=op.f("fk_area_replaced_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    op.create_index(op.f("ix_area_community_id"), "area", ["community_id"], unique=False)
    op.create_index(op.f("ix_area_district_id"), "area", ["district_id"], unique=False)
    op.create_index(op.f("ix_area_grid_id"), "area", ["grid_id"], unique=False)
    op.create_index("ix_area_level_code", "area", ["level", "code"], unique=False)
    op.create_index("ix_area_parent_id", "area", ["parent_id"], unique=False)
    op.create_index(op.f("ix_area_street_id"), "area", ["street_id"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('workday', 'restday')", name=op.f("ck_calendar_day_kind_known")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "category",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code_system", sa.String(length=40), nullable=False),
        sa.Column("std_code", sa.String(length=10), nullable=True),
        sa.Column("code_status", sa.String(length=20), nullable=False),
        sa.Column("major_code", sa.String(length=10), nullable=False),
        sa.Column("major_name", sa.String(length=40), nullable=False),
        sa.Column("major_name_en", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("first_level", sa.String(length=20), nullable=False),
        sa.Column("owner_level", sa.String(length=20), nullable=False),
        sa.Column("department_hint", sa.String(length=80), nullable=True),
        sa.Column("photo_required", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("duplicate_radius_m", sa.Integer(), nullable=False),
        sa.Column("look_alike", sa.String(length=40), nullable=True),
        sa.Column("generic_of", sa.String(length=40), nullable=True),
        sa.Column("emergency_divert", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_category_code_valid_from")),
    )
    op.create_table(
        "code_rule",
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("parent_level", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("level", name=op.f("pk_code_rule")),
    )
    op.create_table(
        "demo_hint",
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=24), nullable=True),
        sa.Column("what_to_try", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_demo_hint")),
    )
    op.create_table(
        "department_duty",
        sa.Column("hint", sa.String(length=80), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("hint", name=op.f("pk_department_duty")),
    )
    op.create_table(
        "emergency_prompt",
        sa.Column("divert", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("prompt", sa.String(length=600), nullable=False),
        sa.Column("prompt_en", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("divert", name=op.f("pk_emergency_prompt")),
    )
    op.create_table(
        "ladder_step",
        sa.Column("ladder", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("title_en", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("ladder", "level", name=op.f("pk_ladder_step")),
    )
    op.create_table(
        "reference_version",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reference_version")),
    )
    op.create_table(
        "ticket_counter",
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "day", name=op.f("pk_ticket_counter")),
    )
    op.create_geospatial_table(
        "area_shape",
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("fine", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Double(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_shape_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_shape")),
    )
    op.create_geospatial_index(
        "idx_area_shape_geom", "area_shape", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    if on_postgresql:
        op.create_index(
            "ix_area_shape_fine_geom", "area_shape", ["geom"], postgresql_using="gist", postgresql_where=sa.text("fine")
        )
    op.create_table(
        "compound",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.Column("gate_lng", sa.Double(), nullable=False),
        sa.Column("gate_lat", sa.Double(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["area.id"], name=op.f("fk_compound_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compound")),
        sa.UniqueConstraint("code", name=op.f("uq_compound_code")),
    )
    op.create_index(op.f("ix_compound_community_id"), "compound", ["community_id"], unique=False)
    op.create_table(
        "condition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("guard", sa.Boolean(), nullable=False),
        sa.Column("close_condition", sa.String(length=200), nullable=False),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_condition_severity_known")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_condition_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("category_id", "no", name=op.f("uq_condition_category_id_no")),
    )
    op.create_table(
        "department",
        sa.Column("id", KEY, nullable=False),
        sa.Column("district_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["area.id"], name=op.f("fk_department_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("district_id", "code", name=op.f("uq_department_district_id_code")),
    )
    op.create_table(
        "emergency_word",
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("divert", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["divert"], ["emergency_prompt.divert"], name=op.f("fk_emergency_word_divert")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_emergency_word")),
    )
    op.create_table(
        "policy",
        sa.Column("id", KEY, nullable=False),
        sa.Column("area_id", KEY, nullable=True),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_policy_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("area_id", "key", "valid_from", name=op.f("uq_policy_area_id_key_valid_from")),
    )
    op.create_table(
        "compound_grid",
        sa.Column("compound_id", KEY, nullable=False),
        sa.Column("grid_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["compound_id"], ["compound.id"], name=op.f("fk_compound_grid_compound_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["area.id"], name=op.f("fk_compound_grid_grid_id")),
        sa.PrimaryKeyConstraint("compound_id", "grid_id", name=op.f("pk_compound_grid")),
    )
    op.create_index(op.f("ix_compound_grid_grid_id"), "compound_grid", ["grid_id"], unique=False)
    op.create_table(
        "condition_limit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("condition_id", KEY, nullable=False),
        sa.Column("area_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('response', 'resolve')", name=op.f("ck_condition_limit_kind_known")),
        sa.CheckConstraint(
            "unit IN ('urgent_minute', 'urgent_hour', 'work_hour', 'work_day', 'natural_day')",
            name=op.f("ck_condition_limit_unit_known"),
        ),
        sa.CheckConstraint("value > 0", name=op.f("ck_condition_limit_value_positive")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_condition_limit_area_id")),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_condition_limit_condition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_limit")),
        sa.UniqueConstraint(
            "condition_id",
            "area_id",
            "kind",
            "valid_from",
            name=op.f("uq_condition_limit_condition_id_area_id_kind_valid_from"),
        ),
    )
    op.create_index(op.f("ix_condition_limit_condition_id"), "condition_limit", ["condition_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department_id", KEY, nullable=True),
        sa.Column("home_area_id", KEY, nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'department') = (department_id IS NOT NULL)", name=op.f("ck_person_department_has_one")
        ),
        sa.CheckConstraint(
            "role IN ('resident', 'rider', 'lead', 'department', 'district', 'auditor', 'admin', 'reviewer', 'integrator')",
            name=op.f("ck_person_role_known"),
        ),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_person_department_id")),
        sa.ForeignKeyConstraint(["home_area_id"], ["area.id"], name=op.f("fk_person_home_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_department_id"), "person", ["department_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
    )
    op.create_table(
        "leave",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_leave_leave_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_person_id"), "leave", ["person_id"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_login_session_person_id"), "login_session", ["person_id"], unique=False)
    op.create_table(
        "seat",
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("holder_id", KEY, nullable=True),
        sa.Column("deputy_id", KEY, nullable=True),
        sa.CheckConstraint(
            "deputy_id IS NULL OR holder_id IS NULL OR deputy_id <> holder_id", name=op.f("ck_seat_deputy_is_another")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_seat_area_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_seat_deputy_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_seat_holder_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_seat")),
    )
    op.create_index(op.f("ix_seat_deputy_id"), "seat", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_seat_holder_id"), "seat", ["holder_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("category_code", sa.String(length=20), nullable=False),
        sa.Column("condition_id", KEY, nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("about_person_id", KEY, nullable=True),
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("city_id", KEY, nullable=True),
        sa.Column("district_id", KEY, nullable=True),
        sa.Column("street_id", KEY, nullable=True),
        sa.Column("community_id", KEY, nullable=True),
        sa.Column("grid_id", KEY, nullable=True),
        sa.Column("building_id", KEY, nullable=True),
        sa.Column("neighbourhood_id", KEY, nullable=True),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=False),
        sa.Column("place_flags", sa.JSON(), nullable=False),
        sa.Column("accountable_area_id", KEY, nullable=False),
        sa.Column("holder_area_id", KEY, nullable=True),
        sa.Column("holder_department_id", KEY, nullable=True),
        sa.Column("holder_level", sa.String(length=20), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("response_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solver_hop", sa.Integer(), nullable=True),
        sa.Column("solved_on_time", sa.Boolean(), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reworks", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("joins", sa.Integer(), nullable=False),
        sa.Column("closed_at_once", sa.Boolean(), nullable=False),
        sa.Column("recheck", sa.Boolean(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_ticket_closed_has_time")),
        sa.CheckConstraint(
            "(status IN ('closed', 'merged', 'not_accepted', 'voided', 'withdrawn')) = (ended_at IS NOT NULL)",
            name=op.f("ck_ticket_ended_has_time"),
        ),
        sa.CheckConstraint(
            "CASE WHEN status IN ('closed', 'merged', 'not_accepted', 'voided', 'withdrawn') THEN holder_area_id IS NULL AND holder_department_id IS NULL ELSE (holder_area_id IS NULL) <> (holder_department_id IS NULL) END",
            name=op.f("ck_ticket_one_holder_while_open"),
        ),
        sa.CheckConstraint(
            "status IN ('reported', 'checking', 'accepted', 'dispatched', 'handling', 'on_hold', 'feedback', 'closed', 'not_accepted', 'voided', 'merged', 'withdrawn')",
            name=op.f("ck_ticket_status_known"),
        ),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_ticket_severity_known")),
        sa.ForeignKeyConstraint(["about_person_id"], ["person.id"], name=op.f("fk_ticket_about_person_id")),
        sa.ForeignKeyConstraint(["accountable_area_id"], ["area.id"], name=op.f("fk_ticket_accountable_area_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_ticket_area_id")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_ticket_category_id")),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_ticket_condition_id")),
        sa.ForeignKeyConstraint(["holder_area_id"], ["area.id"], name=op.f("fk_ticket_holder_area_id")),
        sa.ForeignKeyConstraint(
            ["holder_department_id"], ["department.id"], name=op.f("fk_ticket_holder_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
    )
    op.create_index("ix_ticket_building", "ticket", ["building_id", "received_at", "id"], unique=False)
    op.create_index(
        "ix_ticket_closed",
        "ticket",
        ["closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("ix_ticket_community", "ticket", ["community_id", "received_at", "id"], unique=False)
    op.create_index("ix_ticket_district", "ticket", ["district_id", "received_at", "id"], unique=False)
    op.create_index("ix_ticket_grid", "ticket", ["grid_id", "received_at", "id"], unique=False)
    op.create_index("ix_ticket_holder_area", "ticket", ["holder_area_id", "due_at"], unique=False)
    op.create_index("ix_ticket_holder_department", "ticket", ["holder_department_id", "due_at"], unique=False)
    op.create_index("ix_ticket_neighbourhood", "ticket", ["neighbourhood_id", "received_at", "id"], unique=False)
    op.create_index("ix_ticket_received", "ticket", ["received_at", "id"], unique=False)
    op.create_index("ix_ticket_street", "ticket", ["street_id", "received_at", "id"], unique=False)
    op.create_table(
        "wechat_identity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("appid", sa.String(length=40), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("unionid", sa.String(length=64), nullable=True),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wechat_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_identity")),
        sa.UniqueConstraint("appid", "openid", name=op.f("uq_wechat_identity_appid_openid")),
    )
    op.create_index(op.f("ix_wechat_identity_person_id"), "wechat_identity", ["person_id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("hop_seq", sa.Integer(), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(length=20), nullable=False),
        sa.Column("daytime_only", sa.Boolean(), nullable=False),
        sa.Column("workday_mode", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("calendar_version", sa.String(length=40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("kind IN ('response', 'resolve', 'verify')", name=op.f("ck_clock_kind_known")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_clock_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_clock")),
    )
    op.create_index(
        "ix_clock_run_at",
        "clock",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("run_at IS NOT NULL"),
        sqlite_where=sa.text("run_at IS NOT NULL"),
    )
    op.create_index(
        "uq_clock_running",
        "clock",
        ["ticket_id", "kind"],
        unique=True,
        postgresql_where=sa.text("stopped_at IS NULL"),
        sqlite_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "event",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=True),
        sa.Column("actor_area_id", KEY, nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("hop_seq", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('filed', 'joined', 'photos_added', 'accepted', 'dispatched', 'taken', 'responded', 'solved', 'closed_at_once', 'verified', 'verification_failed', 'escalated', 'returned', 'rejected', 'withdrawn', 'reopened', 'noted', 'rated', 'reminded', 'became_at_risk', 'became_overdue', 'climbed', 'response_missed', 'verification_late')",
            name=op.f("ck_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(["actor_area_id"], ["area.id"], name=op.f("fk_event_actor_area_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_event_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_event")),
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False)
    op.create_table(
        "hop",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("area_id", KEY, nullable=True),
        sa.Column("department_id", KEY, nullable=True),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("sent_from", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_here", sa.Boolean(), nullable=False),
        sa.Column("response_missed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(area_id IS NULL) <> (department_id IS NULL)", name=op.f("ck_hop_seat_or_department")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_hop_hop_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_hop_area_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_hop_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hop_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_hop_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_hop")),
    )
    op.create_index("ix_hop_area", "hop", ["area_id", "ticket_id"], unique=False)
    op.create_index("ix_hop_department", "hop", ["department_id", "ticket_id"], unique=False)
    op.create_index(
        "uq_hop_open",
        "hop",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_message_state_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_message_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_inbox", "message", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_message_run_at",
        "message",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("run_at IS NOT NULL"),
        sqlite_where=sa.text("run_at IS NOT NULL"),
    )
    op.create_index(
        "ix_message_unread",
        "message",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
        sqlite_where=sa.text("read_at IS NULL"),
    )
    op.create_index("uq_message_once", "message", ["ticket_id", "event_seq", "person_id"], unique=True)
    op.create_table(
        "rating",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("first_grade", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grade BETWEEN 1 AND 5 AND first_grade BETWEEN 1 AND 5", name=op.f("ck_rating_grade_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rating_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_rating")),
    )
    op.create_index("ix_rating_ticket", "rating", ["ticket_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("submitter_id", KEY, nullable=False),
        sa.Column("client_request_id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("external_no", sa.String(length=60), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=60), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("category_given", sa.String(length=20), nullable=True),
        sa.Column("raw_lng", sa.Double(), nullable=True),
        sa.Column("raw_lat", sa.Double(), nullable=True),
        sa.Column("datum", sa.String(length=10), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(source = 'hotline') = (external_no IS NOT NULL)", name=op.f("ck_report_hotline_has_number")
        ),
        sa.ForeignKeyConstraint(["submitter_id"], ["person.id"], name=op.f("fk_report_submitter_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_report_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("submitter_id", "client_request_id", name="uq_report_key"),
    )
    op.create_index("ix_report_submitter", "report", ["submitter_id", "received_at"], unique=False)
    op.create_index("ix_report_ticket", "report", ["ticket_id"], unique=False)
    op.create_index("uq_report_external", "report", ["submitter_id", "external_no"], unique=True)
    op.create_index(
        "uq_report_first",
        "report",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("NOT joined"),
        sqlite_where=sa.text("NOT joined"),
    )
    op.create_geospatial_table(
        "ticket_point",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_point_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_point")),
    )
    op.create_geospatial_index(
        "idx_ticket_point_geom", "ticket_point", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "unmasking",
        sa.Column("id", KEY, nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_unmasking_actor_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_unmasking_subject_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_unmasking_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmasking")),
    )
    op.create_index(op.f("ix_unmasking_actor_id"), "unmasking", ["actor_id"], unique=False)
    op.create_index(op.f("ix_unmasking_subject_id"), "unmasking", ["subject_id"], unique=False)
    op.create_index(op.f("ix_unmasking_ticket_id"), "unmasking", ["ticket_id"], unique=False)
    op.create_table(
        "clock_tick",
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("clock_seq", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tick", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extra_value", sa.Integer(), nullable=True),
        sa.Column("extra_unit", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(tick = 'extended') = (extra_value IS NOT NULL)", name=op.f("ck_clock_tick_extension_has_length")
        ),
        sa.CheckConstraint(
            "tick IN ('started', 'paused', 'resumed', 'extended', 'stopped')", name=op.f("ck_clock_tick_tick_known")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id", "clock_seq"], ["clock.ticket_id", "clock.seq"], name=op.f("fk_clock_tick_ticket_id_clock_seq")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "clock_seq", "seq", name=op.f("pk_clock_tick")),
    )
    op.create_table(
        "delivery",
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_message_id")),
        sa.PrimaryKeyConstraint("message_id", "channel", name=op.f("pk_delivery")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("uploader_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=True),
        sa.Column("report_id", KEY, nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dhash", sa.String(length=16), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("captured_lng", sa.Double(), nullable=True),
        sa.Column("captured_lat", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("state IN ('processing', 'ready', 'refused')", name=op.f("ck_photo_state_known")),
        sa.CheckConstraint(
            "(ticket_id IS NULL) = (report_id IS NULL AND event_seq IS NULL)",
            name=op.f("ck_photo_attached_to_a_ticket"),
        ),
        sa.CheckConstraint("report_id IS NULL OR event_seq IS NULL", name=op.f("ck_photo_report_or_step")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_photo_report_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id", "event_seq"], ["event.ticket_id", "event.seq"], name=op.f("fk_photo_ticket_id_event_seq")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_photo_ticket_id")),
        sa.ForeignKeyConstraint(["uploader_id"], ["person.id"], name=op.f("fk_photo_uploader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(
        "ix_photo_loose",
        "photo",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("ticket_id IS NULL"),
        sqlite_where=sa.text("ticket_id IS NULL"),
    )
    op.create_index(
        "ix_photo_run_at",
        "photo",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("run_at IS NOT NULL"),
        sqlite_where=sa.text("run_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_photo_sha256"), "photo", ["sha256"], unique=False)
    op.create_index("ix_photo_ticket", "photo", ["ticket_id"], unique=False)
    op.create_index(op.f("ix_photo_uploader_id"), "photo", ["uploader_id"], unique=False)
    _make_append_only(on_postgresql)


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.drop_table("photo")
    op.drop_table("delivery")
    op.drop_table("clock_tick")
    op.drop_table("unmasking")
    op.drop_geospatial_index("idx_ticket_point_geom", table_name="ticket_point", column_name="geom")
    op.drop_geospatial_table("ticket_point")
    op.drop_table("report")
    op.drop_table("rating")
    op.drop_table("message")
    op.drop_table("hop")
    op.drop_table("event")
    op.drop_table("clock")
    op.drop_table("wechat_identity")
    op.drop_table("ticket")
    op.drop_table("seat")
    op.drop_table("login_session")
    op.drop_table("leave")
    op.drop_table("account")
    op.drop_table("person")
    op.drop_table("condition_limit")
    op.drop_table("compound_grid")
    op.drop_table("policy")
    op.drop_table("emergency_word")
    op.drop_table("department")
    op.drop_table("condition")
    op.drop_table("compound")
    op.drop_geospatial_index("idx_area_shape_geom", table_name="area_shape", column_name="geom")
    op.drop_geospatial_table("area_shape")
    op.drop_table("ticket_counter")
    op.drop_table("reference_version")
    op.drop_table("ladder_step")
    op.drop_table("emergency_prompt")
    op.drop_table("department_duty")
    op.drop_table("demo_hint")
    op.drop_table("code_rule")
    op.drop_table("category")
    op.drop_table("calendar_day")
    op.drop_table("area")
    if on_postgresql:
        op.execute("DROP FUNCTION refuse_change()")


APPEND_ONLY = ("event", "clock_tick")


def _make_append_only(on_postgresql: bool) -> None:
    """What happened can be added to, never edited or removed: timeline, figures and deadlines are read from it."""
    if on_postgresql:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        if on_postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
