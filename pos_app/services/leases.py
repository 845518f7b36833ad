"""Leases at the counter: what may be spent of points now, from which lease, and giving leases back (docs/sync.md §4).

With a line, what lies at no other register may be spent, once headquarters holds it (`services.securing`); without one,
what lies here. Used from the counter's one
worker thread only. Knows no window.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_app.domain.branches import NOBODY
from pos_app.domain.facts import Happening
from pos_app.domain.ids import CouponId, MemberId
from pos_app.domain.instants import instant_of
from pos_app.domain.leases import (
    RETURNED_FACT_KIND,
    RETURNED_FACT_VERSION,
    Lease,
    SpentFrom,
    pending_of_return,
    returned_body,
)
from pos_app.domain.ledger import ConfirmedAmount, LedgerKey, bounded_key, lease_key, leased_key, returned_key
from pos_app.domain.sale import Place
from pos_app.services.ports import Clock, Journal, Line, Nudge, Replica

LEASES_A_STEP = 200


@dataclass(frozen=True, slots=True)
class Leases:
    """Questions about leases of points."""

    journal: Journal
    replica: Replica
    place: Place
    clock: Clock
    line: Line

    def here(self, member: MemberId) -> int:
        """Tell how many points of a member lie here."""
        return sum(self.left(lease) for lease in self._here(member))

    def spendable(self, member: MemberId, points: int, held: int = 0) -> int:
        """Tell how many of the points that a member has may be spent here and now, ``held`` of them by a hold."""
        here = self._here(member)
        if not self.line.is_up():
            return max(0, min(points, held + sum(self.left(lease) for lease in here)))
        elsewhere = self._said(leased_key(member)) - sum(self._said(lease_key(lease.key)) for lease in here)
        return max(0, points - max(0, elsewhere))

    def why_held(self) -> str:
        """Say why not all points may be spent: a part of a refusal's code."""
        return "leased" if self.line.is_up() else "offline"

    def of_coupon(self, coupon: CouponId) -> Lease | None:
        """Find the lease by which a coupon lies here, and may be spent without asking."""
        usable = self._usable(self.replica.leases_on("coupon", coupon))
        return next((lease for lease in usable if self.left(lease) > 0), None)

    def left_today(self, template: str) -> int:
        """Tell for how much a template's coupons may be taken here today with no line, in fen."""
        share = sum(self.left(lease) for lease in self._usable(self.replica.leases_on("bounded", template)))
        return max(0, share - self._seen(bounded_key(template, self.today())))

    def today(self) -> str:
        """Tell the day by which that is counted."""
        return self.clock.now().date().isoformat()

    def spend(self, member: MemberId, points: int) -> tuple[SpentFrom, ...]:
        """Say from which leases points are spent, as far as they go."""
        parts: list[SpentFrom] = []
        missing = points
        for lease in self._here(member):
            amount = min(missing, self.left(lease))
            if amount > 0:
                parts.append(SpentFrom(lease.key, amount))
                missing -= amount
        return tuple(parts)

    def left(self, lease: Lease) -> int:
        """Tell what is left of a lease, as this register sees it."""
        return max(0, self._seen(lease_key(lease.key)))

    def is_returned(self, lease: Lease) -> bool:
        """Tell whether it was given back already."""
        return self._seen(returned_key(lease.key)) > 0

    def _here(self, member: MemberId) -> list[Lease]:
        return self._usable(self.replica.leases_of(member))

    def _usable(self, leases: Sequence[Lease]) -> list[Lease]:
        now = instant_of(self.clock.now())
        own = [lease for lease in leases if lease.register == self.place.device]
        return [lease for lease in own if lease.holds(now) and not self.is_returned(lease)]

    def _said(self, key: LedgerKey) -> int:
        return (self.replica.confirmed(key) or ConfirmedAmount()).amount

    def _seen(self, key: LedgerKey) -> int:
        confirmed = self.replica.confirmed(key) or ConfirmedAmount()
        return confirmed.seen_by(self.place.device, self.journal.pending_of(key))


@dataclass(slots=True)
class Returning:
    """Gives back leases that headquarters asks for or whose time is up, in the chain behind every spend from them."""

    leases: Leases
    nudge: Nudge
    _after: str = field(default="", init=False)

    def step(self) -> bool:
        """Look at the next leases; tell whether there are more before the round ends."""
        some = self.leases.replica.leases_behind(self._after, LEASES_A_STEP)
        self._give_back(some)
        more = len(some) == LEASES_A_STEP
        self._after = some[-1].key if more else ""
        return more

    def _give_back(self, some: Sequence[Lease]) -> None:
        leases, now = self.leases, self.leases.clock.now()
        over = [
            lease
            for lease in some
            if lease.register == leases.place.device
            and not lease.holds(instant_of(now))
            and not leases.is_returned(lease)
        ]
        for lease in over:
            body = returned_body(lease.key, leases.left(lease))
            at = now.isoformat(timespec="milliseconds")
            happening = Happening(RETURNED_FACT_KIND, RETURNED_FACT_VERSION, at, NOBODY, body)
            leases.journal.append(happening, pending_of_return(body))
        if over:
            self.nudge.facts_waiting()
