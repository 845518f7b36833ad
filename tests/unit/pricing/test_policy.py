"""Float ranges, authorities, and how deep a promotion may cut: with the arithmetic beside each."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.ids import Sku
from pos_app.domain.pricing.depth import deepest
from pos_app.domain.pricing.policy import (
    FloatRange,
    Place,
    PromotionAuthority,
    authority_for,
    range_for,
)
from pos_app.domain.pricing.promotion_documents import read_promotion
from pos_app.domain.pricing.selectors import Selector
from pos_app.domain.pricing.subjects import PricedProduct

RICE = PricedProduct(Sku("RICE"), ("grain",), "B1", ("new",))
BASES = {"RICE": [6900], "OIL": [9000], "SALT": [200]}
S001 = Place("east", "S001")


def bases(of: Selector) -> list[int]:
    return [amount for sku, amounts in BASES.items() if of.every or sku in of.skus for amount in amounts]


def of(*skus: str) -> dict[str, Any]:
    return {"of": {"skus": list(skus)}}


@pytest.mark.parametrize(
    ("base", "below", "above", "span"),
    [
        (6900, 1000, 500, (6210, 7245)),
        (999, 1000, 500, (900, 1048)),  # 899.1 and 1048.95, inwards
        (1, 10_000, 0, (0, 1)),
        (0, 500, 500, (0, 0)),
    ],
)
def test_a_range_is_rounded_inwards(base: int, below: int, above: int, span: tuple[int, int]) -> None:
    assert FloatRange("R", below, above).span(base) == span


@given(base=st.integers(0, 10**9), below=st.integers(0, 10_000), above=st.integers(0, 1_000_000))
def test_the_base_price_is_always_within_and_no_price_outside_is(base: int, below: int, above: int) -> None:
    lowest, highest = FloatRange("R", below, above).span(base)

    assert 0 <= lowest <= base <= highest
    assert (base - lowest) * 10_000 <= base * below < (base - lowest + 1) * 10_000
    assert (highest - base) * 10_000 <= base * above < (highest - base + 1) * 10_000


def test_of_several_ranges_the_closest_binds() -> None:
    by_sku, by_brand = Selector(skus=frozenset({"RICE"})), Selector(brands=frozenset({"B1"}))
    all_goods = [
        FloatRange("A1", 1, 1),
        FloatRange("A2", 1, 1, scope="zone:east"),
        FloatRange("A3", 1, 1, scope="store:S001"),
        FloatRange("A4", 1, 1, channel="store", scope="store:S001"),
        FloatRange("A5", 1, 1, channel="store", scope="store:S001", kinds=frozenset({"lot"})),
        FloatRange("A6", 1, 1, by_brand),
        FloatRange("A7", 1, 1, by_sku),
        FloatRange("A8", 1, 1, by_sku),
    ]
    chosen = [
        range_for(all_goods[:count], RICE, S001, channel="store", kind="lot") for count in range(len(all_goods) + 1)
    ]

    assert [each.id if each else "" for each in chosen] == ["", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        FloatRange("R", 1, 1, scope="store:S002"),
        FloatRange("R", 1, 1, scope="zone:west"),
        FloatRange("R", 1, 1, channel="online"),
        FloatRange("R", 1, 1, kinds=frozenset({"manual"})),
        FloatRange("R", 1, 1, Selector(skus=frozenset({"OIL"}))),
        FloatRange("R", 1, 1, Selector(every=True, unless=Selector(tags=frozenset({"new"})))),
    ],
)
def test_a_range_of_others_binds_nothing_here(elsewhere: FloatRange) -> None:
    assert range_for([elsewhere], RICE, S001, channel="store", kind="campaign") is None


def test_a_zone_and_a_store_have_their_closest_authority() -> None:
    stores = PromotionAuthority("STORES", frozenset({"nth"}), 1000, levels=frozenset({"store"}))
    east = PromotionAuthority("EAST", frozenset({"percent"}), 500, scope="zone:east")
    own = PromotionAuthority("OWN", frozenset({"percent"}), 500, scope="store:S001")

    asked = [
        authority_for([stores, east, own], S001),
        authority_for([stores, east], S001),
        authority_for([stores, east], Place("west", "S003")),
        authority_for([stores, east], Place("east")),
        authority_for([stores, east], Place("west")),
    ]

    assert [each.id if each else "" for each in asked] == ["OWN", "EAST", "STORES", "EAST", ""]


DEPTHS: list[tuple[dict[str, Any], int]] = [
    ({"kind": "percent", **of("RICE"), "percent": 12.5}, 1250),
    ({"kind": "nth", **of("RICE"), "size": 2, "discounted": 1, "percent": 50}, 2500),
    ({"kind": "nth", **of("RICE"), "size": 3, "discounted": 1, "percent": 100}, 3334),  # a third, upwards
    ({"kind": "tiers", **of("RICE"), "tiers": [{"count": 3, "percent": 5}, {"count": 6, "percent": 15}]}, 1500),
    ({"kind": "price", **of("RICE", "OIL"), "price": 6000}, 3334),  # the oil: 3000 of 9000
    ({"kind": "price", **of("RICE"), "price": 7000}, 0),
    ({"kind": "amount", **of("SALT", "RICE"), "amount": 50}, 2500),  # the salt: 50 of 200
    ({"kind": "amount", **of("SALT"), "amount": 500}, 10_000),
    ({"kind": "multibuy", **of("RICE", "OIL"), "size": 3, "price": 20000}, 2593),  # 7000 of 27000
    ({"kind": "spend", "tiers": [{"spend": 10000, "off": 1000}, {"spend": 30000, "off": 4000}]}, 1334),
    ({"kind": "spend", "tiers": [{"spend": 0, "off": 100}]}, 0),
    ({"kind": "spend", "tiers": [{"spend": 10000, "percent": 15}]}, 1500),
    ({"kind": "points", "multiplier": 2}, 0),
    ({"kind": "price", **of("GHOST"), "price": 1}, 0),
    (
        {"kind": "bundle", "slots": [of("RICE") | {"quantity": 1}, of("OIL") | {"quantity": 2}], "percent": 20},
        2000,
    ),
    (
        {"kind": "bundle", "slots": [of("RICE") | {"quantity": 1}, of("OIL") | {"quantity": 2}], "price": 20000},
        1968,  # 4900 of 24900
    ),
    (
        {
            "kind": "addon",
            "buy": [of("RICE", "OIL") | {"quantity": 1}],
            "get": of("SALT") | {"quantity": 2, "price": 0},
        },
        548,  # 400 of the cheapest 6900 and 400
    ),
]


@pytest.mark.parametrize(("document", "depth"), DEPTHS)
def test_how_deep_a_promotion_may_cut(document: dict[str, Any], depth: int) -> None:
    assert deepest(read_promotion({"id": "P"} | _exact(document)).deal, bases) == depth


def _exact(document: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in document.items()}
