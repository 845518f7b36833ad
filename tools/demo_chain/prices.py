"""`prices.csv`: every price beside the chain's base price of `products.csv`. Rows are as docs/pricing.md §1 says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.demo_chain.chain_table import ChainTable
from tools.demo_chain.goods import Good
from tools.demo_chain.tables import Problems, Row, read_table

COLUMNS = ("id", "kind", "sku", "price", "scope", "channel", "campaign", "tiers")
KINDS = ("base", "campaign", "member")
CHANNELS = ("all", "store", "online")

PriceRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Shop:
    """What a price row may refer to."""

    table: ChainTable
    goods: Mapping[str, Good]
    scopes: Collection[str]


def read_prices(
    path: Path, table: ChainTable, goods: Mapping[str, Good], *, stores: Collection[str], problems: Problems
) -> list[PriceRow]:
    """Give the base price of every product, then the rows of the table; no row may be without effect."""
    zones = (f"zone:{zone}" for zone in table.zones)
    shop = _Shop(table, goods, {"chain", *zones, *(f"store:{store}" for store in stores)})
    prices = [_chain_base(sku, good.base_fen) for sku, good in goods.items()]
    seen = {price["id"]: "products.csv" for price in prices}
    read = [(row, _price(row, shop, seen)) for row in read_table(path, COLUMNS, problems)]
    prices += [price for _, price in read]
    for row, price in read:
        if price["kind"] != "base":
            _check_undercuts(row, price, [base for base in prices if base["kind"] == "base"])
    return prices


def _chain_base(sku: str, fen: int) -> PriceRow:
    row = {"id": f"BASE-{sku}", "sku": sku, "kind": "base", "scope": "chain", "channel": "all", "amount": fen}
    return row | {"from": None, "to": None}


def _price(row: Row, shop: _Shop, seen: dict[str, str]) -> PriceRow:
    name = row.text("id")
    row.unique("id", name, seen)
    kind = row.choice("kind", KINDS)
    scope = row.choice("scope", shop.scopes)
    campaign = shop.table.campaigns.get(row.choice("campaign", shop.table.campaigns)) if kind == "campaign" else None
    tiers = row.choices("tiers", shop.table.tiers)
    for column, its_kind in (("campaign", "campaign"), ("tiers", "member")):
        if row.optional(column) and kind != its_kind:
            row.fail(column, f"is for the kind {its_kind!r}; leave it empty")
    price = {
        "id": name,
        "sku": row.choice("sku", shop.goods, "products.csv"),
        "kind": kind,
        "scope": scope,
        "channel": row.choice("channel", CHANNELS),
        "amount": row.amount_fen("price"),
        "from": campaign.starts.isoformat() if campaign else None,
        "to": campaign.ends.isoformat() if campaign else None,
    }
    return price | {"tiers": tiers} if kind == "member" else price


def _check_undercuts(row: Row, price: PriceRow, bases: Collection[PriceRow]) -> None:
    """A campaign or member price that is not below the base price would never be charged: a slip of the hand."""
    mine = [base for base in bases if base["sku"] == price["sku"] and base["channel"] in {"all", price["channel"]}]
    of_scope = [base["amount"] for base in mine if base["scope"] == price["scope"]]
    base_fen = max(of_scope or (base["amount"] for base in mine if base["scope"] == "chain"), default=None)
    if base_fen is not None and price["amount"] >= base_fen:
        row.fail("price", f"{row.optional('price')} is not below the base price {base_fen // 100}.{base_fen % 100:02d}")
