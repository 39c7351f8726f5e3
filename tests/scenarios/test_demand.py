"""Many who met the same thing make it more urgent, told once for each threshold."""

from sqlalchemy import update

from reporter.db import session_for
from reporter.models.catalogue import PolicyValue, ReferenceVersion
from tests.service import Service
from tests.services.inside import kinds
from tests.world import CENTRAL, GRID_A, IN_GRID_A_ONLY

COVER = "BJ0123"


def test_holder_and_the_level_above_hear_once_that_two_more_report_it(service: Service) -> None:
    with session_for(service.engine, writes=True) as session:
        session.execute(update(PolicyValue).where(PolicyValue.key == "joins_raise_at").values(value=[2]))
        session.execute(
            update(ReferenceVersion)
            .where(ReferenceVersion.name == "policy")
            .values(version=ReferenceVersion.version + 1)
        )
    number = service.as_("rider").report(IN_GRID_A_ONLY, category=COVER)["number"]
    for name, told in (("rider2", 0), ("rider2", 0), ("resident", 1), ("resident2", 1)):
        service.as_(name).post(f"/tickets/{number}/join")
        assert kinds(service, number)["demand_grew"] == told, name
    for seat in (GRID_A, CENTRAL):
        assert sum("已有2人反映" in text for text in service.seat(seat).told()) == 1, seat
    assert "demand_grew" not in service.as_("rider").events(number)
