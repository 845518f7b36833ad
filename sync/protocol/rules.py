"""Published products, price rows and policies, as pricing takes them. Knows no database and no scope's meaning."""

from pos_app.domain.ids import Sku
from pos_app.domain.instants import parse_instant
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow
from pos_app.domain.pricing.policy import FloatRange, PromotionAuthority
from pos_app.domain.pricing.selectors import Selector
from sync.protocol.topics import FloatRangeBody, PriceBody, ProductBody, PromotionAuthorityBody, SelectorBody


def priced_product(body: ProductBody) -> PricedProduct:
    """Give what pricing needs of a product."""
    return PricedProduct(Sku(body.sku), tuple(body.categories), body.brand or None, tuple(body.tags), body.weighed)


def price_row(body: PriceBody) -> PriceRow:
    """Give a price row."""
    return PriceRow(
        id=body.id,
        sku=Sku(body.sku),
        kind=body.kind,
        amount=Fen(body.amount),
        scope=body.scope,
        channel=body.channel,
        starts=None if body.starts is None else parse_instant(body.starts),
        ends=None if body.ends is None else parse_instant(body.ends),
        tiers=tuple(body.tiers),
        lot=body.lot,
    )


def selector(body: SelectorBody) -> Selector:
    """Give which products are meant."""
    return Selector(
        frozenset(body.skus),
        frozenset(body.categories),
        frozenset(body.brands),
        frozenset(body.tags),
        body.every,
        None if body.unless is None else selector(body.unless),
    )


def float_range(body: FloatRangeBody) -> FloatRange:
    """Give how far from base a price may be."""
    return FloatRange(
        body.id, body.below, body.above, selector(body.of), body.scope, body.channel, frozenset(body.kinds)
    )


def promotion_authority(body: PromotionAuthorityBody) -> PromotionAuthority:
    """Give who may start which promotions."""
    return PromotionAuthority(body.id, frozenset(body.kinds), body.deepest, body.scope, frozenset(body.levels))
