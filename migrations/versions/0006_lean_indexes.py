"""Indexes hold only the rows that are ever looked for; what most rows do not have costs a submit nothing any more."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# name, table, columns, unique, the column that has to be filled
LEAN = (
    ("uq_report_external", "report", ["submitter_id", "external_no"], True, "external_no"),
    ("ix_hop_department", "hop", ["department_id", "ticket_id"], False, "department_id"),
    ("ix_ticket_holder_area", "ticket", ["holder_area_id", "due_at"], False, "holder_area_id"),
    ("ix_ticket_holder_department", "ticket", ["holder_department_id", "due_at"], False, "holder_department_id"),
)


def upgrade() -> None:
    for name, table, columns, unique, filled in LEAN:
        where = text(f"{filled} IS NOT NULL")
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, unique=unique, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, table, columns, unique, _filled in LEAN:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, unique=unique)
