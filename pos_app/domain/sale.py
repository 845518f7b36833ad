"""The completed sale (销售单): a priced and paid basket, the body of its fact, and what it changes in the ledgers.

The body holds all that its price came from but the rulebook, which it names: `sold_basket` gives the question back,
`Quote.document` the figures to compare the answer with. Version 1 lacked the coupons' dates, the member's points and
uses, names, base prices, and the moment of pricing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pos_app.domain.basket import Basket, BasketLine
from pos_app.domain.coupons import BoundedUse
from pos_app.domain.errors import Refusal
from pos_app.domain.holds import NamedHold
from pos_app.domain.ids import CouponId, DeviceId, MemberId, ReceiptNumber, SaleId, Sku, StoreId, device_id
from pos_app.domain.instants import Instant, moment_of
from pos_app.domain.leases import SpentFrom
from pos_app.domain.ledger import Pending, bounded_key, coupon_key, lease_key, points_key, stock_key, use_key
from pos_app.domain.priced import Priced
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.documents import read_basket
from pos_app.domain.pricing.inputs import PricedBasket, PricedMember
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.tender import Tender

FACT_KIND = "sale"
FACT_VERSION = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sale happens. ``register`` is the register's number in the store."""

    store: str
    zone: str
    register: int

    @property
    def device(self) -> DeviceId:
        """The register's name in the chain."""
        return device_id(StoreId(self.store), self.register)


@dataclass(frozen=True, slots=True)
class Sale:
    """Everything a receipt shows and an audit needs."""

    id: SaleId
    receipt: ReceiptNumber
    at: str
    place: Place
    basket: Basket
    priced: Priced
    tenders: tuple[Tender, ...]
    spent_from: tuple[SpentFrom, ...] = ()
    """Leases from which points were spent."""
    holds: tuple[NamedHold, ...] = ()
    """All that were asked for the basket."""
    bounded: tuple[BoundedUse, ...] = ()
    """Coupons spent with no line, within what the register may take."""
    shift: str | None = None
    """The shift that is open; none where nobody opened one."""

    @property
    def quote(self) -> Quote:
        """What it cost."""
        return self.priced.quote

    def body(self) -> dict[str, Any]:
        """Give the fact's body: the basket to price again, the quote's figures, the tenders."""
        asked, quote = self.priced.asked, self.quote.document()
        return {
            "sale": self.id,
            "receipt": str(self.receipt),
            "business_date": self.receipt.business_date.isoformat(),
            "store": asked.store,
            "zone": asked.zone,
            "register": self.place.register,
            "channel": asked.channel,
            "basket": self.basket.id,
            "member": None if asked.member is None else _member_document(asked.member),
            "rulebook": self.priced.cursor,
            "priced_at": asked.at.isoformat(),
            "rounding_to": asked.rounding,
            "lines": self._lines(),
            "promotions": self._promotions(),
            "coupons": self._coupons(),
            "uses": self._uses(),
            **{name: quote[name] for name in _QUOTE_FIGURES},
            "tenders": [tender.document() for tender in self.tenders],
            **({"member_code": self.basket.member_code} if self.basket.member_code else {}),
            **({"holds": [hold.document() for hold in self.holds]} if self.holds else {}),
            **({"bounded": [use.document() for use in self.bounded]} if self.bounded else {}),
            **({"leases": [part.document() for part in self.spent_from]} if self.spent_from else {}),
            **({} if self.shift is None else {"shift": self.shift}),
        }

    def pending(self) -> list[Pending]:
        """List what it changes in the ledgers."""
        return pending_of(self.body())

    def _lines(self) -> list[dict[str, Any]]:
        shelf = self.priced.shelf(self.quote.lines)
        lines = {line.line: line for line in self.basket.lines}
        return [
            quoted.document()
            | _goods(lines[quoted.line])
            | {"price_kind": shelf[quoted.line].kind, "base_price": shelf[quoted.line].was}
            for quoted in self.quote.lines
        ]

    def _promotions(self) -> list[dict[str, Any]]:
        name = self.priced.name
        return [each.document() | {"name": name(f"promotion:{each.id}")} for each in self.quote.promotions]

    def _coupons(self) -> list[dict[str, Any]]:
        presented = {coupon.id: coupon for coupon in self.priced.asked.coupons}
        return [
            each.document()
            | {
                "template": presented[each.id].template,
                "valid_from": _instant_text(presented[each.id].valid_from),
                "valid_to": _instant_text(presented[each.id].valid_to),
                "name": self.priced.name(f"coupon:{each.id}"),
            }
            for each in self.quote.coupons
        ]

    def _uses(self) -> dict[str, int]:
        """Count the applications of promotions that are limited per member."""
        if self.priced.asked.member is None:
            return {}
        applied = {each.id: each.applications for each in self.quote.promotions}
        limited = compiled(self.priced.rulebook).limited_per_member()
        return {each: applied[each] for each in limited if each in applied}


_QUOTE_FIGURES = ("gross", "saving", "points_used", "points_amount", "rounding", "payable", "points_earned", "optimal")


def _goods(line: BasketLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "unit": line.unit,
        "code": line.code,
        "lot": line.lot,
        "weighed": line.weighed,
        "manual_price": line.manual_price,
        "reason": line.reason,
    }


def _member_document(member: PricedMember) -> dict[str, Any]:
    return {
        "id": member.id,
        "tier": member.tier,
        "segments": list(member.segments),
        "points": member.points,
        "used": dict(member.used),
    }


def _instant_text(instant: Instant | None) -> str | None:
    return None if instant is None else moment_of(instant).isoformat()


def check_paid(quote: Quote, tenders: Sequence[Tender]) -> None:
    """Refuse a sale without lines (``basket_empty``) or not exactly paid (``not_paid``)."""
    if not quote.lines:
        raise Refusal("basket_empty")
    paid = sum(tender.amount for tender in tenders)
    if paid != quote.payable:
        raise Refusal("not_paid", payable=quote.payable, paid=paid)


def sold_basket(body: Mapping[str, Any]) -> PricedBasket:
    """Give back what pricing was asked, from a sale fact's body of version 2."""
    return read_basket(
        {
            **{name: body[name] for name in ("store", "zone", "channel", "member", "lines", "coupons")},
            "at": body["priced_at"],
            "redeem_points": body["points_used"],
            "rounding": body["rounding_to"],
        }
    )


def sale_line_quantities(body: Mapping[str, Any]) -> dict[str, int]:
    """Sum a sale fact's quantities by SKU, in thousandths (what headquarters takes off the stock)."""
    sold: dict[str, int] = {}
    for line in body["lines"]:
        sold[line["sku"]] = sold.get(line["sku"], 0) + line["quantity"]
    return sold


def pending_of(body: Mapping[str, Any]) -> list[Pending]:
    """List what a sale fact's body changes in the ledgers: stock by product, the member's rights, coupons, leases.

    A body of version 1 changed stock alone.
    """
    sold = sale_line_quantities(body)
    changes = [Pending(stock_key(Sku(sku)), -quantity) for sku, quantity in sorted(sold.items())]
    if "uses" not in body:
        return changes
    if body["member"] is not None:
        member = MemberId(body["member"]["id"])
        points = body["points_earned"] - body["points_used"]
        changes += [Pending(points_key(member), points)] if points else []
        changes += [Pending(use_key(promotion, member), count) for promotion, count in sorted(body["uses"].items())]
    changes += [Pending(coupon_key(CouponId(each["id"])), 1) for each in body["coupons"] if each["accepted"]]
    changes += [Pending(lease_key(each["lease"]), -each["amount"]) for each in body.get("leases", ())]
    changes += [Pending(bounded_key(each["template"], each["day"]), each["amount"]) for each in body.get("bounded", ())]
    return changes
