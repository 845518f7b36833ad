"""The demo chain's goods with promotions, coupons and points of our own on them, so that tests may count on them.

Rice of 5 kg costs 65.90, members 62.90. Knows nothing of what the demo chain itself promotes.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from pos_app.domain.coupons import Coupon
from pos_app.domain.ids import CouponId, MemberId
from pos_app.domain.instants import parse_instant
from pos_app.domain.pricing.promotion_documents import read_points, read_promotion, read_template
from tests.support.till import HandRegister, IndexedReplica, demo_replica

RICE_5KG, RICE_2KG = "6999999000129", "6999999000112"
OIL_SOY_18, SESAME_OIL = "6999999100416", "6999999101734"
NOODLES = "6999999201229"
LOOSE_RICE = "6999999004011"
SOY_SAUCE, CHILI_OIL = "SOY-WJ-500ML", "OIL-LJ-100ML"
SOY_SAUCE_CODE = "6999999200314"
GOLD, GOLD_PHONE = MemberId("M0009"), "13800002233"
OTHER_MEMBER = MemberId("M0001")

Doc = dict[str, Any]


def skus(*names: str) -> Doc:
    return {"skus": list(names)}


PROMOTIONS: list[Doc] = [
    {"id": "P-2ND", "name": "第二件半价", "kind": "nth", "of": skus("RICE-WC-5KG"), "size": 2, "discounted": 1,
     "percent": 50},
    {"id": "P-GIFT", "name": "买香油送酱油", "kind": "addon", "buy": [{"of": skus("OIL-SE-405ML"), "quantity": 1}],
     "get": {"of": skus(SOY_SAUCE, CHILI_OIL), "quantity": 1, "price": 0}},
    {"id": "P-ADD", "name": "换购甜面酱", "kind": "addon", "buy": [{"of": skus("OIL-SB1-1.8L"), "quantity": 1}],
     "get": {"of": skus("PASTE-TM-800G"), "quantity": 1, "price": 490}},
    {"id": "P-THREE", "name": "任三件 20 元", "kind": "multibuy", "of": skus("PASTE-TM-300G", "PASTE-HD-340G",
     "PASTE-HY-510G"), "size": 3, "price": 1500},
    {"id": "P-DAY", "name": "会员日 88 折", "kind": "percent", "of": {"categories": ["grain"]}, "percent": 12,
     "members_only": True, "active": {"weekdays": [3]}},
    {"id": "P-NIGHT", "name": "晚市米面 95 折", "kind": "percent", "of": {"categories": ["grain"]}, "percent": 5,
     "active": {"daily_from": "19:00", "daily_to": "21:30"}},
    {"id": "P-GOLD", "name": "金卡芝麻油立减 3 元", "kind": "amount", "of": skus("OIL-SE-220ML"), "amount": 300,
     "member_tiers": ["gold"], "limit_per_member": 2},
    {"id": "P-100", "name": "满 100 减 10", "kind": "spend", "of": {"all": True}, "repeat": True,
     "tiers": [{"spend": 10_000, "off": 1000}]},
]  # fmt: skip
TEMPLATES: list[Doc] = [
    {"id": "T-5", "name": "5 元粮油券", "kind": "cash", "off": 500, "min_spend": 3000},
    {"id": "T-10", "name": "新客 9 折券", "kind": "percent", "percent": 10, "max_off": 2000},
    {"id": "T-X", "name": "1 元换酱油", "kind": "exchange", "price": 100, "of": skus(SOY_SAUCE), "group": "exchange"},
    {"id": "T-ONLINE", "name": "网店专用券", "kind": "cash", "off": 900, "channel": "online"},
]
POINTS: Doc = {
    "earn_per": 100,
    "tier_multiplier": {"gold": Decimal("1.5")},
    "worth": {"points": 100, "amount": 100},
    "max_percent": 50,
    "step": 100,
}


def coupon(own: str, template: str, member: MemberId | None = None, *, since: str = "", until: str = "") -> Coupon:
    """A coupon; from and to the beginning of days in June and July 2026, the store's time (``06-18``)."""
    starts, ends = (parse_instant(f"2026-{day}T00:00:00+08:00") if day else None for day in (since, until))
    return Coupon(CouponId(own), template, member, starts, ends)


COUPONS = [
    coupon("C-5", "T-5", GOLD, since="06-01", until="07-01"),
    coupon("C-10", "T-10", GOLD, until="06-30"),
    coupon("C-X", "T-X", GOLD),
    coupon("C-ANY", "T-5"),
    coupon("C-OTHER", "T-10", OTHER_MEMBER),
    coupon("C-OLD", "T-5", until="06-18"),
    coupon("C-SOON", "T-5", since="06-19"),
    coupon("C-ONLINE", "T-ONLINE"),
    coupon("C-LOST", "T-GONE"),
]


def promoted_replica(*more: Doc) -> IndexedReplica:
    """The demo chain as store S001 sees it, with these promotions (and ``more``), coupons and points."""
    replica = demo_replica()
    replica.promotions = [read_promotion(each) for each in (*PROMOTIONS, *more)]
    replica.coupon_templates = [read_template(each) for each in TEMPLATES]
    replica.points = read_points(POINTS)
    replica.coupons = list(COUPONS)
    replica.members = [replace(each, points=2217) if each.id == GOLD else each for each in replica.members]
    return replica


def promoted_register(*more: Doc) -> HandRegister:
    """A register of that store."""
    return HandRegister(replica=promoted_replica(*more))


TWELVE: list[Doc] = [
    {"id": f"P-MANY-{number:02}", "name": f"周年庆全场购物满 {number} 元之后再额外立减十分之一元", "kind": "spend",
     "of": {"all": True}, "tiers": [{"spend": number * 100, "off": 10}], "group": f"many-{number:02}"}
    for number in range(1, 12)
]  # fmt: skip
"""With them, two pieces of RICE_5KG have twelve savings on one line."""
