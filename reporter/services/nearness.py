"""What is already known around a point: the same answer before a report is sent and with its receipt."""

from datetime import timedelta

from reporter.domain import duplicates
from reporter.domain.coordinates import Point
from reporter.domain.duplicates import Similar
from reporter.domain.policy import Policy
from reporter.domain.rulebook import Category
from reporter.queries import tickets
from reporter.services.unit_of_work import UnitOfWork


def of_category(uow: UnitOfWork, point: Point, category: Category, accuracy_m: float, policy: Policy) -> list[Similar]:
    """Open tickets a report of this category here may belong to, nearest first; none for sensitive matters."""
    if category.sensitive:
        return []
    window = timedelta(hours=policy.duplicate_window_h)
    radius = category.duplicate_radius_m
    near = tickets.nearby_open(uow.session, uow.book, point, 2 * radius, uow.now - window, uow.caller)
    return duplicates.similar(point, category.code, category.look_alike, accuracy_m, radius, window, uow.now, near)


def around(uow: UnitOfWork, point: Point, code: str | None) -> list[Similar]:
    """The same for a point, of one category or of any. Raises UnknownCategory."""
    policy = uow.policy(())
    if code is not None:
        return of_category(uow, point, uow.book.category(code, uow.today), 0.0, policy)
    window = timedelta(hours=policy.duplicate_window_h)
    near = tickets.nearby_open(uow.session, uow.book, point, policy.snap_m, uow.now - window, uow.caller)
    found = []
    for known in near:
        radius = uow.book.category(known.category, uow.today).duplicate_radius_m
        found += duplicates.similar(point, known.category, None, 0.0, radius, window, uow.now, [known])
    return sorted(found, key=lambda item: (item.metres, item.known.number))
