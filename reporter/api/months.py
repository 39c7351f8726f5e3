"""The report of a month: every metric of an area and of its children, with what the numbers rest on."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from reporter.api import dashboard, metrics, month_sheet, ticket_lists, times, words
from reporter.api.edge import transaction
from reporter.api.words import gettext
from reporter.domain import permissions
from reporter.domain.errors import sentence
from reporter.domain.figures import Figure
from reporter.domain.metrics import percent
from reporter.domain.permissions import Permission
from reporter.domain.policy import Policy
from reporter.domain.scores import ranks, score
from reporter.models.areas import Area
from reporter.queries import figures, monthly
from reporter.queries.figures import Period
from reporter.services import used_times
from reporter.services.unit_of_work import UnitOfWork
from schemas.months import MonthOut, MonthQuery

MOST_CATEGORIES, MOST_SPOTS, MOST_CHARGED, MOST_CORRECTIONS = 10, 50, 50, 100
COVERAGE = sentence("覆盖率"), sentence("本期有有效上报的网格，占全部网格；不予受理、作废和撤回的不算有效")
USED_TIME = (
    sentence("平均处置时长"),
    sentence("已处置的工单按各自计时规则实际用去的秒数，夜间、休息日和挂起按规则不计；超过 5000 件时不计算"),
)
HOT_SPOTS = sentence("高发"), sentence("同一网格同一类别在 {days} 天内至少 {cases} 件；件数为整月收到的工单")
CHARGED = sentence("超期归属"), sentence("期限到时工单在谁手里就算谁的，与现在由谁办理无关")
CORRECTIONS = sentence("更正"), sentence("本期结案、期末之后又要求重办的工单；上报月报时它们在本期结案之内")

SHEET = {"type": "string"}

blueprint = Blueprint("months", __name__, url_prefix="/api/v1/dashboard", description="How a month went")


@blueprint.get("/month")
@transaction()
@blueprint.arguments(MonthQuery, location="query")
@blueprint.response(200, MonthOut)
def month(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """Every metric of a month, for an area and its children, with hot spots, coverage and corrections"""
    return _report(uow, query)


@blueprint.get("/month.csv")
@transaction()
@blueprint.arguments(MonthQuery, location="query")
@blueprint.alt_response(200, schema=SHEET, content_type="text/csv", description="A line for each number")
def month_as_csv(uow: UnitOfWork, query: dict[str, Any]) -> Response:
    """The same metrics as a sheet, a line each"""
    report = _report(uow, query)
    name = f"{report['area']}-{report['month']}.csv"
    return Response(
        month_sheet.written(report),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _report(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    permissions.require(uow.caller, Permission.DASHBOARD)
    area = ticket_lists.area_of(uow, query.get("area"))
    period, name = times.month(uow, query.get("month"))
    policy = uow.policy(dashboard.lineage(area))
    counted = figures.summary(uow.session, uow.caller, area, period, uow.now)
    where = {"area": area.code, "from": period.first.isoformat(), "to": period.last.isoformat()}
    return {
        "area": area.code,
        "area_name": area.name,
        "month": name,
        "from_": where["from"],
        "to": where["to"],
        "at": uow.now.isoformat(),
        "finished": period.end <= uow.now,
        "synthetic": area.synthetic,
        **metrics.shown(counted, where),
        "scores": {code: score(profile, counted) for code, profile in policy.score_profiles.items()},
        "children": _children(uow, area, period, where, policy),
        "categories": _categories(uow, area, period, where, counted[Figure.RECEIVED]),
        "hot_spots": _hot_spots(uow, area, period, where, policy),
        "coverage": _coverage(uow, area, period),
        "used_time": _used_time(uow, area, period, where, counted[Figure.HANDLED]),
        "charged": _charged(uow, area, period, where),
        "corrections": _corrections(uow, area, period),
    }


def _children(
    uow: UnitOfWork, area: Area, period: Period, where: dict[str, str], policy: Policy
) -> list[dict[str, Any]]:
    """Each child with its size; ranked only among those with enough cases."""
    rows = dashboard.by_child(uow, area, period)
    cases = [counted[Figure.RECEIVED] for _, _, counted, _ in rows]
    scores = {
        code: [score(profile, counted) for _, _, counted, _ in rows] for code, profile in policy.score_profiles.items()
    }
    # what lies in no child belongs to nobody who could be ranked
    least = [policy.score_min_cases if key else max(cases) + 1 for key, _, _, _ in rows]
    ranked = {
        code: ranks(
            [value if many >= low else None for value, many, low in zip(found, cases, least, strict=True)],
            cases,
            policy.score_min_cases,
        )
        for code, found in scores.items()
    }
    return [
        {
            "key": key,
            "name": name,
            "cases": cases[place],
            "scores": {code: found[place] for code, found in scores.items()},
            "ranks": {code: found[place] for code, found in ranked.items()},
            **metrics.shown(counted, {**where, **narrower}),
        }
        for place, (key, name, counted, narrower) in enumerate(rows)
    ]


def _categories(
    uow: UnitOfWork, area: Area, period: Period, where: dict[str, str], received: int
) -> list[dict[str, Any]]:
    rows = [row for row in dashboard.by_category(uow, area, period) if row[2][Figure.RECEIVED]]
    return [
        {
            "key": key,
            "name": name,
            "numerator": counted[Figure.RECEIVED],
            "denominator": received,
            "percent": percent(counted[Figure.RECEIVED], received),
            "tickets_url": metrics.tickets_url(Figure.RECEIVED, {**where, **narrower}),
        }
        for key, name, counted, narrower in rows[:MOST_CATEGORIES]
    ]


def _hot_spots(uow: UnitOfWork, area: Area, period: Period, where: dict[str, str], policy: Policy) -> dict[str, Any]:
    cases, days = policy.hot_spot_cases, policy.hot_spot_days
    rows = monthly.hot_spots(uow.session, uow.caller, area, period, uow.now, cases, days, MOST_SPOTS)
    return {
        "name": gettext(HOT_SPOTS[0]),
        "definition": words.say(HOT_SPOTS[1], days=days, cases=cases),
        "items": [
            {
                "area": row.code,
                "area_name": row.name,
                "category": row.category_code,
                "category_name": words.category_name(uow.book.category(row.category_code, uow.today)),
                "value": row.tickets,
                "tickets_url": metrics.tickets_url(
                    Figure.RECEIVED, {**where, "area": row.code, "category": row.category_code}
                ),
            }
            for row in rows
        ],
    }


def _coverage(uow: UnitOfWork, area: Area, period: Period) -> dict[str, Any]:
    covered, grids = monthly.coverage(uow.session, uow.caller, area, period, uow.now)
    return {
        "name": gettext(COVERAGE[0]),
        "definition": gettext(COVERAGE[1]),
        "numerator": covered,
        "denominator": grids,
        "percent": percent(covered, grids),
    }


def _used_time(uow: UnitOfWork, area: Area, period: Period, where: dict[str, str], handled: int) -> dict[str, Any]:
    found = used_times.of(uow, area, period, handled, uow.now)
    return {
        "name": gettext(USED_TIME[0]),
        "definition": gettext(USED_TIME[1]),
        "tickets": handled,
        "tickets_url": metrics.tickets_url(Figure.HANDLED, where),
        "mean_s": found.mean_s if found else None,
        "median_s": found.median_s if found else None,
        "p90_s": found.p90_s if found else None,
    }


def _charged(uow: UnitOfWork, area: Area, period: Period, where: dict[str, str]) -> dict[str, Any]:
    found = monthly.charges(uow.session, uow.caller, area, period, uow.now, MOST_CHARGED)
    named = dashboard.holder_names(uow, [(area_id, department_id) for area_id, department_id, _ in found])
    return {
        "name": gettext(CHARGED[0]),
        "definition": gettext(CHARGED[1]),
        "items": [
            {
                "key": key,
                "name": name,
                "value": many,
                "tickets_url": metrics.tickets_url(Figure.WENT_OVERDUE, {**where, "charged": key}),
            }
            for (key, name), (_, _, many) in zip(named, found, strict=True)
        ],
    }


def _corrections(uow: UnitOfWork, area: Area, period: Period) -> dict[str, Any]:
    total, rows = monthly.reopened_later(uow.session, uow.caller, area, period, MOST_CORRECTIONS)
    return {
        "name": gettext(CORRECTIONS[0]),
        "definition": gettext(CORRECTIONS[1]),
        "value": total,
        "items": [
            {
                "number": row.number,
                "closed_at": row.closed_at,
                "reopened_at": row.reopened_at,
                "url": f"/api/v1/tickets/{row.number}",
            }
            for row in rows
        ],
    }
