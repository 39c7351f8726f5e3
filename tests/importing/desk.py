"""The import commands at a test's desk: on its database, at its moment, with files it writes."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from click.testing import CliRunner
from sqlalchemy import Engine, select

from reporter import import_command
from reporter.db import Base, session_for
from reporter.queries.rulebook import RulebookKeeper
from reporter.services.unit_of_work import Works
from tests.domain.calendars import beijing

NOW = beijing("2026-06-01 09:00")
Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def about(self, mark: str) -> list[str]:
        """The lines with a mark: ``+ ~ · !``, without the blanks that align them."""
        return [" ".join(line.split()) for line in self.lines if f" {mark} " in line and " unchanged " not in line]

    @property
    def problems(self) -> list[str]:
        return self.about("!")


class Desk:
    def __init__(self, engine: Engine, folder: Path):
        self.engine = engine
        self.folder = folder
        self.now: datetime = NOW

    def run(self, *words: str) -> Said:
        """``reporter import …``. Whatever goes wrong inside is raised here."""
        works = Works(self.engine, RulebookKeeper(0, lambda: 0.0), lambda: self.now)
        result = CliRunner().invoke(import_command.command(lambda: works), [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.output)

    def csv(self, name: str, *lines: str, encoding: str = "utf-8") -> str:
        path = self.folder / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return str(path)

    def xlsx(self, name: str, rows: Iterable[Sequence[Any]], merged: Iterable[str] = ()) -> str:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(list(row))
        for area in merged:
            book.worksheets[0].merge_cells(area)
        path = self.folder / name
        book.save(path)
        return str(path)

    def geojson(self, name: str, *features: tuple[dict[str, Any], Any]) -> str:
        """Each feature: properties, and a box, a geometry, or None."""
        written = [
            {"type": "Feature", "properties": properties, "geometry": box(place) if isinstance(place, tuple) else place}
            for properties, place in features
        ]
        path = self.folder / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": written}, ensure_ascii=False))
        return str(path)

    def contents(self) -> dict[str, Counter[str]]:
        """Every row of every table, as text."""
        with session_for(self.engine, writes=False) as session:
            return {
                name: Counter(
                    str([getattr(value, "data", value) for value in row]) for row in session.execute(select(*table.c))
                )
                for name, table in Base.metadata.tables.items()
            }

    def rows(self, statement: Any) -> list[Any]:
        with session_for(self.engine, writes=False) as session:
            return [row[0] if len(row) == 1 else tuple(row) for row in session.execute(statement)]


def box(corners: Box) -> dict[str, Any]:
    west, south, east, north = corners
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
