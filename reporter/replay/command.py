"""``reporter replay``: play real requests against a running service and count what becomes of them."""

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from reporter.replay import arrivals, places, report, words
from reporter.replay.people import NobodyMayEnter
from reporter.replay.places import Box, NothingServed
from reporter.replay.player import Player, plan
from reporter.replay.tables import UnusableFile

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
QUIET_S = 5.0  # between lines of progress where there is no terminal to write over


class Speed(click.ParamType[float]):
    """``max`` and 0 leave no waits."""

    name = "number|max"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            speed = float("inf") if value == "max" else float(str(value))
        except ValueError:
            speed = -1.0
        if not speed >= 0:
            self.fail(f"{value} is neither a number from 0 up nor “max”", param, ctx)
        return speed or float("inf")


class Around(click.ParamType[Box]):
    """``W,S,E,N`` in degrees, WGS-84."""

    name = "w,s,e,n"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Box:
        if isinstance(value, tuple):
            return value
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail("four numbers with commas: west,south,east,north", param, ctx)
        if not (west < east and south < north):
            self.fail("west must be less than east, south less than north", param, ctx)
        return west, south, east, north


def command(where_to_look: Callable[[], Box]) -> click.Command:
    """The command; ``where_to_look`` gives the box to search for the served area when the user gives none."""

    @click.command("replay")
    @click.option("--words", "words_file", type=FILE, required=True, help="Messages: CSV with user, title, body.")
    @click.option("--arrivals", "arrivals_file", type=FILE, required=True, help="Requests: extract, created, lat, lon.")
    @click.option(
        "--points", "points_files", type=FILE, multiple=True, help="Real points, used once each where served."
    )
    @click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The service.")
    @click.option("--standin", default="http://127.0.0.1:8001", show_default=True, help="The stand-in WeChat.")
    @click.option("--speed", type=Speed(), default=1.0, help="Divides the waits; “max” leaves none.  [default: 1]")
    @click.option("--limit", type=click.IntRange(1), help="How many requests at most; by default all messages.")
    @click.option("--seed", type=int, default=1, show_default=True, help="Of everything drawn by chance.")
    @click.option("--extract", help="Whose waits; by default the densest of the arrivals file.")
    @click.option("--box", type=Around(), default=where_to_look, help="Where to look for the served area.")
    @click.option(
        "--lattice", type=click.IntRange(1, 200), default=places.LATTICE, show_default=True, help="Cells a side."
    )
    @click.option("--dirty", type=click.IntRange(0), default=10, show_default=True, help="Each so-manyth, 0 for none.")
    @click.option("--people", type=click.IntRange(1), default=200, show_default=True, help="How many log in.")
    @click.option("--senders", type=click.IntRange(1, 64), default=4, show_default=True, help="Requests at a time.")
    @click.option("--sure", type=float, default=0.5, show_default=True, help="Least score to follow a suggestion.")
    def replay(
        words_file: Path,
        arrivals_file: Path,
        points_files: Sequence[Path],
        url: str,
        standin: str,
        speed: float,
        limit: int | None,
        seed: int,
        extract: str | None,
        box: Box,
        lattice: int,
        dirty: int,
        people: int,
        senders: int,
        sure: float,
    ) -> None:
        """Play real requests over HTTP, at the pace of real arrivals, and count what becomes of them.

        Exits with 1 when something was lost, doubled, or broke. Shows no text of any message.
        """
        rng = random.Random(seed)  # noqa: S311 — a play that can be repeated, no secret
        player = Player(url, senders, seed, sure, _Progress())
        try:
            messages = words.read(words_file)
            pace = arrivals.read(arrivals_file, extract)
            count = min(limit or len(messages), len(messages))
            entered = player.log_in(standin, people)
            click.echo(f"{entered}; finding the served area", err=True)
            player.find_places(box, lattice)
            known = player.served_of([spot for path in points_files for spot in places.of_file(path)])
            due_s = arrivals.schedule(pace.gaps_s, count, speed)
            requests = plan(messages, due_s, known, pace.spots, dirty, rng)
            click.echo(
                f"{count} requests by {entered}, waits of {pace.extract} at speed {speed:g}, {len(known)} real points"
            )
            player.play(requests)
            player.read_back()
        except (UnusableFile, NothingServed, NobodyMayEnter) as error:
            raise click.ClickException(str(error)) from error
        finally:
            player.close()
        click.echo(report.table(player.ledger))
        if not player.ledger.is_good:
            sys.exit(1)

    return replay


class _Progress:
    """One line, written over on a terminal; elsewhere a new one now and then."""

    def __init__(self) -> None:
        self._told_at = 0.0
        self._on_terminal = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if now - self._told_at < (1.0 if self._on_terminal else QUIET_S):
            return
        self._told_at = now
        click.echo(f"\r\x1b[K{text}" if self._on_terminal else text, err=True, nl=not self._on_terminal)
