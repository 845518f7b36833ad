"""Pricing an open basket here and now, and what is said beside its figures. Keeps nothing; knows no window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.coupons import Coupon
from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant, moment_of
from pos_app.domain.priced import Priced
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.pricing.redeeming import most_points
from pos_app.domain.sale import Place
from pos_app.services.changes import Changes, Kind
from pos_app.services.ports import Clock, Replica

_BASKET_CHANGED: Changes = frozenset({Kind.BASKET})
_POINTS_REFUSED: Final = frozenset({"points_step", "points_balance", "points_max"})


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say beside the basket of what was done: a code, and the facts of the case."""

    code: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket as it is now, with its price, and the line that changed last."""

    basket: Basket
    priced: Priced
    line: int | None = None
    notice: Notice | None = None
    changes: Changes = _BASKET_CHANGED

    @property
    def quote(self) -> Quote:
        """What it costs."""
        return self.priced.quote


@dataclass(frozen=True, slots=True)
class BasketPricing:
    """Asks the one pricing function, by the rules in force at this moment."""

    replica: Replica
    clock: Clock
    place: Place

    def price(self, basket: Basket) -> Priced:
        """Price a basket; raise what pricing refuses."""
        asked = basket.to_price(self.clock.now(), self.place.store, self.place.zone)
        try:
            rulebook = self.replica.rulebook()
            return Priced(asked, price(asked, rulebook), rulebook, self.replica.cursor())
        finally:
            self.replica.rest()

    def view(self, basket: Basket, line: int | None = None) -> BasketView:
        """Price a basket; of points that it cannot be paid with any more, as many are left as it can be."""
        try:
            return BasketView(basket, self.price(basket), line)
        except Refusal as refusal:
            if not (basket.redeem_points and refusal.code in _POINTS_REFUSED):
                raise
        plain = self.price(basket.with_points(0))
        step = plain.rulebook.points.step
        lowered = basket.with_points(min(most_points_of(plain), basket.redeem_points) // step * step)
        notice = Notice("points_lowered", {"points": lowered.redeem_points})
        return BasketView(lowered, self.price(lowered), line, notice)


def most_points_of(priced: Priced) -> int:
    """Say with how many points a basket can be paid at most."""
    member, quote = priced.asked.member, priced.quote
    return most_points(priced.rulebook.points, 0 if member is None else member.points, quote.gross - quote.saving)


def told_of(coupon: Coupon, priced: Priced) -> dict[str, object]:
    """Say which coupon it is, and when it is good by the store's time."""

    def local(instant: Instant | None) -> str:
        return "" if instant is None else f"{moment_of(instant).astimezone(priced.asked.at.tzinfo):%Y-%m-%d %H:%M}"

    return {
        "text": coupon.id,
        "name": priced.name(f"coupon:{coupon.id}"),
        "from": local(coupon.valid_from),
        "until": local(coupon.valid_to),
    }
