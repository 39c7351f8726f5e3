"""Brings a database to the newest (or an older) shape, on PostGIS and SpatiaLite alike."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from reporter.config import ROOT


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to ``revision``; the spatial part of an empty database is made first."""
    with engine.connect() as connection:
        _prepare_space(engine)
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to ``revision`` (``base``: an empty database)."""
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def _prepare_space(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
        elif not connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'spatial_ref_sys'")):
            # the whole EPSG table would be 10 MB and 200 ms; we store one datum (tech.md 2)
            connection.execute(text("SELECT InitSpatialMetaData(0, 'WGS84')"))
