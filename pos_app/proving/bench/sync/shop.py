"""The chain that sync is measured with, as headquarters imports it: many products and prices, very many member cards.

All members belong to one store, so that its registers read everything; the others' read the goods alone. The same
sizes give the same chain. Knows nothing of files and of lines.
"""

from collections.abc import Iterator
from typing import Any, Final

from pos_app.proving.bench.goods import STORE_ID, ZONE, Goods, prices_of, product_of
from pos_app.proving.bench.scene import CASHIER

MEMBERS_STORE: Final = STORE_ID
"""Every member's store."""
GOODS_STORE: Final = "S002"
"""A store of few documents beside the goods: registers that only send are its."""
SLICE: Final = 20_000
"""Rows of an import."""
_SURNAMES: Final = "陈林黄张李王吴刘蔡杨"
_TIERS: Final = ("", "silver", "gold")

Section = dict[str, list[dict[str, Any]]]


def chain(products: int, members: int) -> Iterator[Section]:
    """Give the chain in parts, each of which is imported by itself, in order."""
    yield {"places": [_store(name) for name in (MEMBERS_STORE, GOODS_STORE)], "operators": [_cashier()]}
    yield from goods_parts(products)
    for numbers in _parts(members, SLICE):
        yield {"members": [member(at) for at in numbers]}


def goods_parts(products: int) -> Iterator[Section]:
    """Give the goods alone, each with its base price."""
    goods = Goods()
    for numbers in _parts(products, SLICE // 2):
        some = [goods.good(at) for at in numbers]
        yield {
            "products": [product_of(good)[2] for good in some],
            "prices": [prices_of(good)[0][2] for good in some],
        }


def documents(products: int, members: int) -> int:
    """Count the documents that a register of the members' store holds: goods, base prices, members, store, cashier."""
    return 2 * products + members + 2


def prices(numbers: range, more_fen: int) -> list[dict[str, Any]]:
    """Give some goods other base prices: ``more_fen`` above those of the beginning."""
    goods = Goods()
    return [prices_of(goods.good(at), more_fen)[0][2] for at in numbers]


def member(at: int) -> dict[str, Any]:
    """Make a member with a card."""
    return {
        "id": f"M{at:07d}",
        "name": f"{_SURNAMES[at % 10]}{at % 9973}",
        "tier": _TIERS[at % len(_TIERS)],
        "phone": f"138{at:08d}",
        "card": f"88{at:010d}",
        "points": at % 5000,
        "home_store": MEMBERS_STORE,
    }


def _parts(count: int, most: int) -> Iterator[range]:
    return (range(begin, min(begin + most, count)) for begin in range(0, count, most))


def _store(name: str) -> dict[str, Any]:
    return {"id": name, "name": f"Bench {name}", "zone": ZONE}


def _cashier() -> dict[str, Any]:
    return {"id": CASHIER, "name": "Bench", "role": "cashier", "stores": [MEMBERS_STORE, GOODS_STORE], "pin": "1234"}
