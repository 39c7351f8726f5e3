"""What a table of holidays means: which day works, and what the days it does not name are.

A year that the table names is published, so its other days are Monday to Friday for certain, unless the service
already knows better. What has passed stays as it was: deadlines were counted with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reporter.domain.importing.cells import Column, Row
from reporter.domain.importing.findings import Findings

WORKDAY, RESTDAY = "workday", "restday"
KINDS = {
    "holiday": RESTDAY,
    "makeup_workday": WORKDAY,
    "workday": WORKDAY,
    "restday": RESTDAY,
    "放假": RESTDAY,
    "休息日": RESTDAY,
    "调休上班": WORKDAY,
    "工作日": WORKDAY,
}
COLUMNS = (
    Column("date", ("日期",), 20),
    Column("kind", ("类型", "类别"), 20),
    Column("festival", ("节日", "name"), 40, needed=False, filled=False),
)
IGNORED = ("in_lieu",)
YEARS = range(2000, 2100)  # any other is a slip of the pen, and would fill a year that nobody published
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class GivenDay:
    """``line`` 0: not named by the table. ``name`` None: nothing said."""

    line: int
    day: date
    kind: str
    name: str | None = None


def days(rows: Sequence[Row], findings: Findings) -> list[GivenDay]:
    """The days a table names; what cannot be read or is said twice is a problem."""
    found: dict[date, GivenDay] = {}
    for row in rows:
        day = _date(row["date"])
        if day is None:
            findings.problem(row.line, "date", f"“{row['date']}”不是日期，请写成 2027-01-01 这样")
        elif row["kind"] not in KINDS:
            findings.problem(row.line, "kind", f"不认识“{row['kind']}”，可以写：{'、'.join(KINDS)}")
        elif day in found:
            findings.problem(row.line, "date", f"{day} 在第 {found[day].line} 行已经有了")
        else:
            found[day] = GivenDay(row.line, day, KINDS[row["kind"]], row["festival"] or None)
    return list(found.values())


def filling(given: Sequence[GivenDay], known: Mapping[date, object]) -> list[GivenDay]:
    """The other days of the years that are named and not known yet, by Monday to Friday."""
    named = {one.day for one in given}
    filled = []
    for year in sorted({day.year for day in named}):
        day = date(year, 1, 1)
        while day.year == year:
            if day not in named and day not in known:
                filled.append(GivenDay(0, day, RESTDAY if day.weekday() >= _SATURDAY else WORKDAY))
            day += timedelta(days=1)
    return filled


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    return day if day.year in YEARS else None
