"""What was imported, from which file and by whom; and the keys by which a city's people are known again."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import Base, Key, UTCDateTime


class ImportBatch(Base):
    """One applied file: written in the transaction of what it brought. ``counts``: new, changed, unchanged …"""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint("kind IN ('areas', 'seats', 'catalogue', 'calendar', 'rules')", name="kind_known"),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(120))
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)


class PersonKey(Base):
    """The key under which a city's table of staff knows a person; a name would not do, names repeat."""

    __tablename__ = "person_key"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
