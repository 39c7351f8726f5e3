"""``Geometry``, the column type of GeoAlchemy, without shapely.

GeoAlchemy imports shapely wherever it is installed, for conversions that nothing here uses: 14 MB and a third of a
second in every process. Only imports of areas need it (``services/importing``), and they load it themselves.
"""

import sys

_LOADED = "shapely" in sys.modules
if not _LOADED:
    sys.modules["shapely"] = None  # type: ignore[assignment]  # Python's own way to say “not there”

try:
    from geoalchemy2 import Geometry
finally:
    if not _LOADED:
        del sys.modules["shapely"]

__all__ = ["Geometry"]
