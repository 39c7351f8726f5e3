"""What an action does beyond its row of the table: a hook of up to four functions, by action.

``services/lifecycle.take`` calls them in this order: ``check`` may refuse, ``prepare`` changes what the way of the
ball depends on, ``change`` writes the rows of the action itself after ball and clocks have moved, and ``finish`` sees
the clocks that have begun. None of them moves the ball or stops a clock that the row names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reporter.domain.procedures import Move
from reporter.models.tickets import Hop, Ticket
from reporter.services.scene import Scene
from reporter.services.unit_of_work import UnitOfWork


@dataclass
class Step:
    """One step on its way: who takes it where. ``data`` is what its event will carry beside the given fields."""

    uow: UnitOfWork
    scene: Scene
    move: Move
    given: Mapping[str, Any]
    before: Hop | None  # the hop that had the ball
    after: Hop | None = None  # the hop that has it now, None when the ticket ended
    data: dict[str, Any] = field(default_factory=dict)
    filling: dict[str, str] = field(default_factory=dict)  # what its sentences say beside holder, category and reason

    @property
    def ticket(self) -> Ticket:
        return self.scene.ticket


def nothing(step: Step) -> None:
    """What most hooks do at most times."""


@dataclass(frozen=True, slots=True)
class Hook:
    """``check`` raises a Refusal and changes nothing; ``prepare`` and ``change`` may not refuse any more. ``finish``
    comes last, when the clocks of the row have begun."""

    check: Callable[[Step], None] = nothing
    prepare: Callable[[Step], None] = nothing
    change: Callable[[Step], None] = nothing
    finish: Callable[[Step], None] = nothing


NO_HOOK = Hook()


def joined(*families: Mapping[Any, Hook]) -> dict[Any, Hook]:
    """The hooks of all families by action; where several have one for the same action, each is called, in order."""
    found: dict[Any, Hook] = {}
    for family in families:
        for action, hook in family.items():
            known = found.get(action)
            found[action] = hook if known is None else _after(known, hook)
    return found


def _after(first: Hook, second: Hook) -> Hook:
    def each(one: Callable[[Step], None], other: Callable[[Step], None]) -> Callable[[Step], None]:
        def both(step: Step) -> None:
            one(step)
            other(step)

        return both if other is not nothing else one

    return Hook(
        each(first.check, second.check),
        each(first.prepare, second.prepare),
        each(first.change, second.change),
        each(first.finish, second.finish),
    )


def present(ticket: Ticket) -> dict[str, Any]:
    """What a caller who was too late should look at now."""
    return {"number": ticket.number, "status": ticket.status, "version": ticket.version}
