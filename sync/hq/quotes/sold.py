"""What pricing was asked for a stored sale, and what it answered then: read back from the fact, byte for byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_app.domain.branches import meaning
from pos_app.domain.errors import Refusal
from pos_app.domain.facts import Fact, read_fact
from pos_app.domain.pricing.documents import read_basket
from pos_app.domain.pricing.inputs import PricedBasket
from pos_app.domain.pricing.reading import Mistake
from pos_app.domain.sale import sold_basket
from sync.hq.quotes.versions import NOW
from sync.protocol.wire import parse_cursor


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale as its fact says it: the question, the revision of the rules, the figures."""

    basket: PricedBasket
    cursor: Mapping[str, int]
    body: Mapping[str, Any]


def stored_fact(canonical: bytes) -> Fact:
    """Read a fact as it lies in the database; of an adopted one, what it says."""
    return meaning(read_fact(canonical))


def read_sold(fact: Fact) -> Sold:
    """Read a sale's fact; raise ``Refusal("sale_not_priceable")`` for one that does not say all of it."""
    body = fact.body
    try:
        cursor = parse_cursor(body.get("rulebook") or "")
        basket = sold_basket(body) if "priced_at" in body else read_basket(_first_version(fact))
    except (Mistake, KeyError, ValueError) as error:
        raise Refusal("sale_not_priceable", field="sale", reason=str(error)) from error
    if not cursor or max(cursor.values()) > NOW:
        raise Refusal("sale_not_priceable", field="sale", reason="it names no rulebook")
    return Sold(basket, cursor, body)


def _first_version(fact: Fact) -> Mapping[str, Any]:
    """Facts of version 1 had neither coupons nor points, and were priced as they were made."""
    kept = ("store", "zone", "channel", "lines", "member")
    return {"at": fact.at} | {name: fact.body.get(name) for name in kept}
