"""Calendars that a city publishes while tickets are open, and the commands about their deadlines."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
from click.testing import CliRunner
from sqlalchemy import select

from reporter import clocks_command, import_command
from reporter.db import session_for
from reporter.models.areas import Area
from reporter.models.catalogue import Category, Condition, ConditionLimit
from reporter.services import seeding
from reporter.services.unit_of_work import Works
from tests.service import Service

NEW_YEAR = (
    "2027-01-01,holiday,New Year's Day",
    "2027-01-02,holiday,New Year's Day",
    "2027-01-03,holiday,New Year's Day",
)


def publish(service: Service, folder: Path, *days: str) -> None:
    """``reporter import calendar``: the days as they stand in the city's table."""
    file = folder / "calendar.csv"
    file.write_text("\n".join(("date,kind,festival", *days)))
    _run(import_command.command, service, "calendar", str(file), "--apply", "--by", "somebody")


def clocks(service: Service, *words: str) -> list[str]:
    """``reporter clocks …``: the lines it prints."""
    return _run(clocks_command.command, service, *words).splitlines()


def shorten(service: Service, code: str, street: str, value: int, unit: str) -> None:
    """From today on a street has its own limit for the first condition of a category."""
    with session_for(service.engine, writes=True) as session:
        condition = session.scalars(
            select(Condition.id)
            .join(Category, Category.id == Condition.category_id)
            .where(Category.code == code, Condition.no == 1)
        ).one()
        session.add(
            ConditionLimit(
                condition_id=condition,
                area_id=session.scalars(select(Area.id).where(Area.code == street)).one(),
                kind="resolve",
                value=value,
                unit=unit,
                source="test",
                valid_from=date(2025, 1, 1),
            )
        )
        seeding.touch(session, "catalogue")


def _run(command: Callable[[Callable[[], Works]], click.Group], service: Service, *words: str) -> str:
    result = CliRunner().invoke(command(lambda: service.workshop.works), list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output
