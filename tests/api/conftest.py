"""A service that many tests share, where they leave it as it was or do not care; one for each database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.service import Service
from tests.standin.running import wechat

__all__ = ["opened", "wechat"]


@pytest.fixture(scope="module")
def opened(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Service]]:
    """``opened(database_kind)``: the one of this module, opened when it is first asked for."""
    services: dict[str, Service] = {}
    with ExitStack() as stack:

        def of(kind: str) -> Service:
            if kind not in services:
                photos: Path = tmp_path_factory.mktemp("photos")
                services[kind] = Service(stack.enter_context(databases.cloned(kind)), str(photos))
                stack.callback(services[kind].close)
            return services[kind]

        yield of
