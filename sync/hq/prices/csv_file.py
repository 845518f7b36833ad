"""Price rows as a spreadsheet saves them: CSV with a header, in UTF-8 or in GB18030 (as Excel does in Chinese).

Gives the same plain rows as JSON would. Knows nothing of what is right in a row but the form of its cells.
"""

import csv
import io
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import explain
from sync.hq.prices.importing import PriceRow

COLUMNS: Final = (
    *("id", "sku", "kind", "scope", "channel", "amount_yuan", "amount"),
    *("from", "to", "tiers", "lot", "delete"),
)
_FLAGS: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True, "x": True}
_MAX_DIGITS: Final = 15


class BadCell(Exception):
    """A cell whose form is wrong; says how."""


def read_price_csv(file: str, body: bytes, mistakes: Mistakes) -> list[ReadRow[PriceRow]]:
    """Read a file's rows; whatever is wrong leaves a mistake."""
    text = _decoded(file, body, mistakes)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    read: list[ReadRow[PriceRow]] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if not _header_holds(file, header, mistakes):
            return read
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = _read_row(file, reader.line_num, header, [cell.strip() for cell in cells], mistakes=mistakes)
                read += [row] if row else []
    except csv.Error as error:
        mistakes.note(file, reader.line_num, "", f"is not CSV: {error}")
    return read


def _decoded(file: str, body: bytes, mistakes: Mistakes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    mistakes.note(file, 0, "", "is neither UTF-8 nor GB18030; save it as CSV UTF-8")
    return ""


def _header_holds(file: str, header: list[str], mistakes: Mistakes) -> bool:
    before = mistakes.count
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            advice = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(COLUMNS)}"
            mistakes.note(file, 1, name, f"is no column of prices{advice}")
        if header.count(name) > 1:
            mistakes.note(file, 1, name, "is there twice")
    if "id" not in header:
        mistakes.note(file, 1, "id", "is missing: the first line names the columns")
    return mistakes.count == before


def _read_row(
    file: str, line: int, header: list[str], cells: list[str], *, mistakes: Mistakes
) -> ReadRow[PriceRow] | None:
    if len(cells) != len(header):
        mistakes.note(file, line, "", f"has {len(cells)} cells, and the header has {len(header)}")
        return None
    row: dict[str, Any] = {}
    good = True
    for column, cell in zip(header, cells, strict=True):
        try:
            if cell:
                row[column] = _CELLS.get(column, str)(cell)
        except BadCell as bad:
            mistakes.note(file, line, column, str(bad), value=cell)
            good = False
    if not good:
        return None
    try:
        return ReadRow(file, line, msgspec.convert(row, PriceRow))
    except msgspec.ValidationError as error:
        column, reason = explain(error)
        mistakes.note(file, line, column, reason, value=row.get(column, ""))
        return None


def _fen(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit()) or len(cell) > _MAX_DIGITS:
        raise BadCell("is no whole number of fen, such as 1250; for yuan name the column amount_yuan")
    return int(cell)


def _tiers(cell: str) -> list[str]:
    return [tier.strip() for tier in cell.split(";") if tier.strip()]


def _flag(cell: str) -> bool:
    if cell.lower() not in _FLAGS:
        raise BadCell("is neither 1 nor 0")
    return _FLAGS[cell.lower()]


_CELLS: Final[Mapping[str, Callable[[str], Any]]] = {"amount": _fen, "tiers": _tiers, "delete": _flag}
"""How a cell is read; the others are words."""
