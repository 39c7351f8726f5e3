"""What lies in the tables, for tests that look behind the interface."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, Select, String, cast, func, insert, literal, select, true
from sqlalchemy.orm import Session

from reporter.db import session_for
from reporter.models.clocks import Clock, ClockTick
from reporter.models.messages import Delivery, Message
from reporter.models.people import Account
from reporter.models.points import OpenPoint, TicketPoint
from reporter.models.tickets import Event, Hop, Report, Ticket
from tests.service import Service


def rows(service: Service, query: Select[*tuple[Any, ...]]) -> list[Any]:
    """The rows of a query; of one column its values."""
    with session_for(service.engine, writes=False) as session:
        found = [tuple(row) for row in session.execute(query)]
    return [row[0] if len(row) == 1 else row for row in found]


def one(service: Service, query: Select[*tuple[Any, ...]]) -> Any:
    """The only row of a query."""
    (found,) = rows(service, query)
    return found


def later(service: Service, **length: float) -> None:
    """Let time pass, e.g. ``seconds=31``."""
    service.clock.present += timedelta(**length)


def count(service: Service, table: type[Any], *where: Any) -> int:
    return int(one(service, select(func.count()).select_from(table).where(*where)))


def kinds(service: Service, number: str) -> Counter[str]:
    """How often each kind of event happened to a ticket, the internal ones too."""
    return Counter(
        rows(service, select(Event.kind).join(Ticket, Ticket.id == Event.ticket_id).where(Ticket.number == number))
    )


def put_waiting(service: Service, number: str, username: str, how_many: int) -> list[int]:
    """Write messages that wait for the worker from now on; their ids."""
    ticket_id = one(service, select(Ticket.id).where(Ticket.number == number))
    person_id = one(service, select(Account.person_id).where(Account.username == username))
    now = service.clock()
    given = {"ticket_id": ticket_id, "person_id": person_id, "text": "{number}", "data": {"number": number}}
    with session_for(service.engine, writes=True) as session:
        session.execute(
            insert(Message),
            [
                {**given, "event_seq": 1000 + seq, "state": "waiting", "created_at": now, "run_at": now, "attempts": 0}
                for seq in range(how_many)
            ],
        )
    return rows(service, select(Message.id).where(Message.event_seq >= 1000).order_by(Message.id))


def deliveries(service: Service) -> Counter[tuple[int, str]]:
    """How often each message arrived by each channel."""
    return Counter(rows(service, select(Delivery.message_id, Delivery.channel)))


def multiply(service: Service, number: str, copies: int) -> None:
    """More tickets like this one, with its report, hops, clocks and events, by SQL: hundreds cost no more than one."""
    ticket_id = one(service, select(Ticket.id).where(Ticket.number == number))
    with session_for(service.engine, writes=True) as session:
        copy_ticket(session, ticket_id, copies)


def copy_ticket(session: Session, ticket_id: int, copies: int) -> None:
    """The same inside a transaction. Copies are numbered ``number/1`` …"""
    numbers = select(literal(1, Integer).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < copies))
    last = session.scalar(select(func.max(Ticket.id))) or 0
    models: tuple[type[Any], ...] = (Ticket, TicketPoint, OpenPoint, Report, Hop, Clock, ClockTick, Event)
    for model in models:
        table = model.__table__
        changed: dict[str, Any] = {"ticket_id": last + numbers.c.n}
        if model is Ticket:
            changed = {"id": last + numbers.c.n, "number": table.c.number + "/" + cast(numbers.c.n, String)}
        if model is Report:
            changed |= {"id": None, "client_request_id": "copy " + cast(last + numbers.c.n, String)}
        columns = [column for column in table.c if changed.get(column.name, column) is not None]
        mine = (table.c.id if model is Ticket else table.c.ticket_id) == ticket_id
        session.execute(
            insert(table).from_select(
                [column.name for column in columns],
                select(*[changed.get(column.name, column) for column in columns])
                .select_from(table.join(numbers, true()))
                .where(mine),
            )
        )
    for sequence in ("ticket_id_seq",) if session.get_bind().dialect.name == "postgresql" else ():
        session.scalar(select(func.setval(sequence, last + copies)))
