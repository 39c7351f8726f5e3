"""What was measured, as Markdown: the machine, then a table for each part with floor, median, spread and verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.arithmetic import Floor, Spread, plain


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. ``measured`` is a text where a number would not say it."""

    what: str
    measured: Spread | str
    unit: str = ""
    floor: Floor | None = None

    @property
    def reached(self) -> bool | None:
        """None where the issue asks for nothing."""
        if self.floor is None or isinstance(self.measured, str):
            return None
        return self.floor.reached(self.measured.median)


@dataclass(slots=True)
class Result:
    """What one part found on one database. ``profile``: where the processors were, one line each."""

    part: str
    database: str
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    profile: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, measured: Spread | str | float, unit: str = "", floor: Floor | None = None) -> None:
        if isinstance(measured, int | float):
            measured = Spread(float(measured), float(measured), float(measured), 1)
        self.lines.append(Line(what, measured, unit, floor))


TITLES = {
    "submit": "Submit: `POST /api/v1/reports`, 8 connections",
    "lists": "Lists and one ticket",
    "dashboard": "Dashboard beside the best raw SQL",
    "sweep": "Sweep of the clocks, two workers",
    "location": "Point location beside the raw driver",
    "growth": "A submit in a full database beside one in a small one",
    "memory": "Memory of a web worker (PSS)",
    "photo": "Photo upload, 3 MB",
    "storm": "Storm drill",
}
VERDICTS = {True: "yes", False: "**no**", None: ""}


def markdown(head: Mapping[str, str], results: Sequence[Result], remarks: Mapping[str, str]) -> str:
    """The whole report. ``remarks``: words of a person under a part, by its name."""
    blocks = ["# What it does on one machine\n", INTRODUCTION, _table(("", ""), list(head.items()))]
    missed = [(result, line) for result in results for line in result.lines if line.reached is False]
    asked = sum(line.reached is not None for result in results for line in result.lines)
    blocks.append(f"**{asked - len(missed)} of {asked} floors reached.**\n")
    if missed:
        named = [f"- {result.part}, {result.database}: {line.what}" for result, line in missed]
        blocks.append("Not reached:\n\n" + "\n".join(named) + "\n")
    for part, title in TITLES.items():
        mine = [result for result in results if result.part == part]
        if mine:
            blocks.append(f"## {title}\n")
            blocks += _part(mine)
            if remarks.get(part):
                blocks.append(remarks[part].strip() + "\n")
    return "\n".join(blocks)


INTRODUCTION = """\
Written by `make bench`; do not edit (what a person has to say about a part is in `notes/`). It needs an hour or two
on two cores that do nothing else, and some 20 GB in `var/bench`, where the databases are kept for the next run; remove
that folder to build them anew. `make bench PARTS=submit,lists DATABASES=postgis` measures less, `BENCH_QUICK=1` all of
it small in a few minutes, and `BENCH_PROFILE=1` adds in which functions the web workers were.

What is compared was run in turns (A B A B …) on the same machine, and a ratio is the median of the ratios of
neighbouring runs; *least – most* are the extremes of all runs. Load is sent by wrk over so many connections, as fast
as it is answered, by thousands of submitters, so that every rate limit is on; gunicorn runs as deployed
(`deploy/gunicorn.conf.py`). Load generator, web workers and database share the cores, so rates are those of the whole;
processor time a request is the steadier figure.
"""


def _part(results: Sequence[Result]) -> list[str]:
    rows = [
        (line.what, result.database, str(line.floor or ""), *_numbers(line), VERDICTS[line.reached])
        for result in results
        for line in result.lines
    ]
    blocks = [_table(("figure", "database", "floor", "median", "least – most", "reached"), rows)]
    for result in results:
        blocks += [f"- {result.database}: {note}" for note in result.notes]
    if any(result.notes for result in results):
        blocks.append("")
    for result in results:
        for what, lines in result.profile.items():
            blocks.append(f"Where the time goes, {result.database}, {what}:\n\n```\n" + "\n".join(lines) + "\n```\n")
    return blocks


def _numbers(line: Line) -> tuple[str, str]:
    if isinstance(line.measured, str):
        return line.measured, ""
    found, unit = line.measured, f" {line.unit}" if line.unit else ""
    around = f"{plain(found.least)} – {plain(found.most)}" if found.runs > 1 else ""
    return f"{plain(found.median)}{unit}", around


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
