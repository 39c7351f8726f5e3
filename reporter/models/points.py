"""Where tickets lie: narrow tables, because they are spatial (see ``AreaShape``)."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reporter.db import SRID, Base
from reporter.models.geometry import Geometry


class TicketPoint(Base):
    """Where a ticket lies, for maps; narrow because it is spatial (see AreaShape)."""

    __tablename__ = "ticket_point"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=SRID, spatial_index=True), nullable=False)


class OpenPoint(Base):
    """Where an open ticket lies; the row leaves when its ticket ends, so that “what is open nearby” costs what is
    open there and not what ever was."""

    __tablename__ = "open_point"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=SRID, spatial_index=True), nullable=False)
