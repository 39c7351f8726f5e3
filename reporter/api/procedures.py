"""A procedure as data: every status and every row of its table, in the words of the caller."""

from typing import Any

from reporter.api.words import gettext
from reporter.domain.procedures import Procedure


def printed(procedure: Procedure) -> dict[str, Any]:
    """``{statuses: [{status, name, ended}], moves: [{action, name, from, to, who, …}]}``, in the table's order."""
    return {
        "statuses": [
            {"status": status.value, "name": gettext(name), "ended": status in procedure.ended}
            for status, name in procedure.status_names.items()
        ],
        "moves": [
            {
                "action": move.action,
                "name": gettext(procedure.action_names[move.action]),
                "from": sorted(move.froms),
                "to": move.to if move.to else None,
                "who": move.who,
                "ball": move.ball,
                "when": move.when,
                "needs": list(move.needs),
                "may_have": list(move.may_have),
                "starts": list(move.starts),
                "stops": list(move.stops),
                "pauses": list(move.pauses),
                "resumes": list(move.resumes),
                "smallest": move.smallest,
                "department": move.department,
            }
            for move in procedure.moves
        ],
    }
