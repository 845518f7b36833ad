"""A JSON document of basket and rulebook, read as what pricing takes (docs/pricing.md §1, §7).

Numbers with decimals must have been read as ``Decimal``: `parsed` does so. Mistakes are refusals with ``field``, the
path of what is wrong, ``must``, what it must be, and one of the codes of §7.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pos_app.domain.errors import Refusal
from pos_app.domain.ids import Sku
from pos_app.domain.instants import parse_moment
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import (
    PresentedCoupon,
    PricedBasket,
    PricedLine,
    PricedMember,
    PricedProduct,
    PriceRow,
    Rulebook,
)
from pos_app.domain.pricing.promotion_documents import (
    CHANNELS,
    read_points,
    read_promotion,
    read_scope,
    read_template,
)
from pos_app.domain.pricing.promotions import NO_POINTS
from pos_app.domain.pricing.reading import (
    Document,
    Mistake,
    choice,
    flag,
    instant,
    integer,
    optional_integer,
    optional_part,
    optional_text,
    part,
    parts,
    text,
    texts,
    unique,
)
from pos_app.domain.quantity import Quantity, is_whole

WHOLE = "document"
"""The field that is named when the document as a whole cannot be read."""

_PRICE_KINDS = ("base", "campaign", "member", "lot")
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal)
"""NaN and the infinities stay what they are, so that the field that has one is named."""


def parsed(document_text: str) -> Mapping[str, Any]:
    """Parse JSON without a float; raise ``Refusal("invalid")`` on the whole document when it is none."""
    try:
        document = _DECODER.decode(document_text)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Refusal("invalid", field=WHOLE, must=f"must be JSON ({error})") from error
    if not isinstance(document, dict):
        raise Refusal("invalid", field=WHOLE, must="must be an object with basket and rulebook")
    return document


def read(document: Document) -> tuple[PricedBasket, Rulebook]:
    """Read a document of §1.

    Raises:
        Refusal: ``invalid``, ``duplicate`` or ``unknown_sku``, with the field.

    """
    try:
        rulebook = part(document, "rulebook", _rulebook)
        basket = part(document, "basket", read_basket)
        check_goods(basket, rulebook)
    except Mistake as mistake:
        raise mistake.refusal() from None
    return basket, rulebook


def check_goods(basket: PricedBasket, rulebook: Rulebook) -> None:
    """See that a basket's goods are products, in whole pieces where they are not weighed; raise `Mistake`."""
    for index, line in enumerate(basket.lines):
        _check(line, rulebook.products.get(line.sku), f"basket.lines[{index}]")


def _check(line: PricedLine, product: PricedProduct | None, path: str) -> None:
    if product is None:
        raise Mistake(f"{path}.sku", f"must be one of the products: {line.sku!r} is none", "unknown_sku")
    if not product.weighed and not is_whole(line.quantity):
        raise Mistake(f"{path}.quantity", "must be whole pieces, multiples of 1000: the product is not weighed")


def _rulebook(document: Document) -> Rulebook:
    products = parts(document, "products", _product)
    unique(products, "products", lambda product: product.sku, "sku")
    rows = parts(document, "prices", _price)
    unique(rows, "prices", lambda row: row.id, "id")
    promotions = parts(document, "promotions", read_promotion)
    unique(promotions, "promotions", lambda promotion: promotion.id, "id")
    templates = parts(document, "coupon_templates", read_template)
    unique(templates, "coupon_templates", lambda template: template.id, "id")
    prices: dict[Sku, list[PriceRow]] = {}
    for row in rows:
        prices.setdefault(row.sku, []).append(row)
    return Rulebook(
        products={product.sku: product for product in products},
        prices=prices,
        promotions=promotions,
        coupon_templates=templates,
        points=optional_part(document, "points", read_points) or NO_POINTS,
    )


def _product(document: Document) -> PricedProduct:
    optional_text(document, "name")
    return PricedProduct(
        Sku(text(document, "sku")),
        texts(document, "categories"),
        optional_text(document, "brand"),
        texts(document, "tags"),
        flag(document, "weighed", default=False),
    )


def _price(document: Document) -> PriceRow:
    kind = choice(document, "kind", _PRICE_KINDS)
    return PriceRow(
        id=text(document, "id"),
        sku=Sku(text(document, "sku")),
        kind=kind,
        amount=Fen(integer(document, "amount", 0)),
        scope=read_scope(document),
        channel=choice(document, "channel", CHANNELS, "all"),
        starts=instant(document, "from"),
        ends=instant(document, "to"),
        tiers=texts(document, "tiers"),
        lot=text(document, "lot") if kind == "lot" else optional_text(document, "lot"),
    )


def read_basket(document: Document) -> PricedBasket:
    """Read the basket of a document of §1; raise `Mistake`."""
    if document.get("lines") is None:
        raise Mistake("lines", "is missing; it must be a list of objects")
    lines = parts(document, "lines", _line)
    unique(lines, "lines", lambda line: line.line, "line")
    coupons = parts(document, "coupons", _coupon)
    unique(coupons, "coupons", lambda coupon: coupon.id, "id")
    return PricedBasket(
        at=_moment(document),
        store=text(document, "store"),
        zone=optional_text(document, "zone") or "",
        lines=lines,
        channel=choice(document, "channel", ("store", "online"), "store"),
        member=optional_part(document, "member", _member),
        coupons=coupons,
        redeem_points=optional_integer(document, "redeem_points", 0) or 0,
        rounding=choice(document, "rounding", ("none", "jiao", "yuan"), "none"),
    )


def _moment(document: Document) -> datetime:
    try:
        return parse_moment(text(document, "at"))
    except Refusal:
        raise Mistake("at", "must be an instant with an offset, such as 2026-06-18T10:00:00+08:00") from None


def _member(document: Document) -> PricedMember:
    used = optional_part(
        document, "used", lambda counts: {name: optional_integer(counts, name, 0) or 0 for name in counts}
    )
    return PricedMember(
        id=text(document, "id"),
        tier=optional_text(document, "tier"),
        segments=texts(document, "segments"),
        points=optional_integer(document, "points") or 0,
        used=used or {},
    )


def _line(document: Document) -> PricedLine:
    manual = optional_integer(document, "manual_price", 0)
    return PricedLine(
        line=integer(document, "line"),
        sku=Sku(text(document, "sku")),
        quantity=Quantity(integer(document, "quantity", 1)),
        lot=optional_text(document, "lot"),
        manual_price=None if manual is None else Fen(manual),
    )


def _coupon(document: Document) -> PresentedCoupon:
    return PresentedCoupon(
        id=text(document, "id"),
        template=text(document, "template"),
        valid_from=instant(document, "valid_from"),
        valid_to=instant(document, "valid_to"),
    )
