"""What the district decides about a fix that equal corrections propose."""

from reporter.domain import permissions
from reporter.domain.errors import Conflict, NotFound, sentence
from reporter.domain.permissions import Permission
from reporter.models.routing import RoutingProposal
from reporter.queries import corrections
from reporter.services.unit_of_work import UnitOfWork


def decide(uow: UnitOfWork, proposal_id: int, *, accepted: bool, note: str | None) -> RoutingProposal:
    """Accepted: the boundary or a rule is mended; dismissed: equal corrections count anew.

    Raises Forbidden, NotFound, and Conflict when it was decided before.
    """
    permissions.require(uow.caller, Permission.DECIDE_PROPOSALS)
    proposal = corrections.locked_proposal(uow.session, uow.caller, proposal_id)
    if proposal is None:
        raise NotFound()
    if proposal.state != "open":
        raise Conflict(sentence("这个建议已经有了决定"), present={"state": proposal.state})
    proposal.state = "accepted" if accepted else "dismissed"
    proposal.decided_by, proposal.decided_at, proposal.note = uow.caller.person_id, uow.now, note
    return proposal
