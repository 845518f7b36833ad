"""What facts mean: sales and stock follow from them; what cannot be honoured or read stops nothing behind it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.domain.facts import Fact, chain_hash
from sync.protocol.topics import STOCK
from tests.integration.hq.till import DAY, LOOSE, OIL, RICE, Till, enrolled, execute, goods, small_chain
from tests.support.real_hq import RealHq

OPENING = 100_000


def on_hand(hq: RealHq, place: str = "S001") -> dict[str, int]:
    report = hq.administrator("GET", f"/v1/reports/stock?place={place}")
    assert report["differs"] == 0
    return {row["sku"]: row["on_hand"] for row in report["rows"]}


def exceptions(hq: RealHq) -> list[tuple[int, str]]:
    rows = hq.administrator("GET", "/v1/reports/exceptions")["rows"]
    return sorted((row["seq"], row["code"]) for row in rows)


def sales(hq: RealHq) -> int:
    return int(hq.administrator("GET", "/v1/reports/sales")["total"]["sales"])


def test_a_sale_is_in_the_sales_ledger_and_off_the_stock(hq: RealHq, till: Till) -> None:
    till.sell(goods(RICE, 2), goods(OIL))

    till.push()

    (row,) = hq.administrator("GET", "/v1/reports/sales?group=sale")["rows"]
    assert (row["receipt"], row["lines"], row["payable"]) == ("S001-R1-20260618-0001", 2, 2 * 6900 + 8990)
    assert on_hand(hq) == {RICE: OPENING - 2000, OIL: OPENING - 1000, LOOSE: OPENING}
    assert on_hand(hq, "S002")[RICE] == OPENING


def test_loose_goods_leave_by_the_gram(hq: RealHq, till: Till) -> None:
    till.sell({**goods(LOOSE), "quantity": 755, "gross": 451, "net": 451})
    till.push()

    assert on_hand(hq)[LOOSE] == OPENING - 755


def test_stock_goes_below_zero_rather_than_refuse_goods_in_hand(hq: RealHq, till: Till) -> None:
    till.sell(goods(RICE, 150))

    assert till.push().exceptions == []
    assert on_hand(hq)[RICE] == -50_000


def test_the_store_hears_of_its_stock_and_what_of_each_register_is_in_it(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S001")
    other.note(2)
    other.push()
    before, _ = till.all_changes("")
    till.sell(goods(RICE))
    till.push()

    _, (change,) = till.all_changes(before)

    assert (change.scope, change.topic, change.key) == ("store:S001", STOCK, RICE)
    assert change.body == {
        "sku": RICE,
        "on_hand": OPENING - 1000,
        "applied": {"S001-R1": {"epoch": 1, "seq": 1}, "S001-R2": {"epoch": 1, "seq": 2}},
    }


def test_a_batch_publishes_each_product_once_however_often_it_sold(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    for _ in range(10):
        till.sell(goods(RICE), goods(OIL))
    till.push()

    _, changes = till.all_changes(before)

    assert [(change.topic, change.key) for change in changes] == [(STOCK, OIL), (STOCK, RICE)]


def test_facts_that_move_nothing_publish_nothing(hq: RealHq, till: Till) -> None:
    before, _ = till.all_changes("")
    till.note(3)
    till.do("signed_in", {"role": "cashier"})
    till.push()

    after, changes = till.all_changes(before)

    assert (after, changes) == (before, [])


STRANGE_SALES: list[tuple[dict[str, Any], str]] = [
    (
        {"lines": [{"line": 1, **goods("GHOST")}], "payable": 100, "tenders": [{"kind": "cash", "amount": 100}]},
        "product",
    ),
    ({"receipt": "whatever"}, "receipt_malformed"),
    ({"receipt": "S002-R7-20260618-0001"}, "receipt_of_other_register"),
    ({"business_date": "2026-06-19"}, "receipt_of_other_register"),
    ({"tenders": []}, "sale_not_paid"),
    ({"payable": 6800, "tenders": [{"kind": "cash", "amount": 6800}]}, "sale_figures"),
    ({"store": "S002"}, "sale_of_other_store"),
]


@pytest.mark.parametrize(("otherwise", "code"), STRANGE_SALES)
def test_a_strange_sale_is_applied_as_far_as_can_be_and_told(
    hq: RealHq, till: Till, otherwise: dict[str, Any], code: str
) -> None:
    till.sell(**otherwise)
    till.sell()

    answer = till.push()

    assert answer.acked_seq == 2
    assert [exception.seq for exception in answer.exceptions] == [1] * len(answer.exceptions)
    assert any(exception.code.startswith(code) for exception in answer.exceptions)
    assert sales(hq) == 2
    assert on_hand(hq)[RICE] in {OPENING - 1000, OPENING - 2000}


def test_goods_and_prices_that_nobody_knows_are_sold_and_told(hq: RealHq, till: Till) -> None:
    till.sell(goods("GHOST"), goods(RICE))

    answer = till.push()

    assert {(one.code, one.details.get("line")) for one in answer.exceptions} == {
        ("product_unknown", 1),
        ("price_unknown", 1),
    }
    assert on_hand(hq)["GHOST"] == -1000
    assert exceptions(hq) == [(1, "price_unknown"), (1, "product_unknown")]


def test_what_is_wrong_is_told_again_when_the_first_answer_was_lost(hq: RealHq, till: Till) -> None:
    till.sell(goods("GHOST"))
    first = till.push()

    assert till.push().exceptions == first.exceptions != []


def test_a_price_typed_by_hand_names_no_row_and_that_is_right(hq: RealHq, till: Till) -> None:
    till.sell({**goods(RICE), "price_id": None})

    assert till.push().exceptions == []


def test_a_price_row_that_was_deleted_since_is_still_known(hq: RealHq, till: Till) -> None:
    till.sell()
    hq.administrator("POST", "/v1/prices/import", json=[{"id": f"B-{RICE}", "delete": True}])

    assert till.push().exceptions == []


@pytest.mark.parametrize("together", [True, False])
def test_a_receipt_number_used_twice_is_told(hq: RealHq, till: Till, *, together: bool) -> None:
    first = till.sell()
    if not together:
        till.push()
    till.sell(receipt=first.body["receipt"])

    answer = till.push()

    assert [(one.seq, one.code) for one in answer.exceptions] == [(2, "receipt_repeated")]
    assert sales(hq) == 2


@pytest.mark.parametrize("together", [True, False])
def test_a_basket_sold_twice_is_told_with_the_other_receipt(hq: RealHq, till: Till, *, together: bool) -> None:
    first = till.sell(basket="019-one")
    if not together:
        till.push()
    second = till.sell(basket="019-one")
    till.sell(basket="019-another")
    till.sell()

    answer = till.push()

    assert [(one.seq, one.code) for one in answer.exceptions] == [(2, "basket_sold_twice")]
    (told,) = hq.administrator("GET", "/v1/exceptions")["rows"]
    assert told["details"] == {"basket": "019-one", "register": till.device, "other": first.body["receipt"]}
    assert (told["receipt"], told["owner"]) == (second.body["receipt"], "store")


def test_a_sale_that_is_sent_again_is_no_second_sale_of_its_basket(till: Till) -> None:
    fact = till.sell(basket="019-one")
    till.push()

    assert till.push([fact]).exceptions == []


UNREADABLE = [
    pytest.param(("sale", {"nothing": "here"}, 1), "fact_body_unreadable", id="body"),
    pytest.param(("sale", {"lines": 7}, 99), "fact_version_unknown", id="newer"),
    pytest.param(("sale", {}, 0), "fact_version_unknown", id="no version"),
    pytest.param(("teleported", {}, 1), "fact_kind_unknown", id="kind"),
]


@pytest.mark.parametrize(("what", "code"), UNREADABLE)
def test_a_fact_that_this_release_cannot_read_waits_and_those_behind_it_go_on(
    hq: RealHq, till: Till, what: tuple[str, dict[str, Any], int], code: str
) -> None:
    kind, body, version = what
    till.sell()
    till.do(kind, body, version=version)
    till.sell()

    answer = till.push()

    assert answer.acked_seq == 3
    assert exceptions(hq) == [(2, code)]
    assert sales(hq) == 2
    assert execute(hq, "SELECT seq, state FROM fact ORDER BY seq") == [
        (1, "applied"),
        (2, "quarantined"),
        (3, "applied"),
    ]
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0


def test_a_sale_of_a_day_that_no_calendar_has_waits_and_its_register_can_enrol_anew(hq: RealHq, till: Till) -> None:
    till.sell(business_date="2026-99-99")
    till.sell()

    answer = till.push()

    assert [(one.seq, one.code) for one in answer.exceptions] == [(1, "fact_body_unreadable")]
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001", "register": 1})["code"]
    _, anew = enrolled(hq, code)
    assert anew.receipts == {DAY: 2}


def test_registers_hear_which_of_their_facts_wait(hq: RealHq, till: Till) -> None:
    till.do("teleported", {})
    till.sell()
    till.push()

    _, changes = till.all_changes("store:S001:0")

    rice = next(change for change in changes if (change.scope, change.key) == ("store:S001", RICE))
    assert rice.body is not None
    assert rice.body["applied"] == {"S001-R1": {"epoch": 1, "seq": 2, "missing": [[1, 1]]}}


def broken(what: str, canonical: bytes) -> bytes:
    return {
        "rubbish": b"\x00\xff not json at all",
        "empty": b"",
        "half": canonical[: len(canonical) // 2],
        "a digit": canonical.replace(b'"quantity":1000', b'"quantity":9000'),
        "deep": b"[" * 5000,
        "other json": b"[1,2,3]",
        "float": canonical.replace(b'"quantity":1000', b'"quantity":1e3'),
        "its place": canonical.replace(b'"seq":2', b'"seq":7'),
        "half a letter": canonical.replace(b'"operator":"1001"', b'"operator":"\\ud800"'),
        "long number": canonical.replace(b'"quantity":1000', b'"quantity":' + b"9" * 5000),
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        "rubbish",
        "empty",
        "half",
        "a digit",
        "deep",
        "other json",
        "float",
        "its place",
        "half a letter",
        "long number",
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_a_fact_that_came_damaged_keeps_its_place_and_those_behind_it_go_on(
    hq: RealHq, till: Till, what: str, *, last: bool
) -> None:
    facts = [till.sell(), till.sell(), *([] if last else [till.sell()])]
    lines = [facts[0].canonical, broken(what, facts[1].canonical), *(fact.canonical for fact in facts[2:])]

    answer = till.send(lines)
    again = till.send(lines)

    assert answer.json()["acked_seq"] == again.json()["acked_seq"] == len(facts)
    assert hq.facts_of(till.device) == lines
    assert sales(hq) == len(facts) - 1
    assert [seq for seq, _ in exceptions(hq)] == [2]
    till.sell()
    assert till.push(till.facts[-1:]).acked_seq == len(facts) + 1
    (chain,) = hq.administrator("GET", "/v1/reports/chains")["rows"]
    assert (chain["ok"], chain["damaged"], chain["quarantined"]) == (True, 1, 1)


def test_a_damaged_fact_that_is_mended_later_is_not_a_fork(hq: RealHq, till: Till) -> None:
    till.sell()
    till.sell()
    till.send([till.facts[0].canonical, b"rubbish"])

    assert till.push().acked_seq == 2


@pytest.mark.parametrize("escaped", ["\\ud800", "\\uDFFF", "\\u0000", "\\\\\\ud800"])
def test_a_fact_with_words_that_no_database_takes_waits_alone(hq: RealHq, till: Till, escaped: str) -> None:
    till.sell()
    evil = till.sell()
    till.facts[-1] = rewritten(till, evil.canonical.replace(f'"{RICE}"'.encode(), f'"{escaped}"'.encode()))
    till.sell()

    answer = till.push()

    assert answer.acked_seq == 3
    assert exceptions(hq) == [(2, "fact_unreadable")]
    assert sales(hq) == 2
    assert on_hand(hq)[RICE] == OPENING - 2000


def test_a_backslash_before_the_same_letters_is_only_a_word(hq: RealHq, till: Till) -> None:
    till.do("device_note", {"note": "\\ud800 and \\u0000"})

    assert till.push().exceptions == []
    assert exceptions(hq) == []


def rewritten(till: Till, canonical: bytes) -> Fact:
    last = till.facts[-1]
    return replace(last, canonical=canonical, hash=chain_hash(last.prev, canonical))


def test_a_sale_that_is_there_already_in_another_fact_is_kept_and_not_applied_twice(hq: RealHq, till: Till) -> None:
    first = till.sell()
    till.sell(sale=first.body["sale"])
    till.sell()

    answer = till.push()

    assert answer.acked_seq == 3
    assert exceptions(hq) == [(2, "fact_failed")]
    assert on_hand(hq)[RICE] == OPENING - 2000


def test_a_fact_of_another_register_in_this_chain_is_kept_and_not_applied(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    stranger = new_till("S002")
    stranger.sell()
    twin = Till(till.identity, hq, facts=[stranger.facts[0]])

    answer = twin.push()

    assert [one.code for one in answer.exceptions] == ["fact_of_other_device"]
    assert sales(hq) == 0


PIECES = st.dictionaries(st.sampled_from([RICE, OIL, LOOSE, "GHOST"]), st.integers(1, 30), min_size=1)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.lists(PIECES, min_size=1, max_size=6), min_size=1, max_size=5), data=st.data())
def test_stock_is_the_opening_and_all_that_moved(
    tmp_path_factory: pytest.TempPathFactory, days: list[list[dict[str, int]]], data: st.DataObject
) -> None:
    hq = RealHq(tmp_path_factory.mktemp("hq"))
    hq.start()
    try:
        hq.administrator("POST", "/v1/import", json=small_chain())
        tills = [Till(hq.enrol("S001"), hq) for _ in range(2)]
        sold = dict.fromkeys((RICE, OIL, LOOSE), 0)
        for day in days:
            till = data.draw(st.sampled_from(tills))
            begin = len(till.facts)
            for basket in day:
                till.sell(*(goods(sku, pieces) for sku, pieces in basket.items()))
                for sku, pieces in basket.items():
                    sold[sku] = sold.get(sku, 0) + 1000 * pieces
            till.push(till.facts[data.draw(st.integers(0, begin)) :])
        opening = dict.fromkeys(sold, OPENING) | ({"GHOST": 0} if "GHOST" in sold else {})
        assert on_hand(hq) == {sku: opening[sku] - sold[sku] for sku in sold}
        assert published_stock(tills[0]) == on_hand(hq)
    finally:
        hq.stop()


def published_stock(till: Till) -> dict[str, int]:
    _, changes = till.all_changes("")
    return {change.key: change.body["on_hand"] for change in changes if change.topic == STOCK and change.body}
