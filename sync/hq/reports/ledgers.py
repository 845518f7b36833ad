"""Balances held against their ledgers: what is on hand, what members have, which coupons are spent. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, exists, func, literal, or_, select

from sync.hq.coupons.importing import SPENT
from sync.hq.db.database import AnySelect, Reader
from sync.hq.db.returns_schema import coupon_return, return_line, returned_line
from sync.hq.db.rights_schema import coupon_use, right_balance, right_entry
from sync.hq.db.schema import coupon, stock_balance, stock_movement

MOST_DIFFERENCES: Final = 1000


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger with the balances kept beside it; ``keys`` are columns of both."""

    name: str
    entries: Table
    balances: Table
    keys: tuple[str, str]
    amount: str
    stands: str


STOCK: Final = Ledger("stock", stock_movement, stock_balance, ("place", "sku"), "quantity", "on_hand")
RIGHTS: Final = Ledger("rights", right_entry, right_balance, ("member", "entitlement"), "amount", "amount")

RETURNS: Final = Ledger("returns", return_line, returned_line, ("sale", "line"), "quantity", "quantity")


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance that is not the sum of its ledger; ``owner`` is the place or the member, empty for a coupon."""

    ledger: str
    owner: str
    key: str
    stands: int
    sum: int

    def details(self) -> dict[str, Any]:
        """Give the facts of the case."""
        key = f"{self.owner} {self.key}".strip()
        return {"ledger": self.ledger, "key": key, "stands": self.stands, "sum": self.sum}


async def differences_of(reader: Reader, ledger: Ledger) -> list[Difference]:
    """List balances that are not the sum of their ledger, a balance without entries and entries without one too."""
    total = func.sum(ledger.entries.c[ledger.amount]).label("total")
    keys = [ledger.entries.c[key] for key in ledger.keys]
    sums = select(*keys, total).group_by(*keys).subquery()
    stands = ledger.balances.c[ledger.stands]
    same = and_(*(sums.c[key] == ledger.balances.c[key] for key in ledger.keys))

    def named(table: Any) -> list[ColumnElement[Any]]:  # noqa: ANN401 — a table, or the sums of one
        return [table.c[key].label(name) for name, key in zip(("owner", "key"), ledger.keys, strict=True)]

    off = (
        select(*named(sums), sums.c.total, func.coalesce(stands, 0).label("stands"))
        .join(ledger.balances, same, isouter=True)
        .where(or_(stands.is_(None), stands != sums.c.total))
    )
    alone = (
        select(*named(ledger.balances), literal(0).label("total"), stands.label("stands"))
        .join(sums, same, isouter=True)
        .where(sums.c.total.is_(None), stands != 0)
    )
    return [
        Difference(ledger.name, row.owner, row.key, int(row.stands), int(row.total))
        for question in (off, alone)
        for row in await reader.rows(question.limit(MOST_DIFFERENCES))
    ]


async def coupons_out_of_step(reader: Reader) -> list[Difference]:
    """List coupons that are spent without an accepted use, or the other way, or by more than one. A use that was given
    back is none.
    """
    given_back = (coupon_return.c.coupon == coupon_use.c.coupon) & (coupon_return.c.sale == coupon_use.c.sale)
    accepted = (
        select(coupon_use.c.coupon, func.count().label("uses"))
        .where(coupon_use.c.accepted, ~exists().where(given_back))
        .group_by(coupon_use.c.coupon)
        .subquery()
    )
    uses, spent = func.coalesce(accepted.c.uses, 0), coupon.c.state == SPENT
    question: AnySelect = (
        select(coupon.c.id, uses.label("uses"), coupon.c.state)
        .join(accepted, accepted.c.coupon == coupon.c.id, isouter=True)
        .where(or_(and_(spent, uses != 1), and_(~spent, uses != 0)))
        .limit(MOST_DIFFERENCES)
    )
    rows = await reader.rows(question)
    return [Difference("coupons", "", row.id, int(row.state == SPENT), int(row.uses)) for row in rows]


async def all_differences(reader: Reader) -> Sequence[Difference]:
    """List whatever is out of step with its ledger."""
    found = [difference for ledger in (STOCK, RIGHTS, RETURNS) for difference in await differences_of(reader, ledger)]
    return [*found, *await coupons_out_of_step(reader)]


async def rights_against_ledger(reader: Reader, member: str) -> list[dict[str, Any]]:
    """Hold what a member has against the ledger: by what it was opened, what was earned, spent and used since."""
    total = func.sum(right_entry.c.amount).label("total")
    keys = (right_entry.c.entitlement, right_entry.c.reason)
    rows = await reader.rows(select(*keys, total).where(right_entry.c.member == member).group_by(*keys).order_by(*keys))
    standing = await reader.rows(
        select(right_balance).where(right_balance.c.member == member).order_by(right_balance.c.entitlement)
    )
    stands = {row.entitlement: row.amount for row in standing}
    by_reason: dict[str, dict[str, int]] = {name: {} for name in stands}
    for row in rows:
        by_reason.setdefault(row.entitlement, {})[row.reason] = int(row.total)
    return [
        {
            "entitlement": name,
            **reasons,
            "stands": stands.get(name, 0),
            "ok": stands.get(name) == sum(reasons.values()),
        }
        for name, reasons in by_reason.items()
    ]
