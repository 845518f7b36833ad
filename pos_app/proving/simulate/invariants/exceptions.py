"""Exceptions: nothing is held against a fact that was as it should be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pos_app.proving.simulate.invariants.leases import backups_interfere, leased_in
from pos_app.proving.simulate.invariants.rights import redemptions
from pos_app.proving.simulate.world import World

_NOT_READ: Final = frozenset({"fact_version_unknown", "fact_kind_unknown"})
_OF_A_PUT_BACK_DISK: Final = frozenset({"receipt_repeated", "basket_sold_twice", "chain_forked"})
_OF_ANY_BACKUP: Final = frozenset(
    {
        *("lease_unknown", "lease_overspent", "lease_returned_short"),
        *("returned_twice", "returned_beyond_sold", "refund_beyond_paid", "return_sale_unknown"),
    }
)
_OF_A_PUT_BACK_DATABASE: Final = frozenset({"price_unknown", "product_unknown", "coupon_unknown"})


def no_needless_exceptions(world: World) -> Iterator[str]:
    """Every exception has a cause that the books know."""
    causes = _Causes(world)
    with world.hq.look() as database:
        rows = database.execute(
            "SELECT device, epoch, seq, code, details FROM fact_exception ORDER BY device, seq"
        ).fetchall()
    for row in rows:
        if not causes.explain(row["device"], (row["epoch"], row["seq"]), row["code"], json.loads(row["details"])):
            yield f"{row['device']} {row['epoch']}:{row['seq']}: {row['code']} {row['details']}"


@dataclass(slots=True)
class _Causes:
    """What may rightly be held against facts of a world."""

    world: World
    redeemed: dict[str, set[str]] = field(init=False)
    spent_at: dict[str, set[str]] = field(init=False)
    """At which registers each member paid with points."""
    taken: set[str] = field(default_factory=set)
    """Members from whom points were taken again that a sale had earned, for goods that came back."""
    unleased: set[str] = field(init=False)
    """Members who paid with points that no lease had kept for them."""

    def __post_init__(self) -> None:
        self.redeemed, self.spent_at, self.unleased = redemptions(self.world), {}, set()
        for name, book in self.world.books.items():
            self.taken |= {fact.body["member"]["id"] for fact in book.returns() if fact.body["points_taken"]}
            for fact in book.sales():
                if fact.body["points_used"]:
                    member = fact.body["member"]["id"]
                    self.spent_at.setdefault(member, set()).add(name)
                    self.unleased |= {member} if leased_in(fact) < fact.body["points_used"] else set()

    def explain(self, device: str, place: tuple[int, int], code: str, details: dict[str, Any]) -> bool:
        """Tell whether an exception had to be."""
        book = self.world.books.get(device)
        if book is None:
            return False
        return (
            (code in _NOT_READ and any(place == (at.epoch, at.seq) for at in book.unreadable))
            or (code in _OF_A_PUT_BACK_DISK and book.past.was_put_back)
            or (code in _OF_A_PUT_BACK_DATABASE and bool(self.world.earlier))
            or (code == "coupon_spent" and len(self.redeemed.get(details["coupon"], ())) > 1)
            or (code == "points_below_zero" and self._may_be_below_zero(details["member"]))
            or (code in _OF_ANY_BACKUP and backups_interfere(self.world))
            or (code == "lease_returned_short" and bool(book.unreadable))
        )

    def _may_be_below_zero(self, member: str) -> bool:
        """Tell whether two registers spent at once what a member had: with leases alone they cannot.

        Or what a sale had earned is gone since: its goods came back, or headquarters does not have it any more.
        """
        if member in self.taken or backups_interfere(self.world):
            return True
        return len(self.spent_at.get(member, ())) > 1 and member in self.unleased
