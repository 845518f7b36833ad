"""What should become of a member's leases: granted, prolonged, raised, or asked back. Pure arithmetic.

A lease is never lowered here: it is asked back, and what the register returns may be granted anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pos_app.domain.instants import Instant
from sync.hq.leases.rule import LeaseRule

_A_DAY = timedelta(days=1) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Lease:
    """A part of what is leased, a member's points or a coupon, that lies at one register."""

    id: str
    key: str
    store: str
    device: str
    amount: int
    spent: int
    until: Instant
    asked: bool = False

    @property
    def left(self) -> int:
        """What may still be spent from it."""
        return self.amount - self.spent


@dataclass(frozen=True, slots=True)
class Standing:
    """A member as a plan needs it. ``points`` are less what baskets hold; ``holder`` is the register of the home store
    that may have a lease, if any.
    """

    id: str
    tier: str
    home: str
    points: int
    holder: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: a lease to grant or to write anew, leases to ask back."""

    grant: Lease | None = None
    write: Lease | None = None
    ask: Sequence[str] = ()


def plan(who: Standing, live: Sequence[Lease], rule: LeaseRule | None, now: Instant, *, new_id: str) -> Plan:
    """Say what should become of a member's live leases.

    What is free is what the member has, less all that lies at registers: also at those that were asked, or whose time
    is up, until they give it back.
    """
    most = 0 if rule is None or who.holder is None else rule.most_for(who.tier, who.home)
    free = who.points - sum(lease.left for lease in live)
    back = [lease.id for lease in live if not lease.asked and (_is_astray(lease, who) or lease.left > most or free < 0)]
    standing = [lease for lease in live if not lease.asked and lease.id not in back]
    if rule is None or who.holder is None or back:
        return Plan(ask=back)
    until = Instant(now + rule.days * _A_DAY)
    if not live:
        amount = min(most, free)
        return Plan(Lease(new_id, who.id, who.home, who.holder, amount, 0, until)) if amount > 0 else Plan()
    if len(standing) != 1:
        return Plan()
    (own,) = standing
    more = max(0, min(most - own.left, free))
    is_old = own.until - now < rule.days * _A_DAY // 2
    if not more and not is_old:
        return Plan()
    written = Lease(own.id, own.key, own.store, own.device, own.amount + more, own.spent, until)
    return Plan(write=written)


def _is_astray(lease: Lease, who: Standing) -> bool:
    """Tell whether it lies where the member's home is not, or at a register that holds none any more."""
    return (lease.store, lease.device) != (who.home, who.holder)
