"""Where a page of a list of tickets ended, as a word that only we read."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from reporter.db import LARGEST_KEY
from reporter.domain.errors import Invalid, sentence

SEVERITIES = (1, 2, 3, 4)


def sealed(value: Any, ticket_id: int, sort: str) -> str:
    """The place of a ticket in an order."""
    shown = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, shown, ticket_id]).encode()).decode().rstrip("=")


def opened(cursor: str, sort: str) -> tuple[Any, int]:
    """Value and id that ``sealed`` was given. Raises Invalid, also for a cursor of another order."""
    try:
        made_for, value, ticket_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != sort or not 0 < ticket_id <= LARGEST_KEY:
            raise ValueError(cursor)
        if sort.endswith("severity"):
            return SEVERITIES[SEVERITIES.index(value)], int(ticket_id)
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(cursor)
        return at.astimezone(UTC), int(ticket_id)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")}) from error
