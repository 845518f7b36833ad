"""The receipt as content: what is printed, drawn and shown, in order. How it looks is the devices' business.

Built from a sale fact's body alone, so that any receipt can be printed again from the journal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One good on paper. Amounts in fen, quantity in thousandths."""

    name: str
    quantity: int
    unit: str
    unit_price: int
    gross: int
    net: int
    code: str
    weighed: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that stands on a receipt."""

    number: str
    store: str
    at: str
    operator: str
    lines: tuple[ReceiptLine, ...]
    gross: int
    saving: int
    rounding: int
    payable: int
    tenders: tuple[tuple[str, int, int, int], ...]
    """Kind, amount, received, change; all in fen."""
    member: str | None
    copy: bool = False


def receipt_of(body: Mapping[str, Any], *, at: str, operator: str, store_name: str, copy: bool = False) -> Receipt:
    """Build the receipt of a sale fact's body."""
    member = body["member"]
    return Receipt(
        number=body["receipt"],
        store=store_name,
        at=at,
        operator=operator,
        lines=tuple(_line(line) for line in body["lines"]),
        gross=body["gross"],
        saving=body["saving"],
        rounding=body["rounding"],
        payable=body["payable"],
        tenders=tuple((t["kind"], t["amount"], t["received"], t["change"]) for t in body["tenders"]),
        member=None if member is None else member["id"],
        copy=copy,
    )


def _line(line: Mapping[str, Any]) -> ReceiptLine:
    return ReceiptLine(
        name=line["name"],
        quantity=line["quantity"],
        unit=line["unit"],
        unit_price=line["unit_price"],
        gross=line["gross"],
        net=line["net"],
        code=line["code"],
        weighed=line["weighed"],
    )
