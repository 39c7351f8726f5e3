"""A street's waiting tickets and a department's tickets have orders of their own; holdings are found where those do not tell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITING = "ended_at IS NULL AND solved_at IS NULL AND due_at IS NOT NULL"
LINEAGE = ("city", "district", "street", "community", "grid", "building", "neighbourhood")


def upgrade() -> None:
    dialect = op.get_bind().dialect
    yes, no = (str(value.compile(dialect=dialect)) for value in (sa.true(), sa.false()))
    on_sqlite = dialect.name == "sqlite"
    op.add_column("hop", sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "ticket", sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.execute(
        "UPDATE ticket SET department_id = (SELECT department_id FROM hop WHERE hop.ticket_id = ticket.id"
        " AND hop.department_id IS NOT NULL ORDER BY hop.seq DESC LIMIT 1)"
        " WHERE EXISTS (SELECT 1 FROM hop WHERE hop.ticket_id = ticket.id AND hop.department_id IS NOT NULL)"
    )
    around = " AND ".join(f"coalesce(ticket.{level}_id, -1) <> hop.area_id" for level in LINEAGE)
    op.execute(
        f"UPDATE hop SET elsewhere = {yes} WHERE EXISTS (SELECT 1 FROM ticket WHERE ticket.id = hop.ticket_id"  # noqa: S608
        f" AND ((hop.area_id IS NOT NULL AND {around})"
        " OR (hop.department_id IS NOT NULL AND hop.department_id <> ticket.department_id)))"
    )
    _index("ix_ticket_street_waiting", "ticket", ["street_id", "due_at", "id"], WAITING)
    owned = "department_id IS NOT NULL"
    _index("ix_ticket_department", "ticket", ["department_id", "received_at", "id"], owned)
    unsettled = f"settled = {no}" if on_sqlite else "NOT settled"
    _index(
        "ix_ticket_department_unsettled", "ticket", ["department_id", "received_at", "id"], f"{owned} AND {unsettled}"
    )
    elsewhere = f"elsewhere = {yes}" if on_sqlite else "elsewhere"
    for holder in ("area", "department"):
        _index(f"ix_hop_elsewhere_{holder}", "hop", [f"{holder}_id", "ticket_id"], elsewhere)
        op.drop_index(f"ix_hop_{holder}", table_name="hop")


def downgrade() -> None:
    op.create_index("ix_hop_area", "hop", ["area_id", "ticket_id"])
    _index("ix_hop_department", "hop", ["department_id", "ticket_id"], "department_id IS NOT NULL")
    for name in ("ix_hop_elsewhere_area", "ix_hop_elsewhere_department"):
        op.drop_index(name, table_name="hop")
    for name in ("ix_ticket_street_waiting", "ix_ticket_department", "ix_ticket_department_unsettled"):
        op.drop_index(name, table_name="ticket")
    op.drop_column("ticket", "department_id")
    op.drop_column("hop", "elsewhere")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=text(where), sqlite_where=text(where))
