"""What a basket is to spend is made its own first: from a lease that lies here, by a hold, or by the offline rule.

Every answer has the basket as it is in the journal then, for holds that were asked for are in it. Knows no window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pos_app.domain.basket import Basket
from pos_app.domain.coupons import BoundedUse, Coupon
from pos_app.domain.errors import Refusal
from pos_app.domain.holds import NamedHold, named_holds
from pos_app.domain.leases import SpentFrom
from pos_app.domain.members import Member
from pos_app.domain.pricing.quote import Quote
from pos_app.services.holds import Holds, Right, Secured
from pos_app.services.leases import Leases
from pos_app.services.ports import Replica

_UNKNOWN: Final[Mapping[str, int]] = {}
"""What coupons save, before they are priced."""


@dataclass(frozen=True, slots=True)
class Spent:
    """By what a sale spends: parts of leases, all holds of its basket, coupons within the day's bound."""

    leases: tuple[SpentFrom, ...] = ()
    holds: tuple[NamedHold, ...] = ()
    bounded: tuple[BoundedUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Securing:
    """Secures the rights of the open basket. Used from the counter's one worker thread only."""

    replica: Replica
    leases: Leases
    holds: Holds

    def points(self, basket: Basket, member: Member, points: int) -> Secured:
        """Make so many points the basket's: what no lease here has is held, else refused (``points_offline``)."""
        here = self.leases.here(member.id)
        if points <= here or self._nobody_is_asked():
            return Secured(basket, is_held=True)
        secured = self.holds.secure(basket, Right("points", member.id, points - here))
        if secured.is_held:
            return secured
        refusal = secured.refusal
        if refusal is None:
            balance = here + secured.basket.held("points", member.id)
            refusal = Refusal("points_offline", balance=balance, points=member.points)
        elif refusal.code == "points_not_free":
            refusal = Refusal("points_not_free", free=here + int(str(refusal.details["free"])), points=points)
        return replace(secured, refusal=refusal)

    def coupons(self, basket: Basket, coupons: Sequence[Coupon], savings: Mapping[str, int] = _UNKNOWN) -> Secured:
        """Make coupons the basket's; once no answer came in time, the rest goes by the offline rule too."""
        asks = True
        for coupon in coupons:
            if self.leases.of_coupon(coupon.id) is not None or self._nobody_is_asked():
                continue
            secured = Secured(basket, is_held=basket.held("coupon", coupon.id) > 0)
            if asks and not secured.is_held:
                secured = self.holds.secure(basket, Right("coupon", coupon.id))
            basket, asks = secured.basket, asks and secured.is_held
            refusal = secured.refusal
            if refusal is None and not secured.is_held:
                refusal = self._with_no_line(coupon, savings.get(coupon.id, 0))
            if refusal is not None:
                return replace(secured, refusal=refusal, lost=coupon.id)
        return Secured(basket, is_held=True)

    def again(self, basket: Basket) -> Basket:
        """Secure what an open basket spends and is not its own any more, or not yet; what cannot be is left out."""
        member = basket.member
        if member is not None and basket.redeem_points:
            secured = self.points(basket, member, basket.redeem_points)
            basket = secured.basket
            if secured.refusal is not None:
                basket = basket.with_points(self.leases.here(member.id) + basket.held("points", member.id))
        while (secured := self.coupons(basket, basket.coupons)).lost is not None:
            basket = secured.basket.without_coupon(secured.lost)
        return secured.basket

    def spent(self, basket: Basket, quote: Quote) -> Spent:
        """Say by what the sale of a basket spends; raise ``Refusal("points_offline")`` where points are nobody's."""
        member, points = basket.member, quote.points_used
        parts: tuple[SpentFrom, ...] = ()
        if member is not None and points:
            parts = self.leases.spend(member.id, points)
        missing = points - sum(part.amount for part in parts)
        held = 0 if member is None else basket.held("points", member.id)
        if missing > held and not self._nobody_is_asked():
            raise Refusal("points_offline", balance=points - missing + held, points=points)
        accepted = {each.id: each.saving for each in quote.coupons if each.reason is None}
        free = [coupon for coupon in basket.coupons if coupon.id in accepted and not basket.held("coupon", coupon.id)]
        lying = {coupon.id: self.leases.of_coupon(coupon.id) for coupon in free}
        parts += tuple(SpentFrom(lease.key, 1) for lease in lying.values() if lease is not None)
        bounded = () if self._nobody_is_asked() else self._bounded([x for x in free if not lying[x.id]], accepted)
        return Spent(parts, named_holds(basket.holds, missing, accepted), bounded)

    def why_not(self, basket: Basket) -> Refusal:
        """Say why a basket may not be paid with so many points as it says."""
        member = basket.member
        if member is None or not member.held_back:
            return Refusal(
                "points_balance", points=basket.redeem_points, balance=0 if member is None else member.points
            )
        spendable = member.points - member.held_back
        return Refusal(f"points_{self.leases.why_held()}", balance=spendable, points=member.points)

    def _bounded(self, coupons: Sequence[Coupon], savings: Mapping[str, int]) -> tuple[BoundedUse, ...]:
        """Count coupons against what may be taken today; raise ``Refusal`` where one of them may not be spent."""
        uses: list[BoundedUse] = []
        for coupon in coupons:
            saving = savings[coupon.id]
            before = sum(use.amount for use in uses if use.template == coupon.template)
            refusal = self._with_no_line(coupon, saving, before)
            if refusal is not None:
                raise refusal
            uses.append(BoundedUse(coupon.id, coupon.template, saving, self.leases.today()))
        return tuple(uses)

    def _with_no_line(self, coupon: Coupon, saving: int, before: int = 0) -> Refusal | None:
        """Say why a coupon that headquarters could not be asked for may not be spent here; None where it may."""
        rule = self.replica.coupon_offline(coupon.template)
        if rule.kind != "bounded":
            return Refusal(f"coupon_offline_{rule.kind}", text=coupon.id)
        if saving > rule.each:
            return Refusal("coupon_offline_above", text=coupon.id, most_fen=rule.each)
        left = self.leases.left_today(coupon.template) - before
        return Refusal("coupon_offline_bounded", text=coupon.id) if left < max(saving, 1) else None

    def _nobody_is_asked(self) -> bool:
        """Tell whether this is a counter with a line on which nobody can be asked: a replay's."""
        return self.holds.holding is None and self.holds.line.is_up()
