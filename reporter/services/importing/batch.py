"""One file, one batch: planned against the database, then written whole or not at all, with a row that says so."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from reporter.domain.importing.findings import Findings
from reporter.models.catalogue import ReferenceVersion
from reporter.models.imports import ImportBatch
from reporter.services import seeding
from reporter.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Plan:
    """``write`` does what the findings say; it is only called when none of them is a problem.

    ``touches``: which part of the rulebook every process must read again.
    """

    kind: str
    touches: str
    findings: Findings
    write: Callable[[], None]


@dataclass(frozen=True)
class Origin:
    """Where a batch comes from, for the audit row. ``source``: what the city calls the document."""

    file: Path
    by: str
    source: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.file.read_bytes()).hexdigest()


def run(uow: UnitOfWork, planner: Callable[[UnitOfWork], Plan], touches: str, origin: Origin, *, apply: bool) -> Plan:
    """Plan, and with ``apply`` write, in the caller's transaction. Nothing is written while there is a problem."""
    if apply:
        _wait_for_others(uow, touches)
    plan = planner(uow)
    if apply and plan.findings.changes and not plan.findings.problems:
        plan.write()
        seeding.touch(uow.session, plan.touches)
        uow.session.add(
            ImportBatch(
                kind=plan.kind,
                file_name=origin.file.name[-200:],
                sha256=origin.sha256,
                by=origin.by,
                source=origin.source,
                applied_at=uow.now,
                counts=plan.findings.counts,
            )
        )
        uow.session.flush()
    return plan


def _wait_for_others(uow: UnitOfWork, touches: str) -> None:
    """Two imports of a kind go one after the other: the second plans against what the first wrote."""
    uow.session.execute(select(ReferenceVersion).where(ReferenceVersion.name == touches).with_for_update())
