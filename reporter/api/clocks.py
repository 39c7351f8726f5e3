"""What a changed calendar or limit would do to deadlines, for the district's desk; the command line moves them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_smorest import Blueprint

from reporter.api import ticket_lists
from reporter.api.edge import transaction
from reporter.db import LARGEST_KEY
from reporter.domain import permissions
from reporter.domain.errors import Invalid, sentence
from reporter.domain.permissions import Permission
from reporter.domain.working_time import Limit
from reporter.queries.recomputing import Position
from reporter.services import recomputing
from reporter.services.recomputing import Moved
from reporter.services.unit_of_work import UnitOfWork
from schemas.clocks import ReplayIn, ReplayOut

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND

blueprint = Blueprint("clocks", __name__, url_prefix="/api/v1/clocks", description="Deadlines after the rules changed")


@blueprint.post("/replay")
@transaction()
@blueprint.arguments(ReplayIn)
@blueprint.response(200, ReplayOut)
def replay(uow: UnitOfWork, given: dict[str, Any]) -> dict[str, Any]:
    """Which clocks today's calendar and limits would move; changes nothing"""
    permissions.require(uow.caller, Permission.REPLAY_CLOCKS)
    area = ticket_lists.area_of(uow, given.get("area"))
    after = _opened(given["cursor"]) if "cursor" in given else None
    page = recomputing.replay_page(uow, given["days"], area, after, given["limit"])
    return {
        "items": [_shift(moved, uow.now) for moved in page.moved],
        "counts": page.counts,
        "next_cursor": _closed(page.last) if page.last else None,
    }


def _shift(moved: Moved, now: datetime) -> dict[str, Any]:
    shift = moved.shift
    return {
        "number": moved.ticket.number,
        "kind": shift.kind.value,
        "due_before": shift.due_before,
        "due_at": shift.due_after,
        "limit_before": _limit(shift.limit_before),
        "limit": _limit(shift.limit_after),
        "becomes_overdue": shift.becomes_overdue(now),
        "ceases_overdue": shift.ceases_overdue(now),
        "still_runs": moved.still_runs,
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {"value": limit.value, "unit": limit.unit.value}


def _closed(position: Position) -> str:
    received_at, ticket_id = position
    return f"{(received_at - _EPOCH) // _MICROSECOND}-{ticket_id}"


def _opened(cursor: str) -> Position:
    """Raises Invalid."""
    received, _, ticket_id = cursor.partition("-")
    numbers = received.isascii() and received.isdecimal() and ticket_id.isascii() and ticket_id.isdecimal()
    if not numbers or int(received) > _LATEST or int(ticket_id) > LARGEST_KEY:
        raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")})
    return _EPOCH + int(received) * _MICROSECOND, int(ticket_id)
