"""The answer to a basket as bytes: the quote, or the error in its place (docs/pricing.md §7).

`granary quote` and headquarters answer by this, so that the same basket and rulebook give the same bytes at both.
"""

import json
from collections.abc import Mapping
from typing import Any

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def quote_document(basket: PricedBasket, rulebook: Rulebook) -> Mapping[str, Any]:
    """Price a basket that was read; a refusal carries ``field`` and ``must``."""
    try:
        return price(basket, rulebook).document()
    except Refusal as refusal:
        raise _by_field(refusal, basket) from refusal


def error_document(refusal: Refusal) -> Mapping[str, Any]:
    """Say in a quote's place what was refused."""
    return {"error": {"code": refusal.code, "field": refusal.details["field"]}}


def answer_bytes(answer: Mapping[str, Any]) -> bytes:
    """Write an answer, a line of its own."""
    try:
        return _ENCODER.encode(answer).encode() + b"\n"
    except UnicodeEncodeError:
        # Half a surrogate pair came in as an escape; it goes out as one.
        return json.dumps(answer, separators=(",", ":")).encode() + b"\n"


def _by_field(refusal: Refusal, basket: PricedBasket) -> Refusal:
    """Say by its path what pricing refused by line, or at the points."""
    number = refusal.details.get("line")
    if number is None:
        return Refusal(refusal.code, field="basket.redeem_points", must=_POINTS_MUST.get(refusal.code, "is refused"))
    index = next(index for index, line in enumerate(basket.lines) if line.line == number)
    must = f"needs a base price in effect: {refusal.details.get('sku')!r} has none"
    return Refusal(refusal.code, field=f"basket.lines[{index}].sku", must=must)


_POINTS_MUST = {
    "points_step": "must be a multiple of rulebook.points.step",
    "points_balance": "must be at most the member's points",
    "points_max": "must be worth at most rulebook.points.max_percent of what is due",
}
