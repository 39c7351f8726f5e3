"""A service that many tests share, where they leave it as it was or do not care; one for each database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.service import Caller, Service
from tests.standin.running import wechat
from tests.world import AT_HOME, GRID_A

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


@pytest.fixture(scope="module")
def held(opened: Callable[[str], Service]) -> Callable[[str], tuple[Service, Caller, str]]:
    """The service, the 网格长, and a cover that the 网格长 holds."""
    made: dict[str, tuple[Service, Caller, str]] = {}

    def of(kind: str) -> tuple[Service, Caller, str]:
        if kind not in made:
            service = opened(kind)
            number = service.as_("rider").report(AT_HOME, category="BJ0123")["number"]
            made[kind] = (service, service.seat(GRID_A), number)
        return made[kind]

    return of
