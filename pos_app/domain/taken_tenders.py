"""Tenders taken for a basket before its sale is complete: several, in any order, with what remains; change from cash.

What a provider was asked for is here from before the call until its sale is in the journal, or it is given back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pos_app.domain.ids import BasketId, OperatorId, TenderId
from pos_app.domain.money import Fen
from pos_app.domain.tender import Tender, TenderKind

TakenState = Literal["asked", "paid", "reversing"]
"""``asked``: the provider may have charged it, nobody knows yet. ``reversing``: it is to be given back, and does not
count any more. Cash and cards are ``paid`` at once.
"""


@dataclass(frozen=True, slots=True)
class TakenTender:
    """One of them. ``amount`` is what was handed over, which of cash may be more than is due."""

    id: TenderId
    basket: BasketId
    kind: TenderKind
    amount: Fen
    state: TakenState
    at: str
    operator: OperatorId
    reference: str = ""

    def document(self) -> dict[str, Any]:
        """Give the JSON document that the journal keeps."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "TakenTender":
        """Read what ``document`` wrote."""
        return cls(**{name: document[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a basket stands with its tenders: what is still due, what goes back, and what its sale would say."""

    payable: Fen
    tenders: tuple[Tender, ...]
    due: Fen
    change: Fen
    over: Fen
    """What was paid beyond the sale other than by cash: no change is given of it, some of it must be taken back."""

    @property
    def settled(self) -> bool:
        """Whether the sale may be completed."""
        return not self.due and not self.over


def standing(payable: Fen, taken: Sequence[TakenTender]) -> Standing:
    """Work out how a basket stands. All else pays before cash does, so that change comes out of cash alone."""
    paid = [each for each in taken if each.state == "paid"]
    exact = sum(each.amount for each in paid if each.kind != "cash")
    cash = sum(each.amount for each in paid if each.kind == "cash")
    left = max(payable - exact, 0)
    due, change = Fen(max(left - cash, 0)), Fen(max(cash - left, 0))
    tenders = []
    for each in paid:
        if each.kind == "cash":
            settles = min(left, each.amount)
            left -= settles
            tenders.append(Tender("cash", Fen(settles), each.amount, Fen(each.amount - settles)))
        else:
            tenders.append(_exact(each))
    return Standing(payable, tuple(tenders), due, change, Fen(max(exact - payable, 0)))


def _exact(taken: TakenTender) -> Tender:
    payment = "" if taken.kind == "card" else taken.id
    return Tender(taken.kind, taken.amount, taken.amount, reference=taken.reference, payment=payment)
