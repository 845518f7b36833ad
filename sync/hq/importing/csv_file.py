"""Tables as a spreadsheet saves them: CSV with a header, in UTF-8 or in GB18030 (as Excel does in Chinese).

Gives the same plain rows as JSON would. Knows nothing of what is right in a row but the form of its cells.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeVar

import msgspec

from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import explain

T = TypeVar("T")

_FLAGS: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True, "x": True}
_MAX_DIGITS: Final = 15


class BadCell(Exception):
    """A cell whose form is wrong; says how."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a kind of file has in its header, and how the cells below are read. ``what`` names the kind."""

    what: str
    cells: Mapping[str, Callable[[str], Any]]


def read_csv(file: str, body: bytes, columns: Columns, mistakes: Mistakes) -> list[ReadRow[dict[str, Any]]]:
    """Read a file's rows, empty cells left out; whatever is wrong leaves a mistake."""
    text = _decoded(file, body, mistakes)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    read: list[ReadRow[dict[str, Any]]] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if not _header_holds(file, header, columns, mistakes):
            return read
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = ReadRow(file, reader.line_num, [cell.strip() for cell in cells])
                read += _read_row(row, header, columns, mistakes)
    except csv.Error as error:
        mistakes.note(file, reader.line_num, "", f"is not CSV: {error}")
    return read


def read_csv_as(file: str, body: bytes, columns: Columns, *, kind: type[T], mistakes: Mistakes) -> list[ReadRow[T]]:
    """Read a file's rows, each in its shape."""
    read: list[ReadRow[T]] = []
    for row in read_csv(file, body, columns, mistakes):
        try:
            read.append(ReadRow(file, row.row, msgspec.convert(row.value, kind)))
        except msgspec.ValidationError as error:
            column, reason = explain(error)
            mistakes.add(row, column, reason, row.value.get(column, ""))
    return read


def header_of(body: bytes) -> set[str]:
    """Read which columns a file has, whatever they are; a file that is no text has none."""
    text = _decoded("", body, Mistakes())
    try:
        return {name.strip().lower() for name in next(csv.reader(io.StringIO(text, newline="")), [])}
    except csv.Error:
        return set()


def _decoded(file: str, body: bytes, mistakes: Mistakes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    mistakes.note(file, 0, "", "is neither UTF-8 nor GB18030; save it as CSV UTF-8")
    return ""


def _header_holds(file: str, header: list[str], columns: Columns, mistakes: Mistakes) -> bool:
    before = mistakes.count
    for name in dict.fromkeys(header):
        if name not in columns.cells:
            near = get_close_matches(name, columns.cells, 1)
            advice = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(columns.cells)}"
            mistakes.note(file, 1, name, f"is no column of {columns.what}{advice}")
        if header.count(name) > 1:
            mistakes.note(file, 1, name, "is there twice")
    if "id" not in header:
        mistakes.note(file, 1, "id", "is missing: the first line names the columns")
    return mistakes.count == before


def _read_row(
    row: ReadRow[list[str]], header: list[str], columns: Columns, mistakes: Mistakes
) -> list[ReadRow[dict[str, Any]]]:
    """Read a row's cells; a row with a bad one is none."""
    if len(row.value) != len(header):
        mistakes.add(row, "", f"has {len(row.value)} cells, and the header has {len(header)}")
        return []
    before = mistakes.count
    read: dict[str, Any] = {}
    for column, cell in zip(header, row.value, strict=True):
        try:
            if cell:
                read[column] = columns.cells[column](cell)
        except BadCell as bad:
            mistakes.add(row, column, str(bad), cell)
    return [ReadRow(row.file, row.row, read)] if mistakes.count == before else []


def fen_cell(cell: str) -> int:
    """Read whole fen."""
    if not (cell.isascii() and cell.isdigit()) or len(cell) > _MAX_DIGITS:
        raise BadCell("is no whole number of fen, such as 1250; for yuan name the column amount_yuan")
    return int(cell)


def list_cell(cell: str) -> list[str]:
    """Read words parted by semicolons."""
    return [word.strip() for word in cell.split(";") if word.strip()]


def flag_cell(cell: str) -> bool:
    """Read yes or no."""
    if cell.lower() not in _FLAGS:
        raise BadCell("is neither 1 nor 0")
    return _FLAGS[cell.lower()]
