"""How payments stand, kept as their facts come: the newest word counts, but a sale's, which nothing takes back.

A sale that names a payment which was given back, or which another sale names, is told; goods and receipt are what they
are. Facts of one register come in order; a payment has one register.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from sync.hq.db.database import Writer
from sync.hq.db.many import ManyRows
from sync.hq.db.payments_schema import payment
from sync.hq.exceptions.keeping import Trouble
from sync.hq.payments.reading import OVER, Payments

_PAYMENTS: Final = ManyRows(
    payment,
    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, sale = excluded.sale, reason = excluded.reason,"
    " reference = excluded.reference, since = excluded.since",
)


async def keep_payments(writer: Writer, batch: Sequence[Payments]) -> None:
    """Bring payments to what a batch of facts says; what does not fit is left on the fact that says it."""
    named = {row["id"] for one in batch for row in one.rows}
    if not named:
        return
    stand: dict[str, dict[str, Any]] = {
        row.id: row._asdict() for row in await writer.rows_in(select(payment), payment.c.id, named)
    }
    for one in batch:
        one.troubles = []
        for row in one.rows:
            known = stand.get(row["id"])
            if known is not None and row["state"] == "sold":
                one.troubles += _against(known, row)
            stand[row["id"]] = row if known is None else _after(known, row)
    # Sorted: of two that touch the same at once, one waits here for the other.
    await writer.add(_PAYMENTS, [stand[own] for own in sorted(named)])


def _against(known: dict[str, Any], row: dict[str, Any]) -> list[Trouble]:
    about = {"payment": row["id"], "amount": row["amount"]}
    if known["state"] in OVER:
        return [Trouble("payment_not_kept", about)]
    if known["state"] == "sold" and known["sale"] != row["sale"]:
        return [Trouble("payment_twice", about)]
    if known["amount"] != row["amount"]:
        return [Trouble("payment_amount", about | {"asked": known["amount"]})]
    return []


def _after(known: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Say how a payment stands after one more word of it. That it was asked for is news only as the first: a fact may
    be applied late.
    """
    if known["state"] == "sold" or row["state"] == "asked":
        return known
    said = {name: row[name] for name in ("state", "sale", "reason", "since")}
    return known | said | {"reference": row["reference"] or known["reference"]}
