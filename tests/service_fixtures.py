"""Fixtures that hand a test the whole service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service import Service


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """The service on a fresh small district, on Monday 2026-09-07 09:00 Beijing time."""
    running = Service(database_url, str(tmp_path / "photos"))
    yield running
    running.close()
