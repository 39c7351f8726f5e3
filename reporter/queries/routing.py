"""Rules of routing in the tables: those in force for the rulebook, and their history for people."""

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from reporter.domain.errors import Invalid, sentence
from reporter.domain.routing_rules import Days, Effect, RoutingRule, Scope
from reporter.models.areas import Area
from reporter.models.routing import RoutingRule as RuleRow
from reporter.models.tickets import Hop
from reporter.queries.areas import LINEAGE

_area = aliased(Area)


def rules(session: Session) -> list[RoutingRule]:
    """Every version of every rule, as the rules of the domain know one; which is in force is a matter of the day."""
    rows = session.scalars(select(RuleRow).order_by(RuleRow.priority, RuleRow.code, RuleRow.version))
    return [rule_of(row) for row in rows]


def rule_of(row: RuleRow) -> RoutingRule:
    """A row as a rule."""
    hours = (time.fromisoformat(row.from_time), time.fromisoformat(row.to_time)) if row.from_time else None  # type: ignore[arg-type]
    scope = Scope(
        area_id=row.area_id,
        categories=frozenset(row.categories),
        kind=row.kind,
        owner=row.owner,
        conditions=frozenset(row.conditions),
        severities=frozenset(row.severities),
        sources=frozenset(row.sources),
        days=Days(row.days),
        weekdays=frozenset(row.weekdays),
        hours=hours,
    )
    return RoutingRule(
        row.code,
        row.version,
        row.priority,
        scope,
        Effect(row.effect),
        row.target,
        row.valid_from,
        row.valid_to,
        row.seat_area_id,
    )


def row_of(session: Session, code: str, version: int) -> RuleRow:
    """A version that is known to be there."""
    return session.scalars(select(RuleRow).where(RuleRow.code == code, RuleRow.version == version)).one()


def lineages(session: Session, area_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Ids of each area and its ancestors, widest first."""
    rows = session.execute(select(Area.id, *LINEAGE).where(Area.id.in_(area_ids)))
    return {row[0]: tuple(one for one in row[1:] if one is not None) for row in rows}


@dataclass(frozen=True, slots=True)
class Listed:
    """A version of a rule with the code and name of its area, None: everywhere."""

    rule: RuleRow
    area_code: str | None
    area_name: str | None


def page(session: Session, on: date | None, cursor: str | None, limit: int) -> tuple[Sequence[Listed], str | None]:
    """Versions in the order in which they are asked; ``on``: only those in force that day. Raises Invalid."""
    question = (
        select(RuleRow, _area.code, _area.name)
        .outerjoin(_area, _area.id == RuleRow.area_id)
        .order_by(RuleRow.priority, RuleRow.code, RuleRow.version)
        .limit(limit + 1)
    )
    if on is not None:
        question = question.where(RuleRow.valid_from <= on, or_(RuleRow.valid_to.is_(None), RuleRow.valid_to > on))
    if cursor is not None:
        question = question.where(tuple_(RuleRow.priority, RuleRow.code, RuleRow.version) > _opened(cursor))
    rows = [Listed(*row) for row in session.execute(question)]
    return rows[:limit], _closed(rows[limit - 1].rule) if len(rows) > limit else None


def _closed(rule: RuleRow) -> str:
    return base64.urlsafe_b64encode(json.dumps([rule.priority, rule.code, rule.version]).encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[int, str, int]:
    try:
        priority, code, version = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (abs(int(priority)) < 2**31 and isinstance(code, str) and "\0" not in code and 0 < int(version) < 2**31):
            raise ValueError(cursor)
        return int(priority), code, int(version)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid(fields={"cursor": sentence("翻页标记无效，请从第一页重新开始")}) from error


def failures(session: Session) -> list[tuple[str, int]]:
    """How often each rule fitted and could not be applied, ever; by an index of just those hops."""
    rows = session.execute(
        select(Hop.failed_rule, func.count())
        .where(Hop.failed_rule.is_not(None))
        .group_by(Hop.failed_rule)
        .order_by(Hop.failed_rule)
    )
    return [(code or "", count) for code, count in rows]
