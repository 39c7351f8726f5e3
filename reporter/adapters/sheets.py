"""Tables that people keep: CSV in UTF-8 or GB18030, Excel (.xlsx), and maps in GeoJSON; as texts with line numbers.

Nothing in a file is evaluated: a cell with a formula is a fault of that cell, even where a value was stored with it,
because nobody who checks the file sees what it will be. A merged cell says the same in each of its cells.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reporter.domain.importing.cells import Row, Table

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024  # of an .xlsx, which is a packed archive
MOST_ROWS = 200_000
MOST_COLUMNS = 100
SURE_DIGITS = 15  # a number in Excel keeps no more; a longer code has lost its end

FORMULA = "是公式；请复制后“只粘贴值”"
LOST_DIGITS = "存成了数字，15 位以后已经丢失；请把这一列设为文本再重新填写"


class UnusableFile(Exception):
    """The whole file cannot be read; the sentence says why."""


@dataclass(frozen=True)
class Map:
    """``table``: the properties, a row for each feature; ``shapes``: feature number → geometry, where there is one."""

    table: Table
    shapes: Mapping[int, Mapping[str, Any]]


def read_table(path: Path) -> Table:
    """The first sheet of an .xlsx, or a CSV; the first line with something on it holds the headers.

    Raises UnusableFile.
    """
    content = _bytes(path)
    lines = _xlsx_lines(content) if zipfile.is_zipfile(io.BytesIO(content)) else _csv_lines(content)
    return _table(lines)


def read_map(path: Path) -> Map:
    """A GeoJSON FeatureCollection. Raises UnusableFile."""
    try:
        given = json.loads(_text(_bytes(path)), parse_constant=_no_constant)
    except (ValueError, RecursionError) as broken:
        raise UnusableFile(f"不是 JSON：{broken}") from broken
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list) or given.get("type") != "FeatureCollection":
        raise UnusableFile("不是 GeoJSON 的 FeatureCollection")
    if len(features) > MOST_ROWS:
        raise UnusableFile(f"有 {len(features)} 个要素，最多 {MOST_ROWS} 个")
    headers: dict[str, None] = {}
    rows: list[Row] = []
    shapes: dict[int, Mapping[str, Any]] = {}
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise UnusableFile(f"第 {number} 个要素不是 Feature")
        properties = feature.get("properties") or {}
        cells = {str(key): _plain(value) for key, value in properties.items()}
        headers.update(dict.fromkeys(cells))
        rows.append(Row(number, cells))
        if isinstance(feature.get("geometry"), dict):
            shapes[number] = feature["geometry"]
    return Map(Table(list(headers), rows, word="feature"), shapes)


def is_map(path: Path) -> bool:
    return path.suffix.lower() in (".geojson", ".json")


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise UnusableFile(f"文件超过 {MOST_BYTES // 1024 // 1024} MB")
    return path.read_bytes()


def _text(content: bytes) -> str:
    """UTF-8 with or without its mark, else GB18030, which Chinese spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableFile("既不是 UTF-8 也不是 GB18030 编码")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


Line = tuple[int, list[str], dict[int, str]]
"""Number, texts, and position → fault."""


def _table(lines: Iterable[Line]) -> Table:
    headers: list[str] | None = None
    rows: list[Row] = []
    for number, texts, faults in lines:
        if not any(texts) and not faults:
            continue
        if headers is None:
            headers = texts
            continue
        if len(rows) == MOST_ROWS:
            raise UnusableFile(f"超过 {MOST_ROWS} 行")
        more = [text for text in texts[len(headers) :] if text]
        cells = dict(zip(headers, texts, strict=False))
        wrong = {headers[at]: fault for at, fault in faults.items() if at < len(headers)}
        if more:
            wrong[headers[0]] = f"这一行比表头多 {len(more)} 格：{more[0]}"
        rows.append(Row(number, cells, wrong))
    if headers is None:
        raise UnusableFile("文件是空的")
    if len(headers) > MOST_COLUMNS:
        raise UnusableFile(f"超过 {MOST_COLUMNS} 列")
    return Table(headers, rows)


def _csv_lines(content: bytes) -> Iterable[Line]:
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    before = 0
    try:
        for texts in reader:
            yield before + 1, texts, {}  # a cell may hold line ends: the line where the row begins
            before = reader.line_num
    except csv.Error as broken:
        raise UnusableFile(f"第 {before + 1} 行不是 CSV：{broken}") from broken


def _xlsx_lines(content: bytes) -> Iterable[Line]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise UnusableFile(f"展开后超过 {MOST_UNPACKED // 1024 // 1024} MB")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except Exception as broken:  # whatever a stranger's archive may break inside the library
        raise UnusableFile(f"不是能读的 .xlsx：{broken}") from broken
    sheet = book.worksheets[0]
    if sheet.max_row > MOST_ROWS + 1 or sheet.max_column > MOST_COLUMNS:
        raise UnusableFile(f"超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列")
    heads = _merged(sheet)
    for cells in sheet.iter_rows():
        texts, faults = [], {}
        for at, cell in enumerate(cells):
            text, fault = _cell(heads.get(cell.coordinate, cell))
            texts.append(text)
            if fault:
                faults[at] = fault
        yield cells[0].row, texts, faults


def _merged(sheet: Worksheet) -> dict[str, Cell]:
    """Coordinate → the cell that speaks for it."""
    return {
        sheet.cell(row, column).coordinate: sheet.cell(area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }


def _cell(cell: Any) -> tuple[str, str | None]:
    """The text of a cell, and what is wrong with it."""
    value = cell.value
    if cell.data_type == "f":
        return str(value), FORMULA
    if cell.data_type == "e":
        return str(value), f"是错误值 {value}"
    if value is None:
        return "", None
    if isinstance(value, datetime):
        return value.date().isoformat(), None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) > SURE_DIGITS:
        return str(value), LOST_DIGITS
    return str(value), None
