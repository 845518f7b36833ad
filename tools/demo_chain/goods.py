"""`products.csv`: what is sold, in which packs and under which codes (一品多码)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from tools.demo_chain.chain_table import ChainTable
from tools.demo_chain.codes import EAN_13_BODY_DIGITS, case_code, ean_13, gtin_fault, gtin_key
from tools.demo_chain.tables import Problems, Row, read_table

COLUMNS = (
    "sku",
    "title",
    "title_en",
    "brand",
    "category",
    "tags",
    "spec",
    "unit",
    "cases",
    "item",
    "more_codes",
    "plu",
    "price",
    "pace",
)
KILOGRAM = "公斤"
"""The unit of loose goods; a pack has any other."""
ONE = 1000
MAX_GROUPINGS = 8
"""GTIN-14 has the indicators 1 to 8 for groupings (9 is for goods of varying weight)."""


class UnitRow(TypedDict):
    """A further unit, in thousandths of the product's own."""

    name: str
    quantity: int


class BarcodeRow(TypedDict):
    """A code and what one scan of it stands for, in thousandths."""

    code: str
    unit: str
    quantity: int


class ProductRow(TypedDict):
    """A product as `chain.json` has it."""

    sku: str
    name: str
    name_en: str
    categories: list[str]
    brand: str
    tags: list[str]
    weighed: bool
    unit: str
    spec: str
    plu: str
    units: list[UnitRow]
    barcodes: list[BarcodeRow]


@dataclass(frozen=True, slots=True)
class Good:
    """A product, and what other parts of the chain need to know of it."""

    product: ProductRow
    base_fen: int
    pace: str


@dataclass(slots=True)
class _Shelf:
    """What must not stand twice, over all rows."""

    skus: dict[str, str] = field(default_factory=dict)
    plus: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def read_goods(path: Path, table: ChainTable, problems: Problems) -> dict[str, Good]:
    """Read the assortment, by SKU."""
    shelf = _Shelf()
    goods = (_good(row, table, shelf) for row in read_table(path, COLUMNS, problems))
    return {good.product["sku"]: good for good in goods}


def _good(row: Row, table: ChainTable, shelf: _Shelf) -> Good:
    sku = row.matching("sku", r"[A-Z0-9][A-Z0-9.-]{1,23}", "an id of capitals, digits, dots and dashes")
    row.unique("sku", sku, shelf.skus)
    unit = row.text("unit")
    weighed = unit == KILOGRAM
    spec = row.optional("spec") if weighed else row.text("spec")
    groupings = _groupings(row)
    barcodes = _barcodes(row, table, groupings)
    for barcode in barcodes:
        column = "more_codes" if barcode["code"] in row.listed("more_codes") else "item"
        row.unique(column, gtin_key(barcode["code"]), shelf.codes)
    product = ProductRow(
        sku=sku,
        name=f"{row.text('title')} {spec}".strip(),
        name_en=f"{row.text('title_en')} {spec}".strip(),
        categories=_with_parents(row.choice("category", table.categories, "[categories] of chain.toml")),
        brand=row.choice("brand", table.brands),
        tags=row.listed("tags"),
        weighed=weighed,
        unit=unit,
        spec=spec,
        plu=_plu(row, shelf) if weighed else "",
        units=[*([UnitRow(name="斤", quantity=500)] if weighed else []), *groupings],
        barcodes=barcodes,
    )
    if not weighed and row.optional("plu"):
        row.fail("plu", f"is for loose goods (unit {KILOGRAM}); leave it empty")
    return Good(product, row.amount_fen("price"), row.choice("pace", table.opening_stock.pace))


def _with_parents(category: str) -> list[str]:
    parts = category.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _plu(row: Row, shelf: _Shelf) -> str:
    plu = row.matching("plu", r"[0-9]{5}", "five digits, as a scale's label has them")
    row.unique("plu", plu, shelf.plus)
    return plu


def _groupings(row: Row) -> list[UnitRow]:
    """Read ``提=10;箱=50``: how many of the product's own unit each larger one holds, growing."""
    units: list[UnitRow] = []
    for entry in row.listed("cases"):
        name, _, count = (part.strip() for part in entry.partition("="))
        smallest = units[-1]["quantity"] if units else ONE
        if not (name and count.isascii() and count.isdigit() and int(count) * ONE > smallest):
            row.fail("cases", f"{entry!r} is not a unit and how many it holds like 箱=6, the smaller unit first")
        else:
            units.append(UnitRow(name=name, quantity=int(count) * ONE))
    if len(units) > MAX_GROUPINGS:
        row.fail("cases", f"has {len(units)} units, a code has room for {MAX_GROUPINGS}")
    return units


def _barcodes(row: Row, table: ChainTable, groupings: Sequence[UnitRow]) -> list[BarcodeRow]:
    brand = table.brands.get(row.optional("brand"))
    loose = row.optional("unit") == KILOGRAM
    if brand is None or (loose and not row.optional("item") and not row.listed("more_codes")):
        return []
    if loose and not groupings:
        row.fail("cases", "loose goods with an `item` need the sack that bears the code, like 袋=25")
        return []
    digits = EAN_13_BODY_DIGITS - len(brand.company_prefix)
    item = row.matching("item", rf"[0-9]{{{digits}}}", f"{digits} digits, of which the brand's prefix makes a code")
    ean = ean_13(brand.company_prefix, item.zfill(digits))
    own = groupings[0] if loose else UnitRow(name=row.optional("unit"), quantity=ONE)
    larger = groupings[1:] if loose else groupings
    barcodes = [BarcodeRow(code=code, unit=own["name"], quantity=own["quantity"]) for code in [ean, *_more_codes(row)]]
    for indicator, unit in enumerate(larger[:MAX_GROUPINGS], start=1):
        barcodes.append(BarcodeRow(code=case_code(indicator, ean), unit=unit["name"], quantity=unit["quantity"]))
    return barcodes


def _more_codes(row: Row) -> list[str]:
    codes = row.listed("more_codes")
    for code in codes:
        fault = gtin_fault(code)
        if fault:
            row.fail("more_codes", fault)
    return codes
