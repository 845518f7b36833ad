"""The receipt as content: what is printed, drawn and shown, in order. How it looks is the devices' business.

Built from a fact's body alone, so that any receipt can be printed again from the journal. Facts of version 1 know
no names and no base prices: what came off is then told without. A return's figures are above 0 like a sale's; its
``kind`` says that they are given back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pos_app.domain.pricing.naming import POINTS
from pos_app.domain.pricing.shelf import gross_of


@dataclass(frozen=True, slots=True)
class Saved:
    """What took something off, and how much. ``name`` is empty for points: every language has its own word."""

    name: str
    amount: int


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
    savings: tuple[Saved, ...] = ()
    """gross − Σ savings = net."""
    price_kind: str | None = None
    """Whose price it is: ``base``, ``campaign``, ``member``, ``lot``; None where a person typed it."""
    base_price: int | None = None
    """The base price where another one was charged."""

    @property
    def below_base(self) -> int:
        """How much less it costs before savings than at its base price."""
        if self.base_price is None or self.base_price <= self.unit_price:
            return 0
        return gross_of(self.base_price, self.quantity) - self.gross


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that stands on a receipt: gross − saving − points_amount − rounding = payable."""

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
    savings: tuple[Saved, ...] = ()
    """By promotion and coupon, as they add up to ``saving``."""
    points_used: int = 0
    points_amount: int = 0
    points_earned: int = 0
    copy: bool = False
    kind: Literal["sale", "return", "void"] = "sale"
    original: str = ""
    """Of a return: the receipt of its sale."""
    points_taken: int = 0
    points_given: int = 0
    came_back: Literal["", "part", "whole", "void"] = ""
    """Of a sale: how much of it came back, as far as is known where it is shown. Not on paper."""

    @property
    def paid(self) -> int:
        """What the customer paid; below 0: was given back."""
        return self.payable if self.kind == "sale" else -self.payable

    @property
    def saved(self) -> int:
        """What the customer pays less than at base prices, points and rounding left out."""
        return self.saving + sum(line.below_base for line in self.lines)


def receipt_of(body: Mapping[str, Any], *, at: str, operator: str, store_name: str, copy: bool = False) -> Receipt:
    """Build the receipt of a sale fact's body."""
    member = body["member"]
    names = names_of(body)
    savings = [("promotion", each) for each in body["promotions"]] + [("coupon", each) for each in body["coupons"]]
    return Receipt(
        number=body["receipt"],
        store=store_name,
        at=at,
        operator=operator,
        lines=tuple(_line(line, names) for line in body["lines"]),
        gross=body["gross"],
        saving=body["saving"],
        rounding=body["rounding"],
        payable=body["payable"],
        tenders=tuple((t["kind"], t["amount"], t["received"], t["change"]) for t in body["tenders"]),
        member=None if member is None else member["id"],
        savings=tuple(Saved(names[f"{kind}:{each['id']}"], each["saving"]) for kind, each in savings if each["saving"]),
        points_used=body["points_used"],
        points_amount=body["points_amount"],
        points_earned=body["points_earned"],
        copy=copy,
    )


def receipt_of_returned(
    body: Mapping[str, Any], *, at: str, operator: str, store_name: str, copy: bool = False
) -> Receipt:
    """Build the receipt of a return fact's body, or of a void's."""
    member, original = body["member"], body["original"]
    off: dict[str, int] = {}
    for line in body["lines"]:
        for each in line["discounts"]:
            off[each["source"]] = off.get(each["source"], 0) + each["amount"]
    points = off.pop(POINTS, 0)
    return Receipt(
        number=body["receipt"],
        store=store_name,
        at=at,
        operator=operator,
        lines=tuple(_returned_line(line, body["names"]) for line in body["lines"]),
        gross=sum(line["gross"] for line in body["lines"]),
        saving=sum(off.values()),
        rounding=sum(line["rounding"] for line in body["lines"]),
        payable=body["amount"],
        tenders=tuple((t["kind"], -t["amount"], -t["received"], t["change"]) for t in body["tenders"]),
        member=None if member is None else member["id"],
        savings=tuple(Saved(body["names"].get(source, source), amount) for source, amount in off.items()),
        points_used=body["points_given"],
        points_amount=points,
        copy=copy,
        kind="void" if "voids" in body else "return",
        original="" if original is None else original["receipt"],
        points_taken=body["points_taken"],
        points_given=body["points_given"],
    )


def _returned_line(line: Mapping[str, Any], names: Mapping[str, str]) -> ReceiptLine:
    return ReceiptLine(
        name=line["name"],
        quantity=line["quantity"],
        unit=line["unit"],
        unit_price=line["unit_price"],
        gross=line["gross"],
        net=line["amount"] + line["rounding"],
        code=line["code"],
        weighed=line["weighed"],
        savings=tuple(
            Saved("" if each["source"] == POINTS else names.get(each["source"], each["source"]), each["amount"])
            for each in line["discounts"]
        ),
    )


def names_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Name what took something off a sale's lines, by source: ``promotion:P1``, ``coupon:C1``."""
    promotions = {f"promotion:{each['id']}": each.get("name", each["id"]) for each in body["promotions"]}
    return promotions | {f"coupon:{each['id']}": each.get("name", each["id"]) for each in body["coupons"]}


def _line(line: Mapping[str, Any], names: Mapping[str, str]) -> ReceiptLine:
    return ReceiptLine(
        name=line["name"],
        quantity=line["quantity"],
        unit=line["unit"],
        unit_price=line["unit_price"],
        gross=line["gross"],
        net=line["net"],
        code=line["code"],
        weighed=line["weighed"],
        savings=tuple(
            Saved("" if each["source"] == POINTS else names[each["source"]], each["amount"])
            for each in line["discounts"]
        ),
        price_kind=line.get("price_kind", "base"),
        base_price=line.get("base_price"),
    )
