"""Rows whose moment has come, one transaction each: how the worker goes through clocks, holds, calls and invitations.

A killed worker repeats nothing and forgets nothing: what a look changes, and that it was looked at, is one transaction.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog

from reporter.models.leases import Leased
from reporter.queries import leases
from reporter.services.unit_of_work import Works

log = structlog.get_logger()

LEASE = timedelta(seconds=30)


def each_due(works: Works, table: type[Leased], batch: int, look: Callable[..., None], failure: str) -> int:
    """Call ``look(uow, *key)`` for each due row of a table; returns how many were taken.

    One that fails is logged as ``failure`` with its error kept on the row, and must not keep the others of its batch
    waiting; it comes again when its lease ends. Raises when the database itself is away.
    """
    with works.open() as uow:
        taken = leases.claim(uow.session, table, uow.now, LEASE, batch)
    for key in taken:
        try:
            with works.open() as uow:
                look(uow, *key)
        except Exception as error:
            log.exception(failure, key=list(key), error=repr(error))
            with works.open() as uow:
                uow.session.get_one(table, key).last_error = repr(error)[:300]
    return len(taken)
