"""Which products, prices and receipts a batch of sales names that headquarters does not know, or knows already.

What was once known stays known (a deleted price row is kept), so it is remembered and asked for once.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Column, select

from sync.hq.db.database import Reader
from sync.hq.db.many import one_of
from sync.hq.db.returns_schema import sale_return
from sync.hq.db.schema import price, product, sale
from sync.hq.exceptions.keeping import Trouble
from sync.hq.facts.effects import Effects

MOST_REMEMBERED: Final = 500_000


class KnownGoods:
    """Remembers SKUs and price rows."""

    def __init__(self) -> None:
        """Begin with none."""
        self._skus: set[str] = set()
        self._prices: set[str] = set()

    async def note_strangers(self, reader: Reader, batch: Sequence[Effects]) -> None:
        """Add a trouble to each fact that names an unknown product or price row, a used receipt or a sold basket."""
        lines = [line for effects in batch for line in effects.lines]
        skus = await _unknown(reader, product.c.sku, self._skus, (line["sku"] for line in lines))
        named = (line["price_id"] for line in lines if line["price_id"] is not None)
        prices = await _unknown(reader, price.c.id, self._prices, named)
        used, sold = await _sold_before(reader, batch)
        for effects in batch:
            for line in effects.lines:
                where = {"sale": line["sale"], "line": line["line"]}
                if line["sku"] in skus:
                    effects.troubles.append(Trouble("product_unknown", where | {"sku": line["sku"]}))
                if line["price_id"] in prices:
                    effects.troubles.append(Trouble("price_unknown", where | {"price_id": line["price_id"]}))
            receipt = effects.receipt
            if receipt is not None:
                if receipt in used:
                    effects.troubles.append(Trouble("receipt_repeated", {"receipt": receipt}))
                used.add(receipt)
            _note_basket(effects, sold)


async def _unknown(reader: Reader, column: Column[str], remembered: set[str], named: Iterable[str]) -> set[str]:
    asked = set(named) - remembered
    if not asked:
        return asked
    found = {row[0] for row in await reader.rows_in(select(column), column, asked)}
    if len(remembered) > MOST_REMEMBERED:
        remembered.clear()
    remembered |= found
    return asked - found


async def _sold_before(reader: Reader, batch: Sequence[Effects]) -> tuple[set[str], dict[str, tuple[str, str]]]:
    """Give the receipts of a batch that are used, and its baskets that are sold, with the register and the receipt."""
    receipts = {effects.receipt for effects in batch if effects.receipt is not None}
    if not receipts:
        return set(), {}
    sales = (effects.sale for effects in batch if effects.sale is not None)
    baskets = {each["basket"] for each in sales if each["basket"] is not None}
    named = one_of(reader.dialect, sale.c.receipt, receipts) | one_of(reader.dialect, sale.c.basket, baskets)
    rows = await reader.rows(select(sale.c.receipt, sale.c.basket, sale.c.device).where(named))
    returns = await reader.rows_in(select(sale_return.c.receipt), sale_return.c.receipt, receipts)
    used = {row.receipt for row in (*rows, *returns)} & receipts
    return used, {row.basket: (row.device, row.receipt) for row in rows if row.basket in baskets}


def _note_basket(effects: Effects, sold: dict[str, tuple[str, str]]) -> None:
    """Add a trouble to a sale of a basket that was sold before: a copy of it, or the disk of another register."""
    if effects.sale is None or effects.sale["basket"] is None:
        return
    basket, receipt = effects.sale["basket"], effects.sale["receipt"]
    device, before = sold.setdefault(basket, (effects.sale["device"], receipt))
    if before != receipt:
        effects.troubles.append(Trouble("basket_sold_twice", {"basket": basket, "register": device, "other": before}))
