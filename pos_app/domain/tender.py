"""Tenders (支付): how a sale is paid, by cash, a recorded bank card, or a provider that is asked."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from pos_app.domain.errors import Refusal
from pos_app.domain.money import MAX_FEN, Fen

Provider = Literal["wechat", "alipay"]
"""Who is asked for the money, and may answer late, twice or not at all (`domain.payments`)."""
TenderKind = Literal["cash", "card", "wechat", "alipay", "exchange"]
"""``exchange``: what a return brought, for the sale behind it."""
AT_HAND: Final = frozenset({"cash", "card"})
"""What nobody has to be asked for: a drawer and a slip give it back."""

_SMALL_STEPS_FEN = (100, 500, 1000, 2000, 5000, 10_000)
_LARGE_STEPS_FEN = (1000, 5000, 10_000, 50_000)
_LARGE_FEN = 10_000
"""From a hundred yuan people round up to tens and hundreds, below it to the next coin and note."""

MAX_QUICK_AMOUNTS = 5
LARGEST_NOTE = Fen(10_000)
_MOST_CHANGE = Fen(2 * LARGEST_NOTE)
"""More change than two of the largest notes would be given back as notes by the customer."""


@dataclass(frozen=True, slots=True)
class Tender:
    """A payment: ``amount`` settles the sale, ``received`` was handed over, ``change`` went back.

    ``reference`` is what finds it elsewhere: a card's last digits or slip, a provider's own number. ``payment`` is the
    id by which a provider was asked, and by which it gives back.
    """

    kind: TenderKind
    amount: Fen
    received: Fen
    change: Fen = Fen(0)
    reference: str = ""
    payment: str = ""

    def document(self) -> dict[str, Any]:
        """Give the JSON document in a sale's fact."""
        plain = {"kind": self.kind, "amount": self.amount, "received": self.received, "change": self.change}
        further = {"reference": self.reference, "payment": self.payment}
        return plain | {name: text for name, text in further.items() if text}


def pay_cash(payable: Fen, received: Fen) -> Tender:
    """Take cash for a whole sale and work out the change.

    Raises:
        Refusal: ``cash_short`` when it is not enough, ``money_range`` when it cannot be meant.

    """
    if received < payable:
        raise Refusal("cash_short", payable=payable, missing=payable - received)
    if received > MAX_FEN:
        raise Refusal("money_range", text=str(received))
    return Tender("cash", payable, received, Fen(received - payable))


def quick_amounts(payable: Fen) -> tuple[Fen, ...]:
    """Suggest what a customer is likely to hand over: the exact amount, then what coins and notes make of it."""
    steps = _SMALL_STEPS_FEN if payable < _LARGE_FEN else _LARGE_STEPS_FEN
    rounded = {Fen(-(-payable // step) * step) for step in steps}
    return tuple(sorted({payable, *rounded}))[:MAX_QUICK_AMOUNTS]


def is_doubtful(payable: Fen, received: Fen) -> bool:
    """Tell whether so much is rather a slip of the hand: more change than a note or two, for no likely amount."""
    return received - payable > _MOST_CHANGE and received not in quick_amounts(payable)
