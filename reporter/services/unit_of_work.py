"""One request or job: one session in one transaction, who is calling, the moment, and the rulebook.

Services take it as their first argument, never commit, and record what happened by ``record``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from reporter.db import plain, session_for
from reporter.domain.events import EventKind
from reporter.domain.permissions import Actor
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Lineage, Rulebook
from reporter.models.tickets import Event, Ticket
from reporter.queries.rulebook import RulebookKeeper


@dataclass
class UnitOfWork:
    """``actor`` is None for the system's own jobs. ``now`` is aware UTC and the same for the whole work."""

    session: Session
    now: datetime
    book: Rulebook
    actor: Actor | None = None

    @property
    def caller(self) -> Actor:
        if self.actor is None:
            raise RuntimeError("this use case needs a caller")
        return self.actor

    def policy(self, lineage: Lineage) -> Policy:
        """The numbers in force in an area on the local day of ``now``."""
        return self.book.policy(lineage, self.today)

    @cached_property
    def today(self) -> date:
        """The local day: rows of the rulebook are valid by local days."""
        return self.now.astimezone(self.book.policy((), self.now.date()).time_zone).date()

    def record(
        self,
        ticket: Ticket,
        kind: EventKind,
        *,
        hop_seq: int | None = None,
        actor_area_id: int | None = None,
        by_system: bool = False,
        **data: Any,
    ) -> Event:
        """Append what happened to the ticket's one list of events; ``data`` must be JSON.

        ``by_system``: nobody did it, although somebody is calling (a deadline that had run out).
        """
        actor = None if by_system else self.actor
        event = next_event(ticket, kind, self.now, actor, hop_seq=hop_seq, actor_area_id=actor_area_id, data=data)
        self.session.add(event)
        return event


def next_event(
    ticket: Ticket,
    kind: EventKind,
    at: datetime,
    actor: Actor | None,
    *,
    hop_seq: int | None,
    actor_area_id: int | None = None,
    data: dict[str, Any],
) -> Event:
    """The ticket's next event, not written yet; ``actor`` None: the system."""
    ticket.last_event += 1
    return plain(
        Event,
        ticket_id=ticket.id,
        seq=ticket.last_event,
        kind=kind.value,
        at=at,
        actor_id=actor.person_id if actor else None,
        actor_role=actor.role.value if actor else None,
        actor_area_id=actor_area_id,
        status=ticket.status,
        hop_seq=hop_seq,
        data=data,
    )


@dataclass(frozen=True)
class Works:
    """Opens units of work; made once by the composition root for API, worker and commands."""

    engine: Engine
    keeper: RulebookKeeper
    now: Callable[[], datetime]

    @contextmanager
    def open(self, actor: Actor | None = None, *, writes: bool = True, at_once: bool = False) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end, rolled back on any exception. ``at_once``: see ``session_for``."""
        with session_for(self.engine, writes=writes, at_once=at_once) as session:
            yield UnitOfWork(session, self.now(), self.keeper.get(session), actor)
