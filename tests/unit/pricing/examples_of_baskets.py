"""Examples of conditions, baskets, coupons and points: what every line costs in the end, each with its arithmetic.

Shelf prices: 米 rice 69.00, 油 oil 99.00, 面 noodles 10.00, 盐 salt 3.00, 茶 tea 20.00, 豆 beans 12.00 a kg.
"""

from tests.unit.pricing.examples import Example, coupon, item
from tests.unit.pricing.shop import ALL, line, skus

GOLD = {"id": "M1", "tier": "gold", "points": 5000, "segments": ["kids"]}
POINTS = {"earn_per": 100, "tier_multiplier": {"gold": 1.5}, "worth": {"points": 100, "amount": 100}, "step": 100}
HAPPY_HOUR = {"daily_from": "22:00", "daily_to": "02:00", "weekdays": [5]}

EXAMPLES = [
    # when and for whom
    Example(
        "happy hour past midnight belongs to Friday",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, active=HAPPY_HOUR)],
        [1000],
        "Saturday 01:59 in a window that began on Friday",
        basket={"at": "2026-06-20T01:59:59+08:00"},
    ),
    Example(
        "happy hour is over",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, active=HAPPY_HOUR)],
        [2000],
        "02:00 is outside",
        basket={"at": "2026-06-20T02:00:00+08:00"},
    ),
    Example(
        "not the small hours of Friday",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, active=HAPPY_HOUR)],
        [2000],
        "Friday 01:00 belongs to Thursday's window",
        basket={"at": "2026-06-19T01:00:00+08:00"},
    ),
    Example(
        "the basket's own hour counts",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, active={"daily_from": "09:00", "daily_to": "11:00"})],
        [1000],
        "10:00 at +08:00, 02:00 in Greenwich",
    ),
    Example(
        "member day",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, members_only=True, active={"weekdays": [4]})],
        [1000],
        "a Thursday, a member",
        basket={"member": GOLD},
    ),
    Example(
        "member day without a card",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, members_only=True, active={"weekdays": [4]})],
        [2000],
        "nobody is no member",
    ),
    Example(
        "for families",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, segments=["kids", "new"], member_tiers=["gold"])],
        [1000],
        "one of the segments, one of the tiers",
        basket={"member": GOLD},
    ),
    Example(
        "online only",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, channel="online")],
        [2000],
        "this is the store",
    ),
    Example(
        "the other zone's",
        [line(1, "茶")],
        [item("percent", ALL, percent=50, scope="zone:west")],
        [2000],
        "this is east",
    ),
    # basket promotions
    Example(
        "spend a hundred less ten",
        [line(1, "米"), line(2, "油")],
        [item("spend", tiers=[{"spend": 10000, "off": 1000}])],
        [6489, 9311],
        "10.00 over 69 : 99: 4.10 (.714) + 1 and 5.89 (.286)",
    ),
    Example(
        "each full hundred less ten",
        [line(1, "米", 3)],
        [item("spend", tiers=[{"spend": 10000, "off": 1000}], repeat=True)],
        [18700],
        "207.00: twice",
    ),
    Example(
        "each full hundred, once at most",
        [line(1, "米", 3)],
        [item("spend", tiers=[{"spend": 10000, "off": 1000}], repeat=True, limit=1)],
        [19700],
        "207.00: bounded",
    ),
    Example(
        "the highest tier reached",
        [line(1, "米", 3)],
        [item("spend", tiers=[{"spend": 10000, "off": 1000}, {"spend": 20000, "percent": 15}])],
        [17595],
        "207.00 × 15 % = 31.05",
    ),
    Example(
        "a hundred after item promotions",
        [line(1, "油"), line(2, "面")],
        [item("percent", skus("油"), "P1", percent=50), item("spend", own="P2", tiers=[{"spend": 10000, "off": 1000}])],
        [4950, 1000],
        "49.50 + 10.00 is below 100.00",
    ),
    Example(
        "not on what is already reduced",
        [line(1, "油", 2), line(2, "米", 2)],
        [
            item("percent", skus("油"), "P1", percent=10),
            item("spend", own="P2", tiers=[{"spend": 10000, "off": 1000}], with_item_promotions=False),
        ],
        [17820, 12800],
        "oil 10 % off; of the rice alone 138.00, less 10.00",
    ),
    Example(
        "one a group, the one that saves more",
        [line(1, "米", 2)],
        [
            item("spend", own="P1", tiers=[{"spend": 100, "off": 500}]),
            item("spend", own="P2", tiers=[{"spend": 100, "off": 900}]),
        ],
        [12900],
        "138.00 − 9.00",
    ),
    Example(
        "two groups, one after the other",
        [line(1, "面", 10)],
        [
            item("spend", own="P1", tiers=[{"spend": 10000, "percent": 10}], group="b"),
            item("spend", own="P2", tiers=[{"spend": 10000, "off": 1000}], group="a"),
        ],
        [9000],
        "group a first: 100.00 − 10.00; then 90.00 is below 100.00",
    ),
    Example(
        "priority decides whose turn it is",
        [line(1, "面", 10)],
        [
            item("spend", own="P1", tiers=[{"spend": 9000, "percent": 10}], group="b", priority=1),
            item("spend", own="P2", tiers=[{"spend": 9000, "off": 1000}], group="a"),
        ],
        [8000],
        "group b first: 100.00 − 10.00 = 90.00; then 90.00 − 10.00",
    ),
    # coupons
    Example("a coupon of five", [line(1, "米")], [], [6400], "69.00 − 5.00", **coupon({"kind": "cash", "off": 500})),
    Example(
        "a coupon not with promotions",
        [line(1, "茶"), line(2, "面")],
        [item("percent", skus("茶"), percent=10)],
        [1800, 500],
        "5.00 off the noodles alone",
        **coupon({"kind": "cash", "off": 500, "with_promotions": False}),
    ),
    Example(
        "a percentage, at most three",
        [line(1, "米")],
        [],
        [6600],
        "10 % is 6.90, capped at 3.00",
        **coupon({"kind": "percent", "percent": 10, "max_off": 300}),
    ),
    Example(
        "exchange: the piece that saves most",
        [line(1, "茶", 2), line(2, "面")],
        [],
        [2099, 1000],
        "a tea for 0.99: 20.00 − 0.99 = 19.01",
        **coupon({"kind": "exchange", "price": 99}),
    ),
    Example(
        "too little for the coupon",
        [line(1, "面")],
        [],
        [1000],
        "10.00 is below 50.00",
        **coupon({"kind": "cash", "off": 500, "min_spend": 5000}),
    ),
    Example(
        "an expired coupon",
        [line(1, "米")],
        [],
        [6900],
        "valid_to = at is past",
        **coupon({"kind": "cash", "off": 500}, valid_to="2026-06-18T10:00:00+08:00"),
    ),
    # points
    Example(
        "points pay like a discount",
        [line(1, "面", 2), line(2, "茶")],
        [],
        [1500, 1500],
        "1000 points are 10.00, shared 20 : 20",
        rules={"points": POINTS},
        basket={"member": GOLD, "redeem_points": 1000},
    ),
]
