"""Figures of ended tickets added up by area and day, the corrections to them, and indexes of what is not added up yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURES = (
    "received",
    "closed",
    "response_due",
    "responded_on_time",
    "handling_due",
    "handled_on_time",
    "handled",
    "reworked",
    "closed_in_period",
    "rated",
    "satisfied",
    "closed_at_once",
    "not_accepted",
)
UNSETTLED = "NOT settled"
TO_SETTLE = f"{UNSETTLED} AND ended_at IS NOT NULL"
ABOUT = "about_person_id IS NOT NULL"


def _counts() -> list[sa.Column[int]]:
    return [sa.Column(figure, sa.Integer(), nullable=False) for figure in FIGURES]


def _partial(name: str, columns: list[str], where: str) -> None:
    on_sqlite = where.replace("NOT settled", "settled = 0")  # its planner compares words with those of a question
    op.create_index(name, "ticket", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(on_sqlite))


def upgrade() -> None:
    op.create_table(
        "figure_day",
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_counts(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_figure_day_area_id")),
        sa.PrimaryKeyConstraint("area_id", "day", name=op.f("pk_figure_day")),
    )
    op.create_table(
        "figure_day_category",
        sa.Column("area_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category_code", sa.String(length=20), nullable=False),
        *_counts(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_figure_day_category_area_id")),
        sa.PrimaryKeyConstraint("area_id", "day", "category_code", name=op.f("pk_figure_day_category")),
    )
    op.create_table(
        "figure_correction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("category_code", sa.String(length=20), nullable=False),
        *[sa.Column(f"{level}_id", KEY, nullable=True) for level in ("city", "district", "street", "community")],
        sa.Column("received_day", sa.Date(), nullable=False),
        sa.Column("closed_day", sa.Date(), nullable=True),
        *_counts(),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_figure_correction_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_correction")),
    )
    op.create_index("ix_figure_correction_ticket_id", "figure_correction", ["ticket_id"])
    # a constraint of its own: adding one to a table that exists would copy the table on SQLite
    unsettled_while_open = "CHECK (NOT settled OR ended_at IS NOT NULL)"
    op.execute(
        "ALTER TABLE ticket ADD COLUMN settled BOOLEAN NOT NULL DEFAULT false"
        f" CONSTRAINT ck_ticket_settled_has_ended {unsettled_while_open}"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("ticket", "settled", server_default=None)
    for level in ("district", "street", "community"):
        _partial(f"ix_ticket_{level}_unsettled", [f"{level}_id", "received_at", "id"], UNSETTLED)
    _partial("ix_ticket_to_settle", ["ended_at"], TO_SETTLE)
    _partial("ix_ticket_about", ["about_person_id"], ABOUT)
    op.execute("INSERT INTO reference_version (name, version) VALUES ('figures', 1)")


def downgrade() -> None:
    op.execute("DELETE FROM reference_version WHERE name = 'figures'")
    for name in ("about", "to_settle", "community_unsettled", "street_unsettled", "district_unsettled"):
        op.drop_index(f"ix_ticket_{name}", table_name="ticket")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_ticket_settled_has_ended"), "ticket", type_="check")
    op.drop_column("ticket", "settled")
    op.drop_index("ix_figure_correction_ticket_id", table_name="figure_correction")
    op.drop_table("figure_correction")
    op.drop_table("figure_day_category")
    op.drop_table("figure_day")
