"""Alembic's entry: the same scripts for PostGIS and SpatiaLite, on a connection made by the caller."""

from alembic import context
from geoalchemy2 import alembic_helpers

import reporter.models.areas
import reporter.models.calendars
import reporter.models.catalogue
import reporter.models.clocks
import reporter.models.evidence
import reporter.models.figures
import reporter.models.imports
import reporter.models.messages
import reporter.models.people
import reporter.models.photos
import reporter.models.points
import reporter.models.revisits
import reporter.models.routing
import reporter.models.tickets
import reporter.models.voices
import reporter.models.waiting
import reporter.models.whistles  # noqa: F401 — every table must be known before they are compared
from reporter.db import Base

# Tables of SpatiaLite that GeoAlchemy's own filter does not know (tech.md 2, trap 3).
FOREIGN_TABLES = frozenset(
    {"sql_statements_log", "data_licenses", "SpatialIndex", "ElementaryGeometries", "KNN", "KNN2"}
)

POSTGRESQL_ONLY = frozenset({"ix_area_shape_fine_geom"})  # a partial spatial index; an R*Tree cannot be partial


def include_object(thing: object, name: str | None, type_: str, reflected: bool, compare_to: object) -> bool:
    if type_ == "table" and name in FOREIGN_TABLES:
        return False
    if type_ == "index" and name in POSTGRESQL_ONLY and connection.dialect.name != "postgresql":
        return False
    return bool(alembic_helpers.include_object(thing, name, type_, reflected, compare_to))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
    transaction_per_migration=True,
)
context.run_migrations()
