from contextlib import closing
from pathlib import Path

import pytest

from pos_app.domain.codes import lookup_key
from pos_app.domain.facts import START, Position
from pos_app.domain.ids import OperatorId, Sku
from pos_app.domain.instants import parse_instant
from pos_app.domain.ledger import Applied, stock_key
from pos_app.domain.money import Fen
from pos_app.domain.pricing.inputs import PricedProduct, PriceRow
from pos_app.store.replica.reader import ReplicaReader
from pos_app.store.replica.replica_store import ReplicaStore
from sync.protocol.stream import Standing
from sync.protocol.wire import Change, cursor_text
from tests.support.small_shop import (
    BEANS,
    BEANS_FEN,
    CURSOR,
    CURSOR_TEXT,
    DEVICE,
    INCARNATION,
    OIL,
    RICE,
    RICE_CASE_CODE,
    RICE_CODE,
    RICE_FEN,
    Counter,
    chunk,
    price,
    product,
    stock,
)


def price_of(replica: ReplicaReader, sku: str) -> list[int]:
    return [row.amount for row in replica.rulebook().prices.get(Sku(sku), ())]


def test_a_code_leads_to_the_goods_and_the_unit_it_stands_for(replica: ReplicaReader) -> None:
    bag, case = replica.by_code(lookup_key(RICE_CODE)), replica.by_code(lookup_key(RICE_CASE_CODE))

    assert bag is not None
    assert case is not None
    assert (bag.product.sku, bag.quantity, bag.code) == (RICE, 1000, RICE_CODE)
    assert (case.product.sku, case.quantity, case.code) == (RICE, 4000, RICE_CASE_CODE)
    assert bag.product.name == "五常大米5kg"
    assert bag.product.unit == "袋"
    assert [each.unit for each in bag.product.barcodes] == ["袋", "箱"]


def test_loose_goods_are_found_by_their_number_and_any_goods_by_their_sku(replica: ReplicaReader) -> None:
    for key, sku in (("4017", BEANS), (OIL, OIL)):
        found = replica.by_code(lookup_key(key))
        assert found is not None
        assert (found.product.sku, found.quantity) == (sku, 1000)
    assert replica.by_code("09999999999999") is None


def test_the_rulebook_reads_what_a_basket_asks_for(replica: ReplicaReader) -> None:
    rulebook = replica.rulebook()

    assert rulebook.prices[Sku(RICE)] == (PriceRow("PR1", Sku(RICE), "base", Fen(RICE_FEN)),)
    assert rulebook.products[Sku(RICE)] == PricedProduct(Sku(RICE), ("grain",))
    assert rulebook.products[Sku(BEANS)].weighed
    assert Sku("GONE") not in rulebook.prices
    assert rulebook.products.get(Sku("GONE")) is None
    assert sorted(rulebook.prices) == sorted(rulebook.products) == sorted([RICE, OIL, BEANS])
    assert len(rulebook.prices) == 3


def test_a_price_row_keeps_its_instants_tiers_channel_and_lot(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    begins, ends = "2026-06-18T00:00:00+08:00", "2026-06-19T00:00:00+08:00"
    more = {"kind": "lot", "from": begins, "to": ends, "tiers": ["gold"], "lot": "L7", "channel": "store"}
    replica_store.apply(chunk([price(5, "PR9", RICE, 4000, "store:S001", **more)], CURSOR))

    row = replica.rulebook().prices[Sku(RICE)][-1]

    assert row == PriceRow(
        "PR9",
        Sku(RICE),
        "lot",
        Fen(4000),
        "store:S001",
        "store",
        parse_instant(begins),
        parse_instant(ends),
        ("gold",),
        "L7",
    )


def test_operators_members_and_amounts_are_found(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    applied = {DEVICE: {"epoch": 1, "seq": 7, "missing": [[1, 3]]}, "S001-R2": {"epoch": 2, "seq": 1}}
    replica_store.apply(chunk([stock(5, OIL, 12_000, applied)], CURSOR))

    operator = replica.operator(OperatorId("1001"))
    assert operator is not None
    assert (operator.name, operator.role) == ("林小满", "cashier")
    assert replica.operator(OperatorId("1002")) is None
    for code in ("M1", "C0001", "13800138000"):
        member = replica.member(code)
        assert member is not None
        assert (member.id, member.tier) == ("M1", "gold")
    assert replica.member("13900000000") is None
    confirmed = replica.confirmed(stock_key(Sku(OIL)))
    assert confirmed is not None
    assert confirmed.amount == 12_000
    assert confirmed.applied[DEVICE] == Applied(Position(1, 7), frozenset({Position(1, 3)}))
    assert replica.confirmed(stock_key(Sku(BEANS))) is None


def test_an_amount_is_settled_by_its_document_and_without_one_by_the_acknowledgement(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    replica_store.acknowledge(Position(1, 9), INCARNATION)
    replica_store.apply(chunk([stock(5, OIL, 12_000, {DEVICE: {"epoch": 1, "seq": 7}})], CURSOR))

    assert replica.settled(stock_key(Sku(OIL))) == Applied(Position(1, 7))
    assert replica.settled(stock_key(Sku(RICE))) == Applied(START)
    assert replica.settled(stock_key(Sku(BEANS))) == Applied(Position(1, 9))


def test_a_change_replaces_what_was_said_before_and_all_that_followed_from_it(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    new = product(7, RICE, "响水大米5kg", initials="xsdm5kg", barcodes=[{"code": "6900000000014"}])
    member = Change("store:S001", 5, "member", "M1", {"id": "M1", "name": "赵春芽", "phone": "13900000000"})

    changed = replica_store.apply(chunk([new, member], CURSOR))

    assert changed == {"product", "member"}
    assert replica.by_code(lookup_key(RICE_CODE)) is None
    assert replica.search("五常", 10) == []
    assert replica.search("wcdm", 10) == []
    found = replica.by_code(lookup_key("6900000000014"))
    assert found is not None
    assert found.product.name == "响水大米5kg"
    assert [each.product.sku for each in replica.search("响水", 10)] == [RICE]
    assert replica.member("13800138000") is None
    assert replica.member("13900000000") is not None


def test_what_headquarters_deletes_is_gone_everywhere(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    gone = [
        Change("chain", 7, "product", RICE, deleted=True),
        Change("chain", 8, "price", "PR1", deleted=True),
        Change("store:S001", 5, "member", "M1", deleted=True),
        Change("store:S001", 6, "operator", "1001", deleted=True),
        Change("store:S001", 7, "stock", RICE, deleted=True),
        Change("store:S001", 8, "stock", "NEVER-WAS", deleted=True),
    ]

    replica_store.apply(chunk(gone, CURSOR))

    assert replica.by_code(lookup_key(RICE_CODE)) is None
    assert replica.search("大米", 10) == []
    assert price_of(replica, RICE) == []
    assert replica.member("C0001") is None
    assert replica.operator(OperatorId("1001")) is None
    assert replica.confirmed(stock_key(Sku(RICE))) is None


def test_products_and_prices_wait_until_nothing_more_comes_and_take_effect_together(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    first = chunk([price(7, "PR1", RICE, 100), product(8, "NEW", "新米")], CURSOR, more=True)
    second = chunk([price(9, "PR2", OIL, 200), price(10, "PR4", "NEW", 300)], {**first.cursor}, more=False)

    assert replica_store.apply(first) == set()
    assert price_of(replica, RICE) == [RICE_FEN]
    assert replica.search("新米", 10) == []
    assert replica.cursor() == CURSOR_TEXT
    assert replica_store.standing() == Standing(first.cursor, INCARNATION)

    assert replica_store.apply(second) == {"product", "price"}
    assert [found.product.sku for found in replica.search("新米", 10)] == ["NEW"]
    assert price_of(replica, RICE) == [100]
    assert price_of(replica, OIL) == [200]
    assert price_of(replica, "NEW") == [300]
    assert replica.cursor() == cursor_text(second.cursor) == "chain:10,store:S001:4"


def test_staged_prices_outlive_a_restart_in_the_middle_of_a_pull(tmp_path: Path, replica_store: ReplicaStore) -> None:
    first = chunk([price(7, "PR1", RICE, 100), Change("chain", 8, "price", "PR2", deleted=True)], CURSOR, more=True)
    replica_store.apply(first)
    replica_store.close()

    with closing(ReplicaStore(tmp_path)) as again, closing(ReplicaReader(tmp_path, DEVICE)) as reader:
        again.apply(chunk([product(9, "NEW", "新米")], dict(first.cursor)))

        assert price_of(reader, RICE) == [100]
        assert price_of(reader, OIL) == []


def test_a_price_that_changes_again_before_its_pull_ends_is_the_last(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    first = chunk([price(7, "PR1", RICE, 100), price(8, "PR2", OIL, 100)], CURSOR, more=True)
    last = [price(9, "PR1", RICE, 300), Change("chain", 10, "price", "PR2", deleted=True)]

    replica_store.apply(first)
    replica_store.apply(chunk(last, {**first.cursor}))

    assert price_of(replica, RICE) == [300]
    assert price_of(replica, OIL) == []


def test_a_chunk_that_does_not_follow_on_is_refused_and_changes_nothing(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    good = chunk([price(7, "PR1", RICE, 100)], CURSOR)
    strangers = [
        chunk([price(8, "PR1", RICE, 100)], {**CURSOR, "chain": 7}),
        chunk([price(7, "PR1", RICE, 100)], {"chain": 6}),
        chunk([price(7, "PR1", RICE, 100)], CURSOR, incarnation="hq-2"),
    ]
    for stranger in strangers:
        with pytest.raises(ValueError, match="not"):
            replica_store.apply(stranger)
    assert price_of(replica, RICE) == [RICE_FEN]

    replica_store.apply(good)
    with pytest.raises(ValueError, match="not"):
        replica_store.apply(good)
    assert price_of(replica, RICE) == [100]


def test_a_basket_is_priced_by_one_edition_and_the_sale_names_it(counter: Counter, replica_store: ReplicaStore) -> None:
    replica = counter.replica
    rulebook = replica.rulebook()
    assert rulebook.prices[Sku(RICE)][0].amount == RICE_FEN

    replica_store.apply(chunk([price(7, "PR1", RICE, 100), price(8, "PR3", BEANS, 200)], CURSOR))

    # in the middle of a basket: the beans were never read before
    assert rulebook.prices[Sku(BEANS)][0].amount == BEANS_FEN
    assert replica.cursor() == CURSOR_TEXT
    assert replica.rulebook().prices[Sku(BEANS)][0].amount == 200
    assert replica.cursor() == "chain:8,store:S001:4"


def test_what_was_read_is_kept_while_only_stock_changes(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    before = replica.rulebook()

    replica_store.apply(chunk([stock(5, RICE, 39_000)], CURSOR))

    assert replica.rulebook() is before
    assert replica.cursor() == "chain:6,store:S001:5"


def test_unknown_topics_are_kept_and_unreadable_documents_do_not_stop_the_rest(
    replica_store: ReplicaStore, replica: ReplicaReader, caplog: pytest.LogCaptureFixture
) -> None:
    newer = Change("chain", 7, "product", OIL, {"sku": OIL, "name": ["从", "明天"], "shape": "of tomorrow"})
    strange_price = price(8, "PR2", OIL, 1, **{"from": "tomorrow"})

    replica_store.apply(chunk([newer, strange_price, price(9, "PR1", RICE, 100)], CURSOR))

    assert replica.document("horoscope", "leo") == '{"tomorrow":"sunny"}'
    assert "of tomorrow" in str(replica.document("product", OIL))
    assert replica.by_code(OIL) is None
    assert price_of(replica, OIL) == []
    assert price_of(replica, RICE) == [100]
    assert [record.message for record in caplog.records] == ["document_unreadable"] * 2
    assert {record.__dict__["key"] for record in caplog.records} == {OIL, "PR2"}

    replica_store.apply(chunk([product(10, OIL, "花生油")], {"chain": 9, "store:S001": 4}))
    assert replica.by_code(OIL) is not None


def test_a_price_that_moves_from_one_scope_to_another_is_there_once(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    """The new place may come before the old one goes: scopes have no order among themselves."""
    moved = [price(5, "PR1", RICE, 6000, "store:S001"), Change("chain", 7, "price", "PR1", deleted=True)]

    replica_store.apply(chunk(moved, CURSOR))

    assert [(row.scope, row.amount) for row in replica.rulebook().prices[Sku(RICE)]] == [("store:S001", 6000)]


def test_acknowledgements_step_forward_and_back(replica_store: ReplicaStore, replica: ReplicaReader) -> None:
    assert replica_store.acknowledged() == replica.acknowledged() == START

    for position in (Position(1, 200), Position(1, 120)):
        replica_store.acknowledge(position, INCARNATION)
        assert replica_store.acknowledged() == replica.acknowledged() == position


def test_promotions_templates_and_points_are_in_force_and_one_of_a_kind_not_known_here_is_not(
    replica_store: ReplicaStore, replica: ReplicaReader
) -> None:
    second_at_half = {"kind": "nth", "level": "item", "of": {"skus": [RICE]}, "size": 2, "discounted": 1, "percent": 50}
    rules = [
        Change("chain", 7, "promotion", "P1", {"id": "P1", "name": "第二件半价", **second_at_half}),
        Change("chain", 8, "promotion", "P2", {"id": "P2", "kind": "lottery", "level": "item"}),
        Change("chain", 9, "coupon_template", "T1", {"id": "T1", "kind": "cash", "off": 500, "of": {"all": True}}),
        Change("chain", 10, "points", "points", {"earn_per": 100, "tier_multiplier": {"gold": 1.5}}),
    ]
    replica_store.apply(chunk(rules, CURSOR))

    rulebook = replica.rulebook()

    assert [(each.id, each.name) for each in rulebook.promotions] == [("P1", "第二件半价")]
    assert [each.id for each in rulebook.coupon_templates] == ["T1"]
    assert rulebook.points.tier_multiplier == {"gold": 150}
    assert price_of(replica, RICE) == [RICE_FEN]
