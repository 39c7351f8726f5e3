"""Rows of a CSV file, gzipped or not."""

import csv
import gzip
from collections.abc import Collection
from pathlib import Path
from typing import TextIO, cast


class UnusableFile(ValueError):
    """A file that is not what it should be; the text says what is missing, and shows nothing of its contents."""


def rows(path: Path, needed: Collection[str]) -> list[dict[str, str]]:
    """Rows by column name. Raises UnusableFile when a needed column is absent or there is no row."""
    with _opened(path) as file:
        reader = csv.DictReader(file)
        missing = set(needed) - set(reader.fieldnames or ())
        if missing:
            raise UnusableFile(f"{path.name} has no column {', '.join(sorted(missing))}")
        found = [{name: text or "" for name, text in row.items() if name is not None} for row in reader]
    if not found:
        raise UnusableFile(f"{path.name} has no rows")
    return found


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")
