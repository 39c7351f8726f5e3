"""Re-checks of what was closed at once: drawn by chance, or because a photo is doubtful (``decisions.md`` “Ending”)."""

from reporter.domain.actions import Action
from reporter.services.steps import ending
from reporter.services.steps.hooks import Hook, Step


def _checked(step: Step) -> None:
    """Before the ball moves. What was not true counts as a false closing against the seat that said so."""
    if step.move.when == "recheck_passes":
        step.ticket.recheck = False
    elif step.move.when == "recheck_fails":
        solver = next((hop for hop in step.scene.hops if hop.seq == step.ticket.solver_hop), None)
        if solver is not None:
            solver.false_closing = True
        ending.begin_again(step)


def _may_check(step: Step) -> None:
    if step.move.when in ("recheck_passes", "recheck_fails"):
        ending.not_own_work(step)


HOOKS = {Action.CHECK: Hook(check=_may_check, prepare=_checked)}
