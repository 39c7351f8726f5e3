"""Where a report belongs and who gets it first: asked by a new report, by 立案, and by “why here” without a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass

from reporter.domain import areas as area_rules
from reporter.domain import catalogue, permissions
from reporter.domain import deciding as rules
from reporter.domain.areas import Level, Placement, Seat, Surroundings
from reporter.domain.coordinates import Point
from reporter.domain.deciding import Verdict
from reporter.domain.permissions import Permission
from reporter.domain.rulebook import Category, Condition
from reporter.models.areas import Area
from reporter.queries import areas, surroundings
from reporter.queries.surroundings import Outlook
from reporter.services import drafts
from reporter.services.drafts import Draft
from reporter.services.unit_of_work import UnitOfWork


def locate(uow: UnitOfWork, point: Point, accuracy_m: float | None, around: Outlook) -> tuple[Placement, list[Seat]]:
    """The area and its chain of seats. A coarse fix goes no deeper than the community. Raises LocationOutOfArea."""
    if around.holding:
        placement = area_rules.place(Surroundings(holding=around.holding))
        chain = around.chain_of(placement.area_id)
    else:
        placement = area_rules.place(areas.beside(uow.session, point, uow.today, uow.policy(()).snap_m))
        chain = areas.chain_of(uow.session, placement.area_id, uow.book, uow.now)
    coarse = uow.policy([seat.area_id for seat in chain]).coarse_accuracy_m
    if accuracy_m is not None and accuracy_m > coarse:
        chain = area_rules.up_to(chain, Level.COMMUNITY)
        placement = Placement(chain[-1].area_id, (*placement.flags, "inaccurate"))
    return placement, chain


def decide(
    uow: UnitOfWork,
    chain: Sequence[Seat],
    category: Category,
    condition: Condition,
    source: str,
    *,
    flags: Sequence[str] = (),
    conflicted: frozenset[int] = frozenset(),
    triage: bool = False,
) -> Verdict:
    """Who gets it now, by the rules in force; asks the database only for a seat outside the chain that a rule names."""
    policy = uow.policy([seat.area_id for seat in chain])
    return rules.decide(
        uow.book,
        chain,
        rules.matter_of(uow.book, policy, chain, category, condition, source, uow.now),
        category.first_level,
        flags=flags,
        conflicted=conflicted,
        triage=triage,
        cap=rules.cap_of(policy, condition),
        seat_of=lambda area_id: _seat(uow, area_id),
    )


def _seat(uow: UnitOfWork, area_id: int) -> Seat | None:
    """A seat outside the chain, None when its area has ended."""
    area = uow.session.get(Area, area_id)
    if area is None or area.valid_from > uow.today or (area.valid_to is not None and area.valid_to <= uow.today):
        return None
    return areas.seats_by_id(uow.session, [area_id], uow.book, uow.now)[0]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a report here and now would become. ``category`` is the fallback when none was named (``triage``)."""

    placement: Placement
    chain: list[Seat]
    category: Category
    condition: Condition
    triage: bool
    verdict: Verdict
    emergency: str | None


def explain(uow: UnitOfWork, draft: Draft) -> Explanation:
    """Why here, without making a ticket: the same functions as ``intake.submit``, in one statement where the point
    lies in a grid. Raises Forbidden and what ``submit`` raises about place, category and condition."""
    permissions.require(uow.caller, Permission.EXPLAIN_ROUTING)
    point = drafts.point(uow, draft)
    named = drafts.category_named(uow, draft)
    around = surroundings.look(
        uow.session,
        uow.book,
        point,
        None,
        submitter_id=uow.caller.person_id,
        client_request_id=draft.client_request_id,
        external_no=None,
        now=uow.now,
        today=uow.today,
    )
    placement, chain = locate(uow, point, draft.accuracy_m, around)
    category = named or uow.book.category(uow.book.fallback_code, uow.today)
    condition = uow.book.condition(category, draft.condition, [seat.area_id for seat in chain], uow.today)
    verdict = decide(
        uow,
        chain,
        category,
        condition,
        drafts.source_of(uow.caller, draft),
        flags=placement.flags,
        triage=named is None,
    )
    spoken = catalogue.emergency(draft.text or "", uow.book.words, uow.book.matching["traditional"])
    return Explanation(
        placement, chain, category, condition, named is None, verdict, category.emergency_divert or spoken
    )
