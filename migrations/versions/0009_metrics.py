"""Columns for every metric of the month, and what was added up before is added up anew.

What a figure counts has changed, so the settled days are emptied and every ticket waits to be settled again; until the
worker has done so the figures are counted from the tickets themselves, slower and just as exact.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_metrics"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("figure_day", "figure_day_category", "figure_correction")
FIGURES = (
    "unmerged",
    "merged",
    "accepted",
    "decided",
    "decided_on_time",
    "to_handle",
    "went_overdue",
    "closed_handled",
    "closed_on_time",
    "forced",
    "returned",
    "rightly_dispatched",
    "verified",
    "passed_first",
    "self_solved",
    "strictly_satisfied",
    "grade_5",
    "grade_4",
    "grade_3",
    "grade_2",
    "grade_1",
    "solution_told",
    "solution_confirmed",
)
POLICIES = {
    "score_profiles": {
        "standard": [
            {"metric": "on_time_handling", "weight": 30, "target": 95},
            {"metric": "satisfaction", "weight": 25, "target": 90},
            {"metric": "solve", "weight": 20, "target": 90},
            {"metric": "response", "weight": 10, "target": 95},
            {"metric": "correct_dispatch", "weight": 5, "target": 95},
            {"metric": "rework", "weight": 5, "target": 20},
            {"metric": "verification_pass", "weight": 5, "target": 95},
        ],
        "three_rates": [
            {"metric": "response", "weight": 20, "target": 100},
            {"metric": "solve", "weight": 40, "target": 100},
            {"metric": "satisfaction", "weight": 40, "target": 100},
        ],
    },
    "score_min_cases": 5,
    "hot_spot_cases": 3,
    "hot_spot_days": 7,
}


def upgrade() -> None:
    _begin_anew()
    for table in TABLES:
        for figure in FIGURES:
            op.add_column(table, sa.Column(figure, sa.Integer(), nullable=False, server_default="0"))
            if op.get_bind().dialect.name == "postgresql":
                op.alter_column(table, figure, server_default=None)
    where = sa.text("reopened > 0")
    op.create_index("ix_ticket_reopened", "ticket", ["received_at"], postgresql_where=where, sqlite_where=where)
    _add_policies()


def _begin_anew() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table}")  # noqa: S608 — our own names
    op.execute("UPDATE ticket SET settled = false WHERE settled")


def _add_policies() -> None:
    """A database that has policies gets the new ones; an empty one gets them with its seeds."""
    policy = sa.table(
        "policy",
        sa.column("area_id", sa.BigInteger()),
        sa.column("key", sa.String()),
        sa.column("value", sa.JSON()),
        sa.column("source", sa.String()),
        sa.column("valid_from", sa.Date()),
    )
    since = op.get_bind().scalar(
        sa.select(sa.func.min(policy.c.valid_from)).where(policy.c.key == "time_zone", policy.c.area_id.is_(None))
    )
    for key, value in POLICIES.items() if since else ():
        op.execute(
            policy.insert().values(area_id=None, key=key, value=value, source="PR migration 0009", valid_from=since)
        )


def downgrade() -> None:
    policy = sa.table("policy", sa.column("key", sa.String()))
    op.execute(policy.delete().where(policy.c.key.in_(list(POLICIES))))
    op.drop_index("ix_ticket_reopened", table_name="ticket")
    _begin_anew()
    for table in TABLES:
        for figure in reversed(FIGURES):
            op.drop_column(table, figure)
