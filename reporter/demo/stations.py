"""The riders' stations (骑手驿站) of a demo district: one a street, in the middle of one of its neighbourhoods."""

from collections.abc import Sequence

from reporter.demo.partition import centroid, to_the_decimetre
from reporter.demo.plan import draw
from reporter.demo.rows import AreaRow, StationRow
from reporter.demo.spec import Division
from reporter.domain.areas import Level


def station_of(street: Division, areas: Sequence[AreaRow], name: str, seed: str) -> StationRow:
    """The station of the street whose ``areas`` are given; ``name`` is a template with ``{street}``."""
    homes = [(row.code, row.ring) for row in areas if row.level == Level.NEIGHBOURHOOD and row.ring]
    code, ring = homes[int(draw(seed, street.code, "station") * len(homes))]
    return StationRow(
        code=f"{street.code}S01",
        name=name.format(street=street.name),
        community_code=next(row.code for row in areas if row.level == Level.COMMUNITY and code.startswith(row.code)),
        point=to_the_decimetre(centroid(ring[:-1])),
        synthetic=True,
    )
