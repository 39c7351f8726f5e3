"""Commands for those who run it: migrate, demo, import, clocks, worker, standin-wechat, password, replay."""

import getpass
import json
import os
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from werkzeug.serving import make_server

from reporter import clocks_command, import_command, workshop
from reporter import worker as jobs_room
from reporter.adapters import clock
from reporter.config import MissingSetting, Settings, from_environment
from reporter.db import make_engine, session_for
from reporter.demo.history.fill import NotFillable, Wanted, fill
from reporter.demo.history.producer import cores
from reporter.demo.load import load, steps_of
from reporter.demo.spec import read_specs
from reporter.domain.errors import Refusal
from reporter.logs import configure
from reporter.progress import steps
from reporter.replay import command as replaying
from reporter.replay.places import Box
from reporter.replay.tables import UnusableFile
from reporter.services import demo_accounts, seeding, sessions
from reporter.services.migrating import migrate as migrate_engine
from reporter.standin import wechat

LEAST_PASSWORD = 10


@click.group()
def main() -> None:
    """Neighbourhood grid reporting (网格报事)."""
    configure()


def _settings() -> Settings:
    try:
        return from_environment()
    except MissingSetting as missing:
        raise click.ClickException(str(missing)) from missing


@main.command()
def migrate() -> None:
    """Bring the database to the newest shape, and give an empty one its rules."""
    engine = make_engine(_settings().database_url)
    migrate_engine(engine)
    with session_for(engine, writes=True) as session:
        seeding.seed_rules(session, clock.now().date())
    engine.dispose()


@main.group()
def demo() -> None:
    """The demo: 武昌区 as large as it is, and 西马街道 of another district with other rules."""


@demo.command("load")
def demo_load() -> None:
    """Load the demo; a second time adds nothing."""
    settings = _settings()
    engine = make_engine(settings.database_url)
    with session_for(engine, writes=True) as session, steps("Loading", steps_of()) as progress:
        loaded = load(session, clock.now(), progress)
    engine.dispose()
    if loaded.areas:
        click.echo(f"  {loaded.areas} areas, {loaded.seats} seats, {loaded.people} people, {loaded.stations} stations")
    else:
        click.echo("  There are areas already: nothing was added.")


@demo.command("accounts")
def demo_list() -> None:
    """The accounts worth trying."""
    with workshop.build(_settings()).works.open(writes=False) as uow:
        rows = demo_accounts.worth_trying(uow)
    for row in rows:
        click.echo(f"  {row['username']:<28} {row['what_to_try']}")


@demo.command("history")
@click.option("--tickets", type=click.IntRange(1), required=True, help="How many tickets to make.")
@click.option("--days", type=click.IntRange(1), default=365, show_default=True, help="Over how many days, up to now.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="End there instead: 2026-10-03T12:00:00+0800."
)
@click.option("--open", "still_open", type=click.IntRange(0), help="About how many stay open; by default 3 %.")
@click.option("--people", type=click.IntRange(1), help="How many people report; made once, by default a 50th.")
@click.option(
    "--arrivals", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Curve of real arrivals."
)
@click.option("--messages/--no-messages", default=True, help="Whether open tickets have their messages.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same history.")
@click.option("--processes", type=click.IntRange(1), help="How many make tickets; by default one a core.")
def demo_history(until: datetime | None, processes: int | None, **given: Any) -> None:
    """Fill the loaded demo with the lives of many tickets; nothing else should write meanwhile."""
    engine = make_engine(_settings().database_url)
    wanted = Wanted(now=until or clock.now(), processes=processes or cores(), **given)
    try:
        filled = fill(engine, wanted, lambda text: click.echo(f"  {text}"), time.monotonic)
    except (NotFillable, UnusableFile) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    finally:
        engine.dispose()
    click.echo(f"  {filled.tickets:,} tickets, {filled.still_open:,} of them open, by {filled.people:,} people")


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def worker(once: bool) -> None:
    """Send messages, sweep the clocks, develop photos."""
    tools = workshop.build(_settings())
    all_jobs = jobs_room.jobs(tools.works, tools.channels, tools.store, tools.darkroom)
    if once:
        click.echo(json.dumps(jobs_room.run_once(all_jobs)))
        return
    jobs_room.run(all_jobs, jobs_room.stop_on_signals())


@main.command("standin-wechat")
def standin_wechat() -> None:
    """A stand-in for WeChat's servers, for demo and tests."""
    settings = _settings()
    app = wechat.create_app(settings.wechat_appid, settings.wechat_secret)
    host, port = os.environ.get("WECHAT_HOST", "127.0.0.1"), int(os.environ.get("WECHAT_PORT", "8001"))
    server = make_server(host, port, app, threaded=True)
    stop = jobs_room.stop_on_signals()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop.wait()
    server.shutdown()


@main.command()
@click.argument("username")
def password(username: str) -> None:
    """Set the password of a staff account, read from the terminal or standard input."""
    given = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(given) < LEAST_PASSWORD:
        raise click.ClickException(f"A password has at least {LEAST_PASSWORD} characters.")
    try:
        with workshop.build(_settings()).works.open() as uow:
            sessions.set_password(uow, username, given)
    except Refusal as refusal:
        raise click.ClickException(f"{username}: {refusal.code}") from refusal


def _around_the_demo() -> Box:
    """Where to look for the area that is served: the demo's city."""
    lngs, lats = zip(*(point for spec in read_specs().values() for point in spec.city_outline), strict=True)
    return min(lngs), min(lats), max(lngs), max(lats)


main.add_command(replaying.command(_around_the_demo))
main.add_command(import_command.command(lambda: workshop.build(_settings()).works))
main.add_command(clocks_command.command(lambda: workshop.build(_settings()).works))
