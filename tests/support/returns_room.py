"""A cashier at the room of returns: what was sold before, and what is seen there."""

from pos_app.domain.facts import Fact
from pos_app.ui.rooms.returns.room import ReturnsRoom
from tests.support.hands import Hands
from tests.support.promoted import RICE_2KG, RICE_5KG
from tests.support.till import CASHIER, PIN, HandRegister

MANAGER, MANAGERS_PIN = "1009", "9876"
FIRST = "S001-R1-20260618-0001"


def with_two_sales(till: Hands) -> Hands:
    """Two bags of rice and a coupon were sold, 93.85; then a small bag."""
    sign_in(till)
    sell(till, RICE_5KG, RICE_5KG, "C-ANY")
    sell(till, RICE_2KG)
    return till


def sign_in(till: Hands) -> None:
    for typed in (CASHIER, PIN):
        till.type(typed)
        till.press("Enter")


def sell(till: Hands, *codes: str) -> None:
    for code in codes:
        till.scan(code)
    for key in ("+", "Enter", "Enter"):
        till.press(key)


def room(till: Hands) -> ReturnsRoom:
    return till.window.findChildren(ReturnsRoom)[0]


def last(register: HandRegister) -> Fact:
    return register.journal.facts[-1]


def said(till: Hands) -> str:
    message = till.window.toast.message
    return "" if message is None else message.text
