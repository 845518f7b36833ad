"""What comes of asking a simulated customer for money, in no provider's words yet."""

from enum import Enum, auto, unique
from typing import Final

from pos_app.devices.payment.simulator.customers import Customer, customer_of
from pos_app.devices.payment.simulator.ledger import CodeUsed, Ledger, State, Trade, TradeDiffers

_ASKED: Final = frozenset({Customer.ASKED_AND_PAYS, Customer.TURNS_AWAY, Customer.NEVER_TYPES})


@unique
class Verdict(Enum):
    """What came of it."""

    CHARGED = auto()
    ASKED = auto()
    UNKNOWN = auto()
    SILENCE = auto()
    """The line breaks: the register hears nothing."""
    POOR = auto()
    LATE = auto()
    CODE_USED = auto()
    DIFFERS = auto()
    """The merchant's number was used for another amount."""
    CLOSED = auto()


_AT_ONCE: Final = {
    Customer.LOST_ON_THE_WAY: Verdict.SILENCE,
    Customer.IS_POOR: Verdict.POOR,
    Customer.COMES_TOO_LATE: Verdict.LATE,
}
"""Customers of whom nothing comes into the books."""
_TOLD_OTHERWISE: Final = {
    Customer.CHARGED_NO_ANSWER: Verdict.SILENCE,
    Customer.CHARGED_SYSTEM_ERROR: Verdict.UNKNOWN,
    Customer.NEVER_KNOWN: Verdict.UNKNOWN,
}
"""Customers who are charged, and of whom the register is told something else."""


def charge(ledger: Ledger, provider: str, own: str, amount: int, *, code: str) -> Verdict:
    """Charge the customer with a payment code, once for each of the merchant's numbers."""
    customer = customer_of(code)
    if customer in _AT_ONCE:
        return _AT_ONCE[customer]
    first: State = "asked" if customer in _ASKED else "charged"
    try:
        trade = ledger.open(Trade(provider, own, amount, code, customer, first))
    except CodeUsed:
        return Verdict.CODE_USED
    except TradeDiffers:
        return Verdict.DIFFERS
    if trade.state == "reversed":
        return Verdict.CLOSED
    plain = Verdict.ASKED if trade.state == "asked" else Verdict.CHARGED
    return _TOLD_OTHERWISE.get(customer, plain)
