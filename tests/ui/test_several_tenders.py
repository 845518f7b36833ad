"""Several tenders for one sale at the window: each is listed, what remains is shown, each can be taken back."""

from collections import deque

from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome
from pos_app.services.changes import Kind
from pos_app.ui.ports import Changed
from tests.support.hands import Hands
from tests.support.payments import WECHAT_CODE, ScriptedProvider
from tests.support.till import CASHIER, PIN, HandRegister
from tests.ui.conftest import OpenWindow
from tests.ui.test_checkout import RICE_5KG, message
from tests.ui.test_paying import DUE, settled, sold, tender


def test_several_tenders_are_listed_and_what_remains_is_shown(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    rice.press("+")
    rice.type("20")
    rice.scan(WECHAT_CODE)
    rice.until(lambda: tender(rice).isVisible() and bool(tender(rice).taken.rows_model.rows))
    assert tender(rice).due.value == "¥45.90"
    rice.type("15.9")
    rice.press("C")
    rice.type("6688")
    rice.press("Enter")
    assert tender(rice).due.value == "¥30.00"
    rice.type("10")
    rice.press("A")
    assert tender(rice).due.value == "¥20.00"
    assert [each.kind for each in tender(rice).taken.rows_model.rows] == ["wechat", "card", "cash"]
    rice.type("50")
    rice.press("Enter")

    assert sold(register) == [[("wechat", 2000, 0), ("card", 1590, 0), ("cash", 1000, 0), ("cash", 2000, 3000)]]
    assert rice.window.checkout.done.change.value == "¥30.00"
    assert [kind for kind, *_ in register.tray.receipts[0].tenders] == ["wechat", "card", "cash", "cash"]


def test_a_card_pays_all_that_is_due_by_its_last_digits(rice: Hands, register: HandRegister) -> None:
    rice.press("+")
    rice.press("C")
    assert not tender(rice).confirm.isEnabled()
    rice.type("66")
    rice.press("Enter")
    assert "4" in message(rice)
    assert register.tray.receipts == []
    rice.press("C")
    rice.press("Esc")
    assert tender(rice).title.words == rice.application.desk.texts.tr("tender.title")
    rice.press("C")
    rice.type("6688")
    rice.press("Enter")
    assert sold(register) == [[("card", DUE, 0)]]


def test_each_tender_can_be_taken_back_before_the_sale_a_payment_by_being_reversed(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    rice.press("+")
    rice.type("20")
    rice.scan(WECHAT_CODE)
    rice.until(lambda: tender(rice).isVisible() and bool(tender(rice).taken.rows_model.rows))
    rice.type("10")
    rice.press("A")
    rice.press("-")
    assert tender(rice).due.value == "¥45.90"
    rice.press("-")
    rice.until(lambda: tender(rice).isVisible() and tender(rice).due.value == "¥65.90")

    assert provider.asked[-1] == "reverse"
    assert settled(register) == ["paid", "reversed"]
    assert register.journal.taken_tenders() == []


def test_one_that_is_being_given_back_counts_no_more_while_other_money_is_taken(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    rice.press("+")
    rice.type("20")
    rice.scan(WECHAT_CODE)
    rice.until(lambda: tender(rice).isVisible() and bool(tender(rice).taken.rows_model.rows))
    provider.reversals = deque([Outcome("unknown", "system")])
    rice.press("-")
    rice.until(rice.window.checkout.payment.other.isVisible)
    rice.press("3")

    assert tender(rice).due.value == "¥65.90"
    assert tender(rice).taken.rows_model.rows == []
    rice.press("Enter")
    assert sold(register) == [[("cash", DUE, 0)]]
    provider.reversals = deque([Outcome("reversed")])
    rice.until(lambda: settled(register) == ["paid", "reversed"])


def test_the_basket_says_how_much_of_it_was_taken(rice: Hands, register: HandRegister) -> None:
    rice.press("+")
    rice.type("20")
    rice.press("A")
    rice.press("Esc")
    assert "20.00" in rice.window.checkout.basket.total.caption
    rice.press("+")
    rice.press("-")
    rice.press("Esc")
    assert rice.window.checkout.basket.total.caption == rice.application.desk.texts.tr("total.payable")


def test_a_basket_that_is_half_paid_is_kept_and_a_new_good_raises_what_remains(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    rice.press("+")
    rice.type("20")
    rice.press("A")
    rice.press("Esc")
    rice.press("F7")
    assert "20.00" in message(rice)
    rice.scan(RICE_5KG)
    rice.press("+")
    assert tender(rice).due.value == "¥111.80"


def test_a_price_that_falls_under_what_was_paid_asks_to_give_one_back(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    rice.press("+")
    rice.type("60")
    rice.scan(WECHAT_CODE)
    rice.until(lambda: tender(rice).isVisible() and bool(tender(rice).taken.rows_model.rows))
    replica = register.replica
    sku = register.journal.baskets[next(iter(register.journal.baskets))].lines[0].sku
    replica.prices = [each._replace(amount=Fen(5000)) if each.sku == sku else each for each in replica.prices]
    replica.rules = None
    register.tell(Changed(frozenset({Kind.PRICE})))
    rice.rest()

    assert tender(rice).change.caption == rice.application.desk.texts.tr("tender.over")
    assert tender(rice).change.value == "¥10.00"
    assert not tender(rice).confirm.isEnabled()


def test_a_basket_half_paid_at_a_power_cut_goes_on_at_its_tender(
    rice: Hands, register: HandRegister, provider: ScriptedProvider, open_window: OpenWindow
) -> None:
    rice.press("+")
    rice.type("20")
    rice.press("A")
    again = open_window(register)
    for typed in (CASHIER, PIN):
        again.type(typed)
        again.press("Enter")

    assert tender(again).isVisible()
    assert tender(again).due.value == "¥45.90"
