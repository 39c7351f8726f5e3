"""Polygons of areas: what is refused as a shape, between siblings, and against the parent."""

from typing import Any

import pytest
from sqlalchemy import select

from reporter.db import session_for
from reporter.domain.coordinates import Datum, Point, from_wgs84
from reporter.models.areas import Area, AreaShape
from reporter.queries import areas
from tests.importing.desk import NOW, Box, Desk, Said, box
from tests.world import CENTRAL, GRID_A, GRID_B, WUCHANG

WEST, EAST = (114.300, 30.480, 114.306, 30.486), (114.306, 30.480, 114.312, 30.486)
GRIDS = [({"code": GRID_A, "name": "甲网格"}, WEST), ({"code": GRID_B, "name": "乙网格"}, EAST)]
WGS = ("--datum", "wgs84", "--level", "grid")


def told(desk: Desk, *features: tuple[dict[str, Any], Any], more: tuple[str, ...] = ()) -> Said:
    return desk.run("areas", desk.geojson("areas.geojson", *features), *WGS, *more)


def second(place: Any) -> list[tuple[dict[str, Any], Any]]:
    return [GRIDS[0], (GRIDS[1][0], place)]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


BOW_TIE = polygon([[114.306, 30.48], [114.312, 30.486], [114.312, 30.48], [114.306, 30.486], [114.306, 30.48]])
TWO = {
    "type": "MultiPolygon",
    "coordinates": [box(EAST)["coordinates"], box((114.32, 30.5, 114.33, 30.51))["coordinates"]],
}


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (BOW_TIE, "图形无效：Self-intersection"),
        (TWO, "分成 2 块；grid 只能是一块"),
        ((114.305, 30.480, 114.312, 30.486), f"{GRID_B} 与 {GRID_A} 重叠"),
        ((114.306, 30.480, 114.313, 30.486), f"m² 在上级 {CENTRAL} 之外"),
        ({"type": "Point", "coordinates": [114.3, 30.4]}, "只读 Polygon 和 MultiPolygon，这里是 Point"),
        (polygon(), "有一块没有边界|只读"),
        (polygon([[114.306, 30.48], [114.312, 30.48], [114.306, 30.48]]), "至少要有 4 个点"),
        (polygon([[114.306, 30.48], [114.312, 30.48], [114.312, 30.486], [114.306, 30.486]]), "没有闭合"),
        (polygon([[114.306, 30.48], ["x", 30.48], [114.312, 30.486], [114.306, 30.48]]), "不是一个点"),
        (polygon([[114.306, 30.48], [None, 30.48], [114.312, 30.486], [114.306, 30.48]]), "不是一个点"),
        (polygon([[30.48, 114.306], [30.48, 114.312], [30.486, 114.312], [30.48, 114.306]]), "对调"),  # lat before lng
        (polygon([[114.306, 30.48], [914.3, 30.48], [114.312, 30.486], [114.306, 30.48]]), "-180 到 180"),
        (polygon([[114.306, 30.48], [0, 0], [114.312, 30.486], [114.306, 30.48]]), "(0, 0)"),
        (polygon([[114.306, 30.48], [114.312, 30.48], [114.309, 30.48], [114.306, 30.48]]), "无效|没有面积"),  # a line
    ],
)
def test_a_wrong_shape_is_named_with_its_feature_and_the_good_ones_are_not_written(
    desk: Desk, place: Any, sentence: str
) -> None:
    before = desk.contents()
    said = told(desk, *second(place), more=("--apply",))
    assert said.code == 1
    found = [line for line in said.problems if any(one in line for one in sentence.split("|"))]
    assert found and found[0].startswith("feature 2 ! geometry: "), said.text
    assert desk.contents() == before


def test_a_gap_over_the_tolerance_is_a_problem_and_a_narrower_one_is_none(desk: Desk) -> None:
    narrow = (114.306, 30.480, 114.31199, 30.486)  # leaves a strip of about 1 m, 640 m²
    said = told(desk, *second(narrow))
    assert len(said.problems) == 1
    assert f"{CENTRAL} 内有 639." in said.problems[0]
    assert "没有划给任何 grid" in said.problems[0]
    assert told(desk, *second(narrow), more=("--gap-tolerance-m2", "700")).code == 0


def test_an_overlap_under_the_tolerance_is_let_through(desk: Desk) -> None:
    wide = (114.30599, 30.480, 114.312, 30.486)
    assert told(desk, *second(wide)).code == 1
    assert told(desk, *second(wide), more=("--overlap-tolerance-m2", "700")).code == 0


def test_what_the_file_does_not_name_counts_as_a_neighbour(desk: Desk) -> None:
    said = told(desk, ({"code": GRID_A, "name": "甲网格"}, (114.300, 30.480, 114.307, 30.486)))
    assert said.problems[0].startswith(f"feature 1 ! geometry: {GRID_A} 与 {GRID_B} 重叠")


def test_a_parent_that_shrinks_leaves_its_children_outside(desk: Desk) -> None:
    shrunk = ({"code": CENTRAL, "name": "中央花园社区", "level": "community"}, (114.300, 30.480, 114.310, 30.486))
    said = told(desk, shrunk, more=("--gap-tolerance-m2", "1e9"))
    assert [line for line in said.problems if f"{GRID_B} 有" in line and f"在上级 {CENTRAL} 之外" in line], said.text


def test_a_valid_map_is_unchanged_and_a_moved_line_is_told_and_written(desk: Desk) -> None:
    assert told(desk, *GRIDS, more=("--apply",)).lines[-1] == "Nothing to change."
    moved = [(GRIDS[0][0], (114.300, 30.480, 114.308, 30.486)), (GRIDS[1][0], (114.308, 30.480, 114.312, 30.486))]
    before = desk.contents()
    dry = told(desk, *moved)
    assert [line.split(" geometry ")[0] for line in dry.about("~")] == [
        f"feature 1 ~ {GRID_A} 甲网格",
        f"feature 2 ~ {GRID_B} 乙网格",
    ]
    assert desk.contents() == before
    # buildings of 乙网格 now stand in 甲网格: they must be drawn anew as well, or it is refused
    assert told(desk, *moved, more=("--apply",)).code == 1


def test_a_broken_shape_is_repaired_when_asked_and_the_line_says_so(desk: Desk) -> None:
    touching = polygon(
        [
            [114.306, 30.48],
            [114.312, 30.48],
            [114.312, 30.486],
            [114.306, 30.486],
            [114.3059999, 30.483],
            [114.306, 30.48],
        ],
        [[114.307, 30.484], [114.308, 30.484], [114.308, 30.486], [114.307, 30.484]],  # a hole that touches the edge
    )
    whiskers = polygon(
        [[114.306, 30.48], [114.312, 30.48], [114.312, 30.486], [114.312, 30.49], [114.312, 30.486], [114.306, 30.486],
         [114.306, 30.48]]
    )  # fmt: skip
    assert told(desk, *second(whiskers)).code == 1
    said = told(desk, *second(whiskers), more=("--repair",))
    assert said.code == 0, said.text
    assert "的图形已修正" in said.about("·")[0]
    assert told(desk, *second(touching), more=("--repair",)).code == 1, "repaired, but the overlap is still there"


def test_every_corner_is_moved_into_wgs84(desk: Desk) -> None:
    def gcj(corners: Box) -> dict[str, Any]:
        ring = box(corners)["coordinates"][0]
        return polygon([list(from_wgs84(Point(lng, lat), Datum.GCJ02)) for lng, lat in ring])

    path = desk.geojson("gcj.geojson", (GRIDS[0][0], gcj(WEST)), (GRIDS[1][0], gcj(EAST)))
    assert desk.run("areas", path, "--datum", "gcj02", "--level", "grid").lines[-1] == "Nothing to change."
    assert desk.run("areas", path, "--datum", "wgs84", "--level", "grid").code == 1  # half a kilometre off


def test_the_datum_must_be_said(desk: Desk) -> None:
    said = desk.run("areas", desk.geojson("areas.geojson", *GRIDS), "--level", "grid")
    assert said.code == 2
    assert "--datum" in said.text


def test_new_shapes_are_found_by_the_points_in_them(desk: Desk) -> None:
    block = ({"code": f"{GRID_B}002", "name": "6栋", "level": "building"}, (114.3095, 30.483, 114.311, 30.485))
    assert told(desk, block, more=("--apply",)).lines[-1] == "Applied."
    with session_for(desk.engine, writes=False) as session:
        holding = areas.containing(session, Point(114.3103, 30.4841), NOW.date(), 0).holding
    assert {found.code for found in holding} == {GRID_B, f"{GRID_B}002"}


def test_a_district_of_several_parts_keeps_them_all(desk: Desk) -> None:
    parts = {
        "type": "MultiPolygon",
        "coordinates": [
            box((114.30, 30.48, 114.34, 30.52))["coordinates"],
            box((114.36, 30.48, 114.37, 30.49))["coordinates"],
        ],
    }
    feature = ({"code": WUCHANG, "name": "武昌区", "level": "district"}, parts)
    said = told(desk, feature, more=("--apply", "--gap-tolerance-m2", "1e12"))
    assert said.code == 0, said.text
    (attributes,) = desk.rows(select(Area.attributes).where(Area.code == WUCHANG))
    assert len(attributes["exclaves"]) == 1
    (size,) = desk.rows(select(AreaShape.size).join(Area).where(Area.code == WUCHANG))
    assert size == pytest.approx(0.04 * 0.04 + 0.01 * 0.01)
    assert told(desk, feature, more=("--apply", "--gap-tolerance-m2", "1e12")).lines[-1] == "Nothing to change."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "不是 JSON"),
        ('{"type": "Feature"}', "不是 GeoJSON 的 FeatureCollection"),
        ('{"type": "FeatureCollection", "features": [1]}', "第 1 个要素不是 Feature"),
        ('{"type": "FeatureCollection", "features": [{"properties": {"code": NaN}}]}', "不是 JSON"),
    ],
)
def test_a_file_that_is_no_map_is_told_so(desk: Desk, text: str, sentence: str) -> None:
    path = desk.folder / "odd.geojson"
    path.write_text(text)
    said = desk.run("areas", str(path), *WGS)
    assert said.code == 1
    assert sentence in said.text
