"""Everything below HTTP, joined once: what the web application, the worker and the commands stand on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from reporter.adapters import clock
from reporter.adapters.channels import Console, Inbox
from reporter.adapters.darkroom import Darkroom
from reporter.adapters.photo_store import PhotoStore
from reporter.config import Settings
from reporter.db import make_engine
from reporter.queries.rulebook import RulebookKeeper
from reporter.services.unit_of_work import Works


@dataclass(frozen=True)
class Workshop:
    """What worker and commands need beside the database."""

    settings: Settings
    works: Works
    store: PhotoStore
    darkroom: Darkroom
    channels: tuple[Inbox, Console]


def build(settings: Settings, now: Callable[[], datetime] = clock.now) -> Workshop:
    """Everything below HTTP."""
    engine = make_engine(settings.database_url)
    works = Works(engine, RulebookKeeper(settings.reference_seconds, time.monotonic), now)
    with works.open(writes=False) as uow:
        policy = uow.policy(())
    return Workshop(
        settings=settings,
        works=works,
        store=PhotoStore(settings.photo_store),
        darkroom=Darkroom(policy.time_zone),
        channels=(Inbox(), Console()),
    )
