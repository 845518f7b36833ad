"""Returns as registers do them, by the counter's own arithmetic, for headquarters' tests."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pos_app.domain.facts import Fact
from pos_app.domain.ids import CouponId, DeviceId, OperatorId, ReceiptNumber
from pos_app.domain.returned import Grounds, Kind, KnownSale, Returned, refunding
from pos_app.domain.sale import Place
from tests.integration.hq.selling import basket_of, ring
from tests.integration.hq.till import OIL, RICE, Till, small_chain
from tests.support.real_hq import RealHq

Doc = dict[str, Any]
ME: Doc = {"id": "M1"}
POINTS: Doc = {"earn_per": 100, "worth": {"points": 100, "amount": 100}}
CHEAP_OIL: Doc = {"id": "P2", "kind": "price", "of": {"skus": [OIL]}, "price": 5000, "limit_per_member": 2}
SECOND_HALF: Doc = {"id": "P1", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}
COUPON_ROW: Doc = {"id": "C1", "template": "T1"}


RULES: Doc = {
    "points": POINTS,
    "promotions": [CHEAP_OIL, SECOND_HALF],
    "coupon_templates": [{"id": "T1", "kind": "cash", "off": 500}],
    "coupons": [COUPON_ROW],
    "members": [small_chain()["members"][0] | {"points": 500}],
}
"""Points, two promotions, a coupon for everybody, and a member who has 500 points and shops in both stores."""


def sale_of(hq: RealHq, till: Till) -> Fact:
    """Sell two bags of rice and an oil with a coupon and 100 points: stacked as deep as it goes."""
    basket = basket_of((RICE, 2000), (OIL, 1000), member=ME, redeem_points=100, coupons=[COUPON_ROW], store=till.store)
    return ring(hq, till, basket, ME)


def give_back(
    till: Till,
    sold: Fact,
    quantities: dict[int, int] | None = None,
    *,
    kind: Kind = "return",
    before: tuple[Mapping[str, Any], ...] = (),
    **otherwise: object,
) -> Fact:
    """Do what the counter does when goods come back (all of them); ``before`` is what it knows to be back already."""
    body = {
        **sold.body,
        "lines": [
            {"name": line["sku"], "unit": "", "code": "", "weighed": False, **line} for line in sold.body["lines"]
        ],
    }
    sale = KnownSale(body, sold.at, sold.operator, before)
    back = refunding(sale, quantities or sale.left())
    till.receipts += 1
    store, _, number = till.device.rpartition("-R")
    coupons = [CouponId(each["id"]) for each in body["coupons"] if each["accepted"]] if back.whole else []
    returned = Returned(
        id=f"{till.device}-back-{till.receipts}",
        kind=kind,
        receipt=ReceiptNumber(DeviceId(till.device), date(2026, 6, 18), till.receipts),
        place=Place(store, "east", int(number)),
        refunding=back,
        tenders=back.tenders(),
        coupons=tuple(coupons),
        grounds=Grounds("unwanted", OperatorId("1009") if kind == "void" else None),
    )
    return till.do(kind, returned.body() | otherwise)
