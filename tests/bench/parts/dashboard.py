"""The figures of a district and of a street beside the best raw SQL for the same figures, and over HTTP."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reporter.api.dashboard import MOST_HOLDERS
from reporter.domain.areas import Level
from reporter.domain.figures import Figure
from reporter.domain.permissions import Actor
from reporter.models.areas import Area
from reporter.models.tickets import Ticket
from reporter.queries import figures
from reporter.queries.figures import Period
from reporter.services import sessions
from reporter.services.unit_of_work import UnitOfWork
from tests.bench import raw_sql
from tests.bench.arithmetic import Floor, plain, ratios, spread
from tests.bench.bench import Bench, in_turn, timed
from tests.bench.load import Get
from tests.bench.raw_sql import Raw
from tests.bench.report import Result
from tests.bench.web import in_process, statements

CLOSE_TO_RAW = Floor(at_most=1.5)
WHO = ("district", "street")
BREAKDOWNS = ("child", "category", "day", "holder")
MONTH, YEAR = 30, 365
EVERYBODY = 1_000_000  # holders; the interface answers fewer
Counted = dict[Any, dict[Figure, int]]


def measure(bench: Bench) -> Result:
    result, url = Result("dashboard", bench.kind), bench.bases.base(bench.sizes.large)
    questions = [(who, days, by) for who in WHO for days in (MONTH, YEAR) for by in ("", *BREAKDOWNS)]
    raw, best, unequal = Raw(bench.kind, url), {}, 0
    with in_process(bench.env(url)) as (_, house):
        for question in questions:
            with house.works.open() as uow:
                actor = sessions.by_demo_name(uow, question[0], 1).actor
            with house.works.open(actor, writes=False) as uow:
                same, best[question] = _beside(bench, result, uow, raw, *question)
                unequal += not same
    raw.close()
    result.add("questions whose figures differ from the plain count", unequal, floor=Floor(at_most=0))
    with bench.serving(url) as web:
        for who, days, by in questions:
            page = Get([_path(bench, url, days, by)], web.log_in(who))
            over_http = bench.load(web, page, 1, bench.sizes.seconds / 3).answered.p50_ms
            times = f"{plain(over_http)} ms over HTTP, {plain(best[who, days, by])} ms raw"
            result.add(_title(who, days, by), times)
        month = Get([_path(bench, url, MONTH, "")], web.log_in("district"))
        bench.profiled(result, "summary of the district, 30 days", web, month, 1)
    return result


def _title(who: str, days: int, by: str) -> str:
    return f"{who}, {days} days, {f'by {by}' if by else 'summary'}"


def _beside(
    bench: Bench, result: Result, uow: UnitOfWork, raw: Raw, who: str, days: int, by: str
) -> tuple[bool, float]:
    """Whether the figures are those of the plain count, and the raw driver's milliseconds."""
    area = _area(uow)
    periods = _days(uow, days)
    period = Period(periods[0][1].start, periods[-1][1].end, periods[0][0], periods[-1][0])
    given = {"area": area.id, "start": period.start, "end": period.end, "now": uow.now}
    scans = raw_sql.scans(bench.kind, area.level, by)

    def ours(most: int = MOST_HOLDERS) -> Counted:
        return _ours(uow.session, uow.caller, area, period, periods, uow.now, by, most)

    def theirs() -> Counted:
        return _theirs(raw, scans, given)

    title = _title(who, days, by)
    with statements(uow.session.get_bind()) as sent:
        same = _plain(ours(EVERYBODY)) == _plain(
            theirs(), held_only=by == "holder"
        )  # and both have read everything once
    if days == MONTH:
        found, best = in_turn(bench.sizes.pairs, lambda: timed(ours), lambda: timed(theirs))
        result.add(f"{title}: as multiple of the raw scan", ratios(found, best), floor=CLOSE_TO_RAW)
    else:  # the same roll-up, read by the raw driver
        found, best = in_turn(bench.sizes.pairs, lambda: timed(ours), lambda: timed(lambda: raw.as_sent(*sent[0])))
        result.add(f"{title}: as multiple of the raw roll-up read", ratios(found, best), floor=CLOSE_TO_RAW)
    return same, spread(best).median


def _ours(
    session: Session,
    actor: Actor,
    area: Area,
    period: Period,
    days: list[tuple[date, Period]],
    now: datetime,
    by: str,
    most: int,
) -> Counted:
    """What the endpoints ask, without HTTP; of holders only ``most``."""
    if not by:
        return {(): figures.summary(session, actor, area, period, now)}
    if by == "day":
        return dict(figures.by_day(session, actor, area, days, now))
    if by == "child":
        return dict(figures.by_child(session, actor, area, Level(raw_sql.BELOW[area.level]), period, now))
    if by == "category":
        return dict(figures.by_category(session, actor, area, period, now))
    return dict(figures.by_holder(session, actor, area, period, now, most))


def _theirs(raw: Raw, scans: list[tuple[str, tuple[Figure, ...]]], given: dict[str, Any]) -> Counted:
    found: Counted = {}
    for statement, counted in scans:
        for row in raw.rows(statement, **given):
            key = tuple(row[: len(row) - len(counted)])
            found.setdefault(key, {}).update(zip(counted, row[len(key) :], strict=True))
    return found


def _plain(counted: Counted, *, held_only: bool = False) -> dict[str, dict[Figure, int]]:
    """Comparable: groups with nothing in them left out, days and keys as text; of holders only who holds something."""
    found = {}
    for key, row in counted.items():
        if held_only and not any(key):
            continue
        kept = {figure: int(value) for figure, value in row.items() if value}
        if kept:
            found["/".join(map(str, key if isinstance(key, tuple) else (key,)))] = kept
    return found


def _area(uow: UnitOfWork) -> Area:
    seats = uow.caller.seats
    return uow.session.get_one(Area, seats[0].area_id if seats else uow.caller.home_area_id)


def _days(uow: UnitOfWork, how_many: int) -> list[tuple[date, Period]]:
    """The last local days that hold tickets: a base is older than the clock."""
    zone = uow.policy(()).time_zone
    last = uow.session.scalars(select(func.max(Ticket.received_at))).one().astimezone(zone).date()
    found = []
    for back in reversed(range(how_many)):
        day = last - timedelta(days=back)
        start, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
        found.append((day, Period(start, end, day, day)))
    return found


def _path(bench: Bench, url: str, days: int, by: str) -> str:
    with in_process(bench.env(url)) as (_, house), house.works.open(writes=False) as uow:
        listed = _days(uow, days)
    query = {"from": listed[0][0].isoformat(), "to": listed[-1][0].isoformat()} | ({"by": by} if by else {})
    return f"/api/v1/dashboard/{'breakdown' if by else 'summary'}?" + urlencode(query)
