"""Fills the tables that a city decides — catalogue, policies, calendar, ladders — from seed files.

Loading twice is loading once: rows are matched by their natural keys. What an administrator added is
never removed.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
from chinese_calendar.constants import holidays, workdays
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reporter.domain.policy import policy_from
from reporter.domain.working_time import Limit, Unit
from reporter.models import catalogue as tables
from reporter.models.areas import Area, CodeRule, Department, DepartmentDuty, LadderStep
from reporter.models.calendars import CalendarChange

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def read(name: str) -> Any:
    return json.loads((SEEDS / name).read_text(encoding="utf-8"))


def seed_rules(session: Session, today: date) -> date:
    """Everything that does not belong to one place; returns the day from which the rows are valid.

    They hold from the beginning of last year, so that what was observed or imported late has rules too.
    """
    since = date(today.year - 1, 1, 1)
    catalogue = read("catalogue.json")
    load_tree_vocabulary(session, read("tree.json"))
    load_calendar(session, since)
    load_emergencies(session, catalogue)
    load_catalogue(session, catalogue, since)
    load_policies(session, read("policy.json")["policies"], since)
    load_matching(session, catalogue, since)
    session.flush()
    return since


def load_tree_vocabulary(session: Session, tree: Mapping[str, Any]) -> None:
    for row in tree["code_rules"]:
        session.merge(CodeRule(**row))
    for row in tree["ladders"]:
        session.merge(LadderStep(**row))
    touch(session, "tree")


def load_calendar(session: Session, since: date) -> None:
    """Every day from ``since`` that chinesecalendar knows; later years stay Monday–Friday, provisionally.

    The package refuses any year it has no data for, so the last one is read from its own table.
    """
    last = date(max(day.year for day in (*holidays, *workdays)), 12, 31)
    day = date(since.year, 1, 1)
    known = set(session.scalars(select(tables.CalendarDay.day)))
    version = coming_version(session, "calendar")
    while day <= last:
        if day not in known:
            _, name = chinese_calendar.get_holiday_detail(day)
            kind = "workday" if chinese_calendar.is_workday(day) else "restday"
            session.add(tables.CalendarDay(day=day, kind=kind, name=name, source="chinesecalendar"))
            if known:  # no clock was started with less than the first calendar
                session.add(CalendarChange(version=version, day=day, before=None))
        day += timedelta(days=1)
    touch(session, "calendar")


def load_emergencies(session: Session, catalogue: Mapping[str, Any]) -> None:
    for divert, prompt in catalogue["emergency_prompts"].items():
        session.merge(
            tables.EmergencyPrompt(
                divert=divert, number=prompt["number"], prompt=prompt["prompt"], prompt_en=prompt["prompt_en"]
            )
        )
    session.flush()  # words refer to prompts
    for rank, row in enumerate(catalogue["emergency_words"]):
        session.merge(tables.EmergencyWord(word=row["word"], divert=row["divert"], rank=rank))
    for row in catalogue["department_duties"]:
        session.merge(DepartmentDuty(hint=row["hint"], department_code=row["department"]))


def load_catalogue(session: Session, catalogue: Mapping[str, Any], since: date) -> None:
    """Categories with their conditions and limits. Raises KeyError or ValueError for a row it cannot read."""
    known = set(session.scalars(select(tables.Category.code)))
    for row in catalogue["categories"]:
        if row["code"] in known:
            continue
        category = tables.Category(
            code=row["code"],
            kind=row["kind"],
            code_system="GB/T 30428.2" if row["std_code"] else "local",
            std_code=row["std_code"],
            code_status=row["code_status"],
            major_code=row["major_code"],
            major_name=row["major_name"],
            major_name_en=row["major_name_en"],
            name=row["name"],
            name_en=row["name_en"],
            aliases=row["aliases"],
            first_level=row["first_level"],
            owner_level=row["owner_level"],
            department_hint=row["department_hint"],
            photo_required=row["photo_required"],
            sensitive=row["privacy"] == "sensitive",
            duplicate_radius_m=row["duplicate_radius_m"],
            look_alike=row["look_alike"],
            generic_of=row["generic_of"],
            emergency_divert=row["emergency_divert"],
            note=row["note"],
            valid_from=since,
        )
        session.add(category)
        session.flush()  # conditions refer to its id
        for given in row["conditions"]:
            _add_condition(session, category, given, since)
    touch(session, "catalogue")


def _add_condition(session: Session, category: tables.Category, given: Mapping[str, Any], since: date) -> None:
    condition = tables.Condition(
        category_id=category.id,
        no=given["no"],
        text=given["condition"],
        severity=given["severity"],
        guard=given["guard"],
        close_condition=given["close_condition"],
    )
    session.add(condition)
    session.flush()  # limits refer to its id
    for kind, source in (("response", given["response_source"]), ("resolve", given["source"])):
        limit = Limit(given[f"{kind}_limit"]["value"], Unit(given[f"{kind}_limit"]["unit"]))
        session.add(
            tables.ConditionLimit(
                condition_id=condition.id,
                kind=kind,
                value=limit.value,
                unit=limit.unit.value,
                source=source,
                valid_from=since,
            )
        )


def load_policies(session: Session, rows: Iterable[Mapping[str, Any]], since: date) -> None:
    """Policies of everywhere and of areas that exist; a set that cannot be read is refused whole."""
    rows = list(rows)
    policy_from({row["key"]: row["value"] for row in rows if row["area"] is None})
    areas = _areas(session, (row["area"] for row in rows))
    # what a newer release adds holds as long as the rest: clocks are read with the numbers of the day they started
    since = min(since, session.scalar(select(func.min(tables.PolicyValue.valid_from))) or since)
    for row in rows:
        if row["area"] is None or row["area"] in areas:
            _put_policy(session, areas.get(row["area"]), row["key"], row["value"], row["source"], since)
    touch(session, "policy")


def load_local_limits(session: Session, rows: Iterable[Mapping[str, Any]], since: date) -> None:
    """Limits that hold in one area only, e.g. a street with its own."""
    rows = list(rows)
    areas = _areas(session, (row["area"] for row in rows))
    for row in rows:
        condition = session.scalar(
            select(tables.Condition)
            .join(tables.Category, tables.Category.id == tables.Condition.category_id)
            .where(tables.Category.code == row["category"], tables.Condition.no == row["condition"])
        )
        if condition is None or row["area"] not in areas:
            continue
        where = {"condition_id": condition.id, "area_id": areas[row["area"]], "kind": row["kind"]}
        if session.scalar(select(tables.ConditionLimit.id).filter_by(**where)) is None:
            limit = Limit(row["value"], Unit(row["unit"]))
            session.add(
                tables.ConditionLimit(
                    **where, value=limit.value, unit=limit.unit.value, source=row["source"], valid_from=since
                )
            )
    touch(session, "catalogue")


def load_matching(session: Session, catalogue: Mapping[str, Any], since: date) -> None:
    """What suggesting needs besides the aliases: threshold, fallback, traditional characters."""
    fallback = next(row["code"] for row in catalogue["categories"] if row["code"] == catalogue["fallback"])
    for key, value in (
        ("matching.fallback", fallback),
        ("matching.suggest_threshold", catalogue["suggest_threshold"]),
        ("matching.look_alike_sets", catalogue["look_alike_sets"]),
        ("matching.traditional", catalogue["normalisation"]["traditional"]),
    ):
        _put_policy(session, None, key, value, "seed", since)


def load_departments(session: Session, district_id: int) -> None:
    """The departments of the catalogue, once for a district."""
    known = set(session.scalars(select(Department.code).where(Department.district_id == district_id)))
    for row in read("catalogue.json")["departments"]:
        if row["code"] not in known:
            session.add(Department(district_id=district_id, code=row["code"], name=row["name"], name_en=row["name_en"]))
    touch(session, "departments")


def touch(session: Session, name: str) -> None:
    """Tell every process that what it keeps in memory has changed."""
    row = session.get(tables.ReferenceVersion, name)
    if row is None:
        session.add(tables.ReferenceVersion(name=name, version=1))
    else:
        row.version += 1


def coming_version(session: Session, name: str) -> int:
    """The version that the next ``touch`` makes."""
    row = session.get(tables.ReferenceVersion, name)
    return row.version + 1 if row else 1


def _areas(session: Session, codes: Iterable[str | None]) -> dict[str, int]:
    wanted = {code for code in codes if code}
    return {row.code: row.id for row in session.execute(select(Area.code, Area.id).where(Area.code.in_(wanted)))}


def _put_policy(session: Session, area_id: int | None, key: str, value: Any, source: str, since: date) -> None:
    same_area = tables.PolicyValue.area_id.is_(None) if area_id is None else tables.PolicyValue.area_id == area_id
    known = session.scalar(select(tables.PolicyValue).where(same_area, tables.PolicyValue.key == key))
    if known is None:
        session.add(tables.PolicyValue(area_id=area_id, key=key, value=value, source=source[:120], valid_from=since))
