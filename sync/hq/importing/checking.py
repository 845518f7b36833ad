"""Checking what is sent: read in a thread, look up what it speaks of, check it whole. Nothing is written."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from sync.hq.coupons.importing import check_coupons
from sync.hq.coupons.templates import check_templates
from sync.hq.headquarters import Headquarters
from sync.hq.importing.documents import Import
from sync.hq.importing.known import Known, look_up
from sync.hq.importing.mistakes import Mistake, Mistakes, in_order
from sync.hq.members.importing import check_members
from sync.hq.operators.importing import check_operators
from sync.hq.places.importing import check_places
from sync.hq.prices.importing import check_prices
from sync.hq.products.importing import check_products
from sync.hq.promotions.assortment import Assortment
from sync.hq.promotions.importing import check_promotions
from sync.hq.stock_pool.importing import check_stock
from sync.protocol.rules import priced_product
from sync.protocol.topics import ProductBody

_PRODUCT: Final = msgspec.json.Decoder(ProductBody)


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows without a mistake, what they were checked against, and what may be a slip."""

    rows: Import
    known: Known
    warnings: Sequence[Mistake]


async def checked(hq: Headquarters, read: Callable[[Mistakes], Import]) -> Checked:
    """Check what ``read`` gives; raise ``Refusal("import_mistakes")`` with all that is wrong."""
    mistakes = Mistakes()
    rows = await asyncio.to_thread(read, mistakes)
    async with hq.database.read() as reader:
        known = await look_up(reader, rows.named())
    await asyncio.to_thread(_check, rows, known, mistakes)
    return Checked(rows, known, in_order(mistakes.warnings))


def _check(rows: Import, known: Known, mistakes: Mistakes) -> None:
    """Check all that could be read. What speaks of a section with unreadable rows is not blamed for them."""
    for check in (
        partial(check_places, rows.places),
        partial(check_products, rows.products),
        partial(check_prices, rows.prices),
        partial(check_operators, rows.operators),
        partial(check_members, rows.members),
        partial(check_stock, rows.stock),
        partial(_check_rules, rows),
    ):
        check(known, mistakes)
        if rows.incomplete_base:
            break
    mistakes.raise_any()


def _check_rules(rows: Import, known: Known, mistakes: Mistakes) -> None:
    """Check promotions, templates and coupons against all products, those of this import as they will be."""
    known_products = (priced_product(_PRODUCT.decode(document)) for document in known.products)
    products = {product.sku: product for product in known_products}
    products |= {product.sku: product for product in (row.value.priced() for row in rows.products)}
    assortment = Assortment(products.values())
    check_promotions(rows.promotions, known, assortment, mistakes)
    check_templates(rows.coupon_templates, known, assortment, mistakes)
    check_coupons(rows.coupons, known, mistakes)
