"""What the cells of a table may hold: known headers, whole texts, nothing that a spreadsheet would run.

Reading files is ``adapters/sheets.py``; what a row means is beside this file, a module for each kind.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reporter.domain.importing.findings import WHOLE_FILE, Findings

# What begins like this is run, not shown, when the text is exported and opened in a spreadsheet
# (OWASP, “CSV injection”); the full-width forms are turned into these by some.
FORMULA_STARTS = tuple("=+-@＝＋－＠")
LINE_ENDS = "\r\n\t"
SECRET_HEADERS = ("password", "passwd", "密码", "口令")


@dataclass(frozen=True, slots=True)
class Row:
    """Texts by column, stripped; an empty cell is ``""``. ``faults``: column → why its cell could not be read."""

    line: int
    cells: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """``headers`` as the file writes them; ``word``: what its numbers count, ``line`` or ``feature``."""

    headers: Sequence[str]
    rows: Sequence[Row]
    word: str = "line"


@dataclass(frozen=True, slots=True)
class Column:
    """``others``: headers that mean the same. ``most``: characters the database keeps."""

    name: str
    others: tuple[str, ...] = ()
    most: int = 200
    needed: bool = True  # the column must be there
    filled: bool = True  # and each of its cells must say something


def rows_of(table: Table, columns: Iterable[Column], findings: Findings, ignored: Sequence[str] = ()) -> list[Row]:
    """The rows under our own column names. A row with a bad cell is reported and left out.

    ``ignored``: headers that may stand there and mean nothing to us; other unknown ones are noted.
    """
    columns = tuple(columns)
    header_of = _headers(table.headers, columns, findings, ignored)
    if header_of is None:
        return []
    readable = []
    for row in table.rows:
        cells, wrong = {}, False
        for column in columns:
            header = header_of.get(column.name)
            text = tidy(row[header]) if header else ""
            cells[column.name] = text
            sentence = row.faults.get(header or "") or _fault_of(text, column if header else None)
            if sentence:
                findings.problem(row.line, column.name, sentence)
                wrong = True
        if not wrong:
            readable.append(Row(row.line, cells))
    return readable


def tidy(text: str) -> str:
    """Line ends inside a cell become one space; blanks around it go."""
    return " ".join(text.split()) if any(char in text for char in LINE_ENDS) else text.strip()


def unsafe(text: str) -> str | None:
    """Why a text may not be kept, or None."""
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cf"):
            return f"含有看不见的控制字符 U+{ord(char):04X}，请删去"
    if len(text) > 1 and text.startswith(FORMULA_STARTS):
        return f"以“{text[0]}”开头，表格软件会把它当公式执行，请改写"
    return None


def _fault_of(text: str, column: Column | None) -> str | None:
    if column is None:
        return None
    if column.filled and not text:
        return "不能为空"
    if len(text) > column.most:
        return f"有 {len(text)} 个字，最多 {column.most} 个"
    return unsafe(text)


def _headers(
    headers: Sequence[str], columns: Sequence[Column], findings: Findings, ignored: Sequence[str]
) -> dict[str, str] | None:
    """Our name → the header of the file; None when the table cannot be used."""
    plain = {header: header.strip().lower() for header in headers if header.strip()}
    secrets = [header for header, low in plain.items() if any(word in low for word in SECRET_HEADERS)]
    if secrets:
        findings.problem(WHOLE_FILE, secrets[0], "密码不能放在文件里，请删去这一列，再用 reporter password 逐个设置")
        return None
    found: dict[str, str] = {}
    for column in columns:
        names = (column.name, *column.others)
        candidates = [header for header, low in plain.items() if low in names]
        if len(candidates) > 1:
            findings.problem(WHOLE_FILE, column.name, f"有几列都是它：{'、'.join(candidates)}")
            return None
        if candidates:
            found[column.name] = candidates[0]
    missing = [column.name for column in columns if column.needed and column.name not in found]
    for name in missing:
        findings.problem(WHOLE_FILE, name, "文件里没有这一列")
    unknown = [header for header, low in plain.items() if header not in found.values() and low not in ignored]
    if unknown:
        findings.note(WHOLE_FILE, f"不读的列：{'、'.join(unknown)}")
    return None if missing else found
