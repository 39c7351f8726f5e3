"""延期: more time, asked for once most of it is used, decided by the street and then by the district."""

from reporter.domain import sla, waiting
from reporter.domain.actions import Action
from reporter.domain.areas import Level
from reporter.domain.lifecycle import ClockKind
from reporter.domain.waiting import ExtensionTooEarly
from reporter.models.clocks import Clock
from reporter.models.waiting import Extension
from reporter.services import clocks
from reporter.services.steps.hooks import Hook, Step, present


def _not_too_early(step: Step) -> None:
    """Raises ExtensionTooEarly, which is the hint of ``domain.md`` 3.3: nothing is recorded."""
    clock = _running(step)
    if clock is None:
        return
    uow, ticket = step.uow, step.ticket
    needed = uow.policy(clocks.lineage(ticket)).extension_from_share
    reading = clocks.read(uow, ticket, clock)
    used = sla.used_share(clocks.terms_of(clock), reading, uow.now, clocks.calendar_of(uow, ticket, clock))
    if used < needed:
        raise ExtensionTooEarly(used=int(used * 100), needed=int(needed * 100), present=present(ticket))


def _requested(step: Step) -> None:
    uow, rows, hop = step.uow, step.scene.asides, step.before
    level = Level(hop.level) if hop and hop.level else None
    row = Extension(
        ticket_id=step.ticket.id,
        seq=len(rows.extensions) + 1,
        waits_for=waiting.first_decision_of(level).value,
        reason=step.given["reason"],
        asked_by=uow.caller.person_id,
        asked_at=uow.now,
    )
    uow.session.add(row)
    rows.extensions.append(row)
    step.ticket.asides = True


def _decided(step: Step) -> None:
    """The street's yes passes it to the district; the district's yes prolongs; anybody's no ends it."""
    uow, request, clock = step.uow, step.scene.asides.extension, _running(step)
    if request is None:
        return
    if step.move.when in ("street_grants", "street_refuses"):
        request.first_by, request.first_at = uow.caller.person_id, uow.now
    if step.move.when == "street_grants":
        request.waits_for = Level.DISTRICT.value
        return
    if step.move.when in ("district_grants", "district_refuses"):
        request.last_by = uow.caller.person_id
    granted = step.move.when == "district_grants"
    request.state, request.waits_for = "granted" if granted else "refused", None
    request.ended_at = uow.now
    if granted and clock is not None:
        clocks.extend(uow, step.ticket, clock)
        step.data["due_at"] = step.ticket.due_at.isoformat() if step.ticket.due_at else None


def _running(step: Step) -> Clock | None:
    return next(
        (clock for clock in step.scene.clocks if clock.kind == ClockKind.RESOLVE and clock.stopped_at is None), None
    )


HOOKS = {
    Action.REQUEST_EXTENSION: Hook(check=_not_too_early, change=_requested),
    Action.APPROVE_EXTENSION: Hook(change=_decided),
}
