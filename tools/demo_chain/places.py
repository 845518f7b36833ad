"""`places.csv`: stores and warehouses, and the stock that each opens with."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypedDict

from tools.demo_chain.chain_table import ChainTable, OpeningStock
from tools.demo_chain.goods import ONE, Good
from tools.demo_chain.tables import Problems, Row, read_table

COLUMNS = ("id", "kind", "name", "name_en", "zone", "address", "latitude", "longitude", "phone", "stock_percent")
HALF_KILOGRAM = 500
FULL_TURN = 2**32


class PlaceRow(TypedDict):
    """A place as `chain.json` has it; degrees in millionths."""

    id: str
    kind: str
    name: str
    name_en: str
    zone: str
    address: str
    latitude_e6: int
    longitude_e6: int
    phone: str


class StockRow(TypedDict):
    """What lies at a place when the demo opens, in thousandths."""

    place: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place, and how much stock it opens with in percent of the usual."""

    place: PlaceRow
    stock_percent: int


def read_sites(path: Path, table: ChainTable, problems: Problems) -> list[Site]:
    """Read the places."""
    seen: dict[str, str] = {}
    return [_site(row, table, seen) for row in read_table(path, COLUMNS, problems)]


def _site(row: Row, table: ChainTable, seen: dict[str, str]) -> Site:
    name = row.matching("id", r"[SW][0-9]{3}", "an id like S001 or W001")
    row.unique("id", name, seen)
    place = PlaceRow(
        id=name,
        kind=row.choice("kind", ("store", "warehouse")),
        name=row.text("name"),
        name_en=row.text("name_en"),
        zone=row.choice("zone", table.zones),
        address=row.text("address"),
        latitude_e6=row.degrees_e6("latitude"),
        longitude_e6=row.degrees_e6("longitude"),
        phone=row.matching("phone", r"0[0-9]{2,3}-0[0-9]{7}", "an invented number like 0571-00000101 (none begins so)"),
    )
    return Site(place, row.count("stock_percent"))


def opening_stock(sites: Iterable[Site], goods: Iterable[Good], rule: OpeningStock) -> list[StockRow]:
    """Stock every place: the same figures on every machine, for each place and product of its own."""
    goods = tuple(goods)
    return [
        StockRow(place=site.place["id"], sku=good.product["sku"], quantity=_quantity(site, good, rule))
        for site in sites
        for good in goods
    ]


def _quantity(site: Site, good: Good, rule: OpeningStock) -> int:
    seed = f"{site.place['id']} {good.product['sku']}".encode()
    turn = int.from_bytes(blake2b(seed, digest_size=4).digest(), "big")
    percent = 100 - rule.stray_percent + (2 * rule.stray_percent + 1) * turn // FULL_TURN
    exact = rule.pace.get(good.pace, 0) * ONE * site.stock_percent * percent // 10_000
    step = _step(site, good)
    return max(step, exact // step * step) if site.stock_percent else 0


def _step(site: Site, good: Good) -> int:
    """A warehouse keeps whole cases, a store whole packs, a bin of loose goods half kilograms."""
    product = good.product
    if site.place["kind"] == "warehouse" and product["units"]:
        return max(unit["quantity"] for unit in product["units"])
    return HALF_KILOGRAM if product["weighed"] else ONE
