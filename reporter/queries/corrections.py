"""Corrections of place: those of a ticket, neighbouring grids, and the fixes that equal corrections propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session, aliased

from reporter.domain.areas import Level
from reporter.domain.errors import Invalid, sentence
from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.routing import PlaceCorrection, RoutingProposal
from reporter.models.tickets import Ticket
from reporter.queries.tickets import visible_to

MOST_TICKETS = 20  # of a proposal, to look at; their number is said whole

_from, _to = aliased(Area), aliased(Area)


def of_ticket(session: Session, ticket_id: int) -> list[PlaceCorrection]:
    """All corrections of a ticket, first to last."""
    question = select(PlaceCorrection).where(PlaceCorrection.ticket_id == ticket_id).order_by(PlaceCorrection.seq)
    return list(session.scalars(question))


def unproposed(session: Session, from_area_id: int, to_area_id: int) -> int:
    """Accepted corrections of a pair of areas that are behind no proposal yet."""
    return session.scalar(select(func.count()).where(*_loose(from_area_id, to_area_id))) or 0


def stand_behind(session: Session, proposal: RoutingProposal) -> None:
    """Put the accepted corrections of its pair behind a proposal."""
    pair = _loose(proposal.from_area_id, proposal.to_area_id)
    session.execute(update(PlaceCorrection).where(*pair).values(proposal_id=proposal.id))


def _loose(from_area_id: int, to_area_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        PlaceCorrection.from_area_id == from_area_id,
        PlaceCorrection.to_area_id == to_area_id,
        PlaceCorrection.state == "accepted",
        PlaceCorrection.proposal_id.is_(None),
    )


def open_proposal(session: Session, from_area_id: int, to_area_id: int) -> RoutingProposal | None:
    return session.scalar(
        select(RoutingProposal).where(
            RoutingProposal.from_area_id == from_area_id,
            RoutingProposal.to_area_id == to_area_id,
            RoutingProposal.state == "open",
        )
    )


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """Which proposals are this person's business: those of the own district; of a city, all."""
    own = [(seat.level, seat.area_id) for seat in actor.seats]
    if actor.home_level is not None and actor.home_area_id is not None:
        own.append((actor.home_level, actor.home_area_id))
    if any(level is Level.CITY for level, _ in own):
        return true()
    return RoutingProposal.district_id.in_([area_id for level, area_id in own if level is Level.DISTRICT])


def locked_proposal(session: Session, actor: Actor, proposal_id: int) -> RoutingProposal | None:
    question = select(RoutingProposal).where(RoutingProposal.id == proposal_id, in_reach(actor))
    return session.scalar(question.with_for_update())


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with its areas, how many corrections are behind it, and tickets of these that the reader sees."""

    row: RoutingProposal
    from_area: Area
    to_area: Area
    corrections: int
    tickets: Sequence[str]


def proposals(
    session: Session, actor: Actor, state: str | None, cursor: str | None, limit: int, only: int | None = None
) -> tuple[list[Proposed], str | None]:
    """A page, newest first, in two statements. Raises Invalid for an unreadable cursor."""
    behind = (
        select(func.count())
        .where(PlaceCorrection.proposal_id == RoutingProposal.id)
        .correlate(RoutingProposal)
        .scalar_subquery()
    )
    question = (
        select(RoutingProposal, _from, _to, behind)
        .join(_from, _from.id == RoutingProposal.from_area_id)
        .join(_to, _to.id == RoutingProposal.to_area_id)
        .where(in_reach(actor))
        .order_by(RoutingProposal.id.desc())
        .limit(limit + 1)
    )
    if state is not None:
        question = question.where(RoutingProposal.state == state)
    if only is not None:
        question = question.where(RoutingProposal.id == only)
    if cursor is not None:
        question = question.where(RoutingProposal.id < _opened(cursor))
    rows = session.execute(question).all()
    shown = rows[:limit]
    numbers = _numbers(session, actor, [row[0].id for row in shown])
    found = [Proposed(row[0], row[1], row[2], row[3], numbers.get(row[0].id, [])) for row in shown]
    return found, str(shown[-1][0].id) if len(rows) > limit else None


def _numbers(session: Session, actor: Actor, proposal_ids: Sequence[int]) -> dict[int, list[str]]:
    rank = func.row_number().over(partition_by=PlaceCorrection.proposal_id, order_by=Ticket.id.desc())
    each = (
        select(PlaceCorrection.proposal_id, Ticket.number, rank.label("rank"))
        .join(Ticket, Ticket.id == PlaceCorrection.ticket_id)
        .where(PlaceCorrection.proposal_id.in_(proposal_ids), visible_to(actor))
        .subquery()
    )
    found: dict[int, list[str]] = {}
    rows: Any = session.execute(select(each).where(each.c.rank <= MOST_TICKETS).order_by(each.c.rank))
    for proposal_id, number, _ in rows:
        found.setdefault(proposal_id, []).append(number)
    return found


def _opened(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        return int(cursor)
    raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
