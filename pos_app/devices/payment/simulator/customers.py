"""What a simulated customer does: the last two digits of the payment code say it, so that a test and a person choose.

Any other two digits: the customer pays at once.
"""

from enum import Enum, unique
from typing import Final

QUERIES_BEFORE_AN_ANSWER: Final = 2
SLOW_S: Final = 30.0


@unique
class Customer(Enum):
    """Who stands there. The value is the end of the code."""

    PAYS = ""
    SLOW_ANSWER = "88"
    """Is charged at once; the answer takes half a minute."""
    ASKED_AND_PAYS = "90"
    """Types a password, and has paid by the second query."""
    TURNS_AWAY = "91"
    """Is asked for a password and cancels."""
    IS_POOR = "92"
    COMES_TOO_LATE = "93"
    """The code has expired."""
    CHARGED_SYSTEM_ERROR = "94"
    """Is charged, and the provider says that it does not know."""
    CHARGED_NO_ANSWER = "95"
    """Is charged, and the line breaks before the answer."""
    LOST_ON_THE_WAY = "96"
    """The line breaks before the request is read: the provider never hears of it."""
    NEVER_KNOWN = "97"
    """Is charged, and every query fails until the payment is reversed."""
    NEVER_TYPES = "98"
    """Is asked for a password and does nothing."""


def customer_of(code: str) -> Customer:
    """Tell what the customer with a payment code does."""
    known = {each.value: each for each in Customer if each.value}
    return known.get(code[-2:], Customer.PAYS)
