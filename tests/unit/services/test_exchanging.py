"""Exchange: a return and a sale in one transaction; only the difference meets the drawer."""

import pytest

from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.ids import OperatorId, TenderId
from pos_app.domain.money import Fen
from pos_app.domain.operators import Operator
from pos_app.domain.returned import KnownSale, refunding
from pos_app.domain.taken_tenders import TakenTender
from pos_app.services.exchanging import CompletedExchange, Difference, difference_of
from pos_app.services.returning import Asked
from tests.support.promoted import RICE_2KG, RICE_5KG, promoted_register
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


def sold(counter: HandCounter, code: str) -> KnownSale:
    counter.selling.scan(code)
    receipt = counter.selling.complete_with_cash(Fen(100_000), PERSON.id).sale.receipt
    return counter.returning.find(str(receipt))


def exchange(counter: HandCounter, sale: KnownSale, *codes: str, received: int = 100_000) -> CompletedExchange:
    """Take other goods for the first line."""
    counter.exchanging.begin()
    back = refunding(sale, {1: 1000})
    for code in codes:
        counter.selling.scan(code)
    told = difference_of(back, counter.selling.view())
    asked = Asked(sale, {1: 1000}, "wrong_goods", back.amount)
    return counter.exchanging.complete(asked, told, PERSON, received=Fen(received))


def in_the_drawer(register: HandRegister) -> list[int]:
    """What each fact put into the drawer."""
    return [
        sum(tender["amount"] for tender in fact.body["tenders"] if tender["kind"] == "cash")
        for fact in register.journal.facts
    ]


def test_dearer_goods_are_paid_on_top(register: HandRegister, counter: HandCounter) -> None:
    done = exchange(counter, sold(counter, RICE_2KG), RICE_5KG, received=4000)

    assert [fact.kind for fact in register.journal.facts] == ["sale", "return", "sale"]
    assert [fact.body["receipt"][-4:] for fact in register.journal.facts] == ["0001", "0002", "0003"]
    assert in_the_drawer(register) == [3490, 0, 6590 - 3490]
    _, back, new = (fact.body["tenders"] for fact in register.journal.facts)
    assert back == [{"kind": "exchange", "amount": -3490, "received": -3490, "change": 0}]
    assert new[0] == {"kind": "exchange", "amount": 3490, "received": 3490, "change": 0}
    assert new[1] == {"kind": "cash", "amount": 3100, "received": 4000, "change": 900}
    assert [receipt.kind for receipt in register.tray.receipts] == ["sale", "sale", "return"]
    assert done.difference == Difference(Fen(3490), Fen(6590))


def test_what_is_left_of_dearer_goods_comes_over(register: HandRegister, counter: HandCounter) -> None:
    done = exchange(counter, sold(counter, RICE_5KG), RICE_2KG)

    assert in_the_drawer(register) == [6590, -3100, 0]
    assert (done.difference.due, done.difference.over) == (0, 3100)
    assert counter.selling.view().basket.lines == ()


def test_like_for_like_opens_no_drawer(register: HandRegister, counter: HandCounter) -> None:
    exchange(counter, sold(counter, RICE_5KG), RICE_5KG, received=0)

    assert in_the_drawer(register) == [6590, 0, 0]
    assert counter.receipts.recent()[-1].came_back == "whole"


def test_goods_in_hand_are_not_mixed_up_with_it(counter: HandCounter) -> None:
    sale = sold(counter, RICE_5KG)
    counter.selling.scan(RICE_2KG)

    with pytest.raises(Refusal, match="basket_in_hand"):
        exchange(counter, sale, RICE_2KG)


@pytest.mark.parametrize(("received", "code"), [(100, "cash_short"), (0, "cash_short")])
def test_too_little_on_top_writes_neither(
    register: HandRegister, counter: HandCounter, received: int, code: str
) -> None:
    sale = sold(counter, RICE_2KG)

    with pytest.raises(Refusal, match=code):
        exchange(counter, sale, RICE_5KG, received=received)

    assert len(register.journal.facts) == 1
    assert counter.returning.find(sale.receipt).left() == {1: 1000}


def test_a_full_disk_writes_neither_and_both_can_be_tried_again(register: HandRegister, counter: HandCounter) -> None:
    sale = sold(counter, RICE_2KG)
    counter.selling.scan(RICE_5KG)
    back = refunding(sale, {1: 1000})
    told = difference_of(back, counter.selling.view())
    asked = Asked(sale, {1: 1000}, "wrong_goods", back.amount)
    register.journal.full = True
    with pytest.raises(DiskFull):
        counter.exchanging.complete(asked, told, PERSON, received=Fen(4000))
    assert (len(register.journal.facts), len(register.tray.receipts)) == (1, 1)
    register.journal.full = False

    counter.exchanging.complete(asked, told, PERSON, received=Fen(4000))

    assert len(register.journal.facts) == 3


def test_a_price_that_changed_since_it_was_told_is_refused(register: HandRegister, counter: HandCounter) -> None:
    sale = sold(counter, RICE_2KG)
    counter.selling.scan(RICE_5KG)
    back = refunding(sale, {1: 1000})
    asked = Asked(sale, {1: 1000}, "wrong_goods", back.amount)

    with pytest.raises(Refusal, match="price_changed"):
        counter.exchanging.complete(asked, Difference(back.amount, Fen(1)), PERSON, received=Fen(4000))

    assert len(register.journal.facts) == 1


def test_goods_that_are_part_paid_are_not_exchanged_and_the_payment_stays(
    register: HandRegister, counter: HandCounter
) -> None:
    sale = sold(counter, RICE_2KG)
    view = counter.selling.scan(RICE_5KG)
    paid = TakenTender(TenderId("0" * 32), view.basket.id, "wechat", Fen(1000), "paid", sale.at, PERSON.id)
    register.journal.keep_tender(paid)
    back = refunding(sale, {1: 1000})
    asked = Asked(sale, {1: 1000}, "wrong_goods", back.amount)

    with pytest.raises(Refusal, match="tenders_taken") as refused:
        counter.exchanging.complete(asked, difference_of(back, view), PERSON, received=Fen(4000))

    assert refused.value.details == {"paid": 1000}
    assert (len(register.journal.facts), register.journal.taken_tenders()) == (1, [paid])


def test_what_was_exchanged_comes_back_as_money(register: HandRegister, counter: HandCounter) -> None:
    done = exchange(counter, sold(counter, RICE_2KG), RICE_5KG, received=4000)
    new = counter.returning.find(str(done.sold.sale.receipt))

    back = refunding(new, {1: 1000})

    assert [(each.kind, each.amount) for each in back.tenders()] == [("cash", -6590)]


@pytest.mark.parametrize(
    ("paid", "given"),
    [
        ([("card", 3000), ("cash", 3590)], [("card", -3000), ("cash", -3590)]),
        ([("wechat", 6590)], [("cash", -6590)]),
        ([("cash", 590), ("alipay", 3000), ("card", 3000)], [("cash", -3590), ("card", -3000)]),
    ],
)
def test_it_goes_back_the_way_it_came_where_that_can_be_done_by_hand(
    counter: HandCounter, paid: list[tuple[str, int]], given: list[tuple[str, int]]
) -> None:
    sale = sold(counter, RICE_5KG)
    tenders = [{"kind": kind, "amount": amount} for kind, amount in paid]

    back = refunding(KnownSale({**sale.body, "tenders": tenders}, sale.at, sale.operator), {1: 1000})

    assert [(each.kind, each.amount) for each in back.tenders()] == given
