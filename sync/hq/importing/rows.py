"""Reading rows of a JSON document: each in its shape, or a mistake that names the column."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, parse_instant
from pos_app.domain.quantity import MAX_QUANTITY
from sync.hq.importing.mistakes import Mistakes, ReadRow

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
"""An id or a name: something, and not a page."""
Text = Annotated[str, msgspec.Meta(max_length=500)]
PackSize = Annotated[int, msgspec.Meta(gt=0, le=MAX_QUANTITY)]
"""Thousandths that a unit or a barcode stands for."""

T = TypeVar("T")

_WHERE: Final = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")
_FIELD: Final = re.compile(r"field `(?P<name>[^`]+)`")


def read_rows(file: str, raw: Sequence[object], kind: type[T], mistakes: Mistakes) -> list[ReadRow[T]]:
    """Read a list's rows; those that cannot be read leave a mistake."""
    read: list[ReadRow[T]] = []
    for number, one in enumerate(raw, 1):
        try:
            read.append(ReadRow(file, number, msgspec.convert(one, kind)))
        except msgspec.ValidationError as error:
            column, reason = explain(error)
            mistakes.note(file, number, column, reason, value=_value(one, column))
    return read


def explain(error: msgspec.ValidationError) -> tuple[str, str]:
    """Split a validation's message into the column and what is wrong with it."""
    text = str(error)
    where = _WHERE.search(text)
    reason = text[: where.start()] if where else text
    path = where["path"] if where else ""
    named = _FIELD.search(reason)
    if named:
        path = f"{path}.{named['name']}".lstrip(".")
    return path, reason[0].lower() + reason[1:]


def once_only(rows: Sequence[ReadRow[T]], column: str, key: Callable[[T], Hashable], mistakes: Mistakes) -> None:
    """See that no two rows have the same key."""
    first: dict[Hashable, int] = {}
    for row in rows:
        before = first.setdefault(key(row.value), row.row)
        if before != row.row:
            mistakes.add(row, column, f"is in row {before} already", key(row.value))


def check_span(
    row: ReadRow[object], starts: tuple[str, str | None], ends: tuple[str, str | None], mistakes: Mistakes
) -> None:
    """Check two columns, each given with its text: instants, and the second after the first; None is open."""
    begin, end = _instant(row, *starts, mistakes), _instant(row, *ends, mistakes)
    if begin is not None and end is not None and end <= begin:
        mistakes.add(row, ends[0], f"is not after {starts[0]}", ends[1] or "")


def _instant(row: ReadRow[object], column: str, text: str | None, mistakes: Mistakes) -> Instant | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except Refusal:
        mistakes.add(row, column, "is no instant with an offset, such as 2026-06-18T00:00:00+08:00", text)
        return None


def _value(row: object, column: str) -> object:
    """Show what stood in a top-level column."""
    known: Mapping[str, Any] = row if isinstance(row, dict) else {}
    return known.get(column, "")
