"""The simulated chain: its stores, goods, people and first prices, as the document that headquarters imports."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

BEGINS: Final = datetime(2026, 6, 18, tzinfo=UTC)
"""Eight in the morning in the stores."""
PRODUCTS: Final = 10
MEMBERS_PER_STORE: Final = 3
OPENING_PIECES: Final = 500_000
CASHIER: Final = "1001"
PIN: Final = "1234"
MANAGER: Final = "9001"
MANAGERS_PIN: Final = "4321"
OPENING_POINTS: Final = 400
LEASE: Final = {"most": 250, "days": 7, "tiers": {"gold": 400}}
"""How many points of a member may lie at a register: more than what one basket spends, less than most members have."""
COUPON_TEMPLATE: Final = "T1"
TIERS: Final = ("", "silver", "gold")


def store_id(number: int) -> str:
    """Name a store, from 1."""
    return f"S{number:03d}"


def zone_of(store: int) -> str:
    """Tell a store's zone; every third has none."""
    return ("", "east", "west")[store % 3]


def scopes_of(store: int) -> list[str]:
    """List the scopes that a store's prices may have."""
    return ["chain", f"store:{store_id(store)}", *([f"zone:{zone_of(store)}"] if zone_of(store) else [])]


def sku(number: int) -> str:
    """Name a product, from 1."""
    return f"P{number:02d}"


def weighed(number: int) -> bool:
    """Tell whether a product is sold by weight."""
    return number % 5 == 0


def product(number: int, edition: int = 0) -> dict[str, Any]:
    """Describe a product. Another edition has another name and one more code; what prices it stays."""
    codes = [{"code": f"CODE-{number}"}] + ([{"code": f"CODE-{number}-{edition}"}] if edition else [])
    return {
        "sku": sku(number),
        "name": f"{number}号粮油" + (f" 第{edition}版" if edition else ""),
        "categories": ["grain" if number % 2 else "oil"],
        "weighed": weighed(number),
        "unit": "kg" if weighed(number) else "袋",
        "barcodes": codes,
    }


def base_price(number: int) -> dict[str, Any]:
    """Give a product's first price."""
    return {"id": f"base-{number}", "sku": sku(number), "kind": "base", "amount": 1000 + 137 * number}


def members_of(store: int) -> list[str]:
    """Name a store's members."""
    return [f"M{store:03d}{number}" for number in range(1, MEMBERS_PER_STORE + 1)]


FAMOUS: Final = members_of(1)[0]
"""A member who shops in every store that knows them, and moves often: what they have is contended for."""


def chain_document(stores: int) -> Mapping[str, Any]:
    """Describe the chain."""
    numbers = range(1, stores + 1)
    goods = range(1, PRODUCTS + 1)
    return {
        "places": [{"id": store_id(each), "name": f"{each}号店", "zone": zone_of(each)} for each in numbers],
        "products": [product(each) for each in goods],
        "prices": [base_price(each) for each in goods],
        "coupon_templates": [{"id": COUPON_TEMPLATE, "kind": "cash", "off": 300, "min_spend": 1500}],
        "points": {"earn_per": 100, "worth": {"points": 10, "amount": 10}, "lease": LEASE},
        "operators": [
            {"id": number, "name": name, "role": role, "stores": [store_id(each) for each in numbers], "pin": pin}
            for number, name, role, pin in (
                (CASHIER, "王芳", "cashier", PIN),
                (MANAGER, "周立群", "manager", MANAGERS_PIN),
            )
        ],
        "members": [
            {
                "id": name,
                "name": name,
                "tier": TIERS[at % 3],
                "card": f"CARD{name}",
                "home_store": store_id(each),
                "points": OPENING_POINTS,
            }
            for each in numbers
            for at, name in enumerate(members_of(each))
        ],
        "stock": [
            {"place": store_id(store), "sku": sku(each), "quantity": OPENING_PIECES}
            for store in numbers
            for each in goods
        ],
    }
