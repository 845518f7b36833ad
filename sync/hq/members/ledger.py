"""What members have, in a ledger: points, and how often promotions that are limited per member were used.

Entries are the truth; a balance is their sum, kept beside them in the same transaction. Points below zero are possible,
since a sale is never refused afterwards: it is told. Knows nothing of facts' bodies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from sync.hq.db.database import Reader, Writer
from sync.hq.db.rights_schema import right_balance, right_entry

POINTS: Final = "points"
_USE: Final = "use:"

EARNED: Final = "earned"
SPENT: Final = "spent"
USED: Final = "used"
OPENING: Final = "opening"
TAKEN_BACK: Final = "taken_back"
GIVEN_BACK: Final = "given_back"
UNUSED: Final = "unused"
"""Of a return: points that were earned, points that were spent, uses of a promotion."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a member got (+) or gave (−). One source enters a right once for each reason."""

    member: str
    entitlement: str
    source: str
    reason: str
    amount: int
    at: str


@dataclass(slots=True)
class Balances:
    """What one member has."""

    points: int = 0
    used: dict[str, int] = field(default_factory=dict)
    """How often each promotion that is limited per member was used."""


def use_of(promotion: str) -> str:
    """Name the right that a promotion's limit per member gives."""
    return f"{_USE}{promotion}"


async def enter(writer: Writer, entries: Sequence[Entry]) -> None:
    """Write entries that are not in the ledger yet, and the balances by them."""
    await writer.execute(
        right_entry.insert(),
        [
            {
                "member": each.member,
                "entitlement": each.entitlement,
                "source": each.source,
                "reason": each.reason,
                "amount": each.amount,
                "at": each.at,
            }
            for each in entries
        ],
    )
    sums: dict[tuple[str, str], int] = {}
    for each in entries:
        sums[each.member, each.entitlement] = sums.get((each.member, each.entitlement), 0) + each.amount
    insert = writer.insert(right_balance)
    await writer.execute(
        insert.on_conflict_do_update(
            index_elements=["member", "entitlement"],
            set_={"amount": right_balance.c.amount + insert.excluded.amount},
        ),
        [
            {"member": member, "entitlement": entitlement, "amount": amount}
            for (member, entitlement), amount in sorted(sums.items())
        ],
    )


async def balances_of(reader: Reader, members: Iterable[str]) -> dict[str, Balances]:
    """Tell what members have; who has no entry is left out."""
    rows = await reader.rows_in(
        select(right_balance).order_by(right_balance.c.member, right_balance.c.entitlement),
        right_balance.c.member,
        members,
    )
    found: dict[str, Balances] = {}
    for row in rows:
        own = found.setdefault(row.member, Balances())
        if row.entitlement == POINTS:
            own.points = row.amount
        elif row.entitlement.startswith(_USE) and row.amount:
            own.used[row.entitlement.removeprefix(_USE)] = row.amount
    return found
