"""Indexes that hold only the rows that are ever looked for; what most rows do not have costs their writers nothing.

Also the words of a constraint that lists words.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Index, text


def one_of(column: str, words: Iterable[Any]) -> str:
    """The condition that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def lean(name: str, *columns: str, where: str, on_sqlite: str | None = None, unique: bool = False) -> Index:
    """An index of the rows of a condition. SQLite's planner compares the words of the condition with those of a
    question, so where SQLAlchemy writes a question differently there, ``on_sqlite`` says how."""
    return Index(name, *columns, unique=unique, postgresql_where=text(where), sqlite_where=text(on_sqlite or where))
