"""``reporter clocks``: what a changed calendar or limit would do to deadlines, and doing it, by command only."""

import getpass
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

import click

from reporter.domain.errors import NotFound
from reporter.services import recomputing
from reporter.services.recomputing import Moved
from reporter.services.unit_of_work import Works

_area = click.option("--area", "area_code", metavar="CODE", help="Only tickets in this area.  [default: all]")


def command(works: Callable[[], Works]) -> click.Group:
    """The commands; ``works`` opens units of work on the database of the settings."""

    @click.group("clocks")
    def group() -> None:
        """Deadlines after a calendar, a limit or working hours changed. Nothing moves them but `recompute`."""

    @group.command("replay")
    @click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="Received since.")
    @_area
    def replay(days: int, area_code: str | None) -> None:
        """Say which clocks would move, of open and of ended tickets; writes nothing."""
        counts: Counter[str] = Counter()
        opened = works()
        with opened.open(writes=False) as uow:
            zone, now = uow.policy(()).time_zone, uow.now
        would_move = 0
        try:
            for moved in recomputing.replay(opened, days, area_code, counts):
                click.echo(_line(moved, zone, now))
                would_move += moved.still_runs
        except NotFound as unknown:
            raise click.ClickException(f"There is no area {area_code}.") from unknown
        click.echo(_sum(counts))
        click.echo(f"{would_move} of these clocks still run; `reporter clocks recompute` moves those and no others.")

    @group.command("recompute")
    @click.option("--why", required=True, help="For the record, e.g. “calendar of 2027”.")
    @click.option("--by", default=getpass.getuser, help="Who does it, for the record.  [default: the user here]")
    @click.option("--batch", type=click.IntRange(1, 1000), default=50, show_default=True, help="Tickets a transaction.")
    @_area
    def recompute(why: str, by: str, batch: int, area_code: str | None) -> None:
        """Move the deadlines of open tickets to what today's calendar and limits give. Goes on where it was killed."""
        try:
            run = recomputing.recompute(works(), by=by, why=why, area_code=area_code, batch=batch)
        except NotFound as unknown:
            raise click.ClickException(f"There is no area {area_code}.") from unknown
        click.echo(f"Recompute {run.id}: {run.why}, by {run.by}")
        click.echo(_sum(run.counts))

    return group


def _line(moved: Moved, zone: tzinfo, now: datetime) -> str:
    shift = moved.shift
    words = [
        moved.ticket.number,
        shift.kind.value,
        f"{_shown(shift.due_before, zone)} → {_shown(shift.due_after, zone)}",
    ]
    if shift.limit_before != shift.limit_after:
        before, after = shift.limit_before, shift.limit_after
        words.append(f"{before.value} {before.unit.value} → {after.value} {after.unit.value}")
    if shift.becomes_overdue(now):
        words.append("becomes overdue")
    if shift.ceases_overdue(now):
        words.append("ceases to be overdue")
    if not moved.still_runs:
        words.append("(stopped)")
    return "  ".join(words)


def _shown(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if moment else "paused"


def _sum(counts: Mapping[str, int]) -> str:
    return (
        f"{counts['tickets']} tickets looked at, {counts['changed']} of them change: {counts['clocks_moved']} clocks"
        f" move, {counts['became_overdue']} become overdue, {counts['ceased_overdue']} cease to be"
    )
