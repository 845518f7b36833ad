"""No answer depends on what was priced before: what the engine keeps of a rulebook only saves work (decisions/0007)."""

import copy
import json
import random
from itertools import permutations
from typing import Any

import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing import compiled, shelf
from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from tests.support.pricing_documents import Draw, random_document
from tests.unit.pricing.shop import ALL, document, line, quote, skus

Doc = dict[str, Any]
MOMENTS = (
    "2026-06-18T09:59:59.999999+08:00",
    "2026-06-18T10:00:00+08:00",
    "2026-06-18T02:00:00+00:00",
    "2026-06-18T11:30:00+08:00",
    "2026-06-19T00:00:00+08:00",
    "2026-07-01T08:00:00+08:00",
)


def baskets(document: Doc, seed: int) -> list[Doc]:
    """Baskets of every kind for one rulebook: other moments, places and members, and one basket that grows."""
    chance, draw = random.Random(seed), Draw(seed, units=9)
    found = []
    for _ in range(10):
        basket = copy.deepcopy(document["basket"])
        basket |= {
            "lines": draw.lines(document["rulebook"]["products"]),
            "at": chance.choice(MOMENTS),
            "store": chance.choice(["S1", "S2"]),
            "zone": chance.choice(["east", None]),
            "channel": chance.choice(["store", "online"]),
            "member": chance.choice([None, draw.member(), draw.member()]),
            "redeem_points": 0,
        }
        found.append(basket)
    grown = found[-1]
    found += [{**grown, "lines": grown["lines"][:count]} for count in range(1, len(grown["lines"]))]
    return found


def answer(basket: PricedBasket, rulebook: Rulebook) -> str:
    try:
        return json.dumps(price(basket, rulebook).document())
    except Refusal as refusal:
        return refusal.code


def fresh(document: Doc) -> tuple[PricedBasket, Rulebook]:
    return read(parsed(json.dumps(document)))


@pytest.mark.parametrize("few", [False, True], ids=["much is kept", "little is kept"])
@pytest.mark.parametrize("seed", range(40))
def test_a_basket_costs_the_same_whatever_was_priced_before(
    seed: int, *, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if few:
        for module, bound in (
            (compiled, "MAX_SLICES"),
            (compiled, "MAX_PRODUCTS"),
            (compiled, "MAX_STANCES"),
            (shelf, "MAX_KEPT"),
            (shelf, "MAX_SHELVES"),
        ):
            monkeypatch.setattr(module, bound, 2)
        monkeypatch.setattr("pos_app.domain.pricing.components.MAX_SETTLED", 2)
    document: Doc = json.loads(random_document(seed, units=9))
    asked = [{**document, "basket": basket} for basket in baskets(document, seed)]
    cold = [answer(*fresh(each)) for each in asked]
    _, kept = fresh(document)
    order = [index for index in range(len(asked)) for _ in range(3)]
    random.Random(seed).shuffle(order)

    for index in order:
        assert answer(fresh(asked[index])[0], kept) == cold[index]


GOLD, SILVER = {"id": "M1", "tier": "gold"}, {"id": "M2", "tier": "silver"}
PAIR = {"id": "P1", "kind": "multibuy", "of": skus("茶", "面"), "size": 2, "price": 1500}
TEA_AND_NOODLES = [line(1, "茶", 3), line(2, "面", 3)]
ALIKE: list[tuple[str, Doc, list[Doc]]] = [
    (
        "a member's tier moves the shelf price",
        document(
            [line(1, "茶")],
            prices=[
                {"id": "K1", "sku": "茶", "kind": "member", "amount": 1900},
                {"id": "K2", "sku": "茶", "kind": "member", "amount": 1800, "tiers": ["gold"]},
            ],
        ),
        [{"member": None}, {"member": GOLD}, {"member": SILVER}],
    ),
    (
        "a lot moves it",
        document([], prices=[{"id": "K1", "sku": "茶", "kind": "lot", "amount": 900, "lot": "L1"}]),
        [{"lines": [line(1, "茶", lot=lot)]} for lot in (None, "L1", "L2")],
    ),
    (
        "a store moves it",
        document([line(1, "茶")], prices=[{"id": "K1", "sku": "茶", "kind": "base", "amount": 1, "scope": "store:S2"}]),
        [{"store": "S001"}, {"store": "S2"}, {"channel": "online"}],
    ),
    (
        "a member has used some of a deal",
        document(TEA_AND_NOODLES, [{**PAIR, "limit_per_member": 3}]),
        [{"member": {**GOLD, "used": {"P1": used}}} for used in (0, 1, 2, 3)] + [{"member": None}],
    ),
    (
        "a bound is felt by as many applications as there are pieces for",
        document(TEA_AND_NOODLES, [{**PAIR, "limit": 2, "of": skus("茶", "面")}]),
        [{"lines": [line(1, "茶", 2), line(2, "面", count)]} for count in (1, 2, 3, 4)],
    ),
    (
        "a member's own percentage competes with a deal",
        document(
            TEA_AND_NOODLES,
            [PAIR, {"id": "P2", "kind": "percent", "of": skus("茶"), "percent": 70, "member_tiers": ["gold"]}],
        ),
        [{"member": None}, {"member": GOLD}, {"member": SILVER}],
    ),
    (
        "what is done alone has another priority",
        document(
            [line(1, "茶")],
            [
                {"id": "P1", "kind": "multibuy", "of": skus("茶"), "size": 1, "price": 1700, "priority": 5},
                {"id": "P2", "kind": "amount", "of": ALL, "amount": 300, "member_tiers": ["gold"], "priority": 9},
                {"id": "P3", "kind": "amount", "of": ALL, "amount": 300, "member_tiers": ["silver"]},
            ],
        ),
        [{"member": GOLD}, {"member": SILVER}],
    ),
    (
        "a member's shelf price moves what a deal saves",
        document(TEA_AND_NOODLES, [PAIR], prices=[{"id": "K1", "sku": "茶", "kind": "member", "amount": 1900}]),
        [{"member": None}, {"member": GOLD}],
    ),
    (
        "there are more pieces for one application",
        document([], [{**PAIR, "of": skus("茶", "面"), "limit": 1}]),
        [{"lines": [line(1, "茶", tea), line(2, "面", noodles)]} for tea, noodles in ((1, 2), (2, 1), (1, 1))],
    ),
    (
        "two weights cost the same",
        document(
            [],
            [{"id": "P1", "kind": "amount", "of": ALL, "amount": 100, "limit": 1}],
            prices=[{"id": "K1", "sku": "豆", "kind": "lot", "amount": 600, "lot": "L1"}],
        ),
        [
            {"lines": [line(1, "豆", 1000), line(2, "豆", 1000)]},
            {"lines": [line(1, "豆", 2000, lot="L1"), line(2, "豆", 2000, lot="L1")]},
        ],
    ),
    (
        "an hour opens another promotion on the same pieces",
        document(
            TEA_AND_NOODLES,
            [
                {**PAIR, "active": {"daily_from": "10:00", "daily_to": "11:00"}},
                {**PAIR, "id": "P0", "price": 1400, "active": {"daily_from": "11:00", "daily_to": "12:00"}},
            ],
        ),
        [{"at": f"2026-06-18T{hour}:00:00+08:00"} for hour in ("09", "10", "11")],
    ),
]


@pytest.mark.parametrize("alike", ALIKE, ids=lambda alike: alike[0])
def test_baskets_that_differ_in_one_thing_are_not_taken_for_each_other(alike: tuple[str, Doc, list[Doc]]) -> None:
    _, doc, differing = alike
    asked = [{**doc, "basket": {**doc["basket"], **own}} for own in differing]
    cold = [answer(*fresh(each)) for each in asked]
    assert len(set(cold)) > 1, "they should not all cost the same"

    for order in permutations(range(len(asked)), min(3, len(asked))):
        _, kept = fresh(doc)
        assert [answer(fresh(asked[index])[0], kept) for index in order] == [cold[index] for index in order]


def test_a_price_that_ends_while_the_rulebook_is_in_use_has_ended() -> None:
    campaign = {"id": "K", "sku": "米", "kind": "campaign", "amount": 5900, "to": "2026-06-18T10:00:00+08:00"}
    doc = document([line(1, "米")], prices=[campaign])
    _, rulebook = fresh(doc)

    paid = []
    for at in ("09:59:59", "10:00:00", "09:59:59"):
        basket, _ = fresh({**doc, "basket": {**doc["basket"], "at": f"2026-06-18T{at}+08:00"}})
        paid.append(price(basket, rulebook).payable)

    assert paid == [5900, 6900, 5900]


def test_two_goods_of_one_price_are_two_goods_in_what_is_kept() -> None:
    same_price = [{"id": "K", "sku": "茶", "kind": "campaign", "amount": 1000}]
    third_off = {"id": "P1", "kind": "multibuy", "of": ALL, "size": 3, "price": 2900}
    doc = document([line(1, "茶", 2), line(2, "面")], [third_off], prices=same_price)
    swapped = {**doc, "basket": {**doc["basket"], "lines": [line(1, "茶"), line(2, "面", 2)]}}
    _, rulebook = fresh(doc)
    price(fresh(doc)[0], rulebook)

    assert price(fresh(swapped)[0], rulebook).document() == quote(swapped).document()
