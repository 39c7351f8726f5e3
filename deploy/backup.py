"""One file that holds everything a running service knows, and the way back.

    python3 deploy/backup.py make FOLDER [--keep N]        also while the service runs
    python3 deploy/backup.py restore ARCHIVE [--replace]   with the service stopped

An archive is a tar of manifest.json, the database, and the photos of a local PHOTO_STORE. The database is copied first:
a photo is stored before the row that names it, so no copied row lacks its photo. SECRET_KEY is not in it. DATABASE_URL
and PHOTO_STORE are read from the environment, as by the service. Standard library only; PostgreSQL needs its client.
"""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from steps import ROOT, Missing, said_plainly

NAME = "reporter-{:%Y%m%dT%H%M%SZ}.tar"


class Stores(NamedTuple):
    """Where the service keeps what it knows; ``photos`` is None where a bucket keeps its own copies."""

    database_url: str
    photos: Path | None

    @property
    def kind(self) -> str:
        return "sqlite" if self.database_url.startswith("sqlite") else "postgresql"


def stores_from(env: Mapping[str, str]) -> Stores:
    photo_store = env.get("PHOTO_STORE") or f"file://{ROOT / 'var' / 'photos'}"
    photos = Path(photo_store.removeprefix("file://")) if photo_store.startswith("file://") else None
    return Stores(env.get("DATABASE_URL") or "sqlite:///var/reporter.db", photos)


def sqlite_file(url: str) -> Path:
    return ROOT / url.split(":///", 1)[1].split("?")[0]


def server_settings(url: str) -> dict[str, str]:
    """What PostgreSQL's programs read from the environment; a password on a command line can be seen by everybody."""
    parts = urlsplit(url)
    named = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGHOST": named.get("host") or parts.hostname,
        "PGPORT": named.get("port") or (str(parts.port) if parts.port else None),
        "PGUSER": unquote(parts.username or "") or named.get("user"),
        "PGPASSWORD": unquote(parts.password or "") or named.get("password"),
        "PGDATABASE": unquote(parts.path.removeprefix("/")) or None,
        "PGSSLMODE": named.get("sslmode"),
    }
    return {name: value for name, value in found.items() if value}


def _ask_postgresql(url: str, *command: str) -> str:
    """Run one of PostgreSQL's programs on the database. Raises Missing."""
    if not shutil.which(command[0]):
        raise Missing(
            f"{command[0]} is not installed: install PostgreSQL's client, `apt-get install postgresql-client`."
        )
    env = dict(os.environ) | server_settings(url)
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if result.returncode:
        raise Missing(f"{command[0]} failed ({result.stderr.strip()[-500:]}): nothing was changed; mend that first.")
    return result.stdout.strip()


def _digest(file: Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ---------------------------------------------------------------- make


def make(stores: Stores, folder: Path, now: datetime) -> Path:
    """Write an archive into ``folder`` and return it. Raises Missing."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / NAME.format(now)
    partial = archive.with_suffix(".partial")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        database = Path(scratch) / "database"
        _copy_database(stores, database)
        manifest = Path(scratch) / "manifest.json"
        said = {"made_at": now.isoformat(), "kind": stores.kind, "sha256": _digest(database)}
        manifest.write_text(json.dumps(said, indent=2))
        # names of residents are in it: nobody but its owner reads it
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as tar:
                tar.add(manifest, "manifest.json")
                tar.add(database, "database")
                if stores.photos and stores.photos.is_dir():
                    tar.add(stores.photos, "photos")
            stream.flush()
            os.fsync(stream.fileno())
    partial.replace(archive)  # an archive with its name is whole
    return archive


def _copy_database(stores: Stores, target: Path) -> None:
    if stores.kind == "postgresql":
        _ask_postgresql(stores.database_url, "pg_dump", "--format=custom", f"--file={target}")
        return
    source_file = sqlite_file(stores.database_url)
    if not source_file.exists():
        raise Missing(f"There is no database at {source_file}: set DATABASE_URL to the one that the service uses.")
    source, copy = sqlite3.connect(source_file), sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()


def forget_old(folder: Path, keep: int) -> None:
    """Remove all but the newest ``keep`` archives."""
    for archive in sorted(folder.glob("reporter-*.tar"))[:-keep]:
        archive.unlink()


# ---------------------------------------------------------------- restore


def restore(stores: Stores, archive: Path, replace: bool) -> None:
    """Put back what ``archive`` holds. Raises Missing, and has then changed nothing."""
    if not archive.is_file():
        raise Missing(f"There is no archive at {archive}: name a file that `backup.py make` wrote.")
    _refuse_to_overwrite(stores, replace)
    beside = stores.photos.parent if stores.photos else archive.parent
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside) as scratch:
        held = Path(scratch)
        try:
            _unpack(archive, held)
            manifest = json.loads((held / "manifest.json").read_text())
            whole = manifest["sha256"] == _digest(held / "database")
        except (tarfile.TarError, OSError, ValueError, KeyError):
            whole = False
        if not whole:
            raise Missing(f"{archive} is damaged, or none of ours: use another archive; nothing was changed.")
        if manifest["kind"] != stores.kind:
            raise Missing(
                f"{archive} holds a database of {manifest['kind']}, and DATABASE_URL names one of {stores.kind}: "
                "set DATABASE_URL to a database of the same kind."
            )
        _put_database(stores, held / "database", replace)
        _put_photos(stores, held / "photos", held / "photos-before")


def _unpack(archive: Path, folder: Path) -> None:
    """Write the files of an archive below ``folder``, and never anywhere else. Raises TarError."""
    with tarfile.open(archive) as tar:
        for member in (member for member in tar if member.isfile()):
            target = Path(os.path.normpath(folder / member.name))
            stream = tar.extractfile(member)
            if not target.is_relative_to(folder) or stream is None:
                raise tarfile.TarError(f"{member.name} would leave the folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            with stream, open(target, "wb") as file:
                shutil.copyfileobj(stream, file)


def _refuse_to_overwrite(stores: Stores, replace: bool) -> None:
    if replace:
        return
    if stores.kind == "sqlite":
        used = sqlite_file(stores.database_url).exists()
    else:
        tables = "select count(*) from pg_tables where schemaname = 'public' and tablename <> 'spatial_ref_sys'"
        used = _ask_postgresql(stores.database_url, "psql", "-XAtqc", tables) != "0"
    if used:
        raise Missing("There is a database already: stop the service, and say --replace if it may be lost.")


def _put_database(stores: Stores, database: Path, replace: bool) -> None:
    if stores.kind == "postgresql":
        clean = ["--clean", "--if-exists"] if replace else []
        flags = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", *clean]
        target = f"--dbname={server_settings(stores.database_url)['PGDATABASE']}"
        _ask_postgresql(stores.database_url, "pg_restore", *flags, target, str(database))
        return
    target_file = sqlite_file(stores.database_url)
    target_file.parent.mkdir(parents=True, exist_ok=True)
    arriving = target_file.with_name(target_file.name + ".arriving")
    shutil.copyfile(database, arriving)
    for suffix in ("-wal", "-shm"):  # they belong to the file that goes
        target_file.with_name(target_file.name + suffix).unlink(missing_ok=True)
    arriving.replace(target_file)


def _put_photos(stores: Stores, saved: Path, before: Path) -> None:
    if stores.photos and saved.is_dir():
        if stores.photos.exists():
            stores.photos.rename(before)  # goes with the scratch folder
        saved.rename(stores.photos)


def main() -> int:
    parser = argparse.ArgumentParser(description="Copy what the service knows into one file, or put it back.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make")
    making.add_argument("folder", type=Path)
    making.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N archives")
    restoring = verbs.add_parser("restore")
    restoring.add_argument("archive", type=Path)
    restoring.add_argument("--replace", action="store_true", help="the present database and photos may be lost")
    given = parser.parse_args()
    stores = stores_from(os.environ)
    if given.verb == "restore":
        restore(stores, given.archive, given.replace)
        print(f"Restored {given.archive}.")
        return 0
    archive = make(stores, given.folder, datetime.now(UTC))
    if given.keep:
        forget_old(given.folder, given.keep)
    print(archive)
    return 0


if __name__ == "__main__":
    sys.exit(said_plainly(main))
