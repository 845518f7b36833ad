"""Paying at the window, by anything but cash alone: keys, scans, and what the customer makes the till wait for."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import pytest

from pos_app.domain.errors import DiskFull, Refusal
from pos_app.domain.ids import TenderId
from pos_app.domain.money import Fen
from pos_app.domain.payments import Outcome, Patience
from pos_app.ui.rooms.checkout.payment_page import PaymentPage
from pos_app.ui.rooms.checkout.payment_talk import Said
from pos_app.ui.rooms.checkout.tender_page import TenderPage
from tests.support.hands import Hands
from tests.support.payments import ALIPAY_CODE, PAID, WECHAT_CODE, ScriptedProvider
from tests.support.till import CASHIER, PIN, HandRegister
from tests.ui.conftest import OpenWindow
from tests.ui.test_checkout import RICE_5KG, message

WAITING, UNKNOWN, ABSENT = Outcome("waiting", "password"), Outcome("unknown", "no_answer"), Outcome("absent")
DUE = 6590


class Charging:
    """A provider of which a test plays the charge."""

    def __init__(self, provider: ScriptedProvider, pay: Callable[[TenderId, Fen, str], Outcome]) -> None:
        self.pay = pay
        self.query, self.reverse, self.refund = provider.query, provider.reverse, provider.refund


def patient(hands: Hands, *, simulated: bool = False) -> None:
    """Let the till wait long before it asks again: how it stands stays on the screen."""
    paying = hands.application.desk.open_counter().paying
    paying._parts = replace(paying._parts, patience=Patience(), simulated=simulated)


def sold(register: HandRegister) -> list[list[tuple[str, int, int]]]:
    """Each sale's tenders: kind, amount, change."""
    sales = [each.body for each in register.journal.facts if each.kind == "sale"]
    return [[(each["kind"], each["amount"], each["change"]) for each in body["tenders"]] for body in sales]


def settled(register: HandRegister) -> list[str]:
    return [each.body["outcome"] for each in register.journal.facts if each.kind == "payment_settled"]


def page(till: Hands) -> PaymentPage:
    return till.window.checkout.payment


def tender(till: Hands) -> TenderPage:
    return till.window.checkout.tender


def stage(till: Hands) -> str:
    said = page(till)._said
    return "" if said is None or not page(till).isVisible() else said.stage


@pytest.mark.parametrize("code", [WECHAT_CODE, ALIPAY_CODE])
@pytest.mark.parametrize("settles_first", [False, True])
def test_scanning_the_customers_code_pays_all_that_is_due(
    rice: Hands, register: HandRegister, provider: ScriptedProvider, code: str, *, settles_first: bool
) -> None:
    if settles_first:
        rice.press("+")
    rice.scan(code)
    rice.until(lambda: bool(register.tray.receipts))

    assert provider.asked == [f"pay {DUE} {code}"]
    assert sold(register) == [[("wechat" if code == WECHAT_CODE else "alipay", DUE, 0)]]
    assert rice.window.checkout.done.isVisible()
    assert rice.window.checkout.done.change.value == "¥0.00"


def test_ten_items_a_member_and_wechat_take_ten_scans_and_at_most_three_keys(
    provider: ScriptedProvider, till: Hands, register: HandRegister
) -> None:
    """Speed of hands: the scans are ten goods, the member's card and the payment code; then the next customer."""
    products = [each for each in register.replica.products if each.barcodes and not each.weighed]
    codes = [each.barcodes[0].code for each in products[:10]]
    scans, keys = [*codes, register.replica.members[0].card, WECHAT_CODE], 0
    for code in scans:
        till.scan(code)
    till.until(lambda: bool(register.tray.receipts))
    till.press("Enter")
    keys += 1

    (receipt,) = register.tray.receipts
    assert len(receipt.lines) == 10
    assert receipt.member == register.replica.members[0].id
    assert receipt.tenders[0][0] == "wechat"
    assert till.window.checkout.basket.isVisible()
    assert (len(scans) - 2, keys) == (10, 1)


def test_a_customer_who_types_a_password_in_time_has_paid(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    provider.pays, provider.queries = deque([WAITING]), deque([WAITING, WAITING, PAID])
    rice.scan(WECHAT_CODE)
    rice.until(lambda: bool(register.tray.receipts))

    assert provider.asked[1:] == ["query"] * 3
    assert len(provider.ids) == 1
    assert sold(register) == [[("wechat", DUE, 0)]]


def test_the_page_says_calmly_what_is_waited_for_and_shows_the_wait(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    patient(rice)
    provider.pays = deque([WAITING])
    rice.scan(WECHAT_CODE)

    tr = rice.application.desk.texts.tr
    assert stage(rice) == "password"
    assert page(rice).amount.value == "¥65.90"
    assert page(rice).state.words == tr("payment_stage.password")
    rice.until(lambda: page(rice).spinner.running)
    assert {button.isVisible() for button in (page(rice).ask_on, page(rice).other)} == {False}
    assert page(rice).reverse.isVisible()


def test_where_no_money_moves_the_page_says_so_for_all_to_read(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    patient(rice, simulated=True)
    provider.pays = deque([WAITING])
    rice.scan(WECHAT_CODE)

    simulated = page(rice).simulated
    assert simulated.isVisible()
    assert simulated.words == rice.application.desk.texts.tr("payment.simulated")
    assert simulated.needed_width <= simulated.width()


@pytest.mark.parametrize(("said", "reason"), [("balance", "余额"), ("code_expired", "过期"), ("unreachable", "连不上")])
def test_a_refused_payment_says_why_and_the_next_code_or_cash_is_taken(
    rice: Hands, register: HandRegister, provider: ScriptedProvider, said: str, reason: str
) -> None:
    provider.pays = deque([Outcome("refused", said), PAID])
    rice.scan(WECHAT_CODE)
    rice.until(lambda: tender(rice).isVisible())

    assert reason in message(rice)
    assert settled(register) == ["refused"]
    assert tender(rice).due.value == "¥65.90"
    rice.scan(ALIPAY_CODE)
    rice.until(lambda: bool(register.tray.receipts))
    assert sold(register) == [[("alipay", DUE, 0)]]


def test_an_unknown_result_is_asked_after_by_itself_and_found_paid(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    provider.pays, provider.queries = deque([UNKNOWN]), deque([UNKNOWN, UNKNOWN, PAID])
    rice.scan(WECHAT_CODE)
    rice.until(lambda: bool(register.tray.receipts))

    assert provider.asked[1:] == ["query"] * 3
    assert sold(register) == [[("wechat", DUE, 0)]]


def test_a_payment_that_never_arrived_is_reversed_by_itself(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    provider.pays, provider.queries = deque([UNKNOWN]), deque([ABSENT])
    rice.scan(WECHAT_CODE)
    rice.until(lambda: tender(rice).isVisible())

    assert provider.asked[-1] == "reverse"
    assert settled(register) == ["reversed"]
    assert register.journal.taken_tenders() == []


def undecided(rice: Hands, provider: ScriptedProvider) -> None:
    """Bring a payment to where the cashier must say."""
    provider.pays = provider.queries = deque([UNKNOWN])
    rice.scan(WECHAT_CODE)
    rice.until(lambda: stage(rice) == "undecided")


def test_a_payment_whose_result_is_being_recorded_is_not_reversed(
    rice: Hands, register: HandRegister, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    show, offered = page(rice).show_said, []

    def shown_and_reversed_at_once(said: Said) -> None:
        show(said)
        if said.stage == "recording":
            offered.append(page(rice).reverse.isVisible())
            rice.window.checkout.presenter.tender.reverse()

    undecided(rice, provider)
    monkeypatch.setattr(page(rice), "show_said", shown_and_reversed_at_once)
    provider.queries = deque([PAID])
    rice.press("1")
    rice.until(lambda: bool(register.tray.receipts))

    assert offered == [False]
    assert "reverse" not in provider.asked
    assert sold(register) == [[("wechat", DUE, 0)]]


def test_one_that_is_in_a_sale_by_now_is_not_reversed_and_the_next_is_sold(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    undecided(rice, provider)
    register.journal.drop_tender(register.journal.taken_tenders()[0].id)
    rice.press("2")
    rice.until(lambda: stage(rice) == "")

    assert message(rice) == rice.application.desk.texts.tr("error.payment_over")
    assert "reverse" not in provider.asked
    rice.press("+")
    rice.press("Enter")
    assert sold(register) == [[("cash", DUE, 0)]]


def test_after_a_while_the_cashier_may_keep_asking(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    undecided(rice, provider)
    asked = len(provider.asked)
    assert not page(rice).spinner.running
    provider.queries = deque([PAID])
    rice.press("1")
    rice.until(lambda: bool(register.tray.receipts))

    assert len(provider.asked) == asked + 1
    assert sold(register) == [[("wechat", DUE, 0)]]


def test_the_cashier_may_have_it_reversed_and_take_another_code(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    undecided(rice, provider)
    rice.click(page(rice).reverse)
    rice.until(lambda: tender(rice).isVisible())

    assert settled(register) == ["reversed"]
    assert "撤销" in message(rice)
    provider.pays = deque([PAID])
    rice.scan(ALIPAY_CODE)
    rice.until(lambda: bool(register.tray.receipts))
    assert sold(register) == [[("alipay", DUE, 0)]]


def test_the_cashier_may_take_other_money_while_it_is_reversed_behind(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    undecided(rice, provider)
    provider.reversals = deque([UNKNOWN] * 4 + [Outcome("reversed")])
    rice.press("3")
    rice.until(lambda: tender(rice).isVisible())
    rice.press("Enter")

    assert sold(register) == [[("cash", DUE, 0)]]
    rice.until(lambda: settled(register) == ["reversed"])
    assert register.journal.taken_tenders() == []
    assert provider.asked.count("reverse") == 5


def test_a_reversal_that_does_not_succeed_is_tried_on_and_says_so(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    undecided(rice, provider)
    provider.reversals = deque([UNKNOWN])
    rice.press("2")
    rice.until(lambda: stage(rice) == "stuck")

    assert page(rice).other.isVisible()
    rice.press("3")
    assert tender(rice).isVisible()
    provider.reversals = deque([Outcome("reversed")])
    rice.until(lambda: settled(register) == ["reversed"])


def test_nothing_else_is_rung_or_paid_while_a_payment_is_in_the_air(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    undecided(rice, provider)
    for code in (RICE_5KG, ALIPAY_CODE):
        rice.scan(code)
        assert message(rice) == rice.application.desk.texts.tr("error.payment_open")
    assert len(provider.ids) == 1
    rice.press("Esc")
    assert stage(rice) == "undecided"


def test_a_disk_that_fails_behind_a_charge_keeps_the_payment_open_and_it_is_recorded_once(
    rice: Hands, register: HandRegister, provider: ScriptedProvider
) -> None:
    pay = provider.pay

    def charged_then_full(payment: TenderId, amount: Fen, code: str) -> Outcome:
        register.journal.full = True
        return pay(payment, amount, code)

    register.providers["wechat"] = Charging(provider, charged_then_full)
    rice.scan(WECHAT_CODE)
    rice.until(lambda: stage(rice) == "undecided")
    register.journal.full = False
    rice.press("1")
    rice.until(lambda: bool(register.tray.receipts))
    assert sold(register) == [[("wechat", DUE, 0)]]


def test_what_was_open_at_a_power_cut_is_taken_up_before_anybody_signs_in(
    rice: Hands, register: HandRegister, provider: ScriptedProvider, open_window: OpenWindow
) -> None:
    patient(rice)
    provider.pays, provider.queries = deque([UNKNOWN]), deque([PAID])
    rice.scan(WECHAT_CODE)
    assert stage(rice) == "unknown"
    again = open_window(register)
    again.until(lambda: bool(register.tray.receipts))

    assert sold(register) == [[("wechat", DUE, 0)]]
    assert "已付" in message(again)
    for typed in (CASHIER, PIN):
        again.type(typed)
        again.press("Enter")
    assert again.window.checkout.done.isVisible()


def test_where_no_provider_is_set_up_the_scan_says_so(till: Hands, register: HandRegister) -> None:
    till.scan(WECHAT_CODE)
    assert message(till) == till.application.desk.texts.tr("error.payment_none")
    till.scan(RICE_5KG)
    till.scan(WECHAT_CODE)
    assert message(till) == till.application.desk.texts.tr("error.payment_none")
    assert [each.kind for each in register.journal.facts if each.kind.startswith("payment")] == []


def test_a_provider_that_is_set_up_wrongly_is_named_at_once_and_cash_is_taken(
    register: HandRegister, open_window: OpenWindow
) -> None:
    register.payments_trouble = Refusal("payments_file", file="payments.toml", field="wechat.mchid", reason="missing")
    till = open_window(register)
    assert "wechat.mchid" in message(till)
    for typed in (CASHIER, PIN):
        till.type(typed)
        till.press("Enter")
    till.scan(RICE_5KG)
    till.scan(WECHAT_CODE)
    assert "wechat.mchid" in message(till)
    till.press("+")
    till.press("Enter")
    assert sold(register) == [[("cash", DUE, 0)]]


def test_an_empty_basket_is_not_paid(provider: ScriptedProvider, till: Hands) -> None:
    till.scan(WECHAT_CODE)
    assert message(till) == till.application.desk.texts.tr("error.basket_empty")
    assert provider.asked == []


def test_a_full_disk_asks_no_provider(rice: Hands, register: HandRegister, provider: ScriptedProvider) -> None:
    register.journal.full = True
    rice.scan(WECHAT_CODE)

    assert message(rice) == rice.application.desk.messages.text_of(DiskFull("disk_full"))
    assert provider.asked == []
