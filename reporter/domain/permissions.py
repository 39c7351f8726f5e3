"""Who may do what: roles, their reach, and one table of permissions.

Which tickets a person sees is one query, ``queries/tickets.visible_to``; who may take a step of a
ticket is a column of the table in ``lifecycle.py``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from reporter.domain.areas import Level
from reporter.domain.errors import Forbidden


class Role(StrEnum):
    RESIDENT = "resident"
    RIDER = "rider"
    LEAD = "lead"
    DEPARTMENT = "department"
    DISTRICT = "district"
    AUDITOR = "auditor"
    ADMIN = "admin"
    REVIEWER = "reviewer"
    INTEGRATOR = "integrator"


class Permission(StrEnum):
    SUBMIT = "submit"
    UPLOAD = "upload"
    LIST_OWN_REPORTS = "list_own_reports"
    LIST_TICKETS = "list_tickets"
    STEP = "step"
    RATE = "rate"
    JOIN = "join"
    SEE_NEARBY = "see_nearby"
    DASHBOARD = "dashboard"
    REVEAL_SUBMITTER = "reveal_submitter"
    REGISTER_HOTLINE = "register_hotline"
    SPEAK = "speak"
    REPLAY_CLOCKS = "replay_clocks"
    EXPLAIN_ROUTING = "explain_routing"
    READ_ROUTING = "read_routing"
    DECIDE_PROPOSALS = "decide_proposals"
    BLOW_WHISTLE = "blow_whistle"
    SEE_WHISTLES = "see_whistles"


_EVERYBODY = frozenset(Role)
_SUBMITTERS = frozenset({Role.RESIDENT, Role.RIDER, Role.LEAD, Role.INTEGRATOR})
_HANDLERS = frozenset({Role.LEAD, Role.DEPARTMENT, Role.DISTRICT})

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.SUBMIT: _SUBMITTERS,
    Permission.UPLOAD: _SUBMITTERS | _HANDLERS,
    Permission.LIST_OWN_REPORTS: _EVERYBODY,
    Permission.LIST_TICKETS: _EVERYBODY,  # what each sees of it is visible_to
    Permission.STEP: _SUBMITTERS | _HANDLERS,  # which step: lifecycle.MOVES
    Permission.RATE: frozenset({Role.RESIDENT, Role.RIDER, Role.LEAD}),
    Permission.JOIN: frozenset({Role.RESIDENT, Role.RIDER, Role.LEAD}),
    Permission.SEE_NEARBY: _SUBMITTERS | _HANDLERS,
    Permission.DASHBOARD: frozenset({Role.LEAD, Role.DEPARTMENT, Role.DISTRICT, Role.AUDITOR}),
    Permission.REVEAL_SUBMITTER: frozenset({Role.LEAD, Role.DISTRICT, Role.AUDITOR}),
    Permission.REGISTER_HOTLINE: frozenset({Role.INTEGRATOR}),
    Permission.SPEAK: frozenset({Role.RESIDENT, Role.RIDER}),
    Permission.REPLAY_CLOCKS: frozenset({Role.DISTRICT}),
    Permission.EXPLAIN_ROUTING: _EVERYBODY,  # names only for staff
    Permission.READ_ROUTING: frozenset({Role.DISTRICT, Role.AUDITOR, Role.ADMIN}),
    Permission.DECIDE_PROPOSALS: frozenset({Role.DISTRICT}),
    Permission.BLOW_WHISTLE: frozenset({Role.LEAD, Role.DISTRICT}),  # from which level: whistles.SMALLEST_WHISTLER
    Permission.SEE_WHISTLES: _HANDLERS | {Role.AUDITOR},
}


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat its person may act for, as holder or as deputy."""

    area_id: int
    area_code: str
    area_name: str
    level: Level
    title: str
    as_deputy: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller, as the rules see one. ``home_area_id`` bounds what district and auditor see."""

    person_id: int
    role: Role
    name: str
    seats: tuple[HeldSeat, ...] = ()
    department_id: int | None = None
    home_area_id: int | None = None
    home_level: Level | None = None

    @property
    def level(self) -> Level | None:
        """The widest level held; None for people without a seat."""
        return min((seat.level for seat in self.seats), key=lambda level: level.rank, default=None)

    @property
    def is_staff(self) -> bool:
        return self.role not in (Role.RESIDENT, Role.RIDER, Role.INTEGRATOR)


def may(actor: Actor, permission: Permission) -> bool:
    return actor.role in PERMISSIONS[permission]


def require(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden."""
    if not may(actor, permission):
        raise Forbidden()


def reads_as_staff(actor: Actor, lineage: Collection[int], reported: Callable[[], bool]) -> bool:
    """Whether a visible ticket is shown with names and internal notes.

    ``lineage``: ids of the areas it lies in. A lead who merely reported or joined a ticket elsewhere is a
    resident there; one who sees it without having reported it holds it, or held it once. ``reported`` is
    asked only when it matters, because it may cost a statement.
    """
    if actor.role is not Role.LEAD:
        return actor.is_staff
    return any(seat.area_id in lineage for seat in actor.seats) or not reported()


def require_reveal(actor: Actor) -> None:
    """Personal details are for the 网格长 and wider, who must be able to call back (``product.md`` 7)."""
    require(actor, Permission.REVEAL_SUBMITTER)
    if actor.role is Role.LEAD and not any(seat.level.reaches(Level.GRID) for seat in actor.seats):
        raise Forbidden()
