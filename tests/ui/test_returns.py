"""Returns and voids as a cashier does them: by keys and by touch, from the receipt in the customer's hand."""

import pytest

from tests.support.hands import Hands
from tests.support.promoted import RICE_2KG, RICE_5KG, promoted_register
from tests.support.returns_room import FIRST, MANAGER, MANAGERS_PIN, last, room, said, sell, with_two_sales
from tests.support.till import CASHIER, PIN, HandRegister
from tests.ui.conftest import OpenWindow


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


@pytest.fixture
def hands(open_window: OpenWindow, register: HandRegister) -> Hands:
    """Two bags of rice and a coupon were sold, 93.85; then a small bag."""
    return with_two_sales(open_window(register))


def test_a_bag_of_two_comes_back_by_keys_alone(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.type("0001")
    hands.press("Enter")
    page = room(hands).sale
    assert (page.isVisible(), page.number.words, page.amount.value) == (True, FIRST, "¥0.00")

    hands.press("*")
    hands.type("1")
    hands.press("Enter")
    assert page.amount.value == "¥46.92"
    assert [(row.what, row.amount) for row in page.story.rows_model.rows] == [
        ("商品金额", "¥65.90"),
        ("第二件半价", "-¥16.48"),
        ("5 元粮油券", "-¥2.50"),
    ]
    hands.press("+")

    assert (last(register).kind, last(register).body["amount"]) == ("return", 4692)
    assert room(hands).done.amount.value == "¥46.92"
    assert register.tray.receipts[-1].original == FIRST
    hands.press("Enter")
    assert room(hands).finding.isVisible()


def test_the_rest_of_it_by_touch_alone_and_the_coupon_is_the_customers_again(
    hands: Hands, register: HandRegister
) -> None:
    hands.click(hands.window.rail.rooms["returns"])
    find = room(hands).finding
    hands.click_row(find.rows.viewport(), find.rows.visualRect(find.rows.rows_model.index(1, 0)))
    page = room(hands).sale
    hands.click_row(page.rows.viewport(), page.rows.visualRect(page.rows.rows_model.index(0, 0)))
    hands.click(page.buttons["returns.reason"])
    hands.click(page.settle)

    body = last(register).body
    assert (body["amount"], body["coupons"], body["reason"]) == (9385, [{"id": "C-ANY"}], "quality")
    assert any("C-ANY" in words.words for words in room(hands).done.beside)
    hands.click(room(hands).done.next)
    assert [row.came_back for row in room(hands).finding.rows.rows_model.rows] == ["", "whole"]


def test_a_receipt_and_then_its_goods_are_scanned(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan(FIRST)
    hands.scan(RICE_5KG)
    page = room(hands).sale
    assert [row.chosen for row in page.rows.rows_model.rows] == [1000]
    hands.scan(RICE_5KG)
    assert page.amount.value == "¥93.85"

    hands.scan(RICE_5KG)
    assert RICE_5KG in said(hands)
    hands.scan(RICE_2KG)
    assert RICE_2KG in said(hands)

    assert page.amount.value == "¥93.85"
    assert hands.window.checkout.basket.lines.rows_model.rows == []


def test_goods_that_are_scanned_with_no_sale_open_begin_the_next_sale(hands: Hands) -> None:
    hands.press("Alt+2")
    hands.scan(RICE_2KG)

    assert hands.window.checkout.isVisible()
    assert len(hands.window.checkout.basket.lines.rows_model.rows) == 1


def test_what_came_back_is_marked_and_cannot_be_chosen_again(hands: Hands, register: HandRegister) -> None:
    for _ in range(2):
        hands.press("Alt+2")
        hands.scan(FIRST)
        hands.press("A")
        hands.press("+")
        hands.press("Enter")

    hands.scan(FIRST)
    page = room(hands).sale
    (row,) = page.rows.rows_model.rows
    assert row.left == 0
    hands.press("Enter")
    assert page.amount.value == "¥0.00"
    assert not page.settle.isEnabled()
    assert [fact.kind for fact in register.journal.facts].count("return") == 1


def test_more_than_is_left_is_refused_where_it_is_typed(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan(FIRST)
    for typed in ("3", "0.5", "0"):
        hands.press("*")
        hands.type(typed)
        hands.press("Enter")
        assert room(hands).sale.pad.isVisible()
        hands.press("Esc")

    assert room(hands).sale.amount.value == "¥0.00"
    assert last(register).kind == "sale"


@pytest.mark.parametrize(("typed", "told"), [("0099", "S001-R1-20260618-0099"), ("S001", "S001")])
def test_a_number_that_is_no_sale_here_is_said_with_what_was_typed(hands: Hands, typed: str, told: str) -> None:
    hands.press("Alt+2")
    hands.type(typed)
    hands.press("Enter")

    assert told in said(hands)
    assert room(hands).finding.isVisible()


def test_a_big_refund_waits_for_a_manager_and_is_given_once(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+1")
    sell(hands, *([RICE_5KG] * 11))
    hands.press("Alt+2")
    hands.press("Enter")
    hands.press("A")
    hands.press("+")
    page = room(hands).sale
    assert page.consent.isVisible()
    hands.type(CASHIER)
    hands.press("Enter")
    hands.type(PIN)
    hands.press("Enter")
    assert page.consent.said.words
    hands.press("Esc")
    assert page.amount.isVisible()
    hands.press("+")
    for typed in (MANAGER, MANAGERS_PIN):
        hands.type(typed)
        hands.press("Enter")

    assert (last(register).kind, last(register).body["approved_by"]) == ("return", MANAGER)
    assert [fact.kind for fact in register.journal.facts].count("return") == 1


def test_the_last_sale_is_voided_with_a_managers_pin(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.press("F8")
    page = room(hands).sale
    assert "0002" in page.number.words
    assert not page.buttons["returns.quantity"].isEnabled()
    hands.press("Enter")  # takes nothing out of it
    assert page.amount.value == "¥34.90"
    hands.press("Esc")
    assert room(hands).finding.isVisible()
    hands.press("F8")
    hands.press("+")
    assert page.consent.isVisible()
    for typed in (MANAGER, MANAGERS_PIN):
        hands.type(typed)
        hands.press("Enter")

    assert (last(register).kind, last(register).body["amount"]) == ("void", 3490)
    assert room(hands).done.title.words == hands.application.desk.texts.tr("returns.done_void")
    hands.press("Enter")
    assert [row.came_back for row in room(hands).finding.rows.rows_model.rows] == ["void", ""]


def test_a_full_disk_is_said_and_the_return_still_stands_to_be_given(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan(FIRST)
    hands.press("A")
    register.journal.full = True
    hands.press("+")
    assert said(hands)
    assert room(hands).sale.amount.value == "¥93.85"
    register.journal.full = False
    hands.press("+")

    assert last(register).body["amount"] == 9385


def test_a_return_is_seen_among_the_receipts_and_printed_again_as_a_copy(hands: Hands, register: HandRegister) -> None:
    hands.press("Alt+2")
    hands.scan(FIRST)
    hands.press("A")
    hands.press("+")
    hands.press("Alt+1")
    hands.press("F4")
    page = hands.window.checkout.receipts
    cells = page.rows.rows_model
    assert [cells.data(cells.index(row, 2)) for row in range(3)] == ["-¥93.85", "¥34.90", "¥93.85"]
    hands.press("P")

    assert (register.tray.receipts[-1].copy, register.tray.receipts[-1].kind) == (True, "return")


def test_every_step_can_be_taken_by_the_keys_that_are_shown(hands: Hands, register: HandRegister) -> None:
    tr = hands.application.desk.texts.tr
    hands.press("Alt+2")
    for action in ("returns.open", "returns.all", "returns.settle"):
        hands.press_shown(tr(f"action.{action}"))
    assert last(register).body["original"]["receipt"].endswith("0002")
    hands.press_shown(tr("action.returns.next"))
    hands.press_shown(tr("action.returns.open"))
    hands.press_shown(tr("action.panel.back"))

    assert room(hands).finding.isVisible()
