"""Before the work begins: 立案 (accept)."""

from reporter.domain.actions import Action
from reporter.services import clocks
from reporter.services.steps.hooks import Hook, Step


def _refile(step: Step) -> None:
    """立案: the category and condition chosen now fix severity and limits. Raises UnknownCategory and kin."""
    uow, scene, ticket = step.uow, step.scene, step.ticket
    scene.category = uow.book.category(step.given["category"], uow.today)
    scene.condition = uow.book.condition(scene.category, step.given.get("condition"), clocks.lineage(ticket), uow.today)
    ticket.category_id, ticket.category_code = scene.category.id, scene.category.code
    ticket.condition_id, ticket.severity = scene.condition.id, scene.condition.severity
    ticket.sensitive = scene.category.sensitive or ticket.about_person_id is not None
    ticket.emergency = scene.category.emergency_divert or ticket.emergency


HOOKS = {Action.ACCEPT: Hook(prepare=_refile)}
