"""Figures over HTTP: each a count with the address of exactly those tickets."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_smorest import Blueprint

from reporter.api import metrics, ticket_lists, times, words
from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.domain import permissions
from reporter.domain.areas import CHAIN_LEVELS, Level
from reporter.domain.errors import Invalid, sentence
from reporter.domain.figures import Figure
from reporter.domain.permissions import Permission
from reporter.models.areas import Area
from reporter.queries import areas, figures
from reporter.queries.figures import Period
from reporter.queries.tickets import may_see_area
from reporter.services.unit_of_work import UnitOfWork
from schemas.dashboard import BreakdownOut, BreakdownQuery, DefinitionsOut, PeriodQuery, SummaryOut

MOST_HOLDERS = 200  # of a district's 30,000; a narrower area shows the others
MOST_ALL = timedelta(days=366)  # of days with everything in them: an answer has to be sent and drawn

blueprint = Blueprint("dashboard", __name__, url_prefix="/api/v1/dashboard", description="How it is going")


@blueprint.get("/definitions")
@transaction(signed_in=False)
@blueprint.response(200, DefinitionsOut)
def definitions(uow: UnitOfWork) -> dict[str, Any]:
    """What every figure counts and how every metric is made of them"""
    return metrics.definitions(uow)


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
        **metrics.shown(counted, {"area": area.code, "from": first.isoformat(), "to": last.isoformat()}),
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
    rows = {"child": by_child, "category": by_category, "day": _by_day, "holder": _by_holder}[query["by"]]
    base = {"area": area.code, "from": first.isoformat(), "to": last.isoformat()}
    chosen = metrics.EVERYTHING if query["metrics"] == "all" else metrics.WALL
    if query["metrics"] == "all" and period.last - period.first > MOST_ALL and query["by"] == "day":
        raise Invalid(fields={"to": sentence("全部指标按天最多看一年")})
    return {
        "area": area.code,
        "by": query["by"],
        "from_": first.isoformat(),
        "to": last.isoformat(),
        "items": [
            {"key": key, "name": name, **metrics.shown(counted, {**base, **narrower}, chosen)}
            for key, name, counted, narrower in rows(uow, area, period)
        ],
    }


def _path(uow: UnitOfWork, area: Area) -> list[dict[str, str]]:
    """The way down to an area, beginning where the caller's business begins."""
    above = sorted(areas.by_ids(uow.session, lineage(area)), key=lambda row: Level(row.level).rank)
    return [{"code": row.code, "name": row.name, "level": row.level} for row in above if may_see_area(uow.caller, row)]


def lineage(area: Area) -> list[int]:
    """Ids of an area and of those it lies in, widest first."""
    ids = [getattr(area, f"{level.value}_id") for level in CHAIN_LEVELS[: Level(area.level).rank + 1]]
    return [found for found in ids if found]


Row = tuple[str | None, str, Mapping[Figure, int], dict[str, str]]


def by_child(uow: UnitOfWork, area: Area, period: Period) -> list[Row]:
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


def by_category(uow: UnitOfWork, area: Area, period: Period) -> list[Row]:
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
    ordered = sorted(counted.items(), key=lambda item: -item[1][Figure.OPEN])
    named = holder_names(uow, [key for key, _ in ordered])
    return [(key, name, row, {"holder": key}) for (key, name), (_, row) in zip(named, ordered, strict=True)]


def holder_names(uow: UnitOfWork, holders: Sequence[tuple[int | None, int | None]]) -> list[tuple[str, str]]:
    """Key and name of each holder, given as (area of the seat, None) or (None, department)."""
    rows = areas.seats_by_id(uow.session, [area_id for area_id, _ in holders if area_id], uow.book, uow.now)
    seats = {seat.area_id: seat for seat in rows}
    found = []
    for area_id, department_id in holders:
        if area_id is not None:
            seat = seats[area_id]
            found.append((f"seat:{seat.area_code}", f"{seat.area_name} {gettext(seat.title)}"))
        elif department_id is not None:
            department = uow.book.departments[department_id]
            found.append((f"department:{department.code}", words.department_name(department)))
    return found


_NOTHING: Mapping[Figure, int] = dict.fromkeys(Figure, 0)
