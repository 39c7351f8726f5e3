"""Indexes that hold only the rows that are ever looked for; what most rows do not have costs their writers nothing."""

from sqlalchemy import Index, text


def lean(name: str, *columns: str, where: str, on_sqlite: str | None = None, unique: bool = False) -> Index:
    """An index of the rows of a condition. SQLite's planner compares the words of the condition with those of a
    question, so where SQLAlchemy writes a question differently there, ``on_sqlite`` says how."""
    return Index(name, *columns, unique=unique, postgresql_where=text(where), sqlite_where=text(on_sqlite or where))
