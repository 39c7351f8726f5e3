"""Figures over HTTP: each a count with the address of exactly those tickets."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_smorest import Blueprint

from reporter.api import ticket_lists, times, words
from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.domain import permissions
from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.metrics import FIGURE_NAMES, RATES, Figure, percent
from reporter.domain.permissions import Permission
from reporter.models.areas import Area
from reporter.queries import areas, figures
from reporter.queries.figures import Period
from reporter.queries.tickets import may_see_area
from reporter.services.unit_of_work import UnitOfWork
from schemas.dashboard import BreakdownOut, BreakdownQuery, PeriodQuery, SummaryOut

MOST_HOLDERS = 200  # of a district's 30,000; a narrower area shows the others

blueprint = Blueprint("dashboard", __name__, url_prefix="/api/v1/dashboard", description="How it is going")


@blueprint.get("/summary")
@transaction()
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, SummaryOut)
def summary(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The figures of an area and period"""
    permissions.require(uow.caller, Permission.DASHBOARD)
    area = ticket_lists.area_of(uow, query.get("area"))
    period, first, last = times.period(uow, query.get("from_"), query.get("to"))
    counted = figures.summary(uow.session, uow.caller, area, period, uow.now)
    return {
        "area": area.code,
        "area_name": area.name,
        "path": _path(uow, area),
        "from_": first.isoformat(),
        "to": last.isoformat(),
        "at": uow.now.isoformat(),
        "synthetic": area.synthetic,
        **_figures(counted, {"area": area.code, "from": first.isoformat(), "to": last.isoformat()}),
    }


@blueprint.get("/breakdown")
@transaction()
@blueprint.arguments(BreakdownQuery, location="query")
@blueprint.response(200, BreakdownOut)
def breakdown(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The same figures by child area, category, day or holder"""
    permissions.require(uow.caller, Permission.DASHBOARD)
    area = ticket_lists.area_of(uow, query.get("area"))
    period, first, last = times.period(uow, query.get("from_"), query.get("to"))
    rows = {"child": _by_child, "category": _by_category, "day": _by_day, "holder": _by_holder}[query["by"]]
    base = {"area": area.code, "from": first.isoformat(), "to": last.isoformat()}
    return {
        "area": area.code,
        "by": query["by"],
        "from_": first.isoformat(),
        "to": last.isoformat(),
        "items": [
            {"key": key, "name": name, **_figures(counted, {**base, **narrower})}
            for key, name, counted, narrower in rows(uow, area, period)
        ],
    }


def _path(uow: UnitOfWork, area: Area) -> list[dict[str, str]]:
    """The way down to an area, beginning where the caller's business begins."""
    ids = [getattr(area, f"{level.value}_id") for level in CHAIN_LEVELS[: Level(area.level).rank + 1]]
    above = sorted(areas.by_ids(uow.session, [found for found in ids if found]), key=lambda row: Level(row.level).rank)
    return [{"code": row.code, "name": row.name, "level": row.level} for row in above if may_see_area(uow.caller, row)]


Row = tuple[str | None, str, Mapping[Figure, int], dict[str, str]]


def _by_child(uow: UnitOfWork, area: Area, period: Period) -> list[Row]:
    """Every child, also those with nothing, and what lies in no child."""
    below = CHAIN_LEVELS[Level(area.level).rank + 1 : Level(area.level).rank + 2]
    if not below:
        return []
    counted = figures.by_child(uow.session, uow.caller, area, below[0], period, uow.now)
    rows: list[Row] = [
        (child.code, child.name, counted.get(child.id, _NOTHING), {"area": child.code})
        for child in areas.children(uow.session, area.id)
        if child.level == below[0].value
    ]
    if None in counted:
        rows.append((None, gettext("未落到下级"), counted[None], {"directly": "true"}))
    return rows


def _by_category(uow: UnitOfWork, area: Area, period: Period) -> list[Row]:
    counted = figures.by_category(uow.session, uow.caller, area, period, uow.now)
    ordered = sorted(counted.items(), key=lambda item: (-item[1][Figure.RECEIVED], item[0]))
    return [
        (code, words.category_name(uow.book.category(code, uow.today)), figures_of, {"category": code})
        for code, figures_of in ordered
    ]


def _by_day(uow: UnitOfWork, area: Area, period: Period) -> list[Row]:
    days: list[tuple[date, Period]] = []
    start = period.start
    while start < period.end:
        day = start.astimezone(uow.policy(()).time_zone).date()
        end = times.midnight(uow, day + timedelta(days=1))
        days.append((day, Period(start, end, day, day)))
        start = end
    counted = figures.by_day(uow.session, uow.caller, area, days, uow.now)
    return [
        (day.isoformat(), day.isoformat(), row, {"from": day.isoformat(), "to": day.isoformat()})
        for day, row in counted.items()
    ]


def _by_holder(uow: UnitOfWork, area: Area, period: Period) -> list[Row]:
    """The two hundred who have the ball most often now; ended tickets have nobody and are left out."""
    counted = figures.by_holder(uow.session, uow.caller, area, period, uow.now, MOST_HOLDERS)
    seats = {
        seat.area_id: seat
        for seat in areas.seats_by_id(uow.session, [key[0] for key in counted if key[0]], uow.book, uow.now)
    }
    departments = uow.book.departments
    rows: list[Row] = []
    for (area_id, department_id), row in sorted(counted.items(), key=lambda item: -item[1][Figure.OPEN]):
        if area_id:
            seat = seats[area_id]
            key = f"seat:{seat.area_code}"
            rows.append((key, f"{seat.area_name} {gettext(seat.title)}", row, {"holder": key}))
        elif department_id:
            key = f"department:{departments[department_id].code}"
            rows.append((key, words.department_name(departments[department_id]), row, {"holder": key}))
    return rows


_NOTHING: Mapping[Figure, int] = dict.fromkeys(Figure, 0)


def _figures(counted: Mapping[Figure, int], where: dict[str, str]) -> dict[str, Any]:
    def url(figure: Figure) -> str:
        return "/api/v1/tickets?" + urlencode({**where, "figure": figure.value})

    return {
        "counts": {
            figure.value: {"name": gettext(FIGURE_NAMES[figure]), "value": counted[figure], "tickets_url": url(figure)}
            for figure in Figure
        },
        "rates": {
            key: {
                "name": gettext(rate.name),
                "definition": gettext(rate.definition),
                "numerator": counted[rate.numerator],
                "denominator": counted[rate.denominator],
                "percent": percent(counted[rate.numerator], counted[rate.denominator]),
                "numerator_url": url(rate.numerator),
                "denominator_url": url(rate.denominator),
            }
            for key, rate in RATES.items()
        },
    }
