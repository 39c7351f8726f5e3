"""“Me too”: somebody else has met the same thing and joins the open ticket instead of making another."""

from reporter.domain import permissions
from reporter.domain.coordinates import Point, metres_between
from reporter.domain.duplicates import reach
from reporter.domain.errors import Invalid, NotFound, TicketEnded, sentence
from reporter.domain.events import EventKind
from reporter.domain.permissions import Permission
from reporter.domain.statuses import ENDED, Status
from reporter.models.tickets import Report, Ticket
from reporter.queries import tickets
from reporter.services import ball, demand, messages
from reporter.services.unit_of_work import UnitOfWork


def join(uow: UnitOfWork, number: str, client_request_id: str) -> tuple[Ticket, bool]:
    """Join by one tap; joining twice is the same join, and a key used before answers with what it made then.

    Returns the ticket and whether the join is new. Raises Forbidden, NotFound, TicketEnded.
    """
    permissions.require(uow.caller, Permission.JOIN)
    before = tickets.report_by_key(uow.session, uow.caller.person_id, client_request_id)
    if before is not None:
        return before[0], False
    ticket = joinable(uow, number)
    if tickets.reported_by(uow.session, uow.caller, ticket.id):
        return ticket, False
    report = Report(
        ticket_id=ticket.id,
        joined=True,
        submitter_id=uow.caller.person_id,
        client_request_id=client_request_id,
        source=uow.caller.role.value,
        anonymous=False,
        received_at=uow.now,
    )
    uow.session.add(report)
    record_join(uow, ticket)
    return ticket, True


def joinable(uow: UnitOfWork, number: str) -> Ticket:
    """The open ticket of this number, locked. A sensitive one looks absent to all but its own people.

    Raises NotFound, TicketEnded.
    """
    ticket = tickets.locked_by_number(uow.session, number)
    if ticket is None or ticket.parent_id is not None:  # a part is no matter of its own
        raise NotFound(fields={"join": sentence("没有这个工单")})
    if ticket.sensitive and not tickets.is_visible(uow.session, uow.caller, ticket.id):
        raise NotFound(fields={"join": sentence("没有这个工单")})
    if ticket.about_person_id == uow.caller.person_id:
        raise NotFound(fields={"join": sentence("没有这个工单")})
    if Status(ticket.status) in ENDED:
        raise TicketEnded(present={"number": ticket.number, "status": ticket.status})
    return ticket


def check_near(uow: UnitOfWork, ticket: Ticket, point: Point, accuracy_m: float) -> None:
    """A report joins only what is where it says it is. Raises Invalid naming ``join``."""
    radius = uow.book.category_by_id(ticket.category_id).duplicate_radius_m
    metres = metres_between(point, Point(ticket.lng, ticket.lat))
    slack = uow.policy(()).coarse_accuracy_m  # a chosen ticket may lie a coarse fix away, a computed one may not
    if metres > reach(radius, accuracy_m, ticket.accuracy_m) + slack:
        raise Invalid(fields={"join": sentence("这个工单离得太远，请另报一件")})


def record_join(uow: UnitOfWork, ticket: Ticket) -> None:
    """One more voice: counted, recorded and told to the holder."""
    ticket.joins += 1
    hop = next(hop for hop in ball.hops_of(uow, ticket) if hop.ended_at is None)
    event = uow.record(ticket, EventKind.JOINED, hop_seq=hop.seq, joins=ticket.joins)
    messages.tell(uow, ticket, event, hop, ())
    demand.weigh(uow, ticket, hop)
