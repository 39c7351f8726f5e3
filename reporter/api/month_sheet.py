"""A month's report as a sheet for a spreadsheet program: a line for each number, none of which it may run."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from reporter.api.words import gettext
from reporter.domain.errors import sentence
from reporter.domain.figures import FIGURES, Figure
from reporter.domain.scores import PROFILE_NAMES

NO_DATA = "—"
HEADINGS = (
    sentence("范围"),
    sentence("编码"),
    sentence("名称"),
    sentence("指标编码"),
    sentence("指标"),
    sentence("分子"),
    sentence("分母"),
    sentence("百分比"),
    sentence("口径"),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet program reads Chinese in its own old way


def written(report: dict[str, Any]) -> str:
    """The area and its children: first the counts, then the shares, then the scores of each."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    csv.writer(out).writerows([harmless(cell) for cell in line] for line in _lines(report))
    return out.getvalue()


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet program would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _lines(report: dict[str, Any]) -> Iterator[list[Any]]:
    yield [gettext(heading) for heading in HEADINGS]
    whole = {**report, "key": report["area"], "name": report["area_name"]}
    for scope, row in (("area", whole), *(("child", child) for child in report["children"])):
        place = [scope, row["key"] or "", row["name"]]
        for code, count in row["counts"].items():
            yield [*place, code, count["name"], count["value"], "", "", gettext(FIGURES[Figure(code)].definition)]
        for code, rate in row["rates"].items():
            share = NO_DATA if rate["percent"] is None else f"{rate['percent']:.1f}"
            yield [*place, code, rate["name"], rate["numerator"], rate["denominator"], share, rate["definition"]]
        for code, value in row["scores"].items():
            shown = NO_DATA if value is None else value
            yield [*place, f"score_{code}", gettext(PROFILE_NAMES[code]), shown, "", "", ""]
