"""What a whistle keeps a ticket from: nobody says it is done while called units have not said what they did.

Source: ``domain.md`` 1.2, a 社区 must not “close a case assigned to a department without its feedback”. The whistler
is never stuck: a whistle ends by its summing up, or by its whistler or the district with a reason.
"""

from reporter.domain.attendance import WhistleOpen
from reporter.queries import whistles
from reporter.services.steps.hooks import Step, present


def check_summed_up(step: Step) -> None:
    """Before ``solve``, and before a ``verify`` that passes. Raises WhistleOpen. Costs nothing without a whistle."""
    if not step.ticket.whistles or step.move.when == "failed":
        return
    number = whistles.unsummed(step.uow.session, step.ticket.id)
    if number is not None:
        raise WhistleOpen(number=number, present=present(step.ticket))
