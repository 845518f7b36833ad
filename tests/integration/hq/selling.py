"""Selling by headquarters' own rules: a register's sale with every figure that the counter writes."""

import json
from typing import Any

import httpx

from pos_app.domain.facts import Fact
from sync.protocol.topics import PROMOTION
from tests.integration.hq.sending import ask
from tests.integration.hq.till import AT, Till
from tests.support.real_hq import RealHq

Doc = dict[str, Any]


def quote(hq: RealHq, basket: Doc) -> httpx.Response:
    return ask(hq, "/v1/quote", json.dumps({"basket": basket}).encode())


def basket_of(*goods: tuple[str, int], store: str = "S001", at: str = AT, **more: Any) -> Doc:  # noqa: ANN401 — a document's values
    """Write a basket of SKUs and thousandths."""
    lines = [{"line": number, "sku": sku, "quantity": quantity} for number, (sku, quantity) in enumerate(goods, 1)]
    return {"at": at, "store": store, "lines": lines, **more}


def ring(hq: RealHq, till: Till, basket: Doc, member: Doc | None = None, **otherwise: object) -> Fact:
    """Sell a basket as its store's register does, the rules in force being those of headquarters now."""
    answer = quote(hq, basket)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    cursor, changes = till.all_changes("")
    rules = {change.key: change.body or {} for change in changes if change.topic == PROMOTION}
    limited = [] if member is None else [name for name, rule in rules.items() if "limit_per_member" in rule]
    presented = {coupon["id"]: coupon for coupon in basket.get("coupons", ())}
    lots = {line["line"]: {name: line.get(name) for name in ("lot", "manual_price")} for line in basket["lines"]}
    till.receipts += 1
    body = till.sale_body(*({key: line[key] for key in line if key != "line"} for line in said["lines"]))
    body |= {name: said[name] for name in said if name not in {"hints", "lines"}}
    body["lines"] = [line | lots[line["line"]] for line in said["lines"]]
    body["coupons"] = [presented[coupon["id"]] | coupon for coupon in said["coupons"]]
    body |= {
        "zone": {"S001": "east", "S002": "west"}[till.store],
        "channel": "store",
        "member": member,
        "rulebook": cursor,
        "priced_at": basket["at"],
        "rounding_to": basket.get("rounding", "none"),
        "uses": {one["id"]: one["applications"] for one in said["promotions"] if one["id"] in limited},
        "tenders": [{"kind": "cash", "amount": said["payable"]}],
    }
    return till.do("sale", body | otherwise, version=2)
