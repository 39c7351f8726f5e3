"""挂起: hold until a day, asked for and granted, and resume before that day. By itself: ``services/holds.py``."""

from datetime import datetime

from reporter.domain import waiting
from reporter.domain.actions import HOLD_REASONS, Action
from reporter.domain.errors import TooLate, sentence
from reporter.domain.statuses import Status
from reporter.models.waiting import Hold
from reporter.services import asides, clocks
from reporter.services.steps.hooks import Hook, Step, present


def _when_and_why(step: Step) -> None:
    """Raises Invalid for a day that cannot be."""
    policy = step.uow.policy(clocks.lineage(step.ticket))
    until = waiting.until_of(str(step.given["until"]), step.uow.now, policy)
    _note(step, until, str(step.given["reason_code"]))


def _still_ahead(step: Step) -> None:
    """Raises TooLate when the day that was asked for has come meanwhile."""
    request = step.scene.asides.asked
    if request is None:
        return
    if step.move.to is not None and request.until <= step.uow.now:
        raise TooLate(sentence("申请挂起的日期已经过了"), present=present(step.ticket))
    _note(step, request.until, request.reason_code)


def _note(step: Step, until: datetime, reason_code: str) -> None:
    step.data["until"] = until.isoformat()
    step.data["reason_code"] = reason_code
    if step.move.to is Status.ON_HOLD:
        step.data["from_status"] = step.ticket.status
    zone = step.uow.policy(clocks.lineage(step.ticket)).time_zone
    step.filling["until"] = until.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    step.filling["reason"] = HOLD_REASONS[reason_code]


def _asked_or_held(step: Step) -> None:
    """Write the request, or the hold; a hold of a wider level answers a request that waits."""
    uow, ticket, rows = step.uow, step.ticket, step.scene.asides
    row = rows.asked
    if row is None:
        row = Hold(
            ticket_id=ticket.id, seq=len(rows.holds) + 1, asked_by=uow.caller.person_id, asked_at=uow.now, granted=None
        )
        rows.holds.append(row)
    row.until, row.reason_code = datetime.fromisoformat(step.data["until"]), step.data["reason_code"]
    row.note = step.given.get("note") or row.note
    ticket.asides = True
    if step.move.to is not None:
        _hold(step, row)
    uow.session.add(row)


def _decided(step: Step) -> None:
    row = step.scene.asides.asked
    if row is None:
        return
    if step.move.to is not None:
        _hold(step, row)
    else:
        row.granted, row.decided_by, row.decided_at = False, step.uow.caller.person_id, step.uow.now


def _hold(step: Step, row: Hold) -> None:
    row.granted, row.decided_by, row.decided_at = True, step.uow.caller.person_id, step.uow.now
    row.from_status, row.run_at = step.data["from_status"], row.until
    step.ticket.hold_until = row.until


def _resumed(step: Step) -> None:
    held = step.scene.asides.held
    if held is not None:
        asides.resumed(step.uow, step.ticket, held)


HOOKS = {
    Action.HOLD: Hook(check=_when_and_why, change=_asked_or_held),
    Action.APPROVE_HOLD: Hook(check=_still_ahead, change=_decided),
    Action.RESUME: Hook(change=_resumed),
}
