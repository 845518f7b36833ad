"""A sale's fact, read from the journal's own bytes, is priced again: its basket, the rules that it names, its figures.

Over real files, with documents as headquarters publishes them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.facts import Fact, read_fact
from pos_app.domain.ids import MemberId, OperatorId
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.receipt import Receipt, receipt_of
from pos_app.domain.sale import sold_basket
from pos_app.domain.tender import pay_cash
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.wire import Change, cursor_text
from tests.support import small_shop
from tests.support.small_shop import (
    DEVICE,
    OIL,
    OIL_CODE,
    RICE,
    RICE_CODE,
    Counter,
    assortment,
    chunk,
    snapshot_file,
)

CASHIER = OperatorId("1001")
FIGURES = ("gross", "saving", "points_used", "points_amount", "rounding", "payable", "points_earned", "optimal")
LINE_FIGURES = ("line", "sku", "quantity", "unit_price", "price_id", "gross", "discounts", "net")


def published(topic: str, key: str, rev: int, body: dict[str, Any], scope: str = "chain") -> Change:
    return Change(scope, rev, topic, key, {"id": key, **body} if topic != "points" else body)


def rules() -> list[Change]:
    """Promotions of several kinds, coupons, points, a member's price."""
    half = {"name": "第二件半价", "kind": "nth", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}
    hour = {"name": "早市", "kind": "percent", "of": {"skus": [OIL]}, "percent": 12.5, "limit_per_member": 2,
            "active": {"daily_from": "09:00", "daily_to": "10:00"}}  # fmt: skip
    spend = {"name": "满 100 减 10", "kind": "spend", "of": {"all": True}, "repeat": True,
             "tiers": [{"spend": 10_000, "off": 1000}]}  # fmt: skip
    double = {"name": "双倍积分", "kind": "points", "of": {"skus": [OIL]}, "multiplier": 2}
    points = {"earn_per": 100, "tier_multiplier": {"gold": 1.5}, "worth": {"points": 100, "amount": 100},
              "max_percent": 50, "step": 100}  # fmt: skip
    member_price = {"sku": RICE, "kind": "member", "amount": 6290, "tiers": ["gold"]}
    coupon = {"template": "T-5", "member": "M1", "valid_from": "2026-06-01T00:00:00+08:00",
              "valid_to": "2026-07-01T00:00:00+08:00"}  # fmt: skip
    member = {"name": "赵春芽", "tier": "gold", "phone": "13800138000", "card": "C0001", "points": 900,
              "segments": ["kids-0-6"]}  # fmt: skip
    return [
        published("promotion", "P-2ND", 7, half),
        published("promotion", "P-HOUR", 8, hour),
        published("promotion", "P-100", 9, spend),
        published("promotion", "P-DOUBLE", 10, double),
        published("coupon_template", "T-5", 11, {"name": "5 元券", "kind": "cash", "off": 500}),
        published("points", "points", 12, points),
        published("price", "PR9", 13, member_price),
        published("coupon", "C-5", 5, coupon, "store:S001"),
        published("coupon", "C-6", 6, {**coupon, "member": None}, "store:S001"),
        published("member", "M1", 7, member, "store:S001"),
    ]


CURSOR = {"chain": 13, "store:S001": 7}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReplicaStore]:
    opened = ReplicaStore(tmp_path)
    opened.install(snapshot_file(tmp_path / "snapshot.db", [*assortment()[:-1], *rules()], CURSOR))
    yield opened
    opened.close()


@pytest.fixture
def counter(store: ReplicaStore, tmp_path: Path) -> Iterator[Counter]:
    opened = Counter(tmp_path)
    opened.clock.at = small_shop.OPENING.replace(hour=9, minute=59, microsecond=123_456)
    yield opened
    opened.close()


def sell_everything(counter: Counter) -> Receipt:
    """A sale in which everything counts: two kinds of promotion, a coupon, points, rounding, loose goods, a price by
    hand.
    """
    selling = counter.selling
    selling.scan(RICE_CODE, times=3)
    selling.scan(OIL_CODE)
    beans = counter.replica.by_code("4017")
    assert beans is not None
    line = selling.add(beans).line
    assert line is not None
    selling.set_quantity(line, 755)
    selling.scan(OIL_CODE)
    selling.scan("13800138000")
    selling.scan("C-5")
    selling.scan("C-6")
    by_hand = selling.add(beans).line
    assert by_hand is not None
    selling.set_manual_price(by_hand, Fen(6001), "破袋", CASHIER)
    selling.redeem_points(700)
    selling.set_rounding("jiao")
    return selling.complete_with_cash(Fen(1_000_000), CASHIER).receipt


def rulebook(folder: Path, changes: Sequence[Change], cursor: dict[str, int]) -> Rulebook:
    """Build the rules again from the versions that headquarters keeps."""
    folder.mkdir()
    store = ReplicaStore(folder)
    store.install(snapshot_file(folder / "snapshot.db", changes, cursor))
    store.close()
    return ReplicaReader(folder, DEVICE).rulebook()


def figures(fact: Fact) -> dict[str, Any]:
    body = fact.body
    coupons = [{name: each[name] for name in ("id", "accepted", "saving", "reason")} for each in body["coupons"]]
    promotions = [{name: each[name] for name in ("id", "applications", "saving")} for each in body["promotions"]]
    lines = [{name: line[name] for name in LINE_FIGURES} for line in body["lines"]]
    return {"lines": lines, "promotions": promotions, "coupons": coupons} | {name: body[name] for name in FIGURES}


def stored_sale(counter: Counter) -> Fact:
    (fact,) = counter.journal.recent_sales(1)
    return read_fact(fact.canonical)


def test_a_stored_fact_is_priced_again_to_the_same_figures(counter: Counter, tmp_path: Path) -> None:
    sell_everything(counter)

    fact = stored_sale(counter)

    assert (fact.version, fact.body["rulebook"]) == (2, cursor_text(CURSOR))
    again = price(
        sold_basket(fact.body), rulebook(tmp_path / "again", [*assortment()[:-1], *rules()], CURSOR)
    ).document()
    again.pop("hints")
    assert again == figures(fact)
    applied = {each["id"] for each in fact.body["promotions"]}
    assert applied == {"P-2ND", "P-HOUR", "P-100", "P-DOUBLE"}
    assert {each["id"]: each["accepted"] for each in fact.body["coupons"]} == {"C-5": True, "C-6": False}
    assert fact.body["rounding"] > 0
    assert fact.body["points_used"] == 700


def test_other_rules_give_other_figures(counter: Counter, tmp_path: Path) -> None:
    sell_everything(counter)
    fact = stored_sale(counter)
    without = [change for change in rules() if change.key != "P-2ND"]

    again = price(sold_basket(fact.body), rulebook(tmp_path / "again", [*assortment()[:-1], *without], CURSOR))

    assert again.payable != fact.body["payable"]


def test_the_moment_of_pricing_is_in_the_fact_not_that_of_the_last_key(counter: Counter) -> None:
    counter.selling.scan(OIL_CODE)
    counter.selling.scan("13800138000")
    view = counter.selling.view()
    counter.clock.at = counter.clock.at.replace(hour=10, minute=0)

    done = counter.selling.complete(view, (pay_cash(view.quote.payable, view.quote.payable),), CASHIER)

    body = stored_sale(counter).body
    assert body["priced_at"] == "2026-06-18T09:59:00.123456+08:00"
    assert done.sale.at.startswith("2026-06-18T10:00")
    assert sold_basket(body) == view.priced.asked


def test_a_sale_names_the_rules_that_priced_it_though_newer_ones_were_read_since(
    counter: Counter, store: ReplicaStore
) -> None:
    counter.selling.scan(RICE_CODE)
    view = counter.selling.view()
    dearer = published("price", "PR1", 14, {"sku": RICE, "kind": "base", "amount": 9900})
    store.apply(chunk([dearer], CURSOR))
    counter.replica.rulebook()
    assert counter.replica.cursor() == "chain:14,store:S001:7"

    counter.selling.complete(view, (pay_cash(view.quote.payable, view.quote.payable),), CASHIER)

    body = stored_sale(counter).body
    assert (body["rulebook"], body["payable"]) == (cursor_text(CURSOR), 6590)


def test_the_receipt_printed_again_is_the_receipt(counter: Counter) -> None:
    first = sell_everything(counter)

    fact = stored_sale(counter)

    again = receipt_of(fact.body, at=fact.at, operator=fact.operator, store_name="禾丰路旗舰店")
    assert again == first
    assert first.gross - first.saving - first.points_amount - first.rounding == first.payable
    assert sum(each.amount for each in first.savings) == first.saving
    for line in first.lines:
        assert line.gross - sum(each.amount for each in line.savings) == line.net
    assert {each.name for each in first.savings} == {"第二件半价", "早市", "满 100 减 10", "5 元券"}


def test_what_a_sale_spent_is_known_here_until_headquarters_has_it(counter: Counter, store: ReplicaStore) -> None:
    sell_everything(counter)
    earned = stored_sale(counter).body["points_earned"]

    member = counter.selling.scan("13800138000").basket.member
    assert member is not None
    assert member.points == 900 - 700 + earned
    assert member.used == {"P-HOUR": 2}

    (fact,) = counter.journal.recent_sales(1)
    applied = {DEVICE: {"epoch": fact.position.epoch, "seq": fact.position.seq}}
    body = {"name": "赵春芽", "tier": "gold", "points": 200 + earned + 55, "used": {"P-HOUR": 3}, "applied": applied}
    store.apply(chunk([published("member", "M1", 8, body, "store:S001")], CURSOR))

    member = counter.selling.renew().basket.member
    assert member is not None
    assert (member.points, member.used) == (200 + earned + 55, {"P-HOUR": 3})


def test_a_members_coupons_are_found_by_the_member_and_go_with_their_documents(
    counter: Counter, store: ReplicaStore
) -> None:
    assert [each.id for each in counter.replica.coupons_of(MemberId("M1"))] == ["C-5"]

    gone = Change("store:S001", 8, "coupon", "C-5", None, deleted=True)
    other = published("coupon", "C-6", 9, {"template": "T-5", "member": "M1"}, "store:S001")
    unreadable = published("coupon", "C-7", 10, {"template": "T-5", "member": "M1", "valid_to": "soon"}, "store:S001")
    store.apply(chunk([gone, other, unreadable], CURSOR))

    assert [each.id for each in counter.replica.coupons_of(MemberId("M1"))] == ["C-6"]
    assert counter.replica.coupon("C-5") is None
    assert counter.replica.coupon("C-7") is None
