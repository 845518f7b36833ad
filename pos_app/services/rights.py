"""What may still be spent, as this register sees it: a member's points and uses, and coupons (docs/sync.md §1).

Every amount is what headquarters said and the own facts that it lacks. What other registers spent meanwhile is not
known here. Knows no window.
"""

from dataclasses import dataclass, replace

from pos_app.domain.coupons import Coupon
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import CouponId, MemberId
from pos_app.domain.ledger import ConfirmedAmount, LedgerKey, coupon_key, points_key, use_key
from pos_app.domain.members import Member
from pos_app.domain.pricing.compiled import compiled
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.sale import Place
from pos_app.services.leases import Leases
from pos_app.services.ports import Journal, Replica


@dataclass(frozen=True, slots=True)
class Rights:
    """Questions about rights. Used from the counter's one worker thread only."""

    journal: Journal
    replica: Replica
    place: Place
    leases: Leases

    def of_member(self, member: Member, rulebook: Rulebook, held: int = 0) -> Member:
        """Give a member with the points that are left, how many of them may not be spent here and now (``held`` ones
        may), and the uses of each promotion that is limited per member.
        """
        limited = compiled(rulebook).limited_per_member()
        uses = {promotion: self._seen(*(use_key(promotion, own) for own in member.ids)) for promotion in limited}
        used = {promotion: count for promotion, count in uses.items() if count}
        points = self._seen(*map(points_key, member.ids))
        held_back = max(0, points - self.leases.spendable(member.id, points, held))
        return replace(member, points=points, held_back=held_back, used=used)

    def is_spent(self, coupon: CouponId) -> bool:
        """Tell whether a coupon was redeemed, as far as is known here."""
        return self._seen(coupon_key(coupon)) > 0

    def coupon(self, code: str, member: Member | None) -> Coupon:
        """Find a coupon that may be presented by this member, or by a customer who is none.

        Raises:
            Refusal: ``coupon_unknown``, ``coupon_spent``, ``coupon_needs_member``, ``coupon_of_other``.

        """
        coupon = self.replica.coupon(code)
        if coupon is None:
            raise Refusal("coupon_unknown", text=code)
        if self.is_spent(coupon.id):
            raise Refusal("coupon_spent", text=code)
        if not any(coupon.is_for(own) for own in ((None,) if member is None else member.ids)):
            raise Refusal("coupon_needs_member" if member is None else "coupon_of_other", text=code)
        return coupon

    def coupons_of(self, member: MemberId) -> list[Coupon]:
        """List a member's coupons that were not spent."""
        return [coupon for coupon in self.replica.coupons_of(member) if not self.is_spent(coupon.id)]

    def _seen(self, key: LedgerKey, *also: LedgerKey) -> int:
        """Tell an amount; own facts may stand under other keys ``also``, whose amounts are in it."""
        confirmed = self.replica.confirmed(key) or ConfirmedAmount()
        pending = [entry for each in (key, *also) for entry in self.journal.pending_of(each)]
        return confirmed.seen_by(self.place.device, pending)
