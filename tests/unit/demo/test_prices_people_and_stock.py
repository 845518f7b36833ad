"""The trade of the demo chain: what a shopper pays where and when, who serves, what lies in store."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from pos_app.domain.ids import Sku
from pos_app.domain.instants import instant_of
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import (
    Channel,
    PricedBasket,
    PricedLine,
    PricedMember,
    PricedProduct,
    PriceRow,
    Rulebook,
)
from pos_app.domain.pricing.price import price
from pos_app.domain.quantity import ONE
from sync.protocol.topics import PriceBody

Chain = dict[str, Any]

AN_ORDINARY_DAY = datetime.fromisoformat("2026-06-18T10:00:00+08:00")
HARVEST = datetime.fromisoformat("2026-09-20T08:00:00+08:00")
HARVEST_ENDS = datetime.fromisoformat("2026-10-08T00:00:00+08:00")
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def rulebook(chain: Chain) -> Rulebook:
    prices = defaultdict(list)
    for row in chain["prices"]:
        body = msgspec.convert(row, PriceBody)
        starts, ends = (instant_of(datetime.fromisoformat(text)) if text else None for text in (body.starts, body.ends))
        prices[Sku(body.sku)].append(
            PriceRow(
                id=body.id,
                sku=Sku(body.sku),
                kind=body.kind,
                amount=Fen(body.amount),
                scope=body.scope,
                channel=body.channel,
                starts=starts,
                ends=ends,
                tiers=tuple(body.tiers),
            )
        )
    products = {Sku(row["sku"]): PricedProduct(Sku(row["sku"]), weighed=row["weighed"]) for row in chain["products"]}
    return Rulebook(products, prices)


def pay(
    rulebook: Rulebook,
    sku: str,
    *,
    at: datetime = AN_ORDINARY_DAY,
    store: str = "S001",
    zone: str = "east",
    tier: str = "",
    channel: Channel = "store",
) -> int:
    """Ask what one piece (or kilogram) costs."""
    member = PricedMember("M1", tier) if tier else None
    lines = [PricedLine(1, Sku(sku), ONE)]
    basket = PricedBasket(at=at, store=store, zone=zone, lines=lines, channel=channel, member=member)
    return price(basket, rulebook).payable


def test_every_product_can_be_sold_in_every_store_and_online(chain: Chain, rulebook: Rulebook) -> None:
    channels: tuple[Channel, ...] = ("store", "online")
    for place in chain["places"]:
        for channel in channels:
            for product in chain["products"]:
                sku, store, zone = product["sku"], place["id"], place["zone"]
                assert pay(rulebook, sku, store=store, zone=zone, channel=channel) > 0


def test_rapeseed_oil_is_cheaper_in_the_west_and_cheapest_in_its_own_street(rulebook: Rulebook) -> None:
    assert pay(rulebook, "OIL-RS-5L") == 9490
    assert pay(rulebook, "OIL-RS-5L", store="S009", zone="west") == 8690
    assert pay(rulebook, "OIL-RS-5L", store="S003", zone="west") == 8490


def test_the_harvest_price_starts_and_ends_at_its_instant(rulebook: Rulebook) -> None:
    moments = (HARVEST - SECOND, HARVEST, HARVEST_ENDS - SECOND, HARVEST_ENDS)
    assert [pay(rulebook, "RICE-WC-5KG", at=at) for at in moments] == [6590, 5990, 5990, 6590]


def test_a_card_is_worth_more_the_higher_its_tier(rulebook: Rulebook) -> None:
    tiers = ("", "silver", "gold", "platinum")
    assert [pay(rulebook, "RICE-WC-5KG", tier=tier) for tier in tiers] == [6590, 6290, 6290, 6290]
    assert [pay(rulebook, "RICE-WC-10KG", tier=tier) for tier in tiers] == [12600, 12600, 11800, 11800]
    assert [pay(rulebook, "OIL-OL-500ML", tier=tier) for tier in tiers] == [5990, 5990, 5990, 5290]


def test_online_has_prices_of_its_own(rulebook: Rulebook) -> None:
    assert pay(rulebook, "GIFT-CA-500MLX2") == 12800
    assert pay(rulebook, "GIFT-CA-500MLX2", channel="online") == 12400


def test_price_rows_have_the_fields_of_the_pricing_contract_alone(chain: Chain) -> None:
    fields = {"id", "sku", "kind", "scope", "channel", "amount", "from", "to"}
    for row in chain["prices"]:
        assert set(row) == (fields | {"tiers"} if row["kind"] == "member" else fields)
        assert isinstance(row["amount"], int)
    ids = [row["id"] for row in chain["prices"]]
    assert len(set(ids)) == len(ids)


def test_three_stores_in_two_zones_and_a_warehouse(chain: Chain) -> None:
    kinds = sorted(place["kind"] for place in chain["places"])
    assert kinds == ["store", "store", "store", "warehouse"]
    assert {place["zone"] for place in chain["places"]} == {zone["id"] for zone in chain["zones"]} == {"east", "west"}
    for place in chain["places"]:
        assert 18_000_000 < place["latitude_e6"] < 54_000_000, "in China"
        assert 73_000_000 < place["longitude_e6"] < 135_000_000, "in China"


def test_every_store_has_a_cashier_an_associate_and_a_manager_of_its_own(chain: Chain) -> None:
    for store in (place["id"] for place in chain["places"] if place["kind"] == "store"):
        own = {operator["role"] for operator in chain["operators"] if operator["stores"] == [store]}
        assert own == {"cashier", "associate", "manager"}


def test_members_of_every_tier_belong_to_every_store_under_invented_numbers(chain: Chain) -> None:
    members = chain["members"]
    belonging = {(member["tier"], member["home_store"]) for member in members}
    assert len(belonging) == 9
    assert all(member["phone"].startswith("1380000") for member in members)
    assert len({member["phone"] for member in members}) == len(members)


def test_every_place_opens_with_stock_of_every_product(chain: Chain) -> None:
    stocked = {(row["place"], row["sku"]) for row in chain["stock"]}
    assert len(stocked) == len(chain["stock"]) == len(chain["places"]) * len(chain["products"])
    assert all(row["quantity"] > 0 for row in chain["stock"])


def test_packs_lie_whole_in_stores_and_by_the_case_in_the_warehouse(chain: Chain) -> None:
    products = {product["sku"]: product for product in chain["products"]}
    for row in chain["stock"]:
        product = products[row["sku"]]
        case = max((unit["quantity"] for unit in product["units"]), default=1000)
        step = case if row["place"] == "W001" else 500 if product["weighed"] else 1000
        assert row["quantity"] % step == 0, row
