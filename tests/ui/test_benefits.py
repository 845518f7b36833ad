"""Members, coupons and points at the counter, as a cashier works them: by keys, taps and scans alone."""

from dataclasses import replace

import pytest

from pos_app.domain.instants import Instant, instant_of
from pos_app.domain.leases import Lease
from pos_app.domain.ledger import ConfirmedAmount, lease_key
from pos_app.domain.tokens import TokenKind
from pos_app.ui.rooms.checkout.ringing import LineRow
from pos_app.ui.rooms.checkout.room import CheckoutRoom
from pos_app.ui.widgets.buttons import PadKey
from tests.support.hands import Hands
from tests.support.ports import DEVICE
from tests.support.promoted import GOLD, GOLD_PHONE, RICE_2KG, RICE_5KG, promoted_register
from tests.support.till import HandRegister


@pytest.fixture
def register() -> HandRegister:
    return promoted_register()


def checkout(hands: Hands) -> CheckoutRoom:
    return hands.window.checkout


def rows(hands: Hands) -> list[LineRow]:
    return checkout(hands).basket.lines.rows_model.rows


def total(hands: Hands) -> str:
    return checkout(hands).basket.total.value


def message(hands: Hands) -> str:
    said = hands.window.toast.message
    return "" if said is None else said.text


def test_a_member_is_shown_with_tier_and_points(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.scan(GOLD_PHONE)

    card = checkout(till).basket.card
    assert card.member.words == "周海燕"
    assert card.standing.words == till.application.desk.texts.tr("total.standing", tier="金卡", points="2,217")
    assert rows(till)[0].shelf.kind == "member"


def test_a_code_that_fails_its_check_accuses_nobody_and_says_what_to_do(till: Hands, register: HandRegister) -> None:
    code = register.tokens.sign(TokenKind.MEMBER, GOLD, instant_of(register.clock.now()))
    till.scan(RICE_5KG)

    till.scan(code[:20] + ("A" if code[20] != "A" else "B") + code[21:])

    assert "再扫一次" in message(till)
    assert "伪造" not in message(till)
    assert checkout(till).basket.card.member.words == ""


def test_a_members_signed_code_is_scanned_like_a_card_and_its_copy_is_refused_in_words(
    till: Hands, register: HandRegister
) -> None:
    code = register.tokens.sign(TokenKind.MEMBER, GOLD, instant_of(register.clock.now()))
    till.scan(RICE_5KG)
    till.scan(code)
    assert checkout(till).basket.card.member.words == "周海燕"
    assert rows(till)[0].shelf.kind == "member"

    till.press("F3")
    till.press("F3")
    till.scan(RICE_2KG)
    till.scan(code)
    assert checkout(till).basket.card.member.words == "周海燕"

    till.press("+")
    till.press("Enter")
    till.scan(RICE_2KG)
    till.scan(code)
    assert "另一单" in message(till)
    assert checkout(till).basket.card.member.words == ""


def test_of_a_member_that_has_not_come_here_it_is_said_that_the_sale_earns(till: Hands, register: HandRegister) -> None:
    code = register.tokens.sign(TokenKind.MEMBER, "M9999", instant_of(register.clock.now()))
    till.scan(RICE_5KG)

    till.scan(code)

    assert checkout(till).basket.card.member.words == "M9999"
    assert message(till) == till.application.desk.texts.tr("note.member_not_here", text="M9999")
    assert "照常积分" in message(till)


def test_coupons_are_listed_best_first_and_taken_by_digit_or_tap(till: Hands) -> None:
    for code in (RICE_5KG, RICE_2KG, GOLD_PHONE):
        till.scan(code)
    till.press("F10")
    panel = checkout(till).benefits
    listed = [(advice.coupon.id, advice.saving, advice.reason) for _, advice in panel.rows.rows_model.rows]
    assert listed == [("C-10", 964, None), ("C-5", 500, None), ("C-X", 0, "no_matching_goods")]

    till.press("2")
    assert panel.isVisible()
    assert rows(till)[0].savings[-1].name == "5 元粮油券"
    first = panel.rows.visualRect(panel.rows.rows_model.index(0, 0))
    assert panel.rows.rows_model.rows[0][1].coupon.id == "C-5"
    till.click_row(panel.rows.viewport(), first)
    assert [each.kind for each in rows(till)[0].savings] == []

    till.press("B")
    assert rows(till)[0].savings[-1].name == "新客 9 折券"
    till.press("Esc")
    assert total(till) == "¥86.76"


def test_the_arrows_and_enter_take_a_coupon_too(till: Hands) -> None:
    for code in (RICE_5KG, GOLD_PHONE):
        till.scan(code)
    till.press("F10")

    till.press("↓")
    till.press("Enter")

    assert rows(till)[0].savings[-1].name == "5 元粮油券"


def test_a_coupon_by_its_typed_code(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("F10")
    till.press("C")
    till.type("C-ANY")
    till.press("Enter")

    assert total(till) == "¥60.90"
    assert message(till) == till.application.desk.texts.tr("note.coupon_taken", name="5 元粮油券", saving="¥5.00")


def test_a_coupon_scanned_anywhere_lands(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("*")

    till.scan("C-ANY")

    assert total(till) == "¥60.90"


@pytest.mark.parametrize(
    ("code", "words"), [("C-OLD", "过期"), ("C-SOON", "起可用"), ("C-ONLINE", "本店不能用"), ("C-10", "会员")]
)
def test_a_refused_coupon_says_why_in_words(till: Hands, code: str, words: str) -> None:
    till.scan(RICE_5KG)

    till.scan(code)

    assert words in message(till)
    assert total(till) == "¥65.90"


def test_an_unknown_code_typed_as_a_coupon_is_refused_and_the_question_stays(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("F10")
    till.press("C")
    till.type("NONE-1")
    till.press("Enter")

    assert "NONE-1" in message(till)
    assert checkout(till).basket.panel.isVisible()


def test_points_by_number_and_as_many_as_may_be(till: Hands) -> None:
    for code in (RICE_5KG, GOLD_PHONE):
        till.scan(code)
    till.press("F10")
    till.press("P")
    till.type("150")
    till.press("Enter")
    assert "100" in message(till)
    for _ in "150":
        till.press("⌫")
    till.type("500")
    till.press("Enter")
    assert total(till) == "¥57.90"
    assert checkout(till).benefits.isVisible()

    till.press("M")
    assert total(till) == "¥40.90"


def test_the_pad_for_points_has_double_nought_where_that_for_a_quantity_has_the_point(till: Hands) -> None:
    for code in (RICE_5KG, GOLD_PHONE):
        till.scan(code)
    till.press("F10")
    till.press("P")
    panel = checkout(till).basket.panel
    assert [key.text() for key in panel.pad.findChildren(PadKey)].count(".") == 0
    for typed in ("5", "00"):
        till.click(panel.pad.key(typed))
    assert panel.box.shown == "500"
    till.press("Enter")
    assert total(till) == "¥57.90"

    till.press("Esc")
    till.press("*")
    till.click(panel.pad.key("."))
    assert panel.box.shown == "0."


def test_points_without_a_line_are_what_lies_here_and_it_is_said(till: Hands, register: HandRegister) -> None:
    lease = f"points:{GOLD}:L1"
    register.replica.leases = [Lease(lease, DEVICE, Instant(2**60))]
    register.replica.amounts[lease_key(lease)] = ConfirmedAmount(500)
    register.line = replace(register.line, online=False)
    for code in (RICE_5KG, GOLD_PHONE):
        till.scan(code)

    till.press("F10")

    tr = till.application.desk.texts.tr
    assert checkout(till).benefits.points.words == tr("benefits.points_offline", points="2,217", most="500")
    till.press("P")
    asked = checkout(till).basket.panel.about.words
    assert asked == tr("ask.points_held", points="2,217", usable="500", step=100)
    till.type("600")
    till.press("Enter")
    assert tr("error.points_offline", balance="500", points="2,217") in message(till)
    for _ in "600":
        till.press("⌫")
    till.type("500")
    till.press("Enter")
    assert total(till) == "¥57.90"


def test_without_a_line_and_with_nothing_here_points_cannot_be_asked_for(till: Hands, register: HandRegister) -> None:
    register.line = replace(register.line, online=False)
    for code in (RICE_5KG, GOLD_PHONE):
        till.scan(code)

    till.press("F10")

    benefits = checkout(till).benefits
    assert benefits.points.words == till.application.desk.texts.tr("benefits.points_offline", points="2,217", most="0")
    assert not benefits.ask_points.isEnabled()
    till.press("P")
    assert benefits.isVisible()


def test_goods_taken_away_lower_the_points_and_it_is_said(till: Hands) -> None:
    for code in (RICE_5KG, RICE_2KG, GOLD_PHONE):
        till.scan(code)
    till.press("F10")
    till.press("M")
    till.press("Esc")
    till.press("↑")

    till.press("-")

    # 33.50 left, of which half may be paid with points
    assert total(till) == "¥17.50"


def test_without_a_member_points_cannot_be_asked_for(till: Hands) -> None:
    till.scan(RICE_5KG)
    till.press("F10")

    panel = checkout(till).benefits
    assert not panel.ask_points.isEnabled()
    assert not panel.most_points.isEnabled()
    assert panel.code.isEnabled()


def test_points_that_headquarters_changed_while_the_basket_is_open_are_shown(
    till: Hands, register: HandRegister
) -> None:
    for code in (RICE_5KG, GOLD_PHONE):
        till.scan(code)
    register.replica.members = [replace(each, points=50) for each in register.replica.members if each.id == GOLD]

    register.prices_came()
    till.rest()

    assert "50" in checkout(till).basket.card.standing.words
