"""Rows that are also jobs: what waits, since when, and how often it was tried.

``run_at`` is when the row next wants attention, NULL when it wants none. Taking a job moves ``run_at``
into the future (the lease); finishing it writes the effect and NULL in one transaction, so a killed
worker neither loses nor doubles it (tech.md 7). Claiming is in ``queries/leases.py``.
"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import UTCDateTime


class Leased:
    run_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(300))
