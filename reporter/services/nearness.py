"""What is already known around a point: the same answer before a report is sent and with its receipt."""

from collections.abc import Iterable
from datetime import timedelta

from reporter.domain import duplicates
from reporter.domain.coordinates import Point
from reporter.domain.duplicates import Known, Similar, Thing
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Category
from reporter.queries import surroundings
from reporter.queries.surroundings import Vicinity
from reporter.services.unit_of_work import UnitOfWork


def around(uow: UnitOfWork, point: Point, code: str | None) -> list[Similar]:
    """Open tickets a report here may belong to, of one category or of any, nearest first. Raises UnknownCategory."""
    category = uow.book.category(code, uow.today) if code is not None else None
    where = vicinity(uow, category)
    if where is None:
        return []
    near = surroundings.open_nearby(uow.session, uow.book, point, where, submitter_id=uow.caller.person_id)
    return alike(uow, point, category, 0.0, uow.policy(()), near)


def vicinity(uow: UnitOfWork, category: Category | None) -> Vicinity | None:
    """Where to look for tickets like a new one; None for sensitive matters, which are nobody's business.

    The place's own window is not known before the place is, so the longest of all is looked through.
    """
    if category is None:
        metres = uow.policy(()).snap_m  # nobody has said what it is: anything that near may be it
    elif category.sensitive:
        return None
    else:
        metres = 2 * category.duplicate_radius_m
    return Vicinity(metres, uow.now - timedelta(hours=uow.book.longest_duplicate_window_h))


def alike(
    uow: UnitOfWork,
    point: Point,
    category: Category | None,
    accuracy_m: float,
    policy: Policy,
    near: Iterable[Known],
    building_id: int | None = None,
) -> list[Similar]:
    """Those of ``near`` a report of this category (None: of any) may belong to, nearest first."""
    book = uow.book
    if category is not None:
        thing = Thing(point, accuracy_m, category.code, kinds_of(uow, category), building_id)
        window = policy.duplicate_window(category.code)
        return duplicates.similar(thing, category.duplicate_radius_m, window, uow.now, near, book.look_alikes.indoors)
    found = []
    for known in near:
        thing = Thing(point, 0.0, known.category, frozenset({known.category}))
        radius = book.category(known.category, uow.today).duplicate_radius_m
        found += duplicates.similar(thing, radius, policy.duplicate_window(known.category), uow.now, [known])
    return sorted(found, key=lambda item: (item.metres, item.known.number))


def kinds_of(uow: UnitOfWork, category: Category) -> frozenset[str]:
    """What another ticket must share to be of one kind with this category."""
    return uow.book.look_alikes.kinds(category.code, category.look_alike)
