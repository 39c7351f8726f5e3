"""What waits for its deadline, in the order of the deadlines: a desk's list begins there."""

from alembic import op
from sqlalchemy import text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = text("ended_at IS NULL AND solved_at IS NULL AND due_at IS NOT NULL")
    op.create_index("ix_ticket_waiting", "ticket", ["due_at", "id"], postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    op.drop_index("ix_ticket_waiting", table_name="ticket")
