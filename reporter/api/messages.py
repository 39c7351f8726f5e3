"""The inbox over HTTP."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import func, select

from reporter.api import words
from reporter.api.edge import transaction
from reporter.db import LARGEST_KEY
from reporter.domain.errors import Invalid, sentence
from reporter.models.messages import Message
from reporter.models.tickets import Ticket
from reporter.services import messages
from reporter.services.unit_of_work import UnitOfWork
from schemas.base import Paging
from schemas.messages import MessageList, MessageOut

blueprint = Blueprint("messages", __name__, url_prefix="/api/v1/messages", description="What I was told")


@blueprint.get("")
@transaction()
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, MessageList)
def inbox(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """My messages, newest first, with the count of unread ones"""
    mine = Message.person_id == uow.caller.person_id
    page = (
        select(Message, Ticket.number)
        .outerjoin(Ticket, Ticket.id == Message.ticket_id)
        .where(mine)
        .order_by(Message.id.desc())
        .limit(query["limit"] + 1)
    )
    if "cursor" in query:
        if not query["cursor"].isdecimal() or int(query["cursor"]) > LARGEST_KEY:
            raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
        page = page.where(Message.id < int(query["cursor"]))
    rows = uow.session.execute(page).all()
    shown = rows[: query["limit"]]
    return {
        "items": [_shown(*row) for row in shown],
        "unread": uow.session.scalar(select(func.count()).where(mine, Message.read_at.is_(None))) or 0,
        "next_cursor": str(shown[-1].Message.id) if len(rows) > query["limit"] else None,
    }


@blueprint.post(f"/<int(max={LARGEST_KEY}):message_id>/read")
@transaction(writes=True)
@blueprint.response(200, MessageOut)
def read(uow: UnitOfWork, message_id: int) -> dict[str, Any]:
    """Mark one of my messages as read"""
    row = messages.mark_read(uow, message_id)
    return _shown(row, uow.session.scalar(select(Ticket.number).where(Ticket.id == row.ticket_id)))


def _shown(row: Message, number: str | None) -> dict[str, Any]:
    filling = {"number": number, **{key: words.say(str(value)) for key, value in row.data.items()}}
    return {
        "id": row.id,
        "ticket": number,
        "whistle": row.data["number"] if row.whistle_event_id is not None else None,
        "text": words.say(row.text, **filling),
        "created_at": row.created_at,
        "read_at": row.read_at,
    }
