"""Returns and voids at headquarters: everything that the sale changed, the other way, once; whatever comes first."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from pos_app.domain.errors import Refusal
from pos_app.domain.instants import Instant
from sync.client.clock import HqClock
from sync.client.sold import ask_sold
from sync.client.transport import HqLine
from sync.hq.db.database import Database
from sync.hq.returns.sale_came import settle_late_returns
from sync.protocol.topics import COUPON, EXCEPTION, MEMBER
from tests.integration.hq.returning import COUPON_ROW, RULES, Doc, give_back, sale_of
from tests.integration.hq.selling import basket_of, ring
from tests.integration.hq.sending import import_json
from tests.integration.hq.till import OIL, RICE, Till, enrolled, execute, until_copies_went
from tests.support.real_hq import Borrowed, RealHq


@pytest.fixture(autouse=True)
def ruled(hq: RealHq) -> None:
    assert import_json(hq, RULES).status_code == 200


def rights(hq: RealHq) -> Doc:
    report = hq.administrator("GET", "/v1/reports/rights?member=M1")
    assert report["differs"] == 0
    return {row["entitlement"]: row["stands"] for row in report["rows"]}


def stock(hq: RealHq, place: str = "S001") -> Doc:
    report = hq.administrator("GET", f"/v1/reports/stock?place={place}")
    assert report["differs"] == 0
    return {row["sku"]: row["on_hand"] for row in report["rows"]}


def coupon_at(hq: RealHq, till: Till) -> Doc | None:
    """Give the coupon as a register has it once all copies went."""
    until_copies_went(hq)
    _, changes = till.all_changes("")
    body = next((change.body for change in reversed(changes) if change.topic == COUPON), None)
    return None if body is None else {name: value for name, value in body.items() if name != "applied"}


def told(till: Till) -> list[tuple[str, bool]]:
    """List what a register's store reads of exceptions: codes, and whether they are settled."""
    _, changes = till.all_changes("")
    newest = {change.key: change.body for change in changes if change.topic == EXCEPTION}
    return sorted((body["code"], "resolved_at" in body) for body in newest.values() if body is not None)


def proven(hq: RealHq) -> bool:
    return bool(hq.administrator("GET", "/v1/reports/ledgers") == {"rows": []})


def test_all_of_a_sale_comes_back_and_everything_is_as_before(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    before = (rights(hq), stock(hq))
    sold = sale_of(hq, till)
    till.push()
    assert coupon_at(hq, till) is None
    assert rights(hq) != before[0]

    give_back(till, sold)
    assert till.push().exceptions == []

    assert (rights(hq) | {"use:P2": 0}, stock(hq)) == (before[0] | {"use:P2": 0}, before[1])
    assert coupon_at(hq, till) == COUPON_ROW
    assert coupon_at(hq, new_till("S002")) == COUPON_ROW
    assert proven(hq)


def test_in_parts_and_at_another_store_it_comes_to_the_same_figures(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    sold, other = sale_of(hq, till), new_till("S002")
    till.push()
    first = give_back(till, sold, {1: 1000})
    second = give_back(other, sold, {1: 1000, 2: 1000}, before=(first.body,))

    assert till.push().exceptions == []
    assert other.push().exceptions == []

    assert rights(hq)["points"] == 500
    assert rights(hq)["use:P2"] == 0
    assert first.body["amount"] + second.body["amount"] == sold.body["payable"]
    assert (stock(hq)[RICE], stock(hq)[OIL]) == (99_000, 99_000)  # goods lie where they came back
    assert (stock(hq, "S002")[RICE], stock(hq, "S002")[OIL]) == (101_000, 101_000)
    assert coupon_at(hq, till) == COUPON_ROW
    assert proven(hq)


def test_a_return_that_comes_before_its_sale_is_told_and_settled_when_the_sale_comes(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    sold, other = sale_of(hq, till), new_till("S002")
    give_back(other, sold)

    (exception,) = other.push().exceptions
    assert (exception.code, exception.details) == (
        "return_sale_unknown",
        {"receipt": sold.body["receipt"], "store": "S001"},
    )
    assert told(other) == [("return_sale_unknown", False)]
    assert till.push().exceptions == []

    until_copies_went(hq)
    assert told(other) == [("return_sale_unknown", True)]
    assert told(till) == []
    assert (rights(hq)["points"], rights(hq)["use:P2"]) == (500, 0)
    assert coupon_at(hq, till) == COUPON_ROW  # given back before it was spent: it is not spent
    assert proven(hq)


def test_a_line_that_two_registers_gave_back_is_told_with_the_first_and_brings_points_once(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    sold, other = sale_of(hq, till), new_till("S002")
    till.push()
    first = give_back(till, sold, {1: 2000})
    points = rights(hq)["points"]
    till.push()
    once = rights(hq)["points"] - points

    give_back(other, sold, {1: 2000})
    (exception,) = other.push().exceptions

    named = {"line": 1, "first": first.body["receipt"], "store": "S001"}
    assert (exception.code, exception.details) == ("returned_twice", named)
    (row,) = hq.administrator("GET", "/v1/exceptions")["rows"]
    assert (row["owner"], row["receipt"]) == ("store", "S002-R1-20260618-0001")
    assert rights(hq)["points"] - points == once
    assert stock(hq, "S002")[RICE] == 102_000  # the goods are in hand all the same
    assert proven(hq)
    sales = hq.administrator("GET", "/v1/reports/sales")["total"]
    assert (sales["returns"], sales["refunded"]) == (2, 2 * first.body["amount"])


def test_sent_again_and_relayed_it_counts_once(hq: RealHq, till: Till) -> None:
    sold = sale_of(hq, till)
    give_back(till, sold, {2: 1000})
    for _ in range(3):
        till.push()

    assert execute(hq, "SELECT count(*) FROM sale_return") == [(1,)]
    assert stock(hq)[OIL] == 100_000
    assert proven(hq)


def test_a_coupon_spent_given_back_and_spent_again_in_one_batch_is_the_last_sales(hq: RealHq, till: Till) -> None:
    first = sale_of(hq, till)
    give_back(till, first)
    second = ring(hq, till, basket_of((RICE, 1000), coupons=[COUPON_ROW]))

    assert till.push().exceptions == []

    assert execute(hq, "SELECT state, sale FROM coupon") == [("spent", second.body["sale"])]
    assert coupon_at(hq, till) is None
    assert proven(hq)


@pytest.mark.parametrize("batches", [1, 2])
def test_a_withdrawn_coupon_that_was_spent_and_given_back_stays_withdrawn(hq: RealHq, till: Till, batches: int) -> None:
    sold = sale_of(hq, till)
    import_json(hq, {"coupons": [{"id": COUPON_ROW["id"], "delete": True}]})
    if batches == 2:
        till.push()
    give_back(till, sold)

    assert [one.code for one in till.push().exceptions] == ["coupon_withdrawn"]

    assert execute(hq, "SELECT state, sale FROM coupon") == [("withdrawn", None)]
    assert coupon_at(hq, till) is None
    assert proven(hq)


def test_a_late_sale_does_not_take_the_coupon_from_who_spent_it_since(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    other = new_till("S002")
    first = sale_of(hq, till)
    give_back(other, first)
    second = ring(hq, other, basket_of((RICE, 1000), coupons=[COUPON_ROW], store="S002"))
    other.push()

    assert till.push().exceptions == []

    assert execute(hq, "SELECT state, sale FROM coupon") == [("spent", second.body["sale"])]
    assert proven(hq)


def test_a_void_is_a_full_reversal_and_seen_as_one(hq: RealHq, till: Till) -> None:
    before = stock(hq)
    sold = sale_of(hq, till)
    give_back(till, sold, kind="void")

    assert till.push().exceptions == []

    assert stock(hq) == before
    assert (rights(hq)["points"], rights(hq)["use:P2"]) == (500, 0)
    total = hq.administrator("GET", "/v1/reports/sales")["total"]
    assert (total["sales"], total["voids"], total["returns"], total["net"]) == (1, 1, 0, 0)
    assert total["voided"] == sold.body["payable"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 1}, "return_figures"),
        ({"receipt": "hello"}, "receipt_malformed"),
        ({"store": "S009"}, "sale_of_other_store"),
    ],
)
def test_a_strange_return_is_taken_and_told(hq: RealHq, till: Till, change: Doc, code: str) -> None:
    give_back(till, sale_of(hq, till), {2: 1000}, **change)

    assert [each.code for each in till.push().exceptions] == [code]
    assert stock(hq)[OIL] == 100_000


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"quantity": 3000}, "returned_beyond_sold"),
        ({"line": 9}, "return_line_unknown"),
        ({"sku": "LOOSE"}, "return_line_unknown"),
        ({"amount": 999_999}, "refund_beyond_paid"),
    ],
)
def test_more_than_was_sold_is_told(hq: RealHq, till: Till, line: Doc, code: str) -> None:
    sold = sale_of(hq, till)
    back = give_back(till, sold, {1: 2000})
    till.facts.pop()
    lines = [back.body["lines"][0] | line]
    amount = lines[0]["amount"]
    till.do(
        "return", {**back.body} | {"lines": lines, "amount": amount, "tenders": [{"kind": "cash", "amount": -amount}]}
    )

    assert [each.code for each in till.push().exceptions] == [code]
    assert proven(hq)


@pytest.mark.parametrize("change", [{"lines": []}, {"amount": -5}, {"original": "no"}, {"return": ""}])
def test_a_return_that_cannot_be_read_waits_in_quarantine_and_stops_nothing(
    hq: RealHq, till: Till, change: Doc
) -> None:
    give_back(till, sale_of(hq, till), {2: 1000}, **change)
    till.sell()

    assert [each.code for each in till.push().exceptions] == ["fact_body_unreadable"]
    assert hq.administrator("GET", "/v1/reports/sales")["total"]["sales"] == 2


def test_a_return_of_goods_without_a_receipt_is_told_nowhere_and_counts(hq: RealHq, till: Till) -> None:
    back = give_back(till, sale_of(hq, till), {2: 1000})
    till.facts.pop()
    till.do("return", {**back.body} | {"original": None, "member": None, "coupons": [], "uses": {}})

    assert till.push().exceptions == []
    assert stock(hq)[OIL] == 100_000
    assert proven(hq)


def test_a_register_that_enrols_anew_goes_on_behind_the_returns(hq: RealHq, till: Till) -> None:
    give_back(till, sale_of(hq, till), {2: 1000})
    till.push()
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": "S001", "register": 1})["code"]

    assert enrolled(hq, code)[1].receipts == {"2026-06-18": 2}


def test_a_sale_and_its_return_that_did_not_see_each_other_are_joined_by_the_clock(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    sold, other = sale_of(hq, till), new_till("S002")
    give_back(other, sold)
    other.push()
    execute(hq, "UPDATE fact_exception SET state = 'resolved'")
    till.push()
    execute(hq, "UPDATE fact_exception SET state = 'open'")  # as if both had come at one moment

    async def by_the_clock() -> int:
        database = await Database.open(hq.settings.database_url, announce=lambda _: None)
        try:
            return await settle_late_returns(database, Instant(0))
        finally:
            await database.close()

    assert asyncio.run(by_the_clock()) == 1

    assert told(other) == [("return_sale_unknown", True)]


def test_a_member_hears_of_points_that_were_taken_back(hq: RealHq, till: Till) -> None:
    sold = sale_of(hq, till)
    till.push()
    give_back(till, sold)
    till.push()

    _, changes = till.all_changes("")
    body = next(change.body for change in reversed(changes) if change.topic == MEMBER)
    assert body is not None
    assert (body["points"], body.get("used", {})) == (500, {})
    assert body["applied"] == {"S001-R1": {"epoch": 1, "seq": 2}}


def test_any_register_is_told_of_a_sale_and_of_all_that_came_back_of_it(
    hq: RealHq, till: Till, new_till: Callable[[str], Till]
) -> None:
    sold, other = sale_of(hq, till), new_till("S002")
    first = give_back(till, sold, {1: 1000})
    till.push()
    line = HqLine("http://hq.test", HqClock(), identity=other.identity, transport=Borrowed(hq), verify=False)

    known = ask_sold(line, sold.body["receipt"])

    assert (known.body, known.at, known.operator) == (sold.body, sold.at, "1001")
    assert known.returns == (first.body,)
    assert known.left() == {1: 1000, 2: 1000}
    with pytest.raises(Refusal, match="receipt_unknown"):
        ask_sold(line, "S001-R1-20260618-0099")
    with pytest.raises(Refusal, match="receipt_format"):
        ask_sold(line, "hello")
    line.close()
    stranger = httpx.Client(base_url="http://hq.test", transport=Borrowed(hq))
    assert stranger.get(f"/v1/sold/{sold.body['receipt']}").status_code == 401
    stranger.close()
