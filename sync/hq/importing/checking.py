"""Checking what is sent: read in a thread, look up what it speaks of, check it whole. Nothing is written."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from pos_app.domain.ids import Sku
from pos_app.domain.instants import Instant
from pos_app.domain.pricing.inputs import PriceRow
from sync.hq.coupons.importing import check_coupons
from sync.hq.coupons.templates import check_templates
from sync.hq.headquarters import Headquarters
from sync.hq.importing.documents import Import
from sync.hq.importing.known import Known, look_up
from sync.hq.importing.mistakes import Mistake, Mistakes, in_order
from sync.hq.labels.importing import check_label_layouts
from sync.hq.members.importing import check_members
from sync.hq.operators.importing import check_operators
from sync.hq.places.importing import check_places
from sync.hq.policies.holding import Policy
from sync.hq.policies.importing import check_authorities, check_float_ranges
from sync.hq.prices.importing import check_prices
from sync.hq.products.importing import check_products
from sync.hq.promotions.assortment import Assortment
from sync.hq.promotions.importing import check_promotions
from sync.hq.stock_pool.importing import check_stock
from sync.protocol.rules import float_range, price_row, priced_product, promotion_authority
from sync.protocol.topics import PriceBody, ProductBody

_PRODUCT: Final = msgspec.json.Decoder(ProductBody)
_PRICE: Final = msgspec.json.Decoder(PriceBody)


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
    await asyncio.to_thread(_check, rows, known, hq.instant(), mistakes)
    return Checked(rows, known, in_order(mistakes.warnings))


def _check(rows: Import, known: Known, now: Instant, mistakes: Mistakes) -> None:
    """Check all that could be read. What speaks of a section with unreadable rows is not blamed for them.

    The policy is held against what is right in itself.
    """
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
    _hold(rows, known, now, mistakes)
    mistakes.raise_any()


def _check_rules(rows: Import, known: Known, mistakes: Mistakes) -> None:
    """Check rules against all products, those of this import as they will be, and what a policy binds against it."""
    assortment = _assortment(rows, known)
    check_promotions(rows.promotions, known, assortment, mistakes)
    check_templates(rows.coupon_templates, known, assortment, mistakes)
    check_coupons(rows.coupons, known, mistakes)
    check_float_ranges(rows.float_ranges, known, assortment, mistakes)
    check_authorities(rows.promotion_authorities, known, mistakes)
    check_label_layouts(rows.label_layouts, known, mistakes)


def _assortment(rows: Import, known: Known) -> Assortment:
    known_products = (priced_product(_PRODUCT.decode(document)) for document in known.products)
    products = {product.sku: product for product in known_products}
    products |= {product.sku: product for product in (row.value.priced() for row in rows.products)}
    return Assortment(products.values())


def _hold(rows: Import, known: Known, now: Instant, mistakes: Mistakes) -> None:
    """Hold prices and promotions of zones and stores against the policy; all of them could be read."""
    if not (known.float_ranges or known.authorities):
        return
    bases = {body.id: body for body in map(_PRICE.decode, known.chain_bases)}
    for row in rows.prices:
        bases.pop(row.value.id, None)
        if not row.value.delete and row.value.scope == "chain":
            bases[row.value.id] = row.value.body()
    by_sku: dict[Sku, list[PriceRow]] = {}
    for body in bases.values():
        if body.kind == "base":
            by_sku.setdefault(Sku(body.sku), []).append(price_row(body))
    policy = Policy(
        [float_range(body) for body in known.float_ranges.values()],
        [promotion_authority(body) for body in known.authorities.values()],
        _assortment(rows, known),
        by_sku,
        known.zone_of,
        now,
    )
    for price in rows.prices:
        policy.check_price(price, mistakes)
    for promotion in rows.promotions:
        policy.check_promotion(promotion, mistakes)
