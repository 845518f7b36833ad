"""The main job as a cashier does it: scan, look, mend, take cash, hand over, next."""

from typing import NoReturn

import pytest
from PySide6.QtCore import QPoint, QRect

from pos_app.domain.catalog import FoundProduct
from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.money import Fen
from pos_app.ui.rooms.checkout.ringing import LineRow
from tests.support.hands import Hands
from tests.support.till import HandRegister
from tests.ui.conftest import OpenWindow

RICE_5KG, RICE_2KG = "6999999000129", "6999999000112"
CASE_OF_RICE_2KG = "16999999000119"
MEMBER_PHONE = "13800002233"


def rows(hands: Hands) -> list[LineRow]:
    return hands.window.checkout.basket.lines.rows_model.rows


def message(hands: Hands) -> str:
    said = hands.window.toast.message
    return "" if said is None else said.text


def test_a_scan_shows_goods_price_and_where_the_price_comes_from(till: Hands) -> None:
    till.scan(RICE_5KG)

    (row,) = rows(till)
    basket = till.window.checkout.basket
    assert row.line.name == "五常稻花香大米 5kg"
    assert (row.unit_price_text, row.shelf.kind, row.was_text) == ("¥65.90", "base", "")
    assert basket.total.value == "¥65.90"
    assert basket.lines.current_row() is row


def test_a_case_of_eight_is_eight_pieces_of_one_product(till: Hands) -> None:
    till.scan(RICE_2KG)
    till.scan(CASE_OF_RICE_2KG)

    (row,) = rows(till)
    assert row.quoted.quantity == 9000


def test_a_member_price_shows_what_it_was_and_why(till: Hands) -> None:
    till.scan(RICE_5KG)

    till.press("F9")
    till.type(MEMBER_PHONE)
    till.press("Enter")

    (row,) = rows(till)
    assert (row.shelf.kind, row.was_text) == ("member", "¥65.90")
    assert row.quoted.unit_price < 6590
    assert till.window.checkout.basket.member.words
    assert till.window.checkout.basket.card.saved.words


def test_an_unknown_member_is_refused_and_the_question_stays(till: Hands) -> None:
    till.press("F9")
    till.type("139")
    till.press("Enter")

    assert "139" in message(till)
    assert till.window.checkout.basket.panel.isVisible()


def test_quantity_by_key_replaces_what_was_suggested(till: Hands) -> None:
    till.scan(RICE_5KG)

    till.press("*")
    till.type("12")
    till.press("Enter")

    assert rows(till)[0].quoted.quantity == 12_000
    assert till.window.checkout.basket.total.value == "¥790.80"
    assert not till.window.checkout.basket.panel.isVisible()


def test_half_a_piece_is_refused_with_what_to_do(till: Hands) -> None:
    till.scan(RICE_5KG)

    till.press("*")
    till.type("1.5")
    till.press("Enter")

    assert message(till) == till.application.desk.texts.tr("error.quantity_pieces")
    assert rows(till)[0].quoted.quantity == 1000


def test_the_arrow_chooses_the_line_that_minus_removes(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.scan(RICE_2KG)

    till.press("↑")
    till.press("-")

    assert [row.line.code for row in rows(till)] == [RICE_2KG]


def test_clearing_asks_and_escape_keeps_everything(till: Hands) -> None:
    till.scan(RICE_5KG)

    till.press("F3")
    till.press("Esc")
    assert len(rows(till)) == 1

    till.press("F3")
    till.press("Enter")
    assert rows(till) == []


def test_a_search_by_name_adds_what_enter_takes(till: Hands) -> None:
    till.press("F2")
    till.type("RICE-WC-5")
    finds = till.window.checkout.basket.finds.rows_model
    till.until(lambda: [find.found.product.sku for find in finds.rows] == ["RICE-WC-5KG"])

    till.press("Enter")

    assert [row.line.sku for row in rows(till)] == ["RICE-WC-5KG"]
    assert till.window.checkout.basket.search.text() == ""


def test_enter_before_the_list_is_there_takes_its_first(till: Hands) -> None:
    search = till.window.checkout.basket.search
    search.setFocus()
    search.setText("RICE-WC-5")

    till.press("Enter")

    assert [row.line.sku for row in rows(till)] == ["RICE-WC-5KG"]


def test_a_whole_code_typed_by_hand_is_a_scan(till: Hands) -> None:
    till.type(RICE_5KG)
    till.press("Enter")

    assert [row.line.code for row in rows(till)] == [RICE_5KG]


def test_loose_goods_from_the_search_ask_for_their_weight(till: Hands, register: HandRegister) -> None:
    loose = next(product for product in register.replica.products if product.weighed)

    till.press("F2")
    till.type(loose.sku)
    till.press("Enter")
    assert till.window.checkout.basket.panel.isVisible()
    till.type("0.755")
    till.press("Enter")

    assert rows(till)[0].quoted.quantity == 755


def test_cash_is_taken_and_the_change_is_shown(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    till.type("100")
    assert till.window.checkout.tender.change.value == "¥34.10"
    till.press("Enter")

    done = till.window.checkout.done
    assert done.isVisible()
    assert done.change.value == "¥34.10"
    assert [receipt.payable for receipt in register.tray.receipts] == [6590]
    assert [fact.kind for fact in register.journal.facts] == ["signed_in", "sale"]
    assert any("S001-R1-20260618-0001" in line for line in done.panel.paper.sheet.lines)


def test_the_next_scan_begins_the_next_sale(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    till.press("Enter")

    till.scan(RICE_2KG)

    assert [row.line.code for row in rows(till)] == [RICE_2KG]
    assert till.window.checkout.basket.isVisible()


def test_too_little_cash_cannot_be_taken(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    till.type("50")

    assert till.window.checkout.tender.change.caption == till.application.desk.texts.tr("tender.short")
    assert till.window.checkout.tender.change.value == "¥15.90"
    till.press("Enter")
    assert register.tray.receipts == []


def test_enter_twice_in_a_hurry_completes_one_sale(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    tender = till.window.checkout.tender

    tender.answer()
    tender.answer()
    till.rest()

    assert len(register.tray.receipts) == 1
    assert till.window.toast.isHidden()


def test_a_quick_note_by_touch(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.click(till.window.checkout.basket.settle)
    tender = till.window.checkout.tender
    seventy = next(button for button in tender.quick if button.text() == "¥70")
    till.click(seventy)
    till.click(tender.confirm)

    assert till.window.checkout.done.change.value == "¥4.10"


def test_an_empty_basket_cannot_be_settled(till: Hands) -> None:
    till.press("+")

    assert message(till) == till.application.desk.texts.tr("error.basket_empty")


def test_goods_scanned_while_the_customer_pays_are_added_and_seen(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("+")

    till.scan(RICE_2KG)

    assert till.window.checkout.basket.isVisible()
    assert len(rows(till)) == 2


def test_a_full_disk_says_what_was_kept_and_the_basket_stays(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    register.journal.full = True

    till.scan(RICE_2KG)
    assert message(till) == till.application.desk.texts.tr("error.disk_full")
    assert [row.line.code for row in rows(till)] == [RICE_5KG]
    till.press("+")
    till.press("Enter")
    assert register.tray.receipts == []

    register.journal.full = False
    till.press("Enter")
    assert len(register.tray.receipts) == 1


def test_a_basket_left_by_a_power_cut_is_there_again(open_window: OpenWindow, register: HandRegister) -> None:
    before = open_window(register)
    before.window.welcome(register.replica.operators[0])
    before.scan(RICE_5KG)
    before.application.close()

    after = open_window(register)
    after.window.welcome(register.replica.operators[0])
    after.rest()

    assert [row.line.code for row in rows(after)] == [RICE_5KG]
    assert after.window.checkout.basket.total.value == "¥65.90"


def test_receipts_are_listed_and_printed_again(till: Hands, register: HandRegister) -> None:
    for code in (RICE_5KG, RICE_2KG):
        till.scan(code)
        till.press("+")
        till.press("Enter")

    till.press("F4")
    receipts = till.window.checkout.receipts
    assert [row.number[-4:] for row in receipts.rows.rows_model.rows] == ["0002", "0001"]
    till.press("↓")
    till.press("P")

    assert register.tray.receipts[-1].number == "S001-R1-20260618-0001"
    assert register.tray.receipts[-1].copy
    till.press("V")
    assert receipts.panel.paper.sheet.picture is not None
    till.press("Esc")
    assert till.window.checkout.basket.isVisible()


def test_the_number_on_a_receipt_scanned_opens_that_receipt(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    till.press("Enter")
    till.press("Enter")

    till.scan("S001-R1-20260618-0001")

    assert till.window.checkout.receipts.isVisible()
    row = till.window.checkout.receipts.rows.current_row()
    assert row is not None
    assert row.number == "S001-R1-20260618-0001"


def test_a_price_that_comes_while_the_basket_is_open_is_shown(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    cheaper = [
        row._replace(amount=Fen(row.amount - 100)) if row.sku == "RICE-WC-5KG" else row
        for row in register.replica.prices
    ]
    register.replica.prices, register.replica.rules = cheaper, None

    register.prices_came()
    till.rest()

    assert till.window.checkout.basket.total.value == "¥64.90"


def test_a_bug_in_a_verb_is_raised_where_the_last_net_hangs(till: Hands, register: HandRegister) -> None:
    class Broken(dict[str, FoundProduct]):
        def get(self, *_key: object) -> NoReturn:
            raise ZeroDivisionError

    register.replica.codes = Broken()
    with till.bot.captureExceptions() as escaped:
        till.scan(RICE_5KG)

    assert [kind for kind, _, _ in escaped] == [ZeroDivisionError]


def test_a_refusal_without_words_is_told_by_its_code(till: Hands) -> None:
    till.application.desk.messages.refuse(Refusal("something_new"))

    assert "something_new" in message(till)


def test_a_breakdown_is_told_in_its_own_tone(till: Hands) -> None:
    till.application.desk.messages.refuse(DiskFull("disk_full"))

    assert till.window.toast.message is not None
    assert till.window.toast.message.tone == "trouble"


def test_what_is_said_at_the_tender_covers_nothing_that_is_read_or_pressed_there(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.scan("6900000000007")
    toast, tender = till.window.toast, till.window.checkout.tender
    assert toast.geometry().top() < tender.due.height()
    till.press("+")
    till.application.desk.messages.refuse(Refusal("disk_full"))

    read = (tender.title, tender.rounding, tender.due, tender.received, tender.confirm, tender.pad, tender.quick[0])
    for each in read:
        place = QRect(each.mapTo(till.window, QPoint()), each.size())
        assert not toast.geometry().intersects(place), each
    assert toast.geometry().bottom() < till.window.strip.mapTo(till.window, QPoint()).y()
    till.press("Esc")
    assert toast.geometry().top() < tender.due.height()


def test_far_too_much_change_is_asked_again_on_the_same_page(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    tender, tr = till.window.checkout.tender, till.application.desk.texts.tr
    till.type("99999999")
    till.press("Enter")

    assert register.tray.receipts == []
    assert tender.isVisible()
    assert tender.change.caption == tr("tender.doubt")

    # any other key takes the question back
    till.press("⌫")
    assert tender.change.caption == tr("tender.change")
    till.press("Enter")
    assert register.tray.receipts == []
    assert tender.change.caption == tr("tender.doubt")

    till.press("Enter")
    (receipt,) = register.tray.receipts
    ((_, _, received, change),) = receipt.tenders
    assert (received, change) == (999_999_900, 999_999_900 - 6590)


def test_what_customers_hand_over_is_not_asked_again(till: Hands, register: HandRegister) -> None:
    till.scan(RICE_5KG)
    till.press("+")
    till.type("200")
    till.press("Enter")

    assert len(register.tray.receipts) == 1


@pytest.mark.parametrize("goes_well", ["a scan", "the receipts"])
def test_what_was_refused_is_taken_away_by_what_goes_well(till: Hands, goes_well: str) -> None:
    till.scan("6900000000007")
    assert till.window.toast.isVisible()

    if goes_well == "a scan":
        till.scan(RICE_5KG)
    else:
        till.press("F4")

    assert till.window.toast.isHidden()
