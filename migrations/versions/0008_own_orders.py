"""A street's waiting tickets have an order of their own, and holdings are found only where the subtree does not tell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LINEAGE = ("city", "district", "street", "community", "grid", "building", "neighbourhood")


def upgrade() -> None:
    waiting = text("ended_at IS NULL AND solved_at IS NULL AND due_at IS NOT NULL")
    op.create_index(
        "ix_ticket_street_waiting",
        "ticket",
        ["street_id", "due_at", "id"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.add_column("hop", sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    around = " AND ".join(f"coalesce(ticket.{level}_id, -1) <> hop.area_id" for level in LINEAGE)
    op.execute(
        f"UPDATE hop SET elsewhere = {sa.true().compile(dialect=op.get_bind().dialect)} WHERE area_id IS NOT NULL"  # noqa: S608
        f" AND EXISTS (SELECT 1 FROM ticket WHERE ticket.id = hop.ticket_id AND {around})"
    )
    op.create_index(
        "ix_hop_elsewhere",
        "hop",
        ["area_id", "ticket_id"],
        postgresql_where=text("elsewhere"),
        sqlite_where=text("elsewhere = 1"),
    )
    op.drop_index("ix_hop_area", table_name="hop")


def downgrade() -> None:
    op.create_index("ix_hop_area", "hop", ["area_id", "ticket_id"])
    op.drop_index("ix_hop_elsewhere", table_name="hop")
    op.drop_column("hop", "elsewhere")
    op.drop_index("ix_ticket_street_waiting", table_name="ticket")
