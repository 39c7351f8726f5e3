"""Attendance counted by department, over what the caller may see, in one statement."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from reporter.domain.attendance import Figure
from reporter.domain.permissions import Actor
from reporter.domain.whistles import GRADES
from reporter.models.areas import Area
from reporter.models.whistles import Whistle, WhistleCall
from reporter.queries import whistles
from reporter.queries.figures import Period


def by_department(
    session: Session, actor: Actor, area: Area, period: Period, now: datetime
) -> dict[int, dict[str, int]]:
    """``{department_id: {figure or grade: number}}``: counts by ``Figure``, sums of grades by the grade's name.

    A department is shown its own row only: how others did is their whistler's business.
    """
    columns: list[Any] = [func.count(case((whistles.counts(figure, now), 1))).label(figure.value) for figure in Figure]
    graded = whistles.counts(Figure.GRADED, now)
    columns += [
        func.coalesce(func.sum(case((graded, getattr(WhistleCall, grade)))), 0).label(grade) for grade in GRADES
    ]
    query = (
        select(WhistleCall.department_id, *columns)
        .join(Whistle, Whistle.id == WhistleCall.whistle_id)
        .where(whistles.visible_to(actor), whistles.within(area), whistles.in_period(period))
        .group_by(WhistleCall.department_id)
        .order_by(WhistleCall.department_id)
    )
    if actor.department_id is not None:
        query = query.where(WhistleCall.department_id == actor.department_id)
    names = [*(figure.value for figure in Figure), *GRADES]
    return {row.department_id: {name: int(getattr(row, name)) for name in names} for row in session.execute(query)}
