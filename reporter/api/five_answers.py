"""五连问 of a ticket: the five answers, from what its scene knows already."""

from typing import Any

from reporter.api import words
from reporter.api.words import gettext, say
from reporter.domain import privacy
from reporter.domain.errors import sentence
from reporter.domain.statuses import STATUS_NAMES, Status
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


def of(uow: UnitOfWork, scene: Scene, staff: bool, holder: dict[str, Any] | None) -> dict[str, str | None]:
    """What was needed, why it came to that, what is planned, how far it is, what it brought; None: not answered."""
    ticket = scene.ticket
    return {
        "demand": _demand(uow, scene, staff),
        "cause": _said(ticket.cause),
        "plan": _said(ticket.plan),
        "progress": _progress(Status(ticket.status), holder),
        "effect": _said(ticket.effect),
    }


def _demand(uow: UnitOfWork, scene: Scene, staff: bool) -> str:
    """The words of the first report its reader may see, else what kind of matter it is."""
    for told in scene.words:
        own = told.report.submitter_id == uow.caller.person_id
        if told.report.text and (own or staff):
            return told.report.text if own else privacy.mask_numbers_in(told.report.text)
    return words.category_name(scene.category)


def _said(text: str | None) -> str | None:
    return privacy.mask_numbers_in(text) if text else None


def _progress(status: Status, holder: dict[str, Any] | None) -> str:
    name = gettext(STATUS_NAMES[status])
    if holder is None:
        return name
    return say(sentence("{status}，现由{holder}办理"), status=name, holder=holder["role"])
