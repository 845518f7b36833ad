"""Goods without a receipt: the lowest price of late, a manager's consent, no original and no member."""

from datetime import timedelta

import pytest

from pos_app.domain.bare_return import MOST_LINES, with_quantity
from pos_app.domain.consequences import pending_of_fact
from pos_app.domain.errors import Refusal
from pos_app.domain.ids import OperatorId
from pos_app.domain.ledger import Pending, stock_key
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import KnownSale, refunding
from pos_app.services.approvals import Consent
from pos_app.services.returning import Asked
from tests.support.promoted import LOOSE_RICE, RICE_2KG, RICE_5KG, promoted_register
from tests.support.till import HandCounter, HandRegister

PERSON = Operator(OperatorId("1001"), "林晓雯", "cashier", "1234")


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def counter(register: HandRegister) -> HandCounter:
    opened = register.open()
    assert opened is not None
    return opened


def brought(counter: HandCounter, *codes: str) -> KnownSale:
    sale = counter.bare_returns.begin()
    for code in codes:
        sale = counter.bare_returns.add(sale, code)
    return sale


def priced(counter: HandCounter, code: str) -> int:
    return int(brought(counter, code).body["lines"][0]["unit_price"])


def test_the_lowest_price_of_the_list_counts_whoever_it_is_for(counter: HandCounter) -> None:
    assert priced(counter, RICE_5KG) == 6290  # the members'


def test_what_it_was_sold_at_of_late_counts_where_that_is_less(register: HandRegister, counter: HandCounter) -> None:
    for code in (RICE_5KG, RICE_5KG, "C-ANY"):
        counter.selling.scan(code)
    counter.selling.complete_with_cash(Fen(100_000), PERSON.id)
    assert priced(counter, RICE_5KG) == 4692  # 93.85 for two

    register.clock.turn(timedelta(days=31))
    assert priced(counter, RICE_5KG) == 6290


def test_it_is_given_back_with_a_managers_consent_and_names_no_original(
    register: HandRegister, counter: HandCounter
) -> None:
    sale = brought(counter, RICE_5KG, RICE_2KG, RICE_5KG)
    asked = Asked(sale, sale.left(), "quality", refunding(sale, sale.left()).amount)
    with pytest.raises(Refusal, match="approval_needed"):
        counter.returning.give_back(asked, PERSON)

    done = counter.returning.give_back(asked, PERSON, Consent("1009", "9876"))

    (fact,) = register.journal.facts
    assert (fact.body["original"], fact.body["member"], fact.body["approved_by"]) == (None, None, "1009")
    assert [(line["quantity"], line["amount"]) for line in fact.body["lines"]] == [(2000, 12580), (1000, 3350)]
    assert fact.body["tenders"] == [{"kind": "cash", "amount": -15930, "received": -15930, "change": 0}]
    skus = [line["sku"] for line in fact.body["lines"]]
    back = [Pending(stock_key(sku), quantity) for sku, quantity in zip(skus, (2000, 1000), strict=True)]
    assert sorted(pending_of_fact(fact), key=str) == sorted(back, key=str)
    assert (done.receipt.original, done.receipt.paid) == ("", -15930)
    assert counter.receipts.recent()[0].kind == "return"


def test_loose_goods_come_back_by_weight_and_pieces_whole(counter: HandCounter) -> None:
    loose = brought(counter, LOOSE_RICE)
    unit_price = loose.body["lines"][0]["unit_price"]
    assert with_quantity(loose, 1, 755).body["payable"] == (unit_price * 755 + 500) // 1000

    with pytest.raises(Refusal, match="return_pieces"):
        with_quantity(brought(counter, RICE_5KG), 1, 500)
    assert with_quantity(loose, 1, 0).body["lines"] == []


def test_what_is_no_goods_is_refused(counter: HandCounter) -> None:
    for code in ("6900000000007", "6999999000128", "hello"):
        with pytest.raises(Refusal, match="code_unknown"):
            counter.bare_returns.add(counter.bare_returns.begin(), code)


def test_no_cartload_comes_back_without_a_receipt(register: HandRegister, counter: HandCounter) -> None:
    sale, refused = counter.bare_returns.begin(), ""
    for product in register.replica.products:
        if product.barcodes:
            try:
                sale = counter.bare_returns.add(sale, product.barcodes[0].code)
            except Refusal as refusal:
                refused = refusal.code
                break

    assert (len(sale.body["lines"]), refused) == (MOST_LINES, "bare_too_many")
