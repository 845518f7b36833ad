"""A stored sale priced again under the rulebook revision that it names, figure by figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from sync.hq.db.database import Reader
from sync.hq.db.schema import fact, sale
from sync.hq.quotes.rulebooks import Rulebooks
from sync.hq.quotes.sold import Sold, stored_fact

FIGURES: Final = (
    *("gross", "saving", "points_used", "points_amount", "rounding"),
    *("payable", "points_earned", "optimal"),
)
LINE_FIGURES: Final = ("unit_price", "price_id", "gross", "discounts", "net")
PROMOTION_FIGURES: Final = ("applications", "saving")
COUPON_FIGURES: Final = ("accepted", "saving", "reason")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that the sale has and that its rulebook does not give."""

    figure: str
    charged: object
    priced: object


@dataclass(frozen=True, slots=True)
class Repriced:
    """What came of pricing a sale again; without a quote pricing refused, by a code."""

    sold: Sold
    quote: Mapping[str, Any] | None
    refused: str
    differences: Sequence[Difference]


async def find_sale_fact(reader: Reader, own: str) -> Fact:
    """Find the fact of a sale; raise ``Refusal("sale_unknown")``."""
    at = (fact.c.device == sale.c.device) & (fact.c.epoch == sale.c.epoch) & (fact.c.seq == sale.c.seq)
    canonical = await reader.value(select(fact.c.canonical).join(sale, at).where(sale.c.id == own))
    if canonical is None:
        raise Refusal("sale_unknown", field="sale", sale=own)
    return stored_fact(bytes(canonical))


async def reprice(reader: Reader, rulebooks: Rulebooks, sold: Sold) -> Repriced:
    """Price a sale's basket again."""
    skus = {line.sku for line in sold.basket.lines}
    rulebook = await rulebooks.at(reader, sold.cursor, skus)
    return await rulebooks.work(lambda: compared(sold, rulebook))


def compared(sold: Sold, rulebook: Rulebook) -> Repriced:
    """Hold a sale's figures against what its rulebook gives. Pure."""
    try:
        quote = quote_of(sold.basket, rulebook)
    except Refusal as refusal:
        return Repriced(sold, None, refusal.code, [Difference("", "sold", refusal.code)])
    return Repriced(sold, quote, "", list(differences(sold.body, quote)))


def quote_of(basket: PricedBasket, rulebook: Rulebook) -> Mapping[str, Any]:
    """Price a basket."""
    return price(basket, rulebook).document()


def differences(body: Mapping[str, Any], quote: Mapping[str, Any]) -> Iterator[Difference]:
    """List what differs; a figure that an older fact does not have is not compared."""
    for name in FIGURES:
        if name in body and body[name] != quote[name]:
            yield Difference(name, body[name], quote[name])
    yield from _of_list("lines", "line", LINE_FIGURES, (body["lines"], quote["lines"]))
    yield from _of_list("promotions", "id", PROMOTION_FIGURES, (body.get("promotions"), quote["promotions"]))
    yield from _of_list("coupons", "id", COUPON_FIGURES, (body.get("coupons"), quote["coupons"]))


def _of_list(
    name: str, key: str, figures: Sequence[str], both: tuple[Sequence[Mapping[str, Any]] | None, Any]
) -> Iterator[Difference]:
    if both[0] is None:
        return
    charged, priced = ({one[key]: one for one in part or ()} for part in both)
    for own in sorted(charged.keys() | priced.keys()):
        here, there = charged.get(own), priced.get(own)
        if here is None or there is None:
            yield Difference(f"{name}.{own}", here, there)
            continue
        for figure in figures:
            if figure in here and here[figure] != there[figure]:
                yield Difference(f"{name}.{own}.{figure}", here[figure], there[figure])
