"""Promotions in a CSV file, a row each: those that a flat row can say, all but `bundle` and `addon`, which have slots.

A row becomes the document of docs/pricing.md that JSON would have had. Amounts are in yuan here.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from pos_app.domain.errors import Refusal
from pos_app.domain.money import parse_yuan
from pos_app.domain.pricing.promotion_documents import read_promotion
from sync.hq.importing.csv_file import BadCell, Columns, flag_cell, list_cell, read_csv
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rules import DELETE, read_rule
from sync.hq.promotions.importing import PromotionRow

_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_NAMES: Final = re.compile(r"[a-z_]+")
WITH_SLOTS: Final = ("bundle", "addon")


def _number(cell: str) -> int | Decimal:
    if not _NUMBER.fullmatch(cell):
        raise BadCell("is no number with at most two decimals, such as 12.5")
    return Decimal(cell) if "." in cell else int(cell)


def _yuan(cell: str) -> int:
    try:
        return parse_yuan(cell)
    except Refusal:
        raise BadCell("is no amount in yuan, such as 12.50") from None


def _weekdays(cell: str) -> list[int]:
    days = list_cell(cell)
    if not all(day in {"1", "2", "3", "4", "5", "6", "7"} for day in days):
        raise BadCell("are no weekdays, such as 6;7 (1 is Monday)")
    return [int(day) for day in days]


def _tiers(cell: str) -> list[tuple[str, str]]:
    tiers = [tier.partition(":") for tier in list_cell(cell)]
    if not all(reach and gives for reach, _, gives in tiers):
        raise BadCell("are no tiers, such as 3:10;5:15")
    return [(reach.strip(), gives.strip()) for reach, _, gives in tiers]


_OF: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("skus", "categories", "brands", "tags"), list_cell),
    "all": flag_cell,
}
_ACTIVE: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("from", "to", "daily_from", "daily_to"), str),
    "weekdays": _weekdays,
}
_PLAIN: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("id", "name", "kind", "scope", "channel", "group"), str),
    **dict.fromkeys(("priority", "limit", "limit_per_member", "percent", "size", "discounted"), _number),
    **dict.fromkeys(("multiplier", "bonus"), _number),
    **dict.fromkeys(("members_only", "repeat", "with_item_promotions", DELETE), flag_cell),
    **dict.fromkeys(("member_tiers", "segments"), list_cell),
}
_IN_YUAN: Final = {"price_yuan": "price", "amount_yuan": "amount", "min_spend_yuan": "min_spend"}
_TIERS: Final[Mapping[str, Callable[[str], Any]]] = {"tiers": _tiers, "spend_yuan": _yuan, "off_yuan": _yuan}
COLUMNS: Final = Columns("promotions", {**_PLAIN, **_OF, **_ACTIVE, **dict.fromkeys(_IN_YUAN, _yuan), **_TIERS})
_COLUMN_OF: Final = {field: column for column, field in _IN_YUAN.items()} | {
    "of": "skus",
    "spend": "spend_yuan",
    "off": "off_yuan",
    "count": "tiers",
}


def read_promotion_csv(file: str, body: bytes, mistakes: Mistakes) -> Sequence[ReadRow[PromotionRow]]:
    """Read a file of promotions; whatever is wrong leaves a mistake."""
    return [
        promotion for row in read_csv(file, body, COLUMNS, mistakes) for promotion in _read_row(row, mistakes=mistakes)
    ]


def _read_row(row: ReadRow[dict[str, Any]], *, mistakes: Mistakes) -> Sequence[ReadRow[PromotionRow]]:
    cells = row.value
    if not cells.get("id"):
        mistakes.add(row, "id", "is missing")
        return ()
    if cells.get("kind") in WITH_SLOTS:
        mistakes.add(row, "kind", "has slots, which no flat row can say: import it as JSON", cells["kind"])
        return ()
    try:
        document = _document(cells)
    except BadCell as bad:
        mistakes.add(row, "tiers", str(bad))
        return ()
    written = ReadRow(row.file, row.row, document)
    return read_rule(written, cells["id"], read_promotion, mistakes=mistakes, column_of=partial(_column_of, cells))


def _document(cells: Mapping[str, Any]) -> dict[str, Any]:
    document = {name: cells[name] for name in _PLAIN if name in cells}
    document |= {field: cells[column] for column, field in _IN_YUAN.items() if column in cells}
    for name, columns in (("of", _OF), ("active", _ACTIVE)):
        part = {column: cells[column] for column in columns if column in cells}
        document |= {name: part} if part else {}
    tiers = _tiers_of(cells)
    if tiers:
        document["tiers"] = tiers
        if cells.get("kind") == "spend":
            document.pop("percent", None)
    return document


def _tiers_of(cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put tiers together: of the kind `tiers` pieces and percent, of `spend` yuan and yuan, or the one in columns."""
    rungs: Sequence[tuple[str, str]] = cells.get("tiers", ())
    if cells.get("kind") == "spend":
        if rungs:
            return [{"spend": _yuan(reach), "off": _yuan(off)} for reach, off in rungs]
        return (
            [{field: cells[column] for column, field in _ONE_TIER.items() if column in cells}]
            if "spend_yuan" in cells
            else []
        )
    return [{"count": _number(reach), "percent": _number(percent)} for reach, percent in rungs]


_ONE_TIER: Final = {"spend_yuan": "spend", "off_yuan": "off", "percent": "percent"}


def _column_of(cells: Collection[str], path: str) -> str:
    """Find the column of a path: ``of.skus[0]`` stood in ``skus``. One with a cell comes before one without."""
    names = [_COLUMN_OF.get(name, name) for name in reversed(_NAMES.findall(path))]
    named = [name for name in names if name in COLUMNS.cells]
    return next((name for name in named if name in cells), named[0] if named else path)
