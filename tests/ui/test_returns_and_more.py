"""Returns of what was sold elsewhere, without a receipt, and goods exchanged, as a cashier does them."""

from dataclasses import replace

import pytest

from pos_app.domain.errors import LineDown
from pos_app.domain.returned import KnownSale
from tests.support.hands import Hands
from tests.support.promoted import RICE_2KG, RICE_5KG, promoted_register
from tests.support.returns_room import FIRST, MANAGER, MANAGERS_PIN, last, room, said, with_two_sales
from tests.support.till import HandRegister
from tests.ui.conftest import OpenWindow


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def hands(open_window: OpenWindow, register: HandRegister) -> Hands:
    """Two bags of rice and a coupon were sold, 93.85; then a small bag."""
    return with_two_sales(open_window(register))


ELSEWHERE = "S002-R1-20260617-0007"


def of_another_store(register: HandRegister) -> KnownSale:
    """The first sale, as if another store had made it yesterday."""
    first = next(fact for fact in register.journal.facts if fact.kind == "sale")
    body = {**first.body, "receipt": ELSEWHERE, "store": "S002", "sale": "elsewhere"}
    return KnownSale(body, "2026-06-17T10:00:00+08:00", "2001")


def test_a_receipt_of_another_store_is_asked_for_and_comes_back_here(hands: Hands, register: HandRegister) -> None:
    register.sold[ELSEWHERE] = of_another_store(register)
    hands.press("Alt+2")
    hands.scan(ELSEWHERE)
    page = room(hands).sale
    assert (page.isVisible(), page.number.words) == (True, ELSEWHERE)
    hands.press("A")
    hands.press("+")

    body = last(register).body
    assert (body["original"]["receipt"], body["store"], body["amount"]) == (ELSEWHERE, "S001", 9385)
    hands.press("Enter")
    hands.scan(ELSEWHERE)
    assert [row.left for row in room(hands).sale.rows.rows_model.rows] == [0]


def test_without_a_line_or_unknown_to_headquarters_it_is_said(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan(ELSEWHERE)
    assert ELSEWHERE in said(hands)
    register.fails["sold"] = LineDown("sold_unanswered")
    hands.scan(ELSEWHERE)
    assert said(hands) == hands.application.desk.texts.tr("error.sold_unanswered")
    register.tell(replace(register.line, online=False))
    hands.rest()
    asked = len(register.asked)
    hands.scan(ELSEWHERE)

    assert said(hands) == hands.application.desk.texts.tr("error.receipt_elsewhere", text=ELSEWHERE)
    assert len(register.asked) == asked
    assert room(hands).finding.isVisible()


def test_an_own_receipt_that_the_journal_lost_is_asked_for(hands: Hands, register: HandRegister) -> None:
    lost = "S001-R1-20260617-0007"
    sale = of_another_store(register)
    register.sold[lost] = replace(sale, body={**sale.body, "receipt": lost, "store": "S001"})
    hands.press("Alt+2")
    register.tell(replace(register.line, online=False))
    hands.rest()
    hands.scan(lost)
    assert said(hands) == hands.application.desk.texts.tr("error.receipt_unknown", text=lost)
    assert room(hands).finding.isVisible()
    register.tell(replace(register.line, online=True))
    hands.rest()
    hands.scan(lost)

    assert room(hands).sale.number.words == lost
    hands.press("A")
    hands.press("+")
    assert last(register).body["original"]["receipt"] == lost


def test_an_own_sale_opens_at_once_and_what_came_back_elsewhere_is_taken_out_of_it(
    hands: Hands, register: HandRegister
) -> None:
    elsewhere = {"return": "x", "lines": [{"line": 1, "quantity": 1000}], "amount": 4692, "tenders": []}
    first = next(fact for fact in register.journal.facts if fact.kind == "sale")
    register.sold[FIRST] = KnownSale(first.body, first.at, first.operator, (elsewhere,))
    hands.press("Alt+2")
    with hands.unanswered():
        hands.scan(FIRST)
        hands.press("A")
        page = room(hands).sale
        assert page.amount.value == "¥93.85"
        hands.until(lambda: FIRST in page.waiting.words)

    assert page.waiting.words == ""
    assert page.amount.value == "¥46.93"
    assert [row.left for row in page.rows.rows_model.rows] == [1000]


def test_an_answer_that_comes_when_another_receipt_is_open_changes_nothing(
    hands: Hands, register: HandRegister
) -> None:
    register.sold[ELSEWHERE] = of_another_store(register)
    hands.press("Alt+2")
    with hands.unanswered():
        hands.scan(ELSEWHERE)
        hands.scan("S001-R1-20260618-0002")

    assert room(hands).sale.number.words == "S001-R1-20260618-0002"


def test_goods_without_a_receipt_are_scanned_and_a_manager_consents(hands: Hands, register: HandRegister) -> None:
    tr = hands.application.desk.texts.tr
    hands.press("Alt+2")
    hands.press("F7")
    page = room(hands).sale
    assert page.number.words == tr("returns.bare")
    for code in (RICE_2KG, RICE_5KG, RICE_2KG):
        hands.scan(code)
    hands.press("↓")
    hands.press("Enter")  # takes the second away
    assert [(row.line["code"], row.chosen) for row in page.rows.rows_model.rows] == [(RICE_2KG, 2000)]
    hands.press("*")
    hands.type("3")
    hands.press("Enter")
    assert page.amount.value == "¥100.50"
    hands.scan("6900000000007")
    assert "6900000000007" in said(hands)
    hands.press("+")
    assert page.consent.isVisible()
    for typed in (MANAGER, MANAGERS_PIN):
        hands.type(typed)
        hands.press("Enter")

    body = last(register).body
    assert (body["original"], body["amount"], body["approved_by"]) == (None, 10050, MANAGER)


def test_goods_are_exchanged_by_keys_alone_and_the_difference_is_paid(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan("S001-R1-20260618-0002")
    hands.press("A")
    hands.press("X")
    page = room(hands).exchange
    assert page.isVisible()
    hands.scan(RICE_5KG)
    hands.scan(RICE_2KG)
    hands.press("-")
    assert (page.credit.value, page.payable.value, page.due.value) == ("¥34.90", "¥65.90", "¥31.00")
    hands.type("30")
    hands.press("Enter")
    assert said(hands)
    hands.press("⌫")
    hands.press("⌫")
    hands.type("40")
    hands.press("+")

    *_, back, new = register.journal.facts
    assert (back.kind, new.kind, new.body["payable"]) == ("return", "sale", 6590)
    assert [tender["amount"] for tender in new.body["tenders"]] == [3490, 3100]
    assert room(hands).done.amount.value == "¥9.00"
    hands.press("Enter")
    assert room(hands).finding.isVisible()
    assert hands.window.checkout.presenter.selling.view().basket.lines == ()


def test_an_exchange_that_is_left_puts_the_new_goods_away(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan(FIRST)
    hands.press("A")
    hands.press_shown(hands.application.desk.texts.tr("action.returns.exchange"))
    hands.scan(RICE_2KG)
    hands.click(room(hands).exchange.back)

    assert room(hands).sale.isVisible()
    assert room(hands).sale.amount.value == "¥93.85"
    assert hands.window.checkout.presenter.selling.view().basket.lines == ()
    assert last(register).kind == "sale"


def test_with_goods_in_the_basket_nothing_is_exchanged(hands: Hands) -> None:
    hands.press("Alt+1")
    hands.scan(RICE_2KG)
    hands.press("Alt+2")
    hands.scan(FIRST)
    hands.press("A")
    hands.press("X")

    assert said(hands) == hands.application.desk.texts.tr("error.basket_in_hand")
    assert room(hands).sale.isVisible()
