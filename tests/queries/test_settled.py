"""Figures read from settled days are exactly what counting every ticket gives, whatever happens after the end."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import and_, case, func, select, update

from reporter.db import session_for
from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.figures import Figure
from reporter.models.areas import Area
from reporter.models.figures import FigureCorrection, FigureDay
from reporter.models.tickets import Ticket
from reporter.queries import figures, people
from reporter.queries.counting import counts
from reporter.queries.figures import Period, in_period
from reporter.queries.tickets import visible_to, within
from reporter.services import settling
from reporter.services.migrating import alembic_config, downgrade, migrate
from reporter.services.sessions import hash_of
from tests.service import Service, beijing
from tests.services.inside import count, rows
from tests.world import (
    AT_HOME,
    AT_NEXT_DOOR,
    AT_XIMA_HOME,
    CENTRAL,
    CITY,
    GRID_A,
    HOME,
    IN_GRID_A_ONLY,
    IN_GRID_B_ONLY,
    IN_STREET_ONLY,
    NANHU,
    WUCHANG,
    XIMA,
)


def period(first: str, last: str) -> Period:
    end = beijing(f"{last} 00:00") + timedelta(days=1)
    return Period(beijing(f"{first} 00:00"), end, date.fromisoformat(first), date.fromisoformat(last))


WITHIN = (CITY, WUCHANG, NANHU, CENTRAL, GRID_A, XIMA)  # one of each level, and another district's street


class Counting:
    """Both ways of counting for one caller, side by side."""

    def __init__(self, service: Service, token: str | None):
        self._service = service
        self._token = token or ""

    def check(self) -> None:
        """Summary and breakdowns of every area the caller reaches, for a month and for single days."""
        with self._service.house.works.open(writes=False) as uow:
            self.uow, self.actor = uow, people.actor(people.by_token(uow.session, hash_of(self._token)), uow.book)
            periods = [period("2026-09-06", "2026-09-30"), period("2026-09-08", "2026-09-09")]
            for area, when in product(
                uow.session.scalars(select(Area).where(Area.code.in_(WITHIN)).order_by(Area.id)), periods
            ):
                self._check_area(area, when)

    def _check_area(self, area: Area, when: Period) -> None:
        uow, session = self.uow, self.uow.session
        assert figures.summary(session, self.actor, area, when, uow.now) == self._plain(area, when), area.name
        below = CHAIN_LEVELS[Level(area.level).rank + 1 : Level(area.level).rank + 2]
        for level in below:
            column = getattr(Ticket, f"{level.value}_id")
            found = figures.by_child(session, self.actor, area, level, when, uow.now)
            self._check_groups(found, area, when, column)
        found = figures.by_category(session, self.actor, area, when, uow.now)
        self._check_groups(found, area, when, Ticket.category_code)
        days = [when.first + timedelta(days=n) for n in range((when.last - when.first).days + 1)]
        each = [(day, period(day.isoformat(), day.isoformat())) for day in days]
        by_day = figures.by_day(session, self.actor, area, each, uow.now)
        assert by_day == {day: self._plain(area, one) for day, one in each}, area.name

    def _check_groups(self, found: dict[Any, Any], area: Area, when: Period, column: Any) -> None:
        keys = set(self.uow.session.scalars(select(column).where(visible_to(self.actor), within(area.level, area.id))))
        for key in keys | set(found):
            same = column.is_(None) if key is None else column == key
            assert found.get(key, dict.fromkeys(Figure, 0)) == self._plain(area, when, same), (area.name, key)

    def _plain(self, area: Area, when: Period, *more: Any) -> dict[Figure, int]:
        """One look at every ticket the caller sees there."""
        each = [
            func.count(case((and_(counts(figure, self.uow.now), in_period(figure, when.start, when.end)), 1)))
            for figure in Figure
        ]
        seen = select(*each).where(visible_to(self.actor), within(area.level, area.id), *more)
        return dict(zip(Figure, self.uow.session.execute(seen).one(), strict=True))


@pytest.fixture
def september(service: Service) -> Service:
    """Tickets of a week in several areas: closed, rated, refused, withdrawn, open, late, and one about a lead."""
    rider, resident = service.as_("rider"), service.as_("resident")
    grid, home = service.seat(GRID_A), service.seat(HOME)
    for day in range(7, 11):
        service.at(f"2026-09-{day:02d} 09:00")
        lamp = rider.report(AT_HOME, category="LL0107", photo_ids=[rider.photo("blue")])["number"]
        for point in (AT_NEXT_DOOR, IN_GRID_B_ONLY, AT_XIMA_HOME, IN_STREET_ONLY):
            rider.report(point, category="LL0107")
        refused = resident.report(IN_GRID_A_ONLY)["number"]
        withdrawn = resident.report(IN_GRID_A_ONLY)["number"]
        resident.report(IN_GRID_B_ONLY, about=f"seat:{GRID_A}")
        service.at(f"2026-09-{day:02d} 23:50")  # another UTC day
        home.did(lamp, "solve", note="好了", photo_ids=[home.photo("red")])
        grid.did(refused, "reject", reason_code="private_matter", note="私事")
        resident.did(withdrawn, "withdraw")
        if day % 2:
            rider.post(f"/tickets/{lamp}/rating", {"grade": 5, "tags": ["solved"]})
    service.work()
    return service


Change = Callable[[Service, str], None]


def _rate(service: Service, lamp: str) -> None:
    assert service.as_("rider").post(f"/tickets/{lamp}/rating", {"grade": 1}).status_code == 201


def _change_rating(service: Service, lamp: str) -> None:
    rider = service.as_("rider")
    assert rider.post(f"/tickets/{lamp}/rating", {"grade": 5}).status_code == 201
    service.work()
    assert rider.post(f"/tickets/{lamp}/rating", {"grade": 2}).status_code == 200


def _reopen(service: Service, lamp: str) -> None:
    service.as_("rider").did(lamp, "reopen", reason="又坏了")


def _reopen_and_withdraw_nothing(service: Service, lamp: str) -> None:
    service.as_("rider").did(lamp, "note", text="谢谢")


def _lamp_of_the_eighth(service: Service) -> str:
    (number,) = rows(
        service,
        select(Ticket.number).where(
            Ticket.closed_at > beijing("2026-09-08 00:00"), Ticket.closed_at < beijing("2026-09-09 00:00")
        ),
    )
    return str(number)


@pytest.mark.parametrize("who", ["street", "district", "auditor", "department", f"seat:{CENTRAL}", f"seat:{GRID_A}"])
def test_settled_days_and_plain_counting_say_the_same(september: Service, who: str) -> None:
    assert count(september, Ticket, Ticket.settled) == 12
    Counting(september, september.as_(who).token).check()


@pytest.mark.parametrize(
    ("change", "corrections"),
    [
        (_rate, 1),
        (_change_rating, 1),
        (_reopen, 1),
        (_reopen_and_withdraw_nothing, 0),  # a note changes no figure
    ],
)
def test_what_changes_after_the_end_is_exact_before_and_after_it_is_settled_again(
    september: Service, change: Change, corrections: int
) -> None:
    counting = Counting(september, september.as_("district").token)
    change(september, _lamp_of_the_eighth(september))
    assert count(september, FigureCorrection) == corrections
    counting.check()
    september.work()
    assert count(september, FigureCorrection) == 0
    counting.check()


def test_a_reopened_ticket_that_closes_again_counts_on_its_new_day(september: Service) -> None:
    lamp = _lamp_of_the_eighth(september)
    _reopen(september, lamp)
    september.work()
    september.at("2026-09-20 10:00")
    building = september.seat(HOME[:18])
    building.did(lamp, "solve", note="换了新的", photo_ids=[building.photo("green")])
    september.work()
    Counting(september, september.as_("district").token).check()


def test_small_batches_add_up_like_one(september: Service) -> None:
    before = _days(september)
    with session_for(september.engine, writes=True) as session:
        session.execute(update(Ticket).values(settled=False))
        session.query(FigureDay).delete()
    while settling.settle(september.workshop.works, batch=5):
        continue
    assert _days(september) == before


def _days(service: Service) -> Counter[Any]:
    return Counter(rows(service, select(FigureDay.area_id, FigureDay.day, FigureDay.received, FigureDay.rated)))


def test_a_matter_about_somebody_is_never_settled(september: Service) -> None:
    september.at("2026-12-01 09:00").work()
    about = select(Ticket.settled).where(Ticket.about_person_id.is_not(None))
    assert set(rows(september, about)) == {False}


def test_a_live_database_is_settled_anew_after_the_migration(september: Service) -> None:
    """What was added up by older definitions is thrown away; nothing is wrong meanwhile."""
    before = ScriptDirectory.from_config(alembic_config()).get_revision("0009_metrics").down_revision
    downgrade(september.engine, str(before))
    migrate(september.engine)
    counting = Counting(september, september.as_("district").token)
    assert (count(september, Ticket, Ticket.settled), count(september, FigureDay)) == (0, 0)
    counting.check()
    september.work()
    assert count(september, Ticket, Ticket.settled) == 12
    counting.check()
