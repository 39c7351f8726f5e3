"""The polygons of an import of areas: read, repaired where asked, and judged together with those beside them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from reporter.domain.areas import FINE_LEVELS, Level
from reporter.domain.coordinates import Datum
from reporter.domain.importing.areas import GivenArea, StandingArea
from reporter.domain.importing.findings import WHOLE_FILE, Findings
from reporter.domain.importing.polygons import BadShape, polygons
from reporter.queries import importing as standing
from reporter.services.importing import topology
from reporter.services.importing.topology import Patch
from reporter.services.unit_of_work import UnitOfWork

# What a point is looked up in holds one polygon for each area (models/areas.py:AreaShape).
IN_ONE_PIECE = (Level.STREET, *FINE_LEVELS)
# Levels whose areas fill their parent. Buildings stand apart, with ground of the grid between them.
FILLING = (Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.GRID)


@dataclass(frozen=True)
class Drawing:
    """``geometries`` by line; ``datum``: what their numbers mean. Tolerances in square metres."""

    geometries: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    datum: Datum = Datum.WGS84
    gap_m2: float = 0.0
    overlap_m2: float = 0.0
    repair: bool = False


def read(areas: Sequence[GivenArea], drawing: Drawing, findings: Findings) -> dict[str, BaseGeometry]:
    """Code → valid shape, of the areas that are drawn and stay open."""
    found = {}
    for area in areas:
        geometry = drawing.geometries.get(area.line)
        if geometry is None or area.closed_on:
            continue
        shape = _read(area, geometry, drawing, findings)
        if shape is not None:
            found[area.code] = shape
    return found


def _read(area: GivenArea, geometry: Mapping[str, Any], drawing: Drawing, findings: Findings) -> BaseGeometry | None:
    try:
        shape = topology.drawn(polygons(geometry, drawing.datum))
    except BadShape as why:
        findings.problem(area.line, "geometry", str(why))
        return None
    wrong = topology.what_is_wrong(shape)
    if wrong and not drawing.repair:
        findings.problem(area.line, "geometry", f"{area.code} {area.name} 的图形无效：{wrong}；可用 --repair 修正")
        return None
    if wrong:
        before, shape = shape, topology.repaired(shape)
        moved = abs(topology.size_m2(shape) - topology.size_m2(before))
        findings.note(area.line, f"{area.code} {area.name} 的图形已修正（{wrong}），面积变化 {moved:.1f} m²")
    parts = topology.parts_of(shape)
    if not parts or topology.size_m2(shape) == 0:
        findings.problem(area.line, "geometry", f"{area.code} {area.name} 的图形没有面积")
        return None
    if len(parts) > 1 and area.level in IN_ONE_PIECE:
        sentence = f"{area.code} {area.name} 分成 {len(parts)} 块；{area.level.value} 只能是一块，请拆成几个区域"
        findings.problem(area.line, "geometry", sentence)
        return None
    return shape


class Neighbourhood:
    """The shapes of a file among those in the database that they touch: parents and siblings."""

    def __init__(self, uow: UnitOfWork, given: Sequence[GivenArea], known: Mapping[str, StandingArea]):
        self._given = {area.code: area for area in given}
        parents = {area.parent_code for area in given if area.parent_code}
        self._children = standing.children(uow.session, parents | self._given.keys())
        ids = {area.code: area.id for area in (*self._children, *known.values())}
        stored = standing.shapes(uow.session, list(ids.values()))
        self.stored = {
            code: topology.from_database(stored[one].wkb, stored[one].exclaves)
            for code, one in ids.items()
            if one in stored
        }

    def not_in_file(self) -> int:
        """Open areas beside those of the file that it does not name."""
        groups = {(area.parent_code, area.level) for area in self._given.values()}
        return sum((one.parent_code, one.level) in groups for one in self._children if one.code not in self._given)

    def still_open_below(self, code: str) -> list[str]:
        """Areas that would be left without their parent if this one were closed."""
        below = [one.code for one in self._children if one.parent_code == code]
        return [one for one in below if not (one in self._given and self._given[one].closed_on)]

    def is_redrawn(self, code: str, shape: BaseGeometry) -> bool:
        """Whether a shape is another one than the database keeps."""
        return code not in self.stored or not topology.is_same(shape, self.stored[code])

    def check(self, shapes: Mapping[str, BaseGeometry], drawing: Drawing, findings: Findings) -> None:
        """Every group of siblings that a shape of the file belongs to, and the children of areas it draws anew."""
        redrawn = {code for code, shape in shapes.items() if self.is_redrawn(code, shape)}
        groups: dict[tuple[str | None, Level], list[Patch]] = defaultdict(list)
        undrawn: set[tuple[str | None, Level]] = set()
        touched: set[tuple[str | None, Level]] = set()
        members: dict[str, StandingArea | GivenArea] = {one.code: one for one in self._children}
        members.update(self._given)
        for code, area in members.items():
            given = self._given.get(code)
            if given and given.closed_on:
                continue
            key = (area.parent_code, area.level)
            shape = shapes.get(code, self.stored.get(code))
            if shape is None:
                undrawn.add(key)
                continue
            groups[key].append(Patch(code, given.line if given else 0, shape))
            if code in shapes or area.parent_code in redrawn:
                touched.add(key)
        for key in sorted(touched, key=str):
            patches = sorted(groups[key], key=lambda patch: (patch.line, patch.code))
            self._check_group(key, patches, key not in undrawn, shapes, drawing, findings)

    def _check_group(
        self,
        key: tuple[str | None, Level],
        patches: Sequence[Patch],
        whole: bool,
        shapes: Mapping[str, BaseGeometry],
        drawing: Drawing,
        findings: Findings,
    ) -> None:
        parent_code, level = key
        parent = shapes.get(parent_code or "", self.stored.get(parent_code or ""))
        for one in topology.overlaps(patches, drawing.overlap_m2):
            line = one.second.line or one.first.line
            sentence = f"{one.second.code} 与 {one.first.code} 重叠 {one.metres2:.1f} m²"
            findings.problem(line, "geometry", sentence)
        if parent is not None:
            for patch in patches:
                beyond = topology.outside(patch, parent)
                if beyond > drawing.overlap_m2:
                    sentence = f"{patch.code} 有 {beyond:.1f} m² 在上级 {parent_code} 之外"
                    findings.problem(patch.line or self._line_of(parent_code), "geometry", sentence)
        if whole and level in FILLING:
            for gap in topology.gaps(parent, patches, drawing.gap_m2):
                where = f"{gap.lng:.6f}, {gap.lat:.6f}"
                sentence = f"{parent_code} 内有 {gap.metres2:.1f} m² 没有划给任何 {level.value}，在 {where}"
                findings.problem(self._line_of(parent_code), "geometry", sentence)

    def _line_of(self, code: str | None) -> int:
        """Where the file has an area; what is about one it does not name is about the whole file."""
        return self._given[code].line if code in self._given else WHOLE_FILE
