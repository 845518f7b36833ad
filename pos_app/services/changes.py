"""What kinds of thing a mutation changed; rooms decide whether they care."""

from enum import StrEnum


class Kind(StrEnum):
    """A kind of thing that can change."""

    BASKET = "basket"
    SALE = "sale"
    OPERATOR = "operator"
    SHIFT = "shift"
    """The shift at this register: opened, closed, cash moved."""
    STOCK = "stock"
    PRODUCT = "product"
    PRICE = "price"
    MEMBER = "member"
    EXCEPTION = "exception"
    CHAIN = "chain"
    """How this register's chain and headquarters' stand to each other, or the base of its amounts: see to it."""
    LINE = "line"
    """The line to headquarters: its state, what waits, how fresh the replica is."""


Changes = frozenset[Kind]
