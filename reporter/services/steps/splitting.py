"""Splitting a matter among several units (``services/splits.py``), and that it ends last."""

from reporter.domain.actions import Action
from reporter.domain.errors import PartsOpen
from reporter.queries import splits as known
from reporter.services import splits
from reporter.services.steps.hooks import Hook, Step, present


def check_all_ended(step: Step) -> None:
    """A matter is neither solved nor ended in any other way while a part of it is open, so that no unit's work, and
    no unit's deadline, vanishes behind its back: each part is first ended by a step of its own.

    Raises PartsOpen naming their numbers.
    """
    waiting = known.still_open(step.uow.session, step.ticket.id)
    if waiting:
        raise PartsOpen(present={**present(step.ticket), "parts": waiting}, numbers="、".join(waiting))


def _decidable(step: Step) -> None:
    """Raises Invalid and its kin naming ``parts`` or a field of one of them."""
    splits.plan(step.uow, step.scene, step.given["parts"])


def _split(step: Step) -> None:
    ticket = step.ticket
    decided = splits.plan(step.uow, step.scene, step.given["parts"])
    written = [splits.write(step.uow, step.scene, one) for one in decided]
    ticket.parts += len(written)
    ticket.taken_at = ticket.taken_at or step.uow.now  # whoever splits it has taken it in hand
    step.data["numbers"] = [part.number for part in written]


HOOKS = {Action.SPLIT: Hook(check=_decidable, change=_split)}
