"""What people send in, read into rows: a JSON document with its sections, or a file of prices.

Nothing is looked up here; every row that cannot be read is a mistake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from sync.hq.importing.known import Named
from sync.hq.importing.mistakes import Mistakes, ReadRow
from sync.hq.importing.rows import read_rows
from sync.hq.members.importing import MemberRow
from sync.hq.operators.importing import OperatorRow
from sync.hq.places.importing import PlaceRow
from sync.hq.prices.csv_file import read_price_csv
from sync.hq.prices.importing import PriceRow
from sync.hq.products.importing import ProductRow
from sync.hq.stock_pool.importing import StockRow

T = TypeVar("T")

SECTIONS = ("places", "products", "prices", "operators", "members", "stock")


@dataclass(slots=True)
class Import:
    """Rows, section by section, in the order in which they build on each other."""

    places: Sequence[ReadRow[PlaceRow]] = field(default=())
    products: Sequence[ReadRow[ProductRow]] = field(default=())
    prices: Sequence[ReadRow[PriceRow]] = field(default=())
    operators: Sequence[ReadRow[OperatorRow]] = field(default=())
    members: Sequence[ReadRow[MemberRow]] = field(default=())
    stock: Sequence[ReadRow[StockRow]] = field(default=())
    incomplete_base: bool = False
    """Places or products had rows that could not be read, which others may speak of."""

    def named(self) -> Named:
        """List what it speaks of."""
        products = [row.value for row in self.products]
        return Named(
            skus=frozenset(row.value.sku for rows in (self.prices, self.stock) for row in rows),
            prices=frozenset(row.value.id for row in self.prices if row.value.delete),
            barcodes=frozenset(code for product in products for code in product.codes()),
            openings=frozenset(row.value.place for row in self.stock),
            operators=frozenset(row.value.id for row in self.operators),
        )

    def counts(self) -> dict[str, int]:
        """Count its rows by section."""
        return {name: len(rows) for name in SECTIONS if (rows := getattr(self, name))}


def read_document(file: str, body: bytes, mistakes: Mistakes, *, section: str = "") -> Import:
    """Read a JSON document with sections; a bare list is the rows of ``section``."""
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        mistakes.note(file, 0, "", f"is not JSON: {error}")
        return Import()
    if isinstance(document, list) and section:
        document = {section: document}
    if not isinstance(document, dict) or not set(SECTIONS) & document.keys():
        mistakes.note(file, 0, "", f"has none of the sections {', '.join(SECTIONS)}")
        return Import()
    before = mistakes.count
    places = _section(file, document, "places", PlaceRow, mistakes=mistakes)
    products = _section(file, document, "products", ProductRow, mistakes=mistakes)
    return Import(
        places=places,
        products=products,
        incomplete_base=mistakes.count > before,
        prices=_section(file, document, "prices", PriceRow, mistakes=mistakes),
        operators=_section(file, document, "operators", OperatorRow, mistakes=mistakes),
        members=_section(file, document, "members", MemberRow, mistakes=mistakes),
        stock=_section(file, document, "stock", StockRow, mistakes=mistakes),
    )


def read_price_file(file: str, body: bytes, mistakes: Mistakes) -> Import:
    """Read a file of prices."""
    return Import(prices=read_price_csv(file, body, mistakes))


def _section(
    file: str, document: dict[str, Any], name: str, kind: type[T], *, mistakes: Mistakes
) -> Sequence[ReadRow[T]]:
    raw = document.get(name, [])
    if not isinstance(raw, list):
        mistakes.note(f"{file}: {name}", 0, "", "is not a list")
        return ()
    return read_rows(f"{file}: {name}", raw, kind, mistakes)
