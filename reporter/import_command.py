"""``reporter import``: a city's own areas, seats, catalogue, calendar, rules from files; dry, then with ``--apply``.

The readers of Excel and of polygons are imported where they are used: they take some 40 MB, and the same command line
starts the worker, which never needs them.
"""

import getpass
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from reporter.domain.areas import Level
from reporter.domain.coordinates import Datum
from reporter.domain.importing.cells import Table
from reporter.domain.importing.findings import Findings
from reporter.domain.importing.limits import Bare
from reporter.queries import areas as areas_of_tree
from reporter.services import boundaries
from reporter.services.importing import batch, calendar, catalogue, rules, seats
from reporter.services.importing.batch import Origin, Plan
from reporter.services.importing.catalogue_rows import Asked
from reporter.services.unit_of_work import UnitOfWork, Works

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
GAP_M2 = 100.0  # proposed: a strip of 10 cm along a kilometre, as a border drawn twice leaves it
OVERLAP_M2 = 1.0  # proposed: what rounding leaves

Planner = Callable[[UnitOfWork], Plan]


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every kind."""
    for option in (
        click.option("--source", help="What the city calls the document, for the record.  [default: the file's name]"),
        click.option("--by", default=getpass.getuser, help="Who imports, for the record.  [default: the user here]"),
        click.option("--apply", "applying", is_flag=True, help="Write it. Without, only say what would change."),
        click.argument("file", type=FILE),
    ):
        command = option(command)
    return command


def _valid_from(command: Callable[..., Any]) -> Callable[..., Any]:
    option = click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day.  [default: today]")
    return option(command)


def command(works: Callable[[], Works]) -> click.Group:
    """The commands; ``works`` opens units of work on the database of the settings."""

    def run(planner: Planner, touches: str, file: Path, applying: bool, by: str, source: str) -> None:
        origin = Origin(file, by[:60], source[:120])
        with works().open(writes=applying) as uow:
            plan = batch.run(uow, planner, touches, origin, apply=applying)
        _print(plan.findings, applying)

    @click.group("import")
    def group() -> None:
        """Load a city's own areas, seats, catalogue, calendar or rules from a file. Dry without --apply."""

    @group.command("areas")
    @_shared
    @_valid_from
    @click.option("--datum", type=click.Choice([datum.value for datum in Datum]), help="What the coordinates mean.")
    @click.option("--under", metavar="CODE", help="Take only this area and what lies in it.")
    @click.option("--level", type=click.Choice([level.value for level in Level]), help="Of rows that name none.")
    @click.option("--gap-tolerance-m2", type=click.FloatRange(0), default=GAP_M2, show_default=True)
    @click.option("--overlap-tolerance-m2", type=click.FloatRange(0), default=OVERLAP_M2, show_default=True)
    @click.option("--repair", is_flag=True, help="Repair invalid polygons, and say which.")
    def import_areas(
        file: Path,
        applying: bool,
        by: str,
        source: str | None,
        valid_from: datetime | None,
        datum: str | None,
        under: str | None,
        level: str | None,
        gap_tolerance_m2: float,
        overlap_tolerance_m2: float,
        repair: bool,
    ) -> None:
        """Areas: GeoJSON with polygons (say --datum), or CSV/Excel without."""
        from reporter.services.importing import areas, shapes  # see above

        table, geometries = _areas_of(file)
        if geometries and datum is None:
            raise click.UsageError("GeoJSON does not say which datum it is in: give --datum.")
        drawing = shapes.Drawing(geometries, Datum(datum or "wgs84"), gap_tolerance_m2, overlap_tolerance_m2, repair)

        def planner(uow: UnitOfWork) -> Plan:
            since = valid_from.date() if valid_from else uow.today
            return areas.plan(uow, table, drawing, level=Level(level) if level else None, under=under, valid_from=since)

        run(planner, areas.TOUCHES, file, applying, by, source or file.name)

    @group.command("seats")
    @_shared
    def import_seats(file: Path, applying: bool, by: str, source: str | None) -> None:
        """Seats and the people on them: CSV or Excel."""
        table = _table_of(file)
        run(lambda uow: seats.plan(uow, table), seats.TOUCHES, file, applying, by, source or file.name)

    @group.command("catalogue")
    @_shared
    @_valid_from
    @click.option("--code-system", required=True, help="The numbering of the file, e.g. “GB/T 30428.2”.")
    @click.option(
        "--bare-units", type=click.Choice([bare.value for bare in Bare]), help="What a plain 小时 or 天 counts."
    )
    @click.option("--kind", help="部件, 事件 or 邻里: of rows that name none.")
    def import_catalogue(
        file: Path,
        applying: bool,
        by: str,
        source: str | None,
        valid_from: datetime | None,
        code_system: str,
        bare_units: str | None,
        kind: str | None,
    ) -> None:
        """Categories, conditions and limits: CSV or Excel, a row for each condition."""
        table = _table_of(file)

        def planner(uow: UnitOfWork) -> Plan:
            since = valid_from.date() if valid_from else uow.today
            bare = Bare(bare_units) if bare_units else None
            return catalogue.plan(uow, table, Asked(code_system, since, source or file.name, bare, kind))

        run(planner, catalogue.TOUCHES, file, applying, by, source or file.name)

    @group.command("calendar")
    @_shared
    def import_calendar(file: Path, applying: bool, by: str, source: str | None) -> None:
        """Holidays and make-up working days: CSV or Excel."""
        table, said = _table_of(file), source or file.name
        run(lambda uow: calendar.plan(uow, table, said), calendar.TOUCHES, file, applying, by, said)

    @group.command("rules")
    @_shared
    @_valid_from
    def import_rules(file: Path, applying: bool, by: str, source: str | None, valid_from: datetime | None) -> None:
        """Rules of routing: CSV or Excel, a row for each rule."""
        table, said = _table_of(file), source or file.name

        def planner(uow: UnitOfWork) -> Plan:
            return rules.plan(uow, table, said, by, valid_from.date() if valid_from else uow.today)

        run(planner, rules.TOUCHES, file, applying, by, said)

    @group.command("hand-over")
    @click.option("--under", metavar="CODE", help="Only tickets that lie in this area now.")
    @click.option("--apply", "applying", is_flag=True, help="Do it. Without, only say which would change hands.")
    def hand_over(under: str | None, applying: bool) -> None:
        """After a new map: open tickets that lie elsewhere now change hands; what has ended stays."""
        with works().open(writes=applying) as uow:
            area = areas_of_tree.by_code(uow.session, under) if under else None
            if under and area is None:
                raise click.UsageError(f"No area has the code {under}.")
            found = (boundaries.adjust if applying else boundaries.preview)(uow, area)
        for one in found:
            ball = f"{one.from_holder} stays" if one.stays else f"{one.from_holder} → {one.to_holder}"
            click.echo(f"{one.number}  {one.from_area} → {one.to_area}  {ball}")
        done = "Applied." if applying else "This was a dry run; --apply does it."
        click.echo(f"{len(found)} open tickets. {done}" if found else "Nothing to change.")

    return group


def _table_of(file: Path) -> Table:
    from reporter.adapters import sheets  # see above

    try:
        return sheets.read_table(file)
    except sheets.UnusableFile as why:
        raise click.ClickException(f"{file.name}: {why}") from why


def _areas_of(file: Path) -> tuple[Table, Any]:
    from reporter.adapters import sheets  # see above

    if not sheets.is_map(file):
        return _table_of(file), {}
    try:
        read = sheets.read_map(file)
    except sheets.UnusableFile as why:
        raise click.ClickException(f"{file.name}: {why}") from why
    return read.table, read.shapes


def _print(findings: Findings, applying: bool) -> None:
    """The lines, then the totals. Ends the command with 1 when there are problems."""
    for line in findings.lines():
        click.echo(line)
    counts = findings.counts
    click.echo(
        f"+ {counts['new']} new   ~ {counts['changed']} changed   = {counts['unchanged']} unchanged   "
        f"! {counts['problems']} problems   ({counts['not_in_file']} not in file, kept)"
    )
    if findings.problems:
        click.echo("Nothing was written." if applying else "It would be refused as it is.")
        raise click.exceptions.Exit(1)
    if not findings.changes:
        click.echo("Nothing to change.")
    else:
        click.echo("Applied." if applying else "This was a dry run; --apply writes it.")
