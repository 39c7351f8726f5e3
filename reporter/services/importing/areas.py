"""Imports areas and their polygons: the tree with its lineage columns, one polygon each in WGS-84.

Areas that the file does not name stay. An area is closed only by a row that says so (``closed_on``), and one with
open tickets only when another takes its place.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, insert

from reporter.domain.areas import CHAIN_LEVELS, FINE_LEVELS, Level
from reporter.domain.importing import areas as rules
from reporter.domain.importing.areas import GivenArea, Ground, StandingArea
from reporter.domain.importing.cells import Row, Table, rows_of
from reporter.domain.importing.findings import Findings, Mark
from reporter.models.areas import Area, AreaShape
from reporter.queries import importing as standing
from reporter.services import seeding
from reporter.services.importing import shapes as drawing_room
from reporter.services.importing import topology
from reporter.services.importing.batch import Plan
from reporter.services.importing.shapes import Drawing, Neighbourhood
from reporter.services.unit_of_work import UnitOfWork

TOUCHES = "tree"


def plan(
    uow: UnitOfWork, table: Table, drawing: Drawing, *, level: Level | None, under: str | None, valid_from: date
) -> Plan:
    """What the file of areas would change. ``valid_from``: the first day of new areas."""
    findings = Findings(table.word)
    rows = rows_of(table, rules.COLUMNS, findings, rules.IGNORED)
    ground = _ground(uow, rows, level, under)
    given = rules.areas(rows, ground, findings)
    shapes = drawing_room.read(given, drawing, findings)
    broken = {finding.line for finding in findings.found if finding.mark is Mark.PROBLEM}
    around = Neighbourhood(uow, given, ground.standing)
    around.check(shapes, drawing, findings)
    writer = _Writer(uow, ground.standing, shapes, valid_from)
    for area in given:
        known = ground.standing.get(area.code)
        if known is None:
            _plan_new(writer, area, shapes.get(area.code), findings)
        elif area.closed_on and not known.valid_to:
            _plan_closing(uow, writer, area, known, around, findings)
        elif area.line not in broken:
            _plan_change(writer, area, known, around, findings)
    findings.absent = around.not_in_file()
    return Plan("areas", TOUCHES, findings, writer.write)


def _ground(uow: UnitOfWork, rows: Sequence[Row], level: Level | None, under: str | None) -> Ground:
    code_rules, parent_levels = standing.code_rules(uow.session)
    blank = Ground(code_rules, parent_levels, {}, uow.today, level, under)
    known = standing.areas(uow.session, rules.codes_meant(rows, blank))
    return Ground(code_rules, parent_levels, known, uow.today, level, under)


def _plan_new(writer: "_Writer", area: GivenArea, shape: BaseGeometry | None, findings: Findings) -> None:
    writer.new.append(area)
    drawn = f" {topology.size_m2(shape):.0f} m²" if shape is not None else ""
    parts = len(topology.parts_of(shape)) if shape is not None else 0
    pieces = f"，{parts} 块" if parts > 1 else ""
    findings.new(area.line, f"{area.code} {area.name} {area.level.value}{drawn}{pieces}")
    if area.level is Level.DISTRICT and not area.ticket_prefix:
        findings.note(area.line, f"{area.code} 没有工单编号前缀（ticket_prefix）")


def _plan_closing(
    uow: UnitOfWork,
    writer: "_Writer",
    area: GivenArea,
    known: StandingArea,
    around: Neighbourhood,
    findings: Findings,
) -> None:
    tickets = standing.open_tickets(uow.session, known)
    below = around.still_open_below(area.code)
    if tickets and not area.replaced_by:
        sentence = f"{area.code} 还有 {tickets} 件未办结的工单，停用要写明替代者（replaced_by）"
        findings.problem(area.line, "closed_on", sentence)
    elif below:
        findings.problem(area.line, "closed_on", f"{area.code} 之下还有 {len(below)} 个在用的区域，例如 {below[0]}")
    else:
        writer.changed.append(area)
        heir = f"，由 {area.replaced_by} 替代" if area.replaced_by else ""
        findings.changed(area.line, f"{area.code} {area.name} 从 {area.closed_on} 起停用{heir}")


def _plan_change(
    writer: "_Writer", area: GivenArea, known: StandingArea, around: Neighbourhood, findings: Findings
) -> None:
    differing = rules.what_changes(area, known)
    shape = writer.shapes.get(area.code)
    if shape is not None and around.is_redrawn(area.code, shape):
        stored = around.stored.get(area.code)
        before = f"{topology.size_m2(stored):.0f}" if stored is not None else "无"
        differing.append(f"geometry {before} → {topology.size_m2(shape):.0f} m²")
        writer.redrawn.append(area)
    if differing:
        writer.changed.append(area)
        findings.changed(area.line, f"{area.code} {area.name} {'；'.join(differing)}")
    else:
        findings.unchanged += 1


class _Writer:
    """What is to be written: ``new`` areas widest first, ``changed`` ones, and which of these have another shape."""

    def __init__(
        self,
        uow: UnitOfWork,
        known: Mapping[str, StandingArea],
        shapes: Mapping[str, BaseGeometry],
        valid_from: date,
    ):
        self.shapes = shapes
        self.new: list[GivenArea] = []
        self.changed: list[GivenArea] = []
        self.redrawn: list[GivenArea] = []
        self._session = uow.session
        self._ids = {code: area.id for code, area in known.items()}
        self._ladders = {code: area.ladder for code, area in known.items()}
        self._lineages: dict[str, dict[str, int | None]] = {}
        self._valid_from = valid_from

    def write(self) -> None:
        self._lineages = standing.lineages(self._session, {area.parent_code for area in self.new if area.parent_code})
        for _, of_level in groupby(self.new, key=lambda area: area.level):
            self._add(list(of_level))
        for area in self.changed:
            self._change(area)
        self._session.flush()
        self._draw([*self.new, *self.redrawn])

    def _add(self, areas: Sequence[GivenArea]) -> None:
        """Areas of one level; those above them are written already."""
        rows = [self._row(area) for area in areas]
        self._session.add_all(rows)
        self._session.flush()  # shapes, and areas of the next level, refer to their ids
        for area, row in zip(areas, rows, strict=True):
            self._ids[area.code] = row.id
            above = self._lineages.get(area.parent_code or "", {})
            own = {f"{area.level.value}_id": row.id} if area.level in CHAIN_LEVELS else {}
            self._lineages[area.code] = {**above, **own}
            for column, value in self._lineages[area.code].items():
                setattr(row, column, value)
            if area.level is Level.DISTRICT:
                seeding.load_departments(self._session, row.id)
        self._session.flush()

    def _row(self, area: GivenArea) -> Area:
        inherited = self._ladders.get(area.parent_code or "", rules.STANDARD_LADDER)
        self._ladders[area.code] = area.ladder or inherited
        return Area(
            code=area.code,
            name=area.name,
            level=area.level.value,
            parent_id=self._ids[area.parent_code] if area.parent_code else None,
            ladder=self._ladders[area.code],
            households=area.households,
            ticket_prefix=area.ticket_prefix,
            synthetic=False,
            attributes=self._exclaves(area, {}),
            valid_from=self._valid_from,
        )

    def _change(self, area: GivenArea) -> None:
        row = self._session.get_one(Area, self._ids[area.code])
        row.name = area.name
        row.ladder = area.ladder or row.ladder
        row.ticket_prefix = area.ticket_prefix or row.ticket_prefix
        if area.households is not None:
            row.households = area.households
        if area.closed_on:
            row.valid_to = area.closed_on
            row.replaced_by_id = self._ids[area.replaced_by] if area.replaced_by else None
        row.attributes = self._exclaves(area, row.attributes)

    def _exclaves(self, area: GivenArea, attributes: Mapping[str, object]) -> dict[str, object]:
        """The attributes with the parts of a shape that ``area_shape`` has no room for."""
        if area.code not in self.shapes:
            return dict(attributes)
        others = {key: value for key, value in attributes.items() if key != standing.EXCLAVES}
        further = [topology.rings(part) for part in topology.parts_of(self.shapes[area.code])[1:]]
        return {**others, standing.EXCLAVES: further} if further else others

    def _draw(self, areas: Sequence[GivenArea]) -> None:
        drawn = [area for area in areas if area.code in self.shapes]
        if not drawn:
            return
        ids = [self._ids[area.code] for area in drawn]
        for start in range(0, len(ids), standing.AT_ONCE):
            self._session.execute(delete(AreaShape).where(AreaShape.area_id.in_(ids[start : start + standing.AT_ONCE])))
        self._session.execute(insert(AreaShape), [self._shape(area) for area in drawn])

    def _shape(self, area: GivenArea) -> dict[str, object]:
        shape = self.shapes[area.code]
        return {
            "area_id": self._ids[area.code],
            "level": area.level.value,
            "fine": area.level in FINE_LEVELS,
            "size": float(shape.area),
            "geom": topology.wkt(topology.parts_of(shape)[0]),
        }
