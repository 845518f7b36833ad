"""What a shift comes to: a sum over its facts, to which each further fact is added.

A sale is added by its figures and tenders; money that goes back (`return`, `void`) by its tenders alone. Knows no file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from pos_app.domain.facts import Fact
from pos_app.domain.money import Fen
from pos_app.domain.returned import RETURN_KIND, VOID_KIND
from pos_app.domain.sale import FACT_KIND as SALE
from pos_app.domain.shift import COUNTED, DRAWER, MOVED

CASH: Final = "cash"
BACK: Final = {RETURN_KIND: "returns", VOID_KIND: "voids"}
"""Kinds by which money goes back to a customer, and what they are counted as."""


@dataclass(frozen=True, slots=True)
class Times:
    """How often, and how much in all."""

    count: int = 0
    amount: int = 0

    def plus(self, amount: int) -> "Times":
        """Count one more."""
        return Times(self.count + 1, self.amount + amount)

    def together(self, other: "Times") -> "Times":
        """Add another sum."""
        return Times(self.count + other.count, self.amount + other.amount)


NONE: Final = Times()


@dataclass(frozen=True, slots=True)
class Figures:
    """A shift's figures so far, in fen. Of sales: gross − saving − points_amount − rounding = net = Σ tenders."""

    sales: int = 0
    gross: int = 0
    saving: int = 0
    points_used: int = 0
    points_amount: int = 0
    rounding: int = 0
    net: int = 0
    points_earned: int = 0
    before: int = 0
    """How many of the sales were rung before anybody opened the shift."""
    coupons: Times = NONE
    returns: Times = NONE
    voids: Times = NONE
    tenders: Mapping[str, Times] = field(default_factory=dict)
    """By kind: what came in for sales."""
    paid_back: Mapping[str, Times] = field(default_factory=dict)
    """By kind: what went back for returns and voids."""
    cash_in: Times = NONE
    cash_out: Times = NONE
    drawer: int = 0
    """How often the drawer was opened with no sale."""
    counts: int = 0
    """How often the drawer was counted."""
    counted: int | None = None
    """What was counted last; none where cash has moved since."""
    pieces: Mapping[str, int] = field(default_factory=dict)
    first_receipt: str = ""
    last_receipt: str = ""
    first_at: str = ""
    last_at: str = ""

    @property
    def cash(self) -> int:
        """What the drawer gained: cash taken less cash given back, put in less taken out."""
        taken = self.tenders.get(CASH, NONE).amount - self.paid_back.get(CASH, NONE).amount
        return taken + self.cash_in.amount - self.cash_out.amount

    def expected(self, float_fen: int) -> Fen:
        """Say what the drawer should hold."""
        return Fen(float_fen + self.cash)

    def plus(self, fact: Fact, *, before: bool = False) -> "Figures":
        """Add a fact; one that changes no figure changes none here."""
        if fact.kind == SALE:
            return self._plus_sale(fact, before=before)
        if fact.kind in BACK:
            return self._plus_back(fact)
        body = fact.body
        if fact.kind == MOVED:
            moved = f"cash_{body['direction']}"
            return replace(self, **{moved: getattr(self, moved).plus(body["amount"])}, counted=None)
        if fact.kind == DRAWER:
            return replace(self, drawer=self.drawer + 1)
        if fact.kind == COUNTED:
            return replace(self, counts=self.counts + 1, counted=body["counted"], pieces=body["count"])
        return self

    def together(self, other: "Figures") -> "Figures":
        """Add the figures of a later shift."""
        both: dict[str, Any] = {name: getattr(self, name) + getattr(other, name) for name in _SUMS}
        both |= {name: getattr(self, name).together(getattr(other, name)) for name in _TIMES}
        both |= {name: _merged(getattr(self, name), getattr(other, name)) for name in _BY_KIND}
        both |= {name: getattr(self, name) or getattr(other, name) for name in ("first_receipt", "first_at")}
        both |= {name: getattr(other, name) or getattr(self, name) for name in ("last_receipt", "last_at")}
        return Figures(**both)

    def document(self) -> dict[str, Any]:
        """Give the JSON document in a fact."""
        told = {name: getattr(self, name) for name in (*_SUMS, *_WORDS)}
        told |= {name: _pair(getattr(self, name)) for name in _TIMES}
        return told | {name: {kind: _pair(each) for kind, each in getattr(self, name).items()} for name in _BY_KIND}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read a fact's document."""
        told: dict[str, Any] = {name: document[name] for name in (*_SUMS, *_WORDS)}
        told |= {name: Times(**document[name]) for name in _TIMES}
        told |= {name: {kind: Times(**each) for kind, each in document[name].items()} for name in _BY_KIND}
        return cls(**told)

    def _plus_sale(self, fact: Fact, *, before: bool) -> "Figures":
        body = fact.body
        tenders = dict(self.tenders)
        for each in body["tenders"]:
            tenders[each["kind"]] = tenders.get(each["kind"], NONE).plus(each["amount"])
        coupons = self.coupons
        for each in body["coupons"]:
            coupons = coupons.plus(each["saving"]) if each["accepted"] else coupons
        return replace(
            self,
            sales=self.sales + 1,
            gross=self.gross + body["gross"],
            saving=self.saving + body["saving"],
            points_used=self.points_used + body["points_used"],
            points_amount=self.points_amount + body["points_amount"],
            rounding=self.rounding + body["rounding"],
            net=self.net + body["payable"],
            points_earned=self.points_earned + body["points_earned"],
            before=self.before + before,
            coupons=coupons,
            tenders=tenders,
            counted=self.counted if tenders.get(CASH) == self.tenders.get(CASH) else None,
            first_receipt=self.first_receipt or body["receipt"],
            last_receipt=body["receipt"],
            first_at=self.first_at or fact.at,
            last_at=fact.at,
        )

    def _plus_back(self, fact: Fact) -> "Figures":
        """Add what went back, by its tenders: what the drawer gets, below 0."""
        paid_back, whole = dict(self.paid_back), 0
        for each in fact.body["tenders"]:
            amount = -each["amount"]
            paid_back[each["kind"]] = paid_back.get(each["kind"], NONE).plus(amount)
            whole += amount
        name = BACK[fact.kind]
        moved = paid_back.get(CASH) != self.paid_back.get(CASH)
        receipt = fact.body.get("receipt", "")
        told = {name: getattr(self, name).plus(whole), "paid_back": paid_back, "last_at": fact.at}
        told |= {"first_receipt": self.first_receipt or receipt, "last_receipt": receipt or self.last_receipt}
        return replace(self, **told, counted=None if moved else self.counted)


_SUMS: Final = (
    *("sales", "gross", "saving", "points_used", "points_amount", "rounding", "net", "points_earned"),
    *("before", "drawer", "counts"),
)
_TIMES: Final = ("coupons", "returns", "voids", "cash_in", "cash_out")
_BY_KIND: Final = ("tenders", "paid_back")
_WORDS: Final = ("first_receipt", "last_receipt", "first_at", "last_at")


def _merged(one: Mapping[str, Times], other: Mapping[str, Times]) -> dict[str, Times]:
    return {kind: one.get(kind, NONE).together(other.get(kind, NONE)) for kind in (*one, *other)}


def _pair(times: Times) -> dict[str, int]:
    return {"count": times.count, "amount": times.amount}
