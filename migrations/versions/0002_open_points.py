"""Where open tickets lie, apart from where all lie: nearness costs what is open there.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_geospatial_table(
        "open_point",
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
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_open_point_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_open_point")),
    )
    op.create_geospatial_index(
        "idx_open_point_geom", "open_point", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.execute(
        "INSERT INTO open_point (ticket_id, geom) SELECT ticket_point.ticket_id, ticket_point.geom"
        " FROM ticket_point JOIN ticket ON ticket.id = ticket_point.ticket_id WHERE ticket.ended_at IS NULL"
    )


def downgrade() -> None:
    op.drop_geospatial_index("idx_open_point_geom", table_name="open_point", column_name="geom")
    op.drop_geospatial_table("open_point")
