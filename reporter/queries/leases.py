"""Claiming jobs that are rows: one statement takes a batch and leases it for a while (tech.md 7)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import inspect, select, tuple_, update
from sqlalchemy.orm import Session

from reporter.models.leases import Leased


def claim(session: Session, table: type[Leased], now: datetime, lease: timedelta, batch: int) -> list[tuple[Any, ...]]:
    """Primary keys of up to ``batch`` due rows, oldest first, now invisible to others until the lease ends.

    On PostgreSQL rows that another worker is taking are skipped; on SQLite the write lock already
    keeps two workers apart.
    """
    keys = inspect(table).primary_key
    due = (
        select(*keys)
        .where(table.run_at.is_not(None), table.run_at <= now)
        .order_by(table.run_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    found = [tuple(row) for row in session.execute(due)]
    if found:
        session.execute(
            update(table)
            .where(tuple_(*keys).in_(found))
            .values(run_at=now + lease, attempts=table.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return found
