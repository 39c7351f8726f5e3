"""Imports: which file brought what, and the keys of people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('areas', 'seats', 'catalogue', 'calendar')", name=op.f("ck_import_batch_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "person_key",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_key_person_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_person_key")),
        sa.UniqueConstraint("person_id", name=op.f("uq_person_key_person_id")),
    )


def downgrade() -> None:
    op.drop_table("person_key")
    op.drop_table("import_batch")
