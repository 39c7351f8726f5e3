"""Cursors of the lists of tickets: a position in one order, sealed into text, and read again with distrust."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from reporter.db import LARGEST_KEY
from reporter.domain.errors import Invalid, sentence

SEVERITIES = (1, 2, 3, 4)


def sealed(value: Any, ticket_id: int, sort: str) -> str:
    """A position: the order's value and the id of the last ticket shown."""
    shown = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, shown, ticket_id]).encode()).decode().rstrip("=")


def opened(cursor: str, sort: str) -> tuple[Any, int]:
    """The position again. Raises Invalid for what we have not sealed, or for another order."""
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
