"""The accounts worth trying in the demo, from the rows of the demo itself."""

from typing import Any

from sqlalchemy import select

from reporter.models.areas import Area
from reporter.models.people import Account, DemoHint, Person
from reporter.services.unit_of_work import UnitOfWork


def worth_trying(uow: UnitOfWork) -> list[dict[str, Any]]:
    """``[{username, role, area, what_to_try}]`` in the order to try them; empty without a demo."""
    rows = uow.session.execute(
        select(DemoHint.username, DemoHint.what_to_try, DemoHint.area_code, Person.role)
        .outerjoin(Account, Account.username == DemoHint.username)
        .outerjoin(Person, Person.id == Account.person_id)
        .order_by(DemoHint.rank)
    ).all()
    names = dict(
        uow.session.execute(select(Area.code, Area.name).where(Area.code.in_({row.area_code for row in rows}))).all()
    )
    return [
        {
            "username": row.username,
            "role": row.role or "lead",
            "area": f"{row.area_code} {names[row.area_code]}" if row.area_code in names else None,
            "what_to_try": row.what_to_try,
        }
        for row in rows
    ]
