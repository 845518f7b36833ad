"""Quotes for other channels: the counter's own bytes; and sales priced again under the revision that they name."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pos_app.domain.branches import ADOPTED_FACT_KIND
from pos_app.proving.quote_stream import main as granary_quote
from tests.architecture.tree import ROOT
from tests.integration.hq.selling import basket_of, quote, ring
from tests.integration.hq.sending import ask, import_json
from tests.integration.hq.till import LOOSE, OIL, RICE, Till
from tests.support.real_hq import RealHq

Doc = dict[str, Any]

HALF: Doc = {"id": "P1", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}
LIMITED: Doc = {"id": "P2", "kind": "price", "of": {"skus": [OIL]}, "price": 5000, "limit_per_member": 2}
TEMPLATE: Doc = {"id": "T1", "kind": "cash", "off": 500}
COUPONS: list[Doc] = [
    {"id": "C1", "template": "T1", "member": "M1", "valid_to": "2026-07-01T00:00:00+08:00"},
    {"id": "C2", "template": "T1", "valid_to": "2026-06-01T00:00:00+08:00"},
]
POINTS: Doc = {"earn_per": 100, "worth": {"points": 100, "amount": 100}}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHq]:
    hq = RealHq(tmp_path_factory.mktemp("demo") / "hq")
    hq.start()
    ask(hq, "/v1/import", (ROOT / "resources/demo/chain.json").read_bytes())
    yield hq
    hq.stop()


@pytest.fixture(scope="module")
def chain() -> Doc:
    loaded: Doc = json.loads((ROOT / "resources/demo/chain.json").read_bytes())
    return loaded


@pytest.fixture
def ruled(hq: RealHq) -> RealHq:
    """Give a headquarters with rules."""
    rules = {"promotions": [HALF, LIMITED], "coupon_templates": [TEMPLATE], "coupons": COUPONS, "points": POINTS}
    assert import_json(hq, rules).status_code == 200
    return hq


def random_basket(chain: Doc, dice: random.Random) -> Doc:
    """Write a basket as an app sends it: a member's id, coupons' ids, and no zone."""
    store = dice.choice(["S001", "S002", "S003"])
    products = dice.sample(chain["products"], dice.randint(1, 12))
    lines = [
        {
            "line": number,
            "sku": product["sku"],
            "quantity": dice.randint(50, 3000) if product["weighed"] else dice.randint(1, 6) * 1000,
        }
        for number, product in enumerate(products, 1)
    ]
    day = (
        f"{dice.choice(['2026-06-17', '2026-06-19', '2026-09-21', '2027-06-18'])}T{dice.randint(0, 23):02}:30:00+08:00"
    )
    basket: Doc = {"at": day, "store": store, "channel": dice.choice(["store", "online"]), "lines": lines}
    if dice.random() < 0.7:
        member = dice.choice(chain["members"])
        own = [{"id": coupon["id"]} for coupon in chain["coupons"] if coupon["member"] == member["id"]]
        basket |= {"member": {"id": member["id"]}, "coupons": own, "rounding": "jiao"}
    return basket


def as_at_the_counter(chain: Doc, basket: Doc) -> Doc:
    """Complete the same basket, and put the whole rulebook beside it."""
    zones = {place["id"]: place["zone"] for place in chain["places"]}
    members = {member["id"]: member for member in chain["members"]}
    coupons = {coupon["id"]: coupon for coupon in chain["coupons"]}
    full = basket | {"zone": zones[basket["store"]]}
    if "member" in basket:
        member = members[basket["member"]["id"]]
        full["member"] = {name: member[name] for name in ("id", "tier", "points")}
        full["coupons"] = [coupons[coupon["id"]] for coupon in basket["coupons"]]
    sections = ("products", "prices", "promotions", "coupon_templates", "points")
    return {"basket": full, "rulebook": {name: chain[name] for name in sections}}


def test_the_answer_is_byte_for_byte_what_granary_quote_prints(
    demo: RealHq, chain: Doc, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    dice = random.Random(618)
    baskets = [random_basket(chain, dice) for _ in range(25)]
    documents = [json.dumps(as_at_the_counter(chain, basket)) for basket in baskets]
    (tmp_path / "baskets.jsonl").write_text("\n".join(documents), encoding="utf-8")

    granary_quote([str(tmp_path / "baskets.jsonl")])
    printed = capfdbinary.readouterr().out.splitlines(keepends=True)

    answered = [quote(demo, basket).content for basket in baskets]
    assert answered == printed
    assert sum(b'"promotion:' in line for line in printed) > 10
    assert any(b'"coupon:' in line for line in printed)


WRONG: list[tuple[Doc, str, str]] = [
    (basket_of((RICE, 1500)), "invalid", "basket.lines[0].quantity"),
    (basket_of((RICE, 1000), ("GHOST", 1000)), "unknown_sku", "basket.lines[1].sku"),
    (basket_of(("BARE", 1000)), "no_price", "basket.lines[0].sku"),
    (basket_of((RICE, 1000), store="S009"), "invalid", "basket.store"),
    (basket_of((RICE, 1000), member={"id": "M9"}), "invalid", "basket.member.id"),
    (basket_of((RICE, 1000), at="2026-06-18"), "invalid", "basket.at"),
    (basket_of((RICE, 1000), coupons=[{"template": "T1"}]), "invalid", "basket.coupons[0].id"),
    (basket_of((RICE, 1000), coupons=[{"id": "C1"}, {"id": "C1"}]), "duplicate", "basket.coupons[1].id"),
    (basket_of((RICE, 1000), member={"id": "M1"}, redeem_points=100), "points_balance", "basket.redeem_points"),
    (basket_of((RICE, 1000), member="M1"), "invalid", "basket.member"),
    ({"at": "2026-06-18T10:00:00+08:00", "store": "S001"}, "invalid", "basket.lines"),
]  # fmt: skip


@pytest.mark.parametrize(("basket", "code", "field"), WRONG)
def test_what_cannot_be_priced_names_its_field(ruled: RealHq, basket: Doc, code: str, field: str) -> None:
    import_json(ruled, {"products": [{"sku": "BARE", "name": "无价"}]})

    answer = quote(ruled, basket)

    assert (answer.status_code, answer.json()) == (422, {"error": {"code": code, "field": field}})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "document"),
        (b"\xff", "document"),
        (b"[1]", "document"),
        (b'{"basket": 7}', "basket"),
        (b'{"basket": {}, "rulebook": {}}', "rulebook"),
    ],
)
def test_a_document_that_is_none_is_named(ruled: RealHq, body: bytes, field: str) -> None:
    answer = ask(ruled, "/v1/quote", body)

    assert (answer.status_code, answer.json()) == (422, {"error": {"code": "invalid", "field": field}})


def test_a_basket_may_come_without_its_envelope(ruled: RealHq) -> None:
    basket = basket_of((RICE, 2000))

    assert ask(ruled, "/v1/quote", json.dumps(basket).encode()).content == quote(ruled, basket).content


def test_nobody_asks_without_the_token(hq: RealHq) -> None:
    assert hq.handle_request(httpx.Request("POST", "http://hq.test/v1/quote", json={})).status_code == 401


def test_coupons_are_what_headquarters_knows_of_them(ruled: RealHq) -> None:
    claimed = [{"id": name, "template": "T1"} for name in ("C1", "C2", "FORGED")]

    hers = quote(ruled, basket_of((RICE, 1000), member={"id": "M1"}, coupons=claimed)).json()["coupons"]
    anybody = quote(ruled, basket_of((RICE, 1000), coupons=claimed)).json()["coupons"]

    assert [coupon["reason"] for coupon in hers] == [None, "expired", "unknown_template"]
    assert [coupon["reason"] for coupon in anybody] == ["unknown_template", "expired", "unknown_template"]


def test_what_a_member_used_is_counted_over_all_registers(ruled: RealHq, till: Till) -> None:
    member = {"id": "M1"}
    before = quote(ruled, basket_of((OIL, 3000), member=member)).json()
    ring(ruled, till, basket_of((OIL, 1000), member=member), member)
    till.push()

    after = quote(ruled, basket_of((OIL, 3000), member=member)).json()

    assert [quoted["promotions"][0]["applications"] for quoted in (before, after)] == [2, 1]


def test_a_changed_rule_is_in_force_at_once(ruled: RealHq) -> None:
    prices = [quote(ruled, basket_of((RICE, 2000))).json()["payable"]]
    import_json(ruled, {"promotions": [{"id": "P1", "delete": True}]})
    prices.append(quote(ruled, basket_of((RICE, 2000))).json()["payable"])
    import_json(ruled, {"prices": [{"id": "W", "sku": RICE, "kind": "base", "amount": 6000, "scope": "store:S001"}]})
    prices += [quote(ruled, basket_of((RICE, 2000), store=store)).json()["payable"] for store in ("S001", "S002")]

    assert prices == [10350, 13800, 12000, 13800]


def test_a_sale_is_priced_again_by_the_rules_that_it_names_whatever_became_of_them(ruled: RealHq, till: Till) -> None:
    member = {"id": "M1"}
    basket = basket_of((RICE, 3000), (OIL, 1000), (LOOSE, 755), member=member, coupons=[COUPONS[0], COUPONS[1]])
    sold = ring(ruled, till, basket, member)
    till.push()
    import_json(
        ruled,
        {
            "products": [{"sku": RICE, "name": "五常大米 5kg", "categories": ["grain"]}],
            "prices": [{"id": f"B-{RICE}", "delete": True}, {"id": "NEW", "sku": RICE, "kind": "base", "amount": 1}],
            "promotions": [{"id": "P1", "delete": True}, {**LIMITED, "price": 1}],
            "coupon_templates": [{"id": "T1", "delete": True}],
        },
    )

    answer = ruled.administrator("GET", f"/v1/sales/{sold.body['sale']}/repriced")

    assert (answer["same"], answer["differences"]) == (True, [])
    assert answer["quote"]["payable"] == sold.body["payable"]
    assert {coupon["id"]: coupon["accepted"] for coupon in answer["quote"]["coupons"]} == {"C1": True, "C2": False}
    assert quote(ruled, basket_of((RICE, 1000))).json()["payable"] == 1


def test_a_price_row_that_came_to_another_product_was_this_ones_then(ruled: RealHq, till: Till) -> None:
    import_json(ruled, {"prices": [{"id": "CUT", "sku": RICE, "kind": "campaign", "amount": 5000}]})
    sold = ring(ruled, till, basket_of((RICE, 1000), (OIL, 1000)))
    till.push()
    import_json(ruled, {"prices": [{"id": "CUT", "sku": OIL, "kind": "campaign", "amount": 5000}]})

    assert ruled.administrator("GET", f"/v1/sales/{sold.body['sale']}/repriced")["same"]
    assert [quote(ruled, basket_of((sku, 1000))).json()["payable"] for sku in (RICE, OIL)] == [6900, 5000]


def test_a_sale_that_was_adopted_from_a_refused_branch_is_priced_again_too(ruled: RealHq, till: Till) -> None:
    branch = ring(ruled, replace(till, facts=[]), basket_of((RICE, 2000)))
    till.do(ADOPTED_FACT_KIND, {"fact": branch.canonical.decode()})
    assert till.push().exceptions == []

    assert ruled.administrator("GET", f"/v1/sales/{branch.body['sale']}/repriced")["same"]
    assert ruled.administrator("POST", "/v1/prices/scan")["alarms"] == 0


def test_every_figure_that_was_charged_wrongly_is_named(ruled: RealHq, till: Till) -> None:
    sold = ring(ruled, till, basket_of((RICE, 2000)))
    lines = [{**sold.body["lines"][0], "unit_price": 7000, "price_id": "B-OLD"}]
    ring(ruled, till, basket_of((RICE, 2000)), lines=lines, promotions=[], saving=1)
    till.push()

    wrong = ruled.administrator("GET", f"/v1/sales/{till.facts[1].body['sale']}/repriced")

    assert ruled.administrator("GET", f"/v1/sales/{sold.body['sale']}/repriced")["same"]
    assert [(one["figure"], one["charged"]) for one in wrong["differences"]] == [
        ("saving", 1),
        ("lines.1.unit_price", 7000),
        ("lines.1.price_id", "B-OLD"),
        ("promotions.P1", None),
    ]


def test_a_sale_of_the_first_version_is_priced_by_its_own_time(hq: RealHq, till: Till) -> None:
    cursor, _ = till.all_changes("")
    till.sell(rulebook=cursor)
    till.sell()
    till.push()

    first, second = (fact.body["sale"] for fact in till.facts)
    assert hq.administrator("GET", f"/v1/sales/{first}/repriced")["same"]
    for sale, code in ((second, "sale_not_priceable"), ("nobodys", "sale_unknown")):
        assert ask_repriced(hq, sale) == code


def ask_repriced(hq: RealHq, sale: str) -> str:
    with pytest.raises(AssertionError) as refused:
        hq.administrator("GET", f"/v1/sales/{sale}/repriced")
    return str(json.loads(str(refused.value).split("\n")[0])["code"])
