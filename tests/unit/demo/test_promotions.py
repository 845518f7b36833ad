"""What the demo chain gives its customers, priced as the counter prices it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import Quote

Chain = dict[str, Any]

THURSDAY = "2026-06-18T10:00:00+08:00"


@pytest.fixture(scope="module")
def sections(chain: Chain) -> dict[str, Any]:
    return {name: chain[name] for name in ("products", "prices", "promotions", "coupon_templates", "points")}


def pay(sections: dict[str, Any], *goods: tuple[str, int], at: str = THURSDAY, **basket: Any) -> Quote:  # noqa: ANN401 — a document's values
    lines = [{"line": number, "sku": sku, "quantity": quantity} for number, (sku, quantity) in enumerate(goods, 1)]
    asked = {"at": at, "store": "S001", "zone": "east", "lines": lines, **basket}
    return price(*read(parsed(json.dumps({"basket": asked, "rulebook": sections}))))


def used(quote: Quote) -> dict[str, int]:
    return {each.id: each.saving for each in quote.promotions}


def member(chain: Chain, tier: str) -> dict[str, Any]:
    one = next(member for member in chain["members"] if member["tier"] == tier)
    return {"id": one["id"], "tier": tier, "points": one["points"]}


def test_the_second_packet_of_noodles_costs_half(sections: dict[str, Any]) -> None:
    quote = pay(sections, ("NOODLE-LX-400G", 1000), ("NOODLE-LZ-500G", 1000))

    assert (quote.gross, quote.saving) == (490 + 590, 245)


def test_any_three_bottles_cost_a_hundred_yuan_and_count_for_no_spending(sections: dict[str, Any]) -> None:
    quote = pay(sections, ("OIL-RS-1.8L", 2000), ("OIL-RB-1.8L", 1000), ("RICE-WC-5KG", 1000))

    assert used(quote) == {"OIL-ANY-3": 2 * 3590 + 3690 - 10000}


def test_every_hundred_yuan_takes_ten_off(sections: dict[str, Any]) -> None:
    quote = pay(sections, ("RICE-WC-10KG", 2000))

    assert used(quote) == {"SPEND-100": 2000}


def test_salt_comes_with_peanut_oil_and_a_kitchen_is_furnished(sections: dict[str, Any]) -> None:
    assert used(pay(sections, ("OIL-PN-5L", 1000), ("SALT-JD-400G", 2000)))["OIL-GIFT-SALT"] == 360
    kitchen = pay(sections, ("RICE-SM-5KG", 1000), ("OIL-SB-5L", 1000), ("SOY-SC-500ML", 1000))
    assert (kitchen.payable, set(used(kitchen))) == (9900, {"KITCHEN-SET"})


def test_the_night_market_goes_on_past_midnight_and_belongs_to_the_evening_before(sections: dict[str, Any]) -> None:
    friday = datetime.fromisoformat("2026-06-19T19:59:59+08:00")
    goods = ("LOOSE-HM", 1000)
    moments = [
        friday,
        friday + timedelta(seconds=1),
        friday + timedelta(hours=5),
        friday + timedelta(hours=5, seconds=1),
    ]

    assert [bool(used(pay(sections, goods, at=at.isoformat()))) for at in moments] == [False, True, True, False]
    sunday = pay(sections, goods, at="2026-06-21T00:30:00+08:00")
    monday = pay(sections, goods, at="2026-06-22T00:30:00+08:00")
    assert (set(used(sunday)), set(used(monday))) == ({"NIGHT-LOOSE"}, set())


def test_on_wednesdays_members_pay_less_for_coarse_grain(chain: Chain, sections: dict[str, Any]) -> None:
    wednesday = "2026-06-17T10:00:00+08:00"
    asked = [
        pay(sections, ("COARSE-LM-500G", 1000), at=at, member=who)
        for at in (wednesday, THURSDAY)
        for who in (member(chain, "silver"), None)
    ]

    assert [bool(quote.saving) for quote in asked] == [True, False, False, False]


def test_a_member_has_two_bags_of_pearl_rice_and_no_more(chain: Chain, sections: dict[str, Any]) -> None:
    who = member(chain, "gold")
    limited = pay(sections, ("RICE-ZZ-5KG", 3000), member=who)
    spent = pay(sections, ("RICE-ZZ-5KG", 1000), member=who | {"used": {"PEARL-RICE-LIMIT": 2}})

    assert [(each.id, each.applications) for each in limited.promotions] == [("PEARL-RICE-LIMIT", 2)]
    assert used(spent) == {}


def test_zones_stores_and_channels_have_promotions_of_their_own(sections: dict[str, Any]) -> None:
    west = pay(sections, ("RICE-ZZ-10KG", 1000), store="S003", zone="west")
    olive = [pay(sections, ("OIL-OL-500ML", 1000), store=store) for store in ("S001", "S002")]
    online = pay(sections, ("RICE-WC-10KG", 2000), channel="online")

    assert used(west) == {"WEST-BIG-RICE": 600}
    assert [bool(quote.saving) for quote in olive] == [False, True]
    assert used(online) == {
        "ONLINE-199": 2500,
    }


def test_618_lasts_five_days(sections: dict[str, Any]) -> None:
    days = ("2027-06-15T23:59:59+08:00", "2027-06-16T00:00:00+08:00", "2027-06-21T00:00:00+08:00")

    asked = [used(pay(sections, ("RICE-SY-10KG", 5000), at=day)) for day in days]

    assert ["618-FLAGSHIP" in one for one in asked] == [False, True, False]


def test_members_hold_coupons_and_pay_with_points(chain: Chain, sections: dict[str, Any]) -> None:
    who = member(chain, "gold")
    own = [coupon for coupon in chain["coupons"] if coupon["member"] == who["id"]]

    quote = pay(sections, ("OIL-CN-5L", 2000), member=who, coupons=own, redeem_points=1000)

    reasons = {each.id.partition("-")[0]: each.reason for each in quote.coupons}
    assert reasons == {"N26": None, "OIL26": None, "VIP26": "no_matching_goods"}
    assert (quote.points_amount, quote.points_earned > 0) == (1000, True)


def test_premium_goods_earn_double_at_the_weekend(chain: Chain, sections: dict[str, Any]) -> None:
    who = member(chain, "silver")
    days = (THURSDAY, "2026-06-20T10:00:00+08:00")

    earned = [pay(sections, ("OIL-OL-500ML", 1000), at=day, member=who).points_earned for day in days]

    assert earned[1] in {2 * earned[0], 2 * earned[0] + 1}
