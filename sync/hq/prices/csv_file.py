"""Price rows in a CSV file."""

from collections.abc import Sequence
from typing import Final

from sync.hq.importing.csv_file import Columns, fen_cell, flag_cell, list_cell, read_csv_as
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.prices.importing import PriceRow

COLUMNS: Final = Columns(
    "prices",
    dict.fromkeys(("id", "sku", "kind", "scope", "channel", "amount_yuan", "amount", "from", "to"), str)
    | {"amount": fen_cell, "tiers": list_cell, "lot": str, "delete": flag_cell},
)


def read_price_csv(file: str, body: bytes, mistakes: Mistakes) -> Sequence[ReadRow[PriceRow]]:
    """Read a file of prices; whatever is wrong leaves a mistake."""
    return read_csv_as(file, body, COLUMNS, kind=PriceRow, mistakes=mistakes)
