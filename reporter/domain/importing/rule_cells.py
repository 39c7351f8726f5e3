"""Single cells of a table of routing rules: lists, numbers, hours, dates."""

from collections.abc import Mapping
from datetime import date, time

from reporter.domain.importing.cells import Row
from reporter.domain.routing_rules import SOURCES

MOST_PRIORITY = 9999


class Wrong(Exception):
    """A cell that cannot be used: its column and the sentence about it."""


def words(cell: str) -> list[str]:
    for mark in "，；;、/ ":
        cell = cell.replace(mark, ",")
    return [word for word in cell.split(",") if word]


def numbers(row: Row, column: str, known: range) -> frozenset[int]:
    found = set()
    for word in words(row[column]):
        if not (word.isascii() and word.isdigit() and int(word) in known):
            raise Wrong(column, f"“{word}”不能用：{known.start} 到 {known.stop - 1} 的数字，用逗号隔开")
        found.add(int(word))
    return frozenset(found)


def one_of(row: Row, column: str, known: set[str], words: Mapping[str, str]) -> str | None:
    cell = words.get(row[column], row[column])
    if cell and cell not in known:
        raise Wrong(column, f"不认识“{cell}”，可以写：{'、'.join(sorted(known))}")
    return cell or None


def sources(row: Row) -> frozenset[str]:
    found = frozenset(words(row["sources"]))
    for word in sorted(found - SOURCES):
        raise Wrong("sources", f"不认识来源“{word}”，可以写：{'、'.join(sorted(SOURCES))}")
    return found


def hours(cell: str) -> tuple[time, time] | None:
    if not cell:
        return None
    start, _, end = cell.replace("—", "-").replace("~", "-").partition("-")
    try:
        hours = time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
    except ValueError:
        hours = None
    if hours is None or hours[0] == hours[1] or any(one.second or one.tzinfo for one in hours):
        raise Wrong("hours", f"“{cell}”不是时段，请写成 22:00-06:00 这样")
    return hours


def priority(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and 1 <= int(cell) <= MOST_PRIORITY):
        raise Wrong("priority", f"“{cell}”不能用：1 到 {MOST_PRIORITY} 的整数，小的在先")
    return int(cell)


def closed_on(cell: str, today: date) -> date | None:
    if not cell:
        return None
    try:
        closed_on = date.fromisoformat(cell)
    except ValueError:
        raise Wrong("closed_on", f"“{cell}”不是日期，请写成 2027-01-01 这样") from None
    if closed_on < today:
        raise Wrong("closed_on", f"{closed_on} 已经过去，停用只能从今天起")
    return closed_on
