"""A desk on the small district of tests/world.py, and one on an empty city that knows only its rules."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reporter.db import make_engine, session_for
from reporter.services import seeding
from reporter.services.migrating import migrate
from tests.importing.desk import NOW, Desk


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


@pytest.fixture
def empty_desk(empty_database_url: str, tmp_path: Path) -> Iterator[Desk]:
    engine = make_engine(empty_database_url)
    migrate(engine)
    with session_for(engine, writes=True) as session:
        seeding.seed_rules(session, NOW.date())
    yield Desk(engine, tmp_path)
    engine.dispose()
