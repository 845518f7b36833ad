"""Published products and price rows, as pricing takes them. Knows no database and no scope's meaning."""

from pos_app.domain.ids import Sku
from pos_app.domain.instants import parse_instant
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow
from sync.protocol.topics import PriceBody, ProductBody


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
